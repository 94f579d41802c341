"""Filings at the pages of staff: what is wrong stands at its field, and nothing typed is lost."""

from collections.abc import Callable

from sqlalchemy import text

from creditbank.conversion.days import civil_day
from creditbank.conversion.simulation import Effect, Tally
from creditbank.database import open_writing_engine
from creditbank.rules.queries import versions_of
from creditbank.statistics.simulate import Question, simulate
from tests.fixtures.pages import Visitor
from tests.fixtures.staff_life import CHECKER, EXPERT, RULE, SCHOOL_CLERK, StaffLife
from tests.fixtures.whose import audited

At = Callable[[str], Visitor]


def computed(life: StaffLife, rule_id: str, version: str) -> tuple[Tally, Tally]:
    """Simulate a version beside the page, on whatever the school has lived through by now."""
    bank = life.recognition.bank
    with bank.readers.snapshot() as connection:
        stored = next(
            one for one in versions_of(connection, [rule_id])[rule_id] if one.version == version
        )
        asked = Question(version=stored, today=civil_day(bank.clock()))
        found = simulate(connection, bank.keystore, asked)
    return found.conversions.tally, found.refusals.tally


def drafted_by(life: StaffLife, login: str) -> None:
    """Write into the table who drafted the second version, as an operator could."""
    engine = open_writing_engine(life.recognition.bank.settings.bank_database)
    with engine.begin() as connection:
        named = {"login": login, "rule": RULE}
        change = "UPDATE rule SET drafted_by = :login WHERE id = :rule AND version = '2'"
        connection.execute(text(change), named)
    engine.dispose()


def changed_and_simulated_again(life: StaffLife, clerk: Visitor, expert: Visitor) -> None:
    """Change a draft that was simulated: nobody approves it before it is simulated again."""
    draft, approval = f"/desk/rules/{RULE}/2", f"/desk/rule-drafts/{RULE}/2/approval"
    simulation = f"/desk/rule-drafts/{RULE}/2/simulation"
    shown = expert.get(draft).text
    assert "The result is kept for this draft as it stands" in shown
    assert f'<form method="post" action="{approval}">' in shown
    with life.recognition.bank.readers.reading() as connection:
        known = versions_of(connection, [RULE])[RULE]
    stored = next(one for one in known if one.version == "2")
    changed = stored.content.decode().replace('"理由"', '"理由已改"')
    assert clerk.post("/desk/rule-drafts/new", file=changed).status_code == 303

    shown = expert.get(draft).text
    assert "The draft was changed since it was simulated" in shown
    assert f'<form method="post" action="{approval}">' not in shown
    refused = expert.post(approval, approve="yes")
    assert refused.status_code == 422
    assert "The draft was not simulated as it stands now" in refused.text
    assert 'href="#approve"' in refused.text
    assert 'id="approve"' in refused.text
    assert clerk.post(simulation).headers["location"] == draft
    assert f'<form method="post" action="{approval}">' in expert.get(draft).text
    assert clerk.post(f"/desk/rule-drafts/{RULE}/1/simulation").status_code == 409


def test_a_step_is_checked_before_it_is_taken_and_departing_asks_why(
    at_desk: At, life: StaffLife
) -> None:
    """A code is asked of a refusal; where the same was refused before, granting asks for words."""
    checker, path = at_desk(CHECKER), f"/desk/filings/{life.ids['filing']}"
    mine = {
        name: at_desk(name).get("/desk/steps?page=9").text
        for name in (SCHOOL_CLERK, CHECKER, EXPERT)
    }
    assert [path in one for one in mine.values()] == [False, True, False]
    assert path in checker.get("/desk").text
    assert "/desk/counter" not in at_desk(EXPERT).get("/desk").text
    shown = checker.get(path).text
    assert "states no grade; a person decides" in shown
    assert "not granted" in shown, "the precedent"

    refused = checker.get(f"/desk/filings/{life.ids['filing_refused']}").text
    assert "The content differs" in refused, "a reason in words"

    wrong = checker.post(f"{path}/decision", text="", decision="refused", code="")
    assert (wrong.status_code, "is required" in wrong.text) == (422, True)
    no_code = checker.post(
        f"{path}/decision", decision="refused", text="words <kept>", confirmed="yes"
    )
    assert no_code.status_code == 422
    assert 'href="#code"' in no_code.text
    assert "words &lt;kept&gt;" in no_code.text

    typed = {"decision": "passed", "text": "符合要求", "found-0": "yes"}
    checked = checker.post(f"{path}/decision", **typed)
    assert (checked.status_code, "Check your answers" in checked.text) == (200, True)
    assert 'name="found-0" value="yes"' in checked.text
    assert "3 credits" in checked.text, "what the rule says with what was found"
    changed = checker.post(f"{path}/decision", **typed, confirmed="change")
    assert "符合要求</textarea>" in changed.text
    taken = checker.post(f"{path}/decision", **typed, confirmed="yes")
    assert (taken.status_code, taken.headers["location"]) == (303, path)

    again = checker.post(f"{path}/decision", **typed, confirmed="yes")
    assert (again.status_code, "Another" in again.text) == (422, True)
    assert "This step is not yours" in checker.get(path).text


def test_a_rule_with_a_fault_is_named_by_its_line_and_its_author_does_not_approve_it(
    at_desk: At, life: StaffLife
) -> None:
    """The text that was pasted stays; a second person publishes the draft."""
    clerk, expert = at_desk(SCHOOL_CLERK), at_desk(EXPERT)
    wrong = clerk.post("/desk/rule-drafts/new", file="format: creditbank/rule/v1\nid: Ä\n")
    assert (wrong.status_code, "Line 2" in wrong.text) == (422, True)
    assert "id: Ä" in wrong.text
    assert clerk.post("/desk/rule-drafts/new", file=" ").status_code == 422

    draft, approval = f"/desk/rules/{RULE}/2", f"/desk/rule-drafts/{RULE}/2/approval"
    assert "Draft" in expert.get(draft).text
    shown = expert.get(draft).text
    assert "It can take" in shown
    assert "Outcomes that it takes:" in shown, "in English"
    assert "适用成果：" in shown, "what is signed is folded below"
    assert "<li>− Rule: " in shown, "what changed, in English"
    assert "<li>− 编号：" in shown
    simulation = f"{draft}/simulation"
    assert f'href="{simulation}"' in shown
    simulated = expert.get(simulation).text
    assert "Nothing was converted by this rule yet" in simulated
    _, refused = computed(life, RULE, "2")
    newly = refused.count_of(Effect.NEWLY)
    assert f"refused under this rule {newly} would be recognised" in simulated
    assert "What is held today" in simulated
    hours = clerk.get("/desk/rules/class-hours/1/simulation").text
    converted, _ = computed(life, "class-hours", "1")
    same, gave = converted.count_of(Effect.SAME), converted.decided_again[0].credits
    assert same > 0, "by its own version nothing changes"
    assert f"{same} stay as they are, 0 give more, 0 give less." in hours
    assert f"{gave} credits together; by this version it gives {gave} credits" in hours
    assert "Checkpoint" in hours
    assert clerk.post(approval, approve="yes").status_code == 403
    changed_and_simulated_again(life, clerk, expert)
    unsigned = expert.post(approval)
    assert (unsigned.status_code, 'href="#approve"' in unsigned.text) == (422, True)
    assert expert.post(approval, approve="yes").headers["location"] == draft
    assert "In force" in expert.get(draft).text
    assert "Over" in expert.get(f"/desk/rules/{RULE}/1").text
    assert audited(life.recognition.bank) == [], "both are staff, whatever its file calls them"
    drafted_by(life, "login-nobody")
    assert "drafted_by is no member of staff" in str(audited(life.recognition.bank))
    drafted_by(life, life.logins[SCHOOL_CLERK])

"""Matters at the pages of staff: what is wrong with the answer stands at its field."""

from collections.abc import Callable

from tests.fixtures.pages import Visitor
from tests.fixtures.staff_life import CHECKER, StaffLife

At = Callable[[str], Visitor]


def test_a_matter_is_checked_before_it_is_answered_and_a_result_is_recorded(
    at_desk: At, life: StaffLife
) -> None:
    """What the citizen stated is filled in; what is missing of the result is named by field."""
    checker, path = at_desk(CHECKER), f"/desk/matters/{life.ids['missing']}"
    assert 'value="DG-3"' in checker.get(path).text
    answer = f"{path}/decision"
    nothing = checker.post(answer)
    assert (nothing.status_code, 'href="#decision"' in nothing.text) == (422, True)
    empty = checker.post(answer, decision="attested", text="已核实", course="DG-3")
    assert (empty.status_code, 'href="#outcome_result"' in empty.text) == (422, True)
    assert 'href="#term"' in empty.text
    assert "已核实</textarea>" in empty.text
    no_code = checker.post(answer, decision="refused", text="查无", confirmed="yes")
    assert (no_code.status_code, 'href="#code"' in no_code.text) == (422, True)

    stated = {
        "decision": "attested",
        "text": "已核实",
        "course": "DG-3",
        "term": "2024秋",
        "outcome_result": "合格",
        "awarded_on": "2024-11-20",
        "certificate_series": "电工",
        "certificate_number": "示例-0099",
    }
    checked = checker.post(answer, **stated)
    assert (checked.status_code, "Check your answers" in checked.text) == (200, True)
    assert "已核实</textarea>" in checker.post(answer, **stated, confirmed="change").text
    assert checker.post(answer, **stated, confirmed="yes").headers["location"] == path
    assert "attested and recorded" in checker.get(path).text


def test_a_certification_shows_its_deposit_and_scan(at_desk: At, life: StaffLife) -> None:
    """The scan is given to whoever decides, and to nobody who asks for another one."""
    checker, path = at_desk(CHECKER), f"/desk/matters/{life.ids['matter']}"
    assert "摄影班" in checker.get(path).text
    scan = checker.get(f"{path}/evidence/{life.ids['scan']}")
    assert (scan.status_code, scan.content[:5]) == (200, b"%PDF-")
    assert checker.get(f"{path}/evidence/{'0' * 32}").status_code == 404
    assert checker.get(f"/desk/reviews/{'0' * 32}").status_code == 404


def test_a_review_asks_what_becomes_of_the_conversion(at_desk: At, life: StaffLife) -> None:
    """Before her last day nobody decides; the words that were typed stay."""
    checker, path = at_desk(CHECKER), f"/desk/reviews/{life.ids['conversion']}"
    assert "none yet" in checker.get(path).text
    nothing = checker.post(f"{path}/decision", text="")
    assert (nothing.status_code, 'href="#text"' in nothing.text) == (422, True)
    early = checker.post(f"{path}/decision", decision="taken_back", text="录错")
    assert (early.status_code, "录错</textarea>" in early.text) == (422, True)

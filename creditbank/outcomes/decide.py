"""Decide on posted results: recorded, duplicate, or refused with every reason. No I/O."""

from dataclasses import dataclass, replace

from creditbank.catalogue.definition import Definition
from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.institutions.end import require_posting
from creditbank.institutions.history import History
from creditbank.keystore.statements import seal_statement
from creditbank.learners.account_state import AccountState, require_receiving
from creditbank.learners.match import KnownPerson, Match, match_person
from creditbank.learners.names import fold
from creditbank.learners.open import Newcomer, draft_opening
from creditbank.outcomes.catalogued import exact_grade, require_catalogued, require_entitled
from creditbank.outcomes.hold import (
    Held,
    Hold,
    Holding,
    KnownHold,
    Stray,
    draft_hold,
    require_same_content,
)
from creditbank.outcomes.posting import PostedOutcome
from creditbank.outcomes.records import Correction, Draft, Known, Posting, Recorded, Records
from creditbank.outcomes.stated import Circumstances, differing, natural_key, stated_fields
from creditbank.outcomes.status import OutcomeStatus
from ledger.leaf import LeafDraft, new_id
from ledger.statement import JSONValue, make_statement


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    """A posting with its definition, what will be stated, and its natural tag."""

    posting: Posting
    definition: Definition
    stated: dict[str, JSONValue]
    tag: bytes


def decide_posting(posting: Posting | Stray, records: Records, draft: Draft) -> Recorded | Held:
    """Record one result, hold it, or recognise a duplicate; raises a `Refusal`, adding nothing.

    It is attached to nobody unless a number leads there and the name beside it agrees.
    """
    if isinstance(posting, Stray):
        _require_allowed(posting.posted, records, draft)
        return _hold(posting.hold, Match.NAME_ALONE, records, draft)
    match = _match(posting, records)
    if match.is_held:
        _require_allowed(posting.posted, records, draft)
        return _hold(posting.hold, match, records, draft)
    return decide_attached(posting, records, draft)


def decide_attached(posting: Posting, records: Records, draft: Draft) -> Recorded:
    """Record one result of which it is known whose it is, or recognise a duplicate."""
    state = records.states.get(posting.key.account_id)
    if state == AccountState.MERGED:
        require_receiving(state)  # Before its tags are compared, which were looked up for it alone.
    result = _result(posting, records, draft)
    _require_within_life(posting, records)
    known = records.known.get(result.tag)
    if known is not None:
        return _duplicate(known, result.stated)
    if posting.key.account_id not in records.states:
        _open(posting, records, draft)
    return _record(result, records, draft, None)


def decide_entered(posting: Posting, records: Records, draft: Draft) -> Recorded:
    """Record what a person entered and another checked, once more by the names known now.

    Raises `Refusal("learner-name-differs")` where the account goes by another name meanwhile: what
    persons enter is never held.
    """
    if _match(posting, records).is_held:
        raise Refusal("learner-name-differs")
    return decide_attached(posting, records, draft)


def decide_correction(
    posting: Posting, correction: Correction, records: Records, draft: Draft
) -> Recorded:
    """Record what supersedes an outcome of the same account; raises a `Refusal`."""
    result = _result(posting, records, draft)
    known = records.known.get(result.tag)
    if known is not None:
        fields = differing(result.stated, dict(known.stated))
        if known.recorded.outcome_id != correction.outcome_id:
            raise Refusal("outcome-conflict", fields=fields, outcome=known.recorded.outcome_id)
        if not fields:
            raise Refusal("correction-empty")
    about: dict[str, JSONValue] = {
        "corrects": correction.outcome_id,
        "correction_reason": correction.reason,
    }
    return _record(replace(result, stated=result.stated | about), records, draft, correction)


def _require_within_life(posting: Posting, records: Records) -> None:
    """Refuse what was awarded after the learner's death, or comes while her account is limited.

    The poster is told neither.
    """
    state = records.states.get(posting.key.account_id)
    if state is not None:
        require_receiving(state)
    died_on = records.deaths.get(posting.key.account_id)
    if died_on is not None and posting.posted.awarded_on.first_day > died_on:
        raise InvalidInput([FieldProblem(field="awarded_on", code="later-than-account")])


def _result(posting: Posting, records: Records, draft: Draft) -> _Result:
    key, provider = posting.key, records.provider
    posted, definition = _require_allowed(posting.posted, records, draft)
    catalogue = records.catalogues[posted.lead_institution or provider.id]
    return _Result(
        posting=replace(posting, posted=posted),
        definition=definition,
        stated=stated_fields(
            posted,
            definition,
            Circumstances(
                provider=provider.on(posted.awarded_on.last_day),
                posted_on=draft.posted_on,
                account_number=key.number,
                exact_grade=exact_grade(posted, catalogue.schemes[definition.scheme_id]),
                bodies=records.bodies,
            ),
        ),
        tag=key.natural_tag(natural_key(posted, definition)),
    )


def _require_allowed(
    posted: PostedOutcome, records: Records, draft: Draft
) -> tuple[PostedOutcome, Definition]:
    """Give a result that this institution may post in its own words, and its definition."""
    require_posting(records.provider, civil_day(draft.moment.now))
    _require_going(posted, records.provider)
    if posted.particulars is not None:
        require_entitled(posted.particulars, records.provider, records.bodies)
    catalogue = records.catalogues[posted.lead_institution or records.provider.id]
    return catalogue.in_own_words(posted), require_catalogued(posted, catalogue)


def _require_going(posted: PostedOutcome, provider: History) -> None:
    """Refuse what was awarded after the institution's last day; earlier results may come late."""
    if provider.is_over(posted.awarded_on.first_day):
        facts = {"last_day": str(provider.last_day)}
        raise InvalidInput(
            [FieldProblem(field="awarded_on", code="awarded-after-end", facts=facts)]
        )


def _match(posting: Posting, records: Records) -> Match:
    learner, account_id = posting.posted.learner, posting.key.account_id
    found = None
    if account_id in records.states or account_id in records.names:
        found = KnownPerson(records.names.get(account_id, frozenset()))
    match = match_person(learner.kind, learner.name, found, may_open=True)
    if match is Match.UNKNOWN:
        raise InvalidInput([FieldProblem(field="account_number", code="account-unknown")])
    return match


def _hold(hold: Hold | None, reason: Match, records: Records, draft: Draft) -> Held:
    """Hold a row, or recognise one that is held already."""
    if hold is None or draft.hold_key is None:
        # Her names changed since the row was read; read again, it gets a key to be held under.
        raise Refusal("busy", retry_after_seconds=1)
    known = records.held.get(hold.natural_tag)
    if known is not None:
        require_same_content(hold, known)
        return Held(held_id=known.id, reason=reason.value, due_on="", is_duplicate=True)
    holding = Holding(
        institution_id=records.provider.id,
        posted_with=draft.posted_with,
        batch_id=draft.batch_id,
        key=draft.hold_key,
    )
    held, row = draft_hold(hold, reason, holding, draft.moment)
    draft.held.append(row)
    records.held[hold.natural_tag] = KnownHold(id=held.held_id, content_tag=hold.content_tag)
    return held


def _duplicate(known: Known, stated: dict[str, JSONValue]) -> Recorded:
    if known.status != OutcomeStatus.ACTIVE:
        raise Refusal("outcome-not-active", status=known.status)
    fields = differing(stated, dict(known.stated))
    if fields:
        raise Refusal("outcome-conflict", fields=fields, outcome=known.recorded.outcome_id)
    first = known.recorded
    return Recorded(outcome_id=first.outcome_id, entry_index=first.entry_index, is_duplicate=True)


def _open(posting: Posting, records: Records, draft: Draft) -> None:
    learner = posting.posted.learner
    newcomer = Newcomer(
        key=posting.key,
        learner_number=learner.value if learner.kind == "learner_number" else None,
        name=learner.name,
        birth_year=learner.birth_year,
        document=posting.document,
    )
    at = draft.moment.after(len(draft.leaves))
    draft.open(draft_opening(newcomer, opened_by=records.provider.id, moment=at))
    records.states[posting.key.account_id] = AccountState.UNCLAIMED
    if learner.name is not None:
        records.names[posting.key.account_id] = frozenset({fold(learner.name)})


def _record(
    result: _Result, records: Records, draft: Draft, correction: Correction | None
) -> Recorded:
    moment, key = draft.moment, result.posting.key
    posted, provider = result.posting.posted, records.provider.id
    statement = make_statement(
        issuer=provider,
        log=moment.log,
        kind="outcome",
        fields=result.stated,
        entropy=moment.entropy,
    )
    leaf_id = new_id(moment.now, moment.entropy)
    outcome_id, index = leaf_id.hex(), draft.next_index
    draft.rows.append(
        {
            "id": outcome_id,
            "natural_tag": result.tag,
            "account_id": key.account_id,
            "definition_id": result.definition.id,
            "institution_id": provider,
            "posted_with": draft.posted_with,
            "outcome_class": result.definition.outcome_class.value,
            "credits": posted.credits and posted.credits.milli,
            "class_hours": posted.class_hours and posted.class_hours.milli,
            "minutes": posted.hours and posted.hours.minutes,
            "awarded_month": posted.awarded_on.month,
            "status": OutcomeStatus.ACTIVE.value,
            "batch_id": draft.batch_id,
            "offering": posted.offering,
            "corrects_id": None if correction is None else correction.outcome_id,
            "entry_index": index,
            "sealed_statement": seal_statement(
                key, "outcome", outcome_id, statement, moment.entropy
            ),
        }
    )
    draft.leaves.append(
        LeafDraft(
            t="outcome" if correction is None else "correct",
            id=leaf_id,
            iss=provider,
            acct=key.account_tag(leaf_id),
            stmt=statement.digest,
            ref=None if correction is None else correction.entry_index,
        )
    )
    recorded = Recorded(outcome_id=outcome_id, entry_index=index, is_duplicate=False)
    records.known[result.tag] = Known(
        recorded=recorded, status=OutcomeStatus.ACTIVE, stated=result.stated
    )
    return recorded

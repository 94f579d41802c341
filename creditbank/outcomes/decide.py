"""Decide on posted results: recorded, duplicate, or refused with every reason. No I/O."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from creditbank.catalogue.definition import Definition
from creditbank.catalogue.scheme import Scheme
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.institutions.queries import Institution
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import seal_statement
from creditbank.learners.names import fold
from creditbank.learners.open import Newcomer, Opening, draft_opening
from creditbank.outcomes.posting import PostedOutcome
from creditbank.outcomes.stated import differing, natural_key, stated_fields
from creditbank.outcomes.status import OutcomeStatus
from creditbank.writer.command import Moment
from ledger.leaf import LeafDraft, new_id
from ledger.statement import JSONValue, make_statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One result and the account it was found to belong to."""

    posted: PostedOutcome
    key: AccountKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An outcome on the ledger; `is_duplicate` when it was there already with the same content."""

    outcome_id: str
    entry_index: int
    is_duplicate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The outcome that a new one supersedes, its leaf's index, and why."""

    outcome_id: str
    entry_index: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A recorded outcome with the natural tag of a posted one, its status and what it states."""

    recorded: Recorded
    status: str
    stated: Mapping[str, JSONValue]


@dataclass(slots=True, kw_only=True)
class Records:
    """What is known while postings are decided; the deciding loop alone extends it."""

    provider: Institution
    definitions: Mapping[str, Sequence[Definition]]
    schemes: Mapping[str, Scheme]
    accounts: set[str]
    names: dict[str, str | None]
    known: dict[bytes, Known]
    deaths: Mapping[str, date] = field(default_factory=dict)
    merged: Collection[str] = ()


@dataclass(slots=True, kw_only=True)
class Draft:
    """What deciding one command's postings adds: rows, openings and leaves, in order."""

    moment: Moment
    posted_with: str
    batch_id: str | None
    rows: list[dict[str, object]] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    leaves: list[LeafDraft] = field(default_factory=list)

    @property
    def next_index(self) -> int:
        """The ledger index that the next leaf takes."""
        return self.moment.next_index + len(self.leaves)

    def open(self, opening: Opening) -> None:
        """Add an account."""
        self.openings.append(opening)
        self.leaves.append(opening.leaf)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    """A posting with its definition, what will be stated, and its natural tag."""

    posting: Posting
    definition: Definition
    stated: dict[str, JSONValue]
    tag: bytes


def decide_posting(posting: Posting, records: Records, draft: Draft) -> Recorded:
    """Record one result, or recognise a duplicate; raises a `Refusal` and then adds nothing."""
    if posting.key.account_id in records.merged:
        # It was found before the merge; looked up again it leads to the account that goes on.
        raise Refusal("busy", retry_after_seconds=1)
    result = _result(posting, records)
    _require_same_name(posting.posted, posting.key, records)
    _require_within_life(posting, records)
    known = records.known.get(result.tag)
    if known is not None:
        return _duplicate(known, result.stated)
    if posting.key.account_id not in records.accounts:
        _open(posting, records, draft)
    return _record(result, records, draft, None)


def decide_correction(
    posting: Posting, correction: Correction, records: Records, draft: Draft
) -> Recorded:
    """Record what supersedes an outcome of the same account; raises a `Refusal`."""
    result = _result(posting, records)
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
    """Refuse what was awarded after the learner's death; the poster is not told that she died."""
    died_on = records.deaths.get(posting.key.account_id)
    if died_on is not None and posting.posted.awarded_on.first_day > died_on:
        raise InvalidInput([FieldProblem(field="awarded_on", code="later-than-account")])


def _result(posting: Posting, records: Records) -> _Result:
    posted, key = posting.posted, posting.key
    definition = require_catalogued(posted, records.definitions, records.schemes)
    return _Result(
        posting=posting,
        definition=definition,
        stated=stated_fields(posted, definition, records.provider, key.number),
        tag=key.natural_tag(natural_key(posted, definition)),
    )


def require_catalogued(
    posted: PostedOutcome,
    definitions: Mapping[str, Sequence[Definition]],
    schemes: Mapping[str, Scheme],
) -> Definition:
    """Give the definition that a result names; raises `InvalidInput` when the catalogue says no."""
    definition = find_definition(posted, definitions)
    require_scheme(posted, schemes[definition.scheme_id])
    return definition


def find_definition(
    posted: PostedOutcome, definitions: Mapping[str, Sequence[Definition]]
) -> Definition:
    """Give the definition that a result names: the stated version, else the one valid then."""
    versions = definitions.get(posted.course, ())
    day = posted.awarded_on.last_day.isoformat()
    fitting = [
        one
        for one in versions
        if one.version == posted.course_version
        or (posted.course_version is None and one.valid_from <= day)
    ]
    if not fitting:
        wrong = "course" if not versions else "course_version"
        raise InvalidInput([FieldProblem(field=wrong, code="course-unknown")])
    return max(fitting, key=lambda one: one.valid_from)


def require_scheme(posted: PostedOutcome, scheme: Scheme) -> None:
    """Refuse credits that are no multiple of the quantum, and grades that are not on a scale."""
    problems: list[FieldProblem] = []
    if posted.credits is not None and not posted.credits.is_multiple_of(scheme.quantum):
        facts = {"quantum": str(scheme.quantum)}
        problems.append(FieldProblem(field="credits", code="amount-not-multiple", facts=facts))
    if posted.grade is not None and posted.grade_scale is None:
        problems.append(FieldProblem(field="grade_scale", code="grade-scale-missing"))
    if posted.grade is not None and posted.grade_scale is not None:
        scale = scheme.scale(posted.grade_scale)
        if scale is None:
            known = [one.id for one in scheme.grade_scales]
            problems.append(
                FieldProblem(
                    field="grade_scale", code="grade-scale-unknown", facts={"known": known}
                )
            )
        elif (code := scale.problem(posted.grade)) is not None:
            problems.append(FieldProblem(field="grade", code=code))
    if problems:
        raise InvalidInput(problems)


def _require_same_name(posted: PostedOutcome, key: AccountKey, records: Records) -> None:
    """Refuse a number that agrees with a name that does not: it is never attached."""
    stated, given = records.names.get(key.account_id), posted.learner.name
    if stated is not None and given is not None and fold(stated) != fold(given):
        raise Refusal("learner-name-differs")


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
    )
    at = draft.moment.after(len(draft.leaves))
    draft.open(draft_opening(newcomer, opened_by=records.provider.id, moment=at))
    records.accounts.add(posting.key.account_id)
    records.names[posting.key.account_id] = learner.name


def _record(
    result: _Result, records: Records, draft: Draft, correction: Correction | None
) -> Recorded:
    moment, key = draft.moment, result.posting.key
    posted, provider = result.posting.posted, result.definition.institution_id
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

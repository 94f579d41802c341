"""Whether a provider's own learner held what the provider posted on a day."""

from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import Field

from api.dependencies import CurrentBank, OutcomesReader
from api.response import Response
from api.v1 import examples
from api.v1.account_access import keys_by_account
from api.v1.fields import Request, ShortText
from creditbank.bank import Bank
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.find import learner_tag
from creditbank.outcomes.dates import DateError, parse_day
from creditbank.outcomes.holding import Answer, Why, held_on
from creditbank.outcomes.standing import standings_of

router = APIRouter(prefix="/api/v1/holdings", tags=["outcomes"])


class HoldingRequest(Request):
    """Which of the provider's own learners, what, and on which day."""

    learner: ShortText = Field(description="The provider's own learner number.")
    definition: ShortText = Field(
        description="The code of the course, or the id of the definition."
    )
    on: ShortText = Field(description="The day that is asked about, YYYY-MM-DD.")


class HoldingView(Response):
    """`yes`, `no`, or `unknown`: then a person has to look, for the reason given."""

    answer: Answer
    reason: Why
    outcome: str | None


@router.post("")
def ask_holding(
    body: Annotated[HoldingRequest, Body(openapi_examples=examples.HOLDING)],
    actor: OutcomesReader,
    bank: CurrentBank,
) -> HoldingView:
    """Say whether a learner held something that this institution posted, on a day."""
    secrets = bank.keystore.secrets
    tag = learner_tag(secrets, actor.institution, "learner_number", body.learner)
    key = bank.keystore.find([tag]).get(tag)
    if key is None:
        raise Refusal("learner-unknown")
    return answer_holding(
        bank, key, definition=body.definition, on=body.on, institution=actor.institution
    )


def answer_holding(
    bank: Bank, key: AccountKey, *, definition: str, on: str, institution: str | None
) -> HoldingView:
    """Answer for all accounts of a person, of what one institution posted or of everything."""
    try:
        day = parse_day(on)
    except DateError as error:
        raise InvalidInput([FieldProblem(field="on", code=error.code)]) from None
    keys = keys_by_account(key, bank)
    with bank.readers.reading() as connection:
        every = standings_of(connection, keys)
    holding = held_on(
        [
            one.held()
            for one in every
            if definition in {one.stored.definition_id, one.stated["course"]}
            and institution in {None, one.stored.institution_id}
        ],
        day,
    )
    return HoldingView(answer=holding.answer, reason=holding.why, outcome=holding.outcome_id)

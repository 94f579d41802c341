"""How a result is stated over HTTP."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BeforeValidator, Field

from api.v1.fields import Amount, Request, ShortText, one_of
from creditbank.learners.documents import DocumentType


class DocumentRequest(Request):
    """A document of identity: its type, the issuing country (3 letters) and its number."""

    type: ShortText = Field(examples=["identity_card"], description=one_of(DocumentType))
    country: ShortText | None = Field(
        default=None,
        description="Who issued it, three letters (ICAO 9303); a mainland document needs none.",
    )
    number: ShortText = Field(description="The number as printed, with its letters.")


class LearnerRequest(Request):
    """Who learned: the provider's own learner number, the account number, or a document.

    One of them; a name beside it must agree, and a document needs one. A name alone is held.
    """

    learner_number: ShortText | None = Field(
        default=None, description="The provider's own learner number."
    )
    account_number: ShortText | None = Field(
        default=None,
        description="The number of the learner's account, digits; spaces do not count.",
    )
    document: DocumentRequest | None = Field(
        default=None, description="A document of identity; a name is stated beside it."
    )
    name: ShortText | None = Field(default=None, description="The name as printed.")
    birth_year: int | None = Field(default=None, description="The year of birth, four digits.")


def _named_by_number(value: object) -> object:
    return {"learner_number": value} if isinstance(value, str) else value


class RenewedRequest(Request):
    """The earlier certificate that another one continues, by series and number as printed."""

    series: ShortText = Field(description="The series as printed.")
    number: ShortText = Field(description="The number as printed.")


class CertificateRequest(Request):
    """A certificate that the outcome is, by series and number as printed.

    The days of its validity are included; without an end it does not run out.
    """

    series: ShortText = Field(description="The series as printed.")
    number: ShortText = Field(description="The number as printed.")
    level: ShortText | None = Field(default=None, description="The level or grade as printed.")
    valid_from: ShortText | None = Field(
        default=None,
        examples=["2024-06-30"],
        description="The first day on which it is valid, YYYY-MM-DD.",
    )
    valid_until: ShortText | None = Field(
        default=None,
        examples=["2027-06-29"],
        description="The last day on which it is valid, YYYY-MM-DD.",
    )
    renews: RenewedRequest | None = Field(
        default=None, description="The earlier certificate that this one continues."
    )

    def flat(self) -> dict[str, str | None]:
        """Give the posting's own flat fields."""
        return {
            "certificate_series": self.series,
            "certificate_number": self.number,
            "certificate_level": self.level,
            "certificate_valid_from": self.valid_from,
            "certificate_valid_until": self.valid_until,
            "renews_series": None if self.renews is None else self.renews.series,
            "renews_number": None if self.renews is None else self.renews.number,
        }


class AwardingBodyRequest(Request):
    """A body that awarded, by its role, with its name as printed that day.

    `institution` is its id where the bank knows it; a closed body may have a name only.
    """

    institution: ShortText | None = Field(
        default=None, description="The id of the body where the bank knows it."
    )
    name: ShortText | None = Field(default=None, description="The name as printed that day.")
    role: ShortText = Field(
        default="certifying",
        examples=["certifying", "delivering"],
        description="What it did: certifying, organising, delivering or assisting.",
    )

    def flat(self) -> str:
        """Give the body as a cell of a file names it."""
        return " ".join(part for part in (self.institution, self.name) if part)


class ResultRequest(Request):
    """One result. Amounts are decimal strings; at least one amount or a certificate is stated."""

    course: ShortText = Field(
        examples=["BBB"], description="The code of the course in the provider's catalogue."
    )
    course_version: ShortText | None = Field(
        default=None,
        description="The version of the course; found by the day of the award unless stated.",
    )
    offering: ShortText | None = Field(
        default=None, description="The code of the offering 开班/考次 that it was achieved in."
    )
    term: ShortText = Field(
        examples=["2024春"], description="The term or sitting as the provider calls it."
    )
    attempt: int = Field(default=1, description="Which try it was, counted from 1.")
    attempt_kind: ShortText | None = Field(
        default=None, description="first, resit, retake or deferred; first unless stated."
    )
    result: ShortText = Field(
        examples=["合格"], description="The result in the provider's own word."
    )
    grade: ShortText | None = Field(
        default=None, examples=["86.5"], description="The grade as its scale writes it, as 86.5."
    )
    grade_scale: ShortText | None = Field(
        default=None,
        examples=["percent"],
        description="The name of the scale of the grade, from the provider's scheme.",
    )
    credits: Amount | None = Field(
        default=None, description="Credits, a decimal number with at most three places."
    )
    class_hours: Amount | None = Field(
        default=None, description="Class hours 学时, a decimal number with at most three places."
    )
    hours: Amount | None = Field(
        default=None,
        description="Study time in hours, a decimal number that is whole minutes, as 1.75.",
    )
    awarded_on: ShortText = Field(
        examples=["2024-06-30"],
        description="The day of the award, YYYY-MM-DD; YYYY-MM or YYYY where no more is known.",
    )
    certificate: CertificateRequest | None = Field(
        default=None, description="The certificate that this result is, where it is one."
    )
    awarded_by: list[AwardingBodyRequest] | None = Field(
        default=None,
        min_length=1,
        description="Who awarded it, where not only who posts it; the certifying body leads.",
    )
    received_on: ShortText | None = Field(
        default=None, description="The day at the counter or of the postmark."
    )
    minutes_attended: int | None = Field(
        default=None, description="Minutes of attendance, a whole number."
    )
    assurance: ShortText | None = Field(
        default=None,
        examples=["supervised"],
        description="How sure it is: attended, assessed, supervised or identity_checked.",
    )
    attestation: ShortText | None = Field(
        default=None, description="`original`: the bank has seen the original."
    )

    def flat(self) -> dict[str, str | None]:
        """Give the posting's own flat fields, as a row of a file would."""
        minutes = self.minutes_attended
        return {
            "course": self.course,
            "course_version": self.course_version,
            "offering": self.offering,
            "term": self.term,
            "attempt": str(self.attempt),
            "attempt_kind": self.attempt_kind,
            "result": self.result,
            "grade": self.grade,
            "grade_scale": self.grade_scale,
            "credits": self.credits,
            "class_hours": self.class_hours,
            "hours": self.hours,
            "awarded_on": self.awarded_on,
            "received_on": self.received_on,
            "minutes_attended": None if minutes is None else str(minutes),
            "assurance": self.assurance,
            "attestation": self.attestation,
            **_flat_bodies(self.awarded_by or []),
            **({} if self.certificate is None else self.certificate.flat()),
        }


def _flat_bodies(bodies: Sequence[AwardingBodyRequest]) -> dict[str, str | None]:
    if not bodies:
        return {}
    # A bar would part one name into two; no body is called so, and the refusal says it.
    return {
        "awarding_body": "|".join(body.flat() for body in bodies),
        "awarding_role": "|".join(body.role for body in bodies),
    }


class OutcomeRequest(ResultRequest):
    """One result of one learner."""

    learner: Annotated[LearnerRequest, BeforeValidator(_named_by_number)] = Field(
        examples=["20230001"],
        description="The provider's own learner number, or an object naming the learner.",
    )

    def flat(self) -> dict[str, str | None]:
        """Give the posting's own flat fields, as a row of a file would."""
        birth_year, document = self.learner.birth_year, self.learner.document
        return {
            "learner": self.learner.learner_number,
            "account_number": self.learner.account_number,
            "document_type": None if document is None else document.type,
            "document_country": None if document is None else document.country,
            "document_number": None if document is None else document.number,
            "learner_name": self.learner.name,
            "learner_birth_year": None if birth_year is None else str(birth_year),
            **super().flat(),
        }

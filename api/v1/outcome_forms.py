"""How a result is stated over HTTP."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from api.v1.fields import Amount, Request, ShortText


class DocumentRequest(Request):
    """A document of identity: its type, the issuing country (3 letters) and its number."""

    type: ShortText = Field(examples=["identity_card"])
    country: ShortText | None = None
    number: ShortText


class LearnerRequest(Request):
    """Who learned: the provider's own learner number, the account number, or a document.

    One of them; a name beside it must agree, and a document needs one. A name alone is held.
    """

    learner_number: ShortText | None = None
    account_number: ShortText | None = None
    document: DocumentRequest | None = None
    name: ShortText | None = None
    birth_year: int | None = None


def _named_by_number(value: object) -> object:
    return {"learner_number": value} if isinstance(value, str) else value


class CertificateRequest(Request):
    """A certificate that the outcome is, by series and number as printed."""

    series: ShortText
    number: ShortText
    level: ShortText | None = None


class ResultRequest(Request):
    """One result. Amounts are decimal strings; at least one amount or a certificate is stated."""

    course: ShortText = Field(examples=["BBB"])
    course_version: ShortText | None = None
    offering: ShortText | None = Field(
        default=None, description="The code of the offering 开班/考次 that it was achieved in."
    )
    term: ShortText = Field(examples=["2024春"])
    attempt: int = 1
    attempt_kind: ShortText | None = None
    result: ShortText = Field(examples=["合格"])
    grade: ShortText | None = Field(default=None, examples=["86.5"])
    grade_scale: ShortText | None = Field(default=None, examples=["percent"])
    credits: Amount | None = None
    class_hours: Amount | None = None
    hours: Amount | None = None
    awarded_on: ShortText = Field(examples=["2024-06-30"])
    certificate: CertificateRequest | None = None

    def flat(self) -> dict[str, str | None]:
        """Give the posting's own flat fields, as a row of a file would."""
        certificate = self.certificate
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
            "certificate_series": None if certificate is None else certificate.series,
            "certificate_number": None if certificate is None else certificate.number,
            "certificate_level": None if certificate is None else certificate.level,
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

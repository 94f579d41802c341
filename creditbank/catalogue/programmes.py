"""Programme plans 培养方案 of institutions: read from a file, added, listed. They are public."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from hashlib import sha256
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Connection, select
from sqlmodel import col

from creditbank.catalogue.tables import ProgrammeRow
from creditbank.conversion.plan_document import read_plan
from creditbank.conversion.plan_file import StatedPlan
from creditbank.database import chunks, table_of
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.plain_yaml import load_plain_yaml
from creditbank.writer.command import Decision, Moment

Text = Annotated[str, Field(min_length=1, max_length=200)]
Code = Annotated[str, Field(min_length=1, max_length=64)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """One version of a programme plan; `valid_from` is its first day, YYYY-MM-DD.

    `plan` are its categories, slots and caps as the file states them, where it does.
    """

    id: str
    institution_id: str
    code: str
    version: str
    valid_from: str
    title: str
    title_en: str | None
    plan: dict[str, object] | None = None

    @property
    def stated_plan(self) -> StatedPlan | None:
        """Its categories, slots and caps, where they are stated."""
        if self.plan is None:
            return None
        return read_plan({**self.plan, "programme": self.code, "version": self.version})


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Title(_Strict):
    zh: Text
    en: Text | None = None


class _Programme(_Strict):
    code: Code
    version: Code
    title: _Title
    valid_from: date = Field(strict=False)
    plan: dict[str, object] | None = None


class _ProgrammesFile(_Strict):
    format: Literal["creditbank/programmes/v1"]
    programmes: Annotated[list[_Programme], Field(max_length=10_000)]


def read_programmes(text: str, institution_id: str) -> list[Programme]:
    """Read a file of programme plans (YAML); raises `InvalidInput` naming every wrong place."""
    try:
        file = _ProgrammesFile.model_validate(load_plain_yaml(text))
    except ValidationError as error:
        raise InvalidInput(
            [
                FieldProblem(
                    field=".".join(map(str, one["loc"])),
                    code="field-wrong",
                    facts={"reason": one["msg"]},
                )
                for one in error.errors()
            ]
        ) from None
    programmes = [_programme(one, institution_id) for one in file.programmes]
    problems = [
        replace(problem, field=f"programmes.{place}.plan.{problem.field}")
        for place, one in enumerate(programmes)
        for problem in _plan_problems(one)
    ]
    if problems:
        raise InvalidInput(problems)
    return programmes


def _programme(one: _Programme, institution_id: str) -> Programme:
    return Programme(
        id=_id(institution_id, one.code, one.version, one.valid_from.isoformat()),
        institution_id=institution_id,
        code=one.code,
        version=one.version,
        valid_from=one.valid_from.isoformat(),
        title=one.title.zh,
        title_en=one.title.en,
        plan=one.plan,
    )


def _plan_problems(programme: Programme) -> Sequence[FieldProblem]:
    try:
        _ = programme.stated_plan
    except InvalidInput as error:
        return error.problems
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportProgrammes:
    """Ask that these programme plans be known; the answer is how many were new."""

    programmes: Sequence[Programme]

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Mapping[str, Programme]:
        """Load those that are known."""
        ids = {one.id for command in commands for one in command.programmes}
        return find_programmes(connection, ids)

    def decide(
        self, state: Mapping[str, Programme], moment: Moment
    ) -> Decision[Mapping[str, Programme], int]:
        """Add what is new; raises `Refusal("programme-conflict")` where a version would change."""
        del moment  # Programme plans are not on the ledger.
        known = dict(state)
        for one in self.programmes:
            if known.setdefault(one.id, one) != one:
                raise Refusal("programme-conflict", code=f"{one.code} {one.version}")
        new = [one for name, one in known.items() if name not in state]
        rows = [{field.name: getattr(one, field.name) for field in fields(one)} for one in new]
        return Decision(answer=len(new), state=known, rows={ProgrammeRow: rows})


def find_programmes(connection: Connection, ids: Collection[str]) -> dict[str, Programme]:
    """Give those of these programme plans that exist, by id."""
    found: dict[str, Programme] = {}
    for chunk in chunks(list(ids)):
        wanted = select(table_of(ProgrammeRow)).where(col(ProgrammeRow.id).in_(chunk))
        found.update((row["id"], Programme(**row)) for row in connection.execute(wanted).mappings())
    return found


def programmes_of(connection: Connection, institution_id: str | None = None) -> list[Programme]:
    """Give all programme plans, or an institution's, by institution, code and first day."""
    wanted = select(table_of(ProgrammeRow)).order_by(
        col(ProgrammeRow.institution_id), col(ProgrammeRow.code), col(ProgrammeRow.valid_from)
    )
    if institution_id is not None:
        wanted = wanted.where(col(ProgrammeRow.institution_id) == institution_id)
    return [Programme(**row) for row in connection.execute(wanted).mappings()]


def plans_of(
    connection: Connection, programmes: Collection[tuple[str, str]]
) -> dict[tuple[str, str], list[StatedPlan]]:
    """Give the stated plans of programmes, each named by its institution and its code."""
    codes = sorted({code for _, code in programmes})
    found: dict[tuple[str, str], list[StatedPlan]] = defaultdict(list)
    for chunk in chunks(codes):
        wanted = select(table_of(ProgrammeRow)).where(col(ProgrammeRow.code).in_(chunk))
        for row in connection.execute(wanted.order_by(col(ProgrammeRow.valid_from))).mappings():
            one = Programme(**row)
            name = one.institution_id, one.code
            if name in programmes and (stated := one.stated_plan) is not None:
                found[name].append(stated)
    return found


def _id(*key: str) -> str:
    return sha256("\0".join(("programme", *key)).encode()).hexdigest()[:32]

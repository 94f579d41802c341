"""Catalogue files (YAML): many schemes and definitions are added at once."""

import asyncio

from fastapi import APIRouter, Request

from api.dependencies import CatalogueWriter, CurrentBank
from api.response import Response
from api.v1.text_bodies import YAML_BODY, read_text
from creditbank.access.actor import Actor
from creditbank.catalogue.courses_file import read_courses
from creditbank.catalogue.import_courses import ImportCourses
from creditbank.plain_yaml import load_plain_yaml

router = APIRouter(prefix="/api/v1", tags=["catalogue"])


class ImportedView(Response):
    """How many definitions were new, and how many were there already."""

    added: int
    unchanged: int


@router.post("/definitions", openapi_extra=YAML_BODY)
async def import_definitions(
    request: Request, actor: CatalogueWriter, bank: CurrentBank
) -> ImportedView:
    """Add schemes and definitions of one's own institution, from a catalogue file (YAML)."""
    command = import_command(await read_text(request), actor)
    imported = (await asyncio.wrap_future(bank.writer.submit(command))).answer
    return ImportedView(added=imported.added, unchanged=imported.unchanged)


def import_command(text: str, actor: Actor) -> ImportCourses:
    """Make the command that adds what a catalogue file has; raises `InvalidInput`."""
    load_plain_yaml(text)  # Refuses what only amplifies, before it is read with its numbers.
    schemes, definitions = read_courses(text, actor.institution)
    return ImportCourses(institution_id=actor.institution, schemes=schemes, definitions=definitions)

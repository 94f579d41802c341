"""Finding a rule in a long list: by its title, its id, or whose it is."""

from collections.abc import Iterable, Mapping
from typing import Annotated

from fastapi import Query

from api.web.names import Named
from creditbank.learners.names import fold
from creditbank.rules.queries import StoredRule

Sought = Annotated[str, Query(alias="q", max_length=100)]


def rules_like(
    rules: Iterable[StoredRule], institutions: Mapping[str, Named], sought: str
) -> list[StoredRule]:
    """Give the rules that have the sought text in title, id or institution, in their order.

    Width, case, spaces and traditional or simplified characters do not count.
    """
    wanted = fold(sought)
    return [one for one in rules if not wanted or wanted in _said_of(one, institutions)]


def _said_of(one: StoredRule, institutions: Mapping[str, Named]) -> str:
    title, owner = one.document.rule.title, institutions.get(one.institution_id)
    said = [title.zh, title.en, one.id]
    if owner is not None:
        said += [owner.name, owner.name_en]
    return fold(" ".join(text for text in said if text))

"""What pages show of a checked file: how far the check is, its counts and its wrong rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from api.web.page import Page
from api.web.provider.wrong_rows import RefusedFile
from creditbank.bank import Bank
from creditbank.errors import FieldProblem, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.batches.check import Options
from creditbank.outcomes.batches.drafts import Draft
from creditbank.outcomes.batches.kept_rehearsal import (
    KeptRehearsal,
    find_rehearsal,
    rehearsed_refusals,
)
from creditbank.outcomes.batches.run import Import
from creditbank.outcomes.batches.settle import RefusedRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many rows are done, of how many; `of` is 0 where that is not known yet."""

    done: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckState:
    """How a check stands: `running`, `interrupted`, or `whole`."""

    name: str
    rehearsal: KeptRehearsal | None

    @property
    def progress(self) -> Progress:
        """How far it is."""
        kept = self.rehearsal
        return Progress(done=0, of=0) if kept is None else Progress(done=kept.done, of=kept.rows)


@dataclass(frozen=True, slots=True)
class CheckedDraft:
    """A file that was checked and is not handed in yet."""

    bank: Bank
    key: AccountKey
    draft: Draft

    def state(self) -> CheckState:
        """Say how its check stands."""
        return check_state(self.bank, self.key)

    def refused(self) -> RefusedFile:
        """Give its wrong rows."""
        return rehearsed_file(self.bank, self.key)

    def read(self, options: Options) -> Import:
        """Read it anew; raises `Refusal("draft-gone")` and what the file is refused for."""
        upload = self.bank.uploads.upload(self.key, media_type=self.draft.media_type, encoding=None)
        if upload is None:
            raise Refusal("draft-gone")
        return Import(self.bank, upload, institution_id=self.draft.institution_id, options=options)


def check_state(bank: Bank, key: AccountKey) -> CheckState:
    """Say how the check of a file stands; nobody works at one whose folder nobody holds.

    The folder of a whole one is not touched: who is about to record it holds it meanwhile.
    """
    kept = find_rehearsal(bank.uploads, key)
    if kept is not None and kept.whole:
        return CheckState(name="whole", rehearsal=kept)
    with bank.uploads.held(key.account_id) as is_free:
        kept = find_rehearsal(bank.uploads, key)
    if kept is not None and kept.whole:
        return CheckState(name="whole", rehearsal=kept)
    return CheckState(name="interrupted" if is_free else "running", rehearsal=kept)


def rehearsed_file(bank: Bank, key: AccountKey) -> RefusedFile:
    """Give the wrong rows that a whole check found; raises `Refusal("draft-gone")`."""
    kept = find_rehearsal(bank.uploads, key)
    if kept is None or not kept.whole:
        raise Refusal("draft-gone")
    rows: Callable[[], Iterator[RefusedRow]] = partial(rehearsed_refusals, bank.uploads, key)
    return RefusedFile(rows=rows, columns=kept.columns, field_columns=kept.field_columns)


def shown_check(
    page: Page, state: CheckState, refused: Callable[[], RefusedFile], at: tuple[str, str]
) -> dict[str, Any]:
    """Give what a template shows of a check, `at` a kind of error and a page of it."""
    kept = state.rehearsal
    if kept is None or state.name != "whole":
        return {"state": state.name, "progress": state.progress}
    remarks = [FieldProblem(**one) for one in kept.remarks]
    return {
        "state": state.name,
        "counts": {"rows": kept.rows, **kept.counts},
        "remarks": [page.problems.field(one, page.language) for one in remarks],
        "wrong": refused().page(page, *at) if kept.counts["rejected"] else None,
    }

"""Import a file of results."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from api.batch_reports import batch_counts, refused_csv, refused_rows, settlement_counts
from api.cli.options import AsJson, InstitutionId
from api.cli.output import Exit, language, opened_bank, print_result, tell
from api.problems import load_problems
from creditbank.access.actor import COMMAND_LINE
from creditbank.bank import Bank
from creditbank.outcomes.batches.lookups import open_table_in
from creditbank.outcomes.batches.run import Import, Options
from creditbank.outcomes.batches.settle import RefusedRow
from creditbank.outcomes.batches.upload import CSV, JSON_LINES, Upload

_FileArgument = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV or NDJSON.")]
_Mapping = Annotated[
    Path | None, typer.Option(exists=True, dir_okay=False, help="How columns become fields (YAML).")
]


def import_file(
    file: _FileArgument,
    institution: InstitutionId,
    mapping: _Mapping = None,
    encoding: Annotated[str | None, typer.Option(help="utf-8, gb18030 or utf-16.")] = None,
    learners: Annotated[
        Literal["open", "refuse"], typer.Option(help="Open accounts for unknown learners?")
    ] = "open",
    report: Annotated[Path | None, typer.Option(help="Where to write the refused rows.")] = None,
    resume: Annotated[str | None, typer.Option(help="Id of a batch to go on with.")] = None,
    *,
    dry_run: Annotated[bool, typer.Option(help="Say what would happen; store nothing.")] = False,
    all_or_nothing: Annotated[bool, typer.Option(help="Record every row or none.")] = False,
    as_json: AsJson = False,
) -> None:
    """Record a file of results; rows = accepted + duplicate + not_awarded + rejected."""
    upload = _upload(file, mapping, encoding)
    options = Options(may_open_accounts=learners == "open", all_or_nothing=all_or_nothing)
    with opened_bank() as bank:
        checked = Import(bank, upload, institution_id=institution, options=options)
        if dry_run:
            counts, refused, batch_id = _rehearse(checked)
        else:
            counts, refused, batch_id = _run(bank, checked, resume)
    if report is not None:
        lines = refused_csv(refused, checked.columns, load_problems(), language())
        report.write_text("".join(lines), "utf-8")
    print_result({**({"batch": batch_id} if batch_id else {}), **counts}, as_json=as_json)
    if counts["rejected"]:
        raise typer.Exit(Exit.PARTIAL)


_Result = tuple[dict[str, int], Sequence[RefusedRow], str | None]


def _rehearse(checked: Import) -> _Result:
    settlement = checked.rehearse()
    return settlement_counts(settlement), settlement.refusals, None


def _run(bank: Bank, checked: Import, resume: str | None) -> _Result:
    batch_id = resume or bank.keystore.make().account_id
    if resume is None:
        checked.start(batch_id, COMMAND_LINE)
    tell(f"batch {batch_id}: {checked.rows} rows")
    batch = checked.run(batch_id, lambda rows: tell(f"{rows}/{checked.rows}"))
    return batch_counts(batch), refused_rows(bank, batch), batch_id


def _upload(file: Path, mapping: Path | None, encoding: str | None) -> Upload:
    plain = file.with_suffix("") if file.suffix == ".gz" else file
    is_json_lines = plain.suffix in {".ndjson", ".jsonl"}
    return Upload(
        media_type=JSON_LINES if is_json_lines else CSV,
        open=lambda: open_table_in(plain.parent)(plain.name),
        open_table=open_table_in(file.parent),
        mapping_text=None if mapping is None else mapping.read_text("utf-8"),
        encoding=encoding,
    )

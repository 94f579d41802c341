"""Import a file of results."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import typer

from api.batch_reports import (
    Tally,
    batch_counts,
    batch_refusal,
    refused_csv,
    refused_rows,
)
from api.cli.options import AsJson, InstitutionId
from api.cli.output import Exit, language, opened_bank, print_result, tell, told
from api.problems import load_problems
from creditbank.access.actor import COMMAND_LINE
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.outcomes.batches.check import Options
from creditbank.outcomes.batches.find import Batch, get_batch
from creditbank.outcomes.batches.lookups import open_table_in
from creditbank.outcomes.batches.oneroster import oneroster_upload, open_set
from creditbank.outcomes.batches.run import Import
from creditbank.outcomes.batches.settle import RefusedRow
from creditbank.outcomes.batches.unpack import open_unpacked
from creditbank.outcomes.batches.upload import CSV, JSON_LINES, WORKBOOK, Upload, read_mapping

_FileArgument = Annotated[
    Path, typer.Argument(exists=True, help="CSV, XLSX, NDJSON; a OneRoster folder or zip file.")
]
_Mapping = Annotated[
    Path | None, typer.Option(exists=True, dir_okay=False, help="How columns become fields (YAML).")
]
_ENCODINGS = "utf-8, gb18030, utf-16, big5hkscs, iso-8859-1 or windows-1252; else it is found."
_MEDIA_TYPES = {".ndjson": JSON_LINES, ".jsonl": JSON_LINES, ".xlsx": WORKBOOK}


def import_file(
    file: _FileArgument,
    institution: InstitutionId,
    mapping: _Mapping = None,
    encoding: Annotated[str | None, typer.Option(help=_ENCODINGS)] = None,
    file_format: Annotated[
        Literal["rows", "oneroster"], typer.Option("--format", help="Rows, or a OneRoster set.")
    ] = "rows",
    learners: Annotated[
        Literal["open", "refuse"], typer.Option(help="Open accounts for unknown learners?")
    ] = "open",
    report: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Where to write the refused rows.")
    ] = None,
    resume: Annotated[str | None, typer.Option(help="Id of a batch to go on with.")] = None,
    mends: Annotated[
        str | None, typer.Option(help="Id of the batch whose refused rows the file mends.")
    ] = None,
    *,
    dry_run: Annotated[bool, typer.Option(help="Say what would happen; store nothing.")] = False,
    all_or_nothing: Annotated[bool, typer.Option(help="Record every row or none.")] = False,
    as_json: AsJson = False,
) -> None:
    """Record a file of results; rows = accepted + duplicate + not_awarded + rejected."""
    if dry_run and resume is not None:
        raise typer.BadParameter("a dry run resumes nothing", param_hint="--resume")
    options = Options(may_open_accounts=learners == "open", all_or_nothing=all_or_nothing)
    with opened_bank() as bank:
        upload = _upload(file, mapping, encoding, file_format)
        if resume is not None:
            options = Options.of(_batch(bank, resume, institution))
        checked = Import(bank, upload, institution_id=institution, options=options)
        if dry_run:
            code = _rehearse(checked, report, as_json=as_json)
        else:
            code = _run(bank, checked, resume, report, mends=mends, as_json=as_json)
    raise typer.Exit(code)


def _tell_remarks(checked: Import) -> None:
    problems = load_problems()
    for one in checked.remarks:
        remark = problems.field(one, language())
        tell(f"{remark['field']}: {remark['detail']}")


def _rehearse(checked: Import, report: Path | None, *, as_json: bool) -> Exit:
    _tell_remarks(checked)
    tally = Tally(checked.rehearse())
    _write_report(report, tally.refusals(), checked)
    print_result(tally.counts, as_json=as_json)
    return Exit.PARTIAL if tally.counts["rejected"] else Exit.OK


def _run(
    bank: Bank,
    checked: Import,
    resume: str | None,
    report: Path | None,
    *,
    mends: str | None,
    as_json: bool,
) -> Exit:
    batch_id = resume or bank.keystore.new_id()
    if resume is None:
        checked.start(bank.keystore.draw(batch_id), COMMAND_LINE, mends=mends)
    tell(f"batch {batch_id}: {checked.rows} rows; after an interruption add --resume {batch_id}")
    _tell_remarks(checked)
    batch = checked.run(batch_id, lambda rows: tell(f"{rows}/{checked.rows}"))
    counts, refusal = batch_counts(batch), batch_refusal(batch)
    _write_report(report, refused_rows(bank, batch), checked, batch.id)
    print_result({"batch": batch.id, "state": batch.state, **counts}, as_json=as_json)
    if refusal is not None:
        tell(told(refusal, load_problems(), language()))
        return Exit.NEGATIVE
    return Exit.PARTIAL if counts["rejected"] else Exit.OK


def _write_report(
    report: Path | None, refusals: Iterator[RefusedRow], checked: Import, batch_id: str = ""
) -> None:
    """Write the refused rows as they come; without a report they only pass by."""
    lines = refused_csv(refusals, checked.columns, load_problems(), language(), batch_id)
    if report is None:
        for _ in lines:
            pass
        return
    with report.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(lines)


def _batch(bank: Bank, batch_id: str, institution: str) -> Batch:
    with bank.readers.reading() as connection:
        batch = get_batch(connection, batch_id, institution, civil_day(bank.clock()))
    if batch.institution_id != institution:
        raise Refusal("not-found")  # Only who began a batch goes on with it.
    return batch


def _upload(file: Path, mapping: Path | None, encoding: str | None, file_format: str) -> Upload:
    mapping_text = None if mapping is None else _mapping_text(mapping)
    if file_format == "oneroster":
        return oneroster_upload(open_set(file), mapping_text=mapping_text, encoding=encoding)
    if file.is_dir():
        raise typer.BadParameter("is a folder; a OneRoster set asks for --format oneroster")
    plain = file.with_suffix("") if file.suffix == ".gz" else file
    return Upload(
        media_type=_MEDIA_TYPES.get(plain.suffix.lower(), CSV),
        open=lambda: open_unpacked(file),
        open_table=open_table_in(file.parent),
        mapping_text=mapping_text,
        encoding=encoding,
    )


def _mapping_text(mapping: Path) -> str:
    with mapping.open("rb") as stream:
        return read_mapping(stream)

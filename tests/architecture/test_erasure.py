"""Forgetting is complete: every table says what an erasure does to it."""

from creditbank.closures.treatment import TREATMENTS, UNTOUCHED
from creditbank.migrations.tables import METADATA

PERSONAL = ("account_id", "delegate_account_id")


def test_every_table_says_what_an_erasure_does_to_it() -> None:
    """A new table that nobody thought of would keep a person whom the bank promised to forget."""
    assert TREATMENTS.keys() | UNTOUCHED.keys() == METADATA.tables.keys()
    assert TREATMENTS.keys() & UNTOUCHED.keys() == set()


def test_what_is_left_untouched_holds_neither_an_account_nor_anything_of_hers_under_seal() -> None:
    """But for what keys of files, measures, staff and webhooks seal."""
    sealed = {
        f"{name}.{column.name}"
        for name in UNTOUCHED
        for column in METADATA.tables[name].columns
        if column.name in PERSONAL or column.name.startswith("sealed_")
    }
    assert sealed == {
        "batch_decision.sealed_reason",
        "batch_rejected_row.sealed_row",
        "measure.sealed_reason",
        "second_factor.sealed_secret",
        "webhook_endpoint.sealed_settings",
    }


def test_every_sealed_column_of_a_row_that_stays_is_blanked() -> None:
    """And the column that names her account gets another id."""
    for name, treatment in TREATMENTS.items():
        if treatment.stays:
            columns = METADATA.tables[name].columns
            sealed = {one.name for one in columns if one.name.startswith("sealed_")}
            assert set(treatment.sealed) == sealed, name

"""Rows by a list of values: one statement for every length, found by the index."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.bank import Bank
from creditbank.catalogue.queries import all_definitions, definitions_by_id
from creditbank.database import IN_VALUES_MAX
from creditbank.outcomes.tables import OutcomeRow
from ledger.tables import ObjectRow
from tests.fixtures.bank import Provider


def test_of_thousands_of_values_those_that_there_are_come_back(
    bank: Bank, provider: Provider
) -> None:
    """More than an engine bears at once, in text and in bytes."""
    digests = col(ObjectRow.sha256)
    with bank.readers.reading() as connection:
        courses = all_definitions(connection, provider.institution)
        stored = {one.id for some in courses.values() for one in some}
        unknown = [f"{number:032x}" for number in range(2 * IN_VALUES_MAX)]
        assert definitions_by_id(connection, [*unknown, *stored]).keys() == stored
        assert definitions_by_id(connection, []) == {}
        known = {bytes(one) for one in connection.scalars(select(digests))}
        asked = [*(bytes.fromhex(one) for one in unknown), *known]
        rows = rows_among(connection, select(digests).where(among(digests)), asked)
        assert {bytes(row["sha256"]) for row in rows} == known


@pytest.mark.parametrize("name", ["id", "account_id"])
def test_a_list_is_looked_up_by_the_index(bank: Bank, name: str) -> None:
    """Whoever asks for one row of millions does not wait until all were read."""
    wanted = select(col(OutcomeRow.id)).where(among(getattr(OutcomeRow, name)))
    with bank.readers.reading() as connection:
        written = str(wanted.compile(dialect=connection.dialect))
        if connection.dialect.name == "postgresql":
            # An empty table it reads whole unless it is told not to.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            plan = connection.exec_driver_sql(f"EXPLAIN {written}", {"values": ["an id"]})
        else:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {written}", ('["an id"]',))
        steps = str(plan.all())
    assert "Index" in steps or "SEARCH outcome USING" in steps
    assert "SCAN outcome" not in steps

"""When somebody is forgotten, where she was at which hour is forgotten with her."""

from fastapi.testclient import TestClient

from creditbank.audits.full import audit_bank
from creditbank.bank import Bank
from tests.fixtures.endings import ask, erase
from tests.fixtures.people import Citizen
from tests.fixtures.venues import Museum, code

OF_HERS = ("check_in", "check_in_card", "venue_roster_entry")


def rows(bank: Bank) -> list[int]:
    """Count the rows of the tables that know a learner."""
    with bank.readers.reading() as connection:
        counted = [connection.exec_driver_sql(f"SELECT count(*) FROM {one}") for one in OF_HERS]
        return [int(one.scalar_one()) for one in counted]


def test_an_erasure_takes_check_ins_cards_and_rosters(
    museum: Museum, citizen: Citizen, bank: Bank, client: TestClient
) -> None:
    """The visit stays in the figures; her card checks nobody in; the audit holds."""
    shift, card = museum.shift(), museum.card(citizen)["text"]
    device = museum.device(shift)
    museum.scan(device, card)
    client.post(
        f"/api/v1/venue-shifts/{shift}/roster",
        json={"account_numbers": [citizen.account_number]},
        headers=museum.clerk,
    )
    assert rows(bank) == [1, 1, 1]

    assert ask(client, "POST", "erasure", citizen).status_code == 201
    assert erase(bank) == 1

    assert rows(bank) == [0, 0, 0]
    assert code(museum.scan(device, card)) == "card-refused"
    with bank.readers.snapshot() as connection:
        counted = connection.exec_driver_sql(
            "SELECT count(*) FROM outcome WHERE outcome_class = 'venue'"
        )
        assert counted.scalar_one() == 1
        report = audit_bank(connection, bank.keystore, bank.evidence, bank.trust)
    assert report.findings == ()

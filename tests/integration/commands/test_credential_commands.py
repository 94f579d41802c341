"""Credentials at the counter."""

import json

from fastapi.testclient import TestClient

from certificates.credential_jwt import open_token
from tests.fixtures.bank import Provider
from tests.fixtures.lived_bank import post
from tests.fixtures.terminal import Terminal


def test_a_credential_is_issued_and_written_out_in_each_envelope(
    terminal: Terminal, client: TestClient, provider: Provider
) -> None:
    """One credential, by its link's last part; asking again gives the same."""
    outcome = post(client, provider)
    made = terminal.answer("credentials", "create", "--outcome", outcome)
    assert terminal.answer("credentials", "create", "--outcome", outcome) == made
    token = made["url"].rpartition("/")[2]
    document = json.loads(terminal.run("credentials", "show", token).stdout)
    assert document["id"] == made["url"]
    for envelope in ("jwt", "vc-jwt"):
        shown = terminal.run("credentials", "show", token, "--envelope", envelope).stdout
        assert open_token(shown.strip()).credential["id"] == made["url"]


def test_what_is_not_there_is_said(terminal: Terminal) -> None:
    """Neither an outcome nor a link that nobody has."""
    terminal.refused("credentials", "create", "--outcome", "x")
    terminal.refused("credentials", "show", "A" * 26)

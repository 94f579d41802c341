"""Credentials at the counter."""

import json
from pathlib import Path

from fastapi.testclient import TestClient

from certificates.baked_png import bake_png
from certificates.credential_jwt import open_token
from certificates.emblem import emblem_png
from certificates.qr import png
from creditbank.bank import Bank
from tests.fixtures.bank import Provider
from tests.fixtures.lived_bank import post
from tests.fixtures.printed import Printed
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


def test_a_credential_is_printed_into_a_file(
    terminal: Terminal, client: TestClient, provider: Provider, tmp_path: Path
) -> None:
    """It needs one; any other envelope may have one."""
    made = terminal.answer("credentials", "create", "--outcome", post(client, provider))
    token = made["url"].rpartition("/")[2]
    written = tmp_path / "record.pdf"
    show = ("credentials", "show", token, "--envelope")
    assert "--out" in terminal.refused(*show, "pdf")
    assert terminal.run(*show, "pdf", "--out", str(written)).exit_code == 0
    (code,) = Printed(written.read_bytes()).codes()
    assert code.endswith(f"/V/{token}")
    assert terminal.run(*show, "document", "--out", str(tmp_path / "vc.json")).exit_code == 0
    assert Printed(written.read_bytes()).attached() == {
        "credential.json": (tmp_path / "vc.json").read_bytes()
    }


def test_a_list_is_signed_where_the_bank_opened_this_and_ended(
    terminal: Terminal, client: TestClient, provider: Provider, bank: Bank
) -> None:
    """By the ids of one learner's credentials."""
    made = terminal.answer("credentials", "create", "--outcome", post(client, provider))
    listing = ("credentials", "transcript", made["credential"])
    assert "(transcripts-closed)" in terminal.refused(*listing)
    opened = bank.settings.model_copy(update={"transcripts": True})
    object.__setattr__(bank, "settings", opened)
    assert "(credential-unknown)" in terminal.refused("credentials", "transcript", "x")
    listed = terminal.answer(*listing)
    token = listed["url"].rpartition("/")[2]
    document = json.loads(terminal.run("credentials", "show", token).stdout)
    (part,) = document["credentialSubject"]["verifiableCredential"]
    assert part["id"] == made["url"]
    assert terminal.answer("credentials", "end", listed["transcript"])["ended"] is True
    assert "(credential-ended)" in terminal.refused("credentials", "show", token)


def test_what_is_not_there_is_said(terminal: Terminal) -> None:
    """Neither an outcome nor a link that nobody has."""
    terminal.refused("credentials", "create", "--outcome", "x")
    terminal.refused("credentials", "show", "A" * 26)


def test_a_file_is_verified_as_it_was_received(
    terminal: Terminal, client: TestClient, provider: Provider, tmp_path: Path
) -> None:
    """A picture of a code, a picture with the credential in it, and one with nothing."""
    outcome = post(client, provider)
    made = terminal.answer("credentials", "create", "--outcome", outcome)
    token = made["url"].rpartition("/")[2]
    document = terminal.run("credentials", "show", token).stdout
    code, baked, empty = (tmp_path / f"{name}.png" for name in ("code", "baked", "empty"))
    code.write_bytes(png(made["url"]))
    baked.write_bytes(bake_png(emblem_png(), document))
    empty.write_bytes(emblem_png())
    for file in (code, baked):
        assert terminal.answer("verify", str(file))["verdict"] == "valid"
    assert "no-code-found" in terminal.run("verify", str(empty)).stdout

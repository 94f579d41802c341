"""Evidence: handed in by who posted, seen by few, proven by the ledger, readable by no thief."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.audits.full import audit_bank
from creditbank.audits.own import audit_own
from creditbank.bank import Bank
from creditbank.evidence.sweep import WAIT, sweep_evidence
from tests.fixtures.bank import Provider
from tests.fixtures.evidence import a_pdf, a_picture
from tests.fixtures.people import Citizen

Posted = Callable[..., dict[str, Any]]


@pytest.fixture
def outcome(post_result: Posted, citizen: Citizen) -> str:
    """An outcome of the citizen's that the provider posted."""
    posted: str = post_result(citizen)["id"]
    return posted


def hand_in(
    client: TestClient, headers: dict[str, str], path: str, content: bytes, **query: str
) -> Any:
    """Hand a file in."""
    return client.post(
        f"/api/v1/{path}/evidence", params={"kind": "certificate", **query}, content=content,
        headers={**headers, "Content-Type": "application/octet-stream"},
    )  # fmt: skip


def stored_files(bank: Bank) -> list[Path]:
    """Every file that the store holds."""
    return [one for one in bank.settings.evidence_dir.rglob("*") if one.is_file()]


def findings(bank: Bank, citizen: Citizen) -> Iterator[tuple[str, str]]:
    """Give what the full audit and her own find."""
    key = bank.keystore.get([citizen.id])[citizen.id]
    with bank.readers.snapshot() as connection:
        full = audit_bank(connection, bank.keystore, bank.evidence, bank.trust)
        own = audit_own(connection, key, bank.evidence, bank.trust)
    for report in (full, own):
        yield from ((one.table, one.problem) for one in report.findings)


def test_a_scanned_certificate_comes_back_as_it_was_to_its_provider_and_its_learner(
    bank: Bank, client: TestClient, provider: Provider, citizen: Citizen, outcome: str
) -> None:
    """With a receipt for the leaf that commits to it."""
    scan = a_picture()
    added = hand_in(
        client, provider.headers, f"outcomes/{outcome}", scan, archive_number="档-1998-7"
    )
    assert added.status_code == 201, added.text
    piece = added.json()
    assert (piece["media_type"], piece["size"]) == ("image/jpeg", len(scan))
    assert piece["receipt"].startswith("c2sp.org/tlog-proof@v1\n")
    for headers, path in (
        (provider.headers, f"outcomes/{outcome}"),
        (citizen.headers, "accounts/me"),
    ):
        listed = client.get(f"/api/v1/{path}/evidence", headers=headers).json()["evidence"]
        assert [(one["id"], one["archive_number"]) for one in listed] == [
            (piece["id"], "档-1998-7")
        ]
        got = client.get(f"/api/v1/{path}/evidence/{piece['id']}", headers=headers)
        assert got.content == scan
        assert got.headers["content-type"] == "image/jpeg"
        assert got.headers["content-disposition"].startswith("attachment")
        assert got.headers["cache-control"] == "no-store"
    assert list(findings(bank, citizen)) == []


def test_a_citizen_hands_in_her_own_and_no_provider_sees_it(
    client: TestClient, provider: Provider, citizen: Citizen, outcome: str
) -> None:
    """It is hers, to ask for something with it later."""
    piece = hand_in(client, citizen.headers, "accounts/me", a_pdf()).json()
    path = f"/api/v1/outcomes/{outcome}/evidence"
    assert client.get(path, headers=provider.headers).json() == {"evidence": []}
    stolen = client.get(f"{path}/{piece['id']}", headers=provider.headers)
    assert stolen.status_code == 404


def test_what_lies_in_the_store_tells_nothing(
    bank: Bank, client: TestClient, provider: Provider, outcome: str
) -> None:
    """Whoever takes the disk has noise, and the folder is its owner's alone."""
    hand_in(client, provider.headers, f"outcomes/{outcome}", a_pdf("only here"))
    (file,) = stored_files(bank)
    assert b"only here" not in file.read_bytes()
    assert b"%PDF" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("language", "words"), [("en", "PDF or a picture"), ("zh", "须为 PDF 或图片")]
)
def test_a_file_of_another_kind_is_refused_in_words_and_nothing_is_kept(
    bank: Bank, client: TestClient, provider: Provider, outcome: str, language: str, words: str
) -> None:
    """A clerk who picked a text document learns what to send."""
    headers = {**provider.headers, "Accept-Language": language}
    refused = hand_in(client, headers, f"outcomes/{outcome}", b"PK\x03\x04 a document")
    assert refused.status_code == 415
    assert words in refused.json()["title"]
    assert stored_files(bank) == []


@pytest.mark.parametrize(
    ("content", "code"), [(a_picture()[:200], "evidence-damaged"), (b"", "evidence-empty")]
)
def test_a_damaged_file_is_refused_at_the_field(
    bank: Bank, client: TestClient, provider: Provider, outcome: str, content: bytes, code: str
) -> None:
    """While its owner can still scan it again."""
    refused = hand_in(client, provider.headers, f"outcomes/{outcome}", content)
    assert refused.status_code == 422
    assert [(one["field"], one["code"]) for one in refused.json()["errors"]] == [("file", code)]
    assert stored_files(bank) == []


def test_a_body_over_the_bound_is_refused_before_it_is_read(
    client: TestClient, provider: Provider, outcome: str
) -> None:
    """Ten million bytes are enough for any scan."""
    refused = hand_in(client, provider.headers, f"outcomes/{outcome}", b"x" * 10_000_001)
    assert refused.status_code == 413


def test_a_key_cannot_say_that_it_saw_the_original(
    bank: Bank, client: TestClient, provider: Provider, outcome: str
) -> None:
    """A person holds a paper in her hands; a program does not."""
    refused = hand_in(
        client, provider.headers, f"outcomes/{outcome}", a_pdf(), original_seen="true"
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "person-required")
    assert stored_files(bank) == []


@pytest.mark.parametrize("harm", ["exchanged", "gone"])
def test_evidence_that_was_exchanged_or_lost_is_named_by_both_audits(
    bank: Bank, client: TestClient, provider: Provider, citizen: Citizen, outcome: str, harm: str
) -> None:
    """The leaf commits to the bytes, so an operator cannot put another paper in their place."""
    for remark in ("first", "second"):
        hand_in(client, provider.headers, f"outcomes/{outcome}", a_pdf(remark))
    one, other = stored_files(bank)
    if harm == "gone":
        one.unlink()
    else:
        one.write_bytes(other.read_bytes())
    told = {"gone": "its file is gone"}.get(
        harm, "its file is not the one that its leaf commits to"
    )
    assert list(findings(bank, citizen)) == [("evidence", told)] * 2


def test_only_files_that_no_row_names_are_swept(
    bank: Bank, client: TestClient, provider: Provider, citizen: Citizen, outcome: str
) -> None:
    """A crash between file and row leaves noise that nobody can read; it goes."""
    hand_in(client, provider.headers, f"outcomes/{outcome}", a_pdf())
    bank.evidence.put("0" * 32, b"left over")
    assert sweep_evidence(bank.readers, bank.evidence, bank.clock()) == 0
    later = bank.clock() + WAIT + timedelta(minutes=1)
    assert sweep_evidence(bank.readers, bank.evidence, later) == 1
    assert list(findings(bank, citizen)) == []

"""Static files travel small and once; what may hold a secret is never compressed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.web.static_files import ASKED_ANEW, FOR_GOOD, STATIC, address_of
from creditbank.bank import open_bank
from creditbank.founding import init_bank
from creditbank.settings import Settings

SHEET = "css/tokens.css"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of a bank that was founded and no more."""
    founded = Settings(data_dir=tmp_path_factory.mktemp("bank"))
    init_bank(founded)
    bank = open_bank(founded)
    with TestClient(create_app(bank), base_url=founded.origin) as opened:
        yield opened
    bank.close()


def test_a_file_is_compressed_for_whoever_takes_that(client: TestClient) -> None:
    """And given as it is to who does not; both are the same file."""
    whole = (STATIC / SHEET).read_bytes()
    for encoding in ("gzip", "identity"):
        answer = client.get(f"/static/{SHEET}", headers={"Accept-Encoding": encoding})
        assert answer.content == whole
        assert answer.headers.get("content-encoding", "identity") == encoding
        assert answer.headers["vary"] == "Accept-Encoding"
        assert (int(answer.headers["content-length"]) < len(whole)) == (encoding == "gzip")


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_file_that_is_the_same_is_not_sent_again(client: TestClient, encoding: str) -> None:
    """A browser asks by the tag that it was given."""
    headers = {"Accept-Encoding": encoding}
    tag = client.get(f"/static/{SHEET}", headers=headers).headers["etag"]
    again = client.get(f"/static/{SHEET}", headers={**headers, "If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_an_address_with_the_hash_is_kept_for_good_and_any_other_asked_anew(
    client: TestClient,
) -> None:
    """Another content has another address, so that nobody sees yesterday's letters."""
    kept = client.get(address_of(SHEET)).headers["cache-control"]
    asked = [client.get(f"/static/{SHEET}{one}") for one in ("", "?v=0123456789abcdef")]
    assert kept == FOR_GOOD
    assert {one.headers["cache-control"] for one in asked} == {ASKED_ANEW}


def test_a_part_of_a_file_is_given_as_it_is(client: TestClient) -> None:
    """A range counts the bytes of the file."""
    answer = client.get(f"/static/{SHEET}", headers={"Range": "bytes=0-9"})
    assert (answer.status_code, answer.content) == (206, (STATIC / SHEET).read_bytes()[:10])
    assert "content-encoding" not in answer.headers


def test_a_page_is_not_compressed(client: TestClient) -> None:
    """Its length would tell what is secret in it beside what a request brought (BREACH)."""
    assert "content-encoding" not in client.get("/login").headers


def test_every_sheet_of_the_layout_is_named_by_its_hash(client: TestClient) -> None:
    """So that the second page of a visit asks for none of them."""
    page = client.get("/login").text
    sheets = [one for one in page.split('"') if one.startswith("/static/") and ".css" in one]
    assert sheets == [address_of(f"css/{Path(one).name.partition('?')[0]}") for one in sheets]
    assert len(sheets) > 5

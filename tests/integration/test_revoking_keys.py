"""Who may revoke an institution's API key: those above it, at the moment at which it is revoked."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from creditbank.access.api_keys import RevokeApiKey
from creditbank.access.roles import Role
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.institutions.change import ChangeInstitution
from creditbank.institutions.history import Act
from tests.fixtures.bank import Provider

OWN = "/api/v1/outcomes"


@pytest.fixture
def parent(make_provider: Callable[[str], Provider], provider: Provider, bank: Bank) -> Provider:
    """Who stands above the provider."""
    above = make_provider("教育局")
    bank.writer.write(moved(bank, provider, above.institution))
    return above


def moved(bank: Bank, provider: Provider, parent: str | None) -> ChangeInstitution:
    """Ask that the provider stand below another one from today on."""
    today = civil_day(bank.clock()).isoformat()
    return ChangeInstitution(
        institution_id=provider.institution, act=Act.MOVED, since=today, parent_id=parent
    )


def revocation(provider: Provider, by: str | None) -> RevokeApiKey:
    """Ask that the provider's key be revoked by this institution's staff."""
    key_id = provider.api_key.split("_")[1]
    return RevokeApiKey(institution_id=provider.institution, key_id=key_id, by=by)


def test_an_administrator_revokes_keys_of_the_own_subtree_only(
    client: TestClient,
    provider: Provider,
    parent: Provider,
    make_provider: Callable[[str], Provider],
    make_staff: Callable[..., dict[str, str]],
) -> None:
    """A key beyond it is as unknown as none, and goes on."""
    key_id = provider.api_key.split("_")[1]
    path = f"/api/v1/institutions/{provider.institution}/api-keys/{key_id}"
    stranger = make_staff(make_provider("别校").institution, Role.INSTITUTION_ADMINISTRATOR)
    answer = client.delete(path, headers=stranger)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert client.get(OWN, headers=provider.headers).status_code == 200
    above = make_staff(parent.institution, Role.INSTITUTION_ADMINISTRATOR)
    assert client.delete(path, headers=above).status_code == 204
    assert client.get(OWN, headers=provider.headers).status_code == 401


def test_a_key_that_was_just_moved_out_of_the_subtree_is_beyond_it(
    client: TestClient, provider: Provider, parent: Provider, bank: Bank
) -> None:
    """The subtree is read under the writer's lock: a move that came first counts."""
    moving = bank.writer.submit(moved(bank, provider, None))
    revoking = bank.writer.submit(revocation(provider, parent.institution))
    moving.result()
    with pytest.raises(Refusal) as refused:
        revoking.result()
    assert refused.value.code == "not-found"
    assert client.get(OWN, headers=provider.headers).status_code == 200
    bank.writer.write(revocation(provider, None))
    assert client.get(OWN, headers=provider.headers).status_code == 401

from time import perf_counter
from typing import Any

import pytest

from certificates.errors import DocumentRefused
from certificates.linked_data import DEPTH_MAX, ITEMS_MAX, VALUES_MAX, canonical
from certificates.vocabularies import CREDENTIALS_V2, OPEN_BADGES

BASE: dict[str, Any] = {
    "@context": [CREDENTIALS_V2, OPEN_BADGES],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential"],
    "issuer": "did:web:bank.example",
}


def nested(depth: int) -> dict[str, Any]:
    """Give evidence within evidence."""
    inner: dict[str, Any] = {"type": ["Evidence"]}
    for _ in range(depth):
        inner = {"type": ["Evidence"], "evidence": inner}
    return inner


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"colour": "red"}, "colour"),
        ({"type": ["VerifiableCredential", "Unheard"]}, "Unheard"),
        ({"issuer": "bank"}, "bank"),
        ({"id": "../other"}, "other"),
        ({"issuer": "_:b0"}, "_:b0"),
        ({"issuer": "2026-06-10T00:00:00Z"}, "2026"),
        ({"issuer": "urn:a b"}, "urn:a b"),
        ({"@context": [CREDENTIALS_V2, "https://evil.example/context"]}, "pinned"),
        ({"@context": [CREDENTIALS_V2, {"issuer": "urn:x"}]}, "pinned"),
        ({"@context": "https://evil.example/context"}, "pinned"),
        ({"credentialSubject": {"@context": {"@vocab": "urn:x:"}, "any": 1}}, "pinned"),
        ({"evidence": nested(DEPTH_MAX)}, "deep"),
    ],
)
def test_what_a_signature_would_not_cover_is_refused(changed: dict[str, Any], said: str) -> None:
    """An undefined term would be dropped, a relative name would depend on the reader."""
    assert canonical(BASE)
    with pytest.raises(DocumentRefused, match=said):
        canonical({**BASE, **changed})


def test_a_document_of_too_many_values_is_refused() -> None:
    """A wallet never holds one; a hostile upload may."""
    tags = [f"tag {number}" for number in range(ITEMS_MAX)]
    subject = {"type": ["Achievement"], "id": "urn:x:1", "tag": tags}
    assert canonical({**BASE, "credentialSubject": subject})
    for more in ({**subject, "tag": [*tags, "one more"]}, [subject] * (VALUES_MAX // ITEMS_MAX)):
        with pytest.raises(DocumentRefused, match="at most"):
            canonical({**BASE, "credentialSubject": more})


def test_a_graph_that_would_take_for_ever_is_refused_at_once() -> None:
    """Blank nodes of one look that hang on each other cost the factorial of their number."""
    leaves = [{"type": ["Alignment"]} for _ in range(12)]
    twins = [{"type": ["Achievement"], "alignment": leaves} for _ in range(2)]
    subject = {"type": ["AchievementSubject"], "id": "urn:x:1", "achievement": twins}
    begun = perf_counter()
    with pytest.raises(DocumentRefused, match="alike"):
        canonical({**BASE, "credentialSubject": subject})
    assert perf_counter() - begun < 5


def test_the_order_of_members_does_not_matter() -> None:
    """Only what is said does."""
    assert canonical(dict(reversed(BASE.items()))) == canonical(BASE)

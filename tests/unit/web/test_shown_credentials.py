"""What a page shows of a badge, however its issuer wrote it; nothing signed makes it fail."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.web.employer.shown_credentials import PARTS_SHOWN_MAX, shown_credentials

NAMES = ("type", "id", "name", "issuer", "credentialSubject", "achievement", "identifier", "result",
         "verifiableCredential", "resultDescription", "value", "@value", "@language")  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=8,
)


def badge(**subject: Any) -> dict[str, Any]:
    """Give a badge with a subject."""
    return {"issuer": {"id": "did:example:1", "name": "示例大学"}, "credentialSubject": subject}


def shown(document: dict[str, Any], language: str = "en") -> Any:
    """Give the one that is shown."""
    (one,) = shown_credentials(document, language)
    return one


@pytest.mark.parametrize("subject", [{"creditsEarned": 3}, [{"creditsEarned": 3}, {}]])
def test_a_member_may_be_one_or_a_list(subject: Any) -> None:
    """As JSON-LD has it; a number is shown as JSON writes it."""
    assert shown({"credentialSubject": subject})["credits"] == "3"


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        ("Electrician", "Electrician", "Electrician"),
        ({"@value": "电工", "@language": "zh-CN"}, "电工", "电工"),
        ([{"@value": "Electrician", "@language": "en"}, {"@value": "电工", "@language": "zh-CN"}],
         "电工", "Electrician"),
        ([{"@value": "Elektriker", "@language": "de"}], "Elektriker", "Elektriker"),
        (["no", "language"], None, None),
        (True, None, None),
    ],
)  # fmt: skip
def test_a_name_is_read_in_the_language_of_the_reader(name: Any, zh: Any, en: Any) -> None:
    """Where it is told in several; else in the one there is."""
    document = badge(achievement={"name": name})
    assert (shown(document, "zh")["name"], shown(document, "en")["name"]) == (zh, en)


@pytest.mark.parametrize(
    ("identifier", "holder"),
    [
        ({"identityType": "name", "hashed": False, "identityHash": "示例"}, "示例"),
        ([{"identityType": "name", "hashed": True, "identityHash": "sha256$1"}], None),
        ([{"identityType": "emailAddress", "hashed": False, "identityHash": "a@b"}], None),
    ],
)
def test_a_hashed_name_names_nobody(identifier: Any, holder: str | None) -> None:
    """And no other identifier is taken for a name."""
    assert shown(badge(identifier=identifier))["holder"] == holder


def test_results_have_the_names_of_their_descriptions() -> None:
    """One without a description stands alone."""
    document = badge(
        achievement={"resultDescription": {"id": "urn:1", "name": "Grade"}},
        result=[{"resultDescription": "urn:1", "value": "A"}, {"value": "B"}, {"status": "Failed"}],
    )
    assert shown(document)["results"] == [("Grade", "A"), ("", "B")]


def test_the_parts_of_a_list_are_shown_one_by_one() -> None:
    """A comprehensive learner record (CLR 2.0); so many and no more."""
    parts = [badge(achievement={"name": str(number)}) for number in range(PARTS_SHOWN_MAX + 1)]
    found = shown_credentials(badge(verifiableCredential=parts), "en")
    assert [one["name"] for one in found] == [str(number) for number in range(PARTS_SHOWN_MAX)]


@given(st.dictionaries(st.sampled_from(NAMES), JSON), st.sampled_from(["zh", "en"]))
def test_whatever_was_signed_is_shown_or_left_out(document: dict[str, Any], language: str) -> None:
    """Its issuer may be anybody."""
    for one in shown_credentials(document, language):
        texts = {name: text for name, text in one.items() if name != "results"}
        assert all(text is None or isinstance(text, str) for text in texts.values())

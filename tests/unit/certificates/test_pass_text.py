import pytest

from certificates.errors import DocumentRefused
from certificates.pass_text import from_text, to_text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
        (b"", ""),
    ],
)
def test_base45_is_that_of_rfc_9285(data: bytes, text: str) -> None:
    """The examples of sections 4.3 and 4.4."""
    assert to_text(data) == f"LP1:{text}"
    assert from_text(f"LP1:{text}") == data


@pytest.mark.parametrize(
    "text",
    [
        "",
        "BB8",
        "LP2:BB8",
        "lp1:BB8",
        "LP1:bb8",
        "LP1:GGW",
        "LP1::::",
        "LP1:B",
        "LP1:BB8\n",
        "LP1:BB8B",
        "LP1: BB8",
        "LP1:ＢＢ８",
        "LP1:\ud800",
    ],
)
def test_another_text_is_refused(text: str) -> None:
    """Wrong prefix, wrong symbol, wrong length, and values that overflow (RFC 9285, section 6)."""
    with pytest.raises(DocumentRefused):
        from_text(text)

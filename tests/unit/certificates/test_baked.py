import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.baked_png import SIGNATURE, bake_png, baked_in_png
from certificates.baked_svg import bake_svg, baked_in_svg
from certificates.emblem import emblem_png, emblem_svg
from certificates.errors import DocumentRefused

PNG, SVG = emblem_png(), emblem_svg()
DOCUMENTS = st.dictionaries(st.text(max_size=8), st.text() | st.just("]]>"), max_size=4)
TOKENS = st.from_regex(
    r"eyJ[A-Za-z0-9_-]{1,40}\.[A-Za-z0-9_-]{1,40}\.[A-Za-z0-9_-]{1,40}", fullmatch=True
)


@given(DOCUMENTS)
def test_a_baked_document_is_read_back(document: dict[str, str]) -> None:
    """From PNG byte by byte, from SVG as the same JSON, whatever stands in it."""
    text = json.dumps(document)
    assert baked_in_png(bake_png(PNG, text)) == [text]
    (read,) = baked_in_svg(bake_svg(SVG, text).encode())
    assert json.loads(read) == document


@given(TOKENS)
def test_a_baked_token_is_read_back(token: str) -> None:
    """Of SVG it is the attribute."""
    assert baked_in_png(bake_png(PNG, token)) == [token]
    assert baked_in_svg(bake_svg(SVG, token).encode()) == [token]


def test_two_baked_credentials_are_both_seen() -> None:
    """Who reads decides that two are one too many."""
    assert len(baked_in_png(bake_png(bake_png(PNG, "{}"), "{}"))) == 2


def test_a_picture_without_any_has_none() -> None:
    """And that is no fault."""
    assert (baked_in_png(PNG), baked_in_svg(SVG.encode())) == ([], [])


@given(st.binary(max_size=200), st.integers(min_value=8, max_value=400))
def test_no_bytes_do_more_than_be_refused(data: bytes, cut: int) -> None:
    """Noise after a signature, a file that is cut, noise as SVG."""
    whole = bake_png(PNG, '{"a": "b"}')
    for content in (SIGNATURE + data, whole[:cut] + data):
        try:
            baked_in_png(content)
        except DocumentRefused:
            continue
    with pytest.raises(DocumentRefused):
        baked_in_svg(data)


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg"/>',
        '<!DOCTYPE svg SYSTEM "http://example.org/x"><svg xmlns="http://www.w3.org/2000/svg"/>',
        "<svg/>",
        '<html xmlns="http://www.w3.org/1999/xhtml"/>',
        '<svg xmlns="http://www.w3.org/2000/svg">' + "<g>" * 200 + "</g>" * 200 + "</svg>",
        '<?xml version="1.0" encoding="nonsense"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    ],
)
def test_a_document_type_depth_and_other_roots_are_refused(text: str) -> None:
    """Without a document type there are no entities to grow or to fetch."""
    with pytest.raises(DocumentRefused):
        baked_in_svg(text.encode())

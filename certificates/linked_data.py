"""JSON-LD 1.1 documents as canonical RDF (RDFC-1.0), by pinned contexts alone.

What a signature would silently leave out is refused: undefined terms and types, relative
identifiers, and contexts that are not pinned. Untrusted documents are bounded in size, depth and
symmetry, for the canonical form of a symmetric graph costs its factorial
(RDF Dataset Canonicalization, section 7.1).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, cast

import orjson
import pyoxigraph
from pyld import jsonld
from pyld.canon import URDNA2015
from pyld.nquads import serialize_nquad, serialize_nquads

from certificates.errors import DocumentRefused
from certificates.vocabularies import (
    CREDENTIALS_V2,
    LEARNER_RECORDS,
    OPEN_BADGES,
    OPEN_BADGES_EXTENSIONS,
    JSONObject,
)

PINNED: Mapping[str, str] = MappingProxyType(
    {
        CREDENTIALS_V2: "credentials-v2.json",
        OPEN_BADGES: "open-badges-3.0.3.json",
        LEARNER_RECORDS: "clr-2.0.1.json",
        OPEN_BADGES_EXTENSIONS: "open-badges-extensions.json",
    }
)
"""The file of each context that the loader gives out."""

DEPTH_MAX = 32
ITEMS_MAX = 256
"""How many items one list may have, for each is compared with each."""
VALUES_MAX = 6_000
"""How many values a document may have in all."""
SYMMETRY_MAX = 6
"""How many blank nodes may look alike: 6! orders are tried in some 30 ms, 9! in a minute."""

_BASE = "https://relative.invalid/"
"""What PyLD resolves relative identifiers by, so that they are known again (RFC 6761)."""
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S*")


def canonical(document: JSONObject) -> bytes:
    """Give the canonical N-Quads (RDFC-1.0) of a document; raises `DocumentRefused`."""
    _require_bounded(document)
    _require_pinned(document)
    dataset = _dataset(_expanded(document))
    _require_little_symmetry(_quads(serialize_nquads(dataset)))
    labelled = _Labelling().main(dataset, {"format": "application/n-quads"})
    return "".join(sorted(f"{quad} .\n" for quad in _quads(labelled))).encode()


class _Labelling(URDNA2015):  # type: ignore[misc]  # It has no types.
    """RDFC-1.0 as PyLD has it, but that control characters are escaped where quads are hashed.

    N-Quads are written as pyoxigraph does; its own labels of nodes in unnamed graphs, such as the
    proofs of several embedded endorsements, are not those of other software.
    """

    def hash_first_degree_quads(self, name: str) -> str:
        """Hash the quads of a blank node (section 4.6.3)."""
        info = self.blank_node_info[name]
        if "hash" not in info:
            seen = (self._as_seen(quad, name) for quad in info["quads"])
            lines = (f"{quad} .\n" for quad in _quads("".join(map(serialize_nquad, seen))))
            info["hash"] = self.hash_nquads(sorted(lines))
        return cast("str", info["hash"])

    def _as_seen(self, quad: Mapping[str, Any], name: str) -> dict[str, Any]:
        return {
            part: term
            if part == "predicate"
            else self.modify_first_degree_component(name, term, part)
            for part, term in quad.items()
        }


def _expanded(document: JSONObject) -> list[Any]:
    """Expand a document; an undefined term or type, or a relative identifier, is refused."""
    dropped: list[str | None] = []
    options = {"documentLoader": _load, "base": _BASE, "processingMode": "json-ld-1.1"}
    try:
        expanded = jsonld.expand(document, options, on_property_dropped=dropped.append)
    except (jsonld.JsonLdError, ValueError, TypeError, RecursionError) as error:
        raise DocumentRefused("this is not JSON-LD under the pinned contexts") from error
    if dropped:
        raise DocumentRefused(f"the term {dropped[0]!r} is not defined by the contexts")
    for value in _identifiers(expanded):
        # Blank node labels link nodes into cycles, which no credential needs.
        if _ABSOLUTE.fullmatch(value) is None or value.startswith(_BASE):
            shown = value.removeprefix(_BASE)
            raise DocumentRefused(f"{shown!r} is neither an absolute identifier nor a defined type")
    return cast("list[Any]", expanded)


def _identifiers(node: object) -> Iterator[str]:
    """Give every node identifier and type of an expanded document."""
    if isinstance(node, list):
        for one in node:
            yield from _identifiers(one)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name in {"@id", "@type"} and "@value" not in node:
                yield from (value if isinstance(value, list) else [value])
            elif name != "@value":
                yield from _identifiers(value)


def _dataset(expanded: list[Any]) -> dict[str, Any]:
    try:
        return cast("dict[str, Any]", jsonld.to_rdf(expanded))
    except (jsonld.JsonLdError, ValueError, RecursionError) as error:
        raise DocumentRefused("this JSON-LD cannot be written as RDF") from error


def _quads(text: str) -> list[pyoxigraph.Quad]:
    try:
        return list(pyoxigraph.parse(text, pyoxigraph.RdfFormat.N_QUADS))
    except (ValueError, SyntaxError) as error:
        raise DocumentRefused("this JSON-LD cannot be written as RDF") from error


def _require_little_symmetry(quads: list[pyoxigraph.Quad]) -> None:
    """Refuse graphs with many blank nodes of one look that hang on other blank nodes."""
    looks: dict[str, list[str]] = {}
    entangled: set[str] = set()
    for quad in quads:
        blank = {
            str(term)
            for term in (quad.subject, quad.object, quad.graph_name)
            if isinstance(term, pyoxigraph.BlankNode)
        }
        if len(blank) > 1:
            entangled |= blank
        for name in blank:
            looks.setdefault(name, []).append(_look(quad, name))
    alike = Counter("".join(sorted(looks[name])) for name in entangled)
    if alike and max(alike.values()) > SYMMETRY_MAX:
        raise DocumentRefused(f"at most {SYMMETRY_MAX} nodes without identifier may look alike")


def _look(quad: pyoxigraph.Quad, name: str) -> str:
    """Write a statement as the node sees it: itself, other nodes without identifier, the rest."""
    terms = (quad.subject, quad.predicate, quad.object, quad.graph_name)
    return "".join(
        ("_:itself" if str(term) == name else "_:other")
        if isinstance(term, pyoxigraph.BlankNode)
        else f"{term}\n"
        for term in terms
    )


def _require_bounded(document: JSONObject) -> None:
    left: list[tuple[Any, int]] = [(document, 0)]
    seen = 0
    while left:
        node, depth = left.pop()
        items = list(node.values()) if isinstance(node, Mapping) else node
        seen += len(items)
        if depth > DEPTH_MAX or len(items) > ITEMS_MAX or seen > VALUES_MAX:
            raise DocumentRefused(
                f"a document is at most {DEPTH_MAX} levels deep, has at most {ITEMS_MAX} items in"
                f" a list, and at most {VALUES_MAX} values"
            )
        left += [(one, depth + 1) for one in items if isinstance(one, (Mapping, list))]


def _require_pinned(node: object) -> None:
    """Refuse contexts written inline, which could give any term another meaning."""
    if isinstance(node, Mapping):
        named = node.get("@context", [])
        for one in named if isinstance(named, list) else [named]:
            if not isinstance(one, str) or one not in PINNED:
                raise DocumentRefused("a context is not one of the pinned ones")
        for value in node.values():
            _require_pinned(value)
    elif isinstance(node, list):
        for value in node:
            _require_pinned(value)


def _load(url: str, _options: object = None) -> dict[str, object]:
    """Give a pinned context as PyLD's document loader; nothing is ever fetched."""
    if url not in PINNED:
        raise DocumentRefused(f"the context {url} is not pinned")
    return {
        "contextUrl": None,
        "documentUrl": url,
        "contentType": "application/ld+json",
        "document": pinned_context(url),
    }


@cache
def pinned_context(url: str) -> dict[str, Any]:
    """Read a pinned context; raises `KeyError` for any other."""
    content = (files("certificates") / "contexts" / PINNED[url]).read_bytes()
    parsed: dict[str, Any] = orjson.loads(content)
    return parsed

"""Badges baked into SVG (Open Badges 3.0, section 5.3.2): an element holds the credential.

A token stands in its attribute `verify`, a document as its text.
"""

from xml.parsers import expat

from certificates.errors import DocumentRefused

NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
_ELEMENT = f"{NAMESPACE} credential"
_ROOT = "http://www.w3.org/2000/svg svg"
_DEPTH_MAX = 100


def bake_svg(picture: str, credential: str) -> str:
    """Bake a credential, JSON or a token, into an SVG that has none."""
    if credential.startswith("{"):
        # "]]>" would end the section; in JSON it stands inside strings alone.
        inner = credential.replace("]]>", "]]\\u003e")
        element = f"<openbadges:credential><![CDATA[{inner}]]></openbadges:credential>"
    else:
        element = f'<openbadges:credential verify="{credential}"/>'
    start, rest = picture.split(">", 1)
    return f'{start} xmlns:openbadges="{NAMESPACE}">{element}{rest}'


def baked_in_svg(content: bytes) -> list[str]:
    """Give the credentials that are baked in, of which there should be one at most.

    Raises `DocumentRefused` for what is no SVG, declares a document type (and so could declare
    entities), or is nested too deeply.
    """
    reader = _Reader()
    try:
        reader.parser.Parse(content, True)  # noqa: FBT003 - the parser takes it by place alone
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise DocumentRefused("it is no SVG") from error
    return reader.found


class _Reader:
    """Listens to a parser that is asked to resolve nothing."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._text: list[str] | None = None
        self._depth = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data

    def _refuse(self, *_: object) -> None:
        raise DocumentRefused("it declares a document type")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEPTH_MAX or (self._depth == 1 and name != _ROOT):
            raise DocumentRefused("it is no SVG of bounded depth")
        if name != _ELEMENT:
            return
        if "verify" in attributes:
            self.found.append(attributes["verify"])
        else:
            self._text = []

    def _data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name == _ELEMENT and self._text is not None:
            self.found.append("".join(self._text))
            self._text = None

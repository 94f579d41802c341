"""Print learning records 学习成果证明 as PDF/A-3a and PDF/UA-1 (ISO 19005-3, ISO 14289-1).

Typst lays them out by the templates in `certificates/paper`, and itself refuses to declare either
standard where a title, a language, a tag, an alternative text or a glyph is missing. The signed
credential lies in the file as it is served (`/AF`, relationship `Source`), so that the PDF alone
verifies. The same record gives the same bytes: its time is that of issue.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import typst

from certificates import qr
from certificates.errors import FontsMissing, Unprintable
from certificates.learning_record import LearningRecord, Transcript

_TEMPLATE_FOLDER = Path(__file__).parent / "paper"
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_NO_GLYPH = "could not be displayed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Fonts of these families, the first for most and each next for what those before it lack."""

    families: Sequence[str]
    fonts: typst.Fonts

    def record(self, record: LearningRecord, document: bytes, link: str) -> bytes:
        """Print a credential; `document` is its signed text, `link` leads to its page.

        Raises `Unprintable`.
        """
        return self._printed("record", record, document, link)

    def transcript(self, transcript: Transcript, document: bytes, link: str) -> bytes:
        """Print a list of credentials; raises `Unprintable`."""
        return self._printed("transcript", transcript, document, link)

    def _printed(
        self, kind: str, printed: LearningRecord | Transcript, document: bytes, link: str
    ) -> bytes:
        content = {
            "families": list(self.families),
            "link": link,
            # In capitals the code has fewer and larger modules (ISO/IEC 18004, section 7.4.4).
            "qr": qr.svg(link.upper()),
            kind: _worded(asdict(printed)),
        }
        try:
            page = (_TEMPLATE_FOLDER / f"{kind}.typ").read_bytes()
            return self._pdf(page, content, document, printed.issued_at)
        except typst.TypstError as error:
            if _NO_GLYPH not in error.message:
                raise
            raise Unprintable(self.missing_of(content) or [error.message]) from error

    def missing_of(self, content: object) -> list[str]:
        """Name the characters that no font has, with their code points."""
        found = sorted({one for text in _texts(content) for one in text})
        return [f"{one} (U+{ord(one):04X})" for one in found if not self._prints(one)]

    def _prints(self, character: str) -> bool:
        page = b'#import "paper.typ": *\n#set document(title: "-")\n#set text(font: families, '
        page += b"fallback: false)\n#content.character"
        content = {"families": list(self.families), "character": character}
        try:
            self._pdf(page, content, b"", _ANY_TIME)
        except typst.TypstError:
            return False
        return True

    def _pdf(self, page: bytes, content: Mapping[str, Any], document: bytes, at: datetime) -> bytes:
        compiler = typst.Compiler(
            page,
            root=_TEMPLATE_FOLDER,
            font_paths=self.fonts,
            sys_inputs={
                "content": orjson.dumps(content).decode(),
                "document": document.decode(),
            },
        )
        printed = compiler.compile(
            format="pdf", pdf_standards=["a-3a", "ua-1"], timestamp=int(at.timestamp())
        )
        assert isinstance(printed, bytes)  # noqa: S101 - no output file was named
        return printed


@cache
def open_press(folder: Path, families: tuple[str, ...]) -> Press:
    """Find the fonts below a folder; raises `FontsMissing`."""
    paths = [folder] if folder.is_dir() else []
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=paths)
    missing = sorted(set(families) - set(fonts.families()), key=families.index)
    if missing or not families:
        raise FontsMissing(missing)
    return Press(families=families, fonts=fonts)


def _worded(content: object) -> Any:
    """Write the times in it as text."""
    if isinstance(content, datetime):
        return {"day": f"{content:%Y-%m-%d}", "time": f"{content:%Y-%m-%d %H:%M:%S %z}"}
    if isinstance(content, Mapping):
        return {name: _worded(value) for name, value in content.items()}
    return [_worded(one) for one in content] if isinstance(content, list) else content


def _texts(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for one in content.values():
            yield from _texts(one)
    elif isinstance(content, list | tuple):
        for one in content:
            yield from _texts(one)

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
from certificates.learning_record import LearningRecord

_TEMPLATE_FOLDER = Path(__file__).parent / "paper"
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_NO_GLYPH = "could not be displayed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Fonts of these families, the first for most and each next for what those before it lack."""

    families: Sequence[str]
    fonts: typst.Fonts

    def record(self, record: LearningRecord) -> bytes:
        """Print one record; raises `Unprintable`."""
        return self._printed("record.typ", [record], record.issued_at)

    def transcript(self, records: Sequence[LearningRecord], now: datetime) -> bytes:
        """Print a list of records, each with its QR code and attached; raises `Unprintable`."""
        return self._printed("transcript.typ", records, now)

    def _printed(self, template: str, records: Sequence[LearningRecord], at: datetime) -> bytes:
        content = {
            "families": list(self.families),
            "printed_at": f"{at:%Y-%m-%d}",
            "records": [_printable(one) for one in records],
        }
        attached = {f"document-{place}": one.document for place, one in enumerate(records)}
        try:
            return self._pdf((_TEMPLATE_FOLDER / template).read_bytes(), content, attached, at)
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
            self._pdf(page, content, {}, _ANY_TIME)
        except typst.TypstError:
            return False
        return True

    def _pdf(
        self, page: bytes, content: Mapping[str, Any], attached: Mapping[str, bytes], at: datetime
    ) -> bytes:
        inputs = {name: text.decode() for name, text in attached.items()}
        compiler = typst.Compiler(
            page,
            root=_TEMPLATE_FOLDER,
            font_paths=self.fonts,
            sys_inputs={"content": orjson.dumps(content).decode(), **inputs},
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


def _printable(record: LearningRecord) -> dict[str, Any]:
    known = asdict(record) | {
        "issued_at": f"{record.issued_at:%Y-%m-%d %H:%M:%S %z}",
        "issued_on": f"{record.issued_at:%Y-%m-%d}",
        # In capitals the code has fewer and larger modules (ISO/IEC 18004, section 7.4.4).
        "qr": qr.svg(record.link.upper()),
    }
    return {name: value for name, value in known.items() if name != "document"}


def _texts(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for one in content.values():
            yield from _texts(one)
    elif isinstance(content, list | tuple):
        for one in content:
            yield from _texts(one)

"""What the press refuses.

CertificateError
├── KeyFileRefused     a key file does not open: wrong passphrase, or changed
├── KeyMissing         the ring has no key for a purpose
├── SignerDown         the token that keeps a key does not sign
├── DocumentRefused    a document, text or code is not of its form
├── FontsMissing       a font is not there to print with
└── Unprintable        no font has these characters
"""

from collections.abc import Sequence


class CertificateError(Exception):
    """Anything the press says no with."""


class KeyFileRefused(CertificateError):
    """A key file does not open: wrong passphrase, or changed."""


class KeyMissing(CertificateError):
    """The ring has no key for a purpose."""


class SignerDown(CertificateError):
    """The token that keeps a key does not sign."""


class DocumentRefused(CertificateError):
    """A document, text or code is not of its form."""


class FontsMissing(CertificateError):
    """Fonts are not there to print with; `families` names them."""

    def __init__(self, families: Sequence[str]) -> None:
        super().__init__(f"missing fonts: {', '.join(families)}")
        self.families = tuple(families)


class Unprintable(CertificateError):
    """No font has these characters, so they would print as empty boxes."""

    def __init__(self, characters: Sequence[str]) -> None:
        super().__init__(f"unprintable: {' '.join(characters)}")
        self.characters = tuple(characters)

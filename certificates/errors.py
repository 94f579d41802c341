"""What the press refuses.

CertificateError
├── KeyFileRefused     a key file does not open: wrong passphrase, or changed
├── KeyMissing         the ring has no key for a purpose
├── SignerDown         the token that keeps a key does not sign
└── DocumentRefused    a document, text or code is not of its form
"""


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

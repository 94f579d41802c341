"""Issue a learning pass: its claims, signed."""

from certificates.cose import sign1
from certificates.keys import SigningKey
from certificates.pass_cbor import encode
from certificates.pass_claims import PassClaims


def issue_pass(claims: PassClaims, key: SigningKey) -> bytes:
    """Sign a pass; these bytes are what a link leads to and what `LP1:` prints."""
    return sign1(encode(claims), key)

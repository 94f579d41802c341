"""The address under which a learning pass answers, and the text of its QR code."""

from creditbank.bank import Bank


def pass_link(bank: Bank, token: str) -> str:
    """Give the address that answers a verifier."""
    return f"{bank.settings.origin}/V/{token}"


def qr_text(link: str) -> str:
    """Give the link in capitals where its path allows, so that the QR code stays small."""
    return link.upper()

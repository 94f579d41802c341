"""Where a page may lead back to: a path of this bank, never another host."""

from urllib.parse import urlsplit

PATH_LENGTH_MAX = 500


def local_path(text: str | None, otherwise: str) -> str:
    """Give a path that a link or form stated, or another where it may lead elsewhere."""
    if text is None or len(text) > PATH_LENGTH_MAX or not text.startswith("/"):
        return otherwise
    # Browsers read a backslash as a slash, and drop control characters.
    if text.startswith(("//", "/\\")) or any(symbol < " " for symbol in text):
        return otherwise
    return text if urlsplit(text).netloc == "" else otherwise

"""Bring the catalogues up to the templates: what is new waits for its 中文, what is unused goes."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.fixtures.messages import CATALOGUES, folders, has_words, texts, updated, written


def main() -> None:
    """Write every catalogue, and say what is left to translate."""
    CATALOGUES.mkdir(parents=True, exist_ok=True)
    for folder in folders():
        (CATALOGUES / f"{folder}.po").write_bytes(updated(folder))
        for message in written(folder):
            if message.id and not has_words(message):
                print(f"{folder}: {' / '.join(texts(message.id))}")


if __name__ == "__main__":
    main()

"""Write what of the offline page is made from the code: the page itself, words and contexts."""

from pathlib import Path

from api.web.offline_words import files

FOLDER = Path(__file__).parents[1] / "api" / "web" / "static" / "offline"


def main() -> None:
    """Write them."""
    for name, text in files().items():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()

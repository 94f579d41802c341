"""Write the scripts of the offline page that are made from the code: its words and contexts."""

from pathlib import Path

from api.web.offline_words import scripts

FOLDER = Path(__file__).parents[1] / "api" / "web" / "static" / "offline"


def main() -> None:
    """Write them."""
    for name, script in scripts().items():
        (FOLDER / name).write_text(script, "utf-8")


if __name__ == "__main__":
    main()

"""Print docs/settings.md, made from the settings themselves; `make docs` puts it in its place."""

import sys

from creditbank.settings import Settings

HEAD = """# Settings

The bank reads its settings from the environment at start and never again; an empty variable counts
as unset. A value that should not stand in the environment, such as a URL with a password, may lie
in a file of the same name in lower case in the secrets folder; a variable wins over a file.
This page is written by `make docs`.

| Variable | Default | Meaning |
|---|---|---|
"""


def _written(default: object) -> str:
    """Write a default as it is written in the environment."""
    return str(default).lower() if isinstance(default, bool) else str(default)


def main() -> None:
    """Print the page."""
    sys.stdout.write(HEAD)
    for name, field in Settings.model_fields.items():
        default = "unset" if field.default is None else f"`{_written(field.default)}`"
        meaning = " ".join((field.description or "").split())
        sys.stdout.write(f"| `CREDITBANK_{name.upper()}` | {default} | {meaning} |\n")


if __name__ == "__main__":
    main()

"""The newest revision, by which a start knows whether a database is behind."""

import pytest
from alembic.script import ScriptDirectory

from creditbank.migrations.run import config_of, newest_revision


@pytest.mark.parametrize("name", ["bank", "keystore"])
def test_the_newest_revision_is_told_by_the_names_of_the_files(name: str) -> None:
    """A start reads names alone; Alembic, which follows the revisions, comes to the same."""
    assert newest_revision(name) == ScriptDirectory.from_config(config_of(name)).get_current_head()

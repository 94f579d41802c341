"""Names the fixture modules, and lets the longest tests begin first."""

import gc

import pytest
from hypothesis import HealthCheck, settings

# As the program does: what is imported stays, and to look through it often is a tenth of a run.
gc.set_threshold(50_000)

pytest_plugins = [
    "tests.fixtures.servers",
    "tests.fixtures.tokens",
    "tests.fixtures.bank",
    "tests.fixtures.people",
    "tests.fixtures.pages",
    "tests.fixtures.terminal",
    "tests.fixtures.merging",
    "tests.fixtures.grants",
    "tests.fixtures.processes",
    "tests.fixtures.imports",
    "tests.fixtures.recognition",
    "tests.fixtures.simulated",
    "tests.fixtures.applying",
    "tests.fixtures.venues",
    "tests.fixtures.lived_bank",
    "tests.fixtures.browser",
    "tests.fixtures.cameras",
    "tests.fixtures.showcase",
    "tests.fixtures.shown_pages",
    "tests.fixtures.at_desk",
    "tests.fixtures.whose",
    "tests.fixtures.merged_credit",
    "tests.fixtures.issuers",
    "tests.fixtures.receivers",
]

# A busy machine is no fault of what is tested: time is measured in `benchmarks/` alone.
settings.register_profile(
    "unhurried", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unhurried")

LONG = (
    "test_no_changed_byte_passes_unnoticed",
    "test_of_50000_rows",
    "test_a_killed_",
    "test_of_two_commands",
    "test_the_planner_never_gives_less",
)
"""They take half a minute and more; last, one of them would keep a single core busy."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest tests first, all else in its order."""
    items.sort(key=lambda one: not one.name.startswith(LONG))


def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of every later search for garbage."""
    gc.collect()
    gc.freeze()

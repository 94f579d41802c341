"""Names the fixture modules."""

pytest_plugins = [
    "tests.fixtures.servers",
    "tests.fixtures.bank",
    "tests.fixtures.people",
    "tests.fixtures.browser",
    "tests.fixtures.showcase",
]

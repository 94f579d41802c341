"""Names the fixture modules."""

pytest_plugins = [
    "tests.fixtures.servers",
    "tests.fixtures.bank",
    "tests.fixtures.people",
    "tests.fixtures.terminal",
    "tests.fixtures.merging",
    "tests.fixtures.processes",
    "tests.fixtures.imports",
    "tests.fixtures.lived_bank",
    "tests.fixtures.browser",
    "tests.fixtures.showcase",
    "tests.fixtures.recognition",
    "tests.fixtures.whose",
]

"""Why something was not granted, in the words of its rule or of the test that failed."""

from collections.abc import Mapping

from api.code_words import code_words
from api.web.names import Named
from creditbank.conversion.rule import Rule


def reasons_of(rule: Rule) -> Mapping[str, Named]:
    """Give the words of what persons may refuse by, as a rule lists it, by code."""
    listed = () if rule.workflow is None else rule.workflow.refusals
    return {one.code: Named(one.zh, one.en) for one in listed}


def failed_test(code: str) -> Named:
    """Name what a test of any rule asks for and did not find, without the figures of its trace."""
    words = code_words()["reason"].get(code)
    return Named(code, None) if words is None else Named(words["zh"], words["en"])

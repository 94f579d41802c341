"""How a filing is handled and a reversal answered, in plain words for a committee."""

from collections.abc import Iterator

from api.rule_words.wording import Wording
from creditbank.conversion.rule import Rule
from creditbank.conversion.workflow import ChainStep, FilingWindow, Workflow


def term_lines(rule: Rule, words: Wording) -> Iterator[str]:
    """Say who decides, when one may file, and what follows when an outcome is taken back."""
    if rule.decided_by == "automatic":
        yield words.say("decided-automatic")
    if rule.workflow is not None:
        yield from _workflow(rule.workflow, words)
    if rule.reversal is not None:
        yield words.say("reversal", n=rule.reversal.answer_working_days)


def _workflow(terms: Workflow, words: Wording) -> Iterator[str]:
    if terms.steps:
        steps = (_step(one, words) for one in terms.steps)
        yield words.say("chain", steps=words.listed("steps", steps))
    if terms.windows:
        windows = (_window(one, words) for one in terms.windows)
        yield words.say("windows", windows=words.listed("any", windows))
    if terms.identity_level is not None:
        yield words.say("identity", level=words.say(f"identity-{terms.identity_level}"))
    for refusal in terms.refusals:
        said = words.either(refusal.zh, refusal.en)
        yield words.say("refusal", code=refusal.code, words=said)
    if terms.appeal_working_days is not None:
        yield words.say("appeal", n=terms.appeal_working_days)


def _step(step: ChainStep, words: Wording) -> str:
    who, name = words.say(f"by-{step.by}"), words.say(f"step-{step.step}")
    if step.role is not None:
        who = words.say("role", by=who, role=words.say(f"role-{step.role}"))
    if step.working_days is None:
        return words.say("step", step=name, who=who)
    return words.say("step-within", step=name, who=who, n=step.working_days)


def _window(window: FilingWindow, words: Wording) -> str:
    opens, closes = map(words.day_of_year, (window.opens, window.closes))
    return words.say("window", opens=opens, closes=closes)

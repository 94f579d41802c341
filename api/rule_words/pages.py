"""What a rule says, line by line; and in 中文 its page for the committee, with where to sign."""

from collections.abc import Iterator
from difflib import ndiff

from api.rule_words.cap_lines import cap_line
from api.rule_words.shape_lines import shape_lines
from api.rule_words.source_lines import sources_said
from api.rule_words.term_lines import term_lines
from api.rule_words.wording import Wording
from creditbank.conversion.rule import Rule
from creditbank.conversion.rule_file import RuleDocument

_YEAR_MONTHS = 12
_HASH_BLOCK = 8


def rule_page(document: RuleDocument) -> str:
    """Print a rule; the hash is that of the file, so that what is signed is what is published."""
    rule = document.rule
    blocks = [
        document.sha256[at : at + _HASH_BLOCK] for at in range(0, len(document.sha256), _HASH_BLOCK)
    ]
    lines = [
        "学习成果转换规则",
        "",
        *rule_lines(rule, "zh"),
        "",
        f"文件校验值（SHA-256）：\n　{' '.join(blocks[:4])}\n　{' '.join(blocks[4:])}",
        "",
        f"起草：{rule.author}　　签字：＿＿＿＿＿＿＿＿　日期：＿＿＿＿年＿＿月＿＿日",
        "",
        f"批准：{rule.approver}　　签字（盖章）：＿＿＿＿＿＿＿＿　日期：＿＿＿＿年＿＿月＿＿日",
    ]
    return "\n".join(lines)


def rule_lines(rule: Rule, language: str) -> list[str]:
    """Say in plain words what a rule says, line by line; only the 中文 `zh` is what is signed."""
    return list(_says(rule, Wording(language)))


def rule_changes(old: Rule, new: Rule, language: str) -> list[str]:
    """Say in plain words what a version says otherwise: − what no longer stands, + what does."""
    marks = {"- ": "− ", "+ ": "+ "}
    compared = ndiff(rule_lines(old, language), rule_lines(new, language))
    return [marks[line[:2]] + line[2:] for line in compared if line[:2] in marks]


def _says(rule: Rule, words: Wording) -> Iterator[str]:
    yield words.say("title", title=words.either(rule.title.zh, rule.title.en))
    yield words.say("id", id=rule.id, version=rule.version)
    yield words.say("reference", reference=rule.reference)
    yield words.say("reason", reason=rule.reason)
    yield _effective(rule, words)
    yield words.say("sources", sources=sources_said(rule.sources, words))
    yield words.say("valid", period=_validity(rule.valid_for_months, words))
    yield from _programme(rule, words)
    yield from shape_lines(rule.shape, rule.unit, words)
    for cap in rule.caps:
        yield words.say("cap", cap=cap_line(cap, words, rule.unit))
    yield words.say("use", scope=words.say(f"scope-{rule.consumption}"))
    yield from _exclusive(rule, words)
    yield from term_lines(rule, words)
    yield from _cases(rule, words)


def _programme(rule: Rule, words: Wording) -> Iterator[str]:
    wanted = rule.programme
    if wanted is not None:
        versions = words.listed("values", wanted.plan_versions) or words.say("every-version")
        yield words.say("programme", code=wanted.code, versions=versions)


def _exclusive(rule: Rule, words: Wording) -> Iterator[str]:
    if rule.series is not None:
        yield words.say("series-highest")
    for group in rule.equivalents:
        yield words.say("equivalents", courses=words.listed("values", group))


def _cases(rule: Rule, words: Wording) -> Iterator[str]:
    yield words.say("cases", n=len(rule.tests))
    for case in rule.tests:
        amount = words.say(rule.unit, n=case.expect.credits)
        yield words.say("case", name=case.name, amount=amount)


def _effective(rule: Rule, words: Wording) -> str:
    until, before = rule.effective_until, rule.supersedes
    return words.say(
        "effective" if until is None else "effective-until",
        first=rule.effective_from,
        until=until,
        follows="" if before is None else words.say("supersedes", version=before),
        transition=_transition(rule, words),
    )


def _transition(rule: Rule, words: Wording) -> str:
    kept = rule.transition
    if kept is None:
        return ""
    return words.say(
        "transition",
        awarded_before=kept.awarded_before,
        filed_until=kept.filed_until,
        version=kept.version,
    )


def _validity(months: int | None, words: Wording) -> str:
    if months is None:
        return words.say("valid-always")
    years, rest = divmod(months, _YEAR_MONTHS)
    return words.say("valid-months", n=months) if rest else words.say("valid-years", n=years)

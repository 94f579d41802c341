"""What each rule may give for a learner's outcomes, as variables and rows of the model."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from creditbank.conversion.accept import failing
from creditbank.conversion.bundle import windows
from creditbank.conversion.caps import CertificateCap, CertificateValueCap, RuleCap
from creditbank.conversion.decision import Trace
from creditbank.conversion.filing import Filing, Outcome
from creditbank.conversion.grants import Granting, category_of, free_targets, left_of
from creditbank.conversion.rule import Rule
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.scope import scope_of
from creditbank.conversion.shapes import Bundle, Courses, CourseTarget, Exemption, HoursPool
from creditbank.conversion.versions import VersionInForce
from creditbank.planning.integer_programme import Terms
from creditbank.planning.model import Model
from creditbank.planning.offer import Given
from creditbank.planning.question import Step
from creditbank.planning.relevant import each_eligible, may_be_filed


@dataclass(slots=True)
class Choice:
    """A conversion that may be chosen: the variables that say for which outcomes and targets."""

    document: RuleDocument
    is_chosen: int
    outcomes: dict[str, int] = field(default_factory=dict)
    targets: dict[str, int] = field(default_factory=dict)

    def step(self, values: Sequence[int]) -> Step | None:
        """Give the conversion to ask for, if it is chosen."""
        if not values[self.is_chosen]:
            return None
        outcomes = tuple(name for name, variable in self.outcomes.items() if values[variable])
        targets = tuple(code for code, variable in self.targets.items() if values[variable])
        return Step(document=self.document, outcomes=outcomes, targets=targets)


def add_rule(model: Model, version: VersionInForce) -> Iterator[Choice]:
    """Add all that a rule may give, and give the conversions by it that may be chosen."""
    rule, shape = version.document.rule, version.document.rule.shape
    if not may_be_filed(model.question, rule):
        return
    whole = model.question.filing(rule, model.question.outcomes, ())
    before = len(model.offers)
    if isinstance(shape, HoursPool):
        choices = _pool(model, version, shape)
    elif isinstance(shape, Bundle):
        choices = _bundle(model, version, shape)
    else:
        choices = _courses(model, version, shape)
    for choice in choices:
        _falls_under(model, version, choice)
        yield choice
    if not isinstance(shape, HoursPool):
        granted = dict(one.given.granted for one in model.offers[before:])
        _keep_own_caps(model, rule, whole, granted)


def _falls_under(model: Model, version: VersionInForce, choice: Choice) -> None:
    """Ask for one award at least that the transition does not leave to an earlier version."""
    day = version.unless_before
    if day is None:
        return
    late = {one.id for one in model.question.outcomes if one.awarded_last >= day}
    terms = {variable: -1 for name, variable in choice.outcomes.items() if name in late}
    terms[choice.is_chosen] = terms.get(choice.is_chosen, 0) + 1
    model.programme.at_most(terms, 0)


def own_caps(rule: Rule) -> Iterator[int]:
    """Give the rule's own caps, in 1/1000 credits."""
    return (one.credits.milli for one in rule.caps if isinstance(one, RuleCap))


def _keep_own_caps(model: Model, rule: Rule, filing: Filing, granted: Terms) -> None:
    """Bound what is granted by what the rule's own cap leaves."""
    for cap in own_caps(rule):
        left = max(0, cap - filing.recognised.milli)
        model.by_rule[rule.id, scope_of(rule, filing)].append((left, granted))


def _courses(model: Model, version: VersionInForce, shape: Courses) -> Iterator[Choice]:
    document, rule = version.document, version.document.rule
    codes = [target.code for target in shape.targets]
    for outcome in each_eligible(model.question, version, codes):
        filing = model.question.filing(rule, [outcome], codes)
        choice = Choice(document, model.programme.variable())
        choice.outcomes[outcome.id] = choice.is_chosen
        for priced in _amounts(rule, [outcome], filing, shape.targets):
            _offer(model, choice, filing, priced, ((outcome, None),))
        if not choice.targets:
            continue
        _only_for_something(model, choice)
        _certificate_caps(model, rule, outcome, choice)
        model.use(outcome, choice.is_chosen)
        yield choice


def _amounts(
    rule: Rule, outcomes: Sequence[Outcome], filing: Filing, targets: Sequence[CourseTarget]
) -> Iterator[tuple[CourseTarget, int]]:
    granting = Granting(rule, outcomes, filing, Trace())
    for target in free_targets(targets, filing, Trace()):
        asked = granting.asked(target)
        if asked is not None and not isinstance(target.gives, Exemption) and asked.milli:
            yield target, asked.milli


def _offer(
    model: Model,
    choice: Choice,
    filing: Filing,
    priced: tuple[CourseTarget, int],
    serving: tuple[tuple[Outcome, int | None], ...],
) -> None:
    target, most = priced
    amount = None
    if not target.is_whole:
        amount = model.programme.variable(most)
        institution = model.question.institution_of(choice.document.rule)
        model.shared[institution, target.code] = left_of(target, filing).milli
    is_granted = choice.targets[target.code] = model.programme.variable()
    model.programme.at_most({is_granted: 1, choice.is_chosen: -1}, 0)
    model.offer(
        Given(
            rule=choice.document.rule,
            target=target.code,
            category=category_of(target, filing),
            most=most,
            is_granted=is_granted,
            serving=serving,
            may_be_split=not target.is_whole,
            amount=amount,
        )
    )


def _only_for_something(model: Model, choice: Choice) -> None:
    """Let a conversion be chosen for the sake of a target alone."""
    granted = dict.fromkeys(choice.targets.values(), -1)
    model.programme.at_most({choice.is_chosen: 1, **granted}, 0)


def _certificate_caps(model: Model, rule: Rule, outcome: Outcome, choice: Choice) -> None:
    own = [one for one in model.offers if one.given.is_granted in choice.targets.values()]
    terms = {one.given.is_granted: one.given.most for one in own}
    for cap in rule.caps:
        if isinstance(cap, CertificateCap):
            model.programme.at_most(terms, cap.credits.milli)
        elif isinstance(cap, CertificateValueCap):
            model.programme.at_most(terms, 0 if outcome.value is None else outcome.value.milli)


def _bundle(model: Model, version: VersionInForce, shape: Bundle) -> Iterator[Choice]:
    document, rule = version.document, version.document.rule
    codes = [target.code for target in shape.targets]
    filing = model.question.filing(rule, model.question.outcomes, codes)
    outcomes = each_eligible(model.question, version, codes)
    copies = len(codes) if model.tells_apart(rule, outcomes) else 1
    for window in [one for one in windows(shape, outcomes) for _ in range(copies)]:
        choice = Choice(document, model.programme.variable())
        serving = _matched(model, shape, window, choice)
        if serving is None:
            continue
        for priced in _amounts(rule, list(serving), filing, shape.targets):
            _offer(model, choice, filing, priced, tuple(serving.items()))
        if not choice.targets:
            continue
        _only_for_something(model, choice)
        _one_of_each(model, rule, serving)
        for outcome, variable in serving.items():
            model.use(outcome, variable)
        yield choice


def _matched(
    model: Model, shape: Bundle, window: Sequence[Outcome], choice: Choice
) -> Mapping[Outcome, int] | None:
    """Add which outcome serves which part, no course twice; None where a part has too few.

    The variable of an outcome says that it serves any part.
    """
    places: dict[Outcome, list[int]] = defaultdict(list)
    of_course: dict[str, list[int]] = defaultdict(list)
    for part in shape.parts:
        in_part = {
            one: model.programme.variable() for one in window if not any(failing(part.sources, one))
        }
        if len({one.course for one in in_part}) < part.at_least:
            return None
        needed = {choice.is_chosen: -part.at_least}
        model.programme.exactly({**dict.fromkeys(in_part.values(), 1), **needed}, 0)
        for outcome, variable in in_part.items():
            places[outcome].append(variable)
            of_course[outcome.course].append(variable)
    for variables in of_course.values():
        model.programme.at_most(dict.fromkeys(variables, 1), 1)
    serving: dict[Outcome, int] = {}
    for outcome, variables in places.items():
        serving[outcome] = choice.outcomes[outcome.id] = model.programme.variable()
        model.programme.exactly({**dict.fromkeys(variables, 1), serving[outcome]: -1}, 0)
    return serving


def _one_of_each(model: Model, rule: Rule, serving: Mapping[Outcome, int]) -> None:
    """Let one serve of each achievement, of equivalent courses, and of a series if so ruled."""
    same = {code: names[0] for names in rule.equivalents for code in names}
    alike: dict[tuple[str, str], list[int]] = defaultdict(list)
    for one, variable in serving.items():
        alike["group", one.group].append(variable)
        if one.course in same:
            alike["course", same[one.course]].append(variable)
        if rule.series is not None and one.certificate_series is not None:
            alike["series", one.certificate_series].append(variable)
    for variables in alike.values():
        model.programme.at_most(dict.fromkeys(variables, 1), 1)


def _pool(model: Model, version: VersionInForce, pool: HoursPool) -> Iterator[Choice]:
    document, rule, question = version.document, version.document.rule, model.question
    filing = question.filing(rule, question.outcomes, [pool.target.code])
    scope = scope_of(rule, filing)
    free = {
        one: sum(end - start for start, end in one.free(pool.unit, scope))
        for one in each_eligible(model.question, version, [pool.target.code])
    }
    offered = {one: hours for one, hours in free.items() if hours}
    quanta: dict[int, int] = {}
    for _ in range(model.tells_apart(rule, list(offered)) or 1):
        choice = Choice(document, model.programme.variable())
        number = _pooled(model, choice, pool, offered)
        if number is None:
            return
        quanta[number] = pool.quantum.milli
        target = question.institution_of(rule), pool.target.code
        model.pooled[target][number] = pool.quantum.milli
        yield choice
    _keep_own_caps(model, rule, filing, quanta)


def _pooled(
    model: Model, choice: Choice, pool: HoursPool, offered: Mapping[Outcome, int]
) -> int | None:
    """Add one filing for the pool; gives the variable that counts its quanta, if there is any."""
    each, quantum = pool.units_of(pool.quantum), pool.quantum.milli
    most = sum(offered.values()) // each
    if most == 0:
        return None
    quanta = model.programme.variable(most)
    model.programme.at_most({quanta: 1, choice.is_chosen: -most}, 0)
    model.programme.at_most({choice.is_chosen: 1, quanta: -1}, 0)
    taken: dict[int, int] = {}
    for outcome, hours in offered.items():
        used, amount = model.programme.variable(), model.programme.variable(hours)
        model.programme.at_most({amount: 1, used: -hours}, 0)
        model.hours[outcome.group, pool.unit].append((amount, hours))
        model.use(outcome, used, pool.unit)
        choice.outcomes[outcome.id] = used
        taken[amount] = -1
    rule = choice.document.rule
    _one_of_each(model, rule, {one: choice.outcomes[one.id] for one in offered})
    model.programme.exactly({quanta: each, **taken}, 0)
    model.offer(
        Given(
            rule=rule,
            target=pool.target.code,
            category=pool.target.category,
            most=quantum * most,
            is_granted=choice.is_chosen,
            serving=tuple((one, choice.outcomes[one.id]) for one in offered),
            may_be_split=True,
        )
    )
    model.programme.at_most({model.offers[-1].applied: 1, quanta: -quantum}, 0)
    return quanta

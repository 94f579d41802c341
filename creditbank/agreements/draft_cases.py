"""The cases that a drafted rule carries: what meets it, and what just does not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import Any

from creditbank.agreements.mapping import RuleTerms
from creditbank.agreements.terms import Fields, Terms
from creditbank.conversion.amounts import Credits
from creditbank.conversion.days import last_valid_day

ONE_DAY = timedelta(days=1)
NOTHING_LEFT = "no-outcome-left"


def own_cases(terms: Terms, stated: RuleTerms, rule: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the cases of a rule that is made of these terms."""
    return list(_Cases(terms, stated, rule).all())


@dataclass(frozen=True, slots=True)
class _Cases:
    terms: Terms
    stated: RuleTerms
    rule: Mapping[str, Any]

    def all(self) -> Iterator[dict[str, Any]]:
        """Give one case that holds, and one for each thing that may be missing."""
        starts, ends = self.terms.period.starts, self.terms.period.ends
        meeting = self._outcomes(starts)
        yield self._case("符合全部条件", starts, meeting, self._credits())
        yield self._lacking(meeting)
        for condition in self.terms.conditions:
            if condition.failing:
                failing = [{**meeting[0], **condition.failing}, *meeting[1:]]
                codes = (condition.code, *self._codes_of_one_missing())
                yield self._case("条件不足", starts, failing, "0", *codes)
        if self.stated.period == "awarded":
            yield self._early(starts)
            if ends is not None and ends < date.max - ONE_DAY:
                late, day = self._outcomes(ends + ONE_DAY), ends + ONE_DAY
                yield self._case("取得日期过晚", day, late, "0", "awarded-too-late", NOTHING_LEFT)
        yield from self._expired(starts)

    def _early(self, starts: date) -> dict[str, Any]:
        early = self._outcomes(starts - ONE_DAY)
        return self._case("取得日期过早", starts, early, "0", "awarded-too-early", NOTHING_LEFT)

    def _expired(self, starts: date) -> Iterator[dict[str, Any]]:
        if self.terms.months is None:
            return
        filed = last_valid_day(starts, self.terms.months) + ONE_DAY
        if self.stated.period == "awarded" or self.terms.period.ends is None:
            yield self._case(
                "已过有效期", filed, self._outcomes(starts), "0", "expired", NOTHING_LEFT
            )

    def _lacking(self, meeting: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Leave one of several out, or offer another course or certificate."""
        starts = self.terms.period.starts
        if len(meeting) > 1:
            return self._case("缺一项", starts, meeting[:-1], "0", "part-missing")
        other = {**meeting[0], "course": "-"}
        code = "course-not-accepted"
        if "certificate_series" in other:
            other["certificate_series"] = "-"
            code = "series-not-accepted"
        return self._case("其他成果", starts, [other], "0", code, NOTHING_LEFT)

    def _codes_of_one_missing(self) -> tuple[str, ...]:
        return (
            ("part-missing",)
            if len(self._outcomes(self.terms.period.starts)) > 1
            else (NOTHING_LEFT,)
        )

    def _outcomes(self, awarded: date) -> list[dict[str, Any]]:
        met: dict[str, Any] = {}
        for condition in self.terms.conditions:
            met |= condition.meeting
        each = chain.from_iterable(one.meeting for one in self.terms.parts)
        return [
            {"id": f"o{place}", **self._base(one), **met, "awarded_on": awarded.isoformat()}
            for place, one in enumerate(each)
        ]

    def _base(self, fields: Fields) -> dict[str, Any]:
        return {"class": self.stated.outcome_class, **fields}

    def _credits(self) -> str:
        amounts = [Credits.parse(one.credits) for one in self.terms.targets if one.credits]
        return str(Credits(milli=sum(one.milli for one in amounts)))

    def _case(
        self, name: str, filed: date, outcomes: Sequence[Any], gives: str, *codes: str
    ) -> dict[str, Any]:
        targets = [one["code"] for one in self.rule["shape"]["targets"]]
        expect: dict[str, Any] = {"credits": gives}
        if codes:
            expect["codes"] = list(dict.fromkeys(codes))
        return {
            "name": name,
            "filed_on": filed.isoformat(),
            "outcomes": list(outcomes),
            "targets": targets,
            "expect": expect,
        }

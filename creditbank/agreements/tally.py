"""The counts of an import, which add up: of all rows, and of each form."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from creditbank.agreements.forms import AgreementForm
from creditbank.agreements.reading import OUTCOMES, ReadRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of rows; `rows` is the sum of `counts`, `rules` are those that came of them."""

    counts: Mapping[str, int]
    rules: int
    reasons: Mapping[str, int]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(self.counts.values())

    @classmethod
    def of(cls, rows: Sequence[ReadRow]) -> "Tally":
        """Count rows."""
        found = Counter(one.outcome for one in rows)
        reasons = Counter(one.why.value for one in rows if one.why is not None)
        return cls(
            counts={name: found[name] for name in OUTCOMES},
            rules=sum(len(one.rules) for one in rows),
            reasons=dict(reasons.most_common()),
        )


def tally_by_form(rows: Sequence[ReadRow]) -> dict[AgreementForm, Tally]:
    """Count the rows of each form that occurs."""
    forms = {form: [one for one in rows if one.form is form] for form in AgreementForm}
    return {form: Tally.of(found) for form, found in forms.items() if found}

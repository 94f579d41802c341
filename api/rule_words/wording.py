"""The phrases of a rule's wording, each in 中文 and English, so that lines are composed once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from babel.dates import get_month_names

from creditbank.plain_yaml import SAFE_LOADER


@dataclass(frozen=True, slots=True)
class Wording:
    """The wording of one language, `zh` or `en`."""

    language: str

    def say(self, phrase: str, /, **facts: object) -> str:
        """Fill a phrase of `words.yaml`; what a rule states is never read as a phrase itself."""
        forms = phrases()[phrase]
        is_one = self.language == "en" and str(facts.get("n")) == "1"
        form = forms[self.language] if not is_one else forms.get("one", forms["en"])
        return form.format(**facts)

    def listed(self, kind: str, values: Iterable[str]) -> str:
        """Join several, as `list-…` of `words.yaml` says."""
        return self.say(f"list-{kind}").join(values)

    def either(self, zh: str, en: str | None) -> str:
        """Give what was stated in the language, or else as it was stated."""
        return en if self.language == "en" and en is not None else zh

    def day_of_year(self, day: tuple[int, int]) -> str:
        """Say a month and day."""
        month, number = day
        name = get_month_names(locale="en_GB")[month]
        return self.say("day-of-year", month=month, day=number, month_name=name)


@cache
def phrases() -> Mapping[str, Mapping[str, str]]:
    """Read the phrases once."""
    text = files("api.rule_words").joinpath("words.yaml").read_text("utf-8")
    read: Mapping[str, Mapping[str, str]] = yaml.load(text, Loader=SAFE_LOADER)  # noqa: S506 - ours
    return read

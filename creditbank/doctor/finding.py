"""What an examination found about one part of the installation."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from creditbank.errors import Fact

WELL = "well"
DOORS_OPEN = "doors-open"
_NOTHING_TO_MEND = frozenset({WELL, DOORS_OPEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One part and what is the matter with it; `code` names the remedy, `well` that none is due."""

    part: str
    code: str = WELL
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def is_passed(self) -> bool:
        """Say whether nothing is to be mended."""
        return self.code in _NOTHING_TO_MEND

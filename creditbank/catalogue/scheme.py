"""Credit schemes: what a credit is worth and how grades are written. Data, never constants."""

from dataclasses import dataclass

from creditbank.conversion.amounts import Credits, Grade


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeScale:
    """One grade scale: numeric between two bounds, or an ordered list of printed values."""

    id: str
    minimum: Grade | None = None
    maximum: Grade | None = None
    values: tuple[str, ...] = ()

    def problem(self, grade: str) -> str | None:
        """Give the code of what is wrong with a grade on this scale, if anything is."""
        if self.values:
            return None if grade in self.values else "grade-not-on-scale"
        if self.minimum is None or self.maximum is None:
            return None
        try:
            exact = Grade.parse(grade)
        except ValueError:
            return "grade-unreadable"
        return None if self.minimum <= exact <= self.maximum else "grade-out-of-range"

    def exact(self, grade: str) -> Grade | None:
        """Give the exact value of a grade; only a scale between two bounds has any."""
        if self.values or self.minimum is None or self.maximum is None:
            return None
        return Grade.parse(grade)

    def rank(self, grade: str) -> int | None:
        """Give where a grade stands among others of this scale, the better the higher."""
        if self.values:
            return self.values.index(grade) if grade in self.values else None
        try:
            return Grade.parse(grade).centi
        except ValueError:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """One scheme 学分标准: quantum of a credit, hours a credit, minutes of a class hour."""

    id: str
    title: str
    title_en: str | None
    quantum: Credits
    hours_per_credit: int
    minutes_per_class_hour: int
    grade_scales: tuple[GradeScale, ...]

    def scale(self, scale_id: str) -> GradeScale | None:
        """Give the grade scale of this name, if the scheme has it."""
        return next((scale for scale in self.grade_scales if scale.id == scale_id), None)

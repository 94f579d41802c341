from collections import defaultdict
from fractions import Fraction
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st

from creditbank.conversion.amounts import Credits
from creditbank.outcomes.batches.lookups import Tables
from creditbank.outcomes.batches.mapping import load_mapping
from creditbank.outcomes.batches.sources import Mean

MAPPING = load_mapping("""
format: creditbank/import-mapping/v1
name: Marks
version: "1"
tables:
  marks: {file: marks.csv, key: [learner], columns: [mark, weight]}
fields:
  learner: {column: learner}
  course: {constant: B}
  term: {constant: "2024"}
  result: {constant: Pass}
  awarded_on: {constant: "2024"}
""")
MEAN = Mean(table="marks", key=("learner",), value="mark", weight="weight")

THOUSANDTHS = st.integers(min_value=0, max_value=100_000).map(
    lambda milli: str(Credits(milli=milli))
)
ROWS = st.lists(st.tuples(st.sampled_from("abc"), THOUSANDTHS | st.just(""), THOUSANDTHS))


@given(ROWS)
def test_a_weighted_mean_is_the_fraction_rounded_half_up(rows: list[tuple[str, str, str]]) -> None:
    """As computed with exact fractions, whatever the order and number of the rows."""
    content = "learner,mark,weight\n" + "".join(f"{','.join(row)}\n" for row in rows)
    tables = Tables(MAPPING, lambda _: BytesIO(content.encode()))
    totals: dict[str, Fraction] = defaultdict(Fraction)
    weights: dict[str, Fraction] = defaultdict(Fraction)
    for learner, mark, weight in rows:
        if mark:
            totals[learner] += Fraction(weight) * Fraction(mark)
            weights[learner] += Fraction(weight)
    expected = {
        (learner,): (totals[learner] / weight * 100 + Fraction(1, 2)) // 1
        for learner, weight in weights.items()
        if weight
    }
    found = {key: Fraction(mean) * 100 for key, mean in tables.weighted_means(MEAN).items()}
    assert found == expected

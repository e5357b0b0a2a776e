from pathlib import Path

import pytest

from elitemap.archive.errors import UsageError
from elitemap.evaluators.fractions.labels.known import SHIPPED, Known, KnownFormula, load, rows
from elitemap.evaluators.fractions.values import deep
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.constants import constant
from elitemap.searchspaces.fractions.continued import ContinuedFraction

HEADER = "a,b,value,source,year\n"


ROWS = [row for row in rows(SHIPPED) if isinstance(row, KnownFormula)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.value)
def test_every_shipped_row_holds(row: KnownFormula) -> None:
    limit = deep.limit(row.fraction, 40)
    assert limit is not None and limit.digits >= 38
    with precision(200):
        assert (constant(row.value).ball(180) - limit.value).contains(0)
    assert row.source and 1600 < row.year < 2030


def test_there_are_the_classical_ones() -> None:
    values = {row.value for row in ROWS}
    assert {"6/zeta(3)", "5/zeta(2)", "13/zeta(4)", "3 + pi", "8/(7*zeta(3))"} <= values
    assert len(load().formulas) >= 45


@pytest.mark.parametrize(
    "fraction",
    [
        ContinuedFraction.of((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0)),
        # Inflated by -2, shifted by 1, both.
        ContinuedFraction.of((-68, -102, -54, -10), (-4, 0, 0, 0, 0, 0, 0)),
        ContinuedFraction.of((34, 153, 231, 117), (-1, -6, -15, -20, -15, -6, -1)),
        ContinuedFraction.of((-68, -306, -462, -234), (-4, -24, -60, -80, -60, -24, -4)),
    ],
)
def test_disguises_are_known(fraction: ContinuedFraction) -> None:
    found = load().find(fraction)
    assert found is not None and found.year == 1979 and "Apéry" in str(found)


def test_others_are_not_known() -> None:
    assert load().find(ContinuedFraction.of((34, 51, 27, 6), (-1, 0, 0, 0, 0, 0, 0))) is None


def table(folder: Path, text: str) -> Path:
    path = folder / "mine.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_users_table_is_added(tmp_path: Path) -> None:
    text = "source,a,b,value,year,remark\nme,3 11 5,-2 -10 -8 0 0,16/(6*catalan - 1),2024,x\n"
    known = load(table(tmp_path, text))
    assert isinstance(known, Known) and len(known.formulas) == len(load().formulas) + 1
    found = known.find(ContinuedFraction.of((6, 22, 10), (-8, -40, -32, 0, 0)))
    assert found is not None and found.source == "me"
    assert found.value == "16/(6*catalan - 1)"


def test_the_shipped_table_comes_first(tmp_path: Path) -> None:
    known = load(table(tmp_path, HEADER + "6,4 -4 1,3 + pi,me,2024\n"))
    found = known.find(ContinuedFraction.of((6,), (4, -4, 1)))
    assert found is not None and found.source != "me"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b,value\n1,1,pi\n", ["line 1", "source, year"]),
        (HEADER + "6,4 -4 1,3 + pi,me,2024\n6,,3 + pi,me,2024\n", ["line 3", "no b"]),
        (HEADER + "6,4 -4 y,3 + pi,me,2024\n", ["line 2", "'y'"]),
        (HEADER + "x,4 -4 1,3 + pi,me,2024\n", ["line 2", "without x"]),
        (HEADER + "6,4 -4 sin(x),3 + pi,me,2024\n", ["line 2", "sin"]),
        (HEADER + "6,4 -4 1/x,3 + pi,me,2024\n", ["line 2", "quotient"]),
        (HEADER + "6,4 -4 x,3 + pie,me,2024\n", ["line 2", "pie"]),
        (HEADER + "6,4 -4 1,3 + pie,me,2024\n", ["line 2", "pie"]),
        (HEADER + "6,4 -4 1,3 + pi,me,long ago\n", ["line 2", "long ago"]),
        (HEADER + "6 1;2,4 -4 1,3 + pi,me,2024\n", ["line 2", "as many"]),
        (HEADER + "0,4 -4 1,3 + pi,me,2024\n", ["line 2", "degenerate"]),
        (HEADER + "6,1 -4,3 + pi,me,2024\n", ["line 2", "b(n) = 0"]),
        (HEADER + "6,4 -4 1,3 + pi\n", ["line 2", "source, year"]),
        (HEADER + '6,"4 -4 1,3 + pi,me,2024\n', ["mine.csv"]),
    ],
)
def test_problems_are_reported_with_their_line(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        load(table(tmp_path, text))
    message = str(caught.value)
    assert "\n" not in message
    assert all(word in message for word in words), message


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="none.csv"):
        load(tmp_path / "none.csv")
    (tmp_path / "binary.csv").write_bytes(b"a,b,value,source,year\n\xff\xfe\n")
    with pytest.raises(UsageError, match="binary.csv"):
        load(tmp_path / "binary.csv")

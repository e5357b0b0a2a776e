import pytest

from elitemap.archive.errors import UsageError
from elitemap.evaluators.fractions.fields.fields import around
from elitemap.evaluators.fractions.fields.search import KEPT, FieldSearch
from elitemap.evaluators.fractions.labels.mechanisms import further
from elitemap.evaluators.fractions.task import fractions_task
from elitemap.searchspaces.fractions.constants import constant
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.written import written

CUBES = "a=2,3,3,1 b=-1,0,0,0,0,0,0"
APERY = "6/zeta(3): a = 34*n**3 + 51*n**2 + 27*n + 5, b = -n**6"


def fraction(text: str) -> ContinuedFraction:
    found = written(text).fraction
    assert isinstance(found, ContinuedFraction)
    return found


def test_the_way_from_inverse_cubes_to_apery() -> None:
    search = FieldSearch(fraction(CUBES), (constant("zeta(3)"),), 1)
    (scanned,) = [search.scan(block) for block in range(search.blocks)]
    assert scanned.candidates == search.size == 8
    found = {str(Formula.from_json(one.document)): one.objectives["delta"] for one in scanned.finds}
    assert len(found) <= KEPT
    assert found[APERY] == max(found.values())
    assert 0.07 < found[APERY] < 0.09


def test_a_better_trajectory_for_log_2() -> None:
    """Beside the classical one, of delta 0.281 in the limit."""
    search = FieldSearch(fraction("a=6,3 b=-1,0,0"), (constant("log(2)"),), 3)
    of_gauss = [pair for pair in search.pairs if len(pair[1]) == 3]
    assert len(of_gauss) == 290
    where = search.pairs.index((0, (2, 3, -1)))
    scanned = search.scan(where // 64)
    deltas = [one.objectives["delta"] for one in scanned.finds]
    assert max(deltas) > 0.305
    assert scanned == search.scan(where // 64)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (CUBES, ["conjugate cubics 0, 1"]),
        ("a=3,1 b=-2,1,0", ["2F1 around 2F1(n + 1, 1; 1/2; 1/2)"]),
        ("a=4,2 b=1", []),
    ],
)
def test_fields_around_fractions(text: str, names: list[str]) -> None:
    assert [one.name for one in around(fraction(text))] == names


def test_along_a_field_is_an_explanation() -> None:
    search = FieldSearch(fraction(CUBES), (constant("zeta(3)"),), 1)
    along = search.fields[0].fraction((1, 2))
    assert along is not None
    found = further(along)
    assert found is not None and "conjugate cubics 0, 1" in found.text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"a": "1..3,0", "b": "1"}, "got a box of 3"),
        ({"a": "4,2", "b": "1", "reach": "10"}, "from 1 to 9"),
    ],
)
def test_mistakes(options: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        fractions_task("pi", {"mode": "field", **options})


def test_no_field() -> None:
    search = FieldSearch(fraction("a=4,2 b=1"), (constant("e"),), 1)
    with pytest.raises(UsageError, match="known matrix field"):
        search.scan(0)

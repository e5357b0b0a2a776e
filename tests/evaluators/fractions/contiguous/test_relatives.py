import json
import time

import pytest

from elitemap.evaluators.fractions.contiguous.relatives import STEPS, dilated, relative
from elitemap.evaluators.fractions.contiguous.twists import asymptote
from elitemap.evaluators.fractions.labels.known import Known, KnownFormula, load
from elitemap.evaluators.fractions.labels.labels import label
from elitemap.searchspaces.fractions.canonical import canonical
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.relation import Relation

GAUSS = ContinuedFraction.of((2, 1), (1, 0, 0))
APERY = ContinuedFraction.of((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0))
ANY = Relation.of(("pi",), (0, 1), (1, 0))


def only(fraction: ContinuedFraction) -> Known:
    return Known({canonical(fraction): KnownFormula(fraction, "pi", "somebody", 1900)})


@pytest.mark.parametrize(
    "fraction",
    [
        GAUSS,
        APERY,
        ContinuedFraction.of((1,), (1, 0)),
        ContinuedFraction.of((1, 1), (-1, 0)),
        ContinuedFraction.of((6,), (4, -4, 1)),
        ContinuedFraction.of((2, 2, 1), (-1, 0, 0, 0, 0)),
    ],
)
@pytest.mark.parametrize("times", [1, 2, 3])
def test_invariants_of_a_dilation_are_foreseen(fraction: ContinuedFraction, times: int) -> None:
    home = canonical(fraction)
    assert asymptote(dilated(home, times)) == asymptote(home).dilated(times)


@pytest.mark.parametrize("steps", STEPS)
def test_dilations_are_found(steps: tuple[int, int]) -> None:
    own, theirs = (dilated(canonical(GAUSS), times) for times in steps[::-1])
    found = relative(own, only(theirs))
    assert found is not None and found.steps == steps and found.gauge.holds()
    assert ("every" in str(found)) == (steps != (1, 1))


def test_nothing_is_near_to_an_empty_table_or_to_others() -> None:
    assert relative(GAUSS, Known({})) is None
    assert relative(GAUSS, only(APERY)) is None
    assert relative(ContinuedFraction.of((34, 51, 27, 7), APERY.b[0]), load()) is None


def test_interlaced_fractions_have_relatives() -> None:
    """e, whose contraction is contiguous to the formula for 1/(e - 2) of half its steps."""
    e = ContinuedFraction(((1,), (2, 2), (1,)), ((1,),) * 3)
    found = relative(e, only(ContinuedFraction.of((4, 6), (1,))))
    assert found is not None and found.gauge.holds()


@pytest.mark.parametrize(
    "fraction",
    [
        ContinuedFraction.of((4, 6, 4, 1), (-4, 0, 0, 0, 0, 0, 0)),
        # Every third convergent is infinite: it has no dilation, either.
        ContinuedFraction.of((1,), (-1,)),
    ],
)
def test_what_has_no_limit_has_no_relatives(fraction: ContinuedFraction) -> None:
    assert relative(fraction, load()) is None


def test_labels_name_the_formula_and_give_the_gauge() -> None:
    found = label(Formula(ContinuedFraction.of((3, 11, 5), (-2, -10, -8, 0, 0)), ANY), load())
    assert found.name == "known" and found.reason.startswith("contiguous to 2/catalan")
    gauge = json.loads(json.dumps(found.details))["gauge"]
    assert gauge["steps"] == [1, 1] and gauge["left"] == "a = 3*n**2 + 11*n + 5, " + (
        "b = -2*n**4 - 10*n**3 - 8*n**2"
    )


def test_halves_of_stieltjes_are_one_family() -> None:
    """Sums of 1/(k + x)^3 at x = 3/2 and 5/2: the table has x = 1/2."""
    for m in (15, 35):
        fraction = ContinuedFraction.of((4, 6, 6 + 2 * m, 2 + m), (-4, 0, 0, 0, 0, 0, 0))
        found = label(Formula(fraction, ANY), Known(load().formulas))
        assert found.name == "known" and "contiguous to 2/(7*zeta(3) - 8)" in found.reason
        assert "inverse cubes" in label(Formula(fraction, ANY), load()).reason


def test_others_stay_unexplained() -> None:
    for a, b in (
        ((34, 51, 27, 7), (-1, 0, 0, 0, 0, 0, 0)),
        ((3, 3, 2), (-2, 0, 0, 0, 0)),
        ((11, 11, 5), (1, 0, 0, 0, 0)),
    ):
        found = label(Formula(ContinuedFraction.of(a, b), ANY), load())
        assert found.name == "unexplained" and "contiguous" in found.reason


def test_a_label_takes_a_fraction_of_a_second() -> None:
    known = load()
    fractions = [
        ContinuedFraction.of((3, x, y), (-2, 0, 0, 0, 0)) for x in (2, 3, 5) for y in (2, 3)
    ]
    relative(fractions[0], known)
    begun = time.process_time()
    for fraction in fractions:
        assert relative(fraction, known) is None
    assert (time.process_time() - begun) / len(fractions) < 0.3

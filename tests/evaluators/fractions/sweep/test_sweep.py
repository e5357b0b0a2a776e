"""Sweeps of small boxes against brute force, and what published boxes hold."""

import pickle
import re
from collections import Counter
from random import Random

import numpy as np
import pytest

from elitemap.archive.errors import UsageError
from elitemap.archive.identity import identity
from elitemap.evaluators.fractions.sweep.recognition import KINDS, axes
from elitemap.evaluators.fractions.sweep.shifts import shifted
from elitemap.evaluators.fractions.sweep.survey import survey
from elitemap.evaluators.fractions.sweep.sweep import Sweep
from elitemap.evaluators.fractions.values import deep
from elitemap.evaluators.fractions.values.identify import identify
from elitemap.searchspaces.fractions.box import Box
from elitemap.searchspaces.fractions.canonical import canonical
from elitemap.searchspaces.fractions.constants import constants
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.convergence import classify
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.ratio import as_coefficients, as_poly
from elitemap.searchspaces.fractions.ratio import shifted as at

PI_BOX = "1..13,-13..13", "-11..11,-11..11,-11..11"
CATALAN_BOX = "1..14,-14..14,-14..14", "[-5..5]*(2*n-1)**4+[-5..5]*(2*n-1)**3"
FAST = ("factorial", "exponential")


def sweep(target, a, b, moebius=20, joint=False):
    return Sweep(Box.parse(a, b), constants(target), moebius, joint)


def swept(one):
    """All finds of a sweep, and its counts."""
    counts, finds = Counter(), []
    for block in range(one.blocks):
        scanned = one.scan(block)
        counts.update(scanned.counts)
        finds += scanned.finds
    assert counts["candidates"] == one.size
    parts = ("finite", "divergent", "logarithmic", "evaluated", "unconverged")
    assert sum(counts[name] for name in parts) == one.size
    return finds, counts


def fast(finds):
    return [find for find in finds if KINDS[int(find.measures[2])] in FAST]


def classes(finds):
    return len({identity(find.document) for find in finds})


def members(finds):
    """Values by fraction; no fraction comes twice."""
    formulas = [Formula.from_json(find.member["document"]) for find in finds]
    found = {formula.fraction: str(formula.value) for formula in formulas}
    assert len(found) == len(finds)
    return found


@pytest.mark.parametrize(
    ("target", "a", "b"),
    [
        ("e", "1..2,-2..2", "-2..2,-2..2"),
        ("pi,log(2)", "1..6", "[1..2]**2*n**2+[-4..4]*n+[-3..1]"),
        ("pi", "1..3,-1..4", "-2..1,-1..3,-1..0"),
        ("e,tan(1)", "[0..2]*n+[-1..2];[1..2]*n+[1..2]", "[-1..1]"),
    ],
)
def test_sweeps_are_brute_force(target, a, b):
    """Every pair evaluated exactly and identified, with coefficients small enough for the table."""
    one = sweep(target, a, b)
    finds, _ = swept(one)
    slow = ("algebraic", "alternating algebraic")
    expected = {
        fraction: value
        for fraction, (value, height) in _everything(one).items()
        if classify(fraction).kind in slow or height <= 20
    }
    assert members(finds) == expected
    assert len(expected) >= 4


@pytest.mark.parametrize(
    ("target", "a", "b"),
    [
        ("e", "1..2,-2..2", "-2..2,-2..2"),
        ("pi,log(2)", "1..6", "[1..2]**2*n**2+[-4..4]*n+[-3..1]"),
        ("e,tan(1)", "[0..2]*n+[-1..2];[1..2]*n+[1..2]", "[-1..1]"),
    ],
)
def test_small_boxes_are_brute_force_whatever_the_coefficients(target, a, b):
    one = sweep(target, a, b, None)
    finds, _ = swept(one)
    assert one.whole
    assert members(finds) == {f: value for f, (value, _) in _everything(one).items()}


def _everything(one):
    """Values and heights of all fractions of a box, evaluated exactly and identified."""
    found = {}
    for i in range(one.box.a.size):
        for j in range(one.box.b.size):
            fraction = one.box.fraction(i, j)
            if classify(fraction).kind in ("finite", "divergent", "logarithmic"):
                continue
            limit = deep.limit(fraction, 60)
            if limit is None or limit.digits < 50:
                continue
            named = identify(limit, one.constants, float(one.size))
            if named and named.relation.constants:
                found[fraction] = str(named.relation), named.relation.height
    return found


def test_a_box_of_one_fraction_with_large_coefficients():
    one = sweep("pi", "40..40,148..148,166..166,55..55", "-256,-896,-832,96,288,0,0", None)
    finds, _ = swept(one)
    assert list(members(finds).values()) == ["72/(3*pi - 8)"]


@pytest.mark.slow
def test_every_row_of_the_literature_is_found_in_a_box_of_its_own(known_fractions, slow_fractions):
    rows = [(f, row["value"]) for f, row in known_fractions]
    rows += [(f, row["constant"]) for f, row in slow_fractions]
    for fraction, value in rows:
        a, b = (",".join(map(str, side[0])) or "0" for side in (fraction.a, fraction.b))
        try:
            box = Box.parse(a, b)
        except UsageError as error:
            assert "at most" in str(error)  # 9 rows with more than 15 digits or 16 coefficients
            continue
        if value:
            one = Sweep(box, constants(value), None)
            assert len(swept(one)[0]) == 1, (fraction, value)


def test_shifts_of_representatives_are_looked_up_in_larger_boxes():
    """A box of e too large to identify all: more formulas than without, all of them true."""
    box = Box.parse("1..3,-5..30", "-5..5,-30..30")
    usual, more = (Sweep(box, constants("e"), most) for most in (20, None))
    assert not more.whole
    found, wider = members(swept(usual)[0]), members(swept(more)[0])
    assert found.items() < wider.items()


def test_values_at_neighbouring_indices():
    box = Box.parse("1..4,-3..5", "-2..3,1..5,1..3")
    surveyed = survey(box, np.arange(box.a.size), np.arange(box.b.size))
    steps = (1, -1, -2)
    for step, (values, tolerance) in zip(steps, shifted(box, surveyed), strict=True):
        known = np.argwhere(np.isfinite(tolerance) & (tolerance < 1e-9))
        assert len(known) > 100
        for i, j in known[:: len(known) // 40]:
            f = box.fraction(int(surveyed.rows[i]), int(surveyed.columns[j]))
            sides = (as_coefficients(at(as_poly(side[0]), step)) for side in (f.a, f.b))
            moved = ContinuedFraction.of(*sides)
            limit = deep.limit(moved, 30)
            if limit is None or step < 0 and any(moved.b_at(k) == 0 for k in (1, 2)):
                continue
            assert values[i, j] == pytest.approx(float(limit.value.mid()), rel=1e-8)


def test_the_e_box():
    finds, counts = swept(sweep("e", "1..5,-5..5", "-5..5,-5..5", 5))
    assert (len(finds), classes(finds)) == (20, 6)
    assert counts["finite"] == 1155 and counts["confirmed"] == 20


def test_the_zeta_3_box():
    one = sweep("zeta(3)", "(2*n+1)*([-50..50]*n*(n+1)+[-50..50])", "[-10..-1]*n**6")
    finds, _ = swept(one)
    assert (len(fast(finds)), classes(fast(finds))) == (8, 2)
    assert "6/zeta(3)" in members(finds).values()


def test_the_zeta_3_box_with_a_false_positive():
    """2(n^3+(n+1)^3) - (2n+1) over -4n^6 converges like 1/log n: it is never a find."""
    one = sweep("zeta(3)", "[1..3]*(n**3+(n+1)**3)+[-20..20]*(2*n+1)", "-[1..2]**2*n**6")
    finds, counts = swept(one)
    false = ContinuedFraction.of((4, 6, 4, 1), (-4, 0, 0, 0, 0, 0, 0))
    assert false not in members(finds)
    assert "1/zeta(3)" in members(finds).values()
    assert counts["logarithmic"] > 0


def test_what_a_find_says():
    finds, _ = swept(sweep("pi", "3..6,1..6", "-8..-2,-4..4,0..1"))
    assert len(finds) >= 4
    for find in finds:
        whole = Formula.from_json(find.document)
        assert canonical(whole.fraction) == whole.fraction
        formula = Formula.from_json(find.member["document"])
        assert str(formula) == find.member["source"]
        assert canonical(formula.fraction) == whole.fraction
        same = formula.fraction == whole.fraction
        assert (find.member["disguise"] == "itself") == same
        assert find.quality == find.objectives["significance"] > 30
        assert find.objectives["digits"] is None and find.objectives["label"] is None
        rate = classify(whole.fraction).rate
        assert find.measures == (1.0, float(whole.fraction.degrees[1]), 1.0, rate)
        assert find.objectives["digits_per_term"] == rate == pytest.approx(0.301, abs=0.001)
    assert {find.member["disguise"] for find in finds} >= {"inflation", "shift"}


def test_finds_of_different_classes_lie_in_different_cells():
    finds, _ = swept(sweep("pi,e", "1..3,1..4", "-2..1,0..2,0..3"))
    found = axes(2)
    assert {len(find.measures) for find in finds} == {len(found)}
    cells = {
        tuple(
            int(np.searchsorted(axis.edges, measure, side="right"))
            for axis, measure in zip(found, find.measures, strict=True)
        )
        for find in finds
    }
    assert {cell[2] for cell in cells} == {KINDS.index(name) for name in FAST}
    assert {cell[0] for cell in cells} == {1, 2}


def test_blocks_are_functions_of_their_number():
    one = sweep("pi,log(2)", "1..13", "1..4,-5..5,-5..5")
    assert one.blocks > 1
    order = list(range(one.blocks))
    Random(1).shuffle(order)
    again = pickle.loads(pickle.dumps(one))
    assert (again.size, again.blocks) == (one.size, one.blocks)
    found = {block: again.scan(block) for block in order}
    assert [found[block] for block in range(one.blocks)] == [
        one.scan(block) for block in range(one.blocks)
    ]


def test_values_of_a_survey_are_limits():
    rng = np.random.default_rng(5)
    box = Box.parse(*PI_BOX)
    rows, columns = (np.sort(rng.choice(side.size, 40, replace=False)) for side in (box.a, box.b))
    found = survey(box, rows, columns)
    for i, j in np.argwhere(np.isfinite(found.tolerance))[::29]:
        fraction = box.fraction(int(found.rows[i]), int(found.columns[j]))
        limit = deep.limit(fraction, 30)
        assert limit is not None
        difference = abs(float(limit.value.mid()) - found.values[i, j])
        assert difference <= found.tolerance[i, j] * abs(found.values[i, j]), fraction


@pytest.mark.parametrize("seed", range(2))
def test_nothing_is_found_for_random_numbers(seed):
    digits = "".join(Random(seed).choices("0123456789", k=57))
    finds, counts = swept(sweep(f"3.{digits}", "1..5,-9..9", "-9..9,-9..9,-9..9"))
    assert finds == []
    assert counts["evaluated"] > 300_000


def test_nothing_is_found_for_slow_fractions_and_foreign_constants():
    finds, counts = swept(sweep("sqrt(2)+1/pi", "1..5", "1..9,-4..4,-4..4"))
    assert finds == []
    assert counts["slow"] > 3000


def test_large_boxes_are_never_held():
    one = sweep("pi", "1..13,-100..100", "-50..50,-1000..1000,-1000..1000")
    assert one.size > 10**12
    rows, columns = one.tile
    assert rows * columns <= 2**21
    assert one.estimate() > 3600
    assert one.scan(one.blocks // 2).candidates > 0


def test_too_many_images_are_refused():
    with pytest.raises(UsageError, match="lower it"):
        sweep("pi,e,log(2)", "1..2", "1..2", 60, joint=True).scan(0)


def inside(box, fraction):
    """Whether a plain fraction is in a box, by its numbers' coefficients."""
    for side, (polynomial,) in ((box.a, fraction.a), (box.b, fraction.b)):
        if len(polynomial) > side.width:
            return False
        padded = [0] * (side.width - len(polynomial)) + list(polynomial)
        if not (side.coefficients(np.arange(side.size))[:, 0] == padded).all(axis=1).any():
            return False
    return True


def largest(text):
    return max(int(number) for number in re.findall(r"\d+", text))


@pytest.mark.parametrize(
    ("target", "a", "b", "moebius", "texts", "rows"),
    [
        ("e", "1..5,-5..8", "-5..5,-5..5", 8, r"[-+*/()\de]+", 16),
        ("pi", "1..4,-1..9", "-2..4,-7..8,-7..5", 32, r"([-+*/()\d ]|pi)+", 28),
        ("pi", "1..8", "4,-8..28,-7..45", 20, r"([-+*/()\d ]|pi)+", 5),
        ("besseli(0,2)/besseli(1,2)", "1..2,1..4", "1", 20, r"bessel.\(.,2\)/.*,2\)", 2),
        ("zeta(2)", "3..11,3..11,1..9", "[-8..8]*n**4+[-3..3]*n**3", 20, r".*zeta\(2\).*", 4),
    ],
)
def test_recall_in_stated_boxes(known_fractions, target, a, b, moebius, texts, rows):
    """Every row of the known formulas for a constant that lies in a box is found by its sweep."""
    one = sweep(target, a, b, moebius)
    found = members(swept(one)[0])
    known = [
        fraction
        for fraction, row in known_fractions
        if re.fullmatch(texts, text := row["constant_expression"])
        and inside(one.box, fraction)
        and ("algebraic" in row["convergence_class"] or largest(text) <= moebius)
    ]
    assert [str(fraction) for fraction in known if fraction not in found] == []
    assert len(known) >= rows


def test_a_constant_that_is_only_near_is_refused():
    """To 45 digits the target is pi; its fractions have more and tell the difference."""
    near = "3.14159265358979323846264338327950288419716938"
    finds, counts = swept(sweep(near, "1..3,1..3", "-2..2,-3..3,-3..3"))
    assert finds == [] and counts["chance"] > 3


@pytest.mark.slow
def test_the_pi_box():
    finds, counts = swept(sweep("pi", *PI_BOX))
    found = members(fast(finds))
    usual = [f for f in found if all(f.a_at(n) for n in range(1, 20))]
    assert len(usual) == 57
    assert classes(fast(finds)) == 17
    assert counts["evaluated"] > 3.4e6 and counts["chance"] < 10


@pytest.mark.slow
def test_the_catalan_box():
    finds, _ = swept(sweep("catalan,pi*acosh(2)", *CATALAN_BOX, 8, joint=True))
    (value,) = members(fast(finds)).values()
    assert value == "6/(8*catalan - pi*acosh(2))" or "acosh" in value
    assert fast(swept(sweep("catalan", *CATALAN_BOX))[0]) == []


@pytest.mark.slow
def test_the_slow_box(slow_fractions):
    finds, _ = swept(sweep("pi,log(2)", "1..13", "1..9,-9..10,-9..10"))
    found = members(finds)
    assert [row for fraction, row in slow_fractions if fraction not in found] == []


@pytest.mark.slow
def test_nothing_is_found_in_the_pi_box_for_a_foreign_constant():
    assert swept(sweep("sqrt(2)+1/pi", *PI_BOX))[0] == []

"""Batches of fractions: canonical form against the exact one, keys, variation."""

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from elitemap.searchspaces.fractions import canonical as exact
from elitemap.searchspaces.fractions import variation
from elitemap.searchspaces.fractions.batch import FractionBatch
from elitemap.searchspaces.fractions.continued import ContinuedFraction, FractionError
from elitemap.searchspaces.fractions.convergence import classify
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.relation import Relation
from elitemap.searchspaces.fractions.space import FractionSpace

APERY = ContinuedFraction.of((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0))


@pytest.fixture
def space():
    return FractionSpace((3, 6), 200, ["zeta(3)", "pi"])


@pytest.fixture
def brood(space):
    """Random candidates in canonical form."""

    def make(n, seed=0):
        batch, valid = space.canonical(space.random(n, np.random.default_rng(seed)))
        return batch.take(valid)

    return make


def packed(*fractions, degrees=(4, 8)):
    return FractionBatch.from_formulas([Formula(f) for f in fractions], degrees, [])


def brought(fraction):
    """The canonical form of one fraction, None if it is no candidate."""
    batch = packed(fraction)
    valid = variation.canonical(batch, 1 << 16)
    return batch.fraction(0) if valid[0] else None


def test_random_candidates_are_in_exact_canonical_form(brood):
    batch = brood(600)
    assert len(batch) > 200
    for row in range(len(batch)):
        fraction = batch.fraction(row)
        assert exact.canonical(fraction) == fraction
        assert classify(fraction).kind in ("exponential", "factorial")


def linear(p, q, f):
    """(p n + q) f(n), leading term first."""
    return [p * x + q * y for x, y in zip([*f, 0], [0, *f], strict=True)]


def started(f, at):
    """f(n + at), leading term first."""
    moved = np.polynomial.Polynomial(f[::-1])(np.polynomial.Polynomial([at, 1]))
    return [round(c) for c in moved.coef[::-1]]


def fits(*polynomials):
    return all(abs(c) <= 1 << 16 for f in polynomials for c in f)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(-3, 3).filter(bool),
    st.integers(1, 3),
    st.integers(-5, 5),
    st.integers(-4, 4),
    st.sampled_from([APERY, ContinuedFraction.of((6, 3), (-1, 0, 0))]),
)
@example(1, 1, -5, 0, APERY)  # b has a root at 6, and from there on it does not fit
def test_inflations_and_shifts_are_undone(scale, p, q, by, fraction):
    a, b = linear(p, q, fraction.a[0]), linear(p, q - p, linear(p, q, fraction.b[0]))
    inflated = ContinuedFraction.of(
        [scale * c for c in started(a, by)], [scale**2 * c for c in started(b, by)]
    )
    assume(fits(inflated.a[0], inflated.b[0]))
    assert exact.canonical(inflated) == fraction
    # The index comes before the inflation: that of the largest whole root of b, whose others are 0.
    last = max([0, *(-root // p for root in (q, q - p) if root % p == 0)])
    expected = fraction if fits(started(a, last), started(b, last)) else None
    assert brought(inflated) == expected


def test_common_roots_are_moved_to_one_place():
    # r(n) = 1/n: n + 1 against n + 1 and n against n are the same fraction up to inflation.
    one, other = ContinuedFraction.of((1, 1), (1, 1)), ContinuedFraction.of((1, 0), (1, 0))
    assert brought(one) == brought(other) == exact.canonical(one)


@pytest.mark.parametrize(
    "a, b",
    [
        ((), (1,)),
        ((1, 0), ()),
        ((1,), (1,)),  # a quadratic number
        ((1, 0), (-1, 0, 0)),  # 1 + 4 R < 0
        ((2, 0), (-1, 0, 0)),  # 1 + 4 R = 0
        ((2, 0), (1, 0, 0, 0)),  # faster than a's square
        ((1, 70_000), (1,)),  # too large
    ],
)
def test_what_is_no_candidate(a, b):
    batch = packed(ContinuedFraction.of((1, 0), (1,)))
    for side, f in ((batch.a, a), (batch.b, b)):
        side[:] = 0
        side[0, : len(f)] = f[::-1]
    assert not variation.canonical(batch, 1 << 16)[0]


def test_a_value_outlives_only_what_changes_nothing(space):
    relation = Relation.of(["zeta(3)"], [6, 0], [0, 1])
    doubled = ContinuedFraction.of([2 * c for c in APERY.a[0]], [4 * c for c in APERY.b[0]])
    batch = FractionBatch.from_formulas(
        [Formula(APERY, relation), Formula(doubled, relation)], (3, 6), ["zeta(3)"]
    )
    found, valid = space.canonical(batch)
    assert valid.all()
    assert found.formula(0, ["zeta(3)"]) == Formula(APERY, relation)
    assert found.formula(1, ["zeta(3)"]) == Formula(APERY)


def test_keys_are_those_of_the_ratios(brood):
    batch = brood(2000)
    keys = variation.keys(batch)
    ratios = {}
    for row, key in enumerate(keys.tolist()):
        above, below = exact.ratio(batch.fraction(row))
        ratios.setdefault(key, set()).add((str(above), str(below)))
    assert all(len(found) == 1 for found in ratios.values())
    inflated = batch.take(np.arange(len(batch)))
    inflated.a *= -3
    inflated.b *= 9
    np.testing.assert_array_equal(variation.keys(inflated), keys)


def test_roots_of_b_are_counted():
    def counted(b):
        return variation.roots(packed(ContinuedFraction.of((1, 0, 0), b)))[0]

    assert counted((-9, 0, 1, 0, 0)) == 3
    assert counted((1, 0, 0, 0)) == 1
    assert counted((16, -32, 24, -8, 1)) == 1
    assert counted((1, 0, 1)) == counted((7,)) == 0


def test_every_operator_does_something_and_stays_in_bounds(space, brood):
    batch = brood(3000)
    before = batch.take(np.arange(len(batch)))
    partners = batch.take(np.arange(len(batch))[::-1])
    for number, name in enumerate(space.operators):
        operators = np.full(len(batch), number, np.uint8)
        made = space.vary(batch, partners, operators, np.random.default_rng(number))
        changed = np.any(made.a != batch.a, axis=1) | np.any(made.b != batch.b, axis=1)
        assert changed.mean() > 0.25, name
        assert max(np.abs(made.a).max(), np.abs(made.b).max()) <= 1 << 16
        candidates, valid = space.canonical(made)
        candidates = candidates.take(valid)
        assert valid.mean() > 0.3, name
        assert max(np.abs(candidates.a).max(), np.abs(candidates.b).max()) <= 200
    assert np.array_equal(batch.a, before.a) and np.array_equal(batch.b, before.b)


def test_random_fractions_have_all_degrees_and_forms(brood):
    batch = brood(20_000)
    degrees = {batch.fraction(row).degrees for row in range(len(batch))}
    assert {(1, 0), (1, 1), (1, 2), (2, 4), (3, 6), (3, 5)} <= degrees
    assert {0, 1, 2, 3} <= set(variation.roots(batch).tolist())


def test_documents_of_other_spaces_are_refused(space):
    texts = {
        "period one": Formula(ContinuedFraction(((1, 0), (1,)), ((1,), (1,)))),
        "degrees": Formula(ContinuedFraction.of((1, 0, 0, 0, 0), (1,))),
        "coefficients": Formula(ContinuedFraction.of((1, 0), (1 << 17,))),
        "a value in one of": Formula(APERY, Relation.of(["e"], [6, 0], [0, 1])),
    }
    for message, formula in texts.items():
        with pytest.raises(FractionError, match=message):
            space.from_json([formula.to_json()])

"""The evaluator of evolution: what it identifies, what it refuses, and short seeded searches."""

import numpy as np
import pytest

from elitemap.engine.config import SearchConfig
from elitemap.engine.islands.epoch import Limits, run_epoch
from elitemap.engine.islands.state import IslandState
from elitemap.evaluators.fractions.evaluator import FULL, RELATED, FractionEvaluator
from elitemap.evaluators.fractions.factorial import growth
from elitemap.evaluators.fractions.suspicion import RATIONAL, UNRELATED, suspected
from elitemap.searchspaces.fractions.batch import FractionBatch
from elitemap.searchspaces.fractions.canonical import canonical
from elitemap.searchspaces.fractions.constants import constants
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.relation import Relation
from elitemap.searchspaces.fractions.space import FractionSpace

TARGETS = constants("zeta(3),pi,log(2),e")
NAMES = [one.text for one in TARGETS]
APERY = ContinuedFraction.of((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0))
#: A fraction, and the index of the constant that its value is in.
KNOWN = [
    (APERY, 0),
    (ContinuedFraction.of((6, 9, 5, 1), (-1, 0, 0, 0, 0, 0, 0)), 0),
    (ContinuedFraction.of((6, 3), (-1, 0, 0)), 2),
    (ContinuedFraction.of((2, 1), (1, 0, 0)), 1),
    (ContinuedFraction.of((4, 2), (1,)), 3),
    (ContinuedFraction.of((1, 4), (-1, 0)), 3),
]


@pytest.fixture(scope="module")
def evaluator():
    return FractionEvaluator(TARGETS, (3, 6))


def packed(*fractions):
    return FractionBatch.from_formulas([Formula(f) for f in fractions], (3, 6), [])


def anything(measures):
    return np.full(len(measures), -np.inf)


def evaluated(evaluator, *fractions):
    screened = evaluator.screen(packed(*fractions), anything)
    return screened, evaluator.evaluate(screened.batch, anything)


def test_known_values_are_identified(evaluator):
    screened, scores = evaluated(evaluator, *(f for f, _ in KNOWN))
    assert scores.batch.constant.tolist() == [index for _, index in KNOWN]
    assert screened.measures[:, 0].tolist() == [index + 1 for _, index in KNOWN]
    formula = scores.batch.formula(0, NAMES)
    assert formula.value == Relation.of(["zeta(3)"], [6, 0], [0, 1])
    assert np.all(scores.objectives["significance"] > 20)
    assert np.all(scores.quality > FULL + RELATED - 5)
    assert scores.objectives["delta"][0] == pytest.approx(0.087, abs=0.05)
    assert np.isnan(scores.objectives["digits"]).all()


def test_a_little_change_takes_reduction_and_relation(evaluator):
    changed = ContinuedFraction.of((34, 51, 27, 6), (-1, 0, 0, 0, 0, 0, 0))
    _, scores = evaluated(evaluator, APERY, changed)
    assert scores.batch.constant.tolist() == [0, -1]
    assert scores.quality[1] < scores.quality[0] - 0.5 * FULL - RELATED
    assert np.isnan(scores.objectives["significance"][1])


def test_rational_values_and_hopeless_forms_are_refused(evaluator):
    # The value is a sum that telescopes: 2*n + 1 with b = 3*n**2 has the limit 0 from n = 0 on.
    rational = ContinuedFraction.of((2, -1), (3, 0, 0))
    unsplit = ContinuedFraction.of((5, 1), (1, 0, 1))
    screened, _ = evaluated(evaluator, rational, unsplit)
    assert np.isnan(screened.quality).all() and not screened.promising.any()


def test_verdicts_are_first_looks():
    batch = packed(*(f for f, _ in KNOWN), ContinuedFraction.of((2, -1), (3, 0, 0)))
    verdicts = suspected(batch, growth(batch), TARGETS)
    assert verdicts.tolist() == [*(index for _, index in KNOWN), RATIONAL]
    others = suspected(batch, growth(batch), constants("catalan,zeta(5)"))
    assert (others[:-1] == UNRELATED).sum() >= 5
    assert suspected(batch, growth(batch), []).tolist() == [*[UNRELATED] * 6, RATIONAL]


def test_cells_tell_constant_degree_class_roots_and_rate(evaluator):
    batch = packed(*(f for f, _ in KNOWN))
    measures = evaluator.measures(batch, growth(batch))
    assert measures.shape == (6, len(evaluator.axes))
    assert measures[0, :4].tolist() == [0, 6, 2, 1]
    assert measures[0, 4] == pytest.approx(3.062, abs=1e-3)
    assert measures[4].tolist() == [0, 0, 0, 0, 2]
    assert measures[5].tolist() == [0, 1, 0, 1, 1]


def searched(target, seed, proposals, wanted):
    """Proposals after which the map holds the wanted fraction with its value; None if it does not.

    From random fractions with coefficients to 200 and degrees to 3 and 6, on one island.
    """
    targets = constants(target)
    space = FractionSpace((3, 6), 200, [one.text for one in targets])
    evaluator = FractionEvaluator(targets, (3, 6))
    config = SearchConfig(seed=seed, seconds=1e6, islands=1, workers=1)
    state, step = IslandState.fresh(space, evaluator, config, 0), 1 << 16
    for done in range(step, proposals + step, step):
        state, _ = run_epoch(space, evaluator, config, state, Limits(step), None)
        batch = state.elites.batch.take(state.grid.filled())
        related = batch.take(batch.constant >= 0)
        if any(canonical(wanted) == related.fraction(row) for row in range(len(related))):
            return done
    return None


@pytest.mark.parametrize(
    "target, wanted",
    [
        ("log(2)", ContinuedFraction.of((6, 3), (-1, 0, 0))),
        ("e", ContinuedFraction.of((4, 2), (1,))),
    ],
)
def test_simple_fractions_are_found_at_once(target, wanted):
    assert searched(target, 1, 1 << 18, wanted) is not None


@pytest.mark.slow
@pytest.mark.parametrize(
    "target, wanted",
    [("zeta(3)", APERY), ("zeta(2)", ContinuedFraction.of((11, 11, 3), (1, 0, 0, 0, 0)))],
)
def test_evolution_climbs_to_apery(target, wanted):
    found = [searched(target, seed, 6_000_000, wanted) for seed in (1, 2)]
    assert any(found)

"""Curves of known rules say what is known of them."""

import numpy as np
import pytest

from elitemap.evaluators.optimizers.analysis import (
    OCTAVES,
    PULLS,
    SCALES,
    analysis,
    reach,
    sizes,
)
from elitemap.evaluators.optimizers.catalogue import WORKLOADS
from elitemap.evaluators.optimizers.comparing import tuned
from elitemap.searchspaces.optimizers.rules import RuleSpace
from elitemap.searchspaces.optimizers.writing import rule
from elitemap.searchspaces.optimizers.zoo import ZOO, known

SPACE = RuleSpace(2, 60, "random")


@pytest.mark.parametrize("name, slope", [("SGD", 1), ("momentum", 1), ("Lion", 0), ("AdamW", 0)])
def test_updates_grow_with_gradients_as_they_should(name, slope):
    rules = SPACE.canonical(SPACE.batch([known(name, 2)]))[0]
    middle = np.abs(SCALES) <= 2
    grown = np.polyfit(SCALES[middle], sizes(rules)[middle], 1)[0]
    assert grown == pytest.approx(slope, abs=0.02)


def test_updates_that_are_not_finite_have_no_size():
    rules = SPACE.batch([rule("update = exp(g)", 2)])
    made = sizes(rules)
    assert np.isnan(made[-1]) and np.isfinite(made[0])


@pytest.mark.parametrize("decay", [0.01, 0.1])
def test_lion_stays_within_its_box(decay):
    """One over the decay (arXiv 2310.05898)."""
    far = reach(ZOO["Lion"].program(2, {"k": decay}))
    assert far[-1] == pytest.approx(1 / decay, rel=1e-3) and (far <= 1 / decay + 1e-3).all()


def test_descent_goes_on_and_what_diverges_ends():
    far = reach(known("SGD", 2))
    np.testing.assert_allclose(far, np.abs(PULLS).max() * np.arange(1, len(far) + 1), rtol=1e-3)
    lost = reach(rule("update = sub(g, w)", 2))
    assert np.isnan(lost[-1]) and np.isfinite(lost[0])


def test_the_loss_is_least_about_the_learning_rate_that_was_fitted():
    workloads = (WORKLOADS["quadratic"],)
    found = tuned("AdamW", workloads)
    document = SPACE.to_json(found, 0)
    curves = analysis(document, SPACE, workloads)
    assert len(curves) == 3 and curves[2].y_name == "loss on quadratic"
    assert abs(OCTAVES[np.nanargmin(curves[2].y)]) <= 1
    assert len(analysis({**document, "rates": []}, SPACE, workloads)) == 2

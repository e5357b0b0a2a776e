"""Rules made shorter: laws change no update, and what is left out makes no difference."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.evaluators.optimizers.behaviour import canonical_updates
from elitemap.evaluators.optimizers.catalogue import WORKLOADS
from elitemap.evaluators.optimizers.evaluator import RuleEvaluator
from elitemap.evaluators.optimizers.labels import label
from elitemap.evaluators.optimizers.simplification import deletions, pruned
from elitemap.searchspaces.optimizers.algebra import simplified
from elitemap.searchspaces.optimizers.rules import RuleSpace, text
from elitemap.searchspaces.optimizers.writing import rule
from elitemap.searchspaces.optimizers.zoo import ZOO, known

SPACE = RuleSpace(2, 60, "adamw")

#: The program that became Lion, as its search found it (arXiv 2302.06675), without learning rate.
#: There interp(x, y, a) is (1 - a) x + a y, as here.
RAW = """
h = arcsin(clip(g, 1.0))
m = interp(h, v, 0.899)
v = interp(h, m, 1.109)
update = add(div(m, sqrt(mul(m, m))), scale(w, 0.4602))
m = cosh(update)
"""

LION = """
t1 = w * 0.4602
t2 = interp(g, m, 0.899)
t3 = sign(t2)
update = t1 + t3
t5 = interp(g, m, 0.996991)
next m = t5
""".strip()


def written(lines):
    return text(simplified(rule(lines, 2)))


@pytest.mark.parametrize(
    "lines, expected",
    [
        ("update = scale(scale(g, 2.0), 0.25)", "update = g * 0.5"),
        ("update = sign(scale(arctan(cube(g)), 3.0))", "update = sign(g)"),
        ("update = sqrt(square(abs(g)))", "update = abs(g)"),
        ("update = div(g, abs(g))", "update = sign(g)"),
        ("update = mul(sign(g), abs(g))", "update = g"),
        ("update = power(g, 2.0)", "update = square(g)"),
        ("update = log(exp(g))", "update = g"),
        ("update = power(abs(g), step)", "t1 = abs(g)\nupdate = power(t1, step)"),
        ("update = interp(g, w, 0.0)", "update = g"),
        ("update = shift(shift(g, 0.5), -0.5)", "update = g"),
        ("update = sign(tan(g))", "t1 = tan(g)\nupdate = sign(t1)"),
        ("update = sign(scale(g, -2.0))", "t1 = g * -2.0\nupdate = sign(t1)"),
    ],
)
def test_laws_make_rules_shorter(lines, expected):
    assert written(lines) == expected


def test_laws_bring_the_program_behind_lion_to_its_sign_form():
    program = simplified(rule(RAW, 2))
    told = text(program)
    assert "t4 = sign(t3)" in told and "sqrt" not in told and "cosh" not in told
    assert "interp(t2, m, 0.996991)" in told and "v" not in told
    assert program.cost < rule(RAW, 2).cost


@pytest.mark.slow
def test_leaving_out_what_makes_no_difference_ends_at_lion():
    """On a workload whose gradients are small, as those of the search were next to its clip."""
    evaluator = RuleEvaluator([WORKLOADS["digits-logistic"]], 2, 60)
    made = pruned(rule(RAW, 2), SPACE, evaluator).programs.program(0)
    assert text(made) == LION and label(made).text == "Lion"


def test_pruning_keeps_what_is_needed():
    evaluator = RuleEvaluator([WORKLOADS["quadratic"]], 2, 60)
    lines = "m = add(scale(m, 0.9), tanh(scale(g, 0.01)))\nupdate = scale(expm1(m), 1.5)"
    made = pruned(rule(lines, 2), SPACE, evaluator).programs.program(0)
    assert label(made).text == "momentum" and made.cost <= 4


@pytest.mark.parametrize("name", ZOO)
def test_known_rules_stay_what_they_are(name):
    program = simplified(known(name, 2))
    assert program.cost <= known(name, 2).cost
    before, after = (
        canonical_updates(SPACE.batch([p]).programs)[1] for p in (known(name, 2), program)
    )
    np.testing.assert_allclose(after, before, rtol=1e-4, atol=1e-6)


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_laws_change_no_update(seed):
    """But for rounding, which some rules make visible, and for quotients of zeros."""
    rng = np.random.default_rng(seed)
    batch, valid = SPACE.canonical(SPACE.random(3, rng))
    for row in np.flatnonzero(valid):
        program = batch.programs.program(int(row))
        made = simplified(program)
        assert made.cost <= program.cost
        both = canonical_updates(SPACE.batch([program, made]).programs)
        if (both[0] != 0).all():
            scale = np.abs(both[1][0]).max() + 1e-30
            off = np.abs(both[1][0] - both[1][1]) / scale
            assert np.quantile(off, 0.9) < 1e-3


def test_every_instruction_is_tried_to_be_left_out():
    program = rule("update = add(sign(g), scale(w, 0.1))", 1)
    told = {text(simplified(one)) for one in deletions(program)}
    assert {"update = sign(g)", "t1 = w * 0.1\nupdate = t1 + g"} <= told

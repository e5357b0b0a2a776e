"""What users write to begin a search with, in every space that has a text for it."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.archive.errors import ElitemapError, UsageError
from elitemap.engine.search.starting import Gathered, candidate
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.searchspaces.elementary.written import written
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.canonical import canonical
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.text import formula
from elitemap.searchspaces.programs.variation import random_programs

MENU = {name: REAL.opcodes[name] for name in ("add", "sub", "mul", "div", "abs", "min", "max")}

TEXTS = {
    ("elementary", "tanh", (("ops", "add,sub,mul,div,abs,square"),)): [
        "x/(1+abs(x))",
        "-x**3 + pi*x",
        "1/(t + 2/t) where t = x + 3/x",
        "(x**2 + 1)**-2",
    ],
    ("elementary", "exp2", (("arithmetic", "float32"), ("domain", "0,1"), ("reduction", "none"))): [
        "1 + x*0.7 + x**2*0.3"
    ],
    ("elementary", "hypot", ()): ["x + 0.4*y*y/x", "y*t where t = y/x + 1"],
    ("fractions", "pi", ()): ["a = 2*n + 1, b = n**2", "4/pi: a = 2*n + 1, b = n**2"],
    ("optimizers", "quadratic", ()): ["lion", "m = interp(m, g, 0.2); update = sign(m)"],
    ("quantizers", "normal", ()): ["NF4", "razer-like", "INT4, blocks of 64"],
}

WRONG = {
    ("elementary", "tanh", ()): ["", "x +", "sin(x)", "abs(x)", "3", "t where t", "y", "x**x"],
    ("elementary", "hypot", ()): ["x +", "sqrt(x*x + y*y)", "x**y", "hypot(x, y)", "z"],
    ("elementary", "exp2", (("arithmetic", "float32"),)): ["sqrt(x)", "x / 3"],
    ("fractions", "pi", ()): ["pi", "a = n", "a = n, b = x", "a = [1..2], b = 1", "a = n, b = 0"],
    ("optimizers", "quadratic", ()): ["lyon", "update = 3", "import os", "update = w", "x = g"],
    ("quantizers", "normal", ()): ["", "INT4", "FP64", "INT4, blocks of 32"],
}


def cases(table):
    for (space, target, options), texts in table.items():
        for text in texts:
            yield pytest.param(TaskSpec(space, target, options), text, id=f"{space}-{text[:30]}")


@pytest.mark.parametrize(("spec", "text"), list(cases(TEXTS)))
def test_what_is_written_is_a_candidate_that_can_be_evaluated(spec, text):
    task = load_task(spec)
    gathered = Gathered(task)
    gathered.write([text])
    starts = gathered.starts()
    assert starts.told == ({"text": text},)
    (document,) = starts.documents
    assert candidate(task, document) == document
    batch = task.space.from_json(starts.documents)
    scores = task.evaluator.evaluate(batch, lambda measures: np.full(len(measures), -np.inf))
    assert math.isfinite(scores.quality[0])


@pytest.mark.parametrize(("spec", "text"), list(cases(WRONG)))
def test_what_is_none_is_refused_in_one_line(spec, text):
    if text == "INT4, blocks of 32":
        spec = TaskSpec.of(spec.space, spec.target, {"bits": "4.2"})
    gathered = Gathered(load_task(spec))
    with pytest.raises(UsageError) as caught:
        gathered.write([text])
    assert str(caught.value).startswith(f"--start {text!r}: expected") or "unknown" in str(
        caught.value
    )
    assert "\n" not in str(caught.value)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_formulas_as_they_are_shown_are_read_again(seed):
    rng = np.random.default_rng(seed)
    batch = random_programs(8, 30, 8, list(MENU.values()), rng)
    batch = batch.take(canonical(batch, 8) > 0)
    for row in range(len(batch)):
        program = batch.program(row)
        again = written(formula(program), REAL, MENU.values())
        x = Fraction(int(rng.integers(1, 1000)), 331)
        assert close(value(program, x), value(again, x))
        Batch.from_programs([again], 400, batch.signature, REAL)


def value(program, x):
    try:
        return float(program.run(Exact, [x], Fraction)[0])
    except (ZeroDivisionError, OverflowError):
        return math.nan


def close(one, other):
    return math.isnan(one) or math.isnan(other) or math.isclose(one, other, rel_tol=1e-3)


class Exact:
    """The functions of programs on fractions."""

    abs, min, max = staticmethod(abs), staticmethod(min), staticmethod(max)


@given(st.text(alphabet="x t=;whre()+-*/0123456789.,absqrtmin ", max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_refused(text):
    try:
        program = written(text, REAL, MENU.values())
    except ElitemapError as error:
        assert "\n" not in str(error)
    else:
        assert len(program.instructions) <= 300


def test_parts_that_would_grow_without_end_are_refused():
    parts = "; ".join(f"t{k + 1} = t{k}*t{k}" for k in range(60))
    with pytest.raises(UsageError, match="when written out"):
        written(f"t60 where t0 = x + 1; {parts}", REAL, MENU.values())
    with pytest.raises(UsageError, match="when written out|too large|constant"):
        written(f"x*t60 where t0 = pi; {parts}", REAL, MENU.values())


def test_a_product_in_a_sum_is_fused_where_that_is_an_operation():
    opcodes = [REAL.opcodes[name] for name in ("add", "mul", "fma")]
    made = written("1 + x*(2 + x*3)", REAL, opcodes)
    names = [made.primitive(i).name for i in made.instructions if not i.constant]
    assert names == ["fma", "fma"]
    plain = written("1 + x*(2 + x*3)", REAL, opcodes[:2])
    assert {plain.primitive(i).name for i in plain.instructions} == {"const", "mul", "add"}

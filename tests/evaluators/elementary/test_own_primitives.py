"""A primitive that is added by its entry alone is searched, fitted, polished and certified."""

import numpy as np
import pytest
from own_primitives import OWN

from elitemap.evaluators.elementary.enclose import error_at
from elitemap.evaluators.elementary.task import elementary_task
from elitemap.searchspaces.elementary.targets import resolve_target
from elitemap.searchspaces.programs.canonical import canonical
from elitemap.searchspaces.programs.emission import LANGUAGES
from elitemap.searchspaces.programs.primitive import Primitive, templates
from elitemap.searchspaces.programs.program import Program

#: Calls a function of the vocabulary.
LOGISTIC = Primitive(
    name="logistic",
    operands=("real",),
    result="real",
    cost=3,
    run=lambda a: 1.0 / (1.0 + np.exp(-a)),
    templates=templates("logistic({0})", c="1.0 / (1.0 + exp(-{0}))"),
    slopes=("{v} * (1.0 - {v})",),
    pair="pair_of(1.0 / (1.0 + exp(-{0}.hi)), 0.0)",
    exact=lambda f, a: 1 / (1 + f.exp(-a)),
)


@pytest.fixture(scope="module")
def task():
    options = {"ops": "add,mul,div,cube,rsqrt", "max_ops": "6", "domain": "1,2"}
    return elementary_task("1/sqrt(1 + x**3)", options, OWN)


@pytest.fixture
def document(build):
    return build(1.001, ("cube", 0), ("add", 1, 2), ("rsqrt", 3)).to_json()


def test_random_programs_use_them(task):
    batch = task.space.random(300, np.random.default_rng(1))
    valid = canonical(batch, 6) > 0
    batch = batch.take(valid)
    used = np.unique(batch.opcode[np.arange(batch.length) < batch.size[:, None]])
    assert {OWN.opcodes["cube"], OWN.opcodes["rsqrt"]} <= set(used.tolist())
    documents = [task.space.to_json(batch, row) for row in range(len(batch))]
    assert len(task.space.from_json(documents)) == len(batch)


def test_the_fit_finds_their_constants(task, document):
    batch = task.space.from_json([document])
    screened = task.evaluator.screen(batch, lambda m: np.full(len(m), -np.inf))
    scores = task.evaluator.evaluate(screened.batch, lambda m: np.full(len(m), -np.inf))
    assert scores.quality[0] > 14
    assert scores.measures[0].tolist() == [5.0, 1.0, 1.0]


def test_they_are_polished_and_certified(document):
    """With poles of intermediate values, and to the very error that is attained."""
    options = {"ops": "add,mul,div,cube,rsqrt", "max_ops": "6", "domain": "1,2"}
    task = elementary_task("1/(1 + x)", options, OWN)
    program, objectives, certificate = task.certify(document, 120.0)
    assert certificate is not None and program != document
    assert 0.5 < objectives["digits"] <= certificate["digits_limit"] < objectives["digits"] + 0.02


@pytest.mark.parametrize("language", LANGUAGES)
def test_code_in_every_language(task, document, language):
    texts = "\n".join(task.export(document, None, "approximation", language).values())
    wanted = {"c": "#include <math.h>", "python": "def _sqrt(a)", "latex": "\\sqrt"}
    assert wanted.get(language, "sqrt") in texts
    if language == "python":
        scope = {"__name__": "emitted"}
        exec(compile(texts, "approximation.py", "exec"), scope)
        assert scope["approximation"](1.5) == pytest.approx((1.001 + 1.5**3) ** -0.5, rel=1e-15)


def test_functions_of_the_vocabulary():
    """Balls, Taylor models with poles, and derivatives: all arithmetic from the name alone."""
    dialect = OWN.with_primitives(LOGISTIC)
    task = elementary_task("exp(x)", {"domain": "0,1", "ops": "mul,logistic"}, dialect)
    constants = [["const", value.hex(), (0.0).hex()] for value in (2.5, 1.9)]
    rows = [*constants, ["mul", 0, 1], ["logistic", 3], ["mul", 4, 2]]
    document = {"schema": 1, "inputs": ["x"], "instructions": rows, "outputs": [5]}
    program, objectives, certificate = task.certify(document, 120.0)
    assert certificate is not None and objectives["digits"] > 0.5
    target = resolve_target("exp(x)", "0,1", None)
    error = error_at(Program.from_json(program, dialect), target, 0.5, 200)
    assert error is not None and abs(float(error.mid())) < objectives["error"]

import math

import numpy as np
import pytest

from elitemap.archive.errors import UsageError
from elitemap.evaluators.elementary.certificate import LATE, certify
from elitemap.evaluators.elementary.settings import (
    MOST_OPS,
    OPTIONS,
    parse_max_ops,
    parse_primitives,
)
from elitemap.evaluators.elementary.task import elementary_task, tasks
from elitemap.searchspaces.elementary.targets import resolve_target
from elitemap.searchspaces.programs.program import Program, ProgramError
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.variation import random_programs

OPCODES = REAL.opcodes
PRIMITIVES = REAL.primitives


def names(opcodes):
    return [PRIMITIVES[code].name for code in opcodes]


def test_primitives_are_sorted_and_distinct():
    assert names(parse_primitives(" mul, add,mul ,, sqrt")) == ["add", "mul", "sqrt"]
    everything = [name for name in OPCODES if name != "const"]
    assert names(parse_primitives(",".join(everything))) == everything


@pytest.mark.parametrize(
    ("option", "text", "words"),
    [
        ("ops", "add,sqr", ["'sqr'", "did you mean 'sqrt'"]),
        ("ops", "frobnicate", ["use some of", "fma"]),
        ("ops", "const,add", ["'const'"]),
        ("ops", " , ", ["got none", "use some of"]),
        ("ops", "sub,mul", ["add with sub", "ops=sub,mul,add"]),
        ("ops", "add,div", ["mul with div", "ops=add,div,mul"]),
        ("ops", "x" * 5000, ["unknown primitive"]),
        ("ops", "add\nmul", ["unknown primitive"]),
        ("max_ops", "0", [f"1 to {MOST_OPS}", "'0'"]),
        ("max_ops", str(MOST_OPS + 1), [f"1 to {MOST_OPS}"]),
        ("max_ops", "-3", ["'-3'"]),
        ("max_ops", "ten", ["whole number", "'ten'"]),
        ("max_ops", "7.5", ["whole number"]),
        ("max_ops", "", ["whole number"]),
        ("max_ops", "9" * 5000, ["whole number"]),
        ("domain", "1,0", ["lo < hi"]),
        ("error", "both", ["error=relative"]),
    ],
)
def test_bad_options_are_told_in_one_line_with_the_cure(option, text, words):
    with pytest.raises(UsageError) as caught:
        elementary_task("exp2", {option: text})
    said = str(caught.value)
    assert all(word in said for word in words), said
    assert "\n" not in said and len(said) < 300


def test_bad_targets_are_told_in_one_line():
    with pytest.raises(UsageError, match="^unknown target.*did you mean exp"):
        elementary_task("exp3", {})


@pytest.mark.parametrize("text", ["1", " 7 ", str(MOST_OPS)])
def test_numbers_of_operations(text):
    assert parse_max_ops(text) == int(text)


def test_defaults_are_those_that_are_announced():
    announced = {option.name: option.default for option in OPTIONS}
    plain, spelt = elementary_task("sin", {}), elementary_task("sin", announced)
    assert plain.options == spelt.options
    assert plain.options["ops"] == announced["ops"]
    assert plain.options["max_ops"] == int(announced["max_ops"])
    assert all(option.help for option in OPTIONS)


def test_equal_problems_have_equal_options():
    one = elementary_task("exp2", {"ops": "mul,add", "domain": "0,1"})
    other = elementary_task("exp2(x)", {"ops": "add,mul", "max_ops": "5"})
    assert set(one.problem) <= set(one.options)
    assert {k: one.options[k] for k in one.problem} == {k: other.options[k] for k in other.problem}
    assert one.options["max_ops"] != other.options["max_ops"]


def test_every_named_target_is_announced():
    assert "exp2(x) on 0,1" in tasks.targets["exp2"]
    assert tasks.options == OPTIONS and tasks.name == "elementary"


@pytest.mark.parametrize("name", ["exp2", "log", "gelu"])
def test_named_targets_make_tasks(name):
    task = tasks.task(name, {"max_ops": "4"})
    assert task.space.max_ops == 4 and len(task.evaluator.axes[0].edges) == 3


def test_a_certificate_proves_what_the_objectives_say(coth_power):
    task = elementary_task("exp2", {})
    document = coth_power(3).to_json()
    polished, objectives, certificate = task.certify(document, 8.0)
    assert certificate is not None
    assert objectives["digits"] == pytest.approx(14.66, abs=0.02)
    assert -math.log10(objectives["error"]) == pytest.approx(objectives["digits"], abs=1e-3)
    assert [row[0] for row in polished["instructions"]] == [
        row[0] for row in document["instructions"]
    ]


def test_a_pole_is_told_with_the_document(build):
    task = elementary_task("exp2", {})
    document = build(0.5, ("sub", 0, 1), ("div", 0, 2)).to_json()
    returned, objectives, failure = task.certify(document, 60.0)
    assert (returned, objectives) == (document, {})
    assert failure.final and failure.reason.startswith("the program has no bounded value near x")


def test_a_proof_without_time_says_so(build):
    task = elementary_task("exp2", {})
    document = build(0.96, ("add", 0, 1)).to_json()
    target = resolve_target("exp2")
    assert certify(Program.from_json(document), target, -1.0).failure == LATE
    assert task.certify(document, 60.0)[2]["digits"] > 1


def test_documents_of_no_program_are_refused():
    task = elementary_task("exp2", {})
    with pytest.raises(ProgramError):
        task.certify({"schema": 1}, 1.0)
    with pytest.raises(UsageError, match="unknown target language"):
        program = {"schema": 1, "inputs": ["x"], "instructions": [], "outputs": [0]}
        task.export(program, None, "f", "cobol")


@pytest.mark.parametrize(
    ("name", "domain", "told"),
    [("x*exp(x)", "0,1", 0), ("log2", "1,2", 0), ("x - 1/3", "1/3,1", 1), ("x - 1/3", "1/2,1", 0)],
)
def test_a_zero_that_constants_never_reach_is_told(name, domain, told):
    task = elementary_task(name, {"domain": domain, "error": "relative"})
    assert len(task.notes) == told
    assert all("zero at x = 1/3" in note and "error=absolute" in note for note in task.notes)


def test_what_is_asked_names_target_domain_error_and_operations():
    task = elementary_task("sin(x)/x", {"domain": "0, pi", "ops": "add,mul", "max_ops": "5"})
    assert task.asks == "sin(x)/x on [0, pi], absolute error; at most 5 of add, mul"
    assert task.options["domain"] == "0,pi"


def test_a_proof_reaches_an_irrational_end(build):
    """1 - x^2/6 approximates sin(x)/x; its error is largest at pi."""
    task = elementary_task("sin(x)/x", {"domain": "0,pi"})
    document = build(1.0, -0.166, ("square", 0), ("mul", 3, 2), ("add", 4, 1)).to_json()
    target = resolve_target("sin(x)/x", "0,pi")
    proof = certify(Program.from_json(document), target, 60.0)
    largest = 0.166 * math.pi**2 - 1.0
    assert proof.failure == "" and proof.domain == ("0", "pi")
    assert proof.lower <= largest * (1 + 1e-12) and proof.upper >= largest * (1 - 1e-12)
    assert proof.upper < 1.001 * largest
    assert task.certify(document, 60.0)[2]["domain"] == ["0", "pi"]


OLD = ["0", "3537118876014221/4503599627370496"]


@pytest.mark.parametrize(
    ("domain", "outcome"),
    [
        (["0", "pi/4"], "verified"),
        (OLD, "verified"),
        (["0", "884279719003555/1125899906842624"], "failed"),
        (["0", "1"], "failed"),
        (["0", "1/0"], "failed"),
        ("0,pi/4", "failed"),
    ],
)
def test_certificates_with_rounded_ends_hold(build, domain, outcome):
    """As archives have them from when irrational ends were rounded outwards to float64."""
    task, program = elementary_task("sin", {}), build(0.95, ("mul", 0, 1))
    target = resolve_target("sin")
    if domain == OLD:
        target = resolve_target("sin", ",".join(OLD))
    recorded = certify(program, target, 60.0).to_json() | {"domain": domain}
    assert task.verify(program.to_json(), recorded, 60.0).outcome == outcome


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("error<=5e-4", 3.30103),
        ("error <= 2**-11", 3.3113),
        ("digits>=8", 8.0),
        ("digits >= 7/2", 3.5),
    ],
)
def test_a_bound_is_a_goal(text, digits):
    task = elementary_task("tanh", {"bound": text})
    assert task.goal is not None
    assert task.goal.least == pytest.approx(digits, abs=1e-4)
    assert task.goal.most == pytest.approx(10**-digits, rel=1e-3)
    assert task.options["bound"] == text and "bound" not in task.problem


@pytest.mark.parametrize(
    "text", ["3", "error<5e-4", "error>=1e-3", "error<=-1", "error<=0", "digits>=x", "digits>=99"]
)
def test_other_bounds_are_refused(text):
    with pytest.raises(UsageError):
        elementary_task("tanh", {"bound": text})


def test_more_than_the_bound_and_a_little_is_worth_nothing():
    """Cells of programs that are good enough are left alone, and errors are told as they are."""
    free = elementary_task("exp2", {}).evaluator
    bound = elementary_task("exp2", {"bound": "digits>=1/2"}).evaluator
    rng = np.random.default_rng(0)
    batch = random_programs(400, 26, 6, [1, 2, 3, 4], rng)
    one = free.refine(batch.take(np.arange(400)))
    other = bound.refine(batch.take(np.arange(400)))
    assert np.nanmax(one.quality) > 1.7
    assert np.nanmax(other.quality) == 1.5
    np.testing.assert_array_equal(np.minimum(one.quality, 1.5), other.quality)
    np.testing.assert_array_equal(one.objectives["error"], other.objectives["error"])

"""Programs of two variables: certificates against mpmath, fits, what is known, and exports."""

import shutil
import subprocess
import sys
from dataclasses import replace

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.evaluators.elementary.bivariate.certificate import certify
from elitemap.evaluators.elementary.bivariate.float64 import examine
from elitemap.evaluators.elementary.bivariate.polynomials import horner
from elitemap.evaluators.elementary.bivariate.sampling import evidence_of
from elitemap.evaluators.elementary.certificate import LATE
from elitemap.evaluators.elementary.fitting.fit import fit, screen
from elitemap.formulas.expression import VARIABLES
from elitemap.searchspaces.elementary.bivariate.targets import resolve_bivariate
from elitemap.searchspaces.elementary.written import written
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.emission.vectors import evaluate
from elitemap.searchspaces.programs.interpret import evaluate_steps
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.signature import BIVARIATE

OPCODES = tuple(REAL.operations.values())
TRUTH = {
    "hypot": mpmath.hypot,
    "atan2": lambda x, y: mpmath.atan2(y, x),
    "pow": lambda x, y: x**y,
}
PROGRAMS = [
    ("hypot", "x*0.96 + y*0.4"),
    pytest.param("hypot", "max(x, y) + 0.3*min(x, y)", marks=pytest.mark.slow),
    ("hypot", "x + 0.4*y*y/x"),
    ("atan2", "y/(x + 0.28*y*y/x)"),
    ("atan2", "1.2/(x/y + 0.57)"),
    ("pow", "1 + (x - 1)*y*0.9"),
]


def program(text):
    return written(text, REAL, OPCODES, VARIABLES)


def largest(text, target, name, n=31):
    """The largest error at a grid of points, in mpmath."""
    run = compile(text.partition(" where ")[0], "program", "eval")
    found = 0.0
    for x, y in target.grid(n).T.tolist():
        if y == 0.0:
            continue
        x, y = mpmath.mpf(x), mpmath.mpf(y)
        wanted = TRUTH[name](x, y)
        error = abs(eval(run, {"x": x, "y": y, "max": max, "min": min}) - wanted)
        found = max(found, float(error / abs(wanted) if target.relative else error))
    return found


@pytest.mark.parametrize(("name", "text"), PROGRAMS)
def test_certificates_bound_the_error_and_are_tight(name, text):
    target = resolve_bivariate(name, None, None)
    proof = certify(program(text), target, 60.0)
    seen = largest(text, target, name)
    assert proof.failure == ""
    assert seen <= proof.upper
    assert proof.lower <= proof.upper <= proof.lower * (1.05 if "max" in text else 1.004)
    assert seen >= 0.9 * proof.lower
    x, y = proof.argument
    assert 0.5 <= x <= 2 and -1 <= y <= 1


#: Error, weight, and the factor on the difference in NumPy, of x, y and the target.
MEASURED = [
    ("blend:1", "", lambda x, y, f: 1 / np.maximum(1, f)),
    ("absolute", "1 + x*y", lambda x, y, f: 1 + x * y),
    ("relative", "abs(x - 3/4) + 1", lambda x, y, f: (abs(x - 0.75) + 1) / f),
    ("mean", "", lambda x, y, f: 1),
    ("mean", "1 + x*y", lambda x, y, f: 1 + x * y),
]


@pytest.mark.parametrize(("error", "weight", "factor"), MEASURED)
def test_errors_are_bounded_as_they_are_meant(error, weight, factor):
    """Against many points: the largest, or the mean of squares by the midpoint rule."""
    target = resolve_bivariate("hypot", None, error, weight)
    proof = certify(program("x + 0.4*y*y/x"), target, 60.0)
    side = (np.arange(400) + 0.5) / 400
    x, y = np.meshgrid(0.5 + side / 2, side)
    f = np.hypot(x, y)
    size = abs(x + 0.4 * y * y / x - f) * factor(x, y, f)
    seen = np.sqrt((size**2).mean()) if error == "mean" else size.max()
    assert proof.failure == "" and proof.lower <= proof.upper <= proof.lower * 1.004
    assert 0.99 * proof.upper < seen <= proof.upper * (1 + 1e-5)
    assert proof.error == error + (f", weight {weight}" if weight else "")
    assert "all x and y" in proof.proves or "the mean of (P(x, y) - f(x, y))^2" in proof.proves


@pytest.mark.slow
def test_the_mean_of_an_error_with_a_kink_is_enclosed():
    target = resolve_bivariate("hypot", None, "mean")
    proof = certify(program("max(x, y) + 0.3*min(x, y)"), target, 120.0)
    side = (np.arange(1000) + 0.5) / 1000
    x, y = np.meshgrid(0.5 + side / 2, side)
    error = np.maximum(x, y) + 0.3 * np.minimum(x, y) - np.hypot(x, y)
    assert proof.lower < np.sqrt((error**2).mean()) < proof.upper < 1.05 * proof.lower


@pytest.mark.parametrize(("error", "weight", "factor"), MEASURED)
def test_fits_lower_the_error_that_is_meant(error, weight, factor):
    """Least squares on the points of the fit are those of the mean; other errors are equalised."""
    target = resolve_bivariate("exp(x*y)", "0,1,0,1", error, weight)
    points = target.grid(33)
    values = target.sample(points)[0]
    evidence = evidence_of(target)
    assert evidence.nodes.mean == (error == "mean")
    one, _ = fitted(horner(2, 2, False), target)
    plain, _ = fitted(horner(2, 2, False), resolve_bivariate("exp(x*y)", "0,1,0,1", "absolute"))

    def worth(run):
        error_at = (evaluate(run, points) - values) * target.units(points, values)
        if not target.mean:
            return abs(error_at).max()
        x, y = points.reshape(2, 33, 33)
        squares = (error_at**2).reshape(33, 33)
        return np.sqrt(np.trapezoid(np.trapezoid(squares, y[0], axis=1), x[:, 0]))

    assert worth(one) <= worth(plain) * 1.05


@pytest.mark.parametrize(
    ("text", "told"),
    [("x/(y - 0.5)", "no bounded value near"), ("x/(x - y)", "no bounded value near")],
)
def test_poles_are_found_and_named(text, told):
    proof = certify(program(text), resolve_bivariate("hypot", None, None), 60.0)
    assert proof.upper is None and told in proof.failure


def test_a_proof_that_has_no_time_says_so():
    proof = certify(program("x"), resolve_bivariate("hypot", None, None), -1.0)
    assert (proof.upper, proof.digits, proof.failure) == (None, None, LATE)


@pytest.mark.parametrize(
    ("text", "finite", "proved"),
    [
        ("y/x", True, True),
        ("1.2/(x/y + 0.57)", True, False),
        ("x/y", False, False),
        ("(y - 0.25)/(y - 0.25)", False, False),
    ],
)
def test_where_code_is_finite(text, finite, proved):
    code = examine(program(text), resolve_bivariate("atan2", None, None))
    assert (code.finite, code.proved) == (finite, proved)
    assert finite == (not code.where)


def fitted(one, target):
    evidence = evidence_of(target)
    batch = Batch.from_programs([one], len(one.instructions), BIVARIATE)
    screen(batch, evidence.nodes)
    digits = fit(batch, np.array([-np.inf]), evidence.nodes, evidence.check).digits
    return batch.program(0), float(digits[0])


@settings(max_examples=15, deadline=None)
@given(numbers=st.lists(st.floats(-3, 3, width=16), min_size=4, max_size=4))
def test_a_fit_finds_the_constants_of_its_own_form(numbers):
    """A bilinear function is fitted to itself from any start."""
    a, b, c, d = numbers
    target = resolve_bivariate(f"({a}) + ({b})*x + y*(({c}) + ({d})*x) + x*y*0", None, "absolute")
    _, digits = fitted(horner(1, 1, False), target)
    assert digits > 13


def test_the_interpreter_and_the_reference_agree_on_two_inputs():
    points = np.random.default_rng(3).uniform(-2, 2, (2, 100))
    for text in ("x*0.96 + y*0.4", "max(x, y) + 0.3*min(x, y)", "1.2/(x/y + 0.57)"):
        one = program(text)
        batch = Batch.from_programs([one], len(one.instructions), BIVARIATE)
        compiled = evaluate_steps(batch, points[None])[0, 0, 0]
        np.testing.assert_array_equal(compiled, evaluate(one, points))


@pytest.fixture(scope="module")
def task():
    return load_task(TaskSpec.of("elementary", "hypot", {}))


@pytest.fixture(scope="module")
def proved(task):
    document, objectives, certificate = task.certify(program("x + 0.4*y*y/x").to_json(), 60.0)
    assert objectives["digits"] == certificate["digits"] > 0.5
    return document, certificate


def test_certificates_are_made_again_and_forgeries_are_found(task, proved):
    document, certificate = proved
    assert task.verify(document, certificate, 60.0).outcome == "verified"
    for changed in (
        {"upper": certificate["lower"] * 0.99},
        {"digits": certificate["digits_limit"] + 0.01},
        {"domain": ["0", "1", "0", "1"]},
        {"target": "x*y"},
    ):
        assert task.verify(document, {**certificate, **changed}, 60.0).outcome == "failed"


def test_polynomials_are_known_and_each_is_better_than_the_cheaper_ones(task):
    rows = [(b.objectives["ops"], b.objectives["digits"]) for b in task.rivals()]
    assert len(rows) >= 3
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in zip(rows, rows[1:], strict=False))


def test_the_surface_shows_the_error_at_its_arguments(task):
    one = program("x + 0.4*y*y/x")
    surface = task.curve(one.to_json())
    assert surface.z.shape == (len(surface.y), len(surface.x))
    x, y = surface.x[7], surface.y[30]
    wanted = (x + 0.4 * y * y / x) / np.hypot(x, y) - 1
    assert surface.z[30, 7] == pytest.approx(wanted, rel=1e-9)


def test_a_program_has_its_limit_where_it_divides_by_zero_on_the_way():
    task = load_task(TaskSpec.of("elementary", "atan2", {}))
    surface = task.curve(program("1.2/(x/y + 0.57)").to_json())
    assert surface.y[0] == 0.0 and (surface.z[0] == 0.0).all()
    assert np.isnan(task.curve(program("x/y").to_json()).z[0]).all()


def exported(task, proved, language, folder):
    document, certificate = proved
    files = task.export(document, certificate, "length", language)
    for name, text in files.items():
        (folder / name).write_text(text)
    return files


@pytest.mark.parametrize("language", ["python", "numpy"])
def test_exported_python_checks_itself(language, task, proved, tmp_path):
    (name,) = exported(task, proved, language, tmp_path)
    done = subprocess.run([sys.executable, name], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " cases match" in done.stdout


def test_exported_numpy_broadcasts(task, proved, tmp_path):
    files = exported(task, proved, "numpy", tmp_path)
    space = {"__name__": "length"}
    exec(files["length_numpy.py"], space)
    x, y = np.linspace(0.5, 1, 3)[:, None], np.linspace(0, 1, 4)[None]
    found = space["length"](x, y)
    np.testing.assert_allclose(found, x + 0.4 * y * y / x, rtol=1e-15)


@pytest.mark.slow
def test_exported_jax_agrees(task, proved, tmp_path):
    jax = pytest.importorskip("jax")
    files = exported(task, proved, "jax", tmp_path)
    space = {"__name__": "length"}
    exec(files["length_jax.py"], space)
    assert float(space["length"](0.5, 0.75)) == pytest.approx(0.95, rel=1e-6)
    slopes = jax.grad(space["length"], (0, 1))(0.5, 0.75)
    assert [float(s) for s in slopes] == pytest.approx([0.1, 1.2], rel=1e-5)
    assert space["length"](np.ones((3, 1)), np.ones(4)).shape == (3, 4)


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_exported_c_checks_itself(compiler, task, proved, tmp_path):
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    exported(task, proved, "c", tmp_path)
    flags = "-std=c99 -ffp-contract=off -Wall -Wextra -Wconversion -Wshadow -Werror".split()
    command = [compiler, *flags, "-DELITEMAP_SELFTEST", "length.c", "-o", "length", "-lm"]
    subprocess.run(command, cwd=tmp_path, check=True)
    done = subprocess.run(["./length"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_exported_rust_checks_itself(task, proved, tmp_path):
    if shutil.which("rustc") is None:
        pytest.skip("rustc is not installed")
    exported(task, proved, "rust", tmp_path)
    subprocess.run(["rustc", "--test", "-D", "warnings", "length.rs"], cwd=tmp_path, check=True)
    done = subprocess.run(["./length"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_other_languages_name_both_arguments(task, proved, tmp_path):
    texts = {k: exported(task, proved, k, tmp_path) for k in ("cuda", "latex", "sympy")}
    assert "double length(double x, double y)" in texts["cuda"]["length.cuh"]
    assert r"f(x, y) &= " in texts["latex"]["length.tex"]
    assert r"0 \le y \le 1" in texts["latex"]["length.tex"]
    space = {"__name__": "length"}
    exec(texts["sympy"]["length_sympy.py"], space)
    assert {str(s) for s in space["length"]().free_symbols} == {"x", "y"}


def test_dead_instructions_and_renamed_inputs_do_not_matter(task):
    one = program("x + 0.4*y*y/x")
    renamed = replace(one, inputs=("a", "b"))
    assert task.space.from_json([renamed.to_json()]).program(0).inputs == ("x", "y")

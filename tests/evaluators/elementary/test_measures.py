"""Errors as users mean them: what is proved of each, against mpmath."""

import mpmath
import numpy as np
import pytest

from elitemap.archive.errors import UsageError
from elitemap.evaluators.elementary.certificate import certify
from elitemap.evaluators.elementary.evaluator import ElementaryEvaluator, sampled
from elitemap.evaluators.elementary.fitting.fit import CHECKS, NODES, fit
from elitemap.evaluators.elementary.fitting.polish import polish
from elitemap.evaluators.elementary.task import elementary_task
from elitemap.evaluators.elementary.verification import verify
from elitemap.searchspaces.elementary.targets import resolve_target
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.signature import FUNCTION

ENDS = {"0,1": (0, 1), "0,6": (0, 6), "-1,1": (-1, 1)}

#: Target, domain, error, weight, and the function, the error's factor and the kind in mpmath.
CASES = [
    ("exp", "0,1", "absolute", "1+x", mpmath.exp, lambda x: 1 + x),
    ("exp", "0,1", "relative", "exp(-x)", mpmath.exp, lambda x: mpmath.exp(-2 * x)),
    ("sin", "0,6", "blend:1/10", "", mpmath.sin, lambda x: 1 / max(0.1, abs(mpmath.sin(x)))),
    (
        "sin",
        "-1,1",
        "blend:1/4",
        "2-x",
        mpmath.sin,
        lambda x: (2 - x) / max(0.25, abs(mpmath.sin(x))),
    ),
    ("exp", "0,1", "mean", "", mpmath.exp, lambda x: 1),
    ("cos", "-1,1", "mean", "1+x**2", mpmath.cos, lambda x: 1 + x**2),
]


def cubic(build, *coefficients):
    a, b, c, d = coefficients
    return build(
        a, ("mul", 1, 0), b, ("add", 2, 3), ("mul", 4, 0), c, ("add", 5, 6), ("mul", 7, 0), d,
        ("add", 8, 9),
    )  # fmt: skip


def run(program, x):
    return program.run(None, [x], lambda c: mpmath.mpf(c.numerator) / c.denominator)[0]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c[0]} {c[2]} {c[3]}")
def test_bounds_hold_and_are_attained(build, case):
    name, domain, error, weight, function, factor = case
    target = resolve_target(name, domain, error, weight)
    program = cubic(build, 0.15, 0.5, 1.0, 0.99)
    proof = certify(program, target, 60.0)
    assert not proof.failure and proof.lower <= proof.upper <= 1.002 * proof.lower
    low, high = ENDS[domain]

    def size(x):
        x = mpmath.mpf(x)
        return abs((run(program, x) - function(x)) * factor(x))

    if error == "mean":
        square = mpmath.quad(lambda x: size(x) ** 2, mpmath.linspace(low, high, 5))
        found = mpmath.sqrt(square / (high - low))
        assert proof.lower * (1 - 1e-9) <= found <= proof.upper * (1 + 1e-9)
        return
    worst = max(size(x) for x in np.linspace(low, high, 400)[1:-1])
    assert worst <= proof.upper * (1 + 1e-9)
    assert size(proof.argument) >= proof.lower * (1 - 1e-9)


@pytest.mark.parametrize("case", CASES[:4], ids=lambda c: f"{c[0]} {c[2]} {c[3]}")
def test_polishing_lowers_the_error_that_is_meant(build, case):
    target = resolve_target(*case[:4])
    given = cubic(build, 0.15, 0.5, 1.0, 0.99)
    better, reported = polish(given, target, 20.0)
    proof = certify(better, target, 60.0)
    assert proof.upper < 0.8 * certify(given, target, 60.0).upper
    assert proof.upper == pytest.approx(reported, rel=0.01)


def test_least_squares_are_the_best_in_the_mean(build):
    """A cubic for exp on [0, 1]: NumPy's fit by orthogonal polynomials is the optimum."""
    target = resolve_target("exp", "0,1", "mean")
    program = cubic(build, 0.15, 0.5, 1.0, 0.99)
    batch = Batch.from_programs([program], 12, FUNCTION, program.dialect)
    fitted = fit(batch, np.array([-np.inf]), sampled(target, NODES), sampled(target, CHECKS))
    points, weights = np.polynomial.legendre.leggauss(20)
    xs = (points + 1) / 2
    best = np.polynomial.Polynomial.fit(xs, np.exp(xs), 3, w=np.sqrt(weights))
    rms = np.sqrt((weights * (best(xs) - np.exp(xs)) ** 2).sum() / 2)
    assert 10.0 ** -fitted.digits[0] == pytest.approx(rms, rel=0.03)
    proof = certify(batch.program(0), target, 60.0)
    assert rms * (1 - 1e-6) <= proof.upper <= 1.01 * rms


def test_a_certificate_says_what_it_proves(build):
    program = cubic(build, 0.15, 0.5, 1.0, 0.99)
    said = {}
    for case in CASES:
        target = resolve_target(*case[:4])
        proof = certify(program, target, 60.0)
        said[case[2], case[3]] = proof.proves
        recorded = proof.to_json()
        assert verify(program, recorded, target, 60.0).outcome == "verified"
        false = recorded | {"upper": proof.lower / 2}
        assert verify(program, false, target, 60.0).outcome == "failed"
        other = recorded | {"error": "absolute"}
        assert verify(program, other, target, 60.0).outcome == "failed"
    assert said["blend:1/10", ""] == (
        "|P(x) - f(x)| / max(1/10, |f(x)|) <= upper for every x in the domain"
    )
    assert said["relative", "exp(-x)"] == (
        "|P(x)/f(x) - 1| |exp(-x)| <= upper for every x in the domain"
    )
    assert said["mean", ""].startswith("the root of the mean of (P(x) - f(x))^2")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"error": "blend"}, "blend:FLOOR, got 'blend'"),
        ({"error": "blend:0"}, "positive number as the floor"),
        ({"error": "blend:-1"}, "positive number"),
        ({"error": "blend:x"}, "constant"),
        ({"error": "mean:2"}, "got 'mean:2'"),
        ({"weight": "x-1/2"}, "the weight has a zero near x = 0.5"),
        ({"weight": "1/x"}, "the weight has no finite limit at x = 0"),
        ({"weight": "-1"}, "positive on the whole domain"),
        ({"weight": "x"}, "positive on the whole domain"),
        ({"weight": "q+1"}, "unknown function or name 'q'"),
    ],
)
def test_bad_errors_are_told_in_one_line(options, words):
    with pytest.raises(UsageError, match=words) as caught:
        elementary_task("exp", options)
    assert "\n" not in str(caught.value)


def test_measures_are_problems_of_their_own():
    plain = elementary_task("exp", {})
    weighted = elementary_task("exp", {"weight": "1 + x"})
    blend = elementary_task("exp", {"error": "blend:1/10"})
    assert "weight" not in plain.problem and "weight" in weighted.problem
    assert blend.options["error"] == "blend:1/10" and weighted.options["error"] == "relative"
    assert weighted.words["error"] == "relative, weight 1 + x"


def test_forms_for_the_mean_are_not_compared():
    assert elementary_task("exp", {"error": "mean"}).rivals() == ()
    assert ElementaryEvaluator(resolve_target("exp", None, "mean"), 4).nodes.mean

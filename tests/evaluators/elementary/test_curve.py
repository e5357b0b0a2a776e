import numpy as np
import pytest

from elitemap.evaluators.elementary.curve import POINTS, error_curve
from elitemap.searchspaces.elementary.targets import resolve_target
from elitemap.searchspaces.programs.program import Program


def program(*rows):
    fixed = [[n, float(a[0]).hex(), (0.0).hex()] if n == "const" else [n, *a] for n, *a in rows]
    document = {"schema": 1, "inputs": ["x"], "instructions": fixed, "outputs": [len(rows)]}
    return Program.from_json(document)


def test_the_curve_is_the_signed_error_over_the_domain():
    curve = error_curve(program(["const", 1.0], ["add", 0, 1]), resolve_target("exp2"))
    assert curve.x[[0, -1]].tolist() == [0.0, 1.0]
    assert len(curve.x) == len(curve.y) == POINTS
    assert np.allclose(curve.y, (curve.x + 1) / 2**curve.x - 1, atol=1e-15)
    assert (curve.x_name, curve.y_name) == ("x", "relative error")


def test_absolute_errors_say_so():
    curve = error_curve(
        program(["const", 0.5], ["mul", 0, 1]), resolve_target("sin", "0,1", "absolute")
    )
    assert np.allclose(curve.y, curve.x / 2 - np.sin(curve.x), atol=1e-15)
    assert curve.y_name == "absolute error"


def test_a_pole_is_a_gap():
    curve = error_curve(program(["div", 0, 0]), resolve_target("exp2"))
    assert np.isnan(curve.y[0])
    assert np.isfinite(curve.y[1:]).all()


def test_errors_far_below_float64_are_seen():
    rows = [["mul", 0, 0], ["sub", 1, 1], ["add", 0, 2]]
    curve = error_curve(program(*rows), resolve_target("x + 1e-25", "1,2", "relative"))
    assert np.allclose(curve.y * curve.x, -1e-25, rtol=1e-6, atol=0)


@pytest.mark.parametrize("name", ["gamma", "airyai", "erf"])
def test_every_kind_of_target_has_one(name):
    target = resolve_target(name)
    curve = error_curve(program(["const", 1.0], ["add", 0, 1]), target)
    assert np.isfinite(curve.y).sum() >= POINTS - 2

"""What certificates say of the float64 evaluation."""

import math
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_primitives import OWN

from elitemap.archive.errors import SearchError
from elitemap.archive.records import EliteRecord
from elitemap.engine.protocols import Unproved
from elitemap.engine.proving.proof import after
from elitemap.evaluators.elementary.certificate import certify
from elitemap.evaluators.elementary.float64.check import check_float64, examine
from elitemap.evaluators.elementary.float64.ordinals import floats, nth, ordinal, ordinals
from elitemap.evaluators.elementary.float64.points import approach, measured_at
from elitemap.evaluators.elementary.float64.removable import find_trouble
from elitemap.evaluators.elementary.liveness import without_dead_code
from elitemap.evaluators.elementary.task import elementary_task
from elitemap.searchspaces.elementary.targets import resolve_target
from elitemap.searchspaces.programs.emission.float64 import Float64, mended
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.vectors import cases, evaluate
from elitemap.searchspaces.programs.program import Instruction, Program


@pytest.fixture
def one_with_a_hole(build):
    """x * (3/x) / 3: 1 over the reals; NaN at 0 and infinite beside it in float64."""
    return build(3.0, ("div", 1, 0), ("mul", 0, 2), ("div", 3, 1))


@pytest.fixture
def beyond_repair(build):
    """x in the end, by way of numbers that overflow in most of the domain."""
    huge = 1e200
    return build(huge, ("mul", 0, 1), ("mul", 2, 1), ("div", 3, 1), ("div", 4, 1))


def candidate(document):
    return EliteRecord(
        slot=0,
        cell=(0,),
        program=document,
        source="",
        quality=1.0,
        objectives={"digits": None},
        measures={},
        status="candidate",
        certificate=None,
        parent=None,
        operator="random",
    )


def test_a_removable_point_at_zero_is_mended(one_with_a_hole):
    target = resolve_target("exp2", "0,1", "absolute")
    assert not np.isfinite(evaluate(one_with_a_hole, np.array([0.0, 1e-308]))).any()
    found = certify(one_with_a_hole, target, 10)
    assert found.digits is not None and found.failure == ""
    (mend,) = found.float64.code.mends
    assert mend.low == 0.0 and mend.high >= sys.float_info.min
    assert mend.value == 1.0 and mend.upper <= found.upper
    assert found.float64.finite and found.float64.code.proved
    assert found.float64_error == pytest.approx(found.upper, rel=1e-3)


def test_a_removable_point_inside_is_mended(build):
    program = build(0.3, ("sub", 0, 1), ("div", 2, 2))
    found = check_float64(program, resolve_target("exp2"), 1.0)
    (mend,) = found.code.mends
    assert (mend.low, mend.high) == (0.3, 0.3) and mend.value == pytest.approx(2**0.3, rel=1e-15)


def test_a_zero_of_the_target_is_mended_by_a_multiple_of_x(build):
    program = build(3.0, ("div", 1, 0), ("mul", 0, 2), ("mul", 0, 3))
    found = check_float64(program, resolve_target("3*x", "0,1", "relative"), 1e-9)
    (mend,) = found.code.mends
    assert mend.times_x and mend.value == 3.0
    assert found.measured.error < 1e-15


def test_code_that_cannot_be_mended_is_not_certified(beyond_repair):
    found = certify(beyond_repair, resolve_target("x + x/1024", "0,1", "relative"), 10)
    assert found.upper < 1e-3 and found.digits is None
    assert "float64 evaluation is not finite at x = " in found.failure
    assert found.float64_error is None and not found.float64.finite


def test_an_elite_that_is_not_finite_stays_a_candidate(beyond_repair):
    task = elementary_task("x + x/1024", {"domain": "0,1", "error": "relative"})
    document = beyond_repair.to_json()
    _, _, unproved = task.certify(document, 10.0)
    assert isinstance(unproved, Unproved) and unproved.final
    assert "float64 evaluation is not finite at x = " in unproved.reason
    record, why = after(candidate(document), task, (document, {}, unproved))
    assert record.status == "candidate" and why is unproved
    assert "not finite" in record.objectives["unproved"]


def test_finite_but_wrong_results_beside_a_removable_point_are_measured(build):
    """1/(3/x) is 0 where 3/x overflows."""
    program = build(3.0, ("div", 1, 0), 1.0, ("div", 3, 2))
    found = check_float64(program, resolve_target("x/3", "0,1", "relative"), 1e-9)
    assert found.finite and found.measured.error > 0.2
    assert 0.0 < found.measured.worst < 1e-307


def test_cancellation_towards_a_place_is_measured(build):
    """(1 + x - 1)/x loses everything as x comes near 0."""
    program = build(1.0, ("add", 0, 1), ("sub", 2, 1), ("div", 3, 0))
    found = check_float64(program, resolve_target("1 + 0*x", "0,1", "absolute"), 1e-9)
    assert found.measured.error >= 1.0


def test_roots_of_values_that_rounding_makes_negative_are_found(build):
    """sqrt(x*x - 0.6*x + 0.09), written out."""
    square = [0.3, ("mul", 0, 0), ("add", 1, 1), ("mul", 3, 0), ("sub", 2, 4), ("mul", 1, 1)]
    program = build(*square, ("add", 5, 6), ("sqrt", 7))
    trouble = find_trouble(program, 0.0, 1.0)
    assert trouble.gaps and all(abs(gap.low - 0.3) < 1e-6 for gap in trouble.gaps)


def test_a_program_without_trouble_is_proved_finite(polynomial):
    found = examine(polynomial(Fraction("0.3"), Fraction("0.7"), 1), resolve_target("exp2"), 1.0)
    assert found.finite and found.proved and not found.mends and not found.places


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_is_proved_finite_is_finite(programs, tame_numbers, data):
    program = without_dead_code(data.draw(programs(numbers=tame_numbers, most=8)))
    trouble = find_trouble(program, -1.0, 2.0)
    ends = [end for run in (*trouble.places, *trouble.gaps) for end in (run.low, run.high)]
    numbers = np.unique(
        np.concatenate(
            [
                np.linspace(ordinal(-1.0), ordinal(2.0), 401).astype(np.int64),
                *(ordinal(end) + np.arange(-20, 21) for end in ends[:20]),
            ]
        )
    )
    xs = np.append(floats(numbers), -0.0)
    xs = xs[(xs >= -1.0) & (xs <= 2.0)]
    outside = np.ones(len(xs), np.bool_)
    for gap in trouble.gaps:
        outside &= (xs < gap.low) | (xs > gap.high)
    if trouble.proved:
        assert np.isfinite(evaluate(program, xs[outside])).all()


@pytest.mark.parametrize("name", sorted(OWN.operations))
def test_every_primitive_is_enclosed(name):
    """Between 1 and 2 nothing vanishes, overflows or is undefined, and that can be shown."""
    code = OWN.operations[name]
    operands = (0,) * OWN.primitives[code].arity
    program = Program(("x",), (Instruction(code, operands),), (1,), dialect=OWN)
    trouble = find_trouble(program, 1.0, 2.0)
    assert trouble.proved and not trouble.places and not trouble.gaps


@given(st.floats(allow_nan=False))
def test_ordinals_keep_order_and_neighbours(x):
    assert nth(ordinal(x)) == x
    if x < math.inf:
        assert nth(ordinal(x) + 1) == math.nextafter(x, math.inf)
    both = np.array([x, -x])
    assert (floats(ordinals(both)) == both).all()


def test_arguments_come_near_to_every_place():
    xs = approach(0.0, 1.0)
    assert 5e-324 in xs and -5e-324 in xs and 0.0 in xs and (np.abs(xs) < 1e-300).sum() > 8
    xs = approach(0.3, 1.0)
    assert {0.3, math.nextafter(0.3, 0), math.nextafter(0.3, 1)} <= set(xs.tolist())
    inside = measured_at(resolve_target("exp2", "-1,2"), ())
    assert inside.min() == -1.0 and inside.max() == 2.0
    assert sorted(math.copysign(1.0, x) for x in inside if x == 0.0) == [-1.0, 1.0]


def test_older_certificates_are_examined_when_they_are_exported(one_with_a_hole):
    task = elementary_task("exp2", {"error": "absolute"})
    old = {"upper": 1.5, "digits": -0.18, "float64_error": None, "float64_extra": None}
    ((_, text),) = task.export(one_with_a_hole.to_json(), old, "f", "python").items()
    scope = {"__name__": "emitted"}
    exec(compile(text, "f.py", "exec"), scope)
    assert "Mended" in text and scope["f"](0.0) == 1.0 and scope["f"](-0.0) == 1.0
    ((_, text),) = task.export(one_with_a_hole.to_json(), None, "f", "numpy").items()
    assert "Mended" in text


def test_a_certificate_that_lies_about_its_code_changes_no_code(one_with_a_hole):
    task = elementary_task("exp2", {"error": "absolute"})
    lie = {"low": 0.0, "high": 1.0, "value": 7.0, "times_x": False, "upper": 0.0, "cost": ""}
    code = {"finite": True, "proved": True, "where": "", "mends": [lie]}
    document = one_with_a_hole.to_json()
    lying = task.export(document, {"upper": 1.5, "float64": code}, "f", "c")
    honest = task.export(document, {"upper": 1.5}, "f", "c")
    assert lying["f.c"] == honest["f.c"] and "Mended" in lying["f.h"]
    _, _, certificate = task.certify(document, 20.0)
    assert task.verify(document, certificate, 20.0).outcome == "verified"
    false = {**certificate, "float64": code}
    assert task.verify(document, false, 20.0).outcome == "failed"


def test_cases_refuse_code_that_is_said_to_be_finite(one_with_a_hole):
    meta = ExportMeta("f", "elementary", "1", (0.0, 1.0), "absolute", "0", Float64(True, False))
    with pytest.raises(SearchError, match=r"finite in its domain, got another result at x = 0\.0"):
        cases(one_with_a_hole, meta)


def test_code_that_is_not_finite_says_so_in_every_language(beyond_repair):
    task = elementary_task("x", {"domain": "0,1", "error": "relative"})
    for language in ("c", "python", "numpy", "jax"):
        files = task.export(beyond_repair.to_json(), None, "f", language)
        assert any("NOT FINITE in float64 at x = " in text for text in files.values())


def test_mends_replace_results(one_with_a_hole):
    (mend,) = examine(one_with_a_hole, resolve_target("exp2"), 1.0).mends
    xs = np.array([-0.0, 0.0, mend.high, 0.5])
    ys = mended([mend], xs, evaluate(one_with_a_hole, xs))
    assert ys.tolist() == [1.0, 1.0, 1.0, 1.0]

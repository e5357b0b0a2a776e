"""Turns taken off huge arguments, against exact numbers."""

from fractions import Fraction

import gmpy2
import numpy as np
import pytest
from gmpy2 import mpfr

from elitemap.searchspaces.elementary.float32.assembly import Assembly
from elitemap.searchspaces.elementary.float32.functions import resolve
from elitemap.searchspaces.elementary.float32.parts import run
from elitemap.searchspaces.elementary.float32.reductions.huge import turns_taken
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.signature import Signature, Variable

MPFR = gmpy2.context(precision=400)

#: The one nearest to a multiple of pi / 2 of all float32, ends, and some of every size.
HARD = [16367173 * 2.0**72, -16367173 * 2.0**72, 64.0, -64.0, float(np.finfo(np.float32).max)]


def huge():
    bits = np.random.default_rng(0).integers(0x42800000, 0x7F800000, 4000, dtype=np.uint32)
    bits[::2] |= 1 << 31
    return np.concatenate([np.array(HARD, np.float32), bits.view(np.float32)])


@pytest.mark.parametrize(
    ("share", "offset"), [(Fraction(1, 2), 0.0), (Fraction(1), 0.0), (Fraction(1), 0.5)]
)
def test_what_is_left_is_right_to_forty_bits(share, offset):
    code = Assembly(1)
    results = turns_taken(code, 0, share, offset)
    x = huge()
    parts = []
    for number, kind in zip(results, ("word", "single", "single"), strict=True):
        signature = Signature((Variable("x", "single"),), (kind,))
        program = Program.of(signature, tuple(code.rows), (number,), FLOAT32)
        parts.append(run(program, x[None]))
    with MPFR.copy():
        turn = gmpy2.const_pi() * share.numerator / share.denominator
        for value, count, high, low in zip(x, parts[0].view(np.int32), *parts[1:], strict=True):
            turns = mpfr(float(value)) / turn + offset
            nearest = int(gmpy2.rint(turns))
            # Of two that are about as near it may be either.
            (whole,) = (k for k in range(nearest - 1, nearest + 2) if (int(count) - k) % 4 == 0)
            left = (turns - whole) * turn
            assert abs(turns - whole) <= 0.5 + 2.0**-20
            assert abs(mpfr(float(high)) + mpfr(float(low)) - left) <= abs(left) * 2.0**-38
            assert abs(low) <= abs(high) * 2.0**-24


@pytest.mark.parametrize("name", ["sin", "cos"])
def test_a_search_looks_at_no_huge_argument(name):
    whole = resolve(name, None, "usual")
    searched = whole.searched
    assert whole.complete and whole.domain == (-HARD[-1], HARD[-1])
    assert searched.domain == (-100.0, 100.0) and not searched.complete
    assert searched.reduction.core == whole.reduction.core
    assert len(searched.reduction.before) < 20 < 100 < len(whole.reduction.before)
    assert resolve(name, "-100,100", "usual").reduction == searched.reduction
    assert resolve(name, "-100,100", "usual").fast is None
    for domain in ("0,200", "200,1000000000"):
        other = resolve(name, domain, "usual")
        assert other.reduction == whole.reduction and not other.complete
        assert other.searched.domain == searched.domain


def test_functions_without_an_inner_part_are_searched_as_they_are():
    exp = resolve("exp", None, "usual")
    assert exp.searched == exp

"""Where odd functions are taken as constant: the further out, the less errors may be."""

import math

import numpy as np
import pytest

from elitemap.searchspaces.elementary.float32.functions import resolve
from elitemap.searchspaces.elementary.float32.parts import reducing, run


def end(name, units):
    """The reduced argument of a large one."""
    reduction = resolve(name, None, "usual", units).reduction
    return float(run(reducing(reduction), np.array([[1e9]], np.float32))[0])


@pytest.mark.parametrize(("name", "function"), [("tanh", math.tanh), ("erf", math.erf)])
def test_what_is_lacked_of_1_is_a_quarter_of_the_error(name, function):
    ends = [end(name, 2.0**bits) for bits in (5, 10, 15, 20)]
    assert ends == sorted(ends, reverse=True) and len(set(ends)) == len(ends)
    for bits, found in zip((5, 10, 15, 20), ends, strict=True):
        assert 1.0 - function(found) <= 2.0 ** (bits - 24) / 4
    assert end(name, math.inf) > ends[0]


def test_errors_as_large_as_the_function_leave_something_of_it():
    assert end("tanh", 2.0**24) > 1.0

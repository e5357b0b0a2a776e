"""Levels in tables and as sums: what they say, and how they are fitted."""

import numpy as np
import pytest

from elitemap.evaluators.quantizers.formats.measuring import Weights, measure
from elitemap.searchspaces.quantizers.formats.elements import (
    SUMS,
    Element,
    entries_of,
)
from elitemap.searchspaces.quantizers.formats.quantizers import read, written
from elitemap.searchspaces.quantizers.formats.rule import FormatError


def test_a_table_of_two_choices_is_what_it_says(layout):
    rule = layout(bits=2, choice=1)
    shifted = Element(4, None, (-1.0, -0.25, 0.25, 1.0, 0.125)).levels(rule)
    np.testing.assert_array_equal(shifted[1] - shifted[0], np.full(4, 0.125, np.float32))
    double = Element(3, None, tuple(map(float, range(8)))).levels(rule)
    np.testing.assert_array_equal(double, np.arange(8, dtype=np.float32).reshape(2, 4))
    mirrored = Element(2, None, (1.0, 3.0)).levels(layout(bits=2))
    np.testing.assert_array_equal(mirrored, [[1, 3, -1, -3]])


def test_sums_are_what_they_say(layout):
    """The additive powers of two of four bits, as the paper has them, times 32."""
    rule = layout()
    element = Element.from_json({"shape": "sums", "table": [0, 32, 8, 2, 0, 16]}, rule)
    assert element.whole and element.bytes == 6
    levels = element.levels(rule)[0]
    np.testing.assert_array_equal(levels[:8], [0, 16, 32, 48, 8, 24, 2, 18])
    np.testing.assert_array_equal(levels[8:], -levels[:8])
    for bad in ([0, 32, 8, 3, 0, 16], [0, 32, 8, 2, 0], [0, 128, 8, 2, 0, 16]):
        with pytest.raises(FormatError):
            Element.from_json({"shape": "sums", "table": bad}, rule)
    with pytest.raises(FormatError):
        read(written(layout(choice=1), element))


@pytest.mark.parametrize("bits", range(2, 9))
@pytest.mark.parametrize("whole", [0, 1])
def test_sums_are_fitted(space, layout, bits, whole):
    """To levels that are sums: all weights are levels, and the fit is all but exact."""
    rng = np.random.default_rng(bits)
    rule, count = layout("fp32", block=0, bits=bits), entries_of(SUMS, bits)
    table = 2.0 ** rng.permutation(7)[np.arange(count) % 7] if whole else rng.normal(size=count)
    true = Element(SUMS, None, tuple(table.astype(np.float32).astype(float).tolist()), bool(whole))
    weights = np.repeat(true.levels(rule)[0], 32)
    near = table * np.exp(rng.normal(0, 0.02, count))
    start = Element(SUMS, None, tuple(near.astype(np.float32).astype(float).tolist()))
    batch = space.from_json([written(rule, start)])
    batch.whole[:] = whole
    found = measure(batch, Weights.of(weights), Weights.of(weights), 30)
    assert found.error[0] < (1e-9 if whole else 1e-3)

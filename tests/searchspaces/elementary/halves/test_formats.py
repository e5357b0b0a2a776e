"""16-bit numbers as NumPy and ml_dtypes know them, and conversions as these make them."""

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.evaluators.halves.intervals import rest, run
from elitemap.searchspaces.elementary.float32.reductions.magnitudes import plain
from elitemap.searchspaces.elementary.halves.conversions import TIES, converted
from elitemap.searchspaces.elementary.halves.formats import EVERY, FORMATS
from elitemap.searchspaces.elementary.targets import resolve_target

KINDS = {"bfloat16": ml_dtypes.bfloat16, "float16": np.float16}
IDENTITY = plain(resolve_target("exp2"))


@pytest.fixture(params=FORMATS)
def number(request):
    return FORMATS[request.param]


def closed(number, ties, singles):
    """Bits of float32 rounded to 16 bits, by the part of a program that comes last."""
    program = rest(converted(IDENTITY, number, ties))
    inputs = np.stack([np.zeros(len(singles), np.float32), np.asarray(singles, np.float32)])
    return run(program, inputs).view(np.int32).astype(np.uint16)


def test_values_are_those_of_numpy(number):
    with np.errstate(invalid="ignore"):
        wanted = EVERY.view(KINDS[number.name]).astype(np.float64)
    np.testing.assert_array_equal(number.values(EVERY), wanted)
    finite = np.isfinite(wanted)
    np.testing.assert_array_equal(number.words(wanted[finite]), EVERY[finite])
    info = ml_dtypes.finfo(KINDS[number.name])
    assert number.largest == float(info.max) and number.units(np.array([1.0]))[0] == float(info.eps)
    assert np.isnan(number.values(np.array([number.nan], np.uint16)))[0]


def test_numbers_between_two_are_refused(number):
    with pytest.raises(ValueError, match=f"numbers of {number.name}"):
        number.words(np.array([1.0 + 2.0**-20]))


def test_places_are_the_order(number):
    finite = ~number.is_nan(EVERY)
    order = np.argsort(number.values(EVERY[finite]), kind="stable")
    assert (np.diff(number.places(EVERY[finite])[order]) >= 0).all()


@pytest.mark.parametrize("ties", TIES)
def test_every_number_goes_through_unchanged(number, ties):
    back = closed(number, ties, number.values(EVERY).astype(np.float32))
    nan = number.is_nan(EVERY)
    np.testing.assert_array_equal(back[~nan], EVERY[~nan])
    assert number.is_nan(back[nan]).all()


def test_what_comes_in_is_its_value(number):
    reduction = converted(IDENTITY, number, "even")
    code = rest(reduction)
    # The last value before the core is the opened argument.
    opened = type(code).of(
        type(code.signature)(reduction.signature.inputs, ("single",)),
        reduction.before,
        (reduction.argument,),
        code.dialect,
    )
    got = run(opened, EVERY.astype(np.int32).view(np.float32)[None])
    np.testing.assert_array_equal(got, number.values(EVERY).astype(np.float32))


@given(
    bits=st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=40), ties=st.sampled_from(TIES)
)
def test_rounding_is_that_of_numpy_but_for_ties(bits, ties):
    singles = np.array(bits, np.uint32).view(np.float32)
    # NaNs as they come from 16-bit numbers and from arithmetic.
    singles = np.where(np.isnan(singles), np.float32(np.nan), singles)
    for name, number in FORMATS.items():
        with np.errstate(all="ignore"):
            wanted = singles.astype(KINDS[name]).view(np.uint16)
        got = closed(number, ties, singles)
        nan = np.isnan(singles)
        assert number.is_nan(got[nan]).all()
        below, above = (np.nextafter(singles, np.float32(to)) for to in (-np.inf, np.inf))
        with np.errstate(all="ignore"):
            tie = below.astype(KINDS[name]) != above.astype(KINDS[name])
        plain = ~nan & (~tie | (ties == "even"))
        np.testing.assert_array_equal(got[plain], wanted[plain])


def test_ties_go_where_they_are_said_to(number):
    step = 2.0 ** (1 - number.precision)
    ties = np.array([1 + step / 2, 1 + 1.5 * step, -1 - step / 2, -1 - 1.5 * step])
    wanted = {
        "even": [1, 1 + 2 * step, -1, -1 - 2 * step],
        "away": [1 + step, 1 + 2 * step, -1 - step, -1 - 2 * step],
        "up": [1 + step, 1 + 2 * step, -1, -1 - step],
    }
    for way, values in wanted.items():
        np.testing.assert_array_equal(number.values(closed(number, way, ties)), values)

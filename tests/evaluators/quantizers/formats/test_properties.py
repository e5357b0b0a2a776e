"""What certificates say of NaN, infinities, extremes, zeros and repetition, in every language."""

import ctypes

import numpy as np
import pytest

from elitemap.evaluators.quantizers.formats.properties import (
    EXTREMES,
    NO_NUMBERS,
    behaviour,
    probe,
    properties,
    with_extreme,
)
from elitemap.searchspaces.quantizers.formats.elements import Element
from elitemap.searchspaces.quantizers.formats.encoding import encode
from elitemap.searchspaces.quantizers.formats.export import exported
from elitemap.searchspaces.quantizers.formats.packing import decode, pack
from elitemap.searchspaces.quantizers.formats.quantizers import written


def test_all_layouts_refuse_what_is_no_number(quantizers):
    for rule, element in quantizers(150, 21):
        told = behaviour(rule, element.levels(rule))
        assert (told["nan"], told["infinity"]) == ("refused", "refused"), rule.text()


def test_formats_that_people_use_saturate(known_formats, layout, uniform):
    for rule, element in [*known_formats, (layout("fp16", search=0), uniform)]:
        told = properties(rule, element)
        assert told["saturating"] and told["zeros_stay"], rule.text()


def test_extremes_get_the_outermost_level(layout, uniform):
    """Beyond the largest binary16 as a scale: no code wraps, and what is near stays finite."""
    rule, levels = layout("fp16"), uniform.levels(layout("fp16"))
    weights = with_extreme(EXTREMES[0])
    encoded = encode(rule, levels, weights)
    far = np.flatnonzero(np.abs(weights) == np.float32(EXTREMES[0]))
    assert levels[0, encoded.codes[far]].tolist() == [7.0, -8.0]
    back = decode(rule, levels, weights.size, pack(rule, encoded))
    assert np.abs(back).max() == 65504 * 8


def test_up_to_which_size_formats_saturate(layout, uniform):
    """Searches square weights, which ends at the root of the largest float32."""
    reach = {s: properties(layout("fp32", search=s), ends(s))["saturates_to"] for s in (0, 1)}
    assert reach == {0: 1e36, 1: 1e18}
    positive = Element(1, None, tuple(k / 15 for k in range(1, 17)))
    told = properties(layout("fp32", search=0), positive)
    assert not told["saturating"] and told["saturates_to"] == 0


def ends(search):
    """Levels -8 to 7, whole or by their largest."""
    return Element(1, None, tuple((k / (1 if search else 8)) for k in range(-8, 8)), bool(search))


def test_what_comes_back_may_come_back_again(layout):
    """With a scale that is stored as it is, by the absolute maximum."""
    even = Element(1, None, (-1.0, *(k / 7 for k in range(-7, 8))))
    assert properties(layout("fp32", search=0), even)["idempotent"]
    rng = np.random.default_rng(1)
    uneven = Element(1, None, tuple(np.sort(rng.normal(size=16)).astype(np.float32).astype(float)))
    assert not properties(layout("e4m3", search=0), uneven)["idempotent"]


@pytest.mark.slow
def test_exported_c_refuses_and_saturates_alike(compiled, known_formats):
    for k, (rule, element) in enumerate(known_formats):
        levels, weights = element.levels(rule), probe()
        data = np.zeros(rule.bytes(weights.size), np.uint8)
        size, back = ctypes.c_size_t(weights.size), np.empty_like(weights)
        at = [ctypes.c_void_p(a.ctypes.data) for a in (weights, data, back, np.ones_like(weights))]
        coded, weighted, decoded = (
            getattr(compiled, f"q{k}_{name}") for name in ("encode", "encode_weighted", "decode")
        )
        for number in sum(NO_NUMBERS.values(), ()):
            weights[700] = number
            assert coded(at[0], size, at[1]) == weighted(at[0], at[3], size, at[1]) == -1
            assert not data.any()
        for extreme in EXTREMES:
            weights[:] = with_extreme(extreme)
            expected = pack(rule, encode(rule, levels, weights))
            assert coded(at[0], size, at[1]) == 0 and data.tobytes() == expected
            decoded(at[1], size, at[2])
            with np.errstate(over="ignore", invalid="ignore"):
                np.testing.assert_array_equal(back, decode(rule, levels, weights.size, expected))


@pytest.mark.slow
@pytest.mark.parametrize("language", ["numpy", "jax"])
def test_exported_python_saturates_alike(known_formats, language):
    if language == "jax":
        pytest.importorskip("jax")
    for k, (rule, element) in enumerate(known_formats[:3:2]):
        [text] = exported(written(rule, element), None, "p", language).values()
        module = {"__name__": f"p{k}"}
        exec(compile(text, "p.py", "exec"), module)
        levels = element.levels(rule)
        for extreme in EXTREMES[::5]:
            weights = with_extreme(extreme)
            data = pack(rule, encode(rule, levels, weights))
            given = data if language == "numpy" else np.frombuffer(data, np.uint8)
            with np.errstate(over="ignore", invalid="ignore"):
                made = np.asarray(module["decode"](given, weights.size))
                np.testing.assert_array_equal(made, decode(rule, levels, weights.size, data))

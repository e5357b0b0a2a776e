"""Bytes: as many as are said, nothing but them is needed, and each is what the layout says."""

import json

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import hadamard

from elitemap.evaluators.quantizers.formats.known import known
from elitemap.searchspaces.quantizers.formats.elements import (
    SHAPES,
)
from elitemap.searchspaces.quantizers.formats.encoding import encode
from elitemap.searchspaces.quantizers.formats.menu import (
    layouts,
)
from elitemap.searchspaces.quantizers.formats.packing import decode
from elitemap.searchspaces.quantizers.formats.rule import CODECS, FormatError, Rule

LAYOUTS = layouts()


@pytest.mark.parametrize("n", [1, 15, 16, 17, 255, 256, 1000, 66_001])
def test_every_length_comes_back(through, quantizers, n):
    rng = np.random.default_rng(n)
    weights = rng.standard_normal(n).astype(np.float32)
    for rule, element in quantizers(30, n):
        back = through(rule, element.levels(rule), weights)
        assert back.shape == (n,) and np.isfinite(back).all()


def test_decoding_is_what_the_kernel_meant(through, quantizers):
    """Scale, level and offset of each weight, put together from what was encoded."""
    weights = np.random.default_rng(3).standard_t(4, 700).astype(np.float32)
    seen = set()
    for rule, element in quantizers(1200):
        levels = element.levels(rule)
        e = encode(rule, levels, weights)
        block = np.arange(700) // (rule.block or 700)
        unit = np.ones((rule.blocks(700), 2), np.float32)
        if rule.unit_width:
            unit = np.repeat(e.units, rule.group // rule.block if rule.group else 700, axis=0)
            unit = unit[: rule.blocks(700)]
        scale = magnitudes(rule, e.scales) * unit[:, 0] * (1 - 2.0 * e.negative)
        made = np.float32(scale)[block] * levels[e.choices[block], e.codes]
        if rule.offset:
            offset = magnitudes(rule, e.offsets) * unit[:, 1] * (1 - 2.0 * e.below)
            made = made + np.float32(offset)[block]
        seen |= {CODECS[rule.codec], SHAPES[element.shape]}
        if rule.rotated:
            whole = 700 // rule.rotated * rule.rotated
            runs = made[:whole].reshape(-1, rule.rotated).astype(float)
            turned = runs @ hadamard(rule.rotated) / rule.rotated**0.5
            back = through(rule, levels, weights)
            close = 1e-6 * np.abs(turned).max()
            np.testing.assert_allclose(back[:whole], turned.reshape(-1), rtol=0, atol=close)
            np.testing.assert_array_equal(back[whole:], made[whole:])
            continue
        spans = np.arange(len(e.places)) * 256
        for places, values in zip(e.places.T, e.values.T, strict=True):
            made[spans + places] = values.view(ml_dtypes.bfloat16)
        np.testing.assert_array_equal(through(rule, levels, weights), made)
    assert seen == {*CODECS, *SHAPES}


def magnitudes(rule, codes):
    """Scales by the types of another package."""
    name = CODECS[rule.codec]
    if name == "fp32":
        return codes.view(np.float32)
    if name == "int":
        return codes.astype(np.float32)
    if name == "ue5m3":
        wide = codes.astype(float)
        exponent, rest = np.divmod(wide, 8)
        return np.where(exponent, (1 + rest / 8) * 2.0 ** (exponent - 15), rest / 8 * 2.0**-14)
    kind, width = {
        "fp16": (np.float16, np.uint16),
        "bf16": (ml_dtypes.bfloat16, np.uint16),
        "e8m0": (ml_dtypes.float8_e8m0fnu, np.uint8),
        "e4m3": (ml_dtypes.float8_e4m3fn, np.uint8),
    }[name]
    return codes.astype(width).view(kind).astype(np.float32)


@pytest.mark.parametrize("codec", ["fp32", "fp16", "bf16", "e4m3"])
def test_scales_are_rounded_to_the_nearest(layout, uniform, codec):
    """By absolute maximum: what is stored is that number in another type."""
    weights = np.random.default_rng(5).standard_normal(16 * 400).astype(np.float32)
    rule = layout(codec, search=0)
    levels = uniform.levels(rule) / np.float32(8)
    encoded = encode(rule, levels, weights)
    wanted = np.abs(weights).reshape(-1, 16).max(axis=1)
    if rule.unit_width:
        unit = encoded.units[0, 0]
        assert unit == np.float32(wanted.max() / np.float32(448))
        wanted = wanted / unit
    kind = {
        "fp32": np.float32, "fp16": np.float16, "bf16": ml_dtypes.bfloat16,
        "e4m3": ml_dtypes.float8_e4m3fn,
    }[codec]  # fmt: skip
    got = magnitudes(rule, encoded.scales)
    np.testing.assert_array_equal(got, wanted.astype(kind).astype(np.float32))


def test_every_weight_gets_the_nearest_level(through, quantizers):
    """Also those of small floats, evenly spaced ones and pairs of both signs, found otherwise."""
    weights = np.random.default_rng(6).standard_normal(512).astype(np.float32)
    for rule, element in [*quantizers(40, 6), *known().values()]:
        levels = element.levels(rule).astype(float)
        e = encode(rule, element.levels(rule), weights)
        back = through(rule, element.levels(rule), weights).astype(float)
        block = np.arange(512) // (rule.block or 512)
        for b in range(rule.blocks(512)):
            at = block == b
            own = levels[e.choices[b]]
            code = e.codes[at]
            spread = np.ptp(own[code])
            if not spread or rule.offset or rule.outliers or rule.rotated:
                continue
            low, high = np.argmin(own[code]), np.argmax(own[code])
            scale = (back[at][high] - back[at][low]) / spread
            reach = np.abs(weights[at][:, None] - scale * own).min(axis=1)
            assert (np.abs(weights[at] - back[at]) <= reach + 1e-5 * np.abs(weights).max()).all()


def test_zeros_stay_zeros(through, quantizers):
    weights = np.zeros(600, np.float32)
    weights[:256] = np.random.default_rng(1).standard_normal(256)
    for rule, element in quantizers(60, 2):
        back = through(rule, element.levels(rule), weights)
        assert np.isfinite(back).all()
        if rule.block and not rule.offset and CODECS[rule.codec] != "e8m0":
            assert (back[512:] == 0).all(), rule.text()


@pytest.mark.parametrize("codec, signed", [("e8m0", 0), ("e4m3", 0), ("e4m3", 1), ("ue5m3", 0)])
def test_few_blocks_that_are_not_zero_are_seen(through, layout, uniform, codec, signed):
    """Codes of small floats are chosen by some blocks, which may all be zero."""
    weights = np.zeros(1 << 16, np.float32)
    weights[16:32] = np.random.default_rng(4).standard_normal(16)
    rule = layout(codec, signed=signed)
    back = through(rule, uniform.levels(rule), weights)
    assert ((back - weights) ** 2).sum() < 0.05 * (weights**2).sum()


@pytest.mark.parametrize("bad", [[], [np.nan], [1.0, np.inf]])
def test_weights_that_are_none_are_refused(layout, uniform, bad):
    rule = layout()
    with pytest.raises(FormatError, match="finite weights"):
        encode(rule, uniform.levels(rule), np.array(bad, np.float32))


def test_bytes_of_another_length_are_refused(layout, uniform):
    rule = layout()
    with pytest.raises(FormatError, match="expected 30 bytes of 47 weights, got 3"):
        decode(rule, uniform.levels(rule), 47, b"abc")


@given(st.integers(0, len(LAYOUTS) - 1), st.integers(1, 3000))
@settings(max_examples=60, deadline=None)
def test_bits_are_counted_from_bytes(index, n):
    """The streams one by one, from the widths that documentation states."""
    rule = Rule(*LAYOUTS[index].tolist())
    assert Rule.from_json(json.loads(json.dumps(rule.to_json()))) == rule
    blocks = -(-n // rule.block) if rule.block else 1
    each = {"fp32": 32, "fp16": 16, "bf16": 16, "e8m0": 8, "e4m3": 8, "ue5m3": 8}
    scale = each.get(CODECS[rule.codec], rule.scale_bits)
    parts = [n * rule.bits, blocks * scale, blocks * rule.choice]
    if rule.offset:
        whole = rule.scale_bits + (rule.offset == 1)
        parts.append(blocks * (whole if rule.scale_bits else scale))
    if CODECS[rule.codec] in ("e4m3", "ue5m3", "int"):
        units = -(-n // rule.group) * 16 if rule.group else 32
        parts.append(units * (2 if rule.offset else 1))
    parts.append(-(-n // 256) * rule.outliers * (8 + 16))
    assert rule.bytes(n) == sum(-(-part // 8) for part in parts)

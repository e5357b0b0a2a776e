"""Number formats that people use, as layouts and levels of this space.

"-like" formats have the levels and the layout of their namesakes, and our search of scales; those
with best scales have the bytes of theirs. Nothing of this is in a search that is not told to begin
with it.
"""

from typing import Any

import numpy as np
from scipy import special

from elitemap.archive.errors import UsageError
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.quantizers.formats.elements import PROGRAM, SIGNATURE, Element
from elitemap.searchspaces.quantizers.formats.rule import CODECS, Rule

#: NF4 (Dettmers et al., QLoRA, 2023) and BOF4-S for blocks of 64 (arXiv 2505.06653), in units of
#: the block's maximum; the latter's is signed.
_NF4 = (
    *(-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453),
    *(-0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0),
    *(0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224),
    *(0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0),
)
_BOF4S = (
    *(-0.85684639, -0.66928744, -0.52352661, -0.40048826, -0.29106382, -0.1900093, -0.09385296),
    *(0.0, 0.08876717, 0.17948027, 0.27430961, 0.37601975, 0.488653, 0.61886036, 0.77913958, 1.0),
)
#: AF4 for blocks of 64 (Yoshida, arXiv 2306.06965): the least mean magnitude of the error.
_AF4 = (
    *(-1.0, -0.69441008, -0.51243739, -0.3736951, -0.25607552, -0.14982478, -0.04934812, 0.0),
    *(0.04273164, 0.12934483, 0.21961274, 0.31675666, 0.42563882, 0.55496234, 0.72424863, 1.0),
)
#: Magnitudes of APoT (Li et al., arXiv 1909.13144) of 4 bits: one of 0, 1, 4, 8 and one of 0, 2.
_APOT = tuple(sorted(a + b for a in (0.0, 1.0, 4.0, 8.0) for b in (0.0, 2.0)))
#: Levels of IQ4_NL and its relatives (llama.cpp); IQ4_K and IQ4_KS choose between them and the same
#: shifted by 4 (ik_llama.cpp).
_IQ4 = (-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113)
#: Magnitudes of E2M1 (OCP Microscaling).
_E2M1 = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)


def _minifloat(exponents: int, mantissas: int) -> tuple[float, ...]:
    """Magnitudes of a small float without infinities, smallest first, subnormals 0 to 1."""
    steps = 1 << mantissas
    made = [float(k) for k in range(steps)]
    for exponent in range(1, 1 << exponents):
        made += [(steps + k) * 2.0 ** (exponent - 1) for k in range(steps)]
    return tuple(x / steps for x in made)


def _student_float() -> tuple[float, ...]:
    """SF4 (Dotzel et al., 2024): NF4's construction with quantiles of Student's t, 5 degrees."""
    end = 0.5 * (1.0 - 1.0 / 32 + 1.0 - 1.0 / 30)
    above = special.stdtrit(5.0, np.linspace(end, 0.5, 9)[:-1])
    below = -special.stdtrit(5.0, np.linspace(end, 0.5, 8)[:-1])
    levels = np.concatenate([below, [0.0], above])
    return tuple(np.sort(levels / levels.max()).tolist())


def _byte_float(mantissas: int) -> Element:
    """A float of eight bits as a program: its bits are those of a float32, shifted."""
    rows: list[list[Any]] = [
        ["word", 0x7F], ["and", 2, 4], ["word", 23 - mantissas], ["shl", 5, 6],
        ["word", 0x80], ["and", 2, 8], ["word", 24], ["shl", 9, 10], ["or", 7, 11],
        ["float", 12], ["single", "0x1.0000000000000p+120"], ["fmul", 13, 14],
    ]  # fmt: skip
    return _program(rows, 15)


def _whole_number(unit: float) -> Element:
    """The code, signed, times a unit."""
    return _program([["single", float(np.float32(unit)).hex()], ["fmul", 0, 4]], 5)


def _program(rows: list[list[Any]], output: int) -> Element:
    """Levels by instructions over the inputs of levels."""
    bare = Program.of(SIGNATURE, (), (0,), FLOAT32).to_json()
    written = {**bare, "instructions": rows, "outputs": [output]}
    return Element(PROGRAM, Program.from_json(written, FLOAT32))


def _rule(block: int, codec: str, width: int = 0, group: int = 0, **flags: int) -> Rule:
    told = {"bits": 4, "signed": 0, "search": 1, "offset": 0, "choice": 0} | flags
    return Rule(
        block=block, codec=CODECS.index(codec), scale_bits=width, group=group, **told
    )  # fmt: skip


def _table(values: tuple[float, ...], shape: int = 1) -> Element:
    return Element(shape, None, tuple(float(np.float32(x)) for x in values))


def _whole(values: tuple[float, ...], shape: int = 1) -> Element:
    return Element(shape, None, tuple(map(float, values)), True)


def known() -> dict[str, tuple[Rule, Element]]:
    """Layout and levels by name."""
    int4 = _table((-1.0, *(k / 7 for k in range(-7, 8))))
    fp4 = _table(tuple(x / 6 for x in _E2M1), 2)
    razer = _table((-5.0, *(-x for x in _E2M1[1:]), *_E2M1))
    signed8 = _table(tuple(k / -8 for k in range(-8, 8)))
    both = _whole((*_IQ4, 4), 4)
    uniform = _whole(tuple(range(16)))
    return {
        "INT4, blocks of 32": (_rule(32, "fp16", search=0), int4),
        "INT4, blocks of 64": (_rule(64, "fp16", search=0), int4),
        "Q4_0": (_rule(32, "fp16", search=0, signed=1), signed8),
        "FP4 (E2M1), blocks of 32": (_rule(32, "fp16", search=0), fp4),
        "NF4, blocks of 64": (_rule(64, "fp16", search=0), _table(_NF4)),
        "AF4, blocks of 64": (_rule(64, "fp16", search=0), _table(_AF4)),
        "BOF4-S, blocks of 64": (_rule(64, "fp16", search=0, signed=1), _table(_BOF4S)),
        "MXFP4's bytes, best exponents": (_rule(32, "e8m0"), _table(_E2M1, 2)),
        "NVFP4": (_rule(16, "e4m3", search=0), fp4),
        "NVFP4's bytes, best scales": (_rule(16, "e4m3"), _table(_E2M1, 2)),
        "RaZeR-like": (_rule(16, "e4m3", signed=1), razer),
        "IQ4_XS-like": (_rule(32, "int", 6, 256, signed=1), _whole(_IQ4)),
        "IQ4_KS-like": (_rule(32, "int", 7, 0, signed=1, choice=1), both),
        "IQ4_K-like": (_rule(16, "int", 6, 256, signed=1, choice=1), both),
        "Q4_K-like": (_rule(32, "int", 6, 256, offset=2), uniform),
        "SF4, blocks of 64": (_rule(64, "fp16", search=0), _table(_student_float())),
        **_additive(),
        **_more_bits(),
    }


def _additive() -> dict[str, tuple[Rule, Element]]:
    """Sums of two powers of two by the absolute maximum and, as the whole numbers, by the best."""
    largest = max(_APOT)
    return {
        "APoT, blocks of 64": (
            _rule(64, "fp16", search=0),
            _table(tuple(x / largest for x in _APOT), 2),
        ),
        "APoT, one scale a tensor": (_rule(0, "fp32"), _whole(_APOT, 2)),
        "INT4, one scale a tensor": (_rule(0, "fp32"), _whole(tuple(range(-8, 8)))),
    }


def _more_bits() -> dict[str, tuple[Rule, Element]]:
    """Formats of six and eight bits; those of Microscaling with the best exponent of each block."""
    eight = {"bits": 8}
    return {
        "MXFP6 (E2M3), best exponents": (_rule(32, "e8m0", bits=6), _table(_minifloat(2, 3), 2)),
        "MXFP6 (E3M2), best exponents": (_rule(32, "e8m0", bits=6), _table(_minifloat(3, 2), 2)),
        "MXFP8 (E4M3), best exponents": (_rule(32, "e8m0", **eight), _byte_float(3)),
        "MXFP8 (E5M2), best exponents": (_rule(32, "e8m0", **eight), _byte_float(2)),
        "MXINT8, best exponents": (_rule(32, "e8m0", **eight), _whole_number(1.0)),
        "INT8, blocks of 64": (_rule(64, "fp16", search=0, **eight), _whole_number(1 / 127)),
    }


def named(text: str) -> tuple[Rule, Element]:
    """Layout and levels of the format that a user names, by its name or the beginning of it.

    Raises:
        UsageError: If none is called so, or several.
    """
    formats, word = known(), text.strip().lower()
    found = [name for name in formats if word and name.lower().startswith(word)]
    exact = [name for name in found if name.lower() == word]
    if len(exact or found) != 1:
        raise UsageError(
            f"expected one of the formats {'; '.join(formats)}, got {text.strip()[:40]!r}"
        )
    return formats[(exact or found)[0]]

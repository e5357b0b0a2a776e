"""What the array languages of ``float32`` share: helpers that templates call, and recorded bits."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from elitemap.searchspaces.programs.emission.lowering import Lowered
from elitemap.searchspaces.programs.program import Instruction, Program

_FMA = '''\
def _fma(a, b, c):
    """a * b + c rounded once: the sum in float64 rounded to odd, then to float32."""
    a, b, c = (np.asarray(v, np.float64) for v in (a, b, c))
    product = a * b
    total = product + c
    back = total - product
    lost = (product - (total - back)) + (c - back)
    bits = total.view(np.int64)
    inexact = np.isfinite(total) & (lost != 0.0) & (bits & 1 == 0)
    away = np.where((lost > 0.0) == (total > 0.0), np.int64(1), np.int64(-1))
    return np.where(inexact, bits + away, bits).view(np.float64).astype(np.float32)
'''

_TO_INT = '''\
def _toint(a):
    """The nearest whole number; -2^31 for NaN and what is out of range."""
    inside = (a >= np.float32(-(2.0**31))) & (a < np.float32(2.0**31))
    whole = np.rint(np.where(inside, a, np.float32(0))).astype(np.int32)
    return np.where(inside, whole, np.int32(-(2**31)))
'''

_BITS = """\
def _bits(a):
    return jax.lax.bitcast_convert_type(a, jnp.int32)
"""

_FLOAT = """\
def _float(a):
    return jax.lax.bitcast_convert_type(a, jnp.float32)
"""

#: What templates call, by name, in each language.
HELPERS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "numpy": {"_fma": _FMA, "_toint": _TO_INT},
        "jax": {
            "_bits": _BITS,
            "_float": _FLOAT,
            "_toint": _TO_INT.replace("np.", "jnp."),
        },
    }
)


def helpers(lowered: Lowered, language: str) -> list[str]:
    """The functions that a program's expressions call."""
    called = " ".join(expression for _, expression in lowered.steps)
    return [text for name, text in HELPERS[language].items() if f"{name}(" in called]


def literal(program: Program, instruction: Instruction, module: str) -> str:
    """A constant as an expression in ``np`` or ``jnp``."""
    if program.primitive(instruction).result == "table":
        entries = ", ".join(str(np.float32(entry)) for entry in instruction.constant)
        return f"{module}.array([{entries}], {module}.float32)"
    (value,) = instruction.constant
    if program.primitive(instruction).result == "single":
        return f"{module}.float32({str(np.float32(value))})"
    return f"{module}.int32({value})"

"""Tricks with the bits of floats: the fastest and the least accurate of all peers.

The ideas and their constants are others'; the code is written here.

- *Schraudolph*: the bits of a float, read as a number, are nearly its logarithm. N. N. Schraudolph,
  A fast, compact approximation of the exponential function, Neural Computation 11 (1999); read
  backwards it is J. N. Mitchell's logarithm, IRE Trans. Electronic Computers 11 (1962).
- *fastapprox*: a quotient in the fraction corrects that. P. Mineiro, fastapprox, 2011.
- *Lambert*: the continued fraction of tanh (1770) up to x^7, as audio programmers use it.
"""

from collections.abc import Iterator
from types import MappingProxyType

from elitemap.engine.protocols import Missing
from elitemap.evaluators.float32.peers.building import LOOP, built
from elitemap.evaluators.float32.peers.peer import Peer

_HEAD = """\
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
static inline float from_bits(int32_t i) { float f; memcpy(&f, &i, sizeof f); return f; }
static inline int32_t to_bits(float f) { int32_t i; memcpy(&i, &f, sizeof i); return i; }

/* Schraudolph's, with the offset of the least largest relative error. */
static inline float s_exp2(float x)
{
    const float p = x < -126.0f ? -126.0f : x > 127.99f ? 127.99f : x;
    return from_bits((int32_t)(p * 8388608.0f + 1064986816.0f));
}
static inline float s_log2(float x) { return (float)to_bits(x) * 0x1p-23f - 126.9569550f; }

/* Mineiro's. */
static inline float f_exp2(float x)
{
    const float p = x < -126.0f ? -126.0f : x > 127.99f ? 127.99f : x;
    const float z = p - floorf(p);
    const float w = p + 121.2740575f + 27.7280233f / (4.84252568f - z) - 1.49012907f * z;
    return from_bits((int32_t)(w * 8388608.0f));
}
static inline float f_log2(float x)
{
    const float m = from_bits((to_bits(x) & 0x007fffff) | 0x3f000000);
    return (float)to_bits(x) * 0x1p-23f - 124.22551499f - 1.498030302f * m
        - 1.72587999f / (0.3520887068f + m);
}

/* Lambert's. */
static inline float l_tanh(float x)
{
    const float a = x < -4.97f ? -4.97f : x > 4.97f ? 4.97f : x, b = a * a;
    return a * (135135.0f + b * (17325.0f + b * (378.0f + b)))
        / (135135.0f + b * (62370.0f + b * (3150.0f + b * 28.0f)));
}
const char *peer_version(void) { return "written here"; }
"""

_E, _2 = "1.44269504f", "0.69314718f"


def _by(exp2: str, log2: str) -> dict[str, str]:
    """What follows from the two: expressions in ``v``."""
    power = f"{exp2}(-{_E} * v)"
    return {
        "exp2": f"{exp2}(v)",
        "exp": f"{exp2}({_E} * v)",
        "log2": f"{log2}(v)",
        "log": f"{_2} * {log2}(v)",
        "tanh": f"2.0f / (1.0f + {exp2}(-2.0f * {_E} * v)) - 1.0f",
        "sigmoid": f"1.0f / (1.0f + {power})",
        "silu": f"v / (1.0f + {power})",
    }


_TRICKS = MappingProxyType(
    {
        "Schraudolph": MappingProxyType(_by("s_exp2", "s_log2")),
        "fastapprox": MappingProxyType(_by("f_exp2", "f_log2")),
        "Lambert": MappingProxyType({"tanh": "l_tanh(v)"}),
    }
)


def peers(name: str) -> Iterator[Peer | Missing]:
    """Every trick for a function."""
    for family, expressions in _TRICKS.items():
        if name in expressions:
            text = _HEAD + LOOP.format(call=expressions[name])
            yield built(family, name, text, cure="it does not compile here")

"""Which functions libraries have, and what others are made of."""

from collections.abc import Mapping
from types import MappingProxyType

#: Functions of the C library, and of the vector libraries, with these names.
IN_C = frozenset(
    "exp2 exp expm1 log2 log log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh "
    "atanh erf erfc cbrt sqrt".split()
)

#: What people write for functions that libraries lack: C with vectors of gcc and clang, in ``v``;
#: ``F(name)(..)`` is a function of the library. gelu is that by erfc, exact but for roundings.
COMPOSED: Mapping[str, str] = MappingProxyType(
    {
        "sigmoid": "1.0f / (1.0f + F(exp)(-v))",
        "silu": "v / (1.0f + F(exp)(-v))",
        "softplus": "F(log1p)(F(exp)(v))",
        "gelu": "0.5f * v * F(erfc)(v * -0.70710678f)",
    }
)


def called(name: str) -> str | None:
    """The expression in ``v`` for a function; None if it is neither in C nor made of what is."""
    return f"F({name})(v)" if name in IN_C else COMPOSED.get(name)

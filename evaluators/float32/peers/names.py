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

#: Others that people write, with errors of their own: gelu's is 0.00047.
ROUGH: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "gelu": (
            "by tanh",
            "0.5f * v * (1.0f + F(tanh)(v * (0.797884561f + 0.0356774081f * v * v)))",
        )
    }
)


def called(name: str) -> str | None:
    """The expression in ``v`` for a function; None if it is neither in C nor made of what is."""
    return f"F({name})(v)" if name in IN_C else COMPOSED.get(name)


def calls(name: str) -> dict[str, str]:
    """All expressions in ``v`` for a function, by what is said of them beside their library."""
    usual, rough = called(name), ROUGH.get(name)
    found = {} if usual is None else {"": usual}
    return found if rough is None else found | {f" {rough[0]}": rough[1]}

"""The functions whose ratios continued fractions are: their names, texts and values."""

from collections.abc import Callable, Mapping

from flint import acb, fmpq

#: Functions, and how their ratio reads: F(raised)/F(plain).
KINDS: Mapping[str, str] = {
    "0F1": "0F1(; s+1; z)/0F1(; s; z)",
    "1F1": "1F1(p+1; s+1; z)/1F1(p; s; z)",
    "2F1": "2F1(p+1, q; s+1; z)/2F1(p, q; s; z)",
    "U": "U(p+1, s, z)/U(p, s, z)",
    "parabolic cylinder U": "U(p+1, z)/U(p, z)",
}

#: Which parameters differ by 1 between numerator and denominator.
RAISED: Mapping[str, str] = {
    "0F1": "s",
    "1F1": "ps",
    "2F1": "ps",
    "U": "p",
    "parabolic cylinder U": "p",
}


def filled(text: str, values: Mapping[str, str]) -> str:
    """A function's text with its arguments replaced by values."""
    head, inside = text.rstrip(")").split("(")
    spaced = inside
    for separator in (";", ","):
        spaced = spaced.replace(separator, f" {separator} ")
    words = [values.get(word, word) for word in spaced.split()]
    return f"{head}({' '.join(words).replace(' ;', ';').replace(' ,', ',')})"


def _2f1(p: acb, q: acb, s: acb, z: acb) -> acb:
    return z.hypgeom_2f1(p, q, s)


def _1f1(p: acb, s: acb, z: acb) -> acb:
    return z.hypgeom_1f1(p, s)


def _0f1(s: acb, z: acb) -> acb:
    return z.hypgeom_0f1(s)


def _tricomi(p: acb, s: acb, z: acb) -> acb:
    return z.hypgeom_u(p, s)


def _cylinder(p: acb, z: acb) -> acb:
    """DLMF 12.7.14, without the factor that depends on z alone."""
    half = acb(fmpq(1, 2))
    u: acb = (z * z / 2).hypgeom_u(p / 2 + half / 2, half)
    return u * acb(2) ** (-p / 2)


#: The values at the current precision, by the names of the parameters.
FUNCTIONS: Mapping[str, Callable[..., acb]] = {
    "0F1": _0f1,
    "1F1": _1f1,
    "2F1": _2f1,
    "U": _tricomi,
    "parabolic cylinder U": _cylinder,
}

"""The vocabulary of constants in SymPy, mpmath and PARI/GP."""

from fractions import Fraction
from types import MappingProxyType

from elitemap.searchspaces.fractions.emission.dialect import (
    POWER,
    PRODUCT,
    SUM,
    Dialect,
    Term,
)

#: The operators of Python.
PYTHON_INFIX = MappingProxyType(
    {
        "add": "{} + {}".format,
        "sub": "{} - {}".format,
        "mul": "{}*{}".format,
        "div": "{}/{}".format,
        "pow": "{}**{}".format,
        "neg": "-{}".format,
    }
)


def same(prefix: str, names: str) -> dict[str, Term]:
    """Calls of one argument that are called in a language what they are called here."""
    return {name: Term(f"{prefix}{name}({{a}})") for name in names.split()}


def shared(prefix: str) -> dict[str, Term]:
    """What SymPy and mpmath write alike, each with the module's prefix."""
    return {
        "sigmoid": Term(f"1/(1 + {prefix}exp(-{{A}}))", PRODUCT),
        "softplus": Term(f"{prefix}log(1 + {prefix}exp({{a}}))"),
        "gelu": Term(f"{{A}}*(1 + {prefix}erf({{A}}/{prefix}sqrt(2)))/2", PRODUCT),
        "hurwitz": Term(f"{prefix}zeta({{a}}, {{b}})"),
        "polylog": Term(f"{prefix}polylog({{a}}, {{b}})"),
        "digamma": Term(f"{prefix}digamma({{a}})"),
        "besseli": Term(f"{prefix}besseli({{a}}, {{b}})"),
        "besselj": Term(f"{prefix}besselj({{a}}, {{b}})"),
        "airyai": Term(f"{prefix}airyai({{a}})"),
        "airybi": Term(f"{prefix}airybi({{a}})"),
    }


_COMMON = (
    "exp log sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh sqrt erf erfc gamma zeta"
)


def _sympy_number(value: Fraction) -> Term:
    if value.denominator == 1:
        return Term(str(value.numerator))
    return Term(f"sympy.Rational({value.numerator}, {value.denominator})")


def _ratio(value: Fraction) -> Term:
    """A rational of a language in which 1/3 is exact."""
    if value.denominator == 1:
        return Term(str(value.numerator))
    return Term(f"{value.numerator}/{value.denominator}", PRODUCT)


def _mpmath_number(value: Fraction) -> Term:
    if value.denominator == 1:
        return Term(str(value.numerator))
    return Term(f"mp.mpf({value.numerator})/{value.denominator}", PRODUCT)


SYMPY = Dialect(
    name="sympy",
    leaves={
        "pi": Term("sympy.pi"),
        "e": Term("sympy.E"),
        "catalan": Term("sympy.Catalan"),
        "gamma": Term("sympy.EulerGamma"),
        "golden": Term("sympy.GoldenRatio"),
    },
    functions=same("sympy.", _COMMON)
    | shared("sympy.")
    | {
        "exp2": Term("sympy.Integer(2)**{A}", POWER),
        "expm1": Term("sympy.exp({a}) - 1", SUM),
        "log1p": Term("sympy.log(1 + {A})"),
        "log2": Term("sympy.log({a})/sympy.log(2)", PRODUCT),
        "log10": Term("sympy.log({a})/sympy.log(10)", PRODUCT),
        "cbrt": Term("sympy.real_root({a}, 3)"),
        "lgamma": Term("sympy.log(sympy.Abs(sympy.gamma({a})))"),
        "lambertw": Term("sympy.LambertW({a})"),
        "ei": Term("sympy.Ei({a})"),
        "e1": Term("sympy.expint(1, {a})"),
        "abs": Term("sympy.Abs({a})"),
        "min": Term("sympy.Min({a}, {b})"),
        "max": Term("sympy.Max({a}, {b})"),
        "atan2": Term("sympy.atan2({a}, {b})"),
        "hypot": Term("sympy.sqrt({A}**2 + {B}**2)"),
    },
    number=_sympy_number,
    infix=PYTHON_INFIX,
    exact="sympy.Integer({})",
)

MPMATH = Dialect(
    name="mpmath",
    leaves={
        "pi": Term("mp.pi"),
        "e": Term("mp.e"),
        "catalan": Term("mp.catalan"),
        "gamma": Term("mp.euler"),
        "golden": Term("mp.phi"),
        "khinchin": Term("mp.khinchin"),
        "glaisher": Term("mp.glaisher"),
    },
    functions=same("mp.", f"{_COMMON} expm1 log10 log1p lambertw ei e1")
    | shared("mp.")
    | {
        "exp2": Term("mp.mpf(2)**{A}", POWER),
        "log2": Term("mp.log({a}, 2)"),
        "cbrt": Term("mp.sign({a})*mp.cbrt(abs({a}))", PRODUCT),
        "lgamma": Term("mp.log(abs(mp.gamma({a})))"),
        "abs": Term("abs({a})"),
        "min": Term("min({a}, {b})"),
        "max": Term("max({a}, {b})"),
        "atan2": Term("mp.atan2({a}, {b})"),
        "hypot": Term("mp.hypot({a}, {b})"),
    },
    number=_mpmath_number,
    infix=PYTHON_INFIX,
    exact="mp.mpf({})",
)

#: log K = sum over n of (zeta(2n) - 1)/n (1 - 1/2 + ... + 1/(2n-1))/log 2 (Bailey, Borwein and
#: Crandall, "On the Khintchine constant", 1997); log A from zeta'(2) (DLMF 5.17).
_KHINCHIN = "exp(suminf(n = 1, (zeta(2*n) - 1)/n*sum(k = 1, 2*n - 1, (-1)^(k + 1)/k))/log(2))"
_GLAISHER = "exp((Euler + log(2*Pi))/12 - zeta'(2)/(2*Pi^2))"

PARI = Dialect(
    name="pari",
    leaves={
        "pi": Term("Pi"),
        "e": Term("exp(1)"),
        "catalan": Term("Catalan"),
        "gamma": Term("Euler"),
        "golden": Term("((1 + sqrt(5))/2)"),
        "khinchin": Term(_KHINCHIN),
        "glaisher": Term(_GLAISHER),
    },
    functions=same(
        "",
        "exp expm1 log log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh sqrt "
        "erfc gamma zeta lambertw abs",
    )
    | {
        "exp2": Term("2.^{A}", POWER),
        "log2": Term("log({a})/log(2)", PRODUCT),
        "log10": Term("log({a})/log(10)", PRODUCT),
        "cbrt": Term("sign({a})*abs({a})^(1/3)", PRODUCT),
        "erf": Term("(1 - erfc({a}))"),
        "gelu": Term("{A}*erfc(-{A}/sqrt(2))/2", PRODUCT),
        "sigmoid": Term("1/(1 + exp(-{A}))", PRODUCT),
        "softplus": Term("log(1 + exp({a}))"),
        "lgamma": Term("log(abs(gamma({a})))"),
        "digamma": Term("psi({a})"),
        "airyai": Term("airy({a})[1]"),
        "airybi": Term("airy({a})[2]"),
        "besseli": Term("besseli({a}, {b})"),
        "besselj": Term("besselj({a}, {b})"),
        "hurwitz": Term("zetahurwitz({a}, {b})"),
        "polylog": Term("polylog({a}, {b})"),
        "dirichlet": Term("lfun({a}, {b})"),
        "ei": Term("(-real(eint1(-{A})))"),
        "e1": Term("eint1({a})"),
        "min": Term("min({a}, {b})"),
        "max": Term("max({a}, {b})"),
        "atan2": Term("arg({B} + I*{A})"),
        "hypot": Term("sqrt({A}^2 + {B}^2)"),
    },
    number=_ratio,
    infix=dict(PYTHON_INFIX) | {"pow": "{}^{}".format},
)

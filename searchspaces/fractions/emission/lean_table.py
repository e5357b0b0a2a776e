"""The vocabulary of constants in Lean 4 with Mathlib, and definitions of what Mathlib lacks."""

from fractions import Fraction

from elitemap.formulas.expression import Expression
from elitemap.searchspaces.fractions.emission.dialect import (
    CALL,
    POWER,
    PRODUCT,
    SUM,
    Dialect,
    Term,
)
from elitemap.searchspaces.fractions.emission.tables import PYTHON_INFIX

_REAL = {
    "exp": "exp",
    "log": "log",
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
    "asinh": "arsinh",
    "sqrt": "sqrt",
    "gamma": "Gamma",
}


def _number(value: Fraction) -> Term:
    if value.denominator == 1:
        return Term(str(value.numerator))
    return Term(f"{value.numerator} / {value.denominator}", PRODUCT)


def _power(base: str, exponent: Expression, text: str) -> str:
    """Powers have natural, whole or real exponents, and three meanings in Mathlib."""
    if exponent.head == "number" and exponent.value.denominator == 1:
        return f"{base} ^ {text}" if exponent.value >= 0 else f"{base} ^ ({text} : ℤ)"
    return f"{base} ^ ({text} : ℝ)"


LEAN = Dialect(
    name="lean",
    leaves={
        "pi": Term("Real.pi"),
        "e": Term("Real.exp 1", CALL),
        "catalan": Term("catalanG"),
        "gamma": Term("Real.eulerMascheroniConstant"),
        "golden": Term("((1 + Real.sqrt 5) / 2)"),
        "khinchin": Term("khinchinK"),
        "glaisher": Term("glaisherA"),
    },
    functions={name: Term(f"Real.{own} {{A}}", CALL) for name, own in _REAL.items()}
    | {
        "exp2": Term("(2 : ℝ) ^ ({a} : ℝ)", POWER),
        "expm1": Term("Real.exp {A} - 1", SUM),
        "log1p": Term("Real.log (1 + {A})", CALL),
        "log2": Term("Real.log {A} / Real.log 2", PRODUCT),
        "log10": Term("Real.log {A} / Real.log 10", PRODUCT),
        "acosh": Term("Real.log ({A} + Real.sqrt ({A} ^ 2 - 1))", CALL),
        "atanh": Term("Real.log ((1 + {A}) / (1 - {A})) / 2", PRODUCT),
        "cbrt": Term("Real.sign {A} * |{a}| ^ ((1 : ℝ) / 3)", PRODUCT),
        "erf": Term("errorFunction {A}", CALL),
        "erfc": Term("(1 - errorFunction {A})"),
        "gelu": Term("{A} * (1 + errorFunction ({A} / Real.sqrt 2)) / 2", PRODUCT),
        "sigmoid": Term("1 / (1 + Real.exp (-{A}))", PRODUCT),
        "softplus": Term("Real.log (1 + Real.exp {A})", CALL),
        "lgamma": Term("Real.log |Real.Gamma {A}|", CALL),
        "digamma": Term("deriv Real.Gamma {A} / Real.Gamma {A}", PRODUCT),
        "zeta": Term("(riemannZeta (({a} : ℝ) : ℂ)).re"),
        "besseli": Term("besselI {A} {B}", CALL),
        "besselj": Term("besselJ {A} {B}", CALL),
        "abs": Term("|{a}|"),
        "min": Term("min {A} {B}", CALL),
        "max": Term("max {A} {B}", CALL),
        "hypot": Term("Real.sqrt ({A} ^ 2 + {B} ^ 2)", CALL),
    },
    number=_number,
    infix=dict(PYTHON_INFIX) | {"mul": "{} * {}".format, "div": "{} / {}".format},
    power=_power,
)

#: Definitions of what Mathlib has no name for; a file gets those that its value uses. Bessel's are
#: for a positive argument (DLMF 10.25.2, 10.2.2), Khinchin's is the product over the partial
#: quotients, Glaisher's is exp(1/12 - zeta'(-1)) (DLMF 5.17.6).
DEFINITIONS = {
    "catalanG": """\
/-- Catalan's constant. -/
noncomputable def catalanG : ℝ :=
  ∑' k : ℕ, (-1 : ℝ) ^ k / (2 * (k : ℝ) + 1) ^ 2
""",
    "khinchinK": """\
/-- Khinchin's constant. -/
noncomputable def khinchinK : ℝ :=
  Real.exp (∑' k : ℕ, Real.log (1 + 1 / (((k : ℝ) + 1) * ((k : ℝ) + 3)))
    * (Real.log ((k : ℝ) + 1) / Real.log 2))
""",
    "glaisherA": """\
/-- The Glaisher-Kinkelin constant. -/
noncomputable def glaisherA : ℝ :=
  Real.exp (1 / 12 - (deriv riemannZeta (-1)).re)
""",
    "errorFunction": """\
/-- The error function. -/
noncomputable def errorFunction (x : ℝ) : ℝ :=
  2 / Real.sqrt Real.pi * ∫ t in (0 : ℝ)..x, Real.exp (-t ^ 2)
""",
    "besselI": """\
/-- The modified Bessel function of the first kind, for positive arguments. -/
noncomputable def besselI (order x : ℝ) : ℝ :=
  ∑' k : ℕ, (x / 2) ^ (2 * (k : ℝ) + order)
    / ((k.factorial : ℝ) * Real.Gamma ((k : ℝ) + order + 1))
""",
    "besselJ": """\
/-- The Bessel function of the first kind, for positive arguments. -/
noncomputable def besselJ (order x : ℝ) : ℝ :=
  ∑' k : ℕ, (-1 : ℝ) ^ k * (x / 2) ^ (2 * (k : ℝ) + order)
    / ((k.factorial : ℝ) * Real.Gamma ((k : ℝ) + order + 1))
""",
}

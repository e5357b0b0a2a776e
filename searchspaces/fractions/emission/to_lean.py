"""Lean 4 with Mathlib: the formula as a statement whose proof is left open."""

from collections.abc import Sequence

from elitemap.archive.errors import UsageError
from elitemap.formulas.expression import Expression
from elitemap.formulas.vocabulary import constant_value
from elitemap.searchspaces.fractions.continued import ContinuedFraction, polynomial_text
from elitemap.searchspaces.fractions.emission.lean_table import DEFINITIONS, LEAN
from elitemap.searchspaces.fractions.emission.subject import Subject
from elitemap.searchspaces.fractions.emission.words import description
from elitemap.searchspaces.fractions.signed import SignedFraction
from elitemap.searchspaces.programs.emission.provenance import wrapped

#: What the names in the files were looked up in; older and newer versions mostly have them too.
VERSION = "Lean 4.19 and Mathlib of spring 2025"

_FILE = """\
/-
{comment}
-/
import Mathlib

namespace {name}_fraction

{definitions}{partials}
/-- Numerators of the convergents. -/
def p : ℕ → ℤ
  | 0 => a 0
  | 1 => a 1 * a 0 + b 1
  | n + 2 => a (n + 2) * p (n + 1) + b (n + 2) * p n

/-- Denominators of the convergents. -/
def q : ℕ → ℤ
  | 0 => 1
  | 1 => a 1
  | n + 2 => a (n + 2) * q (n + 1) + b (n + 2) * q n

theorem limit :
    {quantifier}Filter.Tendsto (fun n : ℕ => (p n : ℝ) / (q n : ℝ)) Filter.atTop
      (nhds ({value} : ℝ)) := by
  sorry

end {name}_fraction
"""

_SIGNED = """\
/-- Quotients of a window that moves by one: the last ones, oldest first. -/
def window : ℕ → List ℤ
  | 0 => {recent}
  | n + 1 =>
      (window n).tail ++ [(List.zipWith (· * ·) {taps} (window n).reverse).sum]

/-- The quotients. -/
def a (n : ℕ) : ℤ :=
  {quotient}

/-- The signs, from n = 1 on. -/
def b ({index} : ℕ) : ℤ :=
  {sign}
"""


def files(subject: Subject) -> dict[str, str]:
    """``name.lean``: definitions of a, b and the convergents p/q, and the theorem.

    Of a fraction without a value it says that it converges.

    Raises:
        UsageError: If the value stands for something else in Mathlib.
    """
    quantifier, value = "∃ x : ℝ, ", "x"
    if subject.value is not None:
        _refuse(subject.value)
        quantifier, value = "", LEAN.text(subject.value)
    definitions = [text for name, text in DEFINITIONS.items() if name in value]
    notes = [
        *description(subject),
        "",
        f"Written for {VERSION}; not compiled by elitemap. The proof is open.",
    ]
    text = _FILE.format(
        comment="\n".join(wrapped(notes, escape)),
        name=subject.name,
        definitions="".join(f"{text}\n" for text in definitions),
        partials=_partials(subject.formula.fraction),
        quantifier=quantifier,
        value=value,
    )
    return {f"{subject.name}.lean": text}


def escape(line: str) -> str:
    """A line that can neither end nor open a block comment."""
    return line.replace("-/", "- /").replace("/-", "/ -")


def _refuse(tree: Expression) -> None:
    """Stop where the definitions given would mean another number."""
    if tree.head in ("besseli", "besselj") and not constant_value(tree.parts[1], 64) > 0:
        raise UsageError(
            f"expected a positive argument of {tree.head} for lean, got {tree.parts[1]}: "
            "export to latex, sympy, pari or mpmath instead"
        )
    for part in tree.parts:
        _refuse(part)


def _partials(fraction: ContinuedFraction | SignedFraction) -> str:
    if isinstance(fraction, SignedFraction):
        cut, count = fraction.transient, len(fraction.signs)
        first, signs = _list(fraction.start[:cut]), _list(fraction.signs)
        later = f"if n < {cut} then {first}.getD n 0 else (window (n - {cut})).headD 0"
        return _SIGNED.format(
            recent=_list(fraction.start[cut:]),
            taps=_list(fraction.taps),
            quotient=later if cut else "(window n).headD 0",
            index="n" if count > 1 else "_n",
            sign=f"{signs}.getD ((n - 1) % {count}) 1" if count > 1 else fraction.signs[0],
        )
    sides = (("a", "denominators", fraction.a), ("b", "numerators, from n = 1 on", fraction.b))
    return "\n".join(_partial(*side) for side in sides)


def _list(numbers: Sequence[int]) -> str:
    return f"([{', '.join(map(str, numbers))}] : List ℤ)"


def _partial(name: str, what: str, polynomials: Sequence[tuple[int, ...]]) -> str:
    period = len(polynomials)
    index = "n" if period > 1 or len(polynomials[0]) > 1 else "_n"
    lines = [f"/-- Partial {what}. -/", f"def {name} ({index} : ℕ) : ℤ :="]
    if period == 1:
        return "\n".join([*lines, f"  {_text(polynomials[0], 'n')}", ""])
    lines.append(f"  match n % {period} with")
    for residue, polynomial in enumerate(polynomials):
        case = str(residue) if residue + 1 < period else "_"
        lines.append(f"  | {case} => {_text(polynomial, f'(n / {period} : ℕ)')}")
    return "\n".join([*lines, ""])


def _text(polynomial: tuple[int, ...], variable: str) -> str:
    """A polynomial with the variable as a whole number."""
    text = polynomial_text(polynomial, "x").replace("**", " ^ ").replace("*", " * ")
    return text.replace("x", f"({variable} : ℤ)")

r"""LaTeX: a small document whose middle part can be copied into another (needs amsmath)."""

import re
from collections.abc import Sequence

from flint import fmpz_poly

from elitemap.formulas.expression import Expression
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.emission.latex_prose import one_line, prose
from elitemap.searchspaces.fractions.emission.latex_table import LATEX, MEANINGS, tidy
from elitemap.searchspaces.fractions.emission.plan import terms
from elitemap.searchspaces.fractions.emission.series_code import latex_sum
from elitemap.searchspaces.fractions.emission.subject import Subject
from elitemap.searchspaces.fractions.emission.words import description, status
from elitemap.searchspaces.fractions.signed import SignedFraction
from elitemap.searchspaces.programs.emission.provenance import wrapped

#: Levels of the fraction that are typeset.
LEVELS = 3

#: Digits of a number that is written out in the first levels; longer ones stay symbols.
_LONGEST = 12

_DOCUMENT = r"""{comment}
\documentclass{{article}}
\usepackage{{amsmath}}
\begin{{document}}

% Copy from here.
\begin{{equation*}}
  {value} = {fraction}
\end{{equation*}}
where{general}
{status}{meanings}{series}
% Copy to here.

\end{{document}}
"""


def files(subject: Subject) -> dict[str, str]:
    """``name.tex``: the first levels, the general partial quotients, and what is known of it."""
    comment = "\n".join(f"% {line}".rstrip() for line in wrapped(description(subject), str))
    value = r"\text{(value unknown)}" if subject.value is None else tidy(LATEX.text(subject.value))
    text = _DOCUMENT.format(
        comment=comment,
        value=value,
        fraction=_levels(subject.formula.fraction),
        general=_general(subject.formula.fraction),
        status=prose(status(subject, one_line)),
        meanings=_meanings(subject.value),
        series=latex_sum(subject),
    )
    return {f"{subject.name}.tex": text}


def _levels(fraction: ContinuedFraction | SignedFraction) -> str:
    r"""The fraction to :data:`LEVELS` levels: a_0 + b_1/(a_1 + ...), with ``\cfrac``."""
    a, b = terms(fraction)
    text = ("-" if b(LEVELS + 1) < 0 else "+") + r" \ddots"
    for n in range(LEVELS, 0, -1):
        sign, symbol = ("-", f"|b_{{{n}}}|") if b(n) < 0 else ("+", f"b_{{{n}}}")
        above, below = _number(abs(b(n)), symbol), _number(a(n), f"a_{{{n}}}")
        text = rf"{sign} \cfrac{{{above}}}{{{below} {text}}}"
    return f"{_number(a(0), 'a_{0}')} {text}"


def _number(value: int, symbol: str) -> str:
    return str(value) if len(str(value)) <= _LONGEST else symbol


def _general(fraction: ContinuedFraction | SignedFraction) -> str:
    if isinstance(fraction, SignedFraction):
        return _signed(fraction)
    rows = _side("a", "n \\ge 0", fraction.a) + _side("b", "n \\ge 1", fraction.b)
    body = " \\\\\n".join(f"  {row}" for row in rows)
    return f"\n\\begin{{align*}}\n{body}\n\\end{{align*}}"


def _side(name: str, condition: str, polynomials: Sequence[tuple[int, ...]]) -> list[str]:
    period = len(polynomials)
    if period == 1:
        text = polynomial_latex(polynomials[0], "n")
        return [rf"{name}_{{n}} &= {text} && ({condition})"]
    rows = []
    for residue, polynomial in enumerate(polynomials):
        index = f"{period}k" + (f" + {residue}" if residue else "")
        rows.append(f"{name}_{{{index}}} &= {polynomial_latex(polynomial, 'k')}")
    return rows


def polynomial_latex(polynomial: Sequence[int], variable: str) -> str:
    """A polynomial in factors, as in ``(2 n + 1) (17 n^{2} + 17 n + 5)``."""
    content, factors = fmpz_poly(list(reversed(polynomial))).factor()
    if not factors:
        return str(int(content))
    sign, size = ("-" if content < 0 else ""), abs(int(content))
    pairs = [(_expanded(factor, variable), int(power)) for factor, power in factors]
    pairs.sort(key=lambda pair: (len(pair[0]), pair[0]))
    if size == 1 and len(pairs) == 1 and pairs[0][1] == 1 and not sign:
        return pairs[0][0]
    if sum(power for _, power in pairs) == 1 and abs(content) <= 1000:
        # One factor with a number in front reads better multiplied out.
        return _expanded(factors[0][0] * content, variable)
    number = str(size) if size != 1 else ""
    factors_text = " ".join(_power(text, power) for text, power in pairs)
    return sign + f"{number} {factors_text}".strip()


def _power(text: str, power: int) -> str:
    held = text if re.fullmatch("[a-z]", text) else f"({text})"
    return held if power == 1 else f"{held}^{{{power}}}"


def _expanded(polynomial: fmpz_poly, variable: str) -> str:
    terms_ = []
    for power, coefficient in enumerate(polynomial.coeffs()):
        if coefficient:
            symbol = {0: "", 1: variable}.get(power, f"{variable}^{{{power}}}")
            size = abs(int(coefficient))
            number = str(size) if size != 1 or not symbol else ""
            terms_.append((coefficient < 0, f"{number} {symbol}".strip()))
    (negative, text), *rest = reversed(terms_)
    return (
        ("-" if negative else "")
        + text
        + "".join((" - " if minus else " + ") + part for minus, part in rest)
    )


def _signed(fraction: SignedFraction) -> str:
    taps = [(t, k) for k, t in enumerate(fraction.taps, 1) if t]
    texts = [f"{'-' if t < 0 else '+'} {_times(abs(t))}a_{{k-{k}}}" for t, k in taps]
    recurrence = " ".join(texts).removeprefix("+ ") or "0"
    start = ", ".join(map(str, fraction.start))
    signs = ", ".join("+" if s > 0 else "-" for s in fraction.signs)
    last = len(fraction.start) - 1
    return (
        f" the quotients are $a_{{0}}, \\dots, a_{{{last}}} = {start}$\nand\n\\begin{{equation*}}\n"
        f"  a_{{k}} = {recurrence} \\qquad (k \\ge {last + 1}),\n\\end{{equation*}}\n"
        f"with signs above them that repeat ${signs}$."
    )


def _times(size: int) -> str:
    return "" if size == 1 else f"{size} "


def _meanings(value: Expression | None) -> str:
    """Sentences on letters whose meaning not everyone knows."""
    if value is None:
        return ""
    heads = list(dict.fromkeys(_heads(value)))
    # ``gamma`` with an argument is the function, which needs no word.
    known = [MEANINGS[head] for head in heads if head in MEANINGS]
    return f"\nHere {', '.join(known)}." if known else ""


def _heads(tree: Expression) -> list[str]:
    own = [tree.head] if not (tree.head == "gamma" and tree.parts) else []
    return own + [head for part in tree.parts for head in _heads(part)]

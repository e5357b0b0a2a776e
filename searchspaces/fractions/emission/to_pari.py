"""PARI/GP: a script that computes the fraction and compares it with its value."""

from collections.abc import Sequence

from elitemap.searchspaces.fractions.continued import ContinuedFraction, polynomial_text
from elitemap.searchspaces.fractions.emission.pari_series import BY_SERIES
from elitemap.searchspaces.fractions.emission.plan import (
    MOST_DEPTH,
    MOST_ORDER,
    MOST_TERMS,
    Plan,
    plan,
)
from elitemap.searchspaces.fractions.emission.series_code import pari_sum
from elitemap.searchspaces.fractions.emission.subject import Subject
from elitemap.searchspaces.fractions.emission.tables import PARI
from elitemap.searchspaces.fractions.emission.to_sympy import DEPTH
from elitemap.searchspaces.fractions.emission.words import description
from elitemap.searchspaces.fractions.signed import SignedFraction
from elitemap.searchspaces.programs.emission.provenance import wrapped
from elitemap.searchspaces.programs.emission.to_c import escape

_SIGNED = r"""\\ Quotients: start, then sums of taps times the quotients before, the last one first.
quotients = {start};
taps = {taps};
signs = {signs};
a(n) =
{{
  while (#quotients <= n,
    quotients = concat(quotients, sum(k = 1, #taps, taps[k]*quotients[#quotients + 1 - k])));
  quotients[n + 1];
}}
b(n) = signs[(n - 1) % #signs + 1];
"""

_PRODUCTS = r"""\\ The product of the matrices (a(n), 1; b(n), 0) for low <= n < high.
matrices(low, high) =
{
  if (high - low == 1, return([a(low), 1; b(low), 0]));
  my(middle = (low + high)\2);
  matrices(low, middle)*matrices(middle, high);
}

\\ The convergent number n, n >= 1, exact.
convergent(n) =
{
  my(m = [a(0), 1; 1, 0]*matrices(1, n + 1));
  m[1, 1]/m[2, 1];
}
"""

_BY_PRODUCTS = r"""
\\ A convergent that agrees with the one before it to so many decimal places.
limit(places) =
{{
  my(m = [a(0), 1; 1, 0], low = 1, depth = floor({depth}) + 8);
  while (low + depth <= {most},
    m = m*matrices(low, low + depth);
    if (m[2, 1] && m[2, 2] && abs(matdet(m))*10^places < abs(m[2, 1]*m[2, 2]),
      return(m[1, 1]/m[2, 1]));
    low += depth;
    depth = low\4 + 8);
  error("the convergents do not settle");
}}
"""

_BY_EXTRAPOLATION = r"""
\\ Extrapolate values at n = first, first + step, ...: their errors are a series in 1/n.
salzer(values, first, step) =
{{
  my(order = #values - 1, total = 0, weights = 0);
  for (k = 0, order,
    my(weight = (-1)^k*binomial(order, k)*(first + step*k)^order);
    total += weight*values[k + 1];
    weights += weight);
  total\weights;
}}

\\ The limit to so many decimal places, to which two orders of extrapolation must agree.
limit(places) =
{{
  my(order = 3*places\4 + 12, step = {step});
  while (order <= {most},
    my(bits = 4*(places + order) + 64, first = 3*order*step\2, values = vector(order + 1));
    my(p = a(0), r = 1, q = 1, s = 0, dropped = order\8);
    for (n = 1, first + step*order,
      [p, r, q, s] = [a(n)*p + b(n)*r, p, a(n)*q + b(n)*s, q];
      if (n >= first && (n - first) % step == 0,
        values[(n - first)/step + 1] = (p << bits)\q));
    my(fine = salzer(values, first, step));
    my(coarse = salzer(values[dropped + 1..order + 1], first + step*dropped, step));
    if (abs(fine - coarse)*10^places < 1 << bits, return(fine/(1 << bits)));
    order += order\4);
  error("extrapolation does not settle");
}}
"""

_NO_LIMIT = r"""
\\ The fraction {rate}: nothing reaches its limit, and a convergent stands for it.
limit(places) = convergent({depth});
"""

_VALUE = r"""
value() = {value};

\\ Print both sides and the number of decimal places that agree.
compare(digits) =
{{
  localprec(digits + 20);
  my(left = value(), right = limit(digits + {spare})*1., difference = abs(left - right));
  print("value     ", strprintf(Str("%.", digits, "f"), left));
  print("fraction  ", strprintf(Str("%.", digits, "f"), right));
  print("agreement ", if (difference, min(digits, floor(-log(difference)/log(10))), digits));
}}

compare(50);
"""

_NO_VALUE = r"""
\\ The value of the fraction is not known.
{{
  localprec(70);
  print("fraction  ", strprintf("%.50f", limit(50 + {spare})*1.));
}}
"""


def files(subject: Subject) -> dict[str, str]:
    """``name.gp``: a(n), b(n), exact convergents, the limit, and ``compare(digits)``."""
    chosen = plan(subject)
    notes = [
        *description(subject),
        "",
        f"Run with: gp -q {subject.name}.gp < /dev/null; within gp, compare(1000) shows more.",
        f"The fraction {chosen.rate}.",
    ]
    comment = "\n".join(f"\\\\ {line}".rstrip() for line in wrapped(notes, escape))
    parts = [f"{comment}\n\n", _partials(subject.formula.fraction), "\n", _PRODUCTS, _limit(chosen)]
    if subject.value is None:
        parts.append(_NO_VALUE.format(spare=chosen.spare))
    else:
        parts.append(_VALUE.format(value=PARI.text(subject.value), spare=chosen.spare))
        parts.append(pari_sum(subject))
    return {f"{subject.name}.gp": "".join(parts)}


def _limit(chosen: Plan) -> str:
    if chosen.method == "none":
        return _NO_LIMIT.format(rate=chosen.rate, depth=DEPTH)
    if chosen.method == "extrapolation":
        return _BY_EXTRAPOLATION.format(step=chosen.step, most=MOST_ORDER)
    if chosen.method == "series":
        above, below = (list(side) for side in chosen.ratio)
        return BY_SERIES.format(above=above, below=below, most=MOST_DEPTH)
    return _BY_PRODUCTS.format(depth=chosen.depth_source("places"), most=MOST_TERMS)


def _partials(fraction: ContinuedFraction | SignedFraction) -> str:
    if isinstance(fraction, SignedFraction):
        rows = (list(row) for row in (fraction.start, fraction.taps, fraction.signs))
        return _SIGNED.format(**dict(zip(("start", "taps", "signs"), rows, strict=True)))
    return _partial("a", fraction.a) + _partial("b", fraction.b)


def _partial(name: str, polynomials: Sequence[tuple[int, ...]]) -> str:
    period = len(polynomials)
    variable = "n" if period == 1 else "k"
    texts = [polynomial_text(p, variable).replace("**", "^") for p in polynomials]
    if period == 1:
        return f"{name}(n) = {texts[0]};\n"
    return f"{name}(n) = my(k = n\\{period}); [{', '.join(texts)}][n % {period} + 1];\n"

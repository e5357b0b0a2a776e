"""The constants of a program that is a given quotient of polynomials.

From the result towards the input every operation is undone: a constant that is added or that
multiplies must leave what has the coefficients that the rest of the program is known to have about
infinity or zero, a part without constants is taken off as it is, and of a polynomial plus a proper
fraction each gets its share by division. For continued fractions this is the conversion by Euclid's
algorithm; see Knuth, The Art of Computer Programming 2, section 4.6.4. No start and no iteration is
needed, so it does not matter that on the way from other constants some would pass infinity.
"""

from dataclasses import dataclass
from fractions import Fraction

from flint import arb, arb_poly

from elitemap.evaluators.elementary.rational.expansions import LENGTH
from elitemap.evaluators.elementary.rational.nodes import Family, Node, Terms
from elitemap.formulas.vocabulary import ball

#: Coefficients below this part of the largest that must vanish count as zero; fewer digits than the
#: working precision has, more than any error that matters.
_ZERO = arb(2) ** -150


class NotPeeled(Exception):
    """Operations of a kind that is not undone, or a member with special coefficients."""


@dataclass(frozen=True)
class Quotient:
    """Two polynomials with coefficients without radius."""

    top: arb_poly
    bottom: arb_poly


def constants_of(result: Node, quotient: Quotient) -> dict[int, arb]:
    """Constants, by number, with which the program is a quotient.

    Call it under the precision wanted.

    Raises:
        NotPeeled: If they are not found.
    """
    found: dict[int, arb] = {}
    _peel(result, quotient, found)
    return found


def _peel(node: Node, given: Quotient, found: dict[int, arb]) -> None:
    """Give values to the constants that a node depends on."""
    if node.kind == "x":
        return
    if node.kind == "constant":
        (number,) = node.constants
        found[number] = _at(given.top, 0) / _at(given.bottom, 0)
        return
    first, second = node.parts
    if not node.constants - found.keys():
        return
    if not second.constants - found.keys():
        _peel(first, _clean(_undone(node.kind, given, _value(second, found)), first.family), found)
    elif not first.constants - found.keys():
        other = _undone_first(node.kind, given, _value(first, found))
        _peel(second, _clean(other, second.family), found)
    elif "constant" in (first.kind, second.kind):
        _peel_constant(node, given, found)
    else:
        _peel_both(node, given, found)


def _peel_constant(node: Node, given: Quotient, found: dict[int, arb]) -> None:
    """Find the constant operand, take it off and go on with the other."""
    first, second = node.parts
    constant, rest = (first, second) if first.kind == "constant" else (second, first)
    if node.kind in ("add", "sub"):
        taken = node.kind == "sub" and constant is first
        value = _offset(rest, given, 1 if taken else -1)
        if node.kind == "sub" and not taken:
            value = -value
    else:
        over = constant is first and node.kind == "div"
        turned = Quotient(given.bottom, given.top) if over else given
        value = _scale(rest, turned)
        if over or (node.kind == "div"):
            value = 1 / value
    (number,) = constant.constants
    found[number] = value.mid()
    if not rest.constants - found.keys():
        return
    _peel(node, given, found)


def _offset(rest: Node, given: Quotient, sign: int) -> arb:
    """What must be taken off so that what is left has the rest's known coefficient of x^0."""
    for known, series in ((rest.far, _far(given)), (rest.near, _near(given))):
        coefficient = known.at(0)
        if coefficient is not None:
            return _term(series, 0) + sign * _exact(coefficient)
    raise NotPeeled("expected a sum with a known coefficient")


def _scale(rest: Node, given: Quotient) -> arb:
    """The factor between a quotient and what has the rest's known coefficients."""
    for known, series in ((rest.far, _far(given)), (rest.near, _near(given))):
        for k, coefficient in known.terms.items():
            if coefficient is not None:
                return _term(series, known.order + k) / _exact(coefficient)
    raise NotPeeled("expected a factor of something with a known coefficient")


def _exact(coefficient: int | Fraction) -> arb:
    return ball(Fraction(coefficient))


def _far(given: Quotient) -> tuple[int, list[arb]]:
    """The expansion about infinity: the order in 1/x and the coefficients."""
    top, bottom = _coefficients(given.top)[::-1], _coefficients(given.bottom)[::-1]
    return len(bottom) - len(top), _divided(top, bottom)


def _near(given: Quotient) -> tuple[int, list[arb]]:
    """The expansion about zero."""
    top, bottom = _coefficients(given.top), _coefficients(given.bottom)
    first, second = _leading(top), _leading(bottom)
    return first - second, _divided(top[first:], bottom[second:])


def _leading(coefficients: list[arb]) -> int:
    for k, coefficient in enumerate(coefficients):
        if not coefficient.is_zero():
            return k
    raise NotPeeled("expected a quotient that does not vanish")


def _divided(top: list[arb], bottom: list[arb]) -> list[arb]:
    terms: list[arb] = []
    for k in range(LENGTH):
        total = top[k] if k < len(top) else arb(0)
        for i in range(1, min(k, len(bottom) - 1) + 1):
            total -= bottom[i] * terms[k - i]
        terms.append((total / bottom[0]).mid())
    return terms


def _term(series: tuple[int, list[arb]], power: int) -> arb:
    order, terms = series
    if power - order >= len(terms):
        raise NotPeeled("expected a quotient of moderate degrees")
    return terms[power - order] if power >= order else arb(0)


def _peel_both(node: Node, given: Quotient, found: dict[int, arb]) -> None:
    """A polynomial plus a proper fraction."""
    first, second = node.parts
    if node.kind not in ("add", "sub"):
        raise NotPeeled("expected no product of two parts with constants")
    whole = first if _polynomial(first.family) else second
    other = second if whole is first else first
    if not _polynomial(whole.family) or not _proper(other.family):
        raise NotPeeled("expected a polynomial and a proper fraction")
    quotient, rest = divmod(given.top, given.bottom)
    part, tail = Quotient(quotient, arb_poly([1])), Quotient(rest, given.bottom)
    if node.kind == "sub":
        if whole is first:
            tail = Quotient(-tail.top, tail.bottom)
        else:
            part = Quotient(-part.top, part.bottom)
    _peel(whole, _clean(part, whole.family), found)
    _peel(other, _clean(tail, other.family), found)


def _polynomial(family: Family) -> bool:
    return set(family.bottom) == {0}


def _proper(family: Family) -> bool:
    return max(family.top) < max(family.bottom)


def _undone(kind: str, given: Quotient, other: Quotient) -> Quotient:
    """The first operand where the second is known."""
    if kind in ("add", "sub"):
        taken = other if kind == "add" else Quotient(-other.top, other.bottom)
        return _less(given, taken)
    if kind == "mul":
        other = Quotient(other.bottom, other.top)
    return Quotient(given.top * other.top, given.bottom * other.bottom)


def _undone_first(kind: str, given: Quotient, other: Quotient) -> Quotient:
    """The second operand where the first is known."""
    if kind in ("add", "mul"):
        return _undone(kind, given, other)
    if kind == "sub":
        return _less(other, given)
    return Quotient(other.top * given.bottom, other.bottom * given.top)


def _less(a: Quotient, b: Quotient) -> Quotient:
    return Quotient(a.top * b.bottom - b.top * a.bottom, a.bottom * b.bottom)


def _value(node: Node, found: dict[int, arb]) -> Quotient:
    """What a node is whose constants are all found."""
    one = arb_poly([1])
    if node.kind == "x":
        return Quotient(arb_poly([0, 1]), one)
    if node.kind == "constant":
        (number,) = node.constants
        return Quotient(arb_poly([found[number]]), one)
    a, b = (_value(part, found) for part in node.parts)
    if node.kind in ("add", "sub"):
        return _less(a, b if node.kind == "sub" else Quotient(-b.top, b.bottom))
    if node.kind == "div":
        b = Quotient(b.bottom, b.top)
    return Quotient(a.top * b.top, a.bottom * b.bottom)


def _clean(given: Quotient, family: Family) -> Quotient:
    """The quotient without a common power of x and without what must vanish.

    Raises:
        NotPeeled: If something is left that the family does not have.
    """
    top, bottom = _coefficients(given.top), _coefficients(given.bottom)
    size = max(abs(c) for c in (*top, *bottom))
    nothing = size * _ZERO
    powers = [k for k, c in enumerate(top) if abs(c) > nothing]
    powers += [k for k, c in enumerate(bottom) if abs(c) > nothing]
    common = min(powers, default=0)
    cleaned = Quotient(
        _only(top[common:], family.top, nothing), _only(bottom[common:], family.bottom, nothing)
    )
    if not cleaned.top or not cleaned.bottom:
        raise NotPeeled("expected a quotient that neither vanishes nor is infinite")
    return cleaned


def _only(coefficients: list[arb], terms: Terms, nothing: arb) -> arb_poly:
    if any(k not in terms and abs(c) > nothing for k, c in enumerate(coefficients)):
        raise NotPeeled("expected a member of the family")
    return arb_poly([c if k in terms else arb(0) for k, c in enumerate(coefficients)])


def _coefficients(polynomial: arb_poly) -> list[arb]:
    return [c.mid() for c in polynomial.coeffs()]


def _at(polynomial: arb_poly, e: int) -> arb:
    return polynomial[e].mid()

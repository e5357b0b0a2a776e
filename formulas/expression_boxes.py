"""Expressions of constants as mathematics, such as 4/π or ζ(3)."""

from elitemap.archive.plain import one_line
from elitemap.formulas.boxes import Box, beside, bracketed, raised, stacked, subscript, word
from elitemap.formulas.expression import Expression

_LETTERS = {
    "pi": "π",
    "catalan": "G",
    "gamma": "γ",
    "golden": "φ",
    "khinchin": "K₀",
    "glaisher": "A",
}
_FUNCTIONS = {"gamma": "Γ", "zeta": "ζ", "digamma": "ψ", "lambertw": "W", "airyai": "Ai"}
_FUNCTIONS |= {"airybi": "Bi", "lgamma": "log Γ", "hurwitz": "ζ", "ei": "Ei", "e1": "E₁"}
_ORDERS = {"besseli": "I", "besselj": "J"}

#: Sign and strength of infix operators: 1 sums, 2 products; signs are 3, powers 4, atoms 5.
_INFIX = {"add": (" + ", 1), "sub": (" − ", 1), "mul": ("·", 2), "div": ("/", 2)}


def expression_box(tree: Expression, stack: bool) -> Box:
    """An expression as a box.

    Args:
        tree: The expression; a name outside the vocabulary is shown as it is.
        stack: Write the outermost quotient over a bar.
    """
    if tree.head == "div" and stack:
        above, below = (_drawn(part)[0] for part in tree.parts)
        return stacked(above, below)
    return _drawn(tree)[0]


def _drawn(tree: Expression) -> tuple[Box, int]:
    """A box of one row, and how strongly its outermost operator binds."""
    head, parts = tree.head, tree.parts
    if head == "number":
        whole = tree.value.denominator == 1
        text = str(tree.value).replace("-", "−")
        return word(text), (5 if tree.value >= 0 else 3) if whole else 2
    if not parts:
        return word(_LETTERS.get(head) or one_line(head)), 5
    if head == "neg":
        return beside(word("−"), _held(parts[0], 3)), 3
    if head == "pow":
        return _power(tree), 4
    if head in _INFIX:
        sign, strength = _INFIX[head]
        left, right = _held(parts[0], strength), _held(parts[1], strength + 1)
        return beside(left, word(sign), right), strength
    return _call(tree), 5


def _power(tree: Expression) -> Box:
    base, exponent = tree.parts
    box = _held(base, 5)
    if exponent.head == "number" and exponent.value.denominator == 1:
        return raised(box, str(exponent.value))
    return beside(box, word("^"), _held(exponent, 5))


def _call(tree: Expression) -> Box:
    head, parts = tree.head, tree.parts
    if head == "sqrt":
        return beside(word("√"), _held(parts[0], 5))
    name = word(_FUNCTIONS.get(head, head))
    if head in _ORDERS:
        order, parts = parts[0], parts[1:]
        whole = order.head == "number" and order.value.denominator == 1
        index = subscript(str(order.value)) if whole else f"_{order}"
        name = word(_ORDERS[head] + index)
    inside = [box for part in parts for box in (word(", "), _drawn(part)[0])][1:]
    return beside(name, bracketed(beside(*inside)))


def _held(tree: Expression, least: int) -> Box:
    box, strength = _drawn(tree)
    return box if strength >= least else bracketed(box)

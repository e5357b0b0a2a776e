"""Expressions in another language: one table per language, and what turns trees into its text."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from elitemap.formulas.expression import Expression, number
from elitemap.searchspaces.fractions.constants import Constant
from elitemap.searchspaces.fractions.relation import Relation

#: Binding strengths, as in :mod:`elitemap.formulas.expression`; a call binds less
#: than an atom in languages that write ``f x``.
SUM, PRODUCT, SIGN, POWER, CALL, ATOM = 1, 2, 3, 4, 5, 6


class Term(NamedTuple):
    """Text and how strongly it holds together."""

    text: str
    strength: int = ATOM


@dataclass(frozen=True)
class Dialect:
    """How one language writes the vocabulary.

    Attributes:
        name: What the language is called in messages.
        leaves: The named constants it has.
        functions: A template per function it has: ``{a}`` and ``{b}`` are the arguments as they
            stand, ``{A}`` and ``{B}`` the same in brackets unless they are atoms.
        number: A rational; negative ones are written as signs.
        infix: Writers of ``add``, ``sub``, ``mul``, ``div``, ``pow`` and ``neg``.
        power: Writes a power from its base, the exponent's tree and the exponent as it stands,
            where ``infix`` cannot.
        brackets: The template of brackets.
        exact: Template of whole numbers that the language would otherwise divide with rounding.
        enclosed: Infix operators whose operands need no brackets (fractions with a bar).
    """

    name: str
    leaves: Mapping[str, Term]
    functions: Mapping[str, Term]
    number: Callable[[Fraction], Term]
    infix: Mapping[str, Callable[..., str]]
    power: Callable[[str, Expression, str], str] | None = None
    brackets: str = "({})"
    exact: str = "{}"
    enclosed: frozenset[str] = frozenset()

    def lacks(self, expression: Expression) -> str | None:
        """The first name in a tree that the language has no word for."""
        head = expression.head
        known = head == "number" or head in self.infix or head in self.functions
        if not known and head not in self.leaves:
            return head
        return next((found for part in expression.parts if (found := self.lacks(part))), None)

    def text(self, expression: Expression) -> str:
        """An expression without x in the language."""
        return self._exactly(expression, self.term(expression)).text

    def term(self, expression: Expression) -> Term:
        """An expression with its strength."""
        head, parts = expression.head, expression.parts
        if head == "number":
            return self._rational(expression.value)
        if not parts:
            return self.leaves[head]
        terms = [self.term(part) for part in parts]
        if head not in self.infix:
            return self._call(self.functions[head], terms)
        strength = POWER if head in self.enclosed else _STRENGTHS[head]
        if head == "neg":
            return Term(self.infix[head](self.bracket(terms[0], SIGN)), strength)
        if head in ("div", "pow") and parts[1].head in ("number", "neg"):
            terms[0] = self._exactly(parts[0], terms[0])
        return Term(self._binary(head, terms, parts), strength)

    def bracket(self, term: Term, least: int) -> str:
        """The text, in brackets if it holds together less than asked."""
        return term.text if term.strength >= least else self.brackets.format(term.text)

    def _binary(self, head: str, terms: Sequence[Term], parts: Sequence[Expression]) -> str:
        left, right = terms
        if head == "pow":
            base = self.bracket(left, CALL)
            if self.power is not None:
                return self.power(base, parts[1], right.text)
            return self.infix[head](base, self.bracket(right, CALL))
        if head in self.enclosed:
            return self.infix[head](left.text, right.text)
        # A sign right of another operator would be read as one where products have none.
        least = ATOM if right.text.startswith("-") else _STRENGTHS[head] + 1
        return self.infix[head](self.bracket(left, _STRENGTHS[head]), self.bracket(right, least))

    def _rational(self, value: Fraction) -> Term:
        if value >= 0:
            return self.number(value)
        return Term(self.infix["neg"](self.bracket(self.number(-value), SIGN)), SIGN)

    def _exactly(self, expression: Expression, term: Term) -> Term:
        """A whole number that a language would divide with rounding, as the language's own."""
        whole = expression.head == "number" and expression.value.denominator == 1
        return Term(self.exact.format(term.text)) if whole and self.exact != "{}" else term

    def _call(self, template: Term, terms: Sequence[Term]) -> Term:
        plain = dict(zip("ab", (term.text for term in terms), strict=False))
        held = dict(zip("AB", (self.bracket(term, ATOM) for term in terms), strict=False))
        return Term(template.text.format(**plain, **held), template.strength)


_STRENGTHS = {"add": SUM, "sub": SUM, "mul": PRODUCT, "div": PRODUCT, "neg": SIGN, "pow": POWER}


def relation_tree(relation: Relation, constants: Sequence[Constant]) -> Expression:
    """The value of a relation as one expression, the constants' own trees in it.

    Args:
        relation: The relation.
        constants: Its constants, parsed, in order.
    """
    above, below = (
        _combination(row, constants) for row in (relation.numerator, relation.denominator)
    )
    return above if below == number(1) else Expression("div", (above, below))


def _combination(row: Sequence[int], constants: Sequence[Constant]) -> Expression:
    """A whole combination of 1 and constants; terms with constants come first."""
    terms = [(c, one.expression) for c, one in zip(row[1:], constants, strict=True) if c]
    if row[0] or not terms:
        terms.append((row[0], number(1)))
    # A sum that begins with its positive terms needs no sign in front.
    terms.sort(key=lambda term: term[0] < 0)
    (first, tree), *rest = terms
    total = _multiple(first, tree)
    for coefficient, tree in rest:
        head = "sub" if coefficient < 0 else "add"
        total = Expression(head, (total, _multiple(abs(coefficient), tree)))
    return total


def _multiple(coefficient: int, tree: Expression) -> Expression:
    if tree == number(1):
        return number(coefficient)
    if coefficient == -1:
        return Expression("neg", (tree,))
    return tree if coefficient == 1 else Expression("mul", (number(coefficient), tree))

"""The last stages of a sweep: values to many digits, what they are, and what becomes a find."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from elitemap.engine.protocols import Axis, Find
from elitemap.evaluators.fractions.values import deep
from elitemap.evaluators.fractions.values.agreement import agrees
from elitemap.evaluators.fractions.values.identify import Identified, identify
from elitemap.searchspaces.fractions.canonical import canonical, reduced
from elitemap.searchspaces.fractions.constants import Constant
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.convergence import classify
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.relation import Relation

#: Convergence classes in the order of the map's axis.
KINDS = (
    "factorial",
    "exponential",
    "root",
    "alternating root",
    "algebraic",
    "alternating algebraic",
    "logarithmic",
    "divergent",
    "finite",
)

#: Digits that values are computed to, and fewest that a relation must hold to.
DIGITS, LEAST = 60, 50


#: Edges of the map's axes of b's degree and of digits per term.
DEGREES = tuple(k + 0.5 for k in range(12))
RATES = (*(k / 10 for k in range(1, 41)), 5.0, 6.0, 8.0, 10.0)


def axes(constants: int) -> tuple[Axis, ...]:
    """The map's axes for finds of a sweep, given the number of constants, which count from 1."""
    return (
        Axis("constant", tuple(k + 0.5 for k in range(constants))),
        Axis("degree", DEGREES),
        Axis("class", tuple(k + 0.5 for k in range(len(KINDS) - 1))),
        Axis("rate", RATES),
    )


@dataclass(frozen=True)
class Recognition:
    """What fractions are recognised by.

    Attributes:
        constants: What their values may be related to.
        joint: Whether to several constants at once.
        tried: How many fractions the search goes through: significance is what goes beyond.
        known: What has been recognised before, for the representatives of classes.
    """

    constants: tuple[Constant, ...]
    joint: bool
    tried: int
    known: dict[ContinuedFraction, Identified | str] = field(default_factory=dict)

    def value(self, fraction: ContinuedFraction) -> Identified | str:
        """What a fraction's value is, to :data:`LEAST` digits or more.

        Returns:
            Its relation to the constants; or "rational", "chance" if it has none after all, or
            "unconfirmed" if it cannot be had to so many digits.
        """
        limit = deep.limit(fraction, DIGITS)
        if limit is None or limit.digits < LEAST:
            return "unconfirmed"
        found = identify(limit, self.constants, float(self.tried), self.joint)
        if found is None:
            return "chance"
        sure = found.digits >= LEAST - 1
        if not sure and not (self._given(found.relation) and agrees(limit, found.relation)):
            return "chance"
        return found if found.relation.constants else "rational"

    def _given(self, relation: Relation) -> bool:
        """Whether a relation has a constant of which only some decimals are known."""
        given = {one.text for one in self.constants if one.places is not None}
        return not given.isdisjoint(relation.constants)

    def representative(self, fraction: ContinuedFraction) -> Identified | str:
        """As :meth:`value`, for the representative of a class; asked once for each."""
        if fraction not in self.known:
            self.known[fraction] = self.value(fraction)
        return self.known[fraction]

    def find(self, fraction: ContinuedFraction) -> Find | str:
        """A find, or why it is none, in a word as for :meth:`value`."""
        whole = canonical(fraction)
        of_class = self.representative(whole)
        if isinstance(of_class, str):
            return of_class
        found = of_class if fraction == whole else self.value(fraction)
        if isinstance(found, str):
            return found
        texts = [one.text for one in self.constants]
        index = min(texts.index(name) for name in found.relation.constants)
        kind, rate = described(whole)
        return Find(
            document=Formula(whole, of_class.relation).to_json(),
            member=member(fraction, found.relation, whole),
            quality=found.significance,
            objectives={
                "digits": None,
                "significance": found.significance,
                "digits_per_term": rate,
                "label": None,
            },
            measures=(index + 1.0, float(whole.degrees[1]), float(kind), rate),
        )


def described(fraction: ContinuedFraction) -> tuple[int, float]:
    """The number of a fraction's convergence class, and its digits per term."""
    found = classify(fraction)
    return KINDS.index(found.kind), found.rate


def member(
    fraction: ContinuedFraction, value: Relation, whole: ContinuedFraction
) -> Mapping[str, object]:
    """One disguise of a class as a JSON object."""
    formula = Formula(fraction, value)
    return {
        "source": str(formula),
        "document": formula.to_json(),
        "disguise": disguise(fraction, whole),
    }


def disguise(fraction: ContinuedFraction, whole: ContinuedFraction) -> str:
    """How a fraction differs from the representative of its class."""
    if fraction == whole:
        return "itself"
    if fraction.period > 1:
        return "contraction"
    return "inflation" if reduced(fraction) == whole else "shift"

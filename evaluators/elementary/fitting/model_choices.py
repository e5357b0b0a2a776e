"""Choices over Taylor models: where a sign is open, a model that encloses both outcomes."""

from flint import arb_poly

from elitemap.evaluators.elementary.fitting.models import Model, normal, shifted


def hull(a: Model, b: Model) -> Model:
    """A model that encloses both (for choices that change within the interval)."""
    low = min(a.valuation, b.valuation)
    first, second = shifted(a, low), shifted(b, low)
    length = max(first.degree(), second.degree()) + 1
    return normal(a.frame, arb_poly([first[k].union(second[k]) for k in range(length)]), low)


def sign(a: Model) -> int:
    """1 or -1 if the value has that sign for all t but 0, else 0."""
    whole = a.range()
    if a.valuation % 2 and not a.frame.one_sided:
        return 0
    return 1 if whole >= 0 else (-1 if whole <= 0 else 0)


def absolute(a: Model) -> Model:
    """Absolute value."""
    decided = sign(a)
    return hull(a, -a) if decided == 0 else (a if decided > 0 else -a)


def select(c: Model, a: Model, b: Model) -> Model:
    """The second where the first is not negative, else the third."""
    decided = sign(c)
    return hull(a, b) if decided == 0 else (a if decided > 0 else b)


def minimum(a: Model, b: Model) -> Model:
    """The smaller of two."""
    decided = sign(b - a)
    return hull(a, b) if decided == 0 else (a if decided > 0 else b)


def maximum(a: Model, b: Model) -> Model:
    """The larger of two."""
    return -minimum(-a, -b)

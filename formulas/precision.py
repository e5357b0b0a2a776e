"""Working precision of ball arithmetic as a scope.

python-flint keeps precision and series length in one global context; everything in the project sets
them through :func:`precision` and nothing else, so that no caller sees another's setting.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flint import ctx


@contextmanager
def precision(bits: int, terms: int = 1) -> Iterator[None]:
    """Set the precision and the length of series; restore both afterwards.

    Args:
        bits: Precision of ball midpoints.
        terms: Taylor coefficients that series carry.
    """
    before = ctx.prec, ctx.cap
    ctx.prec, ctx.cap = bits, terms
    try:
        yield
    finally:
        ctx.prec, ctx.cap = before

"""The tail that expansions share: one signed fraction for all that differ in their first quotients.

From some quotient on an expansion obeys its recurrence. That tail continues backwards, by the
recurrence solved for its oldest term, as long as this gives quotients that an expansion may have.
Where it ends is a property of the tail alone, so every expansion with the same tail leads to the
same fraction. Both numbers are related by a product of whole 2 x 2 matrices.
"""

import itertools
from collections.abc import Iterator

from elitemap.searchspaces.fractions.signed import SignedFraction

#: ((p, q), (r, s)) stands for x -> (p x + q)/(r x + s).
Matrix = tuple[tuple[int, int], tuple[int, int]]

#: As many terms of a tail as it has taps, the index of the first, and the map from the fraction's
#: value to that of the tail from there on.
Step = tuple[tuple[int, ...], int, Matrix]

IDENTITY: Matrix = ((1, 0), (0, 1))

#: Steps backwards after which a tail counts as endless.
STEPS = 256


def times(left: Matrix, right: Matrix) -> Matrix:
    """The map that applies ``right`` first."""
    (a, b), (c, d) = left
    (e, f), (g, h) = right
    return (a * e + b * g, a * f + b * h), (c * e + d * g, c * f + d * h)


def admissible(quotient: int, following: int) -> bool:
    """Whether a quotient but the first may be followed by a sign.

    A complete quotient is larger than 1, so that its floor is at least 1 and its ceiling at least
    2; a zero never occurs. Fractions of such quotients converge (Tietze's semi-regular ones).
    """
    return quotient >= (1 if following > 0 else 2)


def canonical(f: SignedFraction) -> tuple[SignedFraction, Matrix] | None:
    """The longest fraction without a transient part that has the tail of a given one.

    Args:
        f: A fraction whose recurrence is the shortest.

    Returns:
        The fraction, and the map from the value of ``f`` to its value. None if the quotients are
        periodic: the value is rational or quadratic.
    """
    steps: list[Step] = []
    for window, index, matrix in _backwards(f, 1):
        if steps and window == steps[0][0] and (index - steps[0][1]) % len(f.signs) == 0:
            return None
        steps.append((window, index, matrix))
    if len(steps) > STEPS:
        # Endless without being periodic, as n**2 + 1: the least terms, which may as well be still
        # to come, mark a place.
        steps = [min(_backwards(f, STEPS // 2), key=lambda step: (sum(step[0]), step[0]))]
    window, index, matrix = steps[-1]
    signs = tuple(f.sign(index + 1 + k) for k in range(len(f.signs)))
    return SignedFraction(signs, window, f.taps), matrix


def _backwards(f: SignedFraction, begin: int) -> Iterator[Step]:
    """Terms of the tail from ever earlier indices.

    Args:
        f: The fraction.
        begin: Index to begin at, or later; at least 1, for the first quotient of an expansion may
            be any number and has to be found again.
    """
    index, matrix = max(begin, f.transient), IDENTITY
    terms = tuple(itertools.islice(f.quotients(), index + len(f.taps)))
    for k, a in enumerate(terms[:index]):
        # x_k = a + s/x_(k+1), so x_(k+1) = s/(x_k - a).
        matrix = times(((0, f.sign(k + 1)), (1, -a)), matrix)
    window = terms[index:]
    *taps, last = f.taps
    for _ in range(STEPS + 1):
        yield window, index, matrix
        known = sum(t * a for t, a in zip(taps, reversed(window[:-1]), strict=True))
        earlier, rest = divmod(window[-1] - known, last)
        if rest or not admissible(earlier, f.sign(index)):
            return
        matrix = times(((earlier, f.sign(index)), (1, 0)), matrix)
        window, index = (earlier, *window[:-1]), index - 1

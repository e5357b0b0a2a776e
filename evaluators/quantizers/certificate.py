"""Errors of a multiplier proved: every pair of operand codes, in ball arithmetic.

The program is run by NumPy and not by the kernel of the search. The integrals over what rounds to
a pair of codes are the same closed forms, with balls for logarithms.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.quantizers.evaluator import table_cost
from elitemap.formulas.precision import precision
from elitemap.searchspaces.quantizers.mantissas import Mantissas
from elitemap.searchspaces.quantizers.products import estimated, fields, read

#: Bits of the balls.
BITS = 128

METHOD = "all pairs of operand codes, integrals in closed form, ball arithmetic"

#: Errors are computed to far more than the digits of a float64, which is what is stored of them.
MOST_RADIUS = 1e-20


@cache
def _log(x: float) -> Any:
    with precision(BITS):
        return flint.arb(x).log()


def _above(x: tuple[float, ...], y: tuple[float, ...], v: float) -> Any:
    """The integral of v / (x y) - 1 over the part of a rectangle where v exceeds x y."""
    ball = flint.arb(v)
    cut, whole = v < x[1] * y[0], v > x[0] * y[1]
    end, log_end = (ball / y[0], _log(v) - _log(y[0])) if cut else (flint.arb(x[1]), _log(x[1]))
    turn, log_turn = (ball / y[1], _log(v) - _log(y[1])) if whole else (flint.arb(x[0]), _log(x[0]))
    span, log_q = log_end - log_turn, _log(v) - _log(y[0])
    curved = ball * (log_q * span - (log_end + log_turn) * span / 2) - ball * span
    curved += y[0] * (end - turn)
    flat = ball * (log_turn - _log(x[0])) * (_log(y[1]) - _log(y[0])) - (turn - x[0]) * (
        y[1] - y[0]
    )
    return curved + flat


def _piece(x: tuple[float, ...], y: tuple[float, ...], v: float) -> tuple[Any, Any]:
    """Integrals of the error's magnitude and of the error over a rectangle."""
    logs = (_log(x[1]) - _log(x[0])) * (_log(y[1]) - _log(y[0]))
    total = flint.arb(v) * logs - flint.arb(x[1] - x[0]) * (y[1] - y[0])
    if v <= x[0] * y[0]:
        return -total, total
    if v >= x[1] * y[1]:
        return total, total
    return 2 * _above(x, y, v) - total, total


@cache
def _shares(mantissas: Mantissas) -> tuple[Any, ...]:
    """Balls of :attr:`Mantissas.shares`."""
    with precision(BITS):
        root = flint.arb(2).sqrt()

        def below(x: float) -> Any:
            return (flint.arb(x) / root).erf()

        mean = (flint.arb(2) / flint.arb.pi()).sqrt()
        return tuple(
            sum(
                (unit * (below(high) - below(low)) for low, high, unit in mantissas.magnitudes(c)),
                flint.arb(0),
            )
            / mean
            for c in range(mantissas.codes)
        )


def _errors(product: NDArray[np.float64], mantissas: Mantissas) -> tuple[Any, ...]:
    """Balls of mean, largest, bias and that of sums; product is float64[codes, codes].

    Ends of pieces and products have few bits, so comparisons of float64 are exact.
    """
    pieces = [mantissas.pieces(code) for code in range(mantissas.codes)]
    mean, bias, largest, sums = flint.arb(0), flint.arb(0), flint.arb(0), flint.arb(-1)
    shares = _shares(mantissas)
    for i, of_x in enumerate(pieces):
        for j, of_y in enumerate(pieces):
            v = float(product[i, j])
            sums += shares[i] * shares[j] * v
            for x in of_x:
                for y in of_y:
                    absolute, total = _piece(x, y, v)
                    mean += x[2] * y[2] * absolute
                    bias += x[2] * y[2] * total
                    up, down = flint.arb(v) / (x[0] * y[0]) - 1, 1 - flint.arb(v) / (x[1] * y[1])
                    largest = largest.max(up).max(down)
    return mean, largest, bias, sums


def errors_of(product: NDArray[np.float64], mantissas: Mantissas) -> dict[str, float] | None:
    """Mean, largest, bias and that of sums of a multiplier; None if a ball is too wide.

    Args:
        product: float64[codes, codes], what it makes of the mantissas of each pair of codes.
        mantissas: The format.
    """
    with precision(BITS):
        found = _errors(product, mantissas)
        if any(float(ball.rad()) > MOST_RADIUS for ball in found):
            return None
        mean, largest, bias, sums = (float(ball.mid()) for ball in found)
    return {
        "mean_relative_error": mean,
        "max_relative_error": largest,
        "bias": bias,
        "sum_bias": sums,
    }


def certify(document: Mapping[str, Any], mantissas: Mantissas, room: int) -> dict[str, Any] | None:
    """The certificate of a multiplier; None if a product leaves the range of fields.

    Raises:
        ProgramError: If the document is no multiplier.
    """
    program, table = read(document, room)
    field = fields(program, table, room, mantissas)
    one = 1 << mantissas.fraction
    if field.min() < -one or field.max() >= 3 * one:
        return None
    errors = errors_of(mantissas.value(field), mantissas)
    if errors is None:
        return None
    taken = estimated(program, table, room, mantissas)
    return {
        "method": METHOD,
        "mantissa": mantissas.bits,
        "rounding": mantissas.rounding,
        "guard": mantissas.guard,
        "pairs": mantissas.codes**2,
        "products": hashlib.sha256(field.astype("<i8").tobytes()).hexdigest(),
        "cost": program.cost + float(table_cost(np.array([len(table)], np.int16))[0]),
        **errors,
        "look_up_tables": taken.tables,
        "gates": taken.gates,
        **properties(field, mantissas),
    }


def properties(field: NDArray[np.int64], mantissas: Mantissas) -> dict[str, bool]:
    """What is true of all pairs of codes.

    Args:
        field: int64[codes, codes], of the products.
        mantissas: The format.

    Returns:
        ``commutative``; ``monotone``, no product falls where an operand rises; ``exact_one``, one
        times a number is that number.
    """
    own = np.arange(mantissas.codes) << mantissas.guard
    rising = (np.diff(field, axis=0) >= 0).all() and (np.diff(field, axis=1) >= 0).all()
    return {
        "commutative": bool((field == field.T).all()),
        "monotone": bool(rising),
        "exact_one": bool((field[0] == own).all() and (field[:, 0] == own).all()),
    }

"""Multipliers beside those that are known, as products of the same rounded operands.

Mitchell (1962) adds the fields, L-Mul (arXiv 2410.00907) an offset of 2^-l(m) as well, REALM
(Saadat, Javaid, Ignjatovic and Parameswaran, DATE 2020) one by segments of both operands, chosen so
that the relative error of each segment has mean zero. The exact
product of the rounded operands is what no table can be much better than.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols import Bench, Compared, Entrant, Objective
from elitemap.evaluators.quantizers.certificate import errors_of
from elitemap.searchspaces.quantizers.gates import SOURCE, Hardware, memory, multiplied, summed
from elitemap.searchspaces.quantizers.mantissas import Mantissas
from elitemap.searchspaces.quantizers.products import estimated, fields, read

Floats = NDArray[np.float64]

#: Length of dot products, how many are drawn, and the seed.
LENGTH, DRAWN, SEED = 256, 2000, 20261129

#: What is said of every multiplier.
COLUMNS = (
    Objective("entries", -1, form="count"),
    Objective("look_up_tables", -1, "estimated", "count", label="LUTs"),
    Objective("gates", -1, "estimated", "count"),
    Objective("mean_relative_error", -1, "proved", "scientific", label="mean error"),
    Objective("max_relative_error", -1, "proved", "scientific", label="largest"),
    Objective("bias", 0, "proved", "scientific"),
    Objective("sum_bias", 0, "proved", "scientific", label="bias of sums"),
    Objective("dot_error", -1, "measured", "scientific", label="dot, rms"),
    Objective("dot_bias", 0, "measured", "scientific", label="dot, bias"),
    Objective("dot_interval", 0, "measured", "scientific", label="+-"),
)

_NOTES = (
    f"Dot products of {LENGTH} normal numbers, {DRAWN} of them: rms of the error over that of the "
    "exact ones, and its mean over the sum of the products' sizes with a 95 % interval; bias of "
    "sums is what the latter estimates, in closed form.",
    "REALM and L-Mul are the published formulas on operands of this format.",
    f"{SOURCE} REALM is estimated without the shift of offsets beyond a power of two.",
)


def _mitchell(mantissas: Mantissas) -> NDArray[np.int64]:
    """int64[codes, codes], sums of the fields."""
    a, b = mantissas.operands.astype(np.int64)
    return np.asarray((a + b).reshape(mantissas.codes, mantissas.codes))


def _l_mul(mantissas: Mantissas) -> NDArray[np.int64]:
    digits = mantissas.bits if mantissas.bits <= 3 else 3 if mantissas.bits == 4 else 4
    return _mitchell(mantissas) + (1 << (mantissas.fraction - digits))


def _segment_offset(lows: tuple[float, float], width: float) -> float:
    """The offset that makes the mean relative error of Mitchell's product zero in a segment."""
    at = (np.arange(64) + 0.5) / 64 * width
    x, y = lows[0] + at[:, None], lows[1] + at[None, :]
    exact, near = (1 + x) * (1 + y), np.where(x + y < 1, 1 + x + y, 2 * (x + y))
    return float(((exact - near) / exact).sum() / (1 / exact).sum())


def _segment_offsets(segments: int) -> Floats:
    """float64[segments, segments]."""
    width = 1.0 / segments
    return np.array(
        [
            [_segment_offset((i * width, j * width), width) for j in range(segments)]
            for i in range(segments)
        ]
    )


def realm(mantissas: Mantissas, segments: int) -> NDArray[np.int64]:
    """int64[codes, codes], fields of REALM with so many segments of each operand."""
    table = _segment_offsets(segments)
    part = np.arange(mantissas.codes) * segments // mantissas.codes
    one, field = 1 << mantissas.fraction, _mitchell(mantissas)
    offset = table[part[:, None], part[None, :]] * one
    # The offset is one of the product: beyond a power of two fields count twice as much.
    linear = np.where(field < one, field, 2 * field - one) + offset
    return np.asarray(np.rint(np.where(linear < one, linear, (linear + one) / 2)), np.int64)


def _exact(mantissas: Mantissas) -> Floats:
    mantissa = 1.0 + np.arange(mantissas.codes) / mantissas.codes
    return np.multiply.outer(mantissa, mantissa)


def peers(mantissas: Mantissas) -> dict[str, tuple[int, Floats]]:
    """Table entries and products, float64[codes, codes], by name."""
    made = {"exact product": (0, _exact(mantissas))}
    made["Mitchell"] = 0, mantissas.value(_mitchell(mantissas))
    made["L-Mul"] = 0, mantissas.value(_l_mul(mantissas))
    for segments in (4, 8):
        if segments <= mantissas.codes:
            value = mantissas.value(realm(mantissas, segments))
            made[f"REALM, {segments**2} entries"] = segments**2, value
    return made


def peers_hardware(mantissas: Mantissas) -> dict[str, Hardware]:
    """Estimates of the same peers."""
    a, b = mantissas.operands
    both = summed(a, b)
    i, j = (x >> np.uint32(mantissas.guard) for x in (a, b))
    linear = (i + j) << np.uint32(mantissas.bits)
    made = {"exact product": multiplied(i, j) + summed(i, j) + summed(i * j, linear)}
    made["Mitchell"] = both
    offset = np.array(_l_mul(mantissas) - _mitchell(mantissas), np.uint32).reshape(-1)
    made["L-Mul"] = both + summed(a + b, offset)
    for segments in (4, 8):
        if segments <= mantissas.codes:
            table, index = _offsets(mantissas, segments)
            told = both + memory(table) + summed(a + b, np.array(table, np.uint32)[index])
            made[f"REALM, {segments**2} entries"] = told
    return made


def _offsets(mantissas: Mantissas, segments: int) -> tuple[list[int], NDArray[np.int64]]:
    """Offsets of REALM in units of the field, and which of them each pair of codes takes."""
    part = np.arange(mantissas.codes) * segments // mantissas.codes
    return (
        np.rint(_segment_offsets(segments).reshape(-1) * (1 << mantissas.fraction))
        .astype(int)
        .tolist(),
        (part[:, None] * segments + part[None, :]).reshape(-1),
    )


def rounded(x: Floats, mantissas: Mantissas) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """int64[n] twice, codes and exponents of numbers above zero."""
    fraction, exponent = np.frexp(x)
    scaled = np.ldexp(2.0 * fraction - 1.0, mantissas.bits)
    code = np.rint(scaled) if mantissas.rounding == "nearest" else np.floor(scaled)
    whole = code.astype(np.int64)
    over = whole >> mantissas.bits
    return whole & (mantissas.codes - 1), exponent.astype(np.int64) - 1 + over


def dot_products(product: Floats, mantissas: Mantissas) -> dict[str, float]:
    """Errors of dot products of normal numbers.

    Args:
        product: float64[codes, codes], of mantissas from 1 to 2.
        mantissas: The format.
    """
    x, y = np.random.default_rng(SEED).standard_normal((2, DRAWN, LENGTH))
    (a, ex), (b, ey) = (rounded(np.abs(v), mantissas) for v in (x, y))
    near = np.sign(x) * np.sign(y) * np.ldexp(product[a, b], ex + ey)
    error, exact = (near - x * y).sum(axis=1), (x * y).sum(axis=1)
    # Errors of positive products add up: their mean is what the signs of these hide.
    lean = (np.abs(near) - np.abs(x * y)).sum(axis=1) / np.abs(x * y).sum(axis=1)
    return {
        "dot_error": math.sqrt(float((error**2).mean() / (exact**2).mean())),
        "dot_bias": float(lean.mean()),
        "dot_interval": 1.96 * float(lean.std()) / math.sqrt(DRAWN),
    }


def bench(
    mantissas: Mantissas, room: int, entrants: Sequence[Entrant], say: Callable[[str], None]
) -> Bench:
    """Elites and known multipliers.

    Args:
        mantissas: The format.
        room: Most entries of an elite's table.
        entrants: The elites.
        say: Is told of each step.
    """
    measured, taken = {}, peers_hardware(mantissas)
    for one in entrants:
        program, table = read(one.program, room)
        value = mantissas.value(fields(program, table, room, mantissas))
        measured[one.id[:10]] = len(table), value
        taken[one.id[:10]] = estimated(program, table, room, mantissas)
    rows = []
    for name, (entries, product) in (measured | peers(mantissas)).items():
        say(f"{name}, all pairs of operands")
        told = errors_of(product, mantissas)
        if told is not None:
            told |= dot_products(product, mantissas)
            rows.append(Compared(name, "", {"entries": entries, **_estimates(taken[name]), **told}))
    return Bench(COLUMNS, tuple(rows), (), _NOTES)


def _estimates(taken: Hardware) -> dict[str, int]:
    return {"look_up_tables": taken.tables, "gates": taken.gates}

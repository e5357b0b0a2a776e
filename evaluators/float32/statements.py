"""What exported float32 code says of its accuracy and its time."""

import math
from collections.abc import Mapping
from decimal import ROUND_CEILING, Context
from typing import Any

from elitemap.searchspaces.elementary.float32.functions import Single

_UPWARDS = Context(prec=4, rounding=ROUND_CEILING)


def statements(single: Single, certificate: Mapping[str, Any] | None) -> list[str]:
    """Lines for the head of a file.

    Args:
        single: What the code shall be.
        certificate: Of the program; None if there is none. It may be a stranger's.
    """
    lines = [_arguments(single), ""]
    ulp = _number(certificate, "max_ulp")
    if certificate is None or ulp is None:
        return [*lines, "No certificate: what the largest error is was not proved."]
    lines += [
        f"Largest error {ulp:.4f} units in the last place of the true value, at x = "
        f"{_number(certificate, 'witness')!r};",
        "proved by comparing the compiled code with the true value at "
        f"{_number(certificate, 'arguments') or 0:,.0f} arguments.",
        *_absolute(certificate),
        f"Not rounded correctly: {_number(certificate, 'misrounded') or 0:,.0f} of them.",
    ]
    ns = _number(certificate, "ns")
    if ns is not None:
        lines.append(
            f"Measured {ns:.3f} ns an element in the first cache, "
            f"{_number(certificate, 'ratio') or 0.0:.2f} times a polynomial of degree 8 there "
            f"({certificate.get('compiler')}, {certificate.get('flags')})."
        )
    return lines


def _absolute(certificate: Mapping[str, Any]) -> list[str]:
    error = _number(certificate, "max_absolute_error")
    if error is None:
        return []
    witness = _number(certificate, "absolute_witness")
    return [f"Largest absolute error {upwards(error)}, at x = {witness!r}."]


def upwards(error: float) -> str:
    """A bound with four digits, never rounded down."""
    return f"{float(_UPWARDS.create_decimal(error)):.4g}"


def _arguments(single: Single) -> str:
    low, high = single.domain
    if not single.complete:
        return f"For arguments in [{low!r}, {high!r}] and no others."
    values = ", ".join(f"{_said(x)} gives {_said(y)}" for x, y in single.specials)
    return f"For every float32: {values}."


def _said(x: float) -> str:
    if math.isnan(x):
        return "NaN"
    return f"{x:g}"


def _number(certificate: Mapping[str, Any] | None, name: str) -> float | None:
    value = (certificate or {}).get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None

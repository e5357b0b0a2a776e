"""What exported code of 16-bit functions says of its accuracy and its time."""

import math
from collections.abc import Mapping
from typing import Any

from elitemap.evaluators.float32.statements import upwards
from elitemap.searchspaces.elementary.halves.functions import Half


def statements(half: Half, certificate: Mapping[str, Any] | None) -> list[str]:
    """Lines for the head of a file.

    Args:
        half: What the code shall be.
        certificate: Of the program; None if there is none. It may be a stranger's.
    """
    lines = [_arguments(half), ""]
    ulp, wrong = (_number(certificate, name) for name in ("max_ulp", "misrounded"))
    if certificate is None or ulp is None or wrong is None:
        return [*lines, "No certificate: how it rounds was not proved."]
    arguments = f"{_number(certificate, 'arguments') or 0:,.0f} arguments"
    if wrong == 0:
        lines.append(f"Correctly rounded at all {arguments}: each went through the compiled code.")
    else:
        lines += [
            f"Largest error {ulp:.4f} units in the last place of the true value, at x = "
            f"{_number(certificate, 'witness')!r};",
            f"{wrong:,.0f} of {arguments} are not rounded correctly: each went through the",
            "compiled code.",
        ]
    absolute = _number(certificate, "max_absolute_error")
    if absolute is not None:
        lines.append(f"Largest absolute error {upwards(absolute)}.")
    ns = _number(certificate, "ns")
    if ns is not None:
        lines.append(
            f"Measured {ns:.3f} ns an element in the first cache, "
            f"{_number(certificate, 'ratio') or 0.0:.2f} times a polynomial of degree 8 in float32 "
            f"there ({certificate.get('compiler')}, {certificate.get('flags')})."
        )
    return lines


def _arguments(half: Half) -> str:
    low, high = half.domain
    if not half.complete:
        return f"For arguments in [{low!r}, {high!r}] and no others."
    values = ", ".join(f"{_said(x)} gives {_said(y)}" for x, y in half.specials)
    return f"For every {half.number.name}: {values}."


def _said(x: float) -> str:
    return "NaN" if math.isnan(x) else f"{x:g}"


def _number(certificate: Mapping[str, Any] | None, name: str) -> float | None:
    value = (certificate or {}).get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None

"""The words that every exported file carries: what it is, where it is from, what is proved.

Names, targets and certificates may come from a stranger's archive, so everything passes through
:func:`plain` and a language's own escape before it reaches a comment.
"""

import re
import textwrap
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from elitemap.searchspaces.programs.emission.float64 import COST
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.real.constants import decimal

#: Longest text taken over from metadata, and most entries of a certificate.
_LONGEST, _MOST = 300, 40

_WIDTH = 92

#: What the entries of a certificate are called in a file, in this order; others keep their key.
_LABELS = {
    "standing": "standing",
    "upper": "largest error, proved bound",
    "digits": "digits, proved",
    "lower": "error attained, proved",
    "argument": "attained at x",
    "digits_limit": "digits, at most",
    "float64_error": "float64 error, measured",
    "float64_extra": "float64 rounding, measured",
    "target": "target",
    "domain": "domain",
    "error": "error",
    "method": "method",
}

#: Entries that tell a reader of the file nothing.
_OMITTED = frozenset({"seconds", "failure", "float64"})


def plain(text: object) -> str:
    """Any text as one line of printable ASCII of bounded length."""
    line = re.sub(r"\s+", " ", str(text)).strip()
    line = re.sub(r"[^ -~]", "_", line)
    # Three characters that begin with two question marks are a trigraph in C.
    line = re.sub(r"\?(?=\?)", "? ", line)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."


def summary(meta: ExportMeta) -> str:
    """What the function is, on one line."""
    where = [f"{name} in {side}" for name, side in zip("xy", _intervals(meta), strict=False)]
    return f"{plain(meta.target)} for {', '.join(where)}"


def interval(meta: ExportMeta) -> str:
    """The domain as text."""
    return " x ".join(_intervals(meta))


def _intervals(meta: ExportMeta) -> list[str]:
    ends = [[decimal((end, 0.0)) for end in side] for side in meta.box]
    return [f"[{low}, {high}]" for low, high in ends]


def provenance(program: Program, meta: ExportMeta) -> list[str]:
    """Where the program comes from, and its licence."""
    return [
        f"{program.cost} operations. Found by elitemap, space {plain(meta.space)},",
        f"program {plain(meta.program_id)}.",
        "SPDX-License-Identifier: MIT",
    ]


def certificate_lines(certificate: Mapping[str, Any] | None, meta: ExportMeta) -> list[str]:
    """The certificate as aligned lines.

    Args:
        certificate: The JSON object of a certificate, or None if there is none.
        meta: The kind of error and the domain, in case nothing is proved about them.
    """
    unproved = f"the {plain(meta.error)} error on {interval(meta)} is not proved."
    if certificate is None:
        return [f"No certificate: {unproved}"]
    known = [(key, certificate[key]) for key in _LABELS if key in certificate]
    others = [(k, v) for k, v in certificate.items() if k not in _LABELS and k not in _OMITTED]
    rows = [(_LABELS.get(key, key), value) for key, value in [*known, *others][:_MOST]]
    labels = [plain(label).replace("_", " ") for label, _ in rows]
    width = max(map(len, labels), default=0)
    title = "Certificate, for real arithmetic and the unrounded constants:"
    if proved_bound(certificate) is None:
        reason = plain(certificate.get("failure") or "it has no upper bound")
        title = f"Certificate without a bound ({reason}): {unproved}"
    shown = [_shown(value) for _, value in rows]
    return [
        title,
        *(f"  {label.ljust(width)}  {v}" for label, v in zip(labels, shown, strict=True)),
    ]


def proved_bound(certificate: Mapping[str, Any] | None) -> Decimal | None:
    """The upper bound of a certificate, or None if it has none that is a positive number."""
    if certificate is None:
        return None
    try:
        bound = Decimal(str(certificate.get("upper")))
    except InvalidOperation:
        return None
    return bound if bound.is_finite() and bound > 0 else None


def description(
    program: Program, certificate: Mapping[str, Any] | None, meta: ExportMeta
) -> list[str]:
    """Everything a function's documentation says: summary, provenance, certificate."""
    return [
        f"{summary(meta)}.",
        "",
        *provenance(program, meta),
        "",
        *certificate_lines(certificate, meta),
        "",
        *float64_lines(meta),
    ]


def float64_lines(meta: ExportMeta) -> list[str]:
    """What holds for code in float64, which a proof over the reals does not cover."""
    code = meta.float64
    if code is None:
        return ["Whether the float64 evaluation is finite was not examined."]
    if not code.finite:
        return [
            f"NOT FINITE in float64 at {plain(code.where)}.",
            "The bound, if there is one, does not hold for code there.",
        ]
    sure = "for every argument in the domain, proved" if code.proved else "wherever looked at"
    lines = [f"In float64 the result is finite {sure}."]
    if code.mends:
        lines.append(
            f"Mended in C, Python, NumPy and JAX, at a cost of {COST} each; the code returns"
        )
    for mend in code.mends:
        lines.append(f"  {plain(mend)}; largest error there, proved bound {mend.upper!r}")
    return lines


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return plain(f"[{', '.join(map(str, value))}]")
    if value is None:
        return "none"
    return plain(repr(value) if isinstance(value, float) else value)


def wrapped(lines: list[str], escape: Callable[[str], str]) -> list[str]:
    """Lines broken at spaces to a readable width, each escaped after that."""
    broken: list[str] = []
    for line in lines:
        indent = " " * (len(line) - len(line.lstrip()) + 4 if line.startswith(" ") else 0)
        broken += textwrap.wrap(
            line,
            _WIDTH,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
            drop_whitespace=True,
        ) or [""]
    return [escape(line) for line in broken]

"""What every exported file says: the formula, how sure it is, how it was checked, where it is from.

Certificates and names may come from a stranger's archive: every text passes through
:func:`latin` here and a language's own escape later.
"""

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from elitemap.searchspaces.fractions.emission.subject import Subject
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.programs.emission.provenance import plain

#: Entries that the lines below spell out or that tell a reader nothing.
_SPOKEN = frozenset({"label", "statement", "seconds", "failure", "rigorous", "why"})

#: What the other entries are called, in this order; further ones keep their key.
_LABELS = {
    "standing": "standing",
    "digits": "digits checked",
    "depth": "depth, in terms",
    "residual": "residual, log10",
    "significance": "digits beyond chance",
    "method": "method",
}

#: Most entries of a certificate that are printed.
_MOST = 40

#: Characters of a text that are looked at.
_LONGEST = 2000


def latin(text: object) -> str:
    """Any text as one line of printable ASCII; letters lose their accents, not themselves."""
    letters = unicodedata.normalize("NFKD", str(text)[:_LONGEST])
    return plain("".join(c for c in letters if not unicodedata.combining(c)))


def description(subject: Subject) -> list[str]:
    """All lines: statement, status, certificate, provenance."""
    return [
        f"{statement(subject.origin or subject.formula)}",
        *([] if subject.origin is None else [_instead(subject.formula)]),
        "",
        f"{status(subject)}",
        "",
        *certificate_lines(subject.certificate),
        "",
        f"Found by elitemap, space {latin(subject.meta.space)},",
        f"program {latin(subject.meta.program_id)}.",
        "SPDX-License-Identifier: MIT",
    ]


def _instead(formula: Formula) -> str:
    return latin(f"Computed from its canonical form, {formula}.")


def statement(formula: Formula) -> str:
    """A formula on one line."""
    relation = formula.value
    value = "(unidentified value)" if relation is None else str(relation)
    kind = "a(0) + b(1)/(a(1) + b(2)/(a(2) + ...))"
    return latin(f"{value} = {kind} with {formula.fraction}")


def status(subject: Subject, clean: Callable[[object], str] = latin) -> str:
    """What may be claimed: unexplained, explained, known, and to how many digits it is checked.

    Args:
        subject: The formula.
        clean: Makes one harmless line of a text.
    """
    name, reason = label(subject.certificate, clean)
    checked = (
        f"checked to {digits} digits"
        if (digits := cut(subject.certificate.get("digits")))
        else "not checked"
    )
    because = f"{checked}: {reason}" if reason else checked
    if subject.formula.value is None:
        return f"No value is known; {checked}."
    return {
        "unexplained": f"Not proved, {because}.",
        "explained": f"Explained, {because}.",
        "known": f"Known, {because}.",
        "rational": f"A rational number, {because}.",
        "algebraic": f"An algebraic number, {because}.",
    }.get(name, f"Not certified as known, explained or new; {checked}{_in_brackets(reason)}.")


def label(
    certificate: Mapping[str, Any], clean: Callable[[object], str] = latin
) -> tuple[str, str]:
    """Name and reason of a certificate's label; empty where it has none."""
    found = certificate.get("label")
    if isinstance(found, Mapping):
        return clean(found.get("name") or ""), clean(found.get("reason") or "").rstrip(".")
    return clean(found or ""), ""


def cut(found: object) -> int | None:
    """A number of digits without its fraction; None if it is none or less than one."""
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return int(found) if 1 <= found < 1e15 else None


def certificate_lines(certificate: Mapping[str, Any]) -> list[str]:
    """The certificate as aligned lines."""
    if not certificate:
        return ["No certificate."]
    rows = [(_LABELS[key], certificate[key]) for key in _LABELS if key in certificate]
    # Digits are cut where they are shown, never rounded up.
    rows = [(name, cut(v) if name == _LABELS["digits"] else v) for name, v in rows]
    if "rigorous" in certificate:
        sure = "rigorous enclosure" if certificate["rigorous"] is True else _AGREEMENT
        rows.append(("checked by", f"{sure}: {why}" if (why := certificate.get("why")) else sure))
    known = _LABELS.keys() | _SPOKEN
    rows += _flat({key: value for key, value in certificate.items() if key not in known})
    shown = [(latin(key).replace("_", " "), _shown(value)) for key, value in rows[:_MOST]]
    width = max((len(key) for key, _ in shown), default=0)
    return ["Certificate:", *(f"  {key.ljust(width)}  {value}" for key, value in shown)]


_AGREEMENT = "agreement of two computations, not a proved enclosure"


def _flat(found: Mapping[str, Any], prefix: str = "") -> list[tuple[str, object]]:
    """The entries of nested objects, as in ``convergence, kind``."""
    rows: list[tuple[str, object]] = []
    for key, value in found.items():
        if isinstance(value, Mapping) and prefix.count(",") < 2:
            rows += _flat(value, f"{prefix}{key}, ")
        else:
            rows.append((f"{prefix}{key}", value))
    return rows


def _shown(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, list | tuple):
        return latin(f"[{', '.join(map(str, value))}]")
    return latin(repr(value) if isinstance(value, float) else value)


def _in_brackets(reason: str) -> str:
    return f" ({reason})" if reason else ""

"""The choice of a target language."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from elitemap.archive.errors import UsageError
from elitemap.searchspaces.fractions.emission import (
    to_c,
    to_latex,
    to_lean,
    to_pari,
    to_python,
    to_sympy,
)
from elitemap.searchspaces.fractions.emission.dialect import Dialect
from elitemap.searchspaces.fractions.emission.latex_table import LATEX
from elitemap.searchspaces.fractions.emission.lean_table import LEAN
from elitemap.searchspaces.fractions.emission.subject import Subject, subject
from elitemap.searchspaces.fractions.emission.tables import MPMATH, PARI, SYMPY
from elitemap.searchspaces.fractions.emission.uninterlaced import uninterlaced
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.programs.emission.meta import ExportMeta

_EMITTERS: Mapping[str, Callable[[Subject], dict[str, str]]] = MappingProxyType(
    {
        "latex": to_latex.files,
        "sympy": to_sympy.sympy_files,
        "pari": to_pari.files,
        "mpmath": to_sympy.mpmath_files,
        "python": to_python.files,
        "c": to_c.files,
        "lean": to_lean.files,
    }
)

#: The tables of the languages that write the value; ``python`` and ``c`` compute from the fraction.
DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {one.name: one for one in (LATEX, SYMPY, PARI, MPMATH, LEAN)}
)

#: What computes the fraction.
COMPUTING = frozenset({"sympy", "pari", "mpmath", "python", "c"})

#: Names of the target languages.
LANGUAGES: tuple[str, ...] = tuple(_EMITTERS)


def export(
    formula: Formula, certificate: Mapping[str, Any] | None, meta: ExportMeta, language: str
) -> dict[str, str]:
    """Write a formula in a target language.

    ``python`` and ``c`` compute the formula's constant from the fraction (or the fraction's value,
    if it has several constants or none) and are tried out before they are written; the others
    state the formula, and compare its sides where the language can compute. All text of ``meta``
    and ``certificate`` is made harmless, and constants are parsed again.

    Args:
        formula: The formula.
        certificate: The JSON object of its certificate, or None.
        meta: Name and provenance; domain and kind of error are not used.
        language: One of :data:`LANGUAGES`.

    Returns:
        The text of each file by file name. The names differ between languages, so that all may lie
        in one folder.

    Raises:
        UsageError: If the language is unknown, a constant is not in the vocabulary or not in the
            language, or the language cannot say this formula (the message says which can).
        SearchError: If the fraction is not what the formula says, as far as ``python`` and ``c``
            have tried it.
    """
    if language not in _EMITTERS:
        known = ", ".join(LANGUAGES)
        raise UsageError(f"unknown target language {language!r}: choose one of {known}")
    found = subject(formula, certificate, meta)
    if found.value is not None and language in DIALECTS:
        lacking = DIALECTS[language].lacks(found.value)
        if lacking is not None:
            raise UsageError(f"{language} has no {lacking}: export to {_with(lacking)} instead")
    return _EMITTERS[language](uninterlaced(found) if language in COMPUTING else found)


def _with(name: str) -> str:
    """The languages that can export a formula with a name of the vocabulary."""
    tables = DIALECTS.items()
    able = [known for known, one in tables if name in one.functions or name in one.leaves]
    return ", ".join([*able, "python"]) + " or c"

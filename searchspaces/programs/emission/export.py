"""The choice of a target language."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from elitemap.archive.errors import UsageError
from elitemap.searchspaces.programs.emission import (
    to_c,
    to_cuda,
    to_jax,
    to_latex,
    to_numpy,
    to_python,
    to_rust,
    to_sympy,
)
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.program import Program

Emitter = Callable[[Program, Mapping[str, Any] | None, ExportMeta], dict[str, str]]

_EMITTERS: Mapping[str, Emitter] = MappingProxyType(
    {
        "c": to_c.files,
        "python": to_python.files,
        "numpy": to_numpy.files,
        "jax": to_jax.files,
        "sympy": to_sympy.files,
        "latex": to_latex.files,
        "rust": to_rust.files,
        "cuda": to_cuda.files,
    }
)

#: Names of the target languages.
LANGUAGES: tuple[str, ...] = tuple(_EMITTERS)


def export(
    program: Program, certificate: Mapping[str, Any] | None, meta: ExportMeta, language: str
) -> dict[str, str]:
    """Write a program in a target language.

    The code computes in float64 with the leading parts of the constants (``sympy`` and the exact
    twin in ``python`` keep them whole). All text of ``meta`` and ``certificate`` is made harmless.

    Args:
        program: A program of one input and one output.
        certificate: The JSON object of its certificate, or None.
        meta: Name and provenance.
        language: One of :data:`LANGUAGES`.

    Returns:
        The text of each file by file name. The names differ between languages, so that all may lie
        in one folder.

    Raises:
        UsageError: If the language is unknown.
        SearchError: If the program has several inputs or outputs, or infinite constants.
    """
    if language not in _EMITTERS:
        known = ", ".join(LANGUAGES)
        raise UsageError(f"unknown target language {language!r}: choose one of {known}")
    return _EMITTERS[language](program, certificate, meta)

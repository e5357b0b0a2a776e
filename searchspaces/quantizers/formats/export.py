"""A quantizer as code: C to encode and decode, three kinds of Python to decode, and levels."""

import io
from collections.abc import Mapping
from typing import Any

import numpy as np

from elitemap.archive.identity import identity
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.quantizers.formats.elements import Element
from elitemap.searchspaces.quantizers.formats.levels_c import level_table
from elitemap.searchspaces.quantizers.formats.quantizers import read
from elitemap.searchspaces.quantizers.formats.rule import Rule
from elitemap.searchspaces.quantizers.formats.to_arrays import to_arrays
from elitemap.searchspaces.quantizers.formats.to_c import to_c
from elitemap.searchspaces.quantizers.formats.to_numpy import to_numpy

LANGUAGES = ("c", "numpy", "jax", "torch", "table")


def exported(
    document: Mapping[str, Any], confirmed: Mapping[str, Any] | None, name: str, language: str
) -> dict[str, str | bytes]:
    """One quantizer as code.

    Args:
        document: The quantizer.
        confirmed: A certificate made just now, or None.
        name: What it is to be called.
        language: One of :data:`LANGUAGES`.

    Returns:
        Texts by file name; levels also as float32[choices, codes] in NumPy's format.

    Raises:
        FormatError: If the document is no quantizer.
    """
    rule, element = read(document)
    known = identifier(name)
    told = "levels that are no numbers" if confirmed is None else (
        f"{confirmed['bits_per_weight']:.4f} bits per weight, SQNR {confirmed['sqnr_db']:.3f} dB"
    )  # fmt: skip
    remark = f"Quantizer {identity(document)[:12]}: {told}."
    if language == "c":
        return {f"{known}.c": to_c(rule, element, known, remark)}
    if language == "numpy":
        return {f"{known}_numpy.py": to_numpy(rule, element, known, remark)}
    if language in ("jax", "torch"):
        return {f"{known}_{language}.py": to_arrays(rule, element, known, remark, language)}
    table = io.BytesIO()
    np.save(table, element.levels(rule))
    return {
        f"{known}_levels.h": _table(rule, element, known, remark),
        f"{known}_levels.npy": table.getvalue(),
    }


def _table(rule: Rule, element: Element, name: str, remark: str) -> str:
    """Levels of all choices and codes as an array of C."""
    text = level_table(element.levels(rule), f"{name}_levels")
    return f"/* {remark}\n * {rule.text()} */\n{text}"

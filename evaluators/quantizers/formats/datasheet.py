"""The data sheet of a quantizer: its certificate, and more figures, on all distributions."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from elitemap.archive.identity import identity
from elitemap.evaluators.quantizers.formats.confirming import DRAWN_BESIDE, SEED, cosine
from elitemap.evaluators.quantizers.formats.confirming_weights import decibels
from elitemap.evaluators.quantizers.formats.properties import through
from elitemap.evaluators.quantizers.formats.sources import SOURCES
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.text import source
from elitemap.searchspaces.quantizers.formats.elements import SHAPES, Element
from elitemap.searchspaces.quantizers.formats.quantizers import read
from elitemap.searchspaces.quantizers.formats.rule import Rule
from elitemap.searchspaces.quantizers.formats.to_c import streams
from elitemap.searchspaces.quantizers.sheet import commands, written

_REMARK = (
    "Errors are relative to the mean square of the weights. Those on distributions are of "
    f"{DRAWN_BESIDE} draws each that no search has seen; the worst is the largest error of a "
    "weight in standard deviations, the bias the mean error. Accumulators are exact sums of 256 "
    "products with whole numbers of 8 bits, or with E4M3, by Aggarwal et al. (arXiv 2311.12359)."
)


def datasheet(
    document: Mapping[str, Any], certificate: Mapping[str, Any] | None, name: str, asked: str
) -> dict[str, str]:
    """The texts of a Markdown file and of one in JSON, by name.

    Args:
        document: The quantizer.
        certificate: Made just now, or None.
        name: What it is to be called.
        asked: Target and options of its search.

    Raises:
        FormatError: If the document is no quantizer.
    """
    rule, element = read(document)
    known, told = identifier(name), dict(certificate or {})
    facts = {
        "levels": "program" if element.program else f"{SHAPES[element.shape]} table",
        "table_bytes": element.bytes,
        "streams": {str(k): line for k, line in enumerate(streams(rule))},
        **told,
        **({} if certificate is None else {"on": on_distributions(rule, element)}),
    }
    remark = f"Quantizer {identity(document)[:12]}: {rule.text()}."
    again = commands(identity(document), known, asked)
    return written(known, [remark, again], facts, _code(rule, element), _REMARK)


def on_distributions(rule: Rule, element: Element) -> dict[str, dict[str, float]]:
    """Errors on fresh draws, by distribution."""
    levels, found = element.levels(rule), {}
    for name, one in SOURCES.items():
        weights = one.fresh(DRAWN_BESIDE, SEED + 1).astype(np.float64)
        back = through(rule, levels, weights.astype(np.float32))[0].astype(np.float64)
        mse = float(((back - weights) ** 2).mean())
        found[name] = {
            "mse": mse,
            "sqnr_db": decibels(mse),
            "cosine": cosine(weights, back),
            "worst": float(np.abs(back - weights).max()),
            "bias": float((back - weights).mean()),
        }
    return found


def _code(rule: Rule, element: Element) -> list[str]:
    """The program, or the levels of each choice."""
    if element.program is not None:
        return source(element.program).splitlines()
    rows = element.levels(rule).tolist()
    return [f"levels{k if rule.choice else ''} = {row}" for k, row in enumerate(rows)]

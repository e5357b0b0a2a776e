"""A multiplier's certificate made again."""

from collections.abc import Mapping
from typing import Any

from elitemap.engine.protocols import Verdict
from elitemap.evaluators.quantizers.certificate import certify
from elitemap.searchspaces.quantizers.mantissas import Mantissas

#: What certificates say that did not say it once.
LATER = ("sum_bias", "look_up_tables", "gates", "commutative", "monotone", "exact_one")


def verify(
    document: Mapping[str, Any], recorded: Mapping[str, Any], mantissas: Mantissas, room: int
) -> Verdict:
    """Go through all pairs again, and compare every number with what is recorded.

    Args:
        document: The multiplier.
        recorded: Its certificate, from whoever wrote the archive.
        mantissas: The format that it is for.
        room: Most entries of a table.
    """
    made = certify(document, mantissas, room)
    if made is None:
        return Verdict("failed", "a product leaves the range of fields")
    for name, value in made.items():
        if recorded.get(name) != value and (name in recorded or name not in LATER):
            told = f"{name} is {value!r}, the certificate says {str(recorded.get(name))[:60]!r}"
            return Verdict("failed", told, made)
    return Verdict("verified", "", made)

"""A certificate of a 16-bit function proved again."""

from collections.abc import Mapping
from typing import Any

from elitemap.engine.protocols import Verdict
from elitemap.evaluators.halves.certificate import certify
from elitemap.searchspaces.elementary.halves.functions import Half
from elitemap.searchspaces.programs.program import Program

#: What a certificate is about, and what it claims that does not depend on the machine.
_CLAIMED = (
    *("target", "format", "domain", "arguments"),
    *("max_ulp", "witness", "misrounded", "unsettled"),
)

#: What certificates of earlier versions do not claim.
_LATER = ("max_absolute_error",)


def verify(program: Program, recorded: Mapping[str, Any], half: Half) -> Verdict:
    """Judge a program again at every argument, and compare with what is recorded.

    Args:
        program: Of bits of a 16-bit number.
        recorded: Its certificate, from whoever wrote the archive.
        half: What the program shall be.
    """
    made = certify(program, half).to_json()
    later = [name for name in _LATER if name in recorded]
    for name in (*_CLAIMED, *later):
        if recorded.get(name) != made[name]:
            told = f"{name} {str(recorded.get(name))[:60]}, found {made[name]}"
            return Verdict("failed", f"the certificate says {told}", made)
    return Verdict("verified", "", made)

"""A certificate of a program in float32 proved again."""

from collections.abc import Mapping
from typing import Any

from elitemap.engine.protocols import Verdict
from elitemap.evaluators.float32.certificate import certify
from elitemap.searchspaces.elementary.float32.functions import Single
from elitemap.searchspaces.programs.program import Program

#: What a certificate is about, and what it claims that does not depend on the machine.
_ABOUT = ("target", "domain", "arguments")
_CLAIMED = ("max_ulp", "max_relative_error", "misrounded", "unsettled")

#: What certificates of earlier versions do not claim.
_LATER = ("max_absolute_error",)


def verify(
    program: Program, recorded: Mapping[str, Any], single: Single, seconds: float
) -> Verdict:
    """Judge a program again at every argument, and compare with what is recorded.

    Args:
        program: In ``float32``.
        recorded: Its certificate, from whoever wrote the archive.
        single: What the program shall be.
        seconds: For everything, of each of all cores; what other work takes of them does not count.
    """
    proof = certify(program, single, seconds, workers=None)
    if proof is None:
        return Verdict("could not", "there was not enough time for every float32", {})
    made = proof.to_json()
    later = [name for name in _LATER if name in recorded]
    for name in (*_ABOUT, *_CLAIMED, *later):
        if recorded.get(name) != made[name]:
            told = f"{name} {str(recorded.get(name))[:60]}, found {made[name]}"
            return Verdict("failed", f"the certificate says {told}", made)
    return Verdict("verified", "", made)

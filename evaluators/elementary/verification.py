"""A certificate of a program proved again, the program as it is."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from elitemap.engine.protocols import Verdict
from elitemap.evaluators.elementary.certificate import certify
from elitemap.searchspaces.elementary.targets import Target
from elitemap.searchspaces.programs.program import Program

#: What a certificate is about.
_ABOUT = ("target", "domain", "error")


def verify(
    program: Program, recorded: Mapping[str, Any], target: Target, seconds: float
) -> Verdict:
    """Prove the error of a program again, and compare with what is recorded.

    Args:
        program: The program.
        recorded: Its certificate, from whoever wrote the archive.
        target: What the program approximates.
        seconds: Time for the proof.
    """
    proof = certify(program, _rounded(target, recorded.get("domain")), seconds)
    return judged(recorded, proof.to_json())


def judged(recorded: Mapping[str, Any], made: Mapping[str, Any]) -> Verdict:
    """What a proof that was made again says of a recorded certificate, both as JSON."""
    for name in _ABOUT:
        if recorded.get(name) != made[name]:
            told = f"{name} {str(recorded.get(name))[:60]!r}, not {str(made[name])!r}"
            return Verdict("failed", f"the certificate is about the {told}", made)
    upper, digits = recorded.get("upper"), recorded.get("digits")
    if not (isinstance(upper, float) and upper > 0 and isinstance(digits, float | None)):
        return Verdict("failed", "the certificate has no bound", made)
    verdict = _compared(made, upper, digits)
    if verdict.outcome == "verified" and not _same_code(recorded.get("float64"), made["float64"]):
        return Verdict("failed", "the certificate says something else of the float64 code", made)
    return verdict


def _rounded(target: Target, domain: Any) -> Target:
    """The target on the domain of the certificate, if that has the ends rounded outwards.

    Archives of the first versions have irrational ends as float64, written as rationals.
    """
    if not (isinstance(domain, list) and len(domain) == 2) or domain == list(target.ends):
        return target
    try:
        lo, hi = (Fraction(str(text)[:80]) for text in domain)
    except (ValueError, ZeroDivisionError):
        return target
    beyond = (target.lo - lo, abs(target.lo)), (hi - target.hi, abs(target.hi))
    if all(0 <= more <= size * Fraction(1, 2**51) for more, size in beyond):
        return replace(target, lo=lo, hi=hi, ends=(str(lo), str(hi)))
    return target


def _compared(made: Mapping[str, Any], upper: float, digits: float | None) -> Verdict:
    lower, limit, proved = made["lower"], made["digits_limit"], made["upper"]
    if lower > upper:
        false = f"the error is at least {lower:.6g}, the certificate says at most {upper:.6g}"
        return Verdict("failed", false, made)
    if digits is not None and digits > limit:
        false = f"at most {limit} digits are attained, the certificate says {digits}"
        return Verdict("failed", false, made)
    if proved is None or made["failure"]:
        return Verdict("could not", made["failure"] or "no bound was found", made)
    if proved > upper or (digits is not None and digits > (made["digits"] or 0.0)):
        short = f"a bound of {proved:.6g} was proved, the certificate says {upper:.6g}"
        return Verdict("could not", short, made)
    return Verdict("verified", "", made)


def _same_code(recorded: object, made: Mapping[str, Any] | None) -> bool:
    """Whether a certificate says of its code what is found; older ones say nothing."""
    if not isinstance(recorded, Mapping) or made is None:
        return recorded is None
    return all(recorded.get(name) == made.get(name) for name in ("finite", "mends"))

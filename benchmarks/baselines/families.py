"""The families under which tables and plots list the baselines."""

from benchmarks.baselines.survey import Baseline
from benchmarks.baselines.table import NESTED

CENTRED = "symmetric fraction about the middle, squarings"
COTH = "coth fraction, squarings"
F10 = "f10 family"


def family(baseline: Baseline) -> str:
    """The family's name."""
    kind, method = baseline.identity.kind, baseline.method
    if method in ("taylor", "pade"):
        name = "Taylor" if method == "taylor" else "Padé"
        return name if kind == "plain" else f"{name} with identities"
    if kind in ("coth", "centred coth"):
        return COTH if kind == "coth" else CENTRED
    if method == "refitted":
        single = kind == "doubled coth" and baseline.core.degrees == (1, 0)
        return F10 if single else NESTED
    return _minimax(baseline)


def _minimax(baseline: Baseline) -> str:
    if baseline.identity.kind != "plain":
        horner = baseline.form == "Horner"
        return "minimax with identities, Horner" if horner else "minimax with identities"
    if baseline.core.degrees[1] == 0:
        adapted = baseline.form == "adapted"
        return "minimax polynomial, adapted" if adapted else "minimax polynomial, Horner"
    if baseline.form == "Horner":
        return "minimax rational, Horner"
    return "minimax rational, continued fraction"

"""What is known without a search: polynomials in x and y, fitted like programs."""

import numpy as np

from elitemap.engine.protocols import Baseline
from elitemap.evaluators.elementary.costs import Costs
from elitemap.evaluators.elementary.evaluator import Evidence
from elitemap.evaluators.elementary.fitting.fit import fit, screen
from elitemap.formulas.expression import VARIABLES
from elitemap.searchspaces.elementary.written import written
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.signature import BIVARIATE

#: Highest degree in one variable.
_MOST = 5

#: What Horner's scheme needs.
_OPCODES = tuple(REAL.opcodes[name] for name in ("add", "mul"))


def polynomials(evidence: Evidence, most: int, costs: Costs | None) -> tuple[Baseline, ...]:
    """The polynomials of at most so many operations of which none is cheaper and better.

    Args:
        evidence: The target at points; digits are those of the largest error there.
        most: Most operations of one.
        costs: What operations cost; None where each counts as one.
    """
    forms = [(p, q, total) for total in (True, False) for p in range(_MOST) for q in range(_MOST)]
    known = {name(*form): horner(*form) for form in forms if form[0] or form[1]}
    known = {told: program for told, program in known.items() if program.cost <= most}
    if not known:
        return ()
    length = max(len(program.instructions) for program in known.values())
    batch = Batch.from_programs(list(known.values()), length, BIVARIATE)
    screen(batch, evidence.nodes)
    digits = fit(batch, np.full(len(batch), -np.inf), evidence.nodes, evidence.check).digits
    found: list[Baseline] = []
    rows = zip(known.items(), digits.tolist(), strict=True)
    best = 0.0
    for (told, program), own in sorted(rows, key=lambda row: (row[0][1].cost, -row[1])):
        if own <= best:
            continue
        best = own
        price = {} if costs is None else {"cost": costs.of(program)}
        worth = {**price, "ops": program.cost, "digits": own, "error": 10.0**-own}
        found.append(Baseline(f"{told}, Horner", worth))
    return tuple(found)


def name(p: int, q: int, total: bool) -> str:
    """A polynomial in words."""
    if total:
        return f"polynomial of total degree {max(p, q)}"
    return f"polynomial of degree {p} in x and {q} in y"


def horner(p: int, q: int, total: bool) -> Program:
    """A polynomial in x whose coefficients are polynomials in y, with constants to be fitted.

    Args:
        p: Degree in x.
        q: Degree in y.
        total: Whether both are the same, and no term is of a higher degree in both together.
    """
    if total:
        p = q = max(p, q)
    # Distinct numbers, so that every coefficient is one of its own.
    numbers = iter(range(3, 1000))

    def across(degree: int) -> str:
        own = f"({next(numbers)}/7)"
        return own if degree == 0 else f"({own} + y*{across(degree - 1)})"

    text = across(0 if total else q)
    for k in range(1, p + 1):
        text = f"({across(k if total else q)} + x*{text})"
    return written(text, REAL, _OPCODES, VARIABLES)

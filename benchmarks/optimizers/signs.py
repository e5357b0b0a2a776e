"""Rules that take the sign of an average, among what a search found: by what they do.

A one-slot rule whose updates are all equally large, whatever the size of gradients, is labelled by
behaviour (:mod:`elitemap.evaluators.optimizers.labels`). Signum is the sign of an average; Lion
takes the sign of one average and remembers another one, so its two shares must differ: where they
do not, the label is Signum, the simpler rule.
"""

import numpy as np

from elitemap.evaluators.optimizers.behaviour import observe
from elitemap.evaluators.optimizers.labels import EQUAL, label
from elitemap.searchspaces.optimizers.rules import Rules

#: What counts as equally large, and as whatever the size.
_FLAT, _STILL = 0.97, 0.1

#: Shares of Lion's averages differ at least by this factor.
APART = 1.2


def signs(rules: Rules) -> dict[str, str]:
    """Counts of sign-like elites with one slot, and the shares of those with Lion's form."""
    seen = observe(rules.programs)
    like = (seen.slots == 1) & (seen.flatness > _FLAT) & (abs(seen.exponent) < _STILL)
    found = [label(rules.programs.program(int(row))) for row in np.flatnonzero(like)]
    equal = [one for one in found if one.difference < EQUAL]
    lions = [one.constants for one in equal if one.name == "Lion"]
    mixes = [(one["a"], one["b"]) for one in lions if _apart(one["a"], one["b"])]
    return {
        "sign-like, one slot": str(len(found)),
        "Signum": str(sum(one.name == "Signum" for one in equal)),
        "Lion": "; ".join(f"{a:.3g} and {b:.3g}" for a, b in mixes) or "none",
    }


def _apart(one: float, other: float) -> bool:
    return max(one, other) > APART * min(one, other)

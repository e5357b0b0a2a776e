"""What an update rule does, as curves to be looked at."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols import Curve
from elitemap.evaluators.optimizers.behaviour import STEPS, canonical_updates
from elitemap.evaluators.optimizers.fitting import log_loss
from elitemap.evaluators.optimizers.jobs import Jobs
from elitemap.evaluators.optimizers.training import losses, runs
from elitemap.evaluators.optimizers.workloads import Workload
from elitemap.searchspaces.optimizers.rules import Rules, RuleSpace
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.tensors.reference import step_of

Floats = NDArray[np.float64]

#: Powers of ten by which canonical gradients are multiplied.
SCALES = np.linspace(-4.0, 4.0, 33)

#: Steps against steady gradients, and the gradients.
STEADY, PULLS = 1000, -np.geomspace(1e-2, 10.0, 8).astype(np.float32)

#: Powers of two about a rule's own learning rate, and runs at each.
OCTAVES, RUNS = np.arange(-5.0, 6.0), 2


def analysis(
    document: Mapping[str, Any], space: RuleSpace, workloads: tuple[Workload, ...]
) -> tuple[Curve, ...]:
    """Curves of one rule: its updates' size, how far it goes, and what its learning rate matters.

    The last one is made for the first workload, if its gradients are compiled and the rule has a
    rate: a model in JAX takes too long to be looked at.

    Raises:
        ProgramError: If the document is no rule.
        ValueError: If it is one of another space.
    """
    rules = space.from_json([document])
    program = rules.programs.program(0)
    curves = [
        Curve(SCALES, sizes(rules), "size of gradients, power of ten", "updates, power of ten"),
        Curve(
            np.arange(1.0, STEADY + 1.0),
            reach(program),
            "step against a steady gradient",
            "largest parameter, in learning rates",
        ),
    ]
    workload = workloads[0]
    if workload.source is None and (rules.rate > 0).all():
        loss = sensitivity(rules, workload)
        name = "learning rate, powers of two about its own"
        curves.append(Curve(OCTAVES, loss, name, f"loss on {workload.name}"))
    return tuple(curves)


def sizes(rules: Rules) -> Floats:
    """float64[scales], decimal logarithms of the root mean squares of updates; NaN for none.

    A slope of 1 is that of gradient descent, of 0 that of what looks at directions only.
    """
    made = []
    for scale in SCALES:
        hashes, updates = canonical_updates(rules.programs, float(10.0**scale))
        late = updates[0, STEPS // 2 :].astype(np.float64)
        made.append(np.sqrt(np.square(late).mean()) if hashes[0] else np.nan)
    with np.errstate(divide="ignore"):
        logs = np.log10(np.array(made))
    return np.where(np.isfinite(logs), logs, np.nan)


def reach(program: Program) -> Floats:
    """float64[steps], the largest parameter against gradients that stay, at a rate of 1.

    A rule that decays its parameters comes to rest where the decay makes up for the rest: that is
    the box within which Lion stays (Chen et al., arXiv 2310.05898). NaN where it is not finite.
    """
    w = [np.zeros_like(PULLS)]
    slots = [[np.zeros_like(PULLS)] for _ in program.states]
    made = np.full(STEADY, np.nan)
    for step in range(STEADY):
        update, slots = step_of(program, w, [PULLS], slots, step + 1)
        with np.errstate(all="ignore"):
            w = [w[0] - update[0]]
        if not np.isfinite(w[0]).all():
            break
        made[step] = np.abs(w[0]).max()
    return made


def sensitivity(rules: Rules, workload: Workload) -> Floats:
    """float64[octaves], losses at learning rates about the rule's own; NaN where a run diverges."""
    n = len(OCTAVES)
    of = runs(workload, "analysis", tuple(range(RUNS)))
    rates = np.repeat(rules.rate[0, 0] * 2.0**OCTAVES, RUNS)
    jobs = Jobs(np.zeros(n * RUNS, np.int64), np.tile(np.arange(RUNS), n), rates)
    logs = log_loss(losses(rules.programs, of, jobs, workload.steps)).reshape(n, RUNS)
    loss: Floats = np.exp(logs.mean(axis=1))
    return loss

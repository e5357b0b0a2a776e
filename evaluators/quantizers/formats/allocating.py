"""A quantizer for each tensor, under a total of bytes: integer programming.

The error of a tensor is relative to its mean square, and tensors count by their weights, as in
certificates. A table is paid once, by whoever uses it first. Solved by HiGHS, by way of SciPy.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from elitemap.archive.errors import SearchError, UsageError
from elitemap.engine.protocols import Allocation, Entrant, Objective, Share
from elitemap.evaluators.quantizers.formats.measuring import Weights, measure
from elitemap.searchspaces.quantizers.formats.quantizers import QuantizerSpace, read

#: What an allocation says.
COLUMNS = (
    Objective("weights", 0, form="count"),
    Objective("bits_per_weight", -1, label="bits"),
    Objective("mse", -1),
)

#: Seconds for the solver, and how near to the best its answer is.
_SECONDS, _GAP = 60.0, 1e-4

Floats = NDArray[np.float64]


def allocate(
    tensors: Mapping[str, NDArray[np.float32]],
    space: QuantizerSpace,
    entrants: Sequence[Entrant],
    bits: float,
) -> Allocation:
    """Choose an entrant for each tensor so that the whole errs least.

    Args:
        tensors: float32[n] by name.
        space: That the entrants are of.
        entrants: The quantizers to choose from.
        bits: The budget per weight, tables included.

    Raises:
        UsageError: If the budget is too small for all entrants; the least possible is named.
        SearchError: If the solver finds nothing in its time.
    """
    batch = space.from_json([one.program for one in entrants])
    errors = np.stack(
        [measure(batch, w, w, 0).error for w in map(Weights.of, tensors.values())]
    )  # [tensors, entrants]
    parts = [read(one.program) for one in entrants]
    sizes = np.array([t.size for t in tensors.values()])
    taken = np.array([[rule.bytes(int(n)) for rule, _ in parts] for n in sizes], np.float64)
    tables = np.array([element.bytes for _, element in parts], np.float64)
    budget = bits * float(sizes.sum()) / 8.0
    costs = np.where(np.isfinite(errors), errors, 1.0) * sizes[:, None]
    alone = taken.sum(axis=0) + tables
    if alone.min() > budget:
        least = 8.0 * alone.min() / sizes.sum()
        raise UsageError(
            f"expected at least {np.ceil(least * 100) / 100:g} bits per weight for these "
            f"quantizers, got {bits:g}: search with fewer bits as well"
        )
    chosen = _solved(costs, taken, tables, budget)
    return _told(tensors, entrants, chosen, (costs, taken, tables), budget)


def _solved(costs: Floats, taken: Floats, tables: Floats, budget: float) -> NDArray[np.intp]:
    """The entrant of each tensor, intp[tensors]."""
    count, choices = costs.shape
    pairs = count * choices
    rows = np.repeat(np.arange(count), choices)
    once = sparse.csr_matrix((np.ones(pairs), (rows, np.arange(pairs))), (count, pairs + choices))
    # Whoever is chosen has its table paid.
    paid = sparse.hstack(
        [sparse.eye(pairs), -sparse.csr_matrix(np.tile(np.eye(choices), (count, 1)))]
    )
    total = np.concatenate([taken.reshape(-1), tables])[None]
    found = optimize.milp(
        np.concatenate([costs.reshape(-1), np.zeros(choices)]),
        integrality=np.ones(pairs + choices),
        bounds=optimize.Bounds(0, 1),
        constraints=[
            optimize.LinearConstraint(once, 1, 1),
            optimize.LinearConstraint(paid, -np.inf, 0),
            optimize.LinearConstraint(total, -np.inf, budget),
        ],
        options={"time_limit": _SECONDS, "mip_rel_gap": _GAP},
    )
    if found.x is None:
        raise SearchError(f"no allocation found: {found.message}; name fewer elites")
    return np.asarray(found.x[:pairs].reshape(costs.shape).argmax(axis=1))


def _told(
    tensors: Mapping[str, NDArray[np.float32]],
    entrants: Sequence[Entrant],
    chosen: NDArray[np.intp],
    told: tuple[Floats, Floats, Floats],
    budget: float,
) -> Allocation:
    costs, taken, tables = told
    sizes = np.array([t.size for t in tensors.values()])
    at = np.arange(len(sizes))

    def worth(error: float, size: float, weights: int) -> dict[str, float]:
        return {"weights": weights, "bits_per_weight": 8.0 * size / weights, "mse": error / weights}

    shares = [
        Share(name, entrants[k].id, worth(costs[t, k], taken[t, k], int(sizes[t])))
        for t, (name, k) in enumerate(zip(tensors, chosen.tolist(), strict=True))
    ]
    whole = int(sizes.sum())
    used = tables[np.unique(chosen)].sum()
    total = worth(costs[at, chosen].sum(), taken[at, chosen].sum() + used, whole)
    alone = taken.sum(axis=0) + tables
    best = int(np.where(alone <= budget, costs.sum(axis=0), np.inf).argmin())
    uniform = Share("all", entrants[best].id, worth(costs[:, best].sum(), alone[best], whole))
    plan: dict[str, Any] = {
        "schema": 1,
        **total,
        "quantizers": {entrants[k].id: dict(entrants[k].program) for k in np.unique(chosen)},
        "tensors": {s.part: {"quantizer": s.elite, **s.objectives} for s in shares},
        "uniform": {"quantizer": uniform.elite, **uniform.objectives},
    }
    return Allocation(COLUMNS, tuple(shares), total, uniform, plan)

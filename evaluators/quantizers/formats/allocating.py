"""A quantizer for each tensor, under a total of bytes: integer programming.

The error of a tensor is relative to its mean square, and tensors count by their weights, as in
certificates. A table is paid once, by whoever uses it first. Solved by HiGHS, by way of SciPy.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from elitemap.archive.errors import SearchError, UsageError
from elitemap.engine.protocols import Allocation, Entrant, Objective, Share
from elitemap.evaluators.quantizers.formats.counting import MSE, PRODUCT, WEIGHTED, Counting
from elitemap.evaluators.quantizers.formats.measuring import measure
from elitemap.evaluators.quantizers.formats.tensors import Tensor, taken
from elitemap.searchspaces.quantizers.formats.quantizers import QuantizerSpace, read

Floats = NDArray[np.float64]

#: What an allocation says beside errors.
_COLUMNS = (
    Objective("weights", 0, form="count"),
    Objective("bits_per_weight", -1, label="bits"),
)

#: Weights of a tensor that errors are measured on; of longer ones evenly spaced pieces.
_MEASURED = 1 << 23

#: Seconds for the solver, and how near to the best its answer is.
_SECONDS, _GAP = 60.0, 1e-4


@dataclass(frozen=True, eq=False)
class _Prices:
    """What each tensor costs with each entrant.

    Attributes:
        errors: float64[tensors, entrants] by objective, sums over weights of squared errors; what
            is chosen by is the first.
        taken: float64[tensors, entrants], bytes.
        tables: float64[entrants], bytes that are paid once.
    """

    errors: Mapping[str, Floats]
    taken: Floats
    tables: Floats

    @property
    def costs(self) -> Floats:
        """float64[tensors, entrants], what is to be least."""
        return next(iter(self.errors.values()))


def allocate(
    tensors: Mapping[str, Tensor],
    space: QuantizerSpace,
    entrants: Sequence[Entrant],
    bits: float,
    counting: Counting,
) -> Allocation:
    """Choose an entrant for each tensor so that the whole errs least.

    Args:
        tensors: By name.
        space: That the entrants are of.
        entrants: The quantizers to choose from.
        bits: The budget per weight, tables included.
        counting: Which errors are told, and by which is chosen.

    Raises:
        UsageError: If the budget is too small for all entrants; the least possible is named.
        SearchError: If the solver finds nothing in its time.
    """
    sizes = np.array([t.size for t in tensors.values()])
    prices = _priced(tensors, space, entrants, counting)
    budget = bits * float(sizes.sum()) / 8.0
    alone = prices.taken.sum(axis=0) + prices.tables
    if alone.min() > budget:
        least = 8.0 * alone.min() / sizes.sum()
        raise UsageError(
            f"expected at least {np.ceil(least * 100) / 100:g} bits per weight for these "
            f"quantizers, got {bits:g}: search with fewer bits as well"
        )
    chosen = _solved(prices.costs, prices.taken, prices.tables, budget)
    return _told(tensors, entrants, chosen, (prices, budget), counting)


def _priced(
    tensors: Mapping[str, Tensor],
    space: QuantizerSpace,
    entrants: Sequence[Entrant],
    counting: Counting,
) -> _Prices:
    batch = space.from_json([one.program for one in entrants])
    measured: dict[str, list[Floats]] = {one.name: [] for one in counting.errors}
    for tensor in tensors.values():
        weights = taken(tensor, _MEASURED)
        found = measure(batch, weights, weights, 0)
        errors = {MSE: found.error, WEIGHTED: found.counted, PRODUCT: found.product}
        for name, rows in measured.items():
            error = errors[name]
            rows.append(np.where(np.isfinite(error), error, 1.0) * tensor.size)
    parts = [read(one.program) for one in entrants]
    sizes = [tensor.size for tensor in tensors.values()]
    return _Prices(
        {name: np.stack(rows) for name, rows in measured.items()},
        np.array([[rule.bytes(n) for rule, _ in parts] for n in sizes], np.float64),
        np.array([element.bytes for _, element in parts], np.float64),
    )


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
    tensors: Mapping[str, Tensor],
    entrants: Sequence[Entrant],
    chosen: NDArray[np.intp],
    priced: tuple[_Prices, float],
    counting: Counting,
) -> Allocation:
    prices, budget = priced
    sizes, whole = [t.size for t in tensors.values()], sum(t.size for t in tensors.values())

    def worth(at: Any, size: float, weights: int) -> dict[str, float]:
        errors = {name: float(sums[at].sum()) / weights for name, sums in prices.errors.items()}
        if PRODUCT in errors:
            errors[PRODUCT] = math.sqrt(errors[PRODUCT])
        return {"weights": weights, "bits_per_weight": 8.0 * size / weights, **errors}

    shares = [
        Share(name, entrants[k].id, worth((t, k), prices.taken[t, k], sizes[t]))
        for t, (name, k) in enumerate(zip(tensors, chosen.tolist(), strict=True))
    ]
    at = np.arange(len(sizes)), chosen
    used = prices.taken[at].sum() + prices.tables[np.unique(chosen)].sum()
    total = worth(at, used, whole)
    alone = prices.taken.sum(axis=0) + prices.tables
    best = int(np.where(alone <= budget, prices.costs.sum(axis=0), np.inf).argmin())
    uniform = Share("all", entrants[best].id, worth((slice(None), best), alone[best], whole))
    plan: dict[str, Any] = {
        "schema": 1,
        **total,
        "quantizers": {entrants[k].id: dict(entrants[k].program) for k in np.unique(chosen)},
        "tensors": {s.part: {"quantizer": s.elite, **s.objectives} for s in shares},
        "uniform": {"quantizer": uniform.elite, **uniform.objectives},
    }
    columns = (*_COLUMNS, *(Objective(one.name, -1) for one in counting.errors))
    return Allocation(columns, tuple(shares), total, uniform, plan)

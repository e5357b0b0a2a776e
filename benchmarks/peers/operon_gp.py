"""pyoperon: NSGA-II on error and length, constants fitted by Levenberg-Marquardt (in float32)."""

import ast
import warnings

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.expression import parsed

POPULATION = 1000
LOCAL_ITERATIONS = 10
#: More than any run here reaches; time is the budget.
_UNLIMITED = 10**9


def search(
    x: NDArray[np.float64], target: NDArray[np.float64], seconds: float, seed: int, max_nodes: int
) -> list[ast.expr]:
    """Evolve expressions for a time.

    Args:
        x: Sample points.
        target: Values wanted there.
        seconds: Time to run; whole seconds.
        seed: Random state.
        max_nodes: Largest tree.

    Returns:
        The Pareto front.
    """
    from pyoperon.sklearn import SymbolicRegressor

    regressor = SymbolicRegressor(
        allowed_symbols="add,sub,mul,div,constant,variable",
        objectives=["mse", "length"],
        optimizer_iterations=LOCAL_ITERATIONS,
        population_size=POPULATION,
        generations=_UNLIMITED,
        max_evaluations=_UNLIMITED,
        max_time=int(seconds),
        max_length=max_nodes,
        max_depth=20,
        epsilon=0.0,
        uncertainty=[1e-3],
        n_threads=1,
        random_state=seed,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        regressor.fit(x[:, None], target)
    front = (regressor.get_model_string(one["tree"], 17) for one in regressor.pareto_front_)
    return [parsed(text) for text in front]

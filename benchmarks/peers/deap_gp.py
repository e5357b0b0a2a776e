"""DEAP: generational tree GP (``eaSimple``) with ephemeral constants and mixed mutation."""

import ast
import operator
import random
import time
from typing import Any

import numpy as np
from deap import algorithms, base, creator, gp, tools
from numpy.typing import NDArray

from benchmarks.peers.expression import parsed

POPULATION = 1000
_INFIX = {"add": "+", "sub": "-", "mul": "*", "truediv": "/"}


def search(
    x: NDArray[np.float64], target: NDArray[np.float64], seconds: float, seed: int, max_nodes: int
) -> list[ast.expr]:
    """Evolve expressions for a time.

    Args:
        x: Sample points.
        target: Values wanted there.
        seconds: Time to run.
        seed: Seed of Python's generator, which DEAP draws from.
        max_nodes: Largest tree.

    Returns:
        The most accurate expression of every length that was met.
    """
    random.seed(seed)
    toolbox = _toolbox(x, target, max_nodes)
    population = toolbox.population(n=POPULATION)
    best: dict[int, Any] = {}
    end = time.monotonic() + seconds
    with np.errstate(all="ignore"):
        while time.monotonic() < end:
            population, _ = algorithms.eaSimple(population, toolbox, 0.7, 0.25, 1, verbose=False)
            for one in population:
                champion = best.get(len(one))
                if champion is None or champion.fitness.values > one.fitness.values:
                    best[len(one)] = toolbox.clone(one)
    return [parsed(_infix(tree)) for tree in best.values()]


def _toolbox(x: NDArray[np.float64], target: NDArray[np.float64], max_nodes: int) -> base.Toolbox:
    primitives = gp.PrimitiveSet("MAIN", 1)
    for function in (operator.add, operator.sub, operator.mul, operator.truediv):
        primitives.addPrimitive(function, 2)
    primitives.addEphemeralConstant("constant", _random_constant)
    if not hasattr(creator, "LeastError"):
        creator.create("LeastError", base.Fitness, weights=(-1.0,))
        creator.create("Tree", gp.PrimitiveTree, fitness=creator.LeastError)
    box = base.Toolbox()
    box.register("expr", gp.genHalfAndHalf, pset=primitives, min_=1, max_=4)
    box.register("individual", tools.initIterate, creator.Tree, box.expr)
    box.register("population", tools.initRepeat, list, box.individual)
    box.register("evaluate", _error, primitives=primitives, x=x, target=target)
    box.register("select", tools.selTournament, tournsize=5)
    box.register("mate", gp.cxOnePoint)
    box.register("fresh", gp.genFull, min_=0, max_=2)
    box.register("mutate", _mutated, primitives=primitives, fresh=box.fresh)
    limit = gp.staticLimit(key=len, max_value=max_nodes)
    box.decorate("mate", limit)
    box.decorate("mutate", limit)
    return box


def _random_constant() -> float:
    magnitude: float = 10.0 ** random.uniform(-2.0, 2.0)
    return random.choice((-1.0, 1.0)) * magnitude


def _mutated(tree: Any, primitives: Any, fresh: Any) -> Any:
    """One of: a new subtree, another constant, another node, a shrunk branch, an insertion."""
    kind = random.randrange(5)
    if kind == 0:
        return gp.mutUniform(tree, fresh, primitives)
    if kind == 1:
        return gp.mutEphemeral(tree, "one")
    if kind == 2:
        return gp.mutNodeReplacement(tree, primitives)
    return gp.mutShrink(tree) if kind == 3 else gp.mutInsert(tree, primitives)


def _error(
    tree: Any, primitives: Any, x: NDArray[np.float64], target: NDArray[np.float64]
) -> tuple[float]:
    """The largest relative error; infinite where the expression is not finite."""
    try:
        value = gp.compile(tree, primitives)(x)
    except ZeroDivisionError:
        return (float("inf"),)
    worst = float(np.max(np.abs(value / target - 1.0)))
    return (worst if np.isfinite(worst) else float("inf"),)


def _infix(tree: Any) -> str:
    """Infix text of a prefix list of nodes."""
    stack: list[str] = []
    for node in reversed(tree):
        if node.arity == 2:
            left, right = stack.pop(), stack.pop()
            stack.append(f"({left} {_INFIX[node.name]} {right})")
        else:
            stack.append("x" if node.name == "ARG0" else f"({node.value!r})")
    return stack.pop()

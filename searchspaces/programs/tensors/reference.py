"""Update rules by NumPy, tensor by tensor: what the machine and exported code are compared with."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.programs.program import Program

Tensors = list[NDArray[np.float32]]


def step_of(
    program: Program, w: Tensors, g: Tensors, slots: Sequence[Tensors], step: int
) -> tuple[Tensors, list[Tensors]]:
    """One step of a rule on all tensors of a model.

    Args:
        program: Of the signature (w, g, step), with a state for each slot.
        w: float32 parameters, an array for each tensor.
        g: Their gradients.
        slots: For each slot an array for each tensor.
        step: From 1 on.

    Returns:
        The update, and the next slots.
    """
    values: list[list[Any]] = [w, g, [np.float32(step)] * len(w), *slots]
    with np.errstate(all="ignore"):
        for i in program.instructions:
            values.append(_instruction(program, i, values, w))
    shaped = [[_shaped(x, p) for x, p in zip(values[k], w, strict=True)] for k in program.results]
    return shaped[0], shaped[1:]


def _instruction(program: Program, i: Any, values: list[list[Any]], w: Tensors) -> list[Any]:
    entry = program.primitive(i)
    if entry.literal is not None:
        return [np.float32(i.constant[0])] * len(w)
    given = [values[k] for k in i.operands]
    if entry.name == "global_norm":
        flat = np.concatenate([np.ravel(x) for x in given[0]])
        return [np.float32(entry.run(flat))] * len(w)
    if entry.name == "spread":
        return [np.full_like(p, s) for p, s in zip(w, given[0], strict=True)]
    return [entry.run(*operands) for operands in zip(*given, strict=True)]


def _shaped(value: Any, like: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.broadcast_to(np.asarray(value, np.float32), like.shape)

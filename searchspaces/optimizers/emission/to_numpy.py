"""A rule as NumPy functions on lists of arrays."""

from elitemap.searchspaces.optimizers.emission.lowering import Lowered, block, functions, lower
from elitemap.searchspaces.optimizers.emission.matrix_text import with_helpers
from elitemap.searchspaces.programs.program import Program

_TEXT = '''\
"""{remark}

``slots = init(params)``, then ``params, slots = step(params, grads, slots, number, rate)`` with the
number of the step from 1 on. All are lists of float32 arrays, one for each tensor.
"""

import numpy as np


def init(params):
    """What the rule remembers: {count} list(s) of zeros."""
    return [[np.zeros_like(p) for p in params] for _ in range({count})]


{functions}


def {name}(params, grads, slots, number):
    """Updates, to be subtracted times the learning rate, and the next slots."""
    step = np.float32(number)
    with np.errstate(all="ignore"):
        given = [(w, g, step, *own) for w, g, *own in zip(params, grads, *slots)]
{norms}
        made = [_rule(*each{passed}) for each in given]
    updates = [np.broadcast_to(u, np.shape(w)) for (u, _), w in zip(made, params)]
    return updates, [[own[j] for _, own in made] for j in range({count})]


def step(params, grads, slots, number, rate):
    """Parameters and slots after one step."""
    updates, slots = {name}(params, grads, slots, number)
    return [w - np.float32(rate) * u for w, u in zip(params, updates)], slots
'''


def to_numpy(program: Program, name: str, remark: str) -> str:
    """The text of a Python file.

    Args:
        program: A canonical rule.
        name: An identifier.
        remark: One line that is safe in a string.
    """
    lowered = lower(program, "numpy", "np.float32({})".format)
    arguments = ", ".join(("w", "g", "step", *lowered.slots))
    text = _TEXT.format(
        remark=remark,
        name=name,
        count=len(lowered.slots),
        functions=with_helpers(functions(lowered, arguments), "np"),
        norms=block(norm_lines(lowered, "np.sqrt(sum({}))", "np.sum(np.square({}))"), 2),
        passed=passed(lowered),
    )
    return text.replace("\n\n        made =", "\n        made =")


def passed(lowered: Lowered) -> str:
    """The norms over all tensors as further arguments."""
    return "".join(f", n{k}" for k in range(1, len(lowered.norms) + 1))


def norm_lines(lowered: Lowered, root: str, square: str) -> list[str]:
    """Lines that compute the norms over all tensors, one after the other."""
    lines = []
    for k in range(1, len(lowered.norms) + 1):
        before = "".join(f", n{j}" for j in range(1, k))
        each = square.format(f"_norm{k}(*each{before})") + " for each in given"
        lines.append(f"n{k} = {root.format(each)}")
    return lines

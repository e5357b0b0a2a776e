"""A rule as an optax gradient transformation: under jit, with pytrees and schedules."""

from elitemap.searchspaces.optimizers.emission.lowering import block, functions, lower
from elitemap.searchspaces.optimizers.emission.matrix_text import with_helpers
from elitemap.searchspaces.optimizers.emission.to_numpy import norm_lines, passed
from elitemap.searchspaces.programs.program import Program

_TEXT = '''\
"""{remark}

``{name}(learning_rate)`` is an optax optimizer; the learning rate may be a schedule.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax


class State(NamedTuple):
    """The number of steps so far, and {count} tree(s) like the parameters."""

    count: Any
    slots: tuple[Any, ...]


{functions}


def scale_by_{name}():
    """The rule without a learning rate; updates are to be subtracted."""

    def init(params):
        slots = tuple(jax.tree.map(jnp.zeros_like, params) for _ in range({count}))
        return State(jnp.zeros([], jnp.int32), slots)

    def update(updates, state, params=None):
{asked}
        count = optax.safe_increment(state.count)
        step = count.astype(jnp.float32)
        grads, tree = jax.tree.flatten(updates)
        weights = {weights}
        slots = [tree.flatten_up_to(slot) for slot in state.slots]
        given = [(w, g, step, *own) for w, g, *own in zip(weights, grads, *slots)]
{norms}
        made = [_rule(*each{passed}) for each in given]
        kept = tuple(
            tree.unflatten([own[j].astype(g.dtype) for (_, own), g in zip(made, grads)])
            for j in range({count})
        )
        new = [jnp.broadcast_to(u, g.shape).astype(g.dtype) for (u, _), g in zip(made, grads)]
        return tree.unflatten(new), State(count, kept)

    return optax.GradientTransformation(init, update)


def {name}(learning_rate):
    """The rule with a learning rate, a number or a schedule."""
    return optax.chain(scale_by_{name}(), optax.scale_by_learning_rate(learning_rate))
'''

_ASKED = ("if params is None:", '    raise ValueError("expected params: the rule reads them")')


def to_optax(program: Program, name: str, remark: str) -> str:
    """The text of a Python file.

    Args:
        program: A canonical rule.
        name: An identifier.
        remark: One line that is safe in a string.
    """
    lowered = lower(program, "jax", "jnp.float32({})".format)
    reads = "w" in lowered.reads
    arguments = ", ".join(("w", "g", "step", *lowered.slots))
    text = _TEXT.format(
        remark=remark,
        name=name,
        count=len(lowered.slots),
        functions=with_helpers(functions(lowered, arguments), "jnp"),
        asked=block(_ASKED if reads else (), 2),
        weights="tree.flatten_up_to(params)" if reads else "grads",
        norms=block(norm_lines(lowered, "jnp.sqrt(sum({}))", "jnp.sum(jnp.square({}))"), 2),
        passed=passed(lowered),
    )
    return text.replace("None):\n\n", "None):\n").replace("\n\n        made =", "\n        made =")

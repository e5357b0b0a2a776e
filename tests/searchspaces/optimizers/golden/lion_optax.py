"""A rule of the tests.

``lion(learning_rate)`` is an optax optimizer; the learning rate may be a schedule.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax


class State(NamedTuple):
    """The number of steps so far, and 1 tree(s) like the parameters."""

    count: Any
    slots: tuple[Any, ...]


def _rule(w, g, step, m):
    t2 = ((1 - jnp.float32(0.1)) * m + jnp.float32(0.1) * g)
    t3 = jnp.sign(t2)
    t5 = (w * jnp.float32(0.01))
    t6 = (t3 + t5)
    t8 = ((1 - jnp.float32(0.01)) * m + jnp.float32(0.01) * g)
    return t6, (t8,)


def scale_by_lion():
    """The rule without a learning rate; updates are to be subtracted."""

    def init(params):
        slots = tuple(jax.tree.map(jnp.zeros_like, params) for _ in range(1))
        return State(jnp.zeros([], jnp.int32), slots)

    def update(updates, state, params=None):
        if params is None:
            raise ValueError("expected params: the rule reads them")
        count = optax.safe_increment(state.count)
        step = count.astype(jnp.float32)
        grads, tree = jax.tree.flatten(updates)
        weights = tree.flatten_up_to(params)
        slots = [tree.flatten_up_to(slot) for slot in state.slots]
        given = [(w, g, step, *own) for w, g, *own in zip(weights, grads, *slots)]
        made = [_rule(*each) for each in given]
        kept = tuple(
            tree.unflatten([own[j].astype(g.dtype) for (_, own), g in zip(made, grads)])
            for j in range(1)
        )
        new = [jnp.broadcast_to(u, g.shape).astype(g.dtype) for (u, _), g in zip(made, grads)]
        return tree.unflatten(new), State(count, kept)

    return optax.GradientTransformation(init, update)


def lion(learning_rate):
    """The rule with a learning rate, a number or a schedule."""
    return optax.chain(scale_by_lion(), optax.scale_by_learning_rate(learning_rate))

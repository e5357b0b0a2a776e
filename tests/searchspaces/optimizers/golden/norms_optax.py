"""A rule of the tests.

``norms(learning_rate)`` is an optax optimizer; the learning rate may be a schedule.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax


class State(NamedTuple):
    """The number of steps so far, and 1 tree(s) like the parameters."""

    count: Any
    slots: tuple[Any, ...]


def _norm1(w, g, step, m):
    t2 = ((1 - jnp.float32(0.3)) * m + jnp.float32(0.3) * g)
    return t2


def _norm2(w, g, step, m, n1):
    t4 = jnp.sqrt(jnp.sum(jnp.square(w)))
    t5 = (n1 + t4)
    t7 = (jnp.float32(1.0) / t5)
    t8 = (g * t7)
    t10 = (t8 + jnp.float32(-0.25))
    return t10


def _rule(w, g, step, m, n1, n2):
    t2 = ((1 - jnp.float32(0.3)) * m + jnp.float32(0.3) * g)
    t4 = jnp.sqrt(jnp.sum(jnp.square(w)))
    t5 = (n1 + t4)
    t7 = (jnp.float32(1.0) / t5)
    t8 = (g * t7)
    t10 = (t8 + jnp.float32(-0.25))
    t11 = (jnp.sum(m * t10) / jnp.maximum(jnp.sqrt(jnp.sum(jnp.square(m))) * jnp.sqrt(jnp.sum(jnp.square(t10))), 1e-30))
    t13 = (t11 * n2)
    t14 = jnp.tanh(step)
    t15 = (t13 + t14)
    t16 = (t10 * t15)
    t17 = jnp.mean(w)
    t18 = jnp.sum(t10 * g)
    t19 = (t17 + t18)
    t20 = (m * t19)
    t21 = (t16 + t20)
    return t21, (t2,)


def scale_by_norms():
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
        n1 = jnp.sqrt(sum(jnp.sum(jnp.square(_norm1(*each))) for each in given))
        n2 = jnp.sqrt(sum(jnp.sum(jnp.square(_norm2(*each, n1))) for each in given))
        made = [_rule(*each, n1, n2) for each in given]
        kept = tuple(
            tree.unflatten([own[j].astype(g.dtype) for (_, own), g in zip(made, grads)])
            for j in range(1)
        )
        new = [jnp.broadcast_to(u, g.shape).astype(g.dtype) for (u, _), g in zip(made, grads)]
        return tree.unflatten(new), State(count, kept)

    return optax.GradientTransformation(init, update)


def norms(learning_rate):
    """The rule with a learning rate, a number or a schedule."""
    return optax.chain(scale_by_norms(), optax.scale_by_learning_rate(learning_rate))

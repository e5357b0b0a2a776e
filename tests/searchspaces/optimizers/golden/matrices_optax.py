"""A rule of the tests.

``matrices(learning_rate)`` is an optax optimizer; the learning rate may be a schedule.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax


class State(NamedTuple):
    """The number of steps so far, and 1 tree(s) like the parameters."""

    count: Any
    slots: tuple[Any, ...]


def _matrix(x):
    return x.reshape(-1, x.shape[-1]) if x.ndim > 1 else x.reshape(1, -1)


def _product(x, y, z):
    return (_matrix(x) @ _matrix(y).T @ _matrix(z)).reshape(x.shape)


def _schulz(x):
    whole = _matrix(x)
    m = whole if whole.shape[0] <= whole.shape[1] else whole.T
    s = m @ m.T
    m = 3.4445 * m + (-4.775 * s + 2.0315 * (s @ s)) @ m
    return (m if m.shape == whole.shape else m.T).reshape(x.shape)


def _row_mean(x):
    m = _matrix(x)
    return jnp.broadcast_to(m.sum(1)[:, None] / m.shape[1], m.shape).reshape(x.shape)


def _column_mean(x):
    m = _matrix(x)
    return jnp.broadcast_to(m.sum(0)[None, :] / m.shape[0], m.shape).reshape(x.shape)


def _by_shape(x, y):
    return x if x.ndim > 1 else y


def _rule(w, g, step, m):
    t2 = ((1 - jnp.float32(0.2)) * m + jnp.float32(0.2) * w)
    t3 = _product(g, m, t2)
    t5 = (t3 * jnp.float32(0.1))
    t6 = _column_mean(t5)
    t7 = _schulz(t6)
    t8 = (t3 + t7)
    t9 = jnp.mean(t7)
    t10 = (t9 * jnp.ones_like(w))
    t11 = _by_shape(t8, t10)
    t12 = _product(t7, t7, g)
    t13 = _row_mean(t12)
    t14 = _schulz(g)
    t15 = jnp.sqrt(jnp.sum(jnp.square(t14)))
    t16 = ((1 - t15) * m + t15 * t13)
    return t11, (t16,)


def scale_by_matrices():
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


def matrices(learning_rate):
    """The rule with a learning rate, a number or a schedule."""
    return optax.chain(scale_by_matrices(), optax.scale_by_learning_rate(learning_rate))

"""A rule of the tests.

``slots = init(params)``, then ``params, slots = step(params, grads, slots, number, rate)`` with the
number of the step from 1 on. All are lists of float32 arrays, one for each tensor.
"""

import numpy as np


def init(params):
    """What the rule remembers: 1 list(s) of zeros."""
    return [[np.zeros_like(p) for p in params] for _ in range(1)]


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
    return np.broadcast_to(m.sum(1)[:, None] / m.shape[1], m.shape).reshape(x.shape)


def _column_mean(x):
    m = _matrix(x)
    return np.broadcast_to(m.sum(0)[None, :] / m.shape[0], m.shape).reshape(x.shape)


def _by_shape(x, y):
    return x if x.ndim > 1 else y


def _rule(w, g, step, m):
    t2 = ((1 - np.float32(0.2)) * m + np.float32(0.2) * w)
    t3 = _product(g, m, t2)
    t5 = (t3 * np.float32(0.1))
    t6 = _column_mean(t5)
    t7 = _schulz(t6)
    t8 = (t3 + t7)
    t9 = np.mean(t7)
    t10 = (t9 * np.ones_like(w))
    t11 = _by_shape(t8, t10)
    t12 = _product(t7, t7, g)
    t13 = _row_mean(t12)
    t14 = _schulz(g)
    t15 = np.sqrt(np.sum(np.square(t14)))
    t16 = ((1 - t15) * m + t15 * t13)
    return t11, (t16,)


def matrices(params, grads, slots, number):
    """Updates, to be subtracted times the learning rate, and the next slots."""
    step = np.float32(number)
    with np.errstate(all="ignore"):
        given = [(w, g, step, *own) for w, g, *own in zip(params, grads, *slots)]
        made = [_rule(*each) for each in given]
    updates = [np.broadcast_to(u, np.shape(w)) for (u, _), w in zip(made, params)]
    return updates, [[own[j] for _, own in made] for j in range(1)]


def step(params, grads, slots, number, rate):
    """Parameters and slots after one step."""
    updates, slots = matrices(params, grads, slots, number)
    return [w - np.float32(rate) * u for w, u in zip(params, updates)], slots

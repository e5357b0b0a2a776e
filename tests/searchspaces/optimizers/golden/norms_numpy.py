"""A rule of the tests.

``slots = init(params)``, then ``params, slots = step(params, grads, slots, number, rate)`` with the
number of the step from 1 on. All are lists of float32 arrays, one for each tensor.
"""

import numpy as np


def init(params):
    """What the rule remembers: 1 list(s) of zeros."""
    return [[np.zeros_like(p) for p in params] for _ in range(1)]


def _norm1(w, g, step, m):
    t2 = ((1 - np.float32(0.3)) * m + np.float32(0.3) * g)
    return t2


def _norm2(w, g, step, m, n1):
    t4 = np.sqrt(np.sum(np.square(w)))
    t5 = (n1 + t4)
    t7 = (np.float32(1.0) / t5)
    t8 = (g * t7)
    t10 = (t8 + np.float32(-0.25))
    return t10


def _rule(w, g, step, m, n1, n2):
    t2 = ((1 - np.float32(0.3)) * m + np.float32(0.3) * g)
    t4 = np.sqrt(np.sum(np.square(w)))
    t5 = (n1 + t4)
    t7 = (np.float32(1.0) / t5)
    t8 = (g * t7)
    t10 = (t8 + np.float32(-0.25))
    t11 = (np.sum(m * t10) / np.maximum(np.sqrt(np.sum(np.square(m))) * np.sqrt(np.sum(np.square(t10))), 1e-30))
    t13 = (t11 * n2)
    t14 = np.tanh(step)
    t15 = (t13 + t14)
    t16 = (t10 * t15)
    t17 = np.mean(w)
    t18 = np.sum(t10 * g)
    t19 = (t17 + t18)
    t20 = (m * t19)
    t21 = (t16 + t20)
    return t21, (t2,)


def norms(params, grads, slots, number):
    """Updates, to be subtracted times the learning rate, and the next slots."""
    step = np.float32(number)
    with np.errstate(all="ignore"):
        given = [(w, g, step, *own) for w, g, *own in zip(params, grads, *slots)]
        n1 = np.sqrt(sum(np.sum(np.square(_norm1(*each))) for each in given))
        n2 = np.sqrt(sum(np.sum(np.square(_norm2(*each, n1))) for each in given))
        made = [_rule(*each, n1, n2) for each in given]
    updates = [np.broadcast_to(u, np.shape(w)) for (u, _), w in zip(made, params)]
    return updates, [[own[j] for _, own in made] for j in range(1)]


def step(params, grads, slots, number, rate):
    """Parameters and slots after one step."""
    updates, slots = norms(params, grads, slots, number)
    return [w - np.float32(rate) * u for w, u in zip(params, updates)], slots

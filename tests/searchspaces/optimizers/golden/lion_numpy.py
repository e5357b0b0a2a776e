"""A rule of the tests.

``slots = init(params)``, then ``params, slots = step(params, grads, slots, number, rate)`` with the
number of the step from 1 on. All are lists of float32 arrays, one for each tensor.
"""

import numpy as np


def init(params):
    """What the rule remembers: 1 list(s) of zeros."""
    return [[np.zeros_like(p) for p in params] for _ in range(1)]


def _rule(w, g, step, m):
    t2 = ((1 - np.float32(0.1)) * m + np.float32(0.1) * g)
    t3 = np.sign(t2)
    t5 = (w * np.float32(0.01))
    t6 = (t3 + t5)
    t8 = ((1 - np.float32(0.01)) * m + np.float32(0.01) * g)
    return t6, (t8,)


def lion(params, grads, slots, number):
    """Updates, to be subtracted times the learning rate, and the next slots."""
    step = np.float32(number)
    with np.errstate(all="ignore"):
        given = [(w, g, step, *own) for w, g, *own in zip(params, grads, *slots)]
        made = [_rule(*each) for each in given]
    updates = [np.broadcast_to(u, np.shape(w)) for (u, _), w in zip(made, params)]
    return updates, [[own[j] for _, own in made] for j in range(1)]


def step(params, grads, slots, number, rate):
    """Parameters and slots after one step."""
    updates, slots = lion(params, grads, slots, number)
    return [w - np.float32(rate) * u for w, u in zip(params, updates)], slots

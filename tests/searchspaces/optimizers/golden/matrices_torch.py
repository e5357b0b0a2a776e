"""A rule of the tests."""

import torch


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
    return torch.broadcast_to(m.sum(1)[:, None] / m.shape[1], m.shape).reshape(x.shape)


def _column_mean(x):
    m = _matrix(x)
    return torch.broadcast_to(m.sum(0)[None, :] / m.shape[0], m.shape).reshape(x.shape)


def _by_shape(x, y):
    return x if x.ndim > 1 else y


def _rule(w, g, step, m):
    t2 = ((1 - w.new_tensor(0.2)) * m + w.new_tensor(0.2) * w)
    t3 = _product(g, m, t2)
    t5 = (t3 * w.new_tensor(0.1))
    t6 = _column_mean(t5)
    t7 = _schulz(t6)
    t8 = (t3 + t7)
    t9 = torch.mean(t7)
    t10 = (t9 * torch.ones_like(w))
    t11 = _by_shape(t8, t10)
    t12 = _product(t7, t7, g)
    t13 = _row_mean(t12)
    t14 = _schulz(g)
    t15 = torch.sqrt(torch.sum(torch.square(t14)))
    t16 = ((1 - t15) * m + t15 * t13)
    return t11, (t16,)


class Matrices(torch.optim.Optimizer):
    """The rule; ``lr`` may differ from group to group."""

    def __init__(self, params, lr):
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self, closure=None):
        """One step; returns what the closure returns."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        given, places = [], []
        for group in self.param_groups:
            for w in group["params"]:
                if w.grad is not None:
                    places.append((w, group["lr"]))
                    given.append((w, w.grad, *self._remembered(w)))
        for each, (w, rate) in zip(given, places):
            update, own = _rule(*each)
            # All that is new is computed before anything old is overwritten.
            update, own = update.clone(), [slot.clone() for slot in own]
            for j, slot in enumerate(own):
                self.state[w][f"slot{j}"].copy_(slot)
            w.sub_(update, alpha=rate)
        return loss

    def _remembered(self, w):
        """The number of this step, and the slots of a parameter."""
        state = self.state[w]
        if not state:
            state["step"] = torch.zeros((), dtype=torch.float32)
            for j in range(1):
                state[f"slot{j}"] = torch.zeros_like(w)
        state["step"] += 1
        return state["step"].to(w.device), *(state[f"slot{j}"] for j in range(1))

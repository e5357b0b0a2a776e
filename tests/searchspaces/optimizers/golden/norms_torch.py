"""A rule of the tests."""

import torch


def _norm1(w, g, step, m):
    t2 = ((1 - w.new_tensor(0.3)) * m + w.new_tensor(0.3) * g)
    return t2


def _norm2(w, g, step, m, n1):
    t4 = torch.sqrt(torch.sum(torch.square(w)))
    t5 = (n1 + t4)
    t7 = (w.new_tensor(1.0) / t5)
    t8 = (g * t7)
    t10 = (t8 + w.new_tensor(-0.25))
    return t10


def _rule(w, g, step, m, n1, n2):
    t2 = ((1 - w.new_tensor(0.3)) * m + w.new_tensor(0.3) * g)
    t4 = torch.sqrt(torch.sum(torch.square(w)))
    t5 = (n1 + t4)
    t7 = (w.new_tensor(1.0) / t5)
    t8 = (g * t7)
    t10 = (t8 + w.new_tensor(-0.25))
    t11 = (torch.sum(m * t10) / torch.clamp_min(torch.sqrt(torch.sum(torch.square(m))) * torch.sqrt(torch.sum(torch.square(t10))), 1e-30))
    t13 = (t11 * n2)
    t14 = torch.tanh(step)
    t15 = (t13 + t14)
    t16 = (t10 * t15)
    t17 = torch.mean(w)
    t18 = torch.sum(t10 * g)
    t19 = (t17 + t18)
    t20 = (m * t19)
    t21 = (t16 + t20)
    return t21, (t2,)


class Norms(torch.optim.Optimizer):
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
        n1 = torch.sqrt(sum(torch.sum(torch.square(_norm1(*each))) for each in given))
        n2 = torch.sqrt(sum(torch.sum(torch.square(_norm2(*each, n1))) for each in given))
        for each, (w, rate) in zip(given, places):
            update, own = _rule(*each, n1, n2)
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

"""A rule of the tests."""

import torch


def _rule(w, g, step, m):
    t2 = ((1 - w.new_tensor(0.1)) * m + w.new_tensor(0.1) * g)
    t3 = torch.sign(t2)
    t5 = (w * w.new_tensor(0.01))
    t6 = (t3 + t5)
    t8 = ((1 - w.new_tensor(0.01)) * m + w.new_tensor(0.01) * g)
    return t6, (t8,)


class Lion(torch.optim.Optimizer):
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

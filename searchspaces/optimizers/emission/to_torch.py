"""A rule as an optimizer of PyTorch, with parameter groups and a state that can be saved."""

from elitemap.searchspaces.optimizers.emission.lowering import block, functions, lower
from elitemap.searchspaces.optimizers.emission.matrix_text import with_helpers
from elitemap.searchspaces.optimizers.emission.to_numpy import norm_lines, passed
from elitemap.searchspaces.programs.program import Program

_TEXT = '''\
"""{remark}"""

import torch


{functions}


class {type}(torch.optim.Optimizer):
    """The rule; ``lr`` may differ from group to group."""

    def __init__(self, params, lr):
        super().__init__(params, {{"lr": lr}})

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
{norms}
        for each, (w, rate) in zip(given, places):
            update, own = _rule(*each{passed})
            # All that is new is computed before anything old is overwritten.
            update, own = update.clone(), [slot.clone() for slot in own]
            for j, slot in enumerate(own):
                self.state[w][f"slot{{j}}"].copy_(slot)
            w.sub_(update, alpha=rate)
        return loss

    def _remembered(self, w):
        """The number of this step, and the slots of a parameter."""
        state = self.state[w]
        if not state:
            state["step"] = torch.zeros((), dtype=torch.float32)
            for j in range({count}):
                state[f"slot{{j}}"] = torch.zeros_like(w)
        state["step"] += 1
        return state["step"].to(w.device), *(state[f"slot{{j}}"] for j in range({count}))
'''


def to_torch(program: Program, name: str, remark: str) -> str:
    """The text of a Python file.

    Args:
        program: A canonical rule.
        name: An identifier; the class is called by it in capitals.
        remark: One line that is safe in a string.
    """
    lowered = lower(program, "torch", "w.new_tensor({})".format)
    arguments = ", ".join(("w", "g", "step", *lowered.slots))
    text = _TEXT.format(
        remark=remark,
        type="".join(word.capitalize() for word in name.split("_")),
        count=len(lowered.slots),
        functions=with_helpers(functions(lowered, arguments), "torch"),
        norms=block(norm_lines(lowered, "torch.sqrt(sum({}))", "torch.sum(torch.square({}))"), 2),
        passed=passed(lowered),
    )
    return text.replace("\n\n        for each", "\n        for each")

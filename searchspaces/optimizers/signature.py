"""What an update rule takes and gives.

``(w, g, step, slots) -> (update, next slots)``: parameters and gradients of one tensor of a model,
the number of the step from 1 on, and what the rule remembers, zeros at first. Whoever trains
subtracts the update times a learning rate, which is none of the rule's business.
"""

from functools import cache

from elitemap.searchspaces.programs.signature import Signature, State, Variable

#: Names of slots, as texts and exported code call them.
SLOTS = ("m", "v", "s", "q")

#: Inputs come first: w, g, step.
INPUTS = 3

#: Which of them is the gradient.
GRADIENT = 1


@cache
def signature(slots: int) -> Signature:
    """The signature of rules with so many slots, 1 to 4."""
    inputs = Variable("w", "tensor"), Variable("g", "tensor"), Variable("step", "scalar")
    states = tuple(State(name, "tensor") for name in SLOTS[:slots])
    return Signature(inputs, ("tensor",), states)

"""What a program takes and gives: typed inputs and outputs, and states kept between steps."""

from dataclasses import dataclass
from typing import Any

#: Most inputs and states together, and most outputs and states: what kernels have room for.
MOST_LEAVES = 16


@dataclass(frozen=True)
class Variable:
    """An input.

    Attributes:
        name: An identifier.
        type: A type of the dialect.
    """

    name: str
    type: str


@dataclass(frozen=True)
class State:
    """What a program that runs step by step remembers.

    Attributes:
        name: An identifier.
        type: A type of the dialect.
        initial: Its value before the first step, as the parts of a constant; empty where the type
            has no constants, whose states begin with zeros.
    """

    name: str
    type: str
    initial: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Signature:
    """Inputs, outputs and states.

    Values of a program are numbered: the inputs, the states, then one value for each instruction.
    Its results are the outputs, then the next states.

    Attributes:
        inputs: Name and type of each.
        outputs: The type of each.
        states: Name, type and first value of each.
    """

    inputs: tuple[Variable, ...]
    outputs: tuple[str, ...]
    states: tuple[State, ...] = ()

    def __post_init__(self) -> None:
        """Check that kernels have room.

        Raises:
            ValueError: If there is no input, no output, or more than :data:`MOST_LEAVES`.
        """
        if not 0 < len(self.inputs) <= MOST_LEAVES - len(self.states) or not self.outputs:
            raise ValueError(f"expected inputs, at most {MOST_LEAVES} with the states, and outputs")
        if len(self.results) > MOST_LEAVES:
            raise ValueError(f"expected at most {MOST_LEAVES} outputs and states")

    @property
    def leaves(self) -> tuple[str, ...]:
        """Types of the values before the instructions."""
        return (*(v.type for v in self.inputs), *(s.type for s in self.states))

    @property
    def results(self) -> tuple[str, ...]:
        """Types of the results."""
        return (*self.outputs, *(s.type for s in self.states))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the values before the instructions."""
        return (*(v.name for v in self.inputs), *(s.name for s in self.states))


#: Functions of one real variable.
FUNCTION = Signature((Variable("x", "real"),), ("real",))

#: Functions of two.
BIVARIATE = Signature((Variable("x", "real"), Variable("y", "real")), ("real",))

"""Constants of found rules, to be tuned as those of known ones are.

What a constant is for follows from where it is used. Those that are part of a rule's form (0, 1 and
-1) stay; a constant that is what a share leaves to one goes with that share, as in corrections of a
bias.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from elitemap.searchspaces.programs.program import Program

#: Ranges of constants, drawn evenly in their logarithms: shares of averages, decay (as part of the
#: usual update's size), what is added to a divisor, and a share of differences.
RANGES = {
    "a": (0.01, 0.5),
    "b": (0.0005, 0.5),
    "k": (0.001, 1.0),
    "e": (1e-10, 1e-2),
    "y": (0.005, 0.1),
}

#: How far a constant that no known rule has may go from its own value.
_FACTOR = 4.0

#: What counts as equal: constants are float32.
_NEAR = 1e-6

#: What a share leaves to one, of a slot that is kept.
_REST = "rest"

#: Where constants are used: (primitive, operand) and the letter of their range.
_USES = {("interp", 2): "b", ("shift", 1): "e"}


@dataclass(frozen=True)
class Free:
    """A constant of a program that may be another number.

    Attributes:
        role: Letter of its range, empty for one that no known rule has.
        own: Its value.
        places: The instructions that have it.
        rests: Those that have what it leaves to one.
    """

    role: str
    own: float
    places: tuple[int, ...]
    rests: tuple[int, ...] = ()

    @property
    def range(self) -> tuple[float, float]:
        """The least and the largest magnitude."""
        size = abs(self.own)
        return RANGES[self.role] if self.role else (size / _FACTOR, size * _FACTOR)


def free_constants(program: Program) -> tuple[Free, ...]:
    """The constants of a rule that are to be tuned, those that are shares first."""
    groups: dict[tuple[str, float], list[int]] = {}
    for place, instruction in enumerate(program.instructions):
        value = float(instruction.constant[0]) if instruction.constant else 0.0
        if value not in (0.0, 1.0, -1.0):
            groups.setdefault((_role(program, place, value), value), []).append(place)
    made = [Free("b", value, tuple(at)) for (role, value), at in groups.items() if role == "b"]
    for (role, value), places in groups.items():
        share = 1.0 - value
        of = next((k for k, one in enumerate(made) if abs(one.own - share) < _NEAR), None)
        if role in ("", _REST) and of is not None and made[of].role == "b":
            made[of] = replace(made[of], rests=(*made[of].rests, *places))
        elif role == _REST:
            made.append(Free("b", share, (), tuple(places)))
        elif role != "b":
            made.append(Free(role, value, tuple(places)))
    return tuple(made)


def with_constants(program: Program, free: Mapping[Free, float]) -> Program:
    """The rule with other constants, of the signs that its own have."""
    instructions = list(program.instructions)
    for one, magnitude in free.items():
        value = float(np.copysign(magnitude, one.own))
        for places, number in ((one.places, value), (one.rests, 1.0 - value)):
            for at in places:
                single = float(np.float32(number))
                instructions[at] = replace(instructions[at], constant=(single,))
    return replace(program, instructions=tuple(instructions))


def _role(program: Program, place: int, value: float) -> str:
    """What the constant of an instruction is for, by the first use that tells."""
    at = program.leaves + place
    for user in program.instructions:
        name = program.primitive(user).name
        for k, operand in enumerate(user.operands):
            if operand != at:
                continue
            role = _USES.get((name, k), "")
            if name == "scale" and user.operands[0] < program.leaves:
                role = "k" if user.operands[0] == 0 else _REST
            if role and _fits(role, value):
                return role
    return ""


def _fits(role: str, value: float) -> bool:
    """Whether a value can be meant so: what is added to a divisor, say, is small."""
    most = RANGES["e"][1] if role == "e" else 1.0
    return (0.5 if role == _REST else 0.0) < value <= most

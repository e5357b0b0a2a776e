"""Rules written by people: lines of assignments, with primitives as functions.

    m = interp(m, g, 0.1)
    update = sign(m)

A name means what was assigned to it last; a slot's next value is what its name means at the end.
The text is parsed, never executed.
"""

import ast
from dataclasses import dataclass, field

from elitemap.archive.errors import UsageError
from elitemap.searchspaces.optimizers.signature import SLOTS, signature
from elitemap.searchspaces.programs.program import Instruction, Program
from elitemap.searchspaces.programs.tensors import TENSORS
from elitemap.searchspaces.programs.tensors.constants import single


@dataclass
class _Draft:
    """Instructions so far, and the value number behind each name."""

    slots: int
    names: dict[str, int]
    instructions: list[Instruction] = field(default_factory=list)

    def append(self, instruction: Instruction) -> int:
        self.instructions.append(instruction)
        return len(signature(self.slots).leaves) + len(self.instructions) - 1


def rule(text: str, slots: int) -> Program:
    """The program of a text.

    Args:
        text: Assignments; the last one of ``update`` is the update.
        slots: How many slots the program has; those that are not assigned keep what they have.

    Raises:
        UsageError: If the text is no rule, or one of more slots.
    """
    names = {name: k for k, name in enumerate(signature(slots).names)}
    draft = _Draft(slots, names)
    try:
        lines = ast.parse(text.strip()).body
    except (SyntaxError, ValueError):
        raise UsageError("expected lines such as m = interp(m, g, 0.1)") from None
    for line in lines:
        if not (
            isinstance(line, ast.Assign)
            and len(line.targets) == 1
            and isinstance(line.targets[0], ast.Name)
        ):
            raise UsageError("expected lines such as m = interp(m, g, 0.1)")
        target = line.targets[0].id
        if target in SLOTS[slots:]:
            raise UsageError(f"expected at most {slots} slot(s), got {target}")
        draft.names[target] = _value(draft, line.value)
    if "update" not in draft.names:
        raise UsageError("expected an assignment to update")
    wanted = ("update", *SLOTS[:slots])
    results = tuple(draft.names[name] for name in wanted)
    made = Program.of(signature(slots), tuple(draft.instructions), results, TENSORS)
    for name, value in zip(wanted, results, strict=True):
        if made.type_of(value) != "tensor":
            raise UsageError(f"expected a tensor as {name}, got a {made.type_of(value)}")
    return made


def _value(draft: _Draft, node: ast.expr) -> int:
    """The number of the value of an expression, whose instructions are appended."""
    number = _number(node)
    if number is not None:
        code = TENSORS.constants["scalar"]
        return draft.append(Instruction(code, (), (single(number),)))
    if isinstance(node, ast.Name):
        if node.id not in draft.names:
            raise UsageError(f"expected a name assigned before, got {node.id[:40]}")
        return draft.names[node.id]
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)) or node.keywords:
        raise UsageError("expected names, numbers and calls of primitives")
    entry = TENSORS.operations.get(node.func.id)
    if entry is None:
        raise UsageError(f"expected a primitive of {TENSORS.name}, got {node.func.id[:40]}")
    primitive = TENSORS.primitives[entry]
    operands = tuple(_value(draft, a) for a in node.args)
    made = Program.of(signature(draft.slots), tuple(draft.instructions), (0,), TENSORS)
    if tuple(map(made.type_of, operands)) != primitive.operands:
        raise UsageError(f"expected {primitive.name} of {', '.join(primitive.operands)}")
    return draft.append(Instruction(entry, operands))


def _number(node: ast.expr) -> float | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _number(node.operand)
        return None if inner is None else -inner
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return None if isinstance(node.value, bool) else float(node.value)
    return None

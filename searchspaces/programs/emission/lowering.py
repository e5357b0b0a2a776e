"""From a program to named constants and assignments in one target language."""

import math
from dataclasses import dataclass

from elitemap.archive.errors import SearchError
from elitemap.searchspaces.programs.primitive import Primitive
from elitemap.searchspaces.programs.program import Instruction, Program
from elitemap.searchspaces.programs.text import live

#: What the arguments of exported functions are called.
ARGUMENTS = ("x", "y")


@dataclass(frozen=True)
class Lowered:
    """Straight-line code of one function of ``x``, or of ``x`` and ``y``.

    Attributes:
        inputs: Names of the arguments.
        constants: (name, instruction) of the constants in use, ``c1``, ``c2``, ...
        steps: (name, expression) of the assignments in order, ``t1``, ``t2``, ...
        result: The name that holds the result: a step, a constant or an argument.
        used: The primitives in use.
        read: The arguments that are used at all.
    """

    inputs: tuple[str, ...]
    constants: tuple[tuple[str, Instruction], ...]
    steps: tuple[tuple[str, str], ...]
    result: str
    used: tuple[Primitive, ...]
    read: tuple[str, ...]

    @property
    def unread(self) -> tuple[str, ...]:
        """The arguments that are not used."""
        return tuple(name for name in self.inputs if name not in self.read)

    @property
    def output(self) -> str:
        """A name for results that is not one of an argument."""
        return "xyz"[len(self.inputs)]


def require_exportable(program: Program) -> None:
    """Check that a program is a real function of one or two variables.

    Raises:
        SearchError: If it has more inputs or outputs, or constants that are not finite.
    """
    if len(program.inputs) > len(ARGUMENTS) or len(program.outputs) != 1:
        shape = f"{len(program.inputs)} inputs and {len(program.outputs)} outputs"
        raise SearchError(
            f"expected a program of one or two inputs and one output to export, got {shape}"
        )
    for instruction in program.instructions:
        if not all(map(math.isfinite, instruction.constant)):
            raise SearchError(f"expected finite constants to export, got {instruction.constant}")


def lower(program: Program, language: str) -> Lowered:
    """Name the values of a program and fill in the templates of a language.

    Args:
        program: A program of one or two inputs and one output; unused instructions are left out.
        language: A key of the templates of the table of primitives.

    Raises:
        SearchError: If the program cannot be exported, or a primitive not written in the language.
    """
    require_exportable(program)
    inputs = ARGUMENTS[: len(program.inputs)]
    names = dict(enumerate(inputs))
    constants: list[tuple[str, Instruction]] = []
    steps: list[tuple[str, str]] = []
    used: dict[str, Primitive] = {}
    reads = {program.outputs[0]}
    for k in live(program):
        instruction = program.instructions[k - program.leaves]
        primitive = program.primitive(instruction)
        used[primitive.name] = primitive
        reads.update(instruction.operands)
        if primitive.literal is not None:
            names[k] = f"c{len(constants) + 1}"
            constants.append((names[k], instruction))
        else:
            names[k] = f"t{len(steps) + 1}"
            template = primitive.templates.get(language)
            if template is None:
                raise SearchError(f"{primitive.name} cannot be written as {language}")
            steps.append((names[k], template.format(*(names[i] for i in instruction.operands))))
    result = names[program.outputs[0]]
    read = tuple(name for k, name in enumerate(inputs) if k in reads)
    return Lowered(inputs, tuple(constants), tuple(steps), result, tuple(used.values()), read)


def writable(program: Program, language: str) -> bool:
    """Whether every primitive in use has a template for the language."""
    instructions = (program.instructions[k - program.leaves] for k in live(program))
    return all(language in program.primitive(i).templates for i in instructions)

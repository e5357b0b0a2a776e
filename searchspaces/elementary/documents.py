"""Documents of the elementary space: which programs are its own.

Archives may come from strangers. A program is an allowed document of any space long before it is
one whose error can be bounded in reasonable time: 60 squarings are x to the power of 2^60.
"""

from typing import Any

from elitemap.searchspaces.programs.dialect import Dialect
from elitemap.searchspaces.programs.program import Program, ProgramError
from elitemap.searchspaces.programs.real import REAL

#: Most instructions and operations; searches make at most half as many.
MOST_INSTRUCTIONS, MOST_COST = 128, 40


def read(document: Any, dialect: Dialect = REAL, inputs: int = 1) -> Program:
    """A program of so many inputs and one output, not much longer than searches make them.

    Raises:
        ProgramError: If a document is something else.
    """
    program = Program.from_json(document, dialect)
    if len(program.inputs) != inputs or len(program.outputs) != 1 or program.states:
        raise ProgramError(f"expected a program of {inputs} input(s) and one output")
    if len(program.instructions) > MOST_INSTRUCTIONS or program.cost > MOST_COST:
        raise ProgramError(
            f"expected at most {MOST_INSTRUCTIONS} instructions and {MOST_COST} operations"
        )
    return program

"""What an integer operator takes as hardware: its program, and its table."""

from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.quantizers.gates import Hardware, hardware, memory
from elitemap.searchspaces.quantizers.operators.space import entries
from elitemap.searchspaces.quantizers.operators.targets import Words


def estimated(program: Program, table: list[int], room: int, x: Words) -> Hardware:
    """Estimates of an operator on all its inputs, uint32[n].

    Raises:
        ProgramError: If an index goes beyond the table.
    """
    leaves = [x, entries(program, table, room, x)] if room else [x]
    return hardware(program, leaves) + memory(table)

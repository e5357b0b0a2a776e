"""Fields of all products of a multiplier, by NumPy: what certificates and exported tests rest on.

The search runs programs in a compiled kernel; this is the other way to the same bits.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.programs.document import ProgramError
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.words import WORDS
from elitemap.searchspaces.quantizers.gates import Hardware, hardware, memory, summed
from elitemap.searchspaces.quantizers.mantissas import Mantissas, signature
from elitemap.searchspaces.quantizers.tabled import parts


def read(document: Mapping[str, Any], room: int) -> tuple[Program, list[int]]:
    """Program and table of a document.

    Raises:
        ProgramError: If it is no multiplier with tables of at most ``room`` entries.
    """
    told, table = parts(document, room)
    program = Program.from_json(told, WORDS)
    if not program.fits(signature(room)):
        raise ProgramError("expected a program of two words that gives a field and an index")
    return program, table


def fields(
    program: Program, table: list[int], room: int, mantissas: Mantissas
) -> NDArray[np.int64]:
    """int64[codes, codes], the field of the product of each pair of codes.

    Raises:
        ProgramError: If the index goes beyond the table.
    """
    field, offset = _summands(program, table, room, mantissas)
    return (field + offset).reshape(mantissas.codes, mantissas.codes)


def _summands(
    program: Program, table: list[int], room: int, mantissas: Mantissas
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """int64[codes^2] twice, what the program gives, and what the table adds."""
    values: list[Any] = list(mantissas.operands)
    for i in program.instructions:
        told = i.constant if program.is_constant(i) else [values[k] for k in i.operands]
        values.append(program.primitive(i).run(*told))
    shape = mantissas.operands[0].shape
    results = [np.broadcast_to(values[k], shape) for k in program.results]
    field = results[0].astype(np.uint32).view(np.int32).astype(np.int64)
    if not table:
        return field, np.zeros_like(field)
    index = results[1] & np.uint32(room - 1)
    if int(index.max()) >= len(table):
        raise ProgramError(f"expected indices below {len(table)}, got {int(index.max())}")
    return field, np.array(table)[index]


def estimated(program: Program, table: list[int], room: int, mantissas: Mantissas) -> Hardware:
    """What a multiplier takes as hardware: its program, its table, and the sum of both.

    Raises:
        ProgramError: If the index goes beyond the table.
    """
    made = hardware(program, list(mantissas.operands))
    if not table:
        return made
    words = (part.astype(np.uint32) for part in _summands(program, table, room, mantissas))
    return made + memory(table) + summed(*words)

"""Batches of cores written out as batches of whole programs."""

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.elementary.float32.assembly import CORE
from elitemap.searchspaces.elementary.float32.reduction import Reduction
from elitemap.searchspaces.elementary.float32.wholes import WRITTEN
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.dialect import Dialect
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.float32.tables import LOOKED
from elitemap.searchspaces.programs.instruction import Instruction

_OPCODES = np.zeros(256, np.uint8)
_OPCODES[list(WRITTEN)] = list(WRITTEN.values())


def wholes(cores: Batch, reduction: Reduction, dialect: Dialect = FLOAT32) -> Batch:
    """The programs around n cores; constants are rounded to the nearest float32.

    Args:
        cores: In ``real``, of the operations of :data:`.wholes.ROUNDED`.
        reduction: What surrounds them, without tables.
        dialect: What that is written in.

    Returns:
        n programs in ``float32``, equal to what :func:`.wholes.whole` makes of each core.
    """
    before, many = len(reduction.before), len(reduction.after)
    made = Batch(len(cores), before + cores.length + many, reduction.signature, dialect)
    _put(made, np.zeros(len(cores), np.intp), reduction.before)
    middle = slice(before, before + cores.length)
    made.opcode[:, middle] = _OPCODES[cores.opcode]
    made.operand[:, middle] = _placed(cores.operand, reduction)
    made.constant[:, middle, 0] = _stored(cores)
    unused = np.arange(cores.length) >= cores.size[:, None]
    for array in (made.opcode, made.operand, made.constant):
        array[:, middle][unused] = 0
    value = _placed(cores.output[:, 0], reduction)
    _put(made, before + cores.size.astype(np.intp), reduction.after, value, before)
    made.size[:] = before + cores.size + many
    made.output[:, 0] = made.size if many else value
    _clear_unread(made)
    return made


def priced(cores: Batch, reduction: Reduction) -> Batch:
    """The programs around n cores as what they cost: with look-ups where tables are."""
    if reduction.tables is None:
        return wholes(cores, reduction)
    short = reduction.tables.short
    made = wholes(cores, short, LOOKED)
    slots, first = np.arange(made.length), len(short.before)
    inside = (slots >= first) & (slots < first + cores.size[:, None])
    rows, columns = np.nonzero(inside & (made.opcode == LOOKED.opcodes["single"]))
    made.opcode[rows, columns] = LOOKED.opcodes["look"]
    made.operand[rows, columns, 1] = reduction.tables.place
    return made


def _placed(numbers: NDArray[np.int16], reduction: Reduction) -> NDArray[np.int16]:
    moved = numbers + np.int16(len(reduction.before))
    return np.where(numbers == 0, np.int16(reduction.argument), moved)


def _stored(cores: Batch) -> NDArray[np.uint32]:
    """uint32[n, L], constants as float32; of what is no constant, anything."""
    with np.errstate(over="ignore"):
        return cores.constant[:, :, 0].astype(np.float32).view(np.uint32)


def _put(
    made: Batch,
    start: NDArray[np.intp],
    rows: tuple[Instruction, ...],
    value: NDArray[np.int16] | None = None,
    offset: int = 0,
) -> None:
    """Write instructions at a place of each row; what follows a core is moved with its size."""
    every = np.arange(len(made))
    for k, i in enumerate(rows):
        made.opcode[every, start + k] = i.opcode
        literal = made.dialect.primitives[i.opcode].literal
        if literal is not None:
            made.constant[every, start + k, 0] = literal.pack(i.constant)[0]
        for place, operand in enumerate(i.operands):
            number: NDArray[np.int16] | int = operand
            if operand == CORE and value is not None:
                number = value
            elif operand > offset and value is not None:
                number = (operand - offset + start).astype(np.int16)
            made.operand[every, start + k, place] = number


def _clear_unread(made: Batch) -> None:
    """Operands beyond an operation's own are 0, and so are constants of what is none."""
    table = made.dialect.primitives
    arity = np.array([p.arity for p in table])[made.opcode]
    constant = np.array([p.literal is not None for p in table])[made.opcode]
    made.operand[np.arange(made.operand.shape[2]) >= arity[..., None]] = 0
    made.constant[~constant] = 0


def constants(cores: Batch, made: Batch, reduction: Reduction) -> None:
    """Take the constants of whole programs over into their cores, in place."""
    middle = slice(len(reduction.before), len(reduction.before) + cores.length)
    used = np.arange(cores.length) < cores.size[:, None]
    literal = np.array([p.literal is not None for p in cores.dialect.primitives])
    where = used & literal[cores.opcode]
    values = made.constant[:, middle, 0].copy().view(np.float32).astype(np.float64)
    cores.constant[where, 0] = values[where]
    cores.constant[where, 1] = 0.0


def rounded(cores: Batch) -> NDArray[np.bool_]:
    """Round the constants of cores to float32, in place.

    Returns:
        bool[n], whose constants have changed; those too large become infinite.
    """
    with np.errstate(over="ignore"):
        single = cores.constant[:, :, 0].astype(np.float32).astype(np.float64)
    changed = (single != cores.constant[:, :, 0]) | (cores.constant[:, :, 1] != 0.0)
    cores.constant[:, :, 0] = single
    cores.constant[:, :, 1] = 0.0
    found: NDArray[np.bool_] = changed.any(axis=1)
    return found

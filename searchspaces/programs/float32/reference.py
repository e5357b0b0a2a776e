"""Programs of ``float32`` by the entries' NumPy functions, and where IEEE 754 leaves them open.

Sign and payload of a NaN that arithmetic makes are the hardware's business and change with the
order in which a compiler puts operands. They stay unseen unless a program
reads a NaN as bits, or takes a sign from one.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.programs.program import Program

Bits = NDArray[np.bool_]

#: Entries whose NaNs have bits of their own making.
_MAKE = frozenset({"fadd", "fsub", "fmul", "fma", "fdiv", "sqrt", "rint"})
#: The operand whose sign or bits an entry reads, where that of a NaN would show in a number.
_READ = {"bits": 0, "copysign": 1}


class Evaluated(NamedTuple):
    """Results of a program at n points.

    Attributes:
        results: [n] for each output, of its type.
        settled: bool[n]; False where something depends on the bits of a NaN that was made.
    """

    results: tuple[NDArray[Any], ...]
    settled: Bits


def evaluate(program: Program, inputs: Sequence[NDArray[Any]]) -> Evaluated:
    """One step of a program without states.

    Args:
        program: In ``float32``.
        inputs: [n] for each input, of its type.
    """
    values = list(inputs)
    made = [np.zeros(len(inputs[0]), np.bool_) for _ in inputs]
    settled = np.ones(len(inputs[0]), np.bool_)
    with np.errstate(all="ignore"):
        for i in program.instructions:
            primitive = program.primitive(i)
            if primitive.literal is not None:
                values.append(np.full(len(settled), primitive.run(*i.constant)))
                made.append(np.zeros(len(settled), np.bool_))
                continue
            values.append(primitive.run(*(values[k] for k in i.operands)))
            place = _READ.get(primitive.name)
            if place is not None:
                settled &= ~made[i.operands[place]]
            made.append(_made(primitive.name, values[-1], [made[k] for k in i.operands]))
    return Evaluated(tuple(values[k] for k in program.outputs), settled)


def _made(name: str, value: NDArray[Any], operands: Sequence[Bits]) -> Bits:
    """Where a value may be a NaN with bits of the hardware's choice."""
    nan = np.isnan(value) if value.dtype == np.float32 else np.zeros(len(value), np.bool_)
    if name in _MAKE:
        return nan
    passed: Bits = nan & np.logical_or.reduce(list(operands))
    return passed


def same(got: NDArray[Any], expected: NDArray[Any]) -> Bits:
    """Where two results have the same bits; any NaN is the same as any other.

    Args:
        got: float32 or int32, [n].
        expected: The same.
    """
    equal: Bits = got.view(np.int32) == expected.view(np.int32)
    if got.dtype == np.float32:
        equal |= np.isnan(got) & np.isnan(expected)
    return equal

"""Squarings that end programs, and what is to be squared.

A program that ends in squarings spans no family of quotients, but what it squares may span one.
That has to approximate a root of the target, with errors in units that make them errors of the
target.
"""

import numpy as np
from flint import arb
from numpy.typing import NDArray

from elitemap.evaluators.elementary.rational.best import Sampled
from elitemap.searchspaces.programs.batch import Batch

Counts = NDArray[np.intp]


def stripped(batch: Batch) -> tuple[Batch, Counts]:
    """Programs without the squarings at their ends, and how many those were.

    Args:
        batch: n canonical programs of one output: what is computed last is the result.

    Returns:
        Copies, whose constants stand where they stood, and intp[n].
    """
    rows, squarings = np.arange(len(batch)), np.zeros(len(batch), np.intp)
    inner = batch.take(rows)
    codes = batch.dialect.opcodes
    inputs = len(batch.signature.inputs)
    while len(rows):
        last = inner.output[rows, 0].astype(np.intp) - inputs
        rows, last = rows[last >= 0], last[last >= 0]
        opcode, operand = inner.opcode[rows, last], inner.operand[rows, last]
        square = (opcode == codes["mul"]) & (operand[:, 0] == operand[:, 1])
        square |= opcode == codes.get("square", -1)
        square &= last == inner.size[rows] - 1
        rows, last, operand = rows[square], last[square], operand[square]
        inner.output[rows, 0] = operand[:, 0]
        inner.size[rows] = last
        squarings[rows] += 1
    return inner, squarings


def root(samples: Sampled, squarings: int) -> Sampled:
    """What gives positive values when it is squared so often; errors in their units."""
    values, units = samples.values, samples.units
    for _ in range(squarings):
        values = [value.sqrt().mid() for value in values]
        units = [_halved(unit, value) for unit, value in zip(units, values, strict=True)]
    return Sampled(samples.xs, values, units)


def _halved(unit: arb, value: arb) -> arb:
    """The unit of a root: a small error e of g is one of 2 g e of g^2."""
    return (unit / (2 * value)).mid()

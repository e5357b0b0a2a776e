"""Variation of nothing but the constants of a rule, several of them at once.

How well a rule does with one constant hangs on the others: what an average forgets and what is
added to a divisor have to move together.
"""

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.programs.batch import Batch

#: Widths of steps, as powers of two, and the chance of each constant to change.
WIDTHS, CHANCE = (1.0, 0.25, 0.0625), 0.5


def tune(programs: Batch, rng: np.random.Generator) -> None:
    """Change half of each row's constants on average, at least one if there are any, in place.

    A constant, or what it leaves to one, which is what the shares of averages are about, is
    multiplied by a power of two, whose exponent is normal, of one of three widths.

    Args:
        programs: Update rules.
        rng: Source of randomness; drawn from in the same way whatever the constants are.
    """
    constants = _constants(programs)
    lots = np.where(constants, rng.random(constants.shape), np.inf)
    chosen = (lots < CHANCE) | (lots == lots.min(axis=1, keepdims=True)) & constants
    width = np.array(WIDTHS)[rng.integers(0, len(WIDTHS), (len(programs), 1))]
    factor = 2.0 ** (width * rng.standard_normal(constants.shape))
    value = programs.constant[..., 0].astype(np.float64)
    left = rng.random(constants.shape) < 0.5
    other = np.where(left, 1.0 - (1.0 - value) * factor, value * factor)
    programs.constant[..., 0] = np.where(chosen, other, value)


def _constants(programs: Batch) -> NDArray[np.bool_]:
    """bool[n, L], instructions in use that are constants."""
    live = np.arange(programs.opcode.shape[1]) < programs.size[:, None]
    dialect = programs.dialect
    literal = [code for code in dialect.opcodes.values() if dialect.is_constant(code)]
    return live & np.isin(programs.opcode, literal)

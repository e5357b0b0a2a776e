"""The space of approximate multipliers: a program of words, and an offset table that it looks up.

The program gives a field, and an index. What is looked up there, the index taken modulo the size of
the table, is added to the field.
"""

import numpy as np

from elitemap.searchspaces.programs.words import WORDS
from elitemap.searchspaces.quantizers.mantissas import Mantissas, signature
from elitemap.searchspaces.quantizers.tabled import PROBES, TabledSpace

#: Operations of multipliers: adders, shifters and multiplexers, no product.
OPERATIONS = tuple(name for name in WORDS.operations if name not in ("mul", "sar"))


class MultiplierSpace(TabledSpace):
    """Programs of two mantissa fields.

    Attributes:
        mantissas: What fields mean.
    """

    def __init__(self, mantissas: Mantissas, max_ops: int, room: int) -> None:
        """Bind the space.

        Args:
            mantissas: What fields mean.
            max_ops: Most operations of a candidate.
            room: Most entries of a table, 0 for none.
        """
        self.mantissas = mantissas
        pairs = mantissas.operands
        chosen = np.linspace(0, pairs.shape[1] - 1, min(PROBES, pairs.shape[1])).astype(np.intp)
        super().__init__(
            signature(room), OPERATIONS, max_ops, room, np.ascontiguousarray(pairs[None, :, chosen])
        )

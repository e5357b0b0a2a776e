"""The dialect ``words``: whole numbers of 32 bits, as adders, shifters and multiplexers see them.

Arithmetic is modulo 2^32, so the laws that its entries state hold for every bit: rewriting never
changes a value. Kernels, Python, NumPy and C compute the same.
"""

import numpy as np

from elitemap.searchspaces.programs.dialect import Dialect, Type
from elitemap.searchspaces.programs.words.constants import STORAGE, WORD
from elitemap.searchspaces.programs.words.operations import OPERATIONS

#: The order is that of the opcodes, on which seeds and hashes depend: new ones come last.
WORDS = Dialect(
    name="words",
    types=(Type("word", "uint32_t", np.uint32),),
    storage=STORAGE,
    primitives=(WORD, *OPERATIONS),
    operators=(
        "insert",
        "delete",
        "primitive",
        "operand",
        "constant",
        "term",
        "crossover",
        "compose",
    ),
    where="elitemap.searchspaces.programs.words:WORDS",
)

"""The dialect ``real``: real arithmetic, searched in float64 and proved in balls.

The laws that its entries state are those of real numbers. Rewriting by them may change last bits,
which does no harm: constants are fitted anew, and what is proved is proved of what was rewritten.
"""

import numpy as np

from elitemap.searchspaces.programs.dialect import Dialect, Type
from elitemap.searchspaces.programs.real.arithmetic import ADD, DIV, FMA, MUL, SUB
from elitemap.searchspaces.programs.real.choices import ABS, MAX, MIN, SELECT
from elitemap.searchspaces.programs.real.constants import CONST, STORAGE
from elitemap.searchspaces.programs.real.powers import SQRT, SQUARE

#: The order is that of the opcodes, on which seeds and hashes depend: new ones come last.
REAL = Dialect(
    name="real",
    types=(Type("real", "double", np.float64),),
    storage=STORAGE,
    primitives=(CONST, ADD, SUB, MUL, DIV, SQRT, SQUARE, FMA, MIN, MAX, ABS, SELECT),
    operators=(
        "insert",
        "delete",
        "primitive",
        "operand",
        "constant",
        "term",
        "crossover",
        "compose",
        "rescale",
        "repeat",
        "double",
        "conjugate",
    ),
    where="elitemap.searchspaces.programs.real:REAL",
)

"""The dialect ``tensors``: update rules of optimizers, on parameter tensors and scalars of them.

A value is a tensor (an entry for each parameter of one tensor of a model) or a scalar (a number for
each tensor). All arithmetic is float32. The primitives are most of those that the search for Lion
had (Chen et al., "Symbolic Discovery of Optimization Algorithms", arXiv 2302.06675), with types in
place of broadcasting: what mixes a tensor and a scalar has a name of its own.

The interpreter of other dialects knows no reductions; whole tensors are run by ``kernel/machine.h``
and, for comparison, by :mod:`elitemap.searchspaces.programs.tensors.reference`.
"""

import numpy as np

from elitemap.searchspaces.programs.dialect import Dialect, Type
from elitemap.searchspaces.programs.tensors.constants import SCALAR, STORAGE
from elitemap.searchspaces.programs.tensors.matrices import MATRICES
from elitemap.searchspaces.programs.tensors.pointwise import POINTWISE
from elitemap.searchspaces.programs.tensors.reductions import REDUCTIONS
from elitemap.searchspaces.programs.tensors.scalars import SCALARS

#: The order is that of the opcodes, on which seeds and hashes depend: new ones come last.
TENSORS = Dialect(
    name="tensors",
    types=(Type("tensor", "float", np.float32), Type("scalar", "float", np.float32)),
    storage=STORAGE,
    primitives=(SCALAR, *POINTWISE, *(r.primitive for r in REDUCTIONS), *SCALARS, *MATRICES),
    operators=("insert", "delete", "primitive", "operand", "constant", "crossover", "compose"),
    where="elitemap.searchspaces.programs.tensors:TENSORS",
)

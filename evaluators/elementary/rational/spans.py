"""Which programs of a batch span whole families of quotients, by the compiled kernel."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.elementary.fitting.fit import KERNEL
from elitemap.native.pointers import pointer
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.interpret import batch_arguments
from elitemap.searchspaces.programs.kernels import load

Words = NDArray[np.uint64]


@dataclass(frozen=True)
class Spans:
    """Monomials of numerators and denominators of n programs; bit e stands for x^e.

    Attributes:
        top: uint64[n], 0 for a program that spans no whole family.
        bottom: uint64[n].
    """

    top: Words
    bottom: Words


def spans(batch: Batch) -> Spans:
    """Find the programs that can, generically, be any quotient with certain monomials.

    Args:
        batch: n programs of one input.
    """
    found = Spans(np.empty(len(batch), np.uint64), np.empty(len(batch), np.uint64))
    load(KERNEL / "spans.c", batch.dialect).spans(
        *batch_arguments(batch), pointer(found.top), pointer(found.bottom)
    )
    return found

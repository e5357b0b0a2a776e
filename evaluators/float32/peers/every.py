"""All peers of a function."""

from collections.abc import Iterator

from elitemap.engine.protocols import Missing
from elitemap.evaluators.float32.peers import (
    eigen,
    intel,
    libm,
    llvm,
    python,
    sleef,
    sollya,
    tricks,
)
from elitemap.evaluators.float32.peers.peer import Peer
from elitemap.searchspaces.elementary.float32.functions import Single


def peers(single: Single) -> Iterator[Peer | Missing]:
    """What there is of a function, and what is not installed.

    Args:
        single: The function. Of one without a name there are Sollya's polynomials only.
    """
    for module in (libm, sleef, intel, llvm, eigen, python, tricks):
        yield from module.peers(single.name)
    yield from sollya.peers(single)

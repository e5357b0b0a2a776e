"""The compiled kernels of programs: one library of every source in each dialect."""

import ctypes
from collections.abc import Sequence
from pathlib import Path

from elitemap.native import toolchain
from elitemap.searchspaces.programs.dialect import Dialect

#: The folder of the kernels' sources, and of the headers that other kernels of programs include.
KERNEL = Path(__file__).resolve().parent / "kernel"


def load(source: Path, dialect: Dialect) -> ctypes.CDLL:
    """The library made from one C file with the primitives of a dialect.

    Raises:
        SearchError: As :func:`elitemap.native.toolchain.load`.
    """
    return toolchain.load(source, dialect.header, KERNEL)


def prepare(folders: Sequence[Path], dialect: Dialect) -> None:
    """Build the kernels of programs, and those in other folders, for a dialect.

    Raises:
        SearchError: As :func:`elitemap.native.toolchain.load`.
    """
    toolchain.prepare([KERNEL, *folders], dialect.header, KERNEL)

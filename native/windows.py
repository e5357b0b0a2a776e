"""Files as bytes: small ones in memory, large ones through windows that the system pages in."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

#: Files of more bytes are not read into memory.
MOST_IN_MEMORY = 1 << 28


def is_much(size: int) -> bool:
    """Whether so many bytes are too many to be read into memory."""
    return size > MOST_IN_MEMORY


def is_large(path: Path) -> bool:
    """Whether a file is to be read through a window.

    Raises:
        OSError: If it cannot be asked.
    """
    return is_much(path.stat().st_size)


def file_bytes(path: Path) -> NDArray[np.uint8]:
    """uint8[size], the bytes of a file; of a large one a window, which must not shrink meanwhile.

    Raises:
        OSError: If it cannot be read.
    """
    if is_large(path):
        return np.asarray(np.memmap(path, np.uint8, "r"))
    return np.fromfile(path, np.uint8)

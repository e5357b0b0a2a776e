"""Addresses of arrays, as compiled kernels take them."""

import ctypes
from typing import Any

from numpy.typing import NDArray


def pointer(array: NDArray[Any]) -> ctypes.c_void_p:
    """The address of a C-contiguous array, for a kernel call; it keeps the array alive.

    Raises:
        ValueError: If the array is not contiguous; a kernel would read other memory.
    """
    if not array.flags.c_contiguous:
        raise ValueError("expected a C-contiguous array")
    return array.ctypes.data_as(ctypes.c_void_p)

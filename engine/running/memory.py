"""Memory of a worker: kept for the next generation, not given back after every one."""

import ctypes
import sys
from functools import cache

#: Options of glibc's ``mallopt``, and what they are set to: bytes at the end of the heap that are
#: kept, and bytes from which an allocation gets pages of its own (the most that glibc takes).
_TRIM, _MMAP = -1, -3
_KEPT, _LARGE = 1 << 26, 1 << 25


@cache
def keep_memory() -> None:
    """Let this process keep what it frees, up to a limit.

    Dask's nanny sets ``MALLOC_TRIM_THRESHOLD_`` to 64 KiB, and with that glibc no longer adapts its
    thresholds: every array of a generation is pages that the kernel gives, clears and takes back,
    which takes a good part of a worker's time. Does nothing where there is no glibc.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_TRIM, _KEPT)
        mallopt(_MMAP, _LARGE)

"""Bytes that are mostly zeros, made smaller in little time.

Rows of elites are mostly unused instructions, so half of what travels of a state is zeros. A
general compressor finds a bit more in many times the time, of which a worker and the coordinator
have little: squeezing takes a millisecond for each megabyte.
"""

import numpy as np

_WORD = np.dtype("<u4")


def squeezed(data: bytes) -> bytes:
    """The length, a bit for each word of four bytes that is not zero, and these words."""
    words = np.frombuffer(data + bytes(-len(data) % _WORD.itemsize), _WORD)
    some = words != 0
    told = len(data).to_bytes(8, "little")
    return b"".join((told, np.packbits(some).tobytes(), words[some].tobytes()))


def expanded(data: bytes) -> bytes:
    """The inverse of :func:`squeezed`."""
    length = int.from_bytes(data[:8], "little")
    count = -(-length // _WORD.itemsize)
    ends = 8 + -(-count // 8)
    some = np.unpackbits(np.frombuffer(data[8:ends], np.uint8), count=count).view(bool)
    words = np.zeros(count, _WORD)
    words[some] = np.frombuffer(data[ends:], _WORD)
    return bytes(words)[:length]

"""Text that ships with Python: the topics of its ``help``, as numbers of characters."""

import hashlib
from functools import cache
from pydoc_data.topics import topics

import numpy as np
from numpy.typing import NDArray

#: Line feeds are 0, printable ASCII 1 to 95; what is neither becomes a question mark.
CHARACTERS = 96

#: The last part of the text trains nobody: one in so many.
HELD = 10


@cache
def corpus() -> NDArray[np.int32]:
    """int32[n]: all topics in order of their names, about half a million characters."""
    whole = "\n\n".join(topics[name].strip() for name in sorted(topics))
    codes = np.frombuffer(whole.encode("ascii", "replace"), np.uint8).astype(np.int32)
    numbers = np.where(codes == 10, 0, codes - 31)
    return np.where((numbers >= 0) & (numbers < CHARACTERS), numbers, ord("?") - 31)


@cache
def digest() -> str:
    """The beginning of the SHA-256 of the text: versions of Python have different ones."""
    return hashlib.sha256(corpus().astype("<i4").tobytes()).hexdigest()[:12]

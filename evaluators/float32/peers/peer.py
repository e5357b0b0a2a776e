"""What others have made, as a value."""

from dataclasses import dataclass
from typing import Any

from elitemap.evaluators.float32.functions import Function


@dataclass(frozen=True)
class Peer:
    """A function that can be called on arrays.

    Attributes:
        name: Library and function.
        version: Of the library.
        function: From float32[n] to float32[n].
        compiled: ``void f(const float *, float *, size_t)`` of a loaded library; None for what is
            called through Python.
    """

    name: str
    version: str
    function: Function
    compiled: Any = None

"""What a user may bring to a space: a file of arrays, or a function of a module.

It is known by its content. The engine reads it once, hashes it, lets the hash take part in the
problem's identity, and brings it to the workers; a space sees a :class:`UserData`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

#: Reads one kind of file: path to arrays by name. What it raises of ``OSError``, ``EOFError`` and
#: ``ValueError`` becomes one line for the user. It unpickles nothing. Arrays may be windows on a
#: large file, and a subclass of arrays may say by a text ``meaning`` what its elements are.
Reader = Callable[[Path], Mapping[str, NDArray[Any]]]


@dataclass(frozen=True)
class ArrayFile:
    """An option whose value is a path to arrays of numbers.

    Attributes:
        finite: Whether NaN and infinity are refused.
        readers: By suffix, such as ``{".safetensors": read}``; ``.npy`` and ``.npz`` are read
            without one.
        plain: Whether those two are taken at all.
    """

    finite: bool = True
    plain: bool = True
    readers: Mapping[str, Reader] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class NamedFunction:
    """An option whose value names a function of a user's module, as ``module:name``."""


@dataclass(frozen=True, eq=False)
class UserData:
    """What a user brought for one option.

    Building a task must do without functions: whoever shows, verifies or exports an elite gets the
    task as well, and there :meth:`load` of a function always raises.

    Attributes:
        digest: SHA-256 of the content, 64 hexadecimal digits.
        load: Returns the arrays by name (read-only, C order, little-endian; the one of a ``.npy``
            file is called ``arr_0``, as NumPy does), or the function. Raises an ``ElitemapError``
            where the content is not at hand.
        packed: The content itself, for a process that the space begins: it can be pickled, and its
            ``load()`` gives there what :attr:`load` gives here. Raises as that does.
    """

    digest: str
    load: Callable[[], Any]
    packed: Callable[[], Any]

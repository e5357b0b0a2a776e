"""Files of arrays: a reader for each suffix, what is refused, and the hash of what is in them."""

import hashlib
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import UsageError
from elitemap.engine.data.zipped import archived_windows, is_large_archive
from elitemap.engine.protocols.data import ArrayFile, Reader
from elitemap.native.windows import is_large

Arrays = Mapping[str, NDArray[Any]]

#: Kinds of dtypes that are numbers: bool, integers, floats and complex.
_NUMBERS = "biufc"

#: What a subclass of arrays says of its elements, where their dtype does not.
MEANING = "meaning"

#: Numbers that are looked at together, which is memory.
_PART = 1 << 22

#: What reading a file that is damaged, or no such file at all, may raise.
_UNREADABLE = (
    ValueError,
    EOFError,
    KeyError,
    MemoryError,
    NotImplementedError,
    RuntimeError,
    SyntaxError,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True, eq=False)
class ArraysContent:
    """Arrays of numbers by name: read-only, in C order, little-endian."""

    arrays: Arrays

    @classmethod
    def of(cls, arrays: Arrays) -> "ArraysContent":
        """The same numbers in the one layout that is hashed and handed out."""
        return cls({name: _plain(array) for name, array in arrays.items()})

    def digest(self) -> str:
        """SHA-256 of names, dtypes, shapes and bytes, in the order of the names."""
        state = hashlib.sha256(b"arrays\n")
        for name in sorted(self.arrays):
            array = self.arrays[name]
            kind = array.dtype.str + getattr(array, MEANING, "")
            state.update(f"{name!r} {kind} {array.shape!r}\n".encode())
            state.update(array.reshape(-1).view(np.uint8).data)
        return state.hexdigest()

    def load(self) -> Arrays:
        """The arrays."""
        return self.arrays


def read_arrays(path: Path, brings: ArrayFile) -> ArraysContent:
    """Read a file and check what is in it.

    Args:
        path: The file; its suffix tells how it is read.
        brings: What the option takes.

    Raises:
        UsageError: If there is no such file, it cannot be read, or it holds anything but numbers;
            one line each.
    """
    readers = suffixes(brings)
    read = readers.get(path.suffix.lower())
    if read is None:
        raise UsageError(f"expected a file that ends in {', '.join(readers)}, got {str(path)!r}")
    try:
        # A pipe or a device would never end.
        if not path.is_file():
            what = "something that is no file" if path.exists() else "no file there"
            raise UsageError(f"expected a file of arrays at {str(path)!r}, got {what}")
        found = dict(read(path))
    except OSError as error:
        why = error.strerror or "it is damaged"
        raise UsageError(f"cannot read {str(path)!r}: {why}; name another file") from None
    except _UNREADABLE as error:
        raise UsageError(_unreadable(path, error)) from None
    _check(path, found, brings)
    return ArraysContent.of(found)


def read_npy(path: Path) -> Arrays:
    """A ``.npy`` file; of a large one a window on it."""
    loaded = np.load(path, mmap_mode="r" if is_large(path) else None, allow_pickle=False)
    if not isinstance(loaded, np.ndarray):
        loaded.close()
        raise ValueError("it holds more than one array: call it .npz")
    return {"arr_0": loaded}


def read_npz(path: Path) -> Arrays:
    """A ``.npz`` file; of a large one windows on its members, or on what they are unpacked to."""
    if zipfile.is_zipfile(path) and is_large_archive(path):
        return archived_windows(path)
    with path.open("rb") as file:
        loaded = np.load(file, allow_pickle=False)
        if not isinstance(loaded, np.lib.npyio.NpzFile):
            raise ValueError("it holds a single array: call it .npy")
        return {name: loaded[name] for name in loaded.files}


#: Readers of the suffixes that need no other package.
READERS: dict[str, Reader] = {".npy": read_npy, ".npz": read_npz}


def suffixes(brings: ArrayFile) -> dict[str, Reader]:
    """The readers of what an option takes, by suffix."""
    return (READERS if brings.plain else {}) | dict(brings.readers)


def _plain(array: NDArray[Any]) -> NDArray[Any]:
    as_array = np.asanyarray if hasattr(array, MEANING) else np.asarray
    plain = as_array(array, array.dtype.newbyteorder("<"), order="C").view()
    plain.flags.writeable = False
    return plain


def _check(path: Path, found: Mapping[str, Any], brings: ArrayFile) -> None:
    name = str(path)
    if not found:
        raise UsageError(f"expected arrays in {name!r}, got none: save at least one")
    for key, array in found.items():
        which = f"{key[:40]!r} of {name!r}"
        if not isinstance(array, np.ndarray):
            raise UsageError(f"expected an array as {which}, got other bytes: save arrays only")
        if array.dtype.hasobject:
            raise UsageError(f"expected numbers in {which}, got {_OBJECTS}")
        if not _plain_numbers(array.dtype):
            got = f"the dtype {str(array.dtype)[:40]}"
            raise UsageError(f"expected numbers in {which}, got {got}: save it as float64")
        if not array.size:
            raise UsageError(
                f"expected numbers in {which}, got an array of the shape {array.shape}: "
                "leave it out or fill it"
            )
        wrong = _not_finite(array) if brings.finite else 0
        if wrong:
            raise UsageError(
                f"expected finite numbers in {which}, got NaN or infinity {wrong} times: "
                "replace them"
            )


def _not_finite(array: NDArray[Any]) -> int:
    """How many numbers are NaN or infinite."""
    if array.dtype.kind in "biu":
        return 0
    flat = array.reshape(-1)
    parts = (flat[k : k + _PART] for k in range(0, flat.size, _PART))
    return sum(int(np.count_nonzero(~np.isfinite(part))) for part in parts)


def _plain_numbers(dtype: np.dtype[Any]) -> bool:
    """Whether every byte of an element means something: wider floats are padded."""
    return dtype.kind in _NUMBERS and dtype.itemsize <= (16 if dtype.kind == "c" else 8)


_OBJECTS = "Python objects, which are never unpickled: save plain numbers"


def _unreadable(path: Path, error: BaseException) -> str:
    told = " ".join(str(error).split())[:120] or type(error).__name__
    # NumPy has no exceptions of its own for these two.
    if "Object arrays" in told:
        return f"expected numbers in {str(path)!r}, got {_OBJECTS}"
    if "allow_pickle" in told:  # anything that begins in another way could be a pickle
        told = "no file of NumPy"
    return f"expected a file of arrays at {str(path)!r}, got what cannot be read: {told}"

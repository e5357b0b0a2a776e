"""Tensors from files of weights: safetensors and GGUF, checked against the file's own size.

Arrays are windows on the file, which is not read into memory where it is large.

Nothing of a file is believed: lengths, offsets and shapes are compared with the bytes that are
there, and a :class:`ValueError` says what does not fit. Tensors that are quantized already are left
out.
"""

import json
import math
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.native.windows import file_bytes

Arrays = Mapping[str, NDArray[Any]]


class Brain(np.ndarray[Any, np.dtype[np.uint16]]):
    """Numbers of bfloat16 as their bits, for which NumPy has no type."""

    #: What the elements mean, which takes part in the hash of a file's content.
    meaning = "bfloat16"


def singles(array: NDArray[Any]) -> NDArray[np.float32]:
    """The numbers of an array as float32, in memory of their own."""
    if isinstance(array, Brain):
        return (np.asarray(array).astype(np.uint32) << np.uint32(16)).view(np.float32)
    return np.array(array, np.float32)


#: Types of numbers that NumPy has, by their names in safetensors.
_TYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "<i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "<u1", "BOOL": "?",
}  # fmt: skip

#: Longest header of a safetensors file, as its format says.
_HEADER = 100_000_000

#: Types of tensors in GGUF that are plain numbers; all others are blocks of quantized ones.
_GGUF_TYPES = {
    0: "<f4",
    1: "<f2",
    24: "<i1",
    25: "<i2",
    26: "<i4",
    27: "<i8",
    28: "<f8",
    30: "BF16",
}

#: Sizes of the numbers in GGUF's key-value pairs, by type; 8 is text, 9 an array.
_GGUF_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}


def read_safetensors(path: Path) -> Arrays:
    """The tensors of a ``.safetensors`` file.

    Raises:
        ValueError: If the file is none, or its header does not fit its bytes.
    """
    data = file_bytes(path)
    if data.size < 8:
        raise ValueError("a safetensors file has 8 bytes at least")
    length = int(data[:8].view("<u8")[0])
    if length > min(_HEADER, data.size - 8):
        raise ValueError(f"its header should have {length} bytes, the file has {data.size}")
    header = json.loads(data[8 : 8 + length].tobytes().decode())
    if not isinstance(header, dict):
        raise ValueError("its header is no object")
    body = data[8 + length :]
    tensors = {name: told for name, told in header.items() if name != "__metadata__"}
    return {name: _tensor(name, told, body) for name, told in tensors.items()}


def _tensor(name: str, told: Any, body: NDArray[np.uint8]) -> NDArray[Any]:
    try:
        kind, shape, (start, end) = told["dtype"], told["shape"], told["data_offsets"]
        counts = [*shape, start, end]
        if not all(type(x) is int and x >= 0 for x in counts):
            raise TypeError
    except (KeyError, TypeError, ValueError):
        raise ValueError(f"{name[:40]!r} has no type, shape and offsets") from None
    if kind != "BF16" and kind not in _TYPES:
        raise ValueError(f"{name[:40]!r} is of the type {str(kind)[:20]!r}, which is not read")
    size = 2 if kind == "BF16" else np.dtype(_TYPES[kind]).itemsize
    if not start <= end <= body.size or end - start != size * math.prod(shape):
        raise ValueError(
            f"{name[:40]!r} should be at {start} to {end} of {body.size} bytes "
            f"with the shape {shape}"
        )
    return _numbers(body[start:end], kind, _TYPES.get(kind, "")).reshape(shape)


def _numbers(data: NDArray[np.uint8], kind: str, dtype: str) -> NDArray[Any]:
    """A window on bytes as numbers; of bfloat16 the bits."""
    if kind == "BF16":
        return data.view("<u2").view(Brain)
    return data.view(dtype)


class _Cursor:
    """Where a GGUF file is read."""

    def __init__(self, data: NDArray[np.uint8]) -> None:
        self.data, self.at = data, 0

    def bytes(self, n: int) -> bytes:
        if not 0 <= n <= self.data.size - self.at:
            raise ValueError(f"it ends at byte {self.data.size}, where {n} more are expected")
        self.at += n
        return self.data[self.at - n : self.at].tobytes()

    def number(self, code: str) -> int:
        (value,) = struct.unpack("<" + code, self.bytes(struct.calcsize("<" + code)))
        return int(value)

    def text(self) -> str:
        return self.bytes(self.number("Q")).decode()


def read_gguf(path: Path) -> Arrays:
    """The tensors of a ``.gguf`` file of version 2 or 3 that are plain numbers.

    Raises:
        ValueError: If the file is none, its header does not fit its bytes, or all is quantized.
    """
    cursor = _Cursor(file_bytes(path))
    if cursor.bytes(4) != b"GGUF":
        raise ValueError("it does not begin with GGUF")
    version, tensors, pairs = cursor.number("I"), cursor.number("Q"), cursor.number("Q")
    if version not in (2, 3):
        raise ValueError(f"it is of version {version}, not 2 or 3")
    alignment = 32
    for _ in range(pairs):
        key, value = cursor.text(), _value(cursor, cursor.number("I"))
        if key == "general.alignment":
            alignment = value if type(value) is int and 0 < value <= 1 << 20 else 32
    told = [_info(cursor) for _ in range(tensors)]
    body = cursor.data[-(-cursor.at // alignment) * alignment :]
    found = {}
    for name, shape, kind, start in told:
        if (dtype := _GGUF_TYPES.get(kind)) is None:
            continue
        size = (2 if dtype == "BF16" else np.dtype(dtype).itemsize) * math.prod(shape)
        if start + size > body.size:
            raise ValueError(
                f"{name[:40]!r} should be at {start} to {start + size} of {body.size} bytes"
            )
        found[name] = _numbers(body[start : start + size], dtype, dtype).reshape(shape)
    if tensors and not found:
        raise ValueError("all its tensors are quantized already")
    return found


def _value(cursor: _Cursor, kind: int) -> Any:
    """A value of a pair; only whole numbers are kept."""
    if kind == 8:
        return cursor.text()
    if kind == 9:
        inner, count = cursor.number("I"), cursor.number("Q")
        if inner in _GGUF_SIZES:
            cursor.bytes(_GGUF_SIZES[inner] * count)
        elif inner == 8:
            for _ in range(count):
                cursor.text()
        else:
            raise ValueError(f"it has an array of the unknown type {inner}")
        return None
    if kind not in _GGUF_SIZES:
        raise ValueError(f"it has a value of the unknown type {kind}")
    raw = cursor.bytes(_GGUF_SIZES[kind])
    return int.from_bytes(raw, "little") if kind == 4 else None


def _info(cursor: _Cursor) -> tuple[str, tuple[int, ...], int, int]:
    """Name, shape (the last index fastest), type and offset of a tensor."""
    name, dimensions = cursor.text(), cursor.number("I")
    if dimensions > 4:
        raise ValueError(f"{name[:40]!r} has {dimensions} dimensions, 4 are the most")
    shape = tuple(cursor.number("Q") for _ in range(dimensions))[::-1]
    return name, shape, cursor.number("I"), cursor.number("Q")


#: Readers by suffix, beside those of NumPy's files.
READERS: Mapping[str, Callable[[Path], Arrays]] = {
    ".safetensors": read_safetensors,
    ".gguf": read_gguf,
}

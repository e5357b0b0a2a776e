"""Arrays of an ``.npz`` file that is larger than memory, as windows.

Members that are stored as they are lie in the file itself. Compressed ones are unpacked, a part
after the other, into a file without a name where temporary files go. It is gone when nobody looks
at it any more, and takes space on that disk until then.
"""

import math
import os
import shutil
import struct
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from elitemap.native.windows import is_much

#: Of a member's local header: bytes, and where lengths of name and extra field are in it.
_LOCAL, _LENGTHS, _SIGNATURE = 30, 26, b"PK\x03\x04"

#: Bytes that are unpacked at a time.
_PART = 1 << 20

_ENCRYPTED = 1


@dataclass(frozen=True)
class _Layout:
    """What the header of an array says, and where the numbers begin behind it."""

    shape: tuple[int, ...]
    order: Any
    dtype: np.dtype[Any]
    start: int

    @property
    def bytes(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize


def is_large_archive(path: Path) -> bool:
    """Whether the file, or what is packed in it, is more than is read into memory.

    Raises:
        OSError: If it cannot be read.
        zipfile.BadZipFile: If it is no archive.
    """
    with zipfile.ZipFile(path) as archive:
        packed = sum(member.file_size for member in archive.infolist())
    return is_much(max(packed, path.stat().st_size))


def archived_windows(path: Path) -> dict[str, Any]:
    """The arrays of an archive by name; of a member that is none its first bytes.

    Raises:
        OSError: If the file cannot be read, or there is no space for what is unpacked.
        ValueError: If a member is shorter or longer than it says.
        zipfile.BadZipFile: If the archive is damaged.
    """
    with zipfile.ZipFile(path) as archive:
        members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
        return {name: _window(path, archive, info) for name, info in members.items()}


def _window(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Any:
    if info.flag_bits & _ENCRYPTED:
        raise ValueError(f"{info.filename[:40]!r} is encrypted")
    with archive.open(info) as member:
        layout = _layout(member)
        if layout is None:
            return b""
        if layout.start + layout.bytes != info.file_size:
            raise ValueError(
                f"{info.filename[:40]!r} should have {layout.start + layout.bytes} bytes, "
                f"it has {info.file_size}"
            )
        if not layout.bytes:
            return np.empty(layout.shape, layout.dtype)
        if info.compress_type == zipfile.ZIP_STORED:
            return _mapped(path, layout, _body(path, info) + layout.start)
        with tempfile.TemporaryFile() as unpacked:
            shutil.copyfileobj(member, unpacked, _PART)
            unpacked.flush()
            return _mapped(unpacked, layout, 0)


def _layout(member: IO[bytes]) -> _Layout | None:
    """The layout of an array; None for what is none. Leaves the member where the numbers begin.

    Raises:
        ValueError: If its header is damaged, or its elements are Python objects.
    """
    begun = member.read(npy.MAGIC_LEN)
    if begun[:-2] != npy.MAGIC_PREFIX:
        return None
    member.seek(0)
    version = npy.read_magic(member)
    if version not in ((1, 0), (2, 0)):
        raise ValueError(f"it is of the version {version} of NumPy's format, not 1.0 or 2.0")
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, fortran, dtype = read(member)
    if dtype.hasobject:
        raise ValueError("Object arrays are not read")
    return _Layout(shape, "F" if fortran else "C", dtype, member.tell())


def _body(path: Path, info: zipfile.ZipInfo) -> int:
    """Where the bytes of a stored member begin: behind a header whose lengths are its own.

    Raises:
        zipfile.BadZipFile: If there is no such header, or the file ends before the member does.
    """
    with path.open("rb") as file:
        file.seek(info.header_offset)
        header = file.read(_LOCAL)
        end = os.fstat(file.fileno()).st_size
    if len(header) < _LOCAL or header[:4] != _SIGNATURE:
        raise zipfile.BadZipFile(f"no header of {info.filename[:40]!r} where it should be")
    start: int = info.header_offset + _LOCAL + sum(struct.unpack_from("<HH", header, _LENGTHS))
    if start + info.file_size > end:
        raise zipfile.BadZipFile(f"{info.filename[:40]!r} ends behind the file")
    return start


def _mapped(file: Any, layout: _Layout, offset: int) -> NDArray[Any]:
    return np.memmap(file, layout.dtype, "r", offset, layout.shape, layout.order)

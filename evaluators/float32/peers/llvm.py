"""LLVM's C library, whose functions are said to be correctly rounded."""

import re
from collections.abc import Iterator
from pathlib import Path

from elitemap.engine.protocols import Missing
from elitemap.evaluators.float32.peers.building import LOOP, built
from elitemap.evaluators.float32.peers.names import IN_C
from elitemap.evaluators.float32.peers.peer import Peer

_HEAD = (
    '#include <math.h>\n#include <stddef.h>\nconst char *peer_version(void) {{ return "{}"; }}\n'
)

_CURE = "apt install libllvmlibc-22-dev, where Debian has it, or it lacks this function"


def peers(name: str) -> Iterator[Peer | Missing]:
    """A function, from the newest version that is installed."""
    if name not in IN_C:
        return
    archive = newest(Path("/usr/lib"))
    if archive is None:
        yield Missing(f"LLVM libc {name}", _CURE)
        return
    text = _HEAD.format(version(archive)) + LOOP.format(call=f"{name}f(v)")
    # The archive comes before the source: -u makes the linker take the function from it at once,
    # and -Bsymbolic binds calls to it though the process has one of the same name.
    flags = ["-fno-builtin", f"-Wl,-u,{name}f", str(archive), "-Wl,-Bsymbolic"]
    yield built("LLVM libc", name, text, flags, cure=_CURE, wanted="llvm_libc")


def newest(folder: Path) -> Path | None:
    """The archive of the highest version below a folder such as ``/usr/lib``."""
    found = folder.glob("llvm-*/lib/libllvmlibc.a")
    return max(found, key=lambda path: _number(path.parts[-3]), default=None)


def version(archive: Path) -> str:
    """The version, which is in the names of all its symbols."""
    found = re.search(rb"__llvm_libc_(\d+(?:_\d+)*)_", archive.read_bytes()[: 1 << 22])
    return found[1].decode().replace("_", ".") if found else archive.parts[-3]


def _number(name: str) -> int:
    digits = name.rpartition("-")[2]
    return int(digits) if digits.isdigit() else 0

"""Peers made from a few lines of C or C++ around somebody's function."""

import ctypes
import platform
import tempfile
from collections.abc import Sequence
from pathlib import Path

from elitemap.archive.errors import SearchError
from elitemap.engine.protocols import Missing
from elitemap.evaluators.float32.compiled import FLAGS
from elitemap.evaluators.float32.functions import exported
from elitemap.evaluators.float32.peers.peer import Peer
from elitemap.native.toolchain import compile_library

#: A loop over numbers ``v``, one at a time; compilers may make vectors of it.
LOOP = """\
void peer_n(const float *restrict x, float *restrict y, size_t n)
{{
    for (size_t i = 0; i < n; i++) {{
        const float v = x[i];
        y[i] = {call};
    }}
}}
"""

#: A loop over vectors, the last one filled up with zeros.
VECTORS = """\
#include <immintrin.h>
#include <stddef.h>
#include <string.h>
{head}
void peer_n(const float *restrict x, float *restrict y, size_t n)
{{
    size_t i = 0;
    for (; i + {lanes} <= n; i += {lanes}) {{
        const {vector} v = {load}(x + i);
        {store}(y + i, {call});
    }}
    if (i < n) {{
        float rest[{lanes}] = {{0}};
        memcpy(rest, x + i, (n - i) * sizeof *x);
        const {vector} v = {load}(rest);
        {store}(rest, {call});
        memcpy(y + i, rest, (n - i) * sizeof *y);
    }}
}}
"""

_LATER = "apt install gcc, and look at what the compiler says"


def built(
    family: str,
    name: str,
    text: str,
    flags: Sequence[str] = (),
    *,
    cure: str = _LATER,
    wanted: str = "",
    version: str = "",
    language: str = "c",
) -> Peer | Missing:
    """Code compiled and loaded; missing if it does not compile or lacks a symbol.

    Args:
        family: Library and accuracy.
        name: The function.
        text: Source of ``peer_n``, and of ``const char *peer_version(void)`` where the version is
            in a header.
        flags: For the compiler, beside those of exported code.
        cure: How to get what is missing.
        wanted: What the library must contain.
        version: Of the peer, if it is known.
        language: ``c`` or ``cpp``.
    """
    label = f"{family} {name}"
    every = [*FLAGS, *flags] if language == "c" else [*_for_cpp(), *flags]
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder, f"peer.{language}"), Path(folder, "peer.so")
        source.write_text(text)
        try:
            compile_library(source, library, every)
            loaded = ctypes.CDLL(str(library))
        except (SearchError, OSError):
            return Missing(label, cure)
        if wanted.encode() not in library.read_bytes():
            return Missing(label, cure)
    told = version or _told(loaded)
    return Peer(label, told, exported(loaded, "peer"), loaded.peer_n)


def _told(loaded: ctypes.CDLL) -> str:
    loaded.peer_version.restype = ctypes.c_char_p
    return str(loaded.peer_version().decode("ascii", "replace"))


def _for_cpp() -> list[str]:
    return ["-std=c++17" if flag.startswith("-std=") else flag for flag in FLAGS]


def vectors(head: str, call: str) -> str:
    """C of a loop over vectors of this machine.

    Args:
        head: Declarations; ``{lanes}``, ``{vector}`` and ``{unit}`` are filled in.
        call: An expression in the vector ``v``, which is filled in alike.
    """
    wide = has_avx512()
    places = {
        "lanes": 16 if wide else 8,
        "vector": "__m512" if wide else "__m256",
        "unit": "avx512f" if wide else "avx2",
    }
    prefix = "_mm512" if wide else "_mm256"
    return VECTORS.format(
        head=head.format(**places),
        call=call.format(**places),
        load=f"{prefix}_loadu_ps",
        store=f"{prefix}_storeu_ps",
        lanes=places["lanes"],
        vector=places["vector"],
    )


def on_x86() -> bool:
    """Whether there are vectors of x86."""
    return platform.machine() in ("x86_64", "AMD64")


def has_avx512() -> bool:
    """Whether this machine has vectors of 16."""
    try:
        return "avx512f" in Path("/proc/cpuinfo").read_text()
    except OSError:
        return False

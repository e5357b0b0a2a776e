"""The C library, and the vector functions that come with it."""

import platform
from collections.abc import Iterator

from elitemap.engine.protocols import Missing
from elitemap.evaluators.float32.peers.building import LOOP, built
from elitemap.evaluators.float32.peers.names import IN_C
from elitemap.evaluators.float32.peers.peer import Peer

#: Headers declare the vector versions of the C library where -ffast-math sets a macro. The option
#: itself makes every library that is linked with it turn subnormal numbers off for the process.
_SIMD = ("-fopenmp-simd", "-D_OPENMP=201511", "-D__FAST_MATH__=1")

_LIBC = platform.libc_ver()[0] or "libm"

_HEAD = """\
#define _GNU_SOURCE
#include <math.h>
#include <stddef.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
const char *peer_version(void) { return gnu_get_libc_version(); }
#else
const char *peer_version(void) { return "of this system"; }
#endif
"""


def peers(name: str) -> Iterator[Peer | Missing]:
    """A function one at a time, and by vectors."""
    if name not in IN_C:
        return
    text = _HEAD + LOOP.format(call=f"{name}f(v)")
    yield built(_LIBC, name, text, cure="it does not compile here")
    simd = text.replace("    for", "#pragma omp simd\n    for")
    cure = "the C library has no vector version of it"
    yield built("libmvec", name, simd, _SIMD, cure=cure, wanted="_ZGV")

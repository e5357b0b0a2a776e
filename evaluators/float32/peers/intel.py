"""Intel's vector functions, SVML and MKL's, where pip or the system has installed them."""

import ctypes.util
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from types import MappingProxyType

from elitemap.engine.protocols import Missing
from elitemap.evaluators.float32.peers.building import built, has_avx512, on_x86, vectors
from elitemap.evaluators.float32.peers.names import IN_C, calls
from elitemap.evaluators.float32.peers.peer import Peer

#: Suffixes of SVML's functions: at most 1 unit, 4 units, and half the bits.
_SVML = MappingProxyType({"HA": "_ha", "LA": "", "EP": "_ep"})

_SVML_HEAD = """\
#define F(name) F_(name)
#define F_(name) __svml_##name##f{{lanes}}{suffix}
"""

#: Numbers of the same accuracies for MKL, and: tell no errors.
_MKL = MappingProxyType({"HA": 2, "LA": 1, "EP": 3})
_MKL_QUIET = 0x100

_MKL_TEXT = """\
#include <stddef.h>
int MKL_Set_Threading_Layer(int layer);
void vms{name}(int n, const float *x, float *y, long long mode);
__attribute__((constructor)) static void begin(void) {{ MKL_Set_Threading_Layer(1); }}
void peer_n(const float *restrict x, float *restrict y, size_t n)
{{
    vms{name}((int)n, x, y, {mode});
}}
"""


def peers(name: str) -> Iterator[Peer | Missing]:
    """A function in each accuracy of both libraries."""
    if not on_x86():
        return
    for way, call in calls(name).items():
        yield from _svml(name, way, call)
    if name in IN_C:
        yield from _mkl(name)


def _svml(name: str, way: str, call: str) -> Iterator[Peer | Missing]:
    flags, version = _linked("intel-cmplr-lib-rt", ("libsvml", "libintlc", "libimf"), "svml")
    used = [word for word in ("exp", "log1p", "erfc", "tanh", name) if f"F({word})" in call]
    lanes, vector = ("16", "__m512") if has_avx512() else ("8", "__m256")
    for accuracy, suffix in _SVML.items():
        head = _SVML_HEAD.format(suffix=suffix)
        head += "".join(
            f"{vector} __svml_{word}f{lanes}{suffix}({vector});\n" for word in dict.fromkeys(used)
        )
        cure = "pip install intel-cmplr-lib-rt"
        text = vectors(head, call)
        yield built(f"SVML {accuracy}{way}", name, text, flags, cure=cure, version=version)


def _mkl(name: str) -> Iterator[Peer | Missing]:
    flags, version = _linked("mkl", ("libmkl_rt",), "mkl_rt")
    called_there = {"log": "Ln"}.get(name, name.capitalize())
    for accuracy, mode in _MKL.items():
        text = _MKL_TEXT.format(name=called_there, mode=mode | _MKL_QUIET)
        yield built(f"MKL {accuracy}", name, text, flags, cure="pip install mkl", version=version)


def _linked(package: str, libraries: tuple[str, ...], system: str) -> tuple[list[str], str]:
    """Flags that link libraries of an installed package, or else of the system, and the version."""
    found, version = installed(package, libraries)
    if found:
        rpath = f"-Wl,-rpath,{found[0].parent}"
        return ["-Wl,--no-as-needed", "-Wl,--no-undefined", *map(str, found), rpath], version
    there = ctypes.util.find_library(system)
    told = f"{there} of the system" if there else "not installed"
    return ["-Wl,--no-as-needed", "-Wl,--no-undefined", f"-l{system}"], told


def installed(package: str, libraries: tuple[str, ...]) -> tuple[list[Path], str]:
    """Files of a Python package that are these libraries, and its version; none if it is not there.

    Args:
        package: Its name.
        libraries: Beginnings of their file names.
    """
    try:
        found = distribution(package)
    except PackageNotFoundError:
        return [], ""
    files = [Path(str(found.locate_file(one))).resolve() for one in found.files or ()]
    paths = []
    for library in libraries:
        alike = sorted(p for p in files if p.name.startswith(f"{library}.so") and p.exists())
        paths += alike[:1]
    return (paths, found.version) if len(paths) == len(libraries) else ([], "")

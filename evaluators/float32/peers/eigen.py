"""Eigen, a library of C++ templates whose arrays have functions."""

from collections.abc import Iterator
from types import MappingProxyType

from elitemap.engine.protocols import Missing
from elitemap.evaluators.float32.peers.building import built
from elitemap.evaluators.float32.peers.peer import Peer

#: Methods of its arrays, by the function; what is made of others is what its manual has.
_METHODS = MappingProxyType(
    {name: f"a.{name}()" for name in
     "exp expm1 log log10 log1p sin cos tan asin acos atan sinh cosh tanh erf cbrt".split()}
    | {"sigmoid": "a.logistic()", "silu": "a * a.logistic()", "log2": "a.log2()"}
)  # fmt: skip

_TEXT = """\
#include <Eigen/Core>
#include <unsupported/Eigen/SpecialFunctions>
#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
extern "C" const char *peer_version(void)
{{
    return TEXT(EIGEN_WORLD_VERSION) "." TEXT(EIGEN_MAJOR_VERSION) "." TEXT(EIGEN_MINOR_VERSION);
}}
extern "C" void peer_n(const float *x, float *y, size_t n)
{{
    Eigen::Map<const Eigen::ArrayXf> a(x, (Eigen::Index)n);
    Eigen::Map<Eigen::ArrayXf>(y, (Eigen::Index)n) = {call};
}}
"""


def peers(name: str) -> Iterator[Peer | Missing]:
    """A function, if Eigen has it."""
    if name not in _METHODS:
        return
    flags = ["-I/usr/include/eigen3", "-fno-exceptions", "-Wl,--no-as-needed", "-lstdc++"]
    cure = "apt install libeigen3-dev g++, or this version lacks it"
    text = _TEXT.format(call=_METHODS[name])
    yield built("Eigen", name, text, flags, cure=cure, language="cpp")

"""SLEEF, a library of vector functions."""

from collections.abc import Iterator
from itertools import product

from elitemap.engine.protocols import Missing
from elitemap.evaluators.float32.peers.building import built, on_x86, vectors
from elitemap.evaluators.float32.peers.names import calls
from elitemap.evaluators.float32.peers.peer import Peer

#: By the suffix that its functions have: at most 1.0 and 3.5 units.
_ACCURACIES = ("u10", "u35")

_HEAD = """\
#include <sleef.h>
#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
#define F(name) Sleef_##name##f{{lanes}}_{accuracy}{{unit}}
const char *peer_version(void)
{{{{
    return TEXT(SLEEF_VERSION_MAJOR) "." TEXT(SLEEF_VERSION_MINOR) "." \
           TEXT(SLEEF_VERSION_PATCHLEVEL);
}}}}
"""


def peers(name: str) -> Iterator[Peer | Missing]:
    """A function in each accuracy that there is."""
    if not on_x86():
        return
    for accuracy, (way, call) in product(_ACCURACIES, calls(name).items()):
        # The complementary error function has one accuracy, which is called otherwise.
        own = call.replace("F(erfc)", "Sleef_erfcf{lanes}_u15{unit}")
        text = vectors(_HEAD.format(accuracy=accuracy), own)
        flags = ("-Werror=implicit-function-declaration", "-Wl,--no-as-needed", "-lsleef")
        cure = "apt install libsleef-dev, or this accuracy does not exist"
        yield built(f"SLEEF {accuracy}{way}", name, text, flags, cure=cure)

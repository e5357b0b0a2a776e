"""Softmax in two passes against three, around one program for exp, in C and in JAX.

`python -m benchmarks.float32_softmax` exports an exp of degree 6 (coefficients of fpminimax; any
elite of exp exports the same way by `--to softmax`), compiles it and times both ways on arrays of
four sizes, with JAX's own softmax beside them. `--record` writes
`benchmarks/data/float32_softmax.json`.
"""

import argparse
import ctypes
import importlib.util
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import numpy as np

from benchmarks.provenance import provenance
from benchmarks.tables import markdown
from benchmarks.turns import in_turns
from elitemap.evaluators.float32.compiled import FLAGS
from elitemap.evaluators.float32.peers.sollya import polynomial
from elitemap.evaluators.float32.task import exported
from elitemap.evaluators.float32.timing import timings
from elitemap.native.toolchain import compile_library
from elitemap.searchspaces.elementary.float32.functions import resolve
from elitemap.searchspaces.elementary.float32.wholes import whole

DATA = Path(__file__).parent / "data" / "float32_softmax.json"

COMMAND = "python -m benchmarks.float32_softmax --record"

TITLE = "Softmax in two passes"

TEXT = (
    "Nanoseconds for an element of one softmax over an array, the least of many turns: in two "
    "passes by pairs of a mantissa and an exponent, in three passes with the same exp in the same "
    "file, by the exported JAX code, which has three as well, and by `jax.nn.softmax`, both under "
    "`jax.jit`, in turns. *error*: the largest relative one of the two passes against softmax in "
    "float64. Other work shared the machine."
)

COEFFICIENTS = "0x1p0 0x1p0 0x1.fffff8p-2 0x1.55548ep-3 0x1.555b98p-5 0x1.123bccp-7 0x1.6850e4p-10"

SIZES = (4096, 1 << 16, 1 << 20, 1 << 23)


def main() -> None:
    """Export, compile, measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--record", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        library, softmax = built(Path(folder))
        rows = [measured(library, softmax, size) for size in SIZES]
    names = list(rows[0])
    print(markdown(names, [[str(row[name]) for name in names] for row in rows]))
    if given.record:
        document = {"title": TITLE, "text": TEXT, "provenance": provenance(COMMAND), "rows": rows}
        DATA.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def built(folder: Path) -> tuple[ctypes.CDLL, Callable[[Any], Any]]:
    """The exported C as a library, and the exported JAX."""
    exp = resolve("exp", None, "usual")
    core = polynomial([float.fromhex(c) for c in COEFFICIENTS.split()])
    made = exported(whole(core, exp.reduction).to_json(), None, "e", "softmax", exp)
    for name, text in made.items():
        (folder / name).write_text(text)
    compile_library(folder / "e_softmax.c", folder / "e.so", FLAGS)
    spec = importlib.util.spec_from_file_location("e_softmax_jax", folder / "e_softmax_jax.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return ctypes.CDLL(str(folder / "e.so")), jax.jit(module.e_softmax)


def measured(library: ctypes.CDLL, softmax: Callable[[Any], Any], size: int) -> dict[str, Any]:
    """One row of the table."""
    x = np.random.default_rng(0).normal(0.0, 5.0, size).astype(np.float32)
    ways = [library.e_softmax, library.e_softmax_by_three]
    two, three = timings(ways, [x, x], 200 if size <= 1 << 16 else 20)
    with jax.default_device(jax.devices("cpu")[0]):
        ours, theirs = in_turns((softmax, jax.jit(jax.nn.softmax)), jax.numpy.asarray(x), 30)
    wanted = np.exp(x.astype(np.float64) - x.max())
    wanted /= wanted.sum()
    y = np.empty_like(x)
    places = [ctypes.c_void_p(a.ctypes.data) for a in (x, y)]
    library.e_softmax(*places, ctypes.c_size_t(size))
    error = float(np.max(np.abs(y - wanted) / wanted))
    return {
        "elements": f"{size:,}",
        "two passes": round(two.ns, 3),
        "three passes": round(three.ns, 3),
        "times faster": round(three.ns / two.ns, 2),
        "exported JAX": round(ours, 3),
        "jax.nn.softmax": round(theirs, 3),
        "error": f"{error:.1e}",
    }


if __name__ == "__main__":
    main()

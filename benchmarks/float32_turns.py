"""Sines and cosines of every float32: the certificate, near and huge arguments, JAX.

`python -m benchmarks.float32_turns` takes a core by hand (a polynomial of three fitted
coefficients), proves the whole function at every float32 and times it. `--record` writes
`benchmarks/data/float32_turns.json`.
"""

import argparse
import importlib.util
import json
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.provenance import provenance
from benchmarks.tables import markdown
from benchmarks.turns import in_turns
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.evaluators.float32.certificate import certify
from elitemap.evaluators.float32.compiled import NAME, compiled
from elitemap.evaluators.float32.timing import timings
from elitemap.searchspaces.elementary.float32.functions import resolve
from elitemap.searchspaces.elementary.float32.wholes import read

DATA = Path(__file__).parent / "data" / "float32_turns.json"

COMMAND = "python -m benchmarks.float32_turns --record"

TITLE = "Sines and cosines of every float32"

TEXT = (
    "The core is a polynomial of three fitted coefficients, not what a search found. "
    "*ULP*: the largest error at every float32 through the compiled C, in *seconds* "
    "of two threads. *near*: nanoseconds for an element of an "
    "array in the first cache, from -80 to 80; *huge*: the same times 10^10. *JAX*: exported JAX "
    "on a million elements from -80 to 80, and `jnp`'s own function. Other work shared the machine."
)

CORE = "x*x*(x*x*(x*x*(-0.0001951660233316943) + 0.00833215843886137) - 0.16666653752326965)"

_MANY = 1 << 20


def main() -> None:
    """Prove, measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--record", action="store_true")
    given = parser.parse_args()
    rows = [measured(name) for name in ("sin", "cos")]
    names = list(rows[0])
    print(markdown(names, [[str(row[name]) for name in names] for row in rows]))
    if given.record:
        document = {"title": TITLE, "text": TEXT, "provenance": provenance(COMMAND), "rows": rows}
        DATA.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def measured(name: str) -> dict[str, Any]:
    """One row of the table."""
    task = load_task(
        TaskSpec.of("elementary", name, {"arithmetic": "float32", "bound": "max_ulp<=1"})
    )
    document = task.parse(CORE)
    program, single = read(document), resolve(name, None, "usual", 1.0)
    begun = time.monotonic()
    proof = certify(program, single, 3600.0, workers=2)
    assert proof is not None
    seconds = time.monotonic() - begun
    x = np.random.default_rng(0).uniform(-80.0, 80.0, 4096).astype(np.float32)
    with compiled(program, single) as library:
        function = getattr(library, f"{NAME}_n")
        near, huge = timings([function, function], [x, x * np.float32(1e10)])
    ours = exported_jax(task.export(document, None, "ours", "jax"))
    many = np.random.default_rng(0).uniform(-80.0, 80.0, _MANY).astype(np.float32)
    functions = jax.jit(ours), jax.jit(getattr(jnp, name))
    fast, slow = in_turns(functions, jnp.asarray(many), 30)
    return {
        "function": name,
        "ULP": round(proof.judged.max_ulp, 4),
        "misrounded": proof.judged.inside.misrounded,
        "seconds": round(seconds, 1),
        "near": round(near.ns, 3),
        "huge": round(huge.ns, 3),
        "JAX": round(fast, 3),
        "jnp": round(slow, 3),
    }


def exported_jax(files: Mapping[str, str]) -> Callable[[Any], Any]:
    """The function ``ours`` of an exported file."""
    ((name, text),) = files.items()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_text(text)
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    function: Callable[[Any], Any] = module.ours
    return function


if __name__ == "__main__":
    main()

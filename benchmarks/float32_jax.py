"""Exported JAX beside JAX's own functions: the largest error through JAX itself, and times.

`python -m benchmarks.float32_jax` exports cores that are polynomials (any elite exports the same
way by `--to jax`), compares them with the true values at every float32 whose result is a normal
number, and times them in turns with `jnp`'s. `--record` writes `benchmarks/data/float32_jax.json`.
"""

import argparse
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.float32_turns import CORE as SINE
from benchmarks.float32_turns import exported_jax
from benchmarks.provenance import provenance
from benchmarks.tables import markdown
from benchmarks.turns import in_turns
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.evaluators.float32.peers.sollya import polynomial
from elitemap.evaluators.float32.sweep import sweep
from elitemap.evaluators.float32.task import exported
from elitemap.searchspaces.elementary.float32.functions import resolve
from elitemap.searchspaces.elementary.float32.wholes import whole

DATA = Path(__file__).parent / "data" / "float32_jax.json"

COMMAND = "python -m benchmarks.float32_jax --record"

TITLE = "Exported JAX"

TEXT = (
    "Cores are polynomials of fpminimax (2^x) and by hand (sine), not what a search found. *ULP*: "
    "the largest error through JAX on this CPU at every float32 of *domain*; outside it the "
    "results of 2^x are subnormal numbers, which XLA flushes to zero, or infinite, and `jnp.sin` "
    "takes the sine's place. *ours*, *jnp*: nanoseconds for an element under `jax.jit`, arguments "
    "from -80 to 80, the least of calls in turns. Other work shared the machine (*load*: processes "
    "that waited for one of two cores)."
)

#: Of fpminimax, degree 6.
EXP2 = "0x1p0 0x1.62e43p-1 0x1.ebfbd8p-3 0x1.c6af78p-5 0x1.3b30bp-7 0x1.5f0a66p-10 0x1.3f9068p-13"

DOMAINS = {"exp2": (-126.0, 127.99999), "sin": (-100.0, 100.0)}

SIZES = (1 << 16, 1 << 20)

#: Arguments of a call in a sweep.
BLOCK = 1 << 14


def main() -> None:
    """Export, compare, time and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--record", action="store_true")
    given = parser.parse_args()
    jax.config.update("jax_platforms", "cpu")
    rows = [row for name in DOMAINS for row in measured(name)]
    names = list(rows[0])
    print(markdown(names, [[str(row[name]) for name in names] for row in rows]))
    if given.record:
        document = {"title": TITLE, "text": TEXT, "provenance": provenance(COMMAND), "rows": rows}
        DATA.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def measured(name: str) -> list[dict[str, Any]]:
    """Rows of one function."""
    ours, theirs = jax.jit(exported_jax(files(name))), jax.jit(getattr(jnp, name))
    low, high = DOMAINS[name]
    error = sweep(in_blocks(ours), resolve(name, None, "usual").expression, (low, high))
    rows = []
    for size in SIZES:
        x = np.random.default_rng(0).uniform(-80.0, 80.0, size).astype(np.float32)
        fast, slow = in_turns((ours, theirs), jnp.asarray(x))
        rows.append(
            {
                "function": name,
                "domain": f"{low:g} to {high:g}",
                "ULP": round(error.max_ulp, 3),
                "elements": f"{size:,}",
                "ours": round(fast, 3),
                "jnp": round(slow, 3),
                "times faster": round(slow / fast, 2),
                "load": round(os.getloadavg()[0], 1),
            }
        )
    return rows


def files(name: str) -> Mapping[str, str]:
    """The exported file of a function ``ours``."""
    if name == "exp2":
        single = resolve(name, None, "usual", 1.0)
        core = polynomial([float.fromhex(c) for c in EXP2.split()])
        return exported(whole(core, single.reduction).to_json(), None, "ours", "jax", single)
    task = load_task(
        TaskSpec.of("elementary", name, {"arithmetic": "float32", "bound": "max_ulp<=1"})
    )
    found: Mapping[str, str] = task.export(task.parse(SINE), None, "ours", "jax")
    return found


def in_blocks(function: Callable[[Any], Any]) -> Callable[[np.ndarray], np.ndarray]:
    """The function on arrays of any length up to :data:`BLOCK`, compiled for one."""

    def run(x: np.ndarray) -> np.ndarray:
        filled = np.ones(BLOCK, np.float32)
        filled[: len(x)] = x
        return np.array(function(filled))[: len(x)]

    return run


if __name__ == "__main__":
    main()

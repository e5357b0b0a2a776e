"""What a step of an update rule costs inside a compiled loop, as data and as code of its own.

``python -m benchmarks.optimizers.updates [--record]`` takes a minute or two of one core. The
machine that runs rules as data is called by XLA from a loop that was compiled once; beside it the
same rule as exported for optax is compiled into a loop of its own, where XLA fuses it. Gradients
lie in memory in both loops, as those of a model do.
"""

import argparse
import ctypes
import os
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

ALONE = "--xla_cpu_multi_thread_eigen=false --xla_force_host_platform_device_count=1"
os.environ |= {"JAX_PLATFORMS": "cpu", "OMP_NUM_THREADS": "1", "XLA_FLAGS": ALONE}

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

from benchmarks.optimizers.records import Row, keep  # noqa: E402
from elitemap.evaluators.optimizers.models.child import Server  # noqa: E402
from elitemap.evaluators.optimizers.models.loop import UPDATE  # noqa: E402
from elitemap.native.pointers import pointer  # noqa: E402
from elitemap.searchspaces.optimizers.emission.to_optax import to_optax  # noqa: E402
from elitemap.searchspaces.optimizers.rules import RuleSpace  # noqa: E402
from elitemap.searchspaces.optimizers.zoo import known  # noqa: E402
from elitemap.searchspaces.programs.interpret import batch_arguments, workspace  # noqa: E402
from elitemap.searchspaces.programs.program import Program  # noqa: E402

TITLE = "Steps of update rules as data"

TEXT = """\
Nanoseconds of one core for an entry and step of a rule that is data to a compiled loop, beside
those of the same rule exported for optax and compiled into a loop of its own, where XLA fuses it;
what the loop takes without a rule is left out. In brackets what it costs to be data. Gradients lie
in memory in both. Columns: entries of the model. *step*: the same for a whole step with the
gradient of a network of one hidden layer on 64 examples of 64 numbers, nothing left out."""

RULES = "SGD", "momentum", "Signum", "Lion", "Adam", "AdamW", "NAdam"

#: Entries of the models: those of digits-mlp, ten and a hundred times as many.
SIZES = 2_600, 26_000, 259_000

#: Entries that one call goes through, in as many steps as that takes, and calls in turns.
ENTRIES, TURNS = 13_000_000, 7

#: The networks whose whole steps are timed.
INPUTS, CLASSES, EXAMPLES = 64, 10, 64

#: Nanoseconds below which nothing can be told of a difference.
NOTHING = 0.05

SLOTS, COST, RATE = 2, 1000, np.float32(1e-3)


#: ``(w, number of the step) -> gradient``, and ``(w, steps) -> w``.
Slope = Callable[[Any, Any], Any]
Loop = Callable[[Any, int], Any]


def simple(w: Any, at: Any) -> Any:
    """A gradient that lies in memory and is another one in every step."""
    return jax.lax.optimization_barrier(w * (1 + 1e-3 * at))


def network(entries: int) -> Slope:
    """The gradient of a network with about so many weights: 64 numbers in, 10 classes out."""
    hidden, rng = entries // (INPUTS + CLASSES), np.random.default_rng(1)
    examples = jnp.asarray(rng.standard_normal((EXAMPLES, INPUTS)), jnp.float32)
    classes = jnp.asarray(rng.integers(0, CLASSES, EXAMPLES))

    def loss(w: Any, at: Any) -> Any:
        first = w[: INPUTS * hidden].reshape(INPUTS, hidden)
        second = w[INPUTS * hidden : (INPUTS + CLASSES) * hidden].reshape(hidden, CLASSES)
        told = jax.nn.log_softmax(jax.nn.relu((examples + 1e-6 * at) @ first) @ second)
        return -jnp.mean(jnp.take_along_axis(told, classes[:, None], 1))

    return jax.grad(loss)


def as_data(server: Server, program: Program, entries: int, slope: Slope = simple) -> Loop:
    """The loop that calls the machine, with a planned rule; ``(w, steps) -> w``."""
    space = RuleSpace(SLOTS, COST, "adamw")
    programs = space.batch([program]).programs
    first, columns = np.array([0, entries], np.int32), np.zeros(1, np.int32)
    memory = workspace(server.kernel.plan_floats(ctypes.c_size_t(entries), 1, SLOTS), np.float32)
    plan = workspace(server.kernel.plan_bytes(), np.uint8)
    address = np.array([plan.ctypes.data], np.uint64).view(np.uint32)
    shape = jax.ShapeDtypeStruct((entries,), jnp.float32)
    update: Any = jax.ffi.ffi_call(UPDATE, shape, has_side_effect=True, input_output_aliases={0: 0})

    @jax.jit
    def loop(w: Any, steps: Any, address: Any) -> Any:
        def step(at: Any, w: Any) -> Any:
            said = jnp.stack([jnp.asarray(at + 1, jnp.float32), jnp.asarray(RATE)])
            return update(w, slope(w, at), said, address)

        return jax.lax.fori_loop(0, steps, step, w)

    def run(w: Any, steps: int) -> Any:
        server.kernel.plan_rule(
            *batch_arguments(programs),
            ctypes.c_size_t(0),
            pointer(first),
            pointer(columns),
            ctypes.c_int(1),
            pointer(memory),
            pointer(plan),
        )
        return loop(w, steps, address)

    return run


def fused(program: Program, slope: Slope = simple) -> Loop:
    """The loop with the exported rule compiled into it."""
    module: dict[str, Any] = {}
    exec(compile(to_optax(program, "rule", "a rule"), "rule.py", "exec"), module)
    optimizer = module["rule"](RATE)

    @jax.jit
    def run(w: Any, steps: Any) -> Any:
        def step(at: Any, both: Any) -> Any:
            w, state = both
            updates, state = optimizer.update(slope(w, at), state, w)
            return w + updates, state

        return jax.lax.fori_loop(0, steps, step, (w, optimizer.init(w)))[0]

    return run


def bare() -> Loop:
    """The loop without a rule: what gradients and the loop take."""

    @jax.jit
    def run(w: Any, steps: Any) -> Any:
        def step(at: Any, both: Any) -> Any:
            w, _ = both
            return w, simple(w, at)

        return jax.lax.fori_loop(0, steps, step, (w, w))[1]

    return run


def least(runs: Sequence[Loop], entries: int, total: int = ENTRIES) -> list[float]:
    """Nanoseconds for an entry and step of each loop, called in turns; the least of all turns."""
    w = jnp.asarray(np.random.default_rng(0).standard_normal(entries), jnp.float32)
    steps = total // entries
    best = [np.inf] * len(runs)
    for turn in range(TURNS + 1):
        for k, run in enumerate(runs):
            begun = time.process_time_ns()
            run(w, steps).block_until_ready()
            taken = (time.process_time_ns() - begun) / (steps * entries)
            if turn:  # the first call compiles
                best[k] = min(best[k], taken)
    return best


def measured() -> Iterator[Row]:
    """A row for each rule: all sizes, what the loop itself takes left out."""
    server = Server()
    for name in RULES:
        program, row = known(name, SLOTS), {"rule": name}
        for entries in SIZES:
            runs = [as_data(server, program, entries), fused(program), bare()]
            data, code, nothing = least(runs, entries)
            ours, theirs = data - nothing, code - nothing
            told = f" ({ours / theirs:.2f})" if theirs > NOTHING else ""
            row[f"{entries:,}"] = f"{ours:.2f} to {max(theirs, 0.0):.2f}{told}"
            slope = network(entries)
            steps = as_data(server, program, entries, slope), fused(program, slope)
            data, code = least(steps, entries, ENTRIES // 10)
            row[f"{entries:,}, step"] = f"{data / code:.2f}"
        yield row


def main() -> None:
    """Print what was measured, and keep it if that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true", help="keep the rows")
    given = parser.parse_args()
    for row in measured():
        print(row)
        if given.record:
            keep("optimizers_updates", TITLE, TEXT, "python -m benchmarks.optimizers.updates", row)


if __name__ == "__main__":
    main()

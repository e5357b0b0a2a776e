"""JAX: a function to be transformed by jit, grad and vmap."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from elitemap.searchspaces.programs.emission.float64 import Mend
from elitemap.searchspaces.programs.emission.lowering import Lowered, lower
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.emission.provenance import description, summary
from elitemap.searchspaces.programs.emission.pysource import (
    constants,
    docstring,
    function,
    head,
    steps,
)
from elitemap.searchspaces.programs.emission.vectors import evaluate
from elitemap.searchspaces.programs.program import Program

_NOTES = [
    "Works under jit, grad and vmap, in the precision of its argument. The certificate needs",
    "float64: call jax.config.update('jax_enable_x64', True) first. XLA may fuse multiplications",
    "with additions, divide by a constant through its reciprocal and flush subnormal numbers:",
    "last bits can differ from the C version.",
]
_MENDED = ["Where the code is mended its gradient is that of what it returns there."]


def files(
    program: Program, certificate: Mapping[str, Any] | None, meta: ExportMeta
) -> dict[str, str]:
    """``name_jax.py`` with the function ``name`` on arrays.

    Raises:
        SearchError: If the program has several inputs or outputs, or infinite constants.
    """
    name = identifier(meta.name)
    parts = [
        head(
            [f"{name}: {summary(meta)}.", "", *_NOTES, *(_MENDED if meta.mends else [])],
            "import jax.numpy as jnp",
        ),
        _function(program, name, description(program, certificate, meta), meta),
    ]
    return {f"{name}_jax.py": "\n\n".join(parts)}


def _function(program: Program, name: str, lines: list[str], meta: ExportMeta) -> str:
    lowered = lower(program, "jax")
    result = lowered.result if lowered.read else _spread(lowered)
    arguments = ", ".join(lowered.inputs)
    body = [
        *_taken(lowered.inputs),
        *_entrances(program, meta),
        *constants(lowered, lambda i: f"jnp.asarray({i.constant[0]!r}, x.dtype)"),
        *steps(lowered),
        *_exits(meta.mends, result),
    ]
    return function(f"def {name}({arguments}):", docstring(lines, "    "), body)


def _taken(inputs: tuple[str, ...]) -> list[str]:
    """The arguments as arrays of one type and shape."""
    together = ", ".join(inputs)
    if len(inputs) == 1:
        return ["x = jnp.asarray(x, jnp.result_type(x, float))"]
    taken = ", ".join(f"jnp.asarray({name}, kind)" for name in inputs)
    return [
        f"kind = jnp.result_type({together}, float)",
        f"{together} = jnp.broadcast_arrays({taken})",
    ]


def _entrances(program: Program, meta: ExportMeta) -> Iterator[str]:
    """Values of mends, and another argument for the program, whose gradient must be finite."""
    for k, mend in enumerate(meta.mends, 1):
        yield f"inside{k} = (x >= {mend.low!r}) & (x <= {mend.high!r})"
        value = f"jnp.asarray({mend.value!r}, x.dtype)"
        yield f"value{k} = {value}{' * x' if mend.times_x else ''}"
    for k, _ in enumerate(meta.mends, 1):
        yield f"x = jnp.where(inside{k}, jnp.asarray({_tame(program, meta)!r}, x.dtype), x)"


def _exits(mends: Sequence[Mend], result: str) -> Iterator[str]:
    for k, _ in enumerate(mends, 1):
        yield f"m{k} = jnp.where(inside{k}, value{k}, {result})"
        result = f"m{k}"
    yield f"return {result}"


def _tame(program: Program, meta: ExportMeta) -> float:
    """An argument of the domain away from the mends."""
    xs = np.linspace(*meta.domain, 19)[1:-1]
    inside = [(xs >= mend.low) & (xs <= mend.high) for mend in meta.mends]
    good = np.isfinite(evaluate(program, xs)) & ~np.any(inside, axis=0)
    return float(xs[good][0] if good.any() else xs[0])


def _spread(lowered: Lowered) -> str:
    return f"jnp.full(x.shape, {lowered.result})"

"""JAX: a function to be transformed by jit, grad and vmap."""

from collections.abc import Mapping
from typing import Any

from elitemap.searchspaces.emission.lowering import Lowered, lower
from elitemap.searchspaces.emission.meta import ExportMeta
from elitemap.searchspaces.emission.naming import identifier
from elitemap.searchspaces.emission.provenance import description, summary
from elitemap.searchspaces.emission.pysource import constants, docstring, function, head, steps
from elitemap.searchspaces.programs.program import Program

_NOTES = [
    "Works under jit, grad and vmap, in the precision of its argument. The certificate needs",
    "float64: call jax.config.update('jax_enable_x64', True) first. XLA may fuse multiplications",
    "with additions, divide by a constant through its reciprocal and flush subnormal numbers:",
    "last bits can differ from the C version.",
]


def files(
    program: Program, certificate: Mapping[str, Any] | None, meta: ExportMeta
) -> dict[str, str]:
    """``name_jax.py`` with the function ``name`` on arrays.

    Raises:
        SearchError: If the program has several inputs or outputs, or infinite constants.
    """
    name = identifier(meta.name)
    parts = [
        head([f"{name}: {summary(meta)}.", "", *_NOTES], "import jax.numpy as jnp"),
        _function(lower(program, "jax"), name, description(program, certificate, meta)),
    ]
    return {f"{name}_jax.py": "\n\n".join(parts)}


def _function(lowered: Lowered, name: str, lines: list[str]) -> str:
    body = [
        "x = jnp.asarray(x, jnp.result_type(x, float))",
        *constants(lowered, lambda i: f"jnp.asarray({i.constant[0]!r}, x.dtype)"),
        *steps(lowered),
        f"return {lowered.result if lowered.reads_input else _spread(lowered)}",
    ]
    return function(f"def {name}(x):", docstring(lines, "    "), body)


def _spread(lowered: Lowered) -> str:
    return f"jnp.full(x.shape, {lowered.result})"

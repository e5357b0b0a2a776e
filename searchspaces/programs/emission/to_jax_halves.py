"""JAX of functions of 16-bit numbers: on arrays of bfloat16 or float16, for jit, vmap and grad."""

from collections.abc import Sequence

from elitemap.searchspaces.programs.emission.arrays_float32 import helpers, literal
from elitemap.searchspaces.programs.emission.lowering import lower
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.emission.opaque_float32 import by_bits
from elitemap.searchspaces.programs.emission.provenance import provenance, summary
from elitemap.searchspaces.programs.emission.pysource import docstring, function, head
from elitemap.searchspaces.programs.emission.to_c_halves import require_half
from elitemap.searchspaces.programs.program import Program

_NOTES = [
    "Works under jit, vmap and grad. XLA fuses a multiplication with the addition that follows on",
    "CPUs that can, as the C version does, and flushes subnormal float32 to zero: there, and where",
    "nothing is fused, results differ from the C version.",
]

_DERIVATIVE = """\
@{name}.defjvp
def _{name}_jvp(primals, tangents):
    (x,), (dx,) = primals, tangents
    value = {name}(x)
    x, y = jnp.asarray(x, jnp.float32), jnp.asarray(value, jnp.float32)
    return value, (({derivative}) * dx).astype(value.dtype)
"""


def files(
    program: Program, meta: ExportMeta, number: str, statements: Sequence[str], derivative: str
) -> dict[str, str]:
    """``name_jax.py`` with the function ``name`` on arrays.

    Args:
        program: In ``float32``, from the bits of a number to the bits of one.
        meta: Name and provenance.
        number: What numbers they are, ``bfloat16`` or ``float16``.
        statements: What is known of its accuracy, in lines.
        derivative: Of the function, an expression in float32 ``x`` and its value ``y``; empty where
            there is none: bits have no derivative.

    Raises:
        SearchError: If the program takes or gives anything else.
    """
    require_half(program)
    name = identifier(meta.name)
    lowered = lower(by_bits(program), "jax")
    body = [
        f"h = jnp.asarray(x, jnp.{number})",
        "x = jax.lax.bitcast_convert_type(h, jnp.uint16).astype(jnp.int32)",
        *(f"{n} = {literal(program, i, 'jnp')}" for n, i in lowered.constants),
        *(f"{n} = {expression}" for n, expression in lowered.steps),
        f"y = jnp.broadcast_to({lowered.result}, x.shape).astype(jnp.uint16)",
        f"return jax.lax.bitcast_convert_type(y, jnp.{number})",
    ]
    lines = [*provenance(program, meta), "", *statements, "", f"x: {number}, an array or a number."]
    opening = f"def {name}(x):"
    parts = [
        head([f"{name}: {summary(meta)}.", "", *_NOTES], "import jax\nimport jax.numpy as jnp"),
        *helpers(lowered, "jax"),
        function(
            f"@jax.custom_jvp\n{opening}" if derivative else opening,
            docstring(lines, "    "),
            body,
        ),
    ]
    if derivative:
        parts.append(_DERIVATIVE.format(name=name, derivative=derivative))
    return {f"{name}_jax.py": "\n\n".join(parts)}

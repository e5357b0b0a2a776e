"""JAX of programs in ``float32``: for jit and vmap, with a derivative of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from elitemap.searchspaces.programs.emission.arrays_float32 import helpers, literal
from elitemap.searchspaces.programs.emission.lowering import lower
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.emission.opaque_float32 import by_bits, opaque
from elitemap.searchspaces.programs.emission.provenance import provenance, summary
from elitemap.searchspaces.programs.emission.pysource import docstring, function, head
from elitemap.searchspaces.programs.float32.tables import looked
from elitemap.searchspaces.programs.program import Program

_NOTES = [
    "Works under jit, vmap and grad. XLA fuses a multiplication with the addition that follows on",
    "CPUs that can, as the C version does, and flushes subnormal numbers to zero: there, and where",
    "nothing is fused, results differ from the C version.",
]

_DERIVATIVE = """\
@{name}.defjvp
def _{name}_jvp(primals, tangents):
    (x,), (dx,) = primals, tangents
    x = jnp.asarray(x, jnp.float32)
    y = {name}(x)
    return y, ({derivative}) * dx
"""


_BEYOND = """\
x = jnp.asarray(x, jnp.float32)


def complete(v):
    return jnp.where(jnp.abs(v) > {reach}, {function}(v), _{name}_near(v))


y = jax.lax.cond(jnp.any(jnp.abs(x) > {reach}), complete, _{name}_near, x)
return {result}"""


@dataclass(frozen=True)
class Beyond:
    """Arguments that JAX's own function takes: XLA regroups sums, which huge ones do not bear.

    Attributes:
        reach: The largest argument in size that the program takes.
        function: JAX's, such as ``jnp.sin``.
        odd: Whether its value at a zero is that zero.
    """

    reach: float
    function: str
    odd: bool


def files(
    program: Program,
    meta: ExportMeta,
    statements: Sequence[str],
    derivative: str,
    beyond: Beyond | None = None,
) -> dict[str, str]:
    """``name_jax.py`` with the function ``name`` on arrays.

    Args:
        program: In ``float32``, from one ``single`` to one ``single``.
        meta: Name and provenance.
        statements: What is known of its accuracy, in lines.
        derivative: Of the function, an expression in ``x`` and its value ``y``; empty for that of
            the code itself, which is right where it has only arithmetic.
        beyond: What the program does not take; None where it takes all that there is.

    Raises:
        SearchError: If the program cannot be exported.
    """
    name = identifier(meta.name)
    short = opaque(looked(by_bits(program)))
    lowered = lower(short, "jax")
    body = [
        "x = jnp.asarray(x, jnp.float32)",
        *(f"{n} = {literal(short, i, 'jnp')}" for n, i in lowered.constants),
        *(f"{n} = {expression}" for n, expression in lowered.steps),
        f"return jnp.broadcast_to({lowered.result}, x.shape)",
    ]
    lines = [*provenance(short, meta), "", *statements, "", "x: float32, an array or a number."]
    opening = f"def {name}(x):"
    parts = [
        head([f"{name}: {summary(meta)}.", "", *_NOTES], "import jax\nimport jax.numpy as jnp"),
        *helpers(lowered, "jax"),
    ]
    if beyond is not None:
        near = f"Up to {beyond.reach:g} in size."
        parts.append(function(f"def _{name}_near(x):", docstring([near], "    "), body))
        lines += ["", f"Beyond {beyond.reach:g} in size values are those of {beyond.function}."]
        body = _beyond(name, beyond)
    parts.append(
        function(
            f"@jax.custom_jvp\n{opening}" if derivative else opening,
            docstring(lines, "    "),
            body,
        )
    )
    if derivative:
        parts.append(_DERIVATIVE.format(name=name, derivative=derivative))
    return {f"{name}_jax.py": "\n\n".join(parts)}


def _beyond(name: str, beyond: Beyond) -> list[str]:
    result = "jnp.where(x == 0, x, y)" if beyond.odd else "y"
    text = _BEYOND.format(name=name, reach=beyond.reach, function=beyond.function, result=result)
    return text.split("\n")

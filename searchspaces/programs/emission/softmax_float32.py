"""Softmax around a program for exp: in C in two passes over memory, and in JAX.

M. Dukhan and A. Ablavatski, Two-Pass Softmax Algorithm (2020): exponentials are pairs (m, n) with
exp(x) = m 2^n. Sums of pairs do not overflow, so no pass has to find the largest argument first.
XLA goes through memory once for each maximum, sum and result whatever is written, and through a
maximum of exponents no faster than through that of the arguments, so JAX gets differences to it.
"""

from collections.abc import Sequence

from elitemap.searchspaces.programs.emission.arrays_float32 import helpers, literal
from elitemap.searchspaces.programs.emission.lowering import lower
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.emission.opaque_float32 import by_bits
from elitemap.searchspaces.programs.emission.provenance import plain, provenance, wrapped
from elitemap.searchspaces.programs.emission.pysource import docstring, function, head
from elitemap.searchspaces.programs.emission.softmax_text import HEADER, JAX, SOURCE
from elitemap.searchspaces.programs.emission.statements_float32 import HELPERS, statements_of
from elitemap.searchspaces.programs.emission.to_c import FLAGS, escape
from elitemap.searchspaces.programs.program import Program

_WHAT = [
    "NaN anywhere, +infinity anywhere and -infinity everywhere give NaN everywhere. Results below",
    "2^-126 become 0.",
]


def files(
    mantissa: Program, exponent: Program, meta: ExportMeta, statements: Sequence[str]
) -> dict[str, str]:
    """``name_softmax.h``, ``name_softmax.c`` and ``name_softmax_jax.py``.

    Args:
        mantissa: In ``float32``, m of exp(x) = m 2^n, from 1/2 to 2.
        exponent: n, a whole number; both for x from -65536 to 65536.
        meta: Name and provenance.
        statements: What is known of the accuracy of exp, in lines.

    Raises:
        SearchError: If the programs cannot be exported.
    """
    name = f"{identifier(meta.name)}_softmax"
    made = {"mantissa": mantissa, "exponent": exponent}
    return _c(name, made, meta, statements) | _jax(name, made, meta, statements)


def _c(
    name: str, made: dict[str, Program], meta: ExportMeta, statements: Sequence[str]
) -> dict[str, str]:
    lines = [
        f"{name}: softmax of an array, in two passes, by a program for {plain(meta.target)}.",
        "",
        *provenance(made["mantissa"], meta),
        "",
        *statements,
        "",
        *_WHAT,
        f"Build {name}.c with {FLAGS} -O3 -fno-math-errno -fno-trapping-math -lm, and",
        "-march=native where it shall be fast; never with -ffast-math.",
    ]
    parts = {}
    for kind, program in made.items():
        text = "\n".join(f"    {line}" for line in statements_of(program))
        parts[kind] = f"static inline float {name}_{kind}(float x)\n{{\n{text}\n}}\n"
    comment = "\n".join(f" * {line}".rstrip() for line in wrapped(lines, escape))
    return {
        f"{name}.h": HEADER.format(comment=comment, guard=f"ELITEMAP_{name.upper()}_H", name=name),
        f"{name}.c": SOURCE.format(name=name, helpers="".join(HELPERS.values()), **parts),
    }


def _jax(
    name: str, made: dict[str, Program], meta: ExportMeta, statements: Sequence[str]
) -> dict[str, str]:
    parts: dict[str, str] = {}
    for kind, program in made.items():
        lowered = lower(by_bits(program), "jax")
        lines = [
            *(f"{n} = {literal(program, i, 'jnp')}" for n, i in lowered.constants),
            *(f"{n} = {expression}" for n, expression in lowered.steps),
            f"return {lowered.result}",
        ]
        parts |= {text: text for text in helpers(lowered, "jax")}
        parts[kind] = function(f"def _{kind}(x):", '    """Of exp(x) = m 2^n."""', lines)
    lines = [*provenance(made["mantissa"], meta), "", *statements, "", *_WHAT]
    first = head(
        [f"{name}: softmax along the last axis, by a program for {plain(meta.target)}."],
        "import jax\nimport jax.numpy as jnp",
    )
    last = JAX.format(name=name, doc=docstring([*lines, "", "x: float32."], "    "))
    return {f"{name}_jax.py": "\n\n".join([first, *parts.values(), last])}

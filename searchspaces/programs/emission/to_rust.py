"""Rust: one file with constants by their bits, and a test module with bit-exact cases."""

from collections.abc import Mapping, Sequence
from typing import Any

from elitemap.searchspaces.programs.emission.float64 import Mend
from elitemap.searchspaces.programs.emission.lowering import Lowered, lower
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.emission.provenance import description, wrapped
from elitemap.searchspaces.programs.emission.selecting import selections
from elitemap.searchspaces.programs.emission.vectors import bits, cases
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.real.constants import decimal

#: Names that no function of Rust can have (the reference, keywords) and that C and Python allow.
KEYWORDS = frozenset(
    "abstract become box crate dyn enum fn impl let loop macro match mod move mut override priv "
    "pub ref self super trait type unsized use virtual where".split()
)

_FILE = """\
{comment}

/// The function at x.
#[must_use]
pub fn {name}(x: f64) -> f64 {{
{body}
}}

/// y[i] = {name}(x[i]) for all elements that both have.
pub fn {name}_n(x: &[f64], y: &mut [f64]) {{
    for (result, &argument) in y.iter_mut().zip(x) {{
        *result = {name}(argument);
    }}
}}

#[cfg(test)]
mod tests {{
    use super::{{{name}, {name}_n}};

    /// Bits of argument and result, which is finite.
    const CASES: &[(u64, u64)] = &[
{cases}    ];

    #[test]
    fn cases_match() {{
        for &(argument, result) in CASES {{
            let x = f64::from_bits(argument);
            let mut y = [0.0];
            {name}_n(&[x], &mut y);
            assert_eq!({name}(x).to_bits(), result, "at {{x:e}}");
            assert_eq!(y[0].to_bits(), result, "at {{x:e}}");
        }}
    }}
}}
"""


def files(
    program: Program, certificate: Mapping[str, Any] | None, meta: ExportMeta
) -> dict[str, str]:
    """``name.rs`` of a program.

    Raises:
        SearchError: If the program has several inputs or outputs, or infinite constants.
    """
    name = identifier(meta.name)
    name = f"{name}_approx" if name in KEYWORDS else name
    first, *rest = description(program, certificate, meta)
    lines = [
        f"{name}: {first}",
        *rest,
        "",
        "The same bits everywhere: every operation rounds once, as IEEE 754 says. Rust fuses and",
        "regroups nothing; the bits are those of the exported C (on 32-bit x86: with SSE2).",
        f"Test: rustc --test {name}.rs && ./{name}",
    ]
    lowered = lower(program, "rust")
    text = _FILE.format(
        comment="\n".join(f"//! {line}".rstrip() for line in wrapped(lines, str)),
        name=name,
        body="\n".join(f"    {line}" for line in _body(lowered, meta.mends)),
        cases="".join(
            f"        (0x{argument:016x}, 0x{result:016x}),\n"
            for argument, result in cases(program, meta)
        ),
    )
    return {f"{name}.rs": text}


def _body(lowered: Lowered, mends: Sequence[Mend]) -> list[str]:
    lines = [
        f"let {name} = {literal(i.constant[0])}; // {decimal(i.constant)}"
        for name, i in lowered.constants
    ]
    lines += [f"let {name} = {expression};" for name, expression in lowered.steps]
    chosen, result = selections(mends, lowered.result, literal, _choose)
    lines += [f"let {name} = {expression};" for name, expression in chosen]
    if not lowered.reads_input and not mends:
        lines.append("let _ = x;")
    return [*lines, result]


def _choose(low: str, high: str, value: str, other: str) -> str:
    return f"if x >= {low} && x <= {high} {{ {value} }} else {{ {other} }}"


def literal(value: float) -> str:
    """A number by its bits; Rust has no hexadecimal floating literals."""
    return f"f64::from_bits(0x{bits(value):016x})"

"""Rust: one file with constants by their bits, and a test module with bit-exact cases."""

from collections.abc import Mapping, Sequence
from typing import Any

from elitemap.searchspaces.programs.emission.float64 import Mend
from elitemap.searchspaces.programs.emission.lowering import Lowered, lower
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.emission.provenance import description, wrapped
from elitemap.searchspaces.programs.emission.pysource import words
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

/// The function at {at}.
#[must_use]
pub fn {name}({parameters}) -> f64 {{
{body}
}}

/// {element} for all elements that {all} have.
pub fn {name}_n({arrays}) {{
    for ({pattern}) in {zipped} {{
        *result = {name}({arguments});
    }}
}}

#[cfg(test)]
mod tests {{
    use super::{{{name}, {name}_n}};

    /// Bits of arguments and result, which is finite.
    const CASES: &[({words})] = &[
{cases}    ];

    #[test]
    fn cases_match() {{
        for &({bits}, result) in CASES {{
{values}
            let mut {output} = [0.0];
            {name}_n({slices}, &mut {output});
            assert_eq!({name}({at}).to_bits(), result, "at {places}");
            assert_eq!({output}[0].to_bits(), result, "at {places}");
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
        **_signature(name, lowered),
        body="\n".join(f"    {line}" for line in _body(lowered, meta.mends)),
        cases="".join(f"        ({words(case)}),\n" for case in cases(program, meta)),
    )
    return {f"{name}.rs": text}


def _signature(name: str, lowered: Lowered) -> dict[str, str]:
    """Everything that depends on how many arguments there are."""
    inputs, output = lowered.inputs, lowered.output
    single = len(inputs) == 1
    bits = ["argument"] if single else [f"{one}_bits" for one in inputs]
    values = zip(inputs, bits, strict=True)
    return {
        "name": name,
        "at": ", ".join(inputs),
        "parameters": ", ".join(f"{one}: f64" for one in inputs),
        "element": f"{output}[i] = {name}({', '.join(f'{one}[i]' for one in inputs)})",
        "all": "both" if single else "all",
        "arrays": ", ".join([*(f"{one}: &[f64]" for one in inputs), f"{output}: &mut [f64]"]),
        "pattern": "result, &argument" if single else "(result, &first), &second",
        "zipped": f"{output}.iter_mut()" + "".join(f".zip({one})" for one in inputs),
        "arguments": "argument" if single else "first, second",
        "words": ", ".join(["u64"] * (len(inputs) + 1)),
        "bits": ", ".join(bits),
        "values": "\n".join(
            f"            let {one} = f64::from_bits({word});" for one, word in values
        ),
        "output": output,
        "slices": ", ".join(f"&[{one}]" for one in inputs),
        "places": ", ".join(f"{{{one}:e}}" for one in inputs),
    }


def _body(lowered: Lowered, mends: Sequence[Mend]) -> list[str]:
    lines = [
        f"let {name} = {literal(i.constant[0])}; // {decimal(i.constant)}"
        for name, i in lowered.constants
    ]
    lines += [f"let {name} = {expression};" for name, expression in lowered.steps]
    chosen, result = selections(mends, lowered.result, literal, _choose)
    lines += [f"let {name} = {expression};" for name, expression in chosen]
    if not mends:
        lines += [f"let _ = {name};" for name in lowered.unread]
    return [*lines, result]


def _choose(low: str, high: str, value: str, other: str) -> str:
    return f"if x >= {low} && x <= {high} {{ {value} }} else {{ {other} }}"


def literal(value: float) -> str:
    """A number by its bits; Rust has no hexadecimal floating literals."""
    return f"f64::from_bits(0x{bits(value):016x})"

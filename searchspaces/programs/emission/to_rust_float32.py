"""Rust of programs in ``float32``: a function, a loop, and a test of recorded bits."""

from collections.abc import Sequence

from elitemap.searchspaces.programs.emission.cases_float32 import cases
from elitemap.searchspaces.programs.emission.lowering import Lowered, lower
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.emission.provenance import provenance, summary, wrapped
from elitemap.searchspaces.programs.emission.to_rust import KEYWORDS
from elitemap.searchspaces.programs.float32.tables import looked
from elitemap.searchspaces.programs.program import Instruction, Program

_TYPES = {"single": "f32", "word": "i32"}

_TO_INT = """\
/// The nearest whole number; the least one for NaN and what is out of range.
fn to_int(x: f32) -> i32 {
    if (-2147483648.0..2147483648.0).contains(&x) {
        x.round_ties_even() as i32
    } else {
        i32::MIN
    }
}

"""

_FILE = """\
{comment}

{helpers}/// The function at x.
#[must_use]
#[inline]
pub fn {name}(x: f32) -> f32 {{
{body}
}}

/// y[i] = {name}(x[i]) for all elements that both have.
pub fn {name}_n(x: &[f32], y: &mut [f32]) {{
    for (result, &argument) in y.iter_mut().zip(x) {{
        *result = {name}(argument);
    }}
}}

#[cfg(test)]
mod tests {{
    use super::{{{name}, {name}_n}};

    /// Bits of argument and result; one NaN stands for all.
    const CASES: &[(u32, u32)] = &[
{cases}    ];

    fn matches(got: f32, wanted: u32) -> bool {{
        got.to_bits() == wanted || (got.is_nan() && f32::from_bits(wanted).is_nan())
    }}

    #[test]
    fn cases_match() {{
        for &(argument, result) in CASES {{
            let x = f32::from_bits(argument);
            let mut y = [0.0];
            {name}_n(&[x], &mut y);
            assert!(matches({name}(x), result) && matches(y[0], result), "at {{x:e}}");
        }}
    }}
}}
"""


def files(program: Program, meta: ExportMeta, statements: Sequence[str]) -> dict[str, str]:
    """``name.rs`` of a program.

    Args:
        program: In ``float32``, from one ``single`` to one ``single``.
        meta: Name and provenance.
        statements: What is known of its accuracy, in lines.

    Raises:
        SearchError: If the program cannot be exported.
    """
    name, short = identifier(meta.name), looked(program)
    name = f"{name}_approx" if name in KEYWORDS else name
    lines = [
        f"{name}: {summary(meta)}.",
        "",
        *provenance(short, meta),
        "",
        *statements,
        "",
        "The bits of the exported C, but for those of NaNs. mul_add is one instruction with",
        "-C target-feature=+fma (or -C target-cpu=native where the CPU has it); without, it is a",
        "call of the C library, many times slower.",
        f"Test: rustc --test {name}.rs && ./{name}",
    ]
    lowered = lower(short, "rust")
    used = any("to_int(" in expression for _, expression in lowered.steps)
    rows = cases(program, meta.domain)
    text = _FILE.format(
        comment="\n".join(f"//! {line}".rstrip() for line in wrapped(lines, str)),
        helpers=_TO_INT if used else "",
        name=name,
        body="\n".join(f"    {line}" for line in _body(short, lowered)),
        cases="".join(f"        (0x{a:08x}, 0x{r:08x}),\n" for a, r in rows),
    )
    return {f"{name}.rs": text}


def _body(program: Program, lowered: Lowered) -> list[str]:
    lines = [
        f"let {name}: {_type(program, i)} = {literal(program, i)};" for name, i in lowered.constants
    ]
    lines += [f"let {name} = {expression};" for name, expression in lowered.steps]
    if not lowered.read:
        lines.append("let _ = x;")
    return [*lines, lowered.result]


def _type(program: Program, instruction: Instruction) -> str:
    """Of a constant."""
    many = len(instruction.constant)
    kind = program.primitive(instruction).result
    return f"[f32; {many}]" if kind == "table" else _TYPES[kind]


def literal(program: Program, instruction: Instruction) -> str:
    """A constant in Rust: a number by its bits, and as people read it."""
    kind = program.primitive(instruction).result
    if kind == "word":
        return str(instruction.constant[0])
    packed = program.primitive(instruction).literal
    assert packed is not None
    bits = [packed.pack((value,))[0] for value in instruction.constant]
    texts = [f"f32::from_bits(0x{word:08x})" for word in bits]
    return f"[{', '.join(texts)}]" if kind == "table" else texts[0]

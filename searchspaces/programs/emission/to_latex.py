r"""LaTeX: aligned steps, and the bound where one is proved (needs amsmath)."""

from collections.abc import Mapping
from decimal import ROUND_UP, Context
from typing import Any

from elitemap.searchspaces.programs.emission.lowering import ARGUMENTS, require_exportable
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.emission.provenance import (
    description,
    plain,
    proved_bound,
    wrapped,
)
from elitemap.searchspaces.programs.program import Instruction, Program
from elitemap.searchspaces.programs.real.constants import decimal
from elitemap.searchspaces.programs.text import Operand, combine, live

#: Digits of constants without a certificate, and beyond the certified digits with one.
_DIGITS, _GUARD = 17, 4

#: The strength of ``1.5 \cdot 10^{-7}``: that of a product.
_SCIENTIFIC = 2

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    **{c: f"\\{c}" for c in "%$#&_"},
}


def files(
    program: Program, certificate: Mapping[str, Any] | None, meta: ExportMeta
) -> dict[str, str]:
    """``name.tex``: a snippet for a document that loads amsmath.

    Raises:
        SearchError: If the program has several inputs or outputs, or infinite constants.
    """
    require_exportable(program)
    name = identifier(meta.name)
    bound = proved_bound(certificate)
    digits = _DIGITS if bound is None else max(6, _GUARD - bound.adjusted())
    first, *rest = description(program, certificate, meta)
    notes = [f"{name}: {first}", *rest, "", f"Constants are rounded to {digits} digits."]
    lines = [f"% {line}".rstrip() for line in wrapped(notes, str)]
    lines += [r"\begin{align*}", *_rows(program, digits), r"\end{align*}"]
    if bound is not None:
        lines.append(_claim(meta, _number(str(Context(4, ROUND_UP).create_decimal(bound))).text))
    return {f"{name}.tex": "\n".join(lines) + "\n"}


def _rows(program: Program, digits: int) -> list[str]:
    arguments = ARGUMENTS[: len(program.inputs)]
    values = {k: Operand(name) for k, name in enumerate(arguments)}
    rows = []
    steps = 0
    for k in live(program):
        instruction = program.instructions[k - program.leaves]
        if program.is_constant(instruction):
            values[k] = _constant(instruction, digits)
            continue
        operands = [values[i] for i in instruction.operands]
        expression = combine(program.dialect, instruction.opcode, operands, "latex")
        values[k] = expression
        if k != program.outputs[0]:
            steps += 1
            values[k] = Operand(f"t_{{{steps}}}")
            rows.append(f"  {values[k].text} &= {expression.text} \\\\")
    result = values[program.outputs[0]].text
    return [*rows, f"  f({', '.join(arguments)}) &= {result}"]


def _constant(instruction: Instruction, digits: int) -> Operand:
    hi, lo = instruction.constant
    shortest = decimal((hi, lo))
    cut = decimal((hi, lo), digits)
    return _number(min(shortest, cut, key=len))


def _number(text: str) -> Operand:
    if text.startswith("-"):
        positive = _number(text[1:])
        return Operand(f"-{positive.text}", positive.strength, positive.text)
    mantissa, mark, exponent = text.lower().partition("e")
    if not mark:
        return Operand(mantissa)
    return Operand(rf"{mantissa} \cdot 10^{{{int(exponent)}}}", _SCIENTIFIC)


def _claim(meta: ExportMeta, bound: str) -> str:
    target = rf"\text{{{escape(meta.target)}}}"
    arguments = ARGUMENTS[: len(meta.box)]
    difference = rf"f({', '.join(arguments)}) - {target}"
    error = rf"\frac{{{difference}}}{{{target}}}" if meta.error == "relative" else difference
    if meta.error not in ("absolute", "relative"):
        error = rf"\text{{error ({escape(meta.error)}) of }} {difference}"
    ends = [[_number(decimal((end, 0.0))).text for end in side] for side in meta.box]
    sides = zip(ends, arguments, strict=True)
    where = r",\; ".join(rf"{low} \le {name} \le {high}" for (low, high), name in sides)
    return "\n".join([r"\[", rf"  \left|{error}\right| \le {bound}, \qquad {where}", r"\]"])


def escape(text: str) -> str:
    """Text in which nothing is a command, in ASCII and of bounded length."""
    return escaped(plain(text))


def escaped(text: str) -> str:
    """The text of one line, in which nothing is a command."""
    return "".join(_SPECIAL.get(character, character) for character in text)

"""A rule as LaTeX: one line of an ``align*`` for each assignment."""

from elitemap.searchspaces.optimizers.emission.lowering import used_slots
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.text import Operand, combine, live, number

#: How the inputs are written; slots are those of the step before.
_INPUTS = {"w": r"w_{t-1}", "g": "g_t", "step": "t"}


def to_latex(program: Program, name: str, remark: str) -> str:
    """The text of a LaTeX file to be included; it needs amsmath.

    Args:
        program: A canonical rule.
        name: An identifier, for the remark.
        remark: One line that is safe in a comment.
    """
    values = {k: Operand(_INPUTS[n]) for k, n in enumerate(program.inputs)}
    first = len(program.inputs)
    values |= {first + j: Operand(f"{s.name}_{{t-1}}") for j, s in enumerate(program.states)}
    lines: list[str] = []
    for k in live(program):
        instruction = program.instructions[k - program.leaves]
        literal = program.primitive(instruction).literal
        if literal is not None:
            values[k] = number(_number(literal.text(instruction.constant)))
            continue
        operands = [values[o] for o in instruction.operands]
        told = combine(program.dialect, instruction.opcode, operands, "latex").text
        values[k] = Operand(f"a_{{{len(lines) + 1}}}")
        lines.append(rf"{values[k].text} &= {told} \\")
    for j in used_slots(program):
        lines.append(rf"{program.states[j].name}_t &= {values[program.nexts[j]].text} \\")
    lines.append(rf"w_t &= w_{{t-1}} - \eta_t \, {values[program.outputs[0]].text}")
    body = "\n".join(f"  {line}" for line in lines)
    return f"% {remark}\n% {name}\n\\begin{{align*}}\n{body}\n\\end{{align*}}\n"


def _number(text: str) -> str:
    """A number of NumPy's as LaTeX writes it."""
    mantissa, mark, exponent = text.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if mark else text

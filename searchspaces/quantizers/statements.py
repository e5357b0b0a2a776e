"""Programs of words as statements of C, Python and Verilog, one for each instruction."""

from collections.abc import Iterable

from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.words import WORDS


def fnv(data: bytes) -> int:
    """The 32-bit hash of Fowler, Noll and Vo, variant 1a."""
    value = 2166136261
    for byte in data:
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value


def c_operations(program: Program, name: str) -> list[str]:
    """A function for each operation in use: compilers do not warn of equal arguments of those."""
    used = sorted({i.opcode for i in program.instructions if not program.is_constant(i)})
    texts = []
    for code in used:
        entry = WORDS.primitives[code]
        letters = "abc"[: entry.arity]
        arguments = ", ".join(f"uint32_t {x}" for x in letters)
        value = entry.templates["c"].format(*letters)
        head = f"static uint32_t {name}_{entry.name}({arguments})"
        texts.append(f"{head}\n{{\n    return {value};\n}}\n")
    return texts


def c_statements(program: Program, name: str, numbers: Iterable[int] | None = None) -> list[str]:
    """``const uint32_t t4 = name_add(t0, t3);`` for the given instructions, or all."""
    lines = []
    for k in range(len(program.instructions)) if numbers is None else numbers:
        i = program.instructions[k]
        if program.is_constant(i):
            value = f"{i.constant[0]}u"
        else:
            operands = ", ".join(f"t{v}" for v in i.operands)
            value = f"{name}_{program.primitive(i).name}({operands})"
        lines.append(f"const uint32_t t{k + program.leaves} = {value};")
    return lines


def array_statements(
    program: Program, module: str, numbers: Iterable[int] | None = None
) -> list[str]:
    """``t4 = (t0 + t3)``, for arrays of NumPy (``module`` is ``np``) or JAX (``jnp``)."""
    lines, language = [], {"np": "numpy", "jnp": "jax"}[module]
    for k in range(len(program.instructions)) if numbers is None else numbers:
        i = program.instructions[k]
        if program.is_constant(i):
            value = f"{module}.uint32({i.constant[0]})"
        else:
            text = program.primitive(i).templates[language]
            value = text.format(*(f"t{v}" for v in i.operands))
        lines.append(f"t{k + program.leaves} = {value}")
    return lines


def wires(program: Program, numbers: Iterable[int] | None = None) -> list[str]:
    """``wire [31:0] t4 = (t0 + t3);``."""
    lines = []
    for k in range(len(program.instructions)) if numbers is None else numbers:
        i = program.instructions[k]
        if program.is_constant(i):
            value = f"32'd{i.constant[0]}"
        else:
            text = program.primitive(i).templates["verilog"]
            value = text.format(*(f"t{v}" for v in i.operands))
        lines.append(f"wire [31:0] t{k + program.leaves} = {value};")
    return lines

"""An integer operator as code, and as a data sheet."""

from collections.abc import Mapping
from typing import Any

from elitemap.archive.identity import identity
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.quantizers.operators.hardware import estimated
from elitemap.searchspaces.quantizers.operators.space import outputs, read
from elitemap.searchspaces.quantizers.operators.targets import Operator
from elitemap.searchspaces.quantizers.operators.to_c import to_c
from elitemap.searchspaces.quantizers.operators.to_python import to_python
from elitemap.searchspaces.quantizers.operators.to_verilog import to_verilog
from elitemap.searchspaces.quantizers.sheet import commands, sheet
from elitemap.searchspaces.quantizers.statements import fnv

LANGUAGES = ("c", "numpy", "jax", "verilog", "sheet")


def exported(
    document: Mapping[str, Any],
    proved: Mapping[str, Any] | None,
    name: str,
    language: str,
    o: Operator,
    room: int,
) -> dict[str, str]:
    """One operator as code.

    Args:
        document: The operator.
        proved: A certificate made just now, or None.
        name: What it is to be called.
        language: One of :data:`LANGUAGES`.
        o: What words mean.
        room: Most entries of a table.

    Returns:
        Texts by file name.

    Raises:
        ProgramError: If the document is no operator.
    """
    program, table = read(document, room)
    words = outputs(program, table, room, o.inputs)
    kind = "relative" if o.relative else "absolute"
    told = "outputs that stand for nothing" if proved is None else (
        f"largest {kind} error {proved[f'max_{kind}_error']:.6e}, "
        f"mean {proved[f'mean_{kind}_error']:.6e}, bias {proved['bias']:.6e}"
    )  # fmt: skip
    if proved is not None and "unit" in proved:
        told += f", unit of outputs {proved['unit']:.9e}"
    remark = f"Operator {o.name} {identity(document)[:12]}: {told}."
    known = identifier(name)
    arguments = (program, table, room, o, fnv(words.astype("<u4").tobytes()), known, remark)
    if language == "c":
        return {f"{known}.c": to_c(*arguments)}
    if language == "verilog":
        module, bench = to_verilog(*arguments)
        return {f"{known}.v": module, f"{known}_test.v": bench}
    if language == "sheet":
        parts = program, table, estimated(program, table, room, o.inputs)
        what = f"{o.takes[0].upper()}{o.takes[1:]}, to {o.gives}."
        unit = f" --set fraction={o.fraction}" if o.fraction else ""
        again = commands(identity(document), known, f"{o.name}{unit} --set table={room}")
        return sheet(known, remark, what, proved, parts, again)
    suffix, module_name = ("numpy", "np") if language == "numpy" else ("jax", "jnp")
    return {f"{known}_{suffix}.py": to_python(*arguments, module_name)}

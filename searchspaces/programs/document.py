"""Programs as JSON documents, on which their identities rest.

A document of a plain program (real inputs, no states) has schema 1::

    {"schema": 1, "inputs": ["x"], "instructions": [["const", "0x1p+0", "0x0p+0"], ["add", 0, 1]],
     "outputs": [2]}

Everything else has schema 2: ``dialect`` is named, inputs are ``[name, type]``, ``states`` are
``[name, type, parts...]`` (of a type without constants no parts: zeros) and ``nexts`` the value
numbers of their next values.
"""

from reprlib import repr
from typing import TYPE_CHECKING, Any

from elitemap.archive.errors import ArchiveError
from elitemap.searchspaces.programs.dialect import Dialect
from elitemap.searchspaces.programs.instruction import Instruction
from elitemap.searchspaces.programs.primitive import Literal
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.signature import MOST_LEAVES, State

if TYPE_CHECKING:
    from elitemap.searchspaces.programs.program import Program

#: Versions of the layout: of plain programs, and of all others.
SCHEMA, TYPED = 1, 2

#: More than any space produces; guards against hostile archives.
MAX_INSTRUCTIONS, MAX_INPUTS, MAX_OUTPUTS, MAX_NAME = 4096, 64, 64, 100


class ProgramError(ArchiveError):
    """A JSON program that is not one of ours."""


def written(program: "Program") -> dict[str, Any]:
    """The canonical JSON object."""
    dialect = program.dialect
    rows: list[list[Any]] = []
    for i in program.instructions:
        primitive = program.primitive(i)
        literal = primitive.literal
        told = list(i.operands) if literal is None else literal.write(i.constant)
        rows.append([primitive.name, *told])
    document = {
        "schema": SCHEMA,
        "inputs": list(program.inputs),
        "instructions": rows,
        "outputs": list(program.outputs),
    }
    if dialect.name == REAL.name and not program.states and not program.types:
        return document
    types = (program.type_of(k) for k in range(len(program.inputs)))
    return document | {
        "schema": TYPED,
        "dialect": dialect.name,
        "inputs": [[name, t] for name, t in zip(program.inputs, types, strict=True)],
        "states": [
            [s.name, s.type, *_initial(dialect.literal(s.type), s.initial)] for s in program.states
        ],
        "nexts": list(program.nexts),
    }


def read(document: Any, dialect: Dialect) -> dict[str, Any]:
    """The fields of a program, everything checked.

    Args:
        document: Anything.
        dialect: What it must be written in.

    Raises:
        ProgramError: If the document is of another schema or dialect, or malformed.
    """
    typed = isinstance(document, dict) and document.get("schema") == TYPED
    if not typed and not (isinstance(document, dict) and document.get("schema") == SCHEMA):
        raise ProgramError(f"expected a program of schema {SCHEMA} or {TYPED}")
    named = document.get("dialect") if typed else REAL.name
    if named != dialect.name:
        raise ProgramError(f"expected a program in {dialect.name}, got {str(named)[:40]!r}")
    rows, outputs = _list(document, "instructions"), _list(document, "outputs")
    if len(rows) > MAX_INSTRUCTIONS:
        raise ProgramError(f"expected at most {MAX_INSTRUCTIONS} instructions")
    given = _list(document, "inputs")
    if len(given) > MAX_INPUTS or len(outputs) > MAX_OUTPUTS:
        raise ProgramError(f"expected at most {MAX_INPUTS} inputs and {MAX_OUTPUTS} outputs")
    inputs, types = _inputs(given, typed, dialect)
    states = tuple(_state(row, dialect) for row in _list(document, "states")) if typed else ()
    nexts = _list(document, "nexts") if typed else []
    kinds = [*(types or (dialect.types[0].name,) * len(inputs)), *(s.type for s in states)]
    if typed and len(kinds) > MOST_LEAVES:
        raise ProgramError(f"expected at most {MOST_LEAVES} inputs and states")
    instructions = []
    for row in rows:
        instructions.append(_instruction(row, kinds, dialect))
        kinds.append(dialect.primitives[instructions[-1].opcode].result)
    if not outputs or not all(_is_value(k, kinds) for k in [*outputs, *nexts]):
        raise ProgramError("expected outputs that name values of the program")
    if [kinds[k] for k in nexts] != [s.type for s in states]:
        raise ProgramError("expected a next value of the state's type for each state")
    first = dialect.types[0].name
    return {
        "inputs": inputs,
        "instructions": tuple(instructions),
        "outputs": tuple(outputs),
        "states": states,
        "nexts": tuple(nexts),
        "types": types if any(t != first for t in types) else (),
        "dialect": dialect,
    }


def _list(document: dict[str, Any], key: str) -> list[Any]:
    value = document.get(key)
    if not isinstance(value, list):
        raise ProgramError("expected lists of inputs, instructions and outputs")
    return value


def _inputs(
    rows: list[Any], typed: bool, dialect: Dialect
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names and types of the inputs; no types where none are told."""
    if not typed:
        if not all(_is_name(row) for row in rows):
            raise ProgramError(f"expected identifiers of at most {MAX_NAME} letters as inputs")
        return tuple(rows), ()
    for row in rows:
        if not (isinstance(row, list) and len(row) == 2 and _is_name(row[0])):
            raise ProgramError("expected identifiers and types of inputs")
        _type(row[1], dialect)
    return tuple(row[0] for row in rows), tuple(row[1] for row in rows)


def _state(row: Any, dialect: Dialect) -> State:
    if not (isinstance(row, list) and len(row) > 1 and _is_name(row[0])):
        raise ProgramError("expected name, type and first value of a state")
    kind = _type(row[1], dialect)
    literal = dialect.literal(kind)
    if literal is None and row[2:]:
        raise ProgramError(f"expected no first value of type {kind!r}, which has no constants")
    return State(row[0], kind, () if literal is None else _constant(row[2:], literal))


def _initial(literal: Literal | None, parts: tuple[Any, ...]) -> list[Any]:
    return [] if literal is None else literal.write(parts)


def _type(name: Any, dialect: Dialect) -> str:
    for t in dialect.types:
        if t.name == name:
            return t.name
    raise ProgramError(f"expected a type of {dialect.name}, got {str(name)[:40]!r}")


def _constant(parts: list[Any], literal: Literal) -> tuple[Any, ...]:
    try:
        return literal.read(parts)
    except (TypeError, ValueError, OverflowError):
        raise ProgramError(f"expected the parts of a constant, got {repr(parts)}") from None


def _is_name(name: Any) -> bool:
    return isinstance(name, str) and len(name) <= MAX_NAME and name.isidentifier()


def _is_value(k: Any, kinds: list[str]) -> bool:
    return type(k) is int and 0 <= k < len(kinds)


def _instruction(row: Any, kinds: list[str], dialect: Dialect) -> Instruction:
    named = isinstance(row, list) and row and isinstance(row[0], str)
    if not named:
        raise ProgramError(f"expected an instruction, got {repr(row)}")
    opcode = dialect.opcodes.get(row[0])
    if opcode is None:
        raise ProgramError(
            f"expected a primitive of {dialect.name}, got {repr(row[0])}, which this version does"
            " not have: use the one that wrote it, or install what adds it"
        )
    primitive = dialect.primitives[opcode]
    operands = tuple(row[1:])
    if primitive.literal is not None:
        return Instruction(opcode, (), _constant(row[1:], primitive.literal))
    if len(operands) != len(primitive.operands) or not all(_is_value(k, kinds) for k in operands):
        raise ProgramError(f"expected operands that exist before, got {repr(row)}")
    if tuple([kinds[k] for k in operands]) != primitive.operands:
        raise ProgramError(f"expected operands of types {primitive.operands}, got {repr(row)}")
    return Instruction(opcode, operands)

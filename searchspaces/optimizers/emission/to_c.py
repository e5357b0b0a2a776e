"""A rule as C99 for one array of parameters, with standard headers only.

Every sum over entries is a loop of its own, which computes again what it needs. What a function of
matrices takes and makes are arrays; the caller brings the room for them: nothing is allocated.
"""

from elitemap.searchspaces.optimizers.emission.lowering import needed, shortest, used_slots
from elitemap.searchspaces.optimizers.emission.matrix_c import FUNCTIONS, WORK, call, functions
from elitemap.searchspaces.optimizers.rules import uses_matrices
from elitemap.searchspaces.programs.primitive import Primitive
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.tensors.reductions import REDUCTIONS

_TEXT = """\
/* {remark}
 *
 * One step, the first of which is 1, on {array} w with gradients g.{slots}
 * Where norms are taken, the array counts as one tensor, and as all tensors.{memory}
 */
#include <math.h>
#include <stddef.h>
{functions}
void {name}({arguments});
{sized}
void {name}({arguments})
{{
{body}
}}
"""

_SIZED = """
size_t {name}_memory(size_t rows, size_t columns);

size_t {name}_memory(size_t rows, size_t columns)
{{
    return {count} * (rows > 0 ? rows : 1) * columns;
}}
"""

_MATRIX = """\
const size_t height = rows > 0 ? rows : 1, n = height * columns;
float *const work = memory + {count} * n;
(void)work;"""

_REMARK = """
 * The matrix is stored by rows; rows = 0 means a vector of so many columns. memory: room for
 * {name}_memory(rows, columns) floats, which need not be kept."""

_REDUCTIONS = {r.primitive.name: r for r in REDUCTIONS}


def to_c(program: Program, name: str, remark: str) -> str:
    """The text of a C file.

    Args:
        program: A canonical rule.
        name: An identifier.
        remark: One line that is safe in a comment.
    """
    slots = [program.states[j].name for j in used_slots(program)]
    told = f"\n * What it remembers, n zeros each at first: {', '.join(slots)}." if slots else ""
    shaped = uses_matrices(program)
    body, stored = _body(program, name)
    before: list[str] = []
    if shaped:
        before = [*_MATRIX.format(count=len(stored)).splitlines(), *_places(stored)]
    used = {program.primitive(i).name for i in program.instructions}
    arguments = ["size_t rows", "size_t columns"] if shaped else ["size_t n"]
    arguments += ["float *w", "const float *g", *(f"float *{s}" for s in slots)]
    arguments += [*(["float *memory"] if shaped else []), "float rate", "long step"]
    return _TEXT.format(
        remark=remark,
        name=name,
        array="the n entries of a matrix" if shaped else "n parameters",
        slots=told,
        memory=_REMARK.format(name=name) if shaped else "",
        functions=functions(used, name),
        sized=_SIZED.format(name=name, count=len(stored) + WORK) if shaped else "",
        arguments=", ".join(arguments),
        body="\n".join(f"    {line}" for line in (*before, *body)),
    )


def _body(program: Program, name: str) -> tuple[list[str], list[str]]:
    """Scalars, sums and arrays in order, then the loop that changes everything; the arrays."""
    names = _leaf_names(program)
    first = program.leaves
    lines = ["const float number = (float)step;", "(void)number;"]
    stored: list[str] = []
    for k, instruction in enumerate(program.instructions, first):
        entry = program.primitive(instruction)
        if entry.literal is not None:
            names[k] = _constant(instruction.constant[0])
        elif entry.name in _REDUCTIONS:
            lines += _sum(program, k, names)
            names[k] = f"t{k - first + 1}"
        elif entry.name in FUNCTIONS:
            lines += _array(program, k, names, stored, name)
        elif entry.result == "scalar":
            value = entry.templates["c"].format(*(names[o] for o in instruction.operands))
            names[k] = f"t{k - first + 1}"
            lines.append(f"const float {names[k]} = {value};")
    return [*lines, *_loop(program, names)], stored


def _places(stored: list[str]) -> list[str]:
    return [f"float *const {name} = memory + {k} * n;" for k, name in enumerate(stored)]


def _array(
    program: Program, k: int, names: dict[int, str], stored: list[str], name: str
) -> list[str]:
    """A function of matrices; operands that are no arrays yet become some."""
    instruction = program.instructions[k - program.leaves]
    lines: list[str] = []
    for operand in dict.fromkeys(instruction.operands):
        if names.get(operand, "").endswith("[i]"):
            continue
        inner = dict(names)
        entries = _entries(program, (operand,), inner)
        stored.append(f"a{operand - program.leaves + 1}")
        lines += ["for (size_t i = 0; i < n; i++) {", *entries]
        lines += [f"    {stored[-1]}[i] = {inner[operand]};", "}"]
        names[operand] = f"{stored[-1]}[i]"
    arrays = [names[o].removesuffix("[i]") for o in instruction.operands]
    stored.append(f"a{k - program.leaves + 1}")
    names[k] = f"{stored[-1]}[i]"
    return [*lines, call(program.primitive(instruction).name, name, stored[-1], arrays)]


def _leaf_names(program: Program) -> dict[int, str]:
    inputs = {"w": "w[i]", "g": "g[i]", "step": "number"}
    names = {k: inputs[name] for k, name in enumerate(program.inputs)}
    first = len(program.inputs)
    used = used_slots(program)
    return names | {first + j: f"{program.states[j].name}[i]" for j in used}


def _constant(value: float) -> str:
    text = f"{shortest(value)}f"
    return f"({text})" if value < 0 else text


def _template(entry: Primitive) -> str:
    """The C of one entry; the dialect's own choice by shape is that of a vector."""
    return "(rows > 0 ? {0} : {1})" if entry.name == "by_shape" else entry.templates["c"]


def _entries(program: Program, wanted: tuple[int, ...], names: dict[int, str]) -> list[str]:
    """Assignments of what entry i of some tensors needs; their names are added."""
    lines = []
    for k in needed(program, wanted, {k for k in names if k >= program.leaves}):
        instruction = program.instructions[k - program.leaves]
        entry = program.primitive(instruction)
        value = _template(entry).format(*(names[o] for o in instruction.operands))
        names[k] = f"t{k - program.leaves + 1}"
        lines.append(f"    const float {names[k]} = {value};")
    return lines


def _sum(program: Program, k: int, names: dict[int, str]) -> list[str]:
    """A reduction: a loop that adds up, and its value."""
    instruction = program.instructions[k - program.leaves]
    reduction = _REDUCTIONS[program.primitive(instruction).name]
    inner = dict(names)
    lines = _entries(program, instruction.operands, inner)
    operands = [inner[o] for o in instruction.operands]
    own = f"t{k - program.leaves + 1}"
    finish = reduction.finish.replace("count", "(double)n").replace("t[", f"sum_{own}[")
    adds = [
        f"    sum_{own}[{j}] += (double)({term.format(*operands)});"
        for j, term in enumerate(reduction.terms)
    ]
    return [
        f"double sum_{own}[3] = {{0.0, 0.0, 0.0}};",
        "for (size_t i = 0; i < n; i++) {",
        *lines,
        *adds,
        "}",
        f"const float {own} = (float)({finish});",
    ]


def _loop(program: Program, names: dict[int, str]) -> list[str]:
    """All that is new of entry i is computed before anything old is overwritten."""
    used = used_slots(program)
    wanted = (program.outputs[0], *(program.nexts[j] for j in used))
    lines = _entries(program, wanted, names)
    new = [
        f"    const float new_{program.states[j].name} = {names[program.nexts[j]]};" for j in used
    ]
    kept = [f"    {program.states[j].name}[i] = new_{program.states[j].name};" for j in used]
    change = f"    w[i] -= rate * {names[program.outputs[0]]};"
    return ["for (size_t i = 0; i < n; i++) {", *lines, *new, change, *kept, "}"]

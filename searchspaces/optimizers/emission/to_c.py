"""A rule as C99 for one flat array of parameters, with standard headers only.

Every sum over entries is a loop of its own, which computes again what it needs: nothing is
allocated.
"""

from elitemap.searchspaces.optimizers.emission.lowering import needed, shortest, used_slots
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.tensors.reductions import REDUCTIONS

_TEXT = """\
/* {remark}
 *
 * One step, the first of which is 1, on n parameters w with gradients g.{slots}
 * Where norms are taken, the array counts as one tensor, and as all tensors.
 */
#include <math.h>
#include <stddef.h>

void {name}({arguments});

void {name}({arguments})
{{
{body}
}}
"""

_REDUCTIONS = {r.primitive.name: r for r in REDUCTIONS}


def to_c(program: Program, name: str, remark: str) -> str:
    """The text of a C file.

    Args:
        program: A canonical rule.
        name: An identifier.
        remark: One line that is safe in a comment.
    """
    slots = [program.states[j].name for j in used_slots(program)]
    arguments = ["size_t n", "float *w", "const float *g", *(f"float *{s}" for s in slots)]
    told = f"\n * What it remembers, n zeros each at first: {', '.join(slots)}." if slots else ""
    return _TEXT.format(
        remark=remark,
        name=name,
        slots=told,
        arguments=", ".join([*arguments, "float rate", "long step"]),
        body="\n".join(f"    {line}" for line in _body(program)),
    )


def _body(program: Program) -> list[str]:
    """Scalars and sums in order, then the loop that changes everything."""
    names = _leaf_names(program)
    first = program.leaves
    lines = ["const float number = (float)step;", "(void)number;"]
    for k, instruction in enumerate(program.instructions, first):
        entry = program.primitive(instruction)
        if entry.literal is not None:
            names[k] = _constant(instruction.constant[0])
        elif entry.name in _REDUCTIONS:
            lines += _sum(program, k, names)
            names[k] = f"t{k - first + 1}"
        elif entry.result == "scalar":
            value = entry.templates["c"].format(*(names[o] for o in instruction.operands))
            names[k] = f"t{k - first + 1}"
            lines.append(f"const float {names[k]} = {value};")
    return [*lines, *_loop(program, names)]


def _leaf_names(program: Program) -> dict[int, str]:
    inputs = {"w": "w[i]", "g": "g[i]", "step": "number"}
    names = {k: inputs[name] for k, name in enumerate(program.inputs)}
    first = len(program.inputs)
    used = used_slots(program)
    return names | {first + j: f"{program.states[j].name}[i]" for j in used}


def _constant(value: float) -> str:
    text = f"{shortest(value)}f"
    return f"({text})" if value < 0 else text


def _entries(program: Program, wanted: tuple[int, ...], names: dict[int, str]) -> list[str]:
    """Assignments of what entry i of some tensors needs; their names are added."""
    lines = []
    for k in needed(program, wanted, {k for k in names if k >= program.leaves}):
        instruction = program.instructions[k - program.leaves]
        entry = program.primitive(instruction)
        value = entry.templates["c"].format(*(names[o] for o in instruction.operands))
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

"""What the Python targets share: docstrings, function bodies and the recorded self-test."""

from collections.abc import Callable, Sequence

from elitemap.searchspaces.programs.emission.float64 import Mend
from elitemap.searchspaces.programs.emission.lowering import Lowered
from elitemap.searchspaces.programs.emission.provenance import wrapped
from elitemap.searchspaces.programs.emission.selecting import Choose, selections
from elitemap.searchspaces.programs.emission.vectors import Case
from elitemap.searchspaces.programs.program import Instruction

_SELF_TEST = '''\
# Bits of arguments and result as float64; every result is finite.
_CASES = (
{rows}
)


def _self_test():
    """Compare the function with the recorded cases, bit for bit."""
    failed = 0
    for *arguments, wanted in _CASES:
        at = [struct.unpack("<d", struct.pack("<Q", bits))[0] for bits in arguments]
        found = float({name}(*at))
        got = struct.unpack("<Q", struct.pack("<d", found))[0]
        if got != wanted:
            failed += 1
            print(f"{name}({{', '.join(map(repr, at))}}) gives {{found!r}}")
    print(f"{name}: {{len(_CASES) - failed}} of {{len(_CASES)}} cases match")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(_self_test())
'''


def head(lines: list[str], imports: str) -> str:
    """The beginning of a module: its docstring and its imports."""
    return f"{docstring(lines)}\n\n{imports}\n"


def docstring(lines: list[str], indent: str = "") -> str:
    """A docstring that no text in it can leave."""
    first, *rest = wrapped(lines, escape)
    if not rest:
        return f'{indent}"""{first}"""'
    body = "\n".join(f"{indent}{line}".rstrip() for line in rest)
    return f'{indent}"""{first}\n{body}\n{indent}"""'


def escape(line: str) -> str:
    """A line that is inert within a docstring."""
    return line.replace("\\", "\\\\").replace('"', "'")


def constants(lowered: Lowered, value: Callable[[Instruction], str]) -> list[str]:
    """Assignments of the constants, each with the bits of its leading part as a comment."""
    return [f"{name} = {value(i)}  # {i.constant[0].hex()}" for name, i in lowered.constants]


def steps(lowered: Lowered) -> list[str]:
    """The assignments of a function."""
    return [f"{name} = {expression}" for name, expression in lowered.steps]


def mended_steps(mends: Sequence[Mend], result: str, choose: Choose) -> tuple[list[str], str]:
    """The assignments that mend a result, and the name of the mended one."""
    chosen, result = selections(mends, result, repr, choose)
    return [f"{name} = {expression}" for name, expression in chosen], result


def function(head: str, doc: str, lines: Sequence[str]) -> str:
    """A function definition; ``doc`` is indented already."""
    body = "\n".join(f"    {line}" for line in lines)
    return f"{head}\n{doc}\n{body}\n"


def self_test(name: str, vectors: Sequence[Case]) -> str:
    """Recorded cases and the code that checks them; needs ``struct`` and ``sys``."""
    rows = "\n".join(f"    ({words(case)})," for case in vectors)
    return _SELF_TEST.format(name=name, rows=rows)


def words(case: Case) -> str:
    """The bits of arguments and result, as literals."""
    return ", ".join(f"0x{bits:016x}" for bits in (*case.arguments, case.result))

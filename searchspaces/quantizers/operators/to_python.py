"""An integer operator as a function of arrays of words, of NumPy or of JAX."""

from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.quantizers.operators.space import looking
from elitemap.searchspaces.quantizers.operators.targets import Operator
from elitemap.searchspaces.quantizers.statements import array_statements

_BODY = '''\
"""{remark}"""

{imports}

TABLE = np.array({table}, np.int32).view(np.uint32)


def {name}_word(x):
    """{takes}, to {gives}; uint32 arrays."""
    t0 = {module}.asarray(x).astype({module}.uint32)
{lines}


def self_test():
    """Check the outputs of all inputs."""
    made = np.asarray({name}_word(np.arange({start}, {stop}, dtype=np.int32).view(np.uint32)))
    value = 2166136261
    for byte in np.broadcast_to(made, ({count},)).astype("<u4").tobytes():
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    assert value == {expected}, "some outputs differ"


if __name__ == "__main__":
    self_test()
    print("{name}: all {count} outputs agree")
'''

_IMPORTS = {"np": "import numpy as np", "jnp": "import jax.numpy as jnp\nimport numpy as np"}


def to_python(
    program: Program,
    table: list[int],
    room: int,
    o: Operator,
    expected: int,
    name: str,
    remark: str,
    module: str,
) -> str:
    """The text of a Python file; arguments as of :func:`.to_c.to_c`, and ``np`` or ``jnp``."""
    if room:
        first = looking(program)
        rest = [k for k in range(len(program.instructions)) if k not in first]
        index = f"t{program.results[1]} & {module}.uint32({room - 1})"
        held = f"{module}.asarray(TABLE)[{index}]" if table else f"{module}.zeros_like(t0)"
        lines = [
            *array_statements(program, module, first),
            f"t1 = {held}",
            *array_statements(program, module, rest),
        ]
    else:
        lines = array_statements(program, module)
    start = int(o.inputs.view("i4")[0])
    return _BODY.format(
        remark=remark,
        imports=_IMPORTS[module],
        module=module,
        table=table,
        name=name,
        takes=o.takes[0].upper() + o.takes[1:],
        gives=o.gives,
        lines="\n".join(f"    {line}" for line in [*lines, f"return t{program.results[0]}"]),
        start=start,
        stop=start + len(o.inputs),
        count=len(o.inputs),
        expected=expected,
    )

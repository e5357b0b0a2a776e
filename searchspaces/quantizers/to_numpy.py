"""A multiplier as a NumPy function of arrays of mantissa codes."""

from typing import Any

from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.quantizers.mantissas import Mantissas
from elitemap.searchspaces.quantizers.statements import array_statements

_BODY = '''\
"""{remark}"""

import numpy as np

TABLE = np.array({table}, np.int32)


def {name}_field(code_a, code_b):
    """Field of the product, int32, with {fraction} fraction bits; codes have {bits} bits."""
    t0 = np.asarray(code_a).astype(np.uint32) << np.uint32({guard})
    t1 = np.asarray(code_b).astype(np.uint32) << np.uint32({guard})
{lines}


def {name}(code_a, code_b):
    """The product, float64, of 1 + code_a / {codes} and 1 + code_b / {codes}."""
    field = np.asarray({name}_field(code_a, code_b), np.int64)
    octave = field >> {fraction}
    rest = field - (octave << {fraction})
    return np.ldexp(1.0 + rest / {one}, octave)


def self_test():
    """Check the products of all codes."""
    codes = np.arange({codes})
    products = {name}_field(codes[:, None], codes[None, :])
    made = 2166136261
    for byte in np.broadcast_to(products, ({codes}, {codes})).astype("<i4").tobytes():
        made = (made ^ byte) * 16777619 & 0xFFFFFFFF
    assert made == {expected}, "products of some codes differ"


if __name__ == "__main__":
    self_test()
    print("{name}: all {pairs} products agree")
'''


def to_numpy(
    program: Program,
    table: list[int],
    room: int,
    mantissas: Mantissas,
    expected: int,
    name: str,
    remark: str,
) -> str:
    """The text of a Python file.

    Args:
        program: Of words, with a field and an index.
        table: Its offsets.
        room: The size that indices are taken modulo.
        mantissas: The format.
        expected: Hash of all products, which the self-test expects.
        name: An identifier.
        remark: One line that is safe in a string.
    """
    lines = array_statements(program, "np")
    field = f"t{program.results[0]}.astype(np.int32)"
    if table:
        field += f" + TABLE[t{program.results[1]} & np.uint32({room - 1})]"
    lines.append(f"return {field}")
    values: dict[str, Any] = {
        "remark": remark,
        "table": table,
        "name": name,
        "fraction": mantissas.fraction,
        "bits": mantissas.bits,
        "guard": mantissas.guard,
        "codes": mantissas.codes,
        "pairs": mantissas.codes**2,
        "one": 1 << mantissas.fraction,
        "expected": expected,
        "lines": "\n".join(f"    {line}" for line in lines),
    }
    return _BODY.format(**values)

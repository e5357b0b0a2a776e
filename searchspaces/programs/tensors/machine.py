"""The machine that runs update rules on whole tensors: its generated cases, and how to load it.

``kernel/machine.h`` runs what is computed entry by entry block by block, so that all values of a
program stay in the nearest cache; sums over entries end such a pass. What it knows of primitives is
generated here from their C templates, beside the header of the dialect.
"""

import ctypes
from functools import cache
from pathlib import Path

from elitemap.native import toolchain
from elitemap.searchspaces.programs.kernels import KERNEL
from elitemap.searchspaces.programs.primitive import Primitive
from elitemap.searchspaces.programs.tensors import TENSORS
from elitemap.searchspaces.programs.tensors.matrices import NAMES
from elitemap.searchspaces.programs.tensors.reductions import REDUCTIONS

#: Operands in C: entry ``i`` of a tensor, and the number of a scalar.
_PLACES = {"tensor": ("a[i]", "b[i]", "c[i]"), "scalar": ("sa", "sb", "sc")}

_KINDS = {"constant": 0, "pointwise": 1, "scalar": 2, "reduction": 3, "matrix": 4}


@cache
def machine_header() -> str:
    """``primitives.h`` of the dialect with the cases of the machine."""
    reductions = {r.primitive.name: r for r in REDUCTIONS}
    kinds, everywhere = [], []
    pointwise, scalar, sums, finish = [], [], [], []
    for code, p in enumerate(TENSORS.primitives):
        kind, reduction = _kind(p), reductions.get(p.name)
        kinds.append(_KINDS[kind])
        everywhere.append(int(reduction is not None and reduction.everywhere))
        if kind == "pointwise":
            pointwise.append(f"case {code}: ROWS v[i] = {_expression(p)}; break;")
        elif kind == "scalar":
            scalar.append(f"case {code}: return {_expression(p)};")
        elif reduction is not None:
            terms = [text.format(*_places(p)) for text in reduction.terms]
            added = " ".join(f"SUM({k}, {text})" for k, text in enumerate(terms))
            sums.append(f"case {code}: {added} break;")
            finish.append(f"case {code}: return (float)({reduction.finish});")
    groups = {
        "POINTWISE_CASES": pointwise,
        "SCALAR_CASES": scalar,
        "SUM_CASES": sums,
        "FINISH_CASES": finish,
    }
    matrices = [
        f"OP_{p.name.upper()} = {code}"
        for code, p in enumerate(TENSORS.primitives)
        if p.name in NAMES
    ]
    lines = [
        f"enum {{ {', '.join(matrices)} }};",
        f"static const int KIND[] = {{{', '.join(map(str, kinds))}}};",
        f"static const int EVERYWHERE[] = {{{', '.join(map(str, everywhere))}}};",
        *(f"#define {name} \\\n" + " \\\n".join(cases) for name, cases in groups.items()),
    ]
    return TENSORS.header + "\n".join(lines) + "\n"


def load(source: Path) -> ctypes.CDLL:
    """The library made from a C file that includes ``machine.h``.

    Raises:
        SearchError: As :func:`elitemap.native.toolchain.load`.
    """
    return toolchain.load(source, machine_header(), KERNEL)


def prepare(folder: Path) -> None:
    """Build all such libraries of a folder.

    Raises:
        SearchError: As :func:`elitemap.native.toolchain.load`.
    """
    toolchain.prepare([folder], machine_header(), KERNEL)


def _kind(p: Primitive) -> str:
    if p.literal is not None:
        return "constant"
    if p.name in NAMES:
        return "matrix"
    if p.result == "tensor":
        return "pointwise"
    return "reduction" if "tensor" in p.operands else "scalar"


def _places(p: Primitive) -> list[str]:
    return [_PLACES[kind][k] for k, kind in enumerate(p.operands)]


def _expression(p: Primitive) -> str:
    return p.templates["c"].format(*_places(p))

"""From tensors to scalars: norms, means and products of all entries."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from elitemap.searchspaces.programs.primitive import Primitive
from elitemap.searchspaces.programs.tensors.pointwise import operation


@dataclass(frozen=True)
class Reduction:
    """A primitive that makes one number of a tensor's entries.

    Attributes:
        primitive: Its entry; the C template there is its value at tensors of one entry.
        terms: C expressions of an entry that are summed up, at most three, in float64.
        finish: The value in the sums ``t[0]``, ``t[1]``, ``t[2]`` and the number of entries
            ``count``, in C.
        everywhere: Whether the sums run over all tensors of a model.
    """

    primitive: Primitive
    terms: tuple[str, ...]
    finish: str
    everywhere: bool = False


def _reduction(
    name: str,
    operands: str,
    run: Callable[..., Any],
    numpy: str,
    terms: tuple[str, ...],
    finish: str,
    *,
    one: str,
    latex: str,
    everywhere: bool = False,
    **laws: Any,
) -> Reduction:
    places = ", ".join(f"{{{k}}}" for k in range(len(operands)))
    entry = operation(
        name,
        operands,
        run,
        f"{name}({places})",
        result="scalar",
        cost=2,
        c=one,
        numpy=numpy,
        torch=numpy.replace("np.", "torch.").replace("maximum", "clamp_min"),
        latex=latex,
        **laws,
    )
    return Reduction(entry, terms, finish, everywhere)


def _norm(x: Any) -> Any:
    return np.sqrt(np.sum(np.square(x)))


def _cosine(x: Any, y: Any) -> Any:
    return np.sum(x * y) / np.maximum(_norm(x) * _norm(y), np.float32(1e-30))


_NORM = "np.sqrt(np.sum(np.square({0})))"
_NORMS = "np.sqrt(np.sum(np.square({0}))) * np.sqrt(np.sum(np.square({1})))"

#: By opcode, after those of single entries.
REDUCTIONS = (
    _reduction(
        "norm",
        "t",
        _norm,
        _NORM,
        ("{0} * {0}",),
        "sqrt(t[0])",
        one="fabsf({0})",
        latex=r"\left\|{0}\right\|",
    ),
    _reduction(
        "global_norm",
        "t",
        _norm,
        _NORM,
        ("{0} * {0}",),
        "sqrt(t[0])",
        one="fabsf({0})",
        latex=r"\left\|{0}\right\|_{{\text{{all}}}}",
        everywhere=True,
    ),
    _reduction(
        "mean",
        "t",
        np.mean,
        "np.mean({0})",
        ("{0}",),
        "t[0] / count",
        one="{0}",
        latex=r"\overline{{{0}}}",
    ),
    _reduction(
        "dot",
        "tt",
        lambda x, y: np.sum(x * y),
        "np.sum({0} * {1})",
        ("{0} * {1}",),
        "t[0]",
        one="({0} * {1})",
        latex=r"\left\langle {0}, {1} \right\rangle",
        commutative=True,
    ),
    _reduction(
        "cosine",
        "tt",
        _cosine,
        f"(np.sum({{0}} * {{1}}) / np.maximum({_NORMS}, 1e-30))",
        ("{0} * {1}", "{0} * {0}", "{1} * {1}"),
        "t[0] / fmax(sqrt(t[1] * t[2]), 1e-30)",
        one="({0} * {1} / fmaxf(fabsf({0} * {1}), 1e-30f))",
        latex=r"\cos\angle\left({0}, {1}\right)",
        commutative=True,
    ),
)

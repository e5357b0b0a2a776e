"""Constants of ``tensors``: finite float32 scalars. There are no constant tensors."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.programs.dialect import Storage
from elitemap.searchspaces.programs.kernels import KERNEL
from elitemap.searchspaces.programs.primitive import Literal, Primitive, templates


def single(value: float) -> float:
    """The nearest float32, as a Python number."""
    with np.errstate(over="ignore"):
        return float(np.float32(value))


def _read(parts: list[Any]) -> tuple[float]:
    (text,) = parts
    value = float.fromhex(text)
    if not np.isfinite(value) or single(value) != value:
        raise ValueError("expected a finite float32")
    return (value,)


def _text(parts: tuple[Any, ...]) -> str:
    return str(np.float32(parts[0]))


def _words(constant: NDArray[Any]) -> NDArray[np.uint64]:
    words: NDArray[np.uint64] = constant[:, :, 0].view(np.uint32).astype(np.uint64)
    return words


SCALAR = Primitive(
    name="scalar",
    operands=(),
    result="scalar",
    cost=0,
    run=np.float32,
    templates={
        **templates("{value}", c="{value}f", numpy="np.float32({value})"),
        "torch": "w.new_tensor({value})",
    },
    literal=Literal(write=lambda parts: [parts[0].hex()], read=_read, text=_text),
)

STORAGE = Storage(
    dtype=np.float32,
    width=1,
    c="float",
    header=KERNEL / "constants_tensors.h",
    plain=(1.0,),
    words=_words,
)

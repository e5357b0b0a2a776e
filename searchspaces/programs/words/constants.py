"""Constants of ``words``: whole numbers below 2^32."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.programs.dialect import Storage
from elitemap.searchspaces.programs.kernels import KERNEL
from elitemap.searchspaces.programs.primitive import Literal, Primitive, templates

#: One more than the largest word.
MODULUS = 1 << 32


def _read(parts: list[Any]) -> tuple[int]:
    (value,) = parts
    if type(value) is not int or not 0 <= value < MODULUS:
        raise ValueError("expected a whole number below 2^32")
    return (value,)


def _text(parts: tuple[Any, ...]) -> str:
    """Decimal where that is short; the upper half as negative numbers, which they act as."""
    (value,) = parts
    if value >= MODULUS // 2:
        return f"-{MODULUS - value}"
    return str(value) if value < 1024 else hex(value)


def _words(constant: NDArray[Any]) -> NDArray[np.uint64]:
    return constant[:, :, 0].astype(np.uint64)


WORD = Primitive(
    name="word",
    operands=(),
    result="word",
    cost=0,
    run=lambda value: np.uint32(value),
    templates=templates("{value}"),
    literal=Literal(write=list, read=_read, text=_text),
)

STORAGE = Storage(
    dtype=np.uint32,
    width=1,
    c="uint32_t",
    header=KERNEL / "constants_words.h",
    plain=(1,),
    words=_words,
)

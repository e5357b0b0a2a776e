"""Constants of ``float32``: finite numbers on the float32 grid, and int32 words."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.programs.dialect import Storage
from elitemap.searchspaces.programs.primitive import Literal, Primitive


def _single(parts: list[Any]) -> tuple[float]:
    (text,) = parts
    value = float.fromhex(text)
    with np.errstate(over="ignore"):
        if not np.isfinite(value) or float(np.float32(value)) != value:
            raise ValueError("expected a finite float32")
    return (value,)


def _word(parts: list[Any]) -> tuple[int]:
    (value,) = parts
    if type(value) is not int or not -(2**31) <= value < 2**31:
        raise ValueError("expected a whole number of 32 bits")
    return (value,)


def _short(parts: tuple[Any, ...]) -> str:
    return str(np.float32(parts[0]))


SINGLE = Primitive(
    name="single",
    operands=(),
    result="single",
    cost=0,
    run=np.float32,
    templates={"text": "{value}", "c": "{value}"},
    literal=Literal(
        write=lambda parts: [parts[0].hex()],
        read=_single,
        text=_short,
        pack=lambda parts: (int(np.float32(parts[0]).view(np.uint32)),),
        unpack=lambda stored: (float(np.uint32(stored[0]).view(np.float32)),),
    ),
)

WORD = Primitive(
    name="word",
    operands=(),
    result="word",
    cost=0,
    run=np.int32,
    templates={"text": "{value}", "c": "{value}"},
    literal=Literal(
        write=list,
        read=_word,
        text=lambda parts: str(parts[0]),
        pack=lambda parts: (parts[0] & 0xFFFFFFFF,),
        unpack=lambda stored: (int(np.uint32(stored[0]).view(np.int32)),),
    ),
)


def _words(constant: NDArray[Any]) -> NDArray[np.uint64]:
    words: NDArray[np.uint64] = constant[:, :, 0].astype(np.uint64)
    return words


STORAGE = Storage(
    dtype=np.uint32,
    width=1,
    c="uint32_t",
    header=Path(__file__).resolve().parents[1] / "kernel" / "constants_float32.h",
    plain=(int(np.float32(1).view(np.uint32)),),
    words=_words,
)

"""A dialect of 32-bit words and float32, in which nothing holds but what it says.

Addition of words has an inverse and a neutral element; that of float32 rounds, and states no law
but that operands may be exchanged. Two types share one storage of constants.
"""

from pathlib import Path

import numpy as np

from elitemap.searchspaces.programs.dialect import Dialect, Storage, Type
from elitemap.searchspaces.programs.primitive import Literal, Primitive, templates


def whole(parts):
    (value,) = parts
    if type(value) is not int or not 0 <= value < 2**32:
        raise ValueError("expected a word")
    return (value,)


def single(parts):
    value = float(np.float32(float.fromhex(*parts)))
    if not np.isfinite(value):
        raise ValueError("expected a finite number")
    return (value,)


def to_bits(parts):
    return (int(np.float32(parts[0]).view(np.uint32)),)


def from_bits(stored):
    return (float(np.uint32(stored[0]).view(np.float32)),)


WORD = Literal(write=list, read=whole, text=lambda parts: hex(parts[0]))
SINGLE = Literal(
    write=lambda parts: [parts[0].hex()],
    read=single,
    text=lambda parts: f"{np.float32(parts[0])!s}",
    pack=to_bits,
    unpack=from_bits,
)


def word(name, operands, run, text, **laws):
    return Primitive(
        name=name,
        operands=("word",) * operands,
        result="word",
        cost=1,
        run=run,
        templates=templates(text),
        **laws,
    )


def floating(name, run, text, **laws):
    return Primitive(
        name=name,
        operands=("single", "single"),
        result="single",
        cost=1,
        run=run,
        templates=templates(text),
        **laws,
    )


PRIMITIVES = (
    Primitive(
        name="word",
        operands=(),
        result="word",
        cost=0,
        run=lambda value: np.uint32(value),
        templates=templates("{value}"),
        literal=WORD,
    ),
    Primitive(
        name="single",
        operands=(),
        result="single",
        cost=0,
        run=lambda value: np.float32(value),
        templates=templates("{value}"),
        literal=SINGLE,
    ),
    word("add", 2, np.add, "{0} + {1}", commutative=True, inverse="sub", neutral=(0,), infix=1),
    word("sub", 2, np.subtract, "{0} - {1}", neutral=(0,), infix=1),
    word("xor", 2, np.bitwise_xor, "{0} ^ {1}", commutative=True, inverse="xor", neutral=(0,)),
    word(
        "and", 2, np.bitwise_and, "{0} & {1}", commutative=True, idempotent=True, absorbing=(0, 1)
    ),
    word("shift", 2, lambda a, b: a >> (b & np.uint32(31)), "{0} >> ({1} & 31)", neutral=(0,)),
    floating("fadd", np.add, "{0} + {1}", commutative=True, infix=1, opposite="fsub"),
    floating("fsub", np.subtract, "{0} - {1}", infix=1, opposite="fadd"),
    floating("fmul", np.multiply, "{0} * {1}", commutative=True, infix=2),
    Primitive(
        name="bits",
        operands=("single",),
        result="word",
        cost=0,
        run=lambda a: a.view(np.uint32),
        templates=templates("bits({0})", c="bits_of({0})"),
    ),
    Primitive(
        name="float",
        operands=("word",),
        result="single",
        cost=0,
        run=lambda a: a.view(np.float32),
        templates=templates("float({0})", c="float_of({0})"),
    ),
)

BITS = Dialect(
    name="bits",
    types=(Type("word", "uint32_t", np.uint32), Type("single", "float", np.float32)),
    storage=Storage(
        dtype=np.uint32,
        width=1,
        c="uint32_t",
        header=Path(__file__).with_name("constants_bits.h"),
        plain=(1,),
        words=lambda constant: constant[:, :, 0].astype(np.uint64),
    ),
    primitives=PRIMITIVES,
    operators=(
        "insert",
        "delete",
        "primitive",
        "operand",
        "constant",
        "term",
        "crossover",
        "compose",
    ),
    where="bits:BITS",
)

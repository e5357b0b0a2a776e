"""The dialect ``float32``: float32 and its bits, every operation rounded as the hardware rounds it.

Values are ``single`` (float32) or ``word`` (int32, two's complement, sums wrap). Kernels, exported
C and the entries' NumPy functions compute the same bits. The only thing left open is what IEEE 754
leaves open: sign and payload of a NaN that an operation makes. So results are compared as bits with
any NaN equal to any other, and at arguments where a program has read the bits of such a NaN nothing
is promised (:mod:`elitemap.searchspaces.programs.float32.reference` tells them).

An entry states a law only if it holds to the last bit: sums of float32 may be exchanged but not
regrouped, and ``min`` and ``max`` may not even be exchanged, because of NaN and of the signs
of zeros.
"""

import numpy as np

from elitemap.searchspaces.programs.dialect import Dialect, Type
from elitemap.searchspaces.programs.float32.arithmetic import FADD, FDIV, FMA, FMUL, FSUB, SQRT
from elitemap.searchspaces.programs.float32.choices import (
    EQUAL,
    ILESS,
    ISELECT,
    LESS,
    MAX,
    MIN,
    SELECT,
)
from elitemap.searchspaces.programs.float32.constants import SINGLE, STORAGE, WORD
from elitemap.searchspaces.programs.float32.conversions import BITS, FLOAT, FROM_INT, RINT, TO_INT
from elitemap.searchspaces.programs.float32.signs import ABS, COPYSIGN, NEG
from elitemap.searchspaces.programs.float32.words import AND, IADD, ISUB, OR, SHL, SHR, USHR, XOR

#: The order is that of the opcodes: new ones come last.
FLOAT32 = Dialect(
    name="float32",
    types=(Type("single", "float", np.float32), Type("word", "int32_t", np.int32)),
    storage=STORAGE,
    primitives=(
        *(SINGLE, WORD),
        *(FADD, FSUB, FMUL, FMA, FDIV, SQRT),
        *(MIN, MAX, ABS, NEG, COPYSIGN),
        *(RINT, TO_INT, FROM_INT, BITS, FLOAT),
        *(IADD, ISUB, SHL, SHR, USHR, AND, OR, XOR),
        *(LESS, EQUAL, ILESS, SELECT, ISELECT),
    ),
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
    where="elitemap.searchspaces.programs.float32:FLOAT32",
)

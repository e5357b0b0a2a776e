"""What integer operators take and give: which words come in, and what words mean that go out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import UsageError
from elitemap.searchspaces.programs.signature import Signature, Variable

Words = NDArray[np.uint32]

#: What a word stands for: a whole number in a unit that is a power of two or free, or a float32.
Reading = Literal["unsigned", "signed", "float"]

#: Fraction bits of inputs, and the least and most; inputs of the widest have 16 bits.
FRACTION, LEAST_FRACTION, MOST_FRACTION = 10, 4, 12

#: Softmax looks as far below the maximum of a row, and GELU as far from zero.
REACH = 8


@dataclass(frozen=True, eq=False)
class Operator:
    """An operator of one word.

    Attributes:
        name: The target.
        inputs: uint32[n], all words that may come in.
        fraction: Their fraction bits; 0 for bits of a float32.
        reading: What a word means that goes out.
        free: Whether its unit is free: a constant factor that whoever uses it knows or cancels.
        relative: Whether errors count relative to the true value.
        takes: What an input is, for people.
        gives: What an output is.
        beyond: What exported functions give of numbers that are no inputs.
    """

    name: str
    inputs: Words
    fraction: int
    reading: Reading
    free: bool
    relative: bool
    takes: str
    gives: str
    beyond: str

    def values(self, words: Words) -> NDArray[np.float64]:
        """float64, what words stand for that go out; free units are 1."""
        if self.reading == "float":
            with np.errstate(invalid="ignore"):
                return words.view(np.float32).astype(np.float64)
        if self.reading == "unsigned":
            return words.astype(np.float64)
        return np.ldexp(words.view(np.int32).astype(np.float64), -self.fraction)


def softmax_exp(fraction: int) -> Operator:
    """E to the power of how far a logit is below the maximum of its row."""
    return Operator(
        "softmax-exp",
        np.arange(REACH << fraction, dtype=np.uint32),
        fraction,
        "unsigned",
        True,
        True,
        f"how far a logit is below the row's maximum, in 1/{1 << fraction}, below {REACH}",
        "its exponential in a unit that all logits share",
        f"what {REACH} below gives, less a step",
    )


def gelu(fraction: int) -> Operator:
    """Half of x (1 + erf(x / sqrt 2)), in fixed point."""
    half = REACH << fraction
    return Operator(
        "gelu-int",
        np.arange(-half, half, dtype=np.int32).view(np.uint32),
        fraction,
        "signed",
        False,
        False,
        f"x in 1/{1 << fraction}, two's complement, from -{REACH} to below {REACH}",
        f"GELU of x in 1/{1 << fraction}, two's complement",
        f"x from {REACH} on, 0 below -{REACH}",
    )


def _upper_halves() -> Words:
    """Upper halves of all normal float32 above zero."""
    return np.arange(0x0080, 0x7F80, dtype=np.uint32)


def rsqrt_seed(fraction: int) -> Operator:
    """The bits of a float near 1 / sqrt(x), from the upper half of those of x."""
    takes = "upper 16 bits of a normal float32 x above 0"
    gives = "bits of a float32 near 1/sqrt(x)"
    return Operator("rsqrt-seed", _upper_halves(), 0, "float", False, True, takes, gives, "NaN")


def reciprocal_seed(fraction: int) -> Operator:
    """The bits of a float near 1 / x, from the upper half of those of x below 2^126."""
    takes = "upper 16 bits of a normal float32 x above 0 and below 2^126"
    gives = "bits of a float32 near 1/x"
    inputs = _upper_halves()
    inputs = inputs[inputs < (127 + 126) << 7]
    return Operator("reciprocal-seed", inputs, 0, "float", False, True, takes, gives, "NaN")


#: By target.
OPERATORS: dict[str, Callable[[int], Operator]] = {
    "softmax-exp": softmax_exp,
    "gelu-int": gelu,
    "rsqrt-seed": rsqrt_seed,
    "reciprocal-seed": reciprocal_seed,
}


def operator(target: str, fraction: int) -> Operator:
    """The operator of a target.

    Raises:
        UsageError: If fraction bits are out of range.
    """
    if not LEAST_FRACTION <= fraction <= MOST_FRACTION:
        raise UsageError(
            f"expected fraction as a whole number from {LEAST_FRACTION} to {MOST_FRACTION}, "
            f"got {fraction}"
        )
    return OPERATORS[target](fraction)


def signature(room: int) -> Signature:
    """A word to a word; with a table also what the table holds at an index, and that index."""
    inputs = (Variable("x", "word"), Variable("entry", "word"))[: 2 if room else 1]
    return Signature(inputs, ("word", "word") if room else ("word",))

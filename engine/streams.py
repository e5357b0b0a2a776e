"""Random streams keyed by content: the same key gives the same numbers in any process and order."""

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """The first word of every key, so that streams of different use never meet."""

    GENERATION = 1
    MIGRATION = 3
    START = 4


def stream(seed: int, purpose: Purpose, *key: int) -> np.random.Generator:
    """The generator that belongs to a seed, a purpose and a key.

    ``SeedSequence`` cuts integers above 2**32 into several words, so (2**32 + 5,) would equal
    (5, 1); hence every part must fit one word, and the seed always takes two.

    Args:
        seed: 0 <= seed < 2**64.
        purpose: What the numbers are for.
        key: Such as (island, epoch, generation), each below 2**32.

    Raises:
        ValueError: If a part of the key does not fit.
    """
    if not 0 <= seed < 2**64 or any(not 0 <= word < 2**32 for word in key):
        raise ValueError(f"expected a 64-bit seed and 32-bit words, got {seed}, {key}")
    words = (seed & 0xFFFFFFFF, seed >> 32)
    sequence = np.random.SeedSequence(words, spawn_key=(int(purpose), *map(int, key)))
    return np.random.Generator(np.random.PCG64(sequence))

"""What a peer is, and what those share whose bytes are those of a layout."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.quantizers.formats.cost import cost_of
from elitemap.searchspaces.quantizers.formats.elements import Element
from elitemap.searchspaces.quantizers.formats.encoding import Encoded
from elitemap.searchspaces.quantizers.formats.packing import decode, magnitudes, pack
from elitemap.searchspaces.quantizers.formats.quantizers import QuantizerSpace, written
from elitemap.searchspaces.quantizers.formats.rule import Rule

Singles = NDArray[np.float32]


@dataclass(frozen=True)
class Peer:
    """A format that brings its own encoder.

    Attributes:
        encode: float32[n], n > 0 and finite, to bytes that hold everything.
        decode: Those bytes and n to float32[n].
        cost: Operations to decode a weight, by the cost model of layouts.
    """

    encode: Callable[[Singles], bytes]
    decode: Callable[[bytes, int], Singles]
    cost: float


def cost(rule: Rule, element: Element) -> float:
    """Operations to decode a weight of a layout with such levels."""
    space = QuantizerSpace(np.array([rule.row()], np.int32), 12, 32)
    return cost_of(space.from_json([written(rule, element)]))


def laid_out(rule: Rule, element: Element, encoder: Callable[[Singles], Encoded]) -> Peer:
    """A peer with the bytes of a layout.

    Args:
        rule: The layout.
        element: Its levels.
        encoder: float32[n] to what is packed.
    """
    levels = element.levels(rule)
    return Peer(
        encode=lambda weights: pack(rule, encoder(weights)),
        decode=lambda data, n: decode(rule, levels, n, data),
        cost=cost(rule, element),
    )


def in_blocks(weights: Singles, size: int) -> Singles:
    """float32[blocks, size], the last weight repeated where the last block is not full."""
    flat = weights.reshape(-1)
    return np.pad(flat, (0, -flat.size % size), mode="edge").reshape(-1, size)


def nearest(levels: NDArray[np.floating[Any]], x: Singles) -> NDArray[np.uint8]:
    """uint8 of x's shape, the code of the level nearest to each number; of two the lower one."""
    order = np.argsort(levels, kind="stable")
    rising = levels[order]
    between = 0.5 * rising[1:] + 0.5 * rising[:-1]
    return np.asarray(order[np.searchsorted(between, x)], np.uint8)


def stored(rule: Rule, sizes: Singles) -> tuple[NDArray[np.uint32], Singles]:
    """Codes of the scales nearest to given sizes, and the scales, both of shape [blocks]."""
    values = magnitudes(rule, np.arange(_codes(rule), dtype=np.uint32))
    codes = np.searchsorted(0.5 * values[1:] + 0.5 * values[:-1], sizes).astype(np.uint32)
    return codes, values[codes]


def _codes(rule: Rule) -> int:
    """How many magnitudes scales have; the last codes of floats of a byte are no numbers."""
    return (1 << rule.magnitude) - (rule.codec in (3, 4))


def encoded(
    n: int,
    codes: NDArray[np.uint8],
    scales: NDArray[np.uint32],
    unit: float | np.float32 = 1.0,
    offsets: NDArray[np.uint32] | None = None,
    below: NDArray[np.bool_] | None = None,
) -> Encoded:
    """What is packed of n weights.

    Args:
        n: How many weights there are.
        codes: uint8[blocks, size].
        scales: uint32[blocks], codes of the magnitudes.
        unit: Of the scales of the tensor, where they have one.
        offsets: uint32[blocks], codes of the magnitudes.
        below: bool[blocks], where offsets, or scales if there are none, are negative.
    """
    none, minus = np.zeros_like(scales), np.zeros(len(scales), np.uint8)
    signs = minus if below is None else below.astype(np.uint8)
    return Encoded(
        codes=codes.reshape(-1)[:n],
        scales=scales,
        negative=signs if offsets is None else minus,
        offsets=none if offsets is None else offsets,
        below=minus if offsets is None else signs,
        choices=minus,
        units=np.full((1, 2), unit, np.float32),
    )


def ratio(blocks: Singles, scale: Singles) -> Singles:
    """Blocks in units of their scales, 0 where a scale is 0."""
    return np.divide(blocks, scale[:, None], out=np.zeros_like(blocks), where=scale[:, None] != 0)


def squares(blocks: Singles, back: Singles) -> NDArray[np.float64]:
    """float64[blocks], squared errors."""
    return np.asarray(((blocks.astype(np.float64) - back) ** 2).sum(axis=1))

"""Peers with one scale for a whole tensor and a search of their own: NUPES, LLM-FP4."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.quantizers.formats.peers.peer import (
    Peer,
    Singles,
    cost,
    encoded,
    nearest,
)
from elitemap.searchspaces.quantizers.formats.elements import MIRRORED, Element
from elitemap.searchspaces.quantizers.formats.packing import decode, pack
from elitemap.searchspaces.quantizers.formats.rule import FP32, Rule

_RULE = Rule(4, 0, FP32, 0, 0, 0, 0, 0, 0)

#: Weights that a search looks at, evenly from all.
_LOOKED = 1 << 15

#: Exponents and bits of a mantissa that LLM-FP4 chooses between.
_FLOATS = ((3, 0), (2, 1), (1, 2))

#: Parts of the largest weight that the last level may go to, as LLM-FP4 tries them.
_PARTS = np.linspace(0.01, 1.2, 100)

#: Powers and parts of the largest weight that are tried for NUPES, coarsely and about the best.
_POWERS, _REACHES, _STEPS = (0.3, 1.0), (0.1, 1.0), 15


def _sampled(weights: Singles) -> Singles:
    """Not many more weights than are looked at, evenly from all."""
    flat = weights.reshape(-1)
    return flat[:: max(1, flat.size // _LOOKED)]


Numbers = NDArray[np.uint8]


def _parts(x: Singles, scale: float) -> Singles:
    return np.asarray(x / np.float32(scale), np.float32)


@dataclass(frozen=True)
class _Way:
    """A family of symmetric levels.

    Attributes:
        head: Bytes that tell the member.
        sizes: Those bytes to float64[8], magnitudes of levels, the largest of them 1.
        code: Those bytes and magnitudes, float32[n], 1 the largest level, to uint8[n].
        chosen: Weights float32[n] to the bytes and the scale.
    """

    head: int
    sizes: Callable[[bytes], NDArray[np.float64]]
    code: Callable[[bytes, Singles], Numbers]
    chosen: Callable[["_Way", Singles], tuple[bytes, float]]

    def error(self, told: bytes, scale: float, x: Singles) -> float:
        """Mean squared error of weights."""
        size = np.abs(x)
        back = self.sizes(told)[self.code(told, _parts(size, scale))] * scale
        return float(((size - back) ** 2).mean())

    def encode(self, weights: Singles) -> bytes:
        """The bytes that tell the member, then those of the layout."""
        flat = weights.reshape(-1)
        told, scale = self.chosen(self, flat)
        codes = self.code(told, _parts(np.abs(flat), scale)) | np.signbit(flat) * np.uint8(8)
        bits = np.array([scale], np.float32).view(np.uint32)
        return told + pack(_RULE, encoded(flat.size, codes[None], bits))

    def decode(self, data: bytes, n: int) -> Singles:
        """The weights of bytes."""
        sizes = self.sizes(data[: self.head])
        levels = np.concatenate([sizes, -sizes]).astype(np.float32)
        return decode(_RULE, levels[None], n, data[self.head :])

    def peer(self) -> Peer:
        """The peer; its cost is that of a table of magnitudes."""
        table = Element(MIRRORED, None, tuple(map(float, range(8))))
        return Peer(self.encode, self.decode, cost(_RULE, table))


def minifloat(exponents: int, mantissas: int) -> NDArray[np.float64]:
    """float64[2^(e + m)], magnitudes of a small float, smallest first, its largest 1."""
    steps = 1 << mantissas
    made = [float(k) for k in range(steps)]
    for exponent in range(1, 1 << exponents):
        made += [(steps + k) * 2.0 ** (exponent - 1) for k in range(steps)]
    return np.array(made) / made[-1]


def _float_chosen(way: _Way, weights: Singles) -> tuple[bytes, float]:
    x, most = _sampled(weights), float(np.abs(weights).max()) or 1.0
    tried = product(range(len(_FLOATS)), _PARTS)
    _, kind, part = min((way.error(bytes([k]), most * p, x), k, p) for k, p in tried)
    return bytes([kind]), most * part


def llm_fp4() -> Peer:
    """LLM-FP4 (Liu et al., arXiv 2310.16836): the best of three floats and 100 largest levels.

    The error is that of the weights, which is that of outputs for inputs without correlation. A
    byte says which float.
    """

    def sizes(told: bytes) -> NDArray[np.float64]:
        return minifloat(*_FLOATS[told[0]])

    def code(told: bytes, x: Singles) -> Numbers:
        return nearest(sizes(told), x)

    return _Way(1, sizes, code, _float_chosen).peer()


def _power(told: bytes) -> float:
    return float(np.frombuffer(told, "<f4")[0])


def _power_chosen(way: _Way, weights: Singles) -> tuple[bytes, float]:
    """The power and the largest level of least error, first of all, then about the best."""
    x, most = _sampled(weights), float(np.abs(weights).max()) or 1.0
    best = (np.inf, float(np.mean(_POWERS)), float(np.mean(_REACHES)))
    spans = np.ptp(_POWERS) / 2, np.ptp(_REACHES) / 2
    for narrow in (1.0, 0.1, 0.02):
        at = [
            middle + span * narrow * np.linspace(-1, 1, _STEPS)
            for middle, span in zip(best[1:], spans, strict=True)
        ]
        best = min(
            (way.error(np.float32(a).tobytes(), most * r, x), float(a), float(r))
            for a, r in product(*at)
        )
    return np.float32(best[1]).tobytes(), most * best[2]


def nupes() -> Peer:
    """NUPES (Yvinec et al., arXiv 2308.05600): rounding after a power of the magnitude.

    Power and largest level are searched together for the least error; four bytes say the power.
    """

    def sizes(told: bytes) -> NDArray[np.float64]:
        return np.asarray((np.arange(8) / 7.0) ** (1.0 / _power(told)))

    def code(told: bytes, x: Singles) -> Numbers:
        uniform = np.rint(7.0 * x ** np.float32(_power(told)))
        return np.asarray(np.minimum(uniform, 7), np.uint8)

    return _Way(4, sizes, code, _power_chosen).peer()

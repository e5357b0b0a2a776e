"""What the exported C takes to encode, to decode, and to multiply with numbers: nanoseconds."""

import ctypes
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.native.pointers import pointer
from elitemap.native.toolchain import compile_library
from elitemap.searchspaces.quantizers.formats.elements import Element
from elitemap.searchspaces.quantizers.formats.encoding import encode
from elitemap.searchspaces.quantizers.formats.packing import pack
from elitemap.searchspaces.quantizers.formats.quantizers import read
from elitemap.searchspaces.quantizers.formats.rule import Rule
from elitemap.searchspaces.quantizers.formats.to_c import to_c

#: Weights that are coded at a time, and how often; the fastest time counts.
WEIGHTS, TURNS = 1 << 18, 15

#: How often two formats take turns.
BESIDE = 60

_FLAGS = "-std=c99 -O3 -march=native -ffp-contract=off".split()

_NAME = "timed"


def throughput(document: Mapping[str, Any]) -> dict[str, float]:
    """Nanoseconds a weight on this machine, by exported C on one core.

    Raises:
        FormatError: If the document is no quantizer.
        SearchError: If there is no C compiler.
    """
    rule, element = read(document)
    levels = element.levels(rule)
    weights = _drawn()
    data = np.frombuffer(pack(rule, encode(rule, levels, weights)), np.uint8).copy()
    library = _built(rule, element)
    count, back = ctypes.c_size_t(WEIGHTS), np.empty_like(weights)
    encode_to, decode, dot = library.timed_encode, library.timed_decode, library.timed_dot
    again = np.empty_like(data)
    dot.restype = ctypes.c_float
    return {
        "encode_ns": _least(lambda: encode_to(pointer(weights), count, pointer(again))),
        "decode_ns": _least(lambda: decode(pointer(data), count, pointer(back))),
        "dot_ns": _least(lambda: dot(pointer(data), pointer(weights), count)),
    }


def encoding_beside(one: tuple[Rule, Element], other: tuple[Rule, Element]) -> tuple[float, float]:
    """Nanoseconds a weight that two formats take to encode, in turns on the same machine.

    Raises:
        SearchError: If there is no C compiler.
    """
    weights, count = _drawn(), ctypes.c_size_t(WEIGHTS)
    calls = [
        (_built(*pair).timed_encode, np.empty(pair[0].bytes(WEIGHTS), np.uint8))
        for pair in (one, other)
    ]
    least = [float("inf"), float("inf")]
    for _ in range(BESIDE):
        for k, (call, made) in enumerate(calls):
            started = time.perf_counter()
            call(pointer(weights), count, pointer(made))
            least[k] = min(least[k], time.perf_counter() - started)
    return least[0] / WEIGHTS * 1e9, least[1] / WEIGHTS * 1e9


def _drawn() -> NDArray[np.float32]:
    return np.random.default_rng(0).standard_normal(WEIGHTS).astype(np.float32)


def _built(rule: Rule, element: Element) -> ctypes.CDLL:
    """The exported C of a quantizer, compiled."""
    with tempfile.TemporaryDirectory() as folder:
        source, built = Path(folder, f"{_NAME}.c"), Path(folder, f"{_NAME}.so")
        source.write_text(to_c(rule, element, _NAME, "timed"))
        compile_library(source, built, _FLAGS)
        return ctypes.CDLL(str(built))


def _least(call: Callable[[], Any]) -> float:
    least = float("inf")
    for _ in range(TURNS):
        started = time.perf_counter()
        call()
        least = min(least, time.perf_counter() - started)
    return least / WEIGHTS * 1e9

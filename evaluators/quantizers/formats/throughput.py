"""What the exported C takes to encode, to decode, and to multiply with numbers: nanoseconds."""

import ctypes
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from elitemap.native.pointers import pointer
from elitemap.native.toolchain import compile_library
from elitemap.searchspaces.quantizers.formats.encoding import encode
from elitemap.searchspaces.quantizers.formats.packing import pack
from elitemap.searchspaces.quantizers.formats.quantizers import read
from elitemap.searchspaces.quantizers.formats.to_c import to_c

#: Weights that are coded at a time, and how often; the fastest time counts.
WEIGHTS, TURNS = 1 << 18, 15

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
    weights = np.random.default_rng(0).standard_normal(WEIGHTS).astype(np.float32)
    data = np.frombuffer(pack(rule, encode(rule, levels, weights)), np.uint8).copy()
    with tempfile.TemporaryDirectory() as folder:
        source, built = Path(folder, f"{_NAME}.c"), Path(folder, f"{_NAME}.so")
        source.write_text(to_c(rule, element, _NAME, "timed"))
        compile_library(source, built, _FLAGS)
        library = ctypes.CDLL(str(built))
    count, back = ctypes.c_size_t(WEIGHTS), np.empty_like(weights)
    encode_to, decode, dot = library.timed_encode, library.timed_decode, library.timed_dot
    again = np.empty_like(data)
    dot.restype = ctypes.c_float
    return {
        "encode_ns": _least(lambda: encode_to(pointer(weights), count, pointer(again))),
        "decode_ns": _least(lambda: decode(pointer(data), count, pointer(back))),
        "dot_ns": _least(lambda: dot(pointer(data), pointer(weights), count)),
    }


def _least(call: Callable[[], Any]) -> float:
    least = float("inf")
    for _ in range(TURNS):
        started = time.perf_counter()
        call()
        least = min(least, time.perf_counter() - started)
    return least / WEIGHTS * 1e9

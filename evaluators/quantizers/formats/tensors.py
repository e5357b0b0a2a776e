"""A user's tensors: which are weights, and what a search looks at of them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import UsageError
from elitemap.evaluators.quantizers.formats.measuring import Weights

#: Tensors with fewer weights stay as they are: biases, norms.
LEAST = 256

#: Weights that are taken together: a super-block.
_RUN = 256


def tensors(arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
    """The arrays to be quantized, float32[n] each, by name.

    Raises:
        UsageError: If one of them is of no floating-point type, a number is beyond float32, or
            none has as many as :data:`LEAST` weights.
    """
    found = {}
    for name in sorted(arrays):
        array = arrays[name]
        if array.size < LEAST:
            continue
        if array.dtype.kind != "f":
            raise UsageError(
                f"expected weights of a floating-point type as {name[:60]!r}, got {array.dtype}: "
                "leave it out or convert it"
            )
        with np.errstate(over="ignore"):
            single = array.astype(np.float32).reshape(-1)
        if not np.isfinite(single).all():
            raise UsageError(f"expected weights within float32 as {name[:60]!r}, got larger ones")
        if single.any():
            found[name] = single
    if not found:
        raise UsageError(
            f"expected a tensor of at least {LEAST} weights that are not all 0, got none"
        )
    return found


def sampled(found: Mapping[str, NDArray[np.float32]], most: int) -> Weights:
    """About so many weights at most, in runs from all tensors, each tensor at unit mean square."""
    total = sum(t.size for t in found.values())
    parts = []
    for tensor in found.values():
        runs = tensor.size // _RUN
        wanted = max(1, round(runs * min(1.0, most / total)))
        chosen = np.linspace(0, runs - 1, wanted).astype(np.intp)
        part = tensor[: runs * _RUN].reshape(runs, _RUN)[chosen].reshape(-1)
        power = float(np.sqrt((tensor.astype(np.float64) ** 2).mean()))
        if part.any():
            parts.append((part / power).astype(np.float32))
    return Weights.of(*parts)

"""Arrays that belong to a user's tensors, by their names."""

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from elitemap.archive.errors import UsageError

#: What llama.cpp's files of importance add to the name of a tensor.
_SUMS = ".in_sum2"


def by_name(
    found: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], what: str
) -> dict[str, NDArray[Any] | None]:
    """The array of each tensor, None for those without.

    Args:
        found: Tensors by name.
        arrays: By the same names, or with ``.in_sum2`` behind them; where there is one tensor and
            one array, whatever they are called.
        what: What the arrays are, for people.

    Raises:
        UsageError: If no array belongs to a tensor.
    """
    if len(found) == len(arrays) == 1:
        return dict(zip(found, arrays.values(), strict=True))
    chosen = {name: arrays.get(name, arrays.get(name + _SUMS)) for name in found}
    if all(array is None for array in chosen.values()):
        told, names = ", ".join(map(repr, list(arrays)[:3])), ", ".join(map(repr, list(found)[:3]))
        raise UsageError(
            f"expected {what} of tensors such as {names[:90]}, got arrays such as {told[:90]}: "
            "give them the names of the tensors"
        )
    return chosen

"""Numbers of ``--set``, read and refused in one way for all targets."""

from collections.abc import Mapping

from elitemap.archive.errors import UsageError
from elitemap.searchspaces.quantizers.tabled import TABLES


def whole(options: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    """An option as a whole number.

    Raises:
        UsageError: If it is none from ``least`` to ``most``.
    """
    text = options.get(name, str(default))
    try:
        value = int(text)
        if not least <= value <= most:
            raise ValueError
    except ValueError:
        raise UsageError(
            f"expected {name} as a whole number from {least} to {most}, got {text[:40]!r}"
        ) from None
    return value


def table(options: Mapping[str, str], default: int) -> int:
    """The size of a table that indices are taken modulo.

    Raises:
        UsageError: If it is none of :data:`TABLES`.
    """
    sizes = list(map(str, TABLES))
    text = options.get("table", str(default))
    if text not in sizes:
        raise UsageError(f"expected table as one of {', '.join(sizes)}, got {text[:40]!r}")
    return int(text)

"""elitemap discovers small programs and keeps the best of every kind.

``elitemap.search(space, target, ...)`` is what ``elitemap search`` does, for scripts and notebooks.
"""

from importlib import import_module
from importlib.metadata import version
from typing import Any

__version__ = version("elitemap")

#: Imported when first asked for: most of the package is not needed to start.
_LAZY = ("Found", "Result", "search")


def __getattr__(name: str) -> Any:
    """The names for scripts."""
    if name in _LAZY:
        return getattr(import_module("elitemap.terminal.scripting"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

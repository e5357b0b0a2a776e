"""Executors of other packages, or of a user's own, by import path."""

import importlib
import os
import sys
from collections.abc import Callable
from concurrent.futures import Executor

from elitemap.archive.errors import ElitemapError, UsageError


def named_executor(text: str) -> Callable[[int], Executor]:
    """What opens executors with so many workers, such as ``mpi4py.futures:MPIPoolExecutor``.

    The module is imported as ``import`` does, and then from the current folder.

    Args:
        text: ``module:factory``; the factory is called with the number of workers.

    Raises:
        UsageError: If the text names nothing that can be called.
    """
    module, colon, name = text.partition(":")
    if not colon or not all(part.isidentifier() for part in (*module.split("."), name)):
        raise UsageError(f"expected an executor as module:factory, got {text[:80]!r}")
    if os.getcwd() not in sys.path:
        sys.path.append(os.getcwd())
    try:
        factory = getattr(importlib.import_module(module), name, None)
    # Whatever somebody's module does when it is imported is told as what it is.
    except (Exception, SystemExit) as error:
        raise UsageError(
            f"cannot import the module of {text[:80]!r}, {type(error).__name__}: {error}; install "
            "or repair it"
        ) from error
    if not callable(factory):
        got = "nothing of that name" if factory is None else type(factory).__name__
        raise UsageError(f"expected a factory of executors {text[:80]!r}, got {got}")

    def opened(workers: int) -> Executor:
        """The executor.

        Raises:
            ElitemapError: If the factory fails, or makes something else.
        """
        try:
            executor = factory(workers)
        # Somebody's factory may fail in any way.
        except Exception as error:
            raise ElitemapError(
                f"{text[:80]!r} made no executor, {type(error).__name__}: {error}"
            ) from error
        if not isinstance(executor, Executor):
            raise UsageError(
                f"expected a concurrent.futures.Executor of {text[:80]!r}, got "
                f"{type(executor).__name__}: wrap it, as docs/guides/cluster.md shows"
            )
        return executor

    return opened

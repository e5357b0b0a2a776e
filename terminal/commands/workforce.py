"""Who works for a search: processes here, a Dask cluster, or any other executor."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from elitemap.archive.errors import UsageError
from elitemap.engine.running.executors import open_executor


@dataclass(frozen=True)
class Workforce:
    """What a user asks for.

    Attributes:
        recruit: Opens an executor with so many workers.
        workers: How many there are, where that is not for the user to say.
        place: Where they are, empty on this machine.
    """

    recruit: Callable[[int], Executor] = open_executor
    workers: int | None = None
    place: str = ""


def workforce(cluster: str | None, executor: str | None, trusted: bool) -> Workforce:
    """Connect to a cluster, or find what makes executors.

    Args:
        cluster: Its address, or None.
        executor: ``module:factory``, or None.
        trusted: Whether the user vouches for the network.

    Raises:
        UsageError: If an address or a name is none, or both are given.
        SearchError: If the cluster cannot be reached.
    """
    if cluster is not None and executor is not None:
        raise UsageError("expected either --cluster or --executor, got both: drop one")
    if trusted and cluster is None:
        raise UsageError("expected --trust-network with --cluster only: drop it")
    if executor is not None:
        from elitemap.engine.running.named_executor import named_executor

        return Workforce(named_executor(executor), place=executor)
    if cluster is None:
        return Workforce()
    from elitemap.engine.running.cluster import ClusterExecutor, check_address

    check_address(cluster, trusted)
    waiting = [ClusterExecutor(cluster)]

    def recruit(workers: int) -> Executor:
        """The first one is connected already."""
        return waiting.pop() if waiting else ClusterExecutor(cluster)

    return Workforce(recruit, waiting[0].workers(), cluster)

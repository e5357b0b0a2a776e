"""Workers of a Dask cluster as an executor: who is there, who fits, and who has what.

The cluster exists already, and its workers need nothing but the same version of this package. Its
futures become those of ``concurrent.futures``: whatever goes wrong with a worker, a scheduler or a
network ends a future with an error, and the dispatcher gives the job again.
"""

import hashlib
import ipaddress
import platform
import re
import threading
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future
from functools import cache, partial
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar

from elitemap import __version__
from elitemap.archive.errors import SearchError, UsageError
from elitemap.engine.running.memory import keep_memory

T = TypeVar("T")

#: Seconds to reach a scheduler, and the most that its workers take to say what they are.
CONNECT, ANSWER = 30, 60

#: Bytes of a job of which Dask would warn: a whole state has some megabytes.
LARGE = "256MiB"

_ADDRESS = re.compile(
    r"(?P<scheme>tcp|tls)://(?P<host>\[[0-9a-fA-F:.%]+\]|[^\[\]:/]+):(?P<port>\d+)"
)


class ForeignWorkerError(Exception):
    """A worker that has another version; the arguments are its address and what differs."""


def check_address(address: str, trusted: bool) -> None:
    """Refuse what is no address, and what is neither encrypted nor on this machine.

    Who reaches a scheduler without encryption can run code on all machines of the cluster.

    Args:
        address: Such as ``tcp://127.0.0.1:8786``.
        trusted: Whether the user vouches for the network.

    Raises:
        UsageError: In one line, with the cure.
    """
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise UsageError(
            f"expected a cluster as tcp://HOST:PORT or tls://HOST:PORT, got {address[:80]!r}"
        )
    if found["scheme"] == "tcp" and not trusted and not _loopback(found["host"].strip("[]")):
        raise UsageError(
            f"{address[:80]} is not on this machine and not encrypted, so anybody in that network "
            "could run code on it: use tls://, or say --trust-network"
        )


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@cache
def about() -> Mapping[str, str]:
    """What must be the same on all machines, or results would differ."""
    found = {
        "elitemap": f"{__version__} ({_sources()[:12]})",
        "Python": ".".join(platform.python_version_tuple()[:2]),
    }
    for package in ("numpy", "distributed"):
        found[package] = metadata.version(package)
    return found


def _sources() -> str:
    """A hash of the installed sources: a checkout has the version of its last release."""
    root = Path(__file__).resolve().parents[2]
    total = hashlib.sha256()
    for room in ("engine", "evaluators", "searchspaces", "formulas", "native", "archive"):
        for file in sorted((root / room).rglob("*")):
            if file.suffix in (".py", ".c", ".h", ".csv"):
                total.update(file.relative_to(root).as_posix().encode() + b"\0")
                total.update(file.read_bytes())
    return total.hexdigest()


def different(mine: Mapping[str, str], theirs: Mapping[str, str]) -> str:
    """What differs, in words; empty if nothing does."""
    return ", ".join(
        f"{name} {theirs.get(name, 'none')} instead of {mine[name]}"
        for name in mine
        if theirs.get(name) != mine[name]
    )


def there(expected: Mapping[str, str], fn: Callable[..., T], arguments: tuple[Any, ...]) -> Any:
    """Run a task in a worker: its address, and the result.

    Raises:
        ForeignWorkerError: If the worker has another version.
    """
    from distributed import get_worker

    address = str(get_worker().address)
    if unlike := different(expected, about()):
        raise ForeignWorkerError(address, unlike)
    keep_memory()
    return address, fn(*arguments)


class ClusterExecutor(Executor):
    """The workers of a cluster; threads of one count once, because one works at a time."""

    def __init__(self, address: str) -> None:
        """Connect, and see that all workers have this version.

        Raises:
            SearchError: If nobody answers, or there is no worker.
            UsageError: If a worker has another version, or Dask is not installed.
        """
        self._client = _connected(address)
        self._address, self._expected = address, about()
        self._homes: dict[int, str] = {}
        self._foreign: set[str] = set()
        self._tasks: dict[Future[Any], Any] = {}
        self._lock = threading.Lock()
        try:
            self._inspect()
        except BaseException:
            self._client.close()
            raise

    def _inspect(self) -> None:
        from distributed.comm.core import CommClosedError

        if not self._addresses():
            raise SearchError(
                f"the cluster at {self._address} has no workers: start some with "
                f"`dask worker {self._address}`, then go on"
            )
        try:
            answers = self._client.run(about, on_error="return")
        except (OSError, CommClosedError, TimeoutError) as error:
            raise SearchError(f"the workers of {self._address} do not answer: {error}") from error
        for worker, answer in sorted(answers.items()):
            if isinstance(answer, BaseException):
                raise UsageError(
                    f"the worker {worker} has no elitemap {__version__}: install it there "
                    f"({type(answer).__name__}: {answer})"
                )
            if unlike := different(self._expected, answer):
                raise UsageError(
                    f"the worker {worker} has {unlike}: install the same there, or leave it out"
                )

    def _addresses(self) -> list[str]:
        """Addresses of the workers that are there now and have this version."""
        # A client that has lost its scheduler for good knows of none.
        known = self._client.scheduler_info(n_workers=-1).get("workers", ())
        return [address for address in known if address not in self._foreign]

    def workers(self) -> int:
        """How many there are now."""
        return len(self._addresses())

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        """Submit a task to any worker."""
        return self.submit_near(None, partial(fn, **kwargs) if kwargs else fn, *args)

    def submit_near(self, place: int | None, fn: Callable[..., T], /, *args: Any) -> "Future[T]":
        """Submit a task to the worker that had the last one of its place, if it is there.

        Raises:
            BrokenExecutor: If the scheduler is out of reach; another connection may find it again.
        """
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        self._give(future, place, fn, args)
        return future

    def _give(
        self, future: "Future[Any]", place: int | None, fn: Callable[..., Any], args: Any
    ) -> None:
        self._check_reachable()
        addresses = self._addresses()
        home = self._homes.get(place) if place is not None else None
        chosen = [home] if home in addresses else addresses if self._foreign else None
        task = self._client.submit(
            there,
            self._expected,
            fn,
            args,
            key=f"elitemap-{uuid.uuid4().hex}",
            pure=False,
            retries=0,
            workers=chosen,
            allow_other_workers=chosen is not None,
        )
        self._check_reachable()
        self._tasks[future] = task
        task.add_done_callback(partial(self._ended, future, place, fn, args))

    def _check_reachable(self) -> None:
        """Raise where a task would be lost without a word.

        Of a task that is given while the client looks for its scheduler again nobody hears, if that
        is not found.
        """
        if self._client.status != "running":
            raise BrokenExecutor(f"the scheduler of {self._address} is out of reach")

    def _ended(
        self,
        future: "Future[Any]",
        place: int | None,
        fn: Callable[..., Any],
        args: Any,
        task: Any,
    ) -> None:
        """Take what became of a task; a worker that does not fit gets no more of them."""
        if self._tasks.pop(future, None) is None:
            task.release()
            return
        try:
            address, result = task.result()
        except ForeignWorkerError as error:
            with self._lock:
                self._foreign.add(error.args[0])
            self._again(future, place, fn, args, error)
        # Whatever Dask raises, KilledWorker and CancelledError among it, means a lost worker.
        except BaseException as error:
            future.set_exception(_lost(error))
        else:
            if place is not None:
                self._homes[place] = address
            future.set_result(result)
        finally:
            task.release()

    def _again(
        self,
        future: "Future[Any]",
        place: int | None,
        fn: Callable[..., Any],
        args: Any,
        error: BaseException,
    ) -> None:
        if not self._addresses():
            future.set_exception(error)
            return
        try:
            self._give(future, place, fn, args)
        except Exception as other:  # the client may have been closed meanwhile
            future.set_exception(_lost(other))

    def forsake(self, future: "Future[Any]") -> None:
        """Give up a task, and have its worker started anew; or it gets no more of them."""
        task = self._tasks.pop(future, None)
        if task is not None:
            threading.Thread(target=self._renew, args=(task,), daemon=True).start()

    def _renew(self, task: Any) -> None:
        """Find the worker of a task and end it; without its nanny it only gets no more of them."""
        try:
            busy = self._client.processing()
            homes = [worker for worker, keys in busy.items() if task.key in keys]
            with self._lock:
                self._foreign.update(homes)
            self._client.cancel([task], force=True)
            told = self._client.restart_workers(homes, timeout=ANSWER, raise_for_error=False)
        # No nanny; or no scheduler any more, of which every other task tells.
        except (ValueError, OSError, TimeoutError):
            return
        with self._lock:  # a new worker may come with the old one's address
            self._foreign.difference_update(home for home in homes if told[home] == "OK")

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster; what runs there for nobody is forgotten by its scheduler."""
        self._client.close(timeout=5)


def _lost(error: BaseException) -> Exception:
    """An error as an ordinary one: Dask cancels by a BaseException."""
    return error if isinstance(error, Exception) else SearchError(type(error).__name__)


def _connected(address: str) -> Any:
    try:
        import dask
        from distributed import Client
    except ImportError:
        raise UsageError(
            "expected Dask for --cluster, got none: pip install 'elitemap[cluster]'"
        ) from None
    dask.config.set({"distributed.admin.large-graph-warning-threshold": LARGE})
    try:
        return Client(address, timeout=CONNECT, set_as_default=False, name="elitemap")
    except (OSError, ValueError, TypeError) as error:
        raise SearchError(
            f"cannot reach the cluster at {address}, {type(error).__name__}: {error}; check that "
            "its scheduler runs" + (", and its certificates" if address.startswith("tls") else "")
        ) from error

"""Executors that keep no more than what ``concurrent.futures`` promises, and some less."""

import pickle
import threading
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor


class WorkerVanishedError(Exception):
    """How a foreign executor may say that a worker was lost: no BrokenExecutor."""


class Stubborn(ThreadPoolExecutor):
    """Its shutdown knows no ``cancel_futures``, as Dask's."""

    def shutdown(self, wait=True):
        super().shutdown(wait=wait)


class EveryFifth:
    """Tells every fifth task, but no job twice: one that is lost three times ends a search."""

    def __init__(self):
        self.submitted, self.told = 0, []

    def is_next(self, arguments):
        self.submitted += 1
        if self.submitted % 5 or any(each is arguments for each in self.told):
            return False
        self.told.append(arguments)
        return True


class Losing(Stubborn):
    """Loses every fifth worker, after its work was done."""

    def __init__(self, workers):
        super().__init__(workers)
        self.lost = EveryFifth()

    def submit(self, fn, /, *args):
        if self.lost.is_next(args[-2]):
            return super().submit(vanish, fn, *args)
        return super().submit(fn, *args)


def vanish(fn, *args):
    fn(*args)
    raise WorkerVanishedError


class Cancelling(Stubborn):
    """Cancels every fifth future of its own accord."""

    def __init__(self, workers):
        super().__init__(workers)
        self.cancelled = EveryFifth()

    def submit(self, fn, /, *args):
        if not self.cancelled.is_next(args[-2]):
            return super().submit(fn, *args)
        future = Future()
        future.cancel()
        future.set_running_or_notify_cancel()
        return future


class Pure(Stubborn):
    """Gives equal calls one future, as Dask's ``pure=True``, failed ones as well."""

    def __init__(self, workers):
        super().__init__(workers)
        self.known = {}

    def submit(self, fn, /, *args):
        call = pickle.dumps((fn, args))
        if call not in self.known:
            lost = len(self.known) % 5 == 4
            self.known[call] = super().submit(*(vanish,) * lost, fn, *args)
        return self.known[call]


class Liar(Future):
    """Says that it was cancelled, and brings its result all the same."""

    def cancel(self):
        return True


class Late(Executor):
    """Runs a task at once, and tells its result when somebody asks for it to."""

    def __init__(self, workers=1):
        self.held = []
        self.lock = threading.Lock()

    def submit(self, fn, /, *args):
        future = Liar()
        with self.lock:
            self.held.append((future, fn(*args)))
        return future

    def release(self, which=slice(None)):
        with self.lock:
            told = self.held[which]
            del self.held[which]
        for future, result in told:
            future.set_result(result)

    def shutdown(self, wait=True):
        pass


class Brittle(Executor):
    """Ends what runs when it is told to, and breaks with all of it if that includes the poison."""

    def __init__(self, poison):
        self.poison, self.running, self.broken = poison, [], False

    def submit(self, fn, /, *args):
        if self.broken:
            raise BrokenExecutor
        future = Future()
        self.running.append((future, fn, args))
        return future

    def end(self):
        self.broken = any(args[-2] == self.poison for _, _, args in self.running)
        for future, fn, args in self.running:
            if self.broken:
                future.set_exception(BrokenExecutor())
            else:
                future.set_result(fn(*args))
        self.running.clear()

    def shutdown(self, wait=True, cancel_futures=False):
        self.broken = True


class Refusing(Executor):
    """Takes no task."""

    def __init__(self, workers=1):
        pass

    def submit(self, fn, /, *args):
        raise WorkerVanishedError("no workers")


class Silent(Executor):
    """Runs a task at once, but never answers a job whose argument is among the silent."""

    def __init__(self, silent):
        self.silent, self.calls = silent, 0

    def submit(self, fn, /, *args):
        self.calls += 1
        future = Future()
        future.set_running_or_notify_cancel()
        if args[-2][0] not in self.silent:
            future.set_result(fn(*args))
        return future

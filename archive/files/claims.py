"""One process per run: whoever searches holds a lock beside the archive until it ends.

The system gives the lock back however the process ends, so a killed search can be resumed at once,
and everybody can see that it is over. The first byte of the file is the claim. Whoever has that
locks the second byte as well, and waits for those who share it for a moment to see whether it is
held: so looking never keeps anybody from claiming.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from elitemap.archive.errors import ArchiveError, UsageError

#: Bytes of the file.
_CLAIM, _SIGHT = 0, 1


def searched(archive: Path, run: str) -> bool:
    """Whether another process on this machine is searching for a run; also where it is not known.

    Not for a process that has claimed the run: it would lose its lock by looking.

    Args:
        archive: The file.
        run: Id of the run.
    """
    try:
        file = os.open(_place(archive, run), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    except OSError:  # that of another user
        return True
    try:
        fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, _SIGHT)
    except OSError:
        return True
    finally:
        os.close(file)
    return False


@contextmanager
def claimed(archive: Path, run: str) -> Iterator[None]:
    """While the context lasts, no other process on this machine may search for the run.

    Args:
        archive: The file; its folder can be written.
        run: Id of the run.

    Raises:
        UsageError: If another process is searching for it.
        ArchiveError: If the folder of the archive cannot be written.
    """
    path = _place(archive, run)
    try:
        file = _locked(path)
    except BlockingIOError:
        raise UsageError(
            f"run {run} is being searched by another process: wait until it ends, or stop it first"
        ) from None
    except OSError as error:
        raise ArchiveError(
            f"{path} cannot be written ({error.strerror}): allow writing to the archive's folder"
        ) from error
    try:
        yield
    finally:
        path.unlink(missing_ok=True)  # still locked, so nobody else can have taken it up
        os.close(file)


def _place(archive: Path, run: str) -> Path:
    return Path(f"{archive.resolve()}-{run}.lock")


def _locked(path: Path) -> int:
    """The descriptor of the file, locked.

    Raises:
        BlockingIOError: If another process has locked it.
        OSError: If it cannot be opened.
    """
    while True:
        file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        with ExitStack() as undo:
            undo.callback(os.close, file)
            # A POSIX lock: one of flock would live on in workers that outlive this process.
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _CLAIM)
            fcntl.lockf(file, fcntl.LOCK_EX, 1, _SIGHT)
            # Another process may have removed the file between the two steps.
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file), path.stat()):
                    undo.pop_all()
                    return file

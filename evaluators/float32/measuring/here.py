"""The model of this CPU: measured at first use, kept for the next, given up where that is vain."""

import hashlib
import os
import platform
import tempfile
from pathlib import Path
from statistics import median

from elitemap.archive.errors import SearchError, UsageError
from elitemap.evaluators.float32.compiled import FLAGS
from elitemap.evaluators.float32.measuring.model import MEASURED, Fitted, read
from elitemap.native.cache import cache_base
from elitemap.native.toolchain import compiler_name

#: The model that is taken where none can be measured.
STATIC = "avx512"

#: Which random programs are measured, and how many files of them.
_SEED, _BATCHES = 0, 2

#: Rank correlation with its own programs below which a model says nothing of this CPU.
_SOUND = 0.9

#: Changes when models are made otherwise, so that older ones are not taken for new ones.
_EDITION = 3


def settle(value: str) -> str:
    """What the option ``cpu`` stands for on this machine: ``measured`` becomes a model as text.

    Where there is no compiler, or the machine is too busy, it is the static one and why.
    """
    if value != MEASURED:
        return value
    try:
        return here().text
    except SearchError as error:
        return f"{STATIC}: not measured, {error}"


def here() -> Fitted:
    """The model of this CPU, kept in the user's cache.

    Raises:
        SearchError: If there is no compiler, or times are not steady enough.
    """
    path = cache_base() / f"cycles-{_digest()}.txt"
    try:
        return read(path.read_text().strip())
    except (OSError, UsageError):
        pass
    found = _measured()
    try:
        _keep(path, found.text)
    except OSError as error:
        raise SearchError(
            f"cannot keep the model of costs in {path.parent} ({error.strerror}); "
            "set ELITEMAP_CACHE to a folder that can be written"
        ) from error
    return found


def _measured() -> Fitted:
    # Only who measures needs all of this.
    from elitemap.evaluators.float32.measuring import fitting, kernels
    from elitemap.evaluators.float32.measuring.programs import EVERY
    from elitemap.evaluators.float32.timing import NOISY

    programs, times = kernels.timed(_SEED, _BATCHES, EVERY)
    spread = median(one.spread for one in times)
    if spread > NOISY:
        raise SearchError(f"the machine is too busy: times spread by {spread:.0%}")
    ns = [one.ns for one in times]
    made = fitting.fit(programs, ns, cpu_name())
    rank = fitting.rank_correlation(made, programs, ns)
    if not rank > _SOUND:
        raise SearchError(f"times follow no model: rank correlation {rank:.2f}")
    return read(made.text)


def cpu_name() -> str:
    """The CPU as the system calls it, without what a model's text has a meaning for."""
    found = ""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                found = line.partition(":")[2]
                break
    except OSError:
        pass
    words = (found or platform.processor() or platform.machine() or "CPU").replace(":", " ")
    return " ".join(words.split())[:60]


def _digest() -> str:
    parts = (str(_EDITION), cpu_name(), compiler_name(), *FLAGS)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _keep(path: Path, text: str) -> None:
    """Write beside the final name, then rename: another process may be doing the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w") as file:
        file.write(f"{text}\n")
    os.replace(name, path)

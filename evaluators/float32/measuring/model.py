"""A model of costs fitted to one CPU, and its text."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import UsageError
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.float32.cycles import AVX512

#: Entries that keep the same units busy: products, sums, quotients; all others take any unit.
UNITS = (("fmul", "fma"), ("fadd", "fsub", "rint", "fromint"), ("fdiv", "sqrt"))

#: What a model begins with as text.
MEASURED = "measured"

#: How sharply the busiest units decide: the root of a sum of powers, which is nearly the largest.
_POWER = 4.0

_HEAD = re.compile(rf"{MEASURED} (?P<cpu>[^:]{{1,80}}): (?P<rest>.+)")
_PART = re.compile(r"(?P<name>[a-z]\w*)=(?P<busy>[\d.e+-]+?)(?:/(?P<more>[\d.e+-]+))?")


@dataclass(frozen=True)
class Fitted:
    """What entries cost; one unit is half of what a fused multiply-add takes, and a cycle.

    A program costs what its busiest units take (products, sums, quotients, or the least that a
    loop takes), and beside that a little for each instruction, and for a cycle of latency.

    Attributes:
        cpu: Whose model it is.
        busy: Of an entry, how long it keeps the units of :data:`UNITS`; 0 for others.
        more: Of an entry, what it adds in any case.
        least: What a loop takes.
        latency: What a cycle of the longest chain adds; cycles are those of the static model.
    """

    cpu: str
    busy: Mapping[str, float]
    more: Mapping[str, float]
    least: float
    latency: float

    def costs(self, batch: Batch) -> NDArray[np.float64]:
        """float64[n] of n programs in ``float32`` without dead code, of one output."""
        names = [p.name for p in batch.dialect.primitives]
        busy = np.array([[self.busy.get(n, 0.0) * (n in unit) for n in names] for unit in UNITS])
        more = np.array([self.more.get(n, 0.0) for n in names])
        inside = np.arange(batch.length) < batch.size[:, None]
        kept = [(row[batch.opcode] * inside).sum(axis=1) for row in (*busy, more)]
        units = np.stack([*kept[:-1], np.full(len(batch), self.least)])
        busiest = (units**_POWER).sum(axis=0) ** (1.0 / _POWER)
        found: NDArray[np.float64] = busiest + kept[-1] + self.latency * chains(batch)
        return found

    @property
    def text(self) -> str:
        """The model in one line, from which :func:`read` makes the same."""
        names = sorted(self.more.keys() | self.busy.keys())
        entries = [f"{n}={self.busy.get(n, 0.0):.4g}/{self.more.get(n, 0.0):.4g}" for n in names]
        rest = [*entries, f"least={self.least:.4g}", f"latency={self.latency:.4g}"]
        return f"{MEASURED} {self.cpu}: {', '.join(rest)}"

    @property
    def short(self) -> str:
        """The CPU, and digits that tell models of it apart."""
        digest = hashlib.sha256(self.text.encode()).hexdigest()
        return f"{self.cpu}, measured ({digest[:8]})"


def chains(batch: Batch) -> NDArray[np.float64]:
    """float64[n], cycles of the longest chain of each program by the static model."""
    names = [p.name for p in batch.dialect.primitives]
    latency = np.array([sum(u.latency for u in AVX512.get(n, ())) for n in names], float)
    every = np.arange(len(batch))
    ready = np.zeros((len(batch), batch.length + 1))
    for k in range(batch.length):
        start = ready[every[:, None], batch.operand[:, k]].max(axis=1)
        ready[:, k + 1] = start + latency[batch.opcode[:, k]]
    found: NDArray[np.float64] = ready[every, batch.output[:, 0]]
    return found


def read(text: str) -> Fitted:
    """The inverse of :attr:`Fitted.text`.

    Raises:
        UsageError: For anything else.
    """
    head = _HEAD.fullmatch(text)
    parts = [_PART.fullmatch(part) for part in head["rest"].split(", ")] if head else []
    try:
        found = {p["name"]: (float(p["busy"]), float(p["more"] or 0.0)) for p in parts if p}
        if head is None or None in parts or not _sound(found):
            raise ValueError
    except ValueError:
        raise UsageError(
            f"expected a model of costs that was measured, got {text[:60]!r}"
        ) from None
    least, latency = (found.pop(name)[0] for name in ("least", "latency"))
    busy = {name: pair[0] for name, pair in found.items()}
    more = {name: pair[1] for name, pair in found.items()}
    return Fitted(head["cpu"], busy, more, least, latency)


def _sound(found: Mapping[str, tuple[float, float]]) -> bool:
    values = [value for pair in found.values() for value in pair]
    return {"least", "latency", "fma"} <= found.keys() and all(0.0 <= v < 1e6 for v in values)

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

#: Entries that only some of the units can do, a group for each of these: moves of bits and
#: conversions, quotients, look-ups.
NARROW = (("shl", "shr", "ushr", "rint", "fromint", "toint"), ("fdiv", "sqrt"), ("look",))

#: What a model begins with as text.
MEASURED = "measured"

#: How sharply the largest of several limits decides: the root of a sum of powers, which is nearly
#: the largest.
_POWER = 4.0

_HEAD = re.compile(rf"{MEASURED} (?P<cpu>[^:]{{1,80}}): (?P<rest>.+)")
_PART = re.compile(r"(?P<name>[a-z]\w*)=(?P<busy>[\d.e+-]+?)(?:/(?P<narrow>[\d.e+-]+))?")

#: Numbers of a model that are no entry's.
_WHOLE = ("least", "around", "window")


@dataclass(frozen=True)
class Fitted:
    """What entries cost; one unit is half of what a fused multiply-add takes, and a cycle.

    A program costs what limits it: all units, the few that can do some of its instructions, the
    least that a loop takes, or the processor's view of what is to come. Turns of a loop overlap as
    far as their instructions fit into that: a long chain of many instructions waits for itself.

    Attributes:
        cpu: Whose model it is.
        busy: Of an entry, how long it keeps one of all units.
        narrow: Of an entry of :data:`NARROW`, how long it keeps one of those.
        least: What a loop takes.
        around: What the instructions of a loop itself keep busy.
        window: Cycles of chain times units of work that fit into the processor's view, for a unit
            of cost; cycles of chains are those of the static model.
    """

    cpu: str
    busy: Mapping[str, float]
    narrow: Mapping[str, float]
    least: float
    around: float
    window: float

    def costs(self, batch: Batch) -> NDArray[np.float64]:
        """float64[n] of n programs in ``float32`` without dead code, of one output."""
        return self.of(Counted.of(batch))

    def of(self, programs: "Counted") -> NDArray[np.float64]:
        """The same of programs whose instructions are counted."""
        names = programs.names
        busy = np.array([self.busy.get(n, 0.0) for n in names])
        narrow = [[self.narrow.get(n, 0.0) * (n in group) for n in names] for group in NARROW]
        work, *groups = (programs.counts @ row for row in (busy, *map(np.array, narrow)))
        view = programs.chains * (work + self.around) / self.window
        limits = np.stack([work, *groups, view, np.full(len(work), self.least)])
        found: NDArray[np.float64] = (limits**_POWER).sum(axis=0) ** (1.0 / _POWER)
        return found

    @property
    def text(self) -> str:
        """The model in one line, from which :func:`read` makes the same."""
        entries = [
            f"{n}={self.busy.get(n, 0.0):.4g}/{self.narrow.get(n, 0.0):.4g}"
            for n in sorted(self.narrow.keys() | self.busy.keys())
        ]
        rest = [f"{name}={getattr(self, name):.4g}" for name in _WHOLE]
        return f"{MEASURED} {self.cpu}: {', '.join([*entries, *rest])}"

    @property
    def short(self) -> str:
        """The CPU, and digits that tell models of it apart."""
        digest = hashlib.sha256(self.text.encode()).hexdigest()
        return f"{self.cpu}, measured ({digest[:8]})"


@dataclass(frozen=True)
class Counted:
    """What a model knows of programs.

    Attributes:
        names: Of the entries.
        counts: float64[n, entries], how many instructions are of each.
        chains: float64[n], cycles of the longest chain by the static model.
    """

    names: tuple[str, ...]
    counts: NDArray[np.float64]
    chains: NDArray[np.float64]

    @classmethod
    def of(cls, batch: Batch) -> "Counted":
        """Those of a batch in ``float32``, of one output."""
        names = tuple(p.name for p in batch.dialect.primitives)
        latency = np.array([sum(u.latency for u in AVX512.get(n, ())) for n in names], float)
        every = np.arange(len(batch))
        ready, counts = np.zeros((len(batch), batch.length + 1)), np.zeros((len(batch), len(names)))
        for k in range(batch.length):
            code = batch.opcode[:, k]
            start = ready[every[:, None], batch.operand[:, k]].max(axis=1)
            ready[:, k + 1] = start + latency[code]
            counts[every, code] += k < batch.size
        return cls(names, counts, ready[every, batch.output[:, 0]])


def read(text: str) -> Fitted:
    """The inverse of :attr:`Fitted.text`.

    Raises:
        UsageError: For anything else.
    """
    head = _HEAD.fullmatch(text)
    parts = [_PART.fullmatch(part) for part in head["rest"].split(", ")] if head else []
    try:
        found = {p["name"]: (float(p["busy"]), float(p["narrow"] or 0.0)) for p in parts if p}
        if head is None or None in parts or not _sound(found):
            raise ValueError
    except ValueError:
        raise UsageError(
            f"expected a model of costs that was measured, got {text[:60]!r}"
        ) from None
    whole = [found.pop(name)[0] for name in _WHOLE]
    busy = {name: pair[0] for name, pair in found.items()}
    narrow = {name: pair[1] for name, pair in found.items()}
    return Fitted(head["cpu"], busy, narrow, *whole)


def _sound(found: Mapping[str, tuple[float, float]]) -> bool:
    values = [value for pair in found.values() for value in pair]
    known = {*_WHOLE, "fma"} <= found.keys() and all(0.0 <= v < 1e6 for v in values)
    return known and found["window"][0] > 0.0

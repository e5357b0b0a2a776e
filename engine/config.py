"""The settings of a search, each default in one place."""

import difflib
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from elitemap.archive.errors import UsageError


def cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True)
class SearchConfig:
    """How to search.

    Seed, evaluations and islands (and the settings below them) determine the result of a search
    with a budget in evaluations; workers never do.

    Attributes:
        seed: Below 2**64.
        seconds: Budget in wall-clock time, certification included; or None.
        evaluations: Budget in evaluations as the evaluator counts them (in candidates for an
            enumeration); or None. Without any budget an enumeration goes on to its end.
        islands: Populations that exchange elites.
        workers: Processes; one means this process.
        batch: Proposals per generation.
        epoch: Proposals per epoch; with a budget in seconds, the most that an epoch may hold.
        epoch_seconds: With a budget in seconds, epochs are sized to take this long.
        random_generations: First generations of an island made of random programs.
        migration_epochs: Epochs of a leg: elites leave at its end and arrive after the next one.
        migration_size: Elites that an island sends to the next.
        cache_bits: The cache has 2**cache_bits entries; 0 turns it off.
        cache_forget: Probability that a hit drops its entry.
        cache_audit: Share of hits that are evaluated all the same.
        adaptation: What emitters' and operators' records keep per generation, in (0, 1].
        least_weight: Share of proposals that emitters (and operators) split evenly.
        front: Elites that the Pareto emitter chooses from and that are refined.
        certify_share: Part of a budget in seconds that is kept for certificates.
        since: Seconds of the run when its budget in seconds began, more than 0 if it was extended.
    """

    seed: int = 0
    seconds: float | None = None
    evaluations: int | None = None
    islands: int = field(default_factory=cores)
    workers: int = field(default_factory=cores)
    batch: int = 4096
    epoch: int = 1 << 18
    epoch_seconds: float = 1.5
    random_generations: int = 4
    migration_epochs: int = 2
    migration_size: int = 32
    cache_bits: int = 18
    cache_forget: float = 0.02
    cache_audit: float = 0.002
    adaptation: float = 0.98
    least_weight: float = 0.15
    front: int = 64
    certify_share: float = 0.1
    since: float = 0.0

    def __post_init__(self) -> None:
        """Check every setting.

        Raises:
            UsageError: With the name, the range and the value given.
        """
        if self.seconds is not None and self.evaluations is not None:
            raise UsageError("expected one budget, got both seconds and evaluations: drop one")
        _whole("seed", self.seed, 0, 2**64 - 1)
        if self.seconds is not None:
            _number("seconds", self.seconds, 1e-3, 1e9)
        if self.evaluations is not None:
            _whole("evaluations", self.evaluations, 1, 2**63 - 1)
        for name in ("islands", "workers", "front", "migration_epochs"):
            _whole(name, getattr(self, name), 1, 65535)
        for name in ("random_generations", "migration_size"):
            _whole(name, getattr(self, name), 0, 65535)
        _whole("batch", self.batch, 1, 1 << 20)
        _whole("epoch", self.epoch, 1, 1 << 40)
        _whole("cache_bits", self.cache_bits, 0, 28)
        _number("epoch_seconds", self.epoch_seconds, 1e-3, 3600)
        for name in ("cache_forget", "cache_audit", "adaptation", "least_weight"):
            _number(name, getattr(self, name), 0, 1)
        _number("certify_share", self.certify_share, 0, 0.9)
        _number("since", self.since, 0, 1e9)

    def to_json(self) -> dict[str, Any]:
        """All settings as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The inverse of :meth:`to_json`; settings left out take their defaults.

        Raises:
            UsageError: For a setting that does not exist, with the nearest name.
        """
        known = [f.name for f in fields(cls)]
        for name in document:
            if name not in known:
                raise UsageError(f"unknown setting {name!r}{nearest(name, known)}")
        return cls(**document)


def nearest(name: str, known: list[str]) -> str:
    """``; did you mean 'x'?`` for the closest known name, or a list of the known names."""
    close = difflib.get_close_matches(name, known, 1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; expected one of {', '.join(known)}" if known else ""


def _whole(name: str, value: int, low: int, high: int) -> None:
    if type(value) is not int:
        raise UsageError(f"expected {name} to be a whole number, got {value!r}")
    _number(name, value, low, high)


def _number(name: str, value: float, low: float, high: float) -> None:
    if type(value) not in (int, float) or not low <= value <= high:
        raise UsageError(f"expected {name} from {low:g} to {high:g}, got {value!r}")

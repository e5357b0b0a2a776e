"""The state of one island as a value: everything the next epoch depends on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Generic, Self

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.config import SearchConfig
from elitemap.engine.islands.cache import Cache
from elitemap.engine.islands.emitters import EMITTERS
from elitemap.engine.islands.weights import Weights
from elitemap.engine.map.elites import Elites, pack, unpack
from elitemap.engine.map.grid import Grid
from elitemap.engine.protocols import B, Evaluator, Floats, Samples, Space

#: A uid is ``(island + 1) << UID_SHIFT | number of the birth``.
UID_SHIFT = 40


@dataclass
class Counters:
    """What has happened on an island (or on several, added up).

    Attributes:
        epoch: Epochs done.
        generation: Generations done.
        births: Evaluated rows that got a uid.
        proposals: Candidates proposed.
        invalid: Proposals that were no candidates in canonical form.
        duplicates: Proposals equal to another of their generation, in structure or function.
        hits: Proposals whose structure was known.
        function_hits: Screened candidates whose function was known.
        audits: Hits that were evaluated all the same.
        mismatches: Audits that found another quality, where it mattered.
        screened: Candidates that got the first rung.
        fitted: Candidates that got the full evaluation.
        failed: Candidates whose evaluation failed.
        evaluations: Evaluations as the evaluator counts them.
        accepted: Candidates that entered the map.
        exhausted: 1 if the last epoch found nothing new to evaluate.
        resampled: Evaluations of elites, and of newcomers that would displace one, beyond their
            first, because evaluations are noisy.
        started: Candidates that the search was to begin with, tried.
        bred: Of the evaluations those spent on offspring whose parents emitters chose.
        tuned: Those spent on offspring of the best kinds, where constants are tuned.
    """

    epoch: int = 0
    generation: int = 0
    births: int = 0
    proposals: int = 0
    invalid: int = 0
    duplicates: int = 0
    hits: int = 0
    function_hits: int = 0
    audits: int = 0
    mismatches: int = 0
    screened: int = 0
    fitted: int = 0
    failed: int = 0
    evaluations: int = 0
    accepted: int = 0
    exhausted: int = 0
    resampled: int = 0
    started: int = 0
    bred: int = 0
    tuned: int = 0

    @property
    def hit_rate(self) -> float:
        """Share of the valid proposals that were known by structure or function."""
        valid = self.proposals - self.invalid
        return (self.hits + self.function_hits + self.duplicates) / valid if valid else 0.0

    def __add__(self, other: "Counters") -> "Counters":
        """Add up field by field."""
        mine, theirs = asdict(self), asdict(other)
        return Counters(**{name: mine[name] + theirs[name] for name in mine})


@dataclass
class IslandState(Generic[B]):
    """One island.

    Attributes:
        island: Its number, from 0.
        grid: Which slots hold elites.
        elites: One row per slot of the grid.
        curiosity: float64[slots].
        refined: bool[slots], elites that were scored thoroughly already.
        caches: One before each rung: of the space's keys, then of the keys of each screen.
        operators: Record of the space's operators.
        emitters: Record of the emitters.
        counters: What has happened.
    """

    island: int
    grid: Grid
    elites: Elites[B]
    curiosity: Floats
    refined: NDArray[np.bool_]
    caches: tuple[Cache, ...]
    operators: Weights
    emitters: Weights
    counters: Counters = field(default_factory=Counters)

    @classmethod
    def fresh(
        cls, space: Space[B], evaluator: Evaluator[B], config: SearchConfig, island: int
    ) -> Self:
        """An island without elites."""
        grid = new_grid(evaluator)
        slots = len(grid.quality)
        axes = len(evaluator.axes)
        return cls(
            island,
            grid,
            Elites.empty(space, slots, len(evaluator.objectives), axes),
            np.zeros(slots),
            np.zeros(slots, bool),
            _empty_caches(evaluator, config),
            Weights.equal(len(space.operators)),
            Weights.equal(len(EMITTERS)),
        )

    def to_bytes(self) -> bytes:
        """The state as an npz file."""
        return pack(self.to_arrays())

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """The filled slots and everything else; the caches are no copies."""
        slots = self.grid.filled()
        rows = self.elites.take(slots).arrays()
        scalars = [self.island, *asdict(self.counters).values()]
        arrays = {f"elites.{name}": array for name, array in rows.items()} | {
            "slots": slots,
            "curiosity": self.curiosity[slots],
            "refined": self.refined[slots],
            "operators": np.stack([self.operators.reward, self.operators.trials]),
            "emitters": np.stack([self.emitters.reward, self.emitters.trials]),
            "scalars": np.array(scalars, np.int64),
        }
        for number, cache in enumerate(self.caches):
            arrays |= _cache_arrays(cache, number)
        return arrays

    @classmethod
    def from_bytes(
        cls, data: bytes, space: Space[B], evaluator: Evaluator[B], config: SearchConfig
    ) -> Self:
        """The inverse of :meth:`to_bytes`, for the same space, evaluator and settings.

        Raises:
            ValueError: If the data are no state of this kind.
        """
        return cls.from_arrays(unpack(data), space, evaluator, config)

    @classmethod
    def from_arrays(
        cls,
        arrays: Mapping[str, NDArray[Any]],
        space: Space[B],
        evaluator: Evaluator[B],
        config: SearchConfig,
    ) -> Self:
        """The inverse of :meth:`to_arrays`; the caches are those that are given.

        Raises:
            ValueError: If the data are no state of this kind.
        """
        island, *counts = (int(number) for number in arrays["scalars"])
        state = cls.fresh(space, evaluator, config, island)
        slots, elites = _elites(arrays, space)
        state.elites.put(slots, elites)
        state.grid.quality[slots] = elites.quality
        state.grid.fingerprint[slots] = elites.fingerprint
        state.curiosity[slots] = arrays["curiosity"]
        state.refined[slots] = arrays["refined"]
        state.caches = tuple(
            _read_cache(arrays, number, cache) for number, cache in enumerate(state.caches)
        )
        state.operators = Weights(*arrays["operators"])
        state.emitters = Weights(*arrays["emitters"])
        state.counters = Counters(*counts)
        return state


def without_caches(data: bytes) -> bytes:
    """A saved state without its caches, which are most of it; they are empty when it is read."""
    arrays = unpack(data)
    return pack({name: arrays[name] for name in arrays.files if not of_cache(name)})


def completed(data: bytes, space: Space[B], evaluator: Evaluator[B], config: SearchConfig) -> bytes:
    """A saved state with all caches that there are: empty ones where it came without.

    Raises:
        ValueError: If the data are no state of this kind.
    """
    arrays = unpack(data)
    # Operators come last when there are new ones: a state of before has no weights for them.
    if arrays["operators"].shape[1] > len(space.operators):
        raise ValueError("the state has operators that the space lacks, as of another version")
    if any(of_cache(name) for name in arrays.files):
        return data
    return IslandState.from_bytes(data, space, evaluator, config).to_bytes()


def read_elites(data: bytes, space: Space[B]) -> Elites[B]:
    """Only the elites of a saved state, by ascending slot."""
    return _elites(unpack(data), space)[1]


def read_counters(data: bytes) -> Counters:
    """Only the counters of a saved state."""
    counts = unpack(data)["scalars"][1:]
    return Counters(*(int(count) for count in counts))


def new_grid(evaluator: Evaluator[Any]) -> Grid:
    """An empty map as the evaluator lays it out."""
    return Grid([axis.edges for axis in evaluator.axes], evaluator.depth)


def _empty_caches(evaluator: Evaluator[Any], config: SearchConfig) -> tuple[Cache, ...]:
    settings = config.cache_bits, config.cache_forget, config.cache_audit
    noisy = evaluator.noise is not None
    return tuple(Cache.empty(*settings, noisy) for _ in range(len(evaluator.screens) + 1))


def _cache_name(number: int) -> str:
    """Prefix of a cache's arrays; the first two have the names of before there could be more."""
    return ("structures", "functions")[number] if number < 2 else f"functions{number}"


def of_cache(name: str) -> bool:
    """Whether an array of a saved state belongs to a cache."""
    return name.startswith(("structures.", "functions"))


def _cache_arrays(cache: Cache, number: int) -> dict[str, NDArray[Any]]:
    name = _cache_name(number)
    arrays: dict[str, NDArray[Any]] = {f"{name}.keys": cache.keys, f"{name}.quality": cache.quality}
    if cache.samples is not None:
        arrays |= {f"{name}.count": cache.samples.count, f"{name}.spread": cache.samples.spread}
    return arrays


def _read_cache(arrays: Mapping[str, NDArray[Any]], number: int, like: Cache) -> Cache:
    """A saved cache; ``like`` is an empty one of the same settings, and stands for none."""
    name, samples = _cache_name(number), None
    if f"{name}.keys" not in arrays:
        return like
    if like.samples is not None:
        samples = Samples(arrays[f"{name}.count"], arrays[f"{name}.spread"])
    return replace(
        like, keys=arrays[f"{name}.keys"], quality=arrays[f"{name}.quality"], samples=samples
    )


def _elites(
    arrays: Mapping[str, NDArray[Any]], space: Space[B]
) -> tuple[NDArray[np.intp], Elites[B]]:
    prefix = "elites."
    own = {k.removeprefix(prefix): arrays[k] for k in arrays if k.startswith(prefix)}
    return arrays["slots"].astype(np.intp), Elites.from_arrays(space.empty(0), own)

"""How long to search: in seconds or in evaluations."""

from elitemap.engine.config import SearchConfig
from elitemap.engine.islands.epoch import Limits
from elitemap.engine.islands.state import Counters

#: Seconds that certificates get at least, if a quarter of the budget allows it, and the part of the
#: budget that they get at most.
LEAST_CERTIFY, MOST_CERTIFY = 5.0, 0.5

#: Epochs shorter than this are not worth the effort of starting one.
LEAST_EPOCH = 0.15

#: Length of an island's first epoch, and the growth of those that follow, so that the first elites
#: are shown early: in seconds, or in generations under a budget in evaluations.
FIRST_SECONDS = 0.3
FIRST_GENERATIONS = 1
GROWTH = 4

#: Part of one processor that the coordinator may take: epochs become longer, by steps, to so many
#: times their usual length, until it does not take more.
MOST_COORDINATING, PACE, MOST_STRETCH = 0.05, 1.5, 40.0

#: Flushes are so many times their own length apart: where workers go on meanwhile, and where the
#: search itself waits, which must not take more than a hundredth of its time.
FLUSHES_APART, STALLS_APART = 20.0, 100.0

#: Under a budget in evaluations flushes may only depend on how far the search is: they are an
#: eighth of the run apart at most, and so many legs.
RUN_APART, LEGS_APART = 8, 16

#: A job hangs that takes so many times what it should, and so many seconds more: a busy machine,
#: or a kernel that has to be built, is no reason to end it.
HANGS, BUILDING = 30.0, 600.0

#: Seconds for one certificate where the budget is not in seconds.
UNHURRIED = 600.0


def reserve(config: SearchConfig, needed: float = 0.0) -> float:
    """Seconds of the budget that are kept for certificates; 0 without such a budget.

    Args:
        config: Settings.
        needed: Seconds that certificates are going to take, as far as that was measured.
    """
    if config.seconds is None:
        return 0.0
    whole = config.seconds - config.since
    usual = max(config.certify_share * whole, min(LEAST_CERTIFY, whole / 4))
    return max(usual, min(needed, MOST_CERTIFY * whole))


def spent_share(config: SearchConfig, elapsed: float) -> float:
    """Share of a budget in seconds that is spent when a run has taken so many, from 0 to 1."""
    assert config.seconds is not None
    return min(1.0, (elapsed - config.since) / (config.seconds - config.since))


def search_seconds(config: SearchConfig, kept: float) -> float:
    """Seconds that the search itself may use; infinite without a budget in seconds.

    Args:
        config: Settings.
        kept: Seconds kept for certificates.
    """
    return float("inf") if config.seconds is None else config.seconds - kept


def allowance(config: SearchConfig, island: int, counters: Counters) -> int | None:
    """Evaluations that an island has left of its even share; None without such a budget."""
    if config.evaluations is None:
        return None
    share, rest = divmod(config.evaluations, config.islands)
    return max(0, share + (island < rest) - counters.evaluations)


def limits(
    config: SearchConfig,
    island: int,
    counters: Counters,
    elapsed: float,
    kept: float,
    stretch: float = 1.0,
) -> Limits:
    """How long an island's next epoch is to be.

    Under a budget in evaluations that depends on the island alone, never on time.

    Args:
        config: Settings.
        island: Its number.
        counters: Of the island.
        elapsed: Seconds of the run.
        kept: Seconds kept for certificates.
        stretch: How much longer an epoch is to be than usual; see :func:`paced`.
    """
    growth = GROWTH ** min(counters.epoch, 16)
    if config.seconds is None:
        proposals = min(config.epoch, FIRST_GENERATIONS * growth * config.batch)
        return Limits(proposals, evaluations=allowance(config, island, counters))
    seconds = min(config.epoch_seconds * stretch, FIRST_SECONDS * growth)
    left = max(search_seconds(config, kept) - elapsed, LEAST_EPOCH)
    return Limits(config.epoch, seconds=min(seconds, left))


def paced(stretch: float, share: float) -> float:
    """How much longer epochs are to be than settings say, so that the coordinator keeps up.

    Args:
        stretch: How much longer they have been, at least 1.
        share: Part of one processor that the coordinator has taken lately.
    """
    if share > MOST_COORDINATING:
        return min(stretch * PACE, MOST_STRETCH)
    return max(1.0, stretch / PACE) if share < MOST_COORDINATING / 4 else stretch


def flush_gap(cost: float, stalls: bool) -> float:
    """Seconds from one flush to the next, at least.

    Args:
        cost: Seconds that the last one took.
        stalls: Whether nobody searches while this process writes.
    """
    return cost * (STALLS_APART if stalls else FLUSHES_APART)


def flush_leg(turn: int) -> bool:
    """Whether a search with a budget in evaluations writes what it has found before this leg.

    Each leg in the beginning, every second one from the sixteenth on, and so forth to every
    sixteenth.

    Args:
        turn: Legs so far.
    """
    apart = LEGS_APART
    while apart > 1 and turn < apart * RUN_APART:
        apart //= 2
    return turn % apart == 0


def patience(asked: Limits) -> float:
    """Seconds after which an epoch hangs; infinite where that must not depend on the clock."""
    return float("inf") if asked.seconds is None else unhurried(asked.seconds)


def endurance(asked: Limits, longest: float) -> float:
    """Seconds after which the worker of an epoch is taken for lost where it has no limit itself.

    The epoch is begun again and comes to the same, so nothing but time is at stake.

    Args:
        asked: How long the epoch is to be.
        longest: Seconds of the longest one so far.
    """
    return unhurried(longest) if asked.seconds is None else float("inf")


def proof_endurance(allowed: float, longest: float) -> float:
    """Seconds after which the worker of a certificate is taken for lost.

    Args:
        allowed: Seconds that the certificate may take, which it minds by itself.
        longest: Seconds of the longest one so far.
    """
    return BUILDING + max(allowed, HANGS * longest)


def unhurried(expected: float) -> float:
    """Seconds that are too many for a job of so many."""
    return BUILDING + HANGS * expected

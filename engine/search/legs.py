"""Legs: how far the islands are, and who travels from one to the next.

A leg of an island is what it does between two migrations. Elites travel for a whole leg: who leaves
an island at the end of leg k competes at its neighbour from leg k + 2 on. So an island that is
faster may be a leg ahead of the slowest one, and workers seldom wait; who meets whom depends on the
legs alone, never on time.
"""

from dataclasses import replace

from elitemap.engine.islands.migration import emigrants
from elitemap.engine.islands.state import read_elites
from elitemap.engine.running.budget import LEAST_EPOCH, allowance, search_seconds
from elitemap.engine.search.cut import Cut, frozen
from elitemap.engine.search.exploration_session import ExplorationSession

#: Legs that an island may be ahead of the slowest one, and that elites travel.
AHEAD = 1


def spent(session: ExplorationSession, island: int) -> bool:
    """Whether the island has used up its budget, or its space."""
    counters = session.gauge.counters[island]
    if session.quest is not None and session.quest.over(session.gauge.total().evaluations):
        return True
    left = search_seconds(session.config, session.reserve) - session.elapsed
    # An island that never ran must run once, or there would be nothing to show.
    if counters.epoch and left < LEAST_EPOCH:
        return True
    return bool(counters.exhausted) or allowance(session.config, island, counters) == 0


def leg(session: ExplorationSession, island: int) -> int:
    """The leg that the island is in, or is about to begin."""
    return session.gauge.counters[island].epoch // session.config.migration_epochs


def between(session: ExplorationSession, island: int) -> bool:
    """Whether the island is between two legs, or before its first."""
    return session.gauge.counters[island].epoch % session.config.migration_epochs == 0


def may_go_on(session: ExplorationSession, island: int) -> bool:
    """Whether the island has an epoch to do, and need not wait for others."""
    return leg(session, island) <= session.turn + AHEAD and not spent(session, island)


def begin(session: ExplorationSession, island: int) -> None:
    """An island is about to begin a leg: keep how it stands, where that is going to be asked for.

    That is until the slowest island has come as far, and for good where the elites that it is about
    to get are those that a larger budget would not send.
    """
    end, key = session.open_end, (island, leg(session, island))
    if end is not None and key in end.unsound:
        session.part(island)
    if key[1] > session.turn and session.config.seconds is None:
        waiting = {key: session.pending[key]} if key in session.pending else {}
        session.ahead.setdefault(island, (frozen(session.states[island]), waiting))


def ended(session: ExplorationSession, island: int) -> None:
    """An island has ended an epoch: if that was the last of a leg, elites leave it."""
    if between(session, island):
        _depart(session, island, leg(session, island))
    _part_if_spent(session, island)


def _part_if_spent(session: ExplorationSession, island: int) -> None:
    """What follows depends on the budget where that is what ends an island."""
    if allowance(session.config, island, session.gauge.counters[island]) == 0:
        session.part(island)


def advance(session: ExplorationSession) -> Cut | None:
    """Count a leg that all islands have ended which go on.

    Of the others, which have used up their budgets, the last elites go on travelling.

    Returns:
        How things stood between that leg and the next; None if there is no such leg.
    """
    behind = [island for island in session.states if leg(session, island) <= session.turn]
    others = [island for island in session.states if island not in behind]
    if not all(spent(session, island) for island in behind):
        return None
    if behind and all(spent(session, island) for island in others):
        return None
    session.turn += 1
    for island in behind:
        _part_if_spent(session, island)
        _depart(session, island, session.turn)
    return _cut(session)


def _depart(session: ExplorationSession, island: int, turn: int) -> None:
    """Send elites to the next island of the ring, which get there after so many legs."""
    state, target = session.states[island].latest, (island + 1) % session.config.islands
    if state is None or target == island:
        return
    elites = read_elites(state, session.task.space)
    key, sent = (target, turn + AHEAD), emigrants(elites, session.config, island, turn)
    if session.open_end is not None:
        session.open_end.travel(island, key, sent)
    if not spent(session, target):
        session.pending[key] = sent


def _cut(session: ExplorationSession) -> Cut:
    """How things stood between two legs; with a budget in seconds, how they stand."""
    ahead, session.ahead = session.ahead, {}
    now = {island: frozen(kept) for island, kept in session.states.items()}
    states = now | {island: state for island, (state, _) in ahead.items()}
    pending = dict(session.pending)
    for _, waiting in ahead.values():
        pending |= waiting
    return replace(session.now(), states=states, pending=pending)

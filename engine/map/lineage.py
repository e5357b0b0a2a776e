"""Descent: which rows are ancestors of which."""

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.map.elites import NOBODY
from elitemap.engine.protocols import Words


def ancestors(uid: Words, parent: Words, roots: Words) -> NDArray[np.bool_]:
    """Which rows can be reached from some uids by steps to parents.

    Args:
        uid: uint64[n], distinct.
        parent: uint64[n].
        roots: Where to start, such as the parents of the living.

    Returns:
        bool[n]; rows that are roots themselves included.
    """
    reached = np.zeros(len(uid), bool)
    order = np.argsort(uid)
    rows = locate(uid, order, roots)
    while len(rows):
        reached[rows] = True
        rows = locate(uid, order, parent[rows])
        rows = rows[~reached[rows]]
    return reached


def oldest_first(uid: Words, parent: Words) -> NDArray[np.intp]:
    """An order of the rows in which every parent precedes its children; else by uid.

    Uids alone will not do: a migrant's parent may have a larger one.
    """
    if not len(uid):
        return np.empty(0, np.intp)
    order = np.argsort(uid)
    candidate = order[np.minimum(np.searchsorted(uid, parent, sorter=order), len(uid) - 1)]
    above = np.where(uid[candidate] == parent, candidate, -1)
    depth = np.zeros(len(uid), np.intp)
    at = above
    while (rows := np.flatnonzero(at >= 0)).size:
        depth[rows] += 1
        at = np.where(at >= 0, above[at], -1)
    return np.lexsort((uid, depth))


def locate(uid: Words, order: NDArray[np.intp], wanted: Words) -> NDArray[np.intp]:
    """Rows of the wanted uids that exist, without repeats; ``order`` sorts ``uid``."""
    wanted = np.unique(wanted)
    wanted = wanted[wanted != NOBODY]
    if not len(uid) or not len(wanted):
        return np.empty(0, np.intp)
    position = np.minimum(np.searchsorted(uid, wanted, sorter=order), len(uid) - 1)
    rows = order[position]
    return np.asarray(rows[uid[rows] == wanted])

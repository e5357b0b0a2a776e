"""What islands need to go on, as it is stored: compressed, for most of an archive would be that."""

import json
import zlib
from collections.abc import Mapping

from elitemap.archive.rows import damaged

#: Key, beside those of islands, under which the slots stand that a run has given up for others.
UNITED = -3

#: And what was checked of elites that the run has replaced; see :mod:`.merging.vouched`.
VOUCHED = -4

# What is stored without this mark is from before and was not compressed.
_MARK = b"zlib\0"


def packed(state: bytes) -> bytes:
    """A state as it is stored; the quickest level, since caches are mostly empty or random."""
    return _MARK + zlib.compress(state, 1) if state else b""


def unpacked(body: bytes) -> bytes:
    """The inverse of :func:`packed`; states of older archives as they are.

    Raises:
        ArchiveError: If it is damaged.
    """
    if not body.startswith(_MARK):
        return body
    try:
        return zlib.decompress(body[len(_MARK) :])
    except zlib.error:
        raise damaged("the state of a run") from None


def united_body(united: Mapping[int, int]) -> bytes:
    """As it is stored: by slot that was given up the one that has its members."""
    return packed(json.dumps(sorted(united.items())).encode())


def read_united(state: bytes) -> dict[int, int]:
    """The inverse of :func:`united_body`, of an unpacked state; empty where none is stored.

    Raises:
        ArchiveError: If it is damaged.
    """
    try:
        pairs = json.loads(state or b"[]")
        if all(type(slot) is int and slot >= 0 for pair in pairs for slot in pair):
            return {slot: other for slot, other in pairs}
    except (ValueError, TypeError, RecursionError):
        pass
    raise damaged("the list of united slots of a run")


def followed(united: Mapping[int, int], more: Mapping[int, int]) -> dict[int, int]:
    """What was united before and what came later: slots lead to those that stay now."""
    return {slot: more.get(other, other) for slot, other in united.items()} | dict(more)

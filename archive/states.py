"""What islands need to go on, as it is stored: compressed, for most of an archive would be that."""

import zlib

from elitemap.archive.rows import damaged

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

"""What this process has of users' data, by the hash of its content.

Nothing is found here but what this process has read itself, or what the coordinator sent.
"""

from dataclasses import dataclass

from elitemap.engine.data.arrays import ArraysContent
from elitemap.engine.data.functions import FunctionContent

Content = ArraysContent | FunctionContent

#: By digest. A process works on few tasks, so nothing is dropped.
_KEPT: dict[str, Content] = {}


@dataclass(frozen=True)
class Lacking:
    """What a worker answers that has not all of a task's data.

    Attributes:
        digests: Of the contents that it needs.
    """

    digests: tuple[str, ...]


def keep(content: Content) -> str:
    """Keep a content.

    Returns:
        Its digest, computed here: whatever was sent is known by what it is.
    """
    if isinstance(content, ArraysContent):  # arrays that travelled can be written again
        content = ArraysContent.of(content.arrays)
    digest = content.digest()
    _KEPT.setdefault(digest, content)
    return digest


def kept(digest: str) -> Content | None:
    """The content of a digest; None if this process does not have it."""
    return _KEPT.get(digest)


def forget() -> None:
    """Drop everything, as a process that begins."""
    _KEPT.clear()

"""The content of an option that brings data: read for a user who named it, or supplied by hash."""

from pathlib import Path
from typing import Any

from elitemap.archive.errors import UsageError
from elitemap.engine.data.arrays import read_arrays
from elitemap.engine.data.contents import Content, keep, kept
from elitemap.engine.data.functions import find_function
from elitemap.engine.protocols import ArrayFile, Option

#: Digits of a hash in messages.
SHOWN = 12


def read_content(option: Option, source: str) -> tuple[Content, str]:
    """Read what a user names now; a function's module is not run yet.

    Args:
        option: One that brings data.
        source: A path or a function's name.

    Returns:
        The content, and the source as it is recorded: paths are absolute.

    Raises:
        UsageError: If it cannot be had, in one line.
    """
    if isinstance(option.brings, ArrayFile):
        path = Path(source).expanduser().absolute()
        if option.values and not path.suffix:
            raise UsageError(
                f"expected {option.name} as {', '.join(option.values)} or a file, got {source!r}"
            )
        return read_arrays(path, option.brings), str(path)
    return find_function(source), source


def supplied(option: Option, source: str, digest: str) -> Any:
    """What an option brings; as :func:`content_of`."""
    return content_of(option, source, digest).load()


def content_of(option: Option, source: str, digest: str) -> Content:
    """The content of an option, for a task whose spec may come from an archive.

    Arrays may be read from where they were; a module is never looked for.

    Raises:
        UsageError: If this process does not have it, and it cannot be read or has changed.
    """
    content = kept(digest)
    if content is not None:
        return content
    if not isinstance(option.brings, ArrayFile):
        raise UsageError(
            f"expected no use of the function {source[:80]!r} of {option.name}, which is called by "
            "a search only, never for an archive: resume its run and name it"
        )
    found, _ = read_content(option, source)
    check_digest(option, source, digest, keep(found))
    return found


def at_hand(option: Option, source: str, digest: str) -> bool:
    """Whether a worker has a content, or sees a file that holds it."""
    if kept(digest) is None and isinstance(option.brings, ArrayFile):
        try:
            keep(read_content(option, source)[0])
        except UsageError:  # another machine's path
            return False
    return kept(digest) is not None


def check_digest(option: Option, source: str, expected: str, got: str) -> None:
    """Refuse what is not what it was.

    Raises:
        UsageError: With both hashes and what to do.
    """
    if expected != got:
        raise UsageError(
            f"expected the content {expected[:SHOWN]} for {option.name}, got {got[:SHOWN]} from "
            f"{source[:200]!r}: restore it, name where it is now by --set {option.name}=..., or "
            "start a new search"
        )

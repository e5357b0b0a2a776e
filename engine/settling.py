"""Specs of tasks with the data that a user names: read by the coordinator, and known by hashes.

Only what a user names at the moment comes here, at the start of a search or to resume one.
"""

import re
from collections.abc import Mapping

from elitemap.archive.errors import ArchiveError, UsageError
from elitemap.engine.config import nearest
from elitemap.engine.data.contents import Content, Lacking, keep, kept
from elitemap.engine.data.supply import at_hand, check_digest, read_content
from elitemap.engine.protocols import ArrayFile, NamedFunction, Option
from elitemap.engine.tasks import TaskSpec, check_names, find_space

_DIGEST = re.compile(r"[0-9a-f]{64}")


def settled(spec: TaskSpec, again: bool = False) -> TaskSpec:
    """The spec with the hashes of all data that its options bring; this process has them then.

    Values that stand for something on this machine become what they stand for; so do those that
    nobody said, unless a run goes on: it keeps what it began with.

    Modules of functions are run. Read is what has no hash yet, or is not at hand.

    Args:
        spec: What a user asks for.
        again: It is the spec of a run that goes on: read everything, whatever this process has.

    Raises:
        UsageError: If something cannot be read, or has another content than the spec says.
    """
    entry = find_space(spec.space)
    check_names(spec, entry)
    settings, digests = dict(spec.settings), dict(spec.digests)
    for option in entry.options:
        said = settings.get(option.name, "")
        if not said and option.unsaid is not None and not again:
            said = option.unsaid(settings)
        if said and option.settles is not None:
            settings[option.name] = option.settles(said)
    for option in entry.bringing:
        source, expected = settings.get(option.name), digests.get(option.name)
        if source is None or not option.brought(source):
            continue
        if expected is not None and kept(expected) is not None and not again:
            continue
        content, settings[option.name] = read_content(option, source)
        digest = digests[option.name] = keep(content)
        check_digest(option, source, digest if expected is None else expected, digest)
        content.load()
    return TaskSpec.of(spec.space, spec.target, settings, digests)


def named_again(spec: TaskSpec, given: Mapping[str, str], run: str) -> TaskSpec:
    """The spec of a recorded run with what a user names to resume it.

    A module's name in an archive may be a stranger's: it is run only if the user gives the same.
    Arrays are read from where they were, unless the user says where they are now.

    Args:
        spec: From the archive.
        given: Options that bring data, by name.
        run: Id of the run, for messages.

    Raises:
        UsageError: If a function was not named, or something else than data was given.
        ArchiveError: If the archive does not tell the hashes.
    """
    settings, digests = dict(spec.settings), dict(spec.digests)
    bringing = _bringing(spec)
    _check_given(given, bringing, run)
    for name, option in bringing.items():
        source = settings[name]
        if not _DIGEST.fullmatch(digests.get(name, "")):
            raise ArchiveError(
                f"expected the hash of what {name} of run {run} brings, got "
                f"{digests.get(name, 'none')[:20]!r}: the archive is damaged, start a new search"
            )
        if isinstance(option.brings, NamedFunction) and given.get(name) != source:
            got = f"{given[name][:80]!r}" if name in given else "nothing"
            raise UsageError(
                f"run {run} calls the function {source[:80]!r}, which runs its module: expected it "
                f"to be named, got {got}; if you trust it: elitemap resume {run} "
                f"--set {name}={source[:80]}"
            )
    return TaskSpec.of(spec.space, spec.target, settings | dict(given), digests)


def placed(spec: TaskSpec, given: Mapping[str, str], run: str) -> TaskSpec:
    """The spec of a recorded run for which a user says where its arrays are now.

    Nothing is read yet, and what is read then must have the hash of the spec.

    Args:
        spec: From the archive.
        given: Options that bring arrays, by name.
        run: Id of the run, for messages.

    Raises:
        UsageError: If something else than arrays was given.
    """
    if not given:
        return spec
    bringing = _bringing(spec)
    arrays = {n: one for n, one in bringing.items() if isinstance(one.brings, ArrayFile)}
    _check_given(given, arrays, run)
    return TaskSpec.of(
        spec.space, spec.target, dict(spec.settings) | dict(given), dict(spec.digests)
    )


def _bringing(spec: TaskSpec) -> dict[str, Option]:
    """The options that bring data to a task, by name."""
    settings = dict(spec.settings)
    entry = find_space(spec.space)
    return {
        option.name: option
        for option in entry.bringing
        if option.brought(settings.get(option.name))
    }


def _check_given(given: Mapping[str, str], bringing: Mapping[str, Option], run: str) -> None:
    for name in given:
        if name not in bringing:
            cure = nearest(name, list(bringing)) or ": drop it, a run keeps its options"
            raise UsageError(
                f"expected an option that brings data to run {run} here, got {name!r}{cure}"
            )


def renamed(spec: TaskSpec) -> list[str]:
    """What must be said again to resume a run of this task, as words of a command."""
    settings = dict(spec.settings)
    return [
        f"--set {name}={settings[name]}"
        for name, option in _bringing(spec).items()
        if isinstance(option.brings, NamedFunction)
    ]


def contents(spec: TaskSpec) -> dict[str, Content]:
    """What is sent to workers that lack it, by digest."""
    found = {digest: kept(digest) for _, digest in spec.digests}
    return {digest: content for digest, content in found.items() if content is not None}


def lacking(spec: TaskSpec) -> Lacking | None:
    """What this worker needs for a task and neither has nor sees; None if there is nothing."""
    if not spec.digests:
        return None
    settings, digests = dict(spec.settings), dict(spec.digests)
    missing = tuple(
        digests[option.name]
        for option in find_space(spec.space).bringing
        if option.name in digests.keys() & settings.keys()
        and not at_hand(option, settings[option.name], digests[option.name])
    )
    return Lacking(missing) if missing else None

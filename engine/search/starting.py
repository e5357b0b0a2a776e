"""What a search begins with beside random candidates: elites of archives, and what users write."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from elitemap.archive.errors import ArchiveError, ElitemapError, UsageError
from elitemap.archive.identity import canonical_text, identity
from elitemap.engine.protocols import Task

#: Key of the documents that a run begins with, beside the states of islands.
STARTS = -2


@dataclass(frozen=True)
class Starts:
    """What a run begins with.

    Attributes:
        documents: Distinct candidates of the task in canonical form.
        told: Where they come from, as JSON values for the run's record.
        notes: What to tell of it, one line each.
    """

    documents: tuple[Mapping[str, Any], ...] = ()
    told: tuple[Mapping[str, Any], ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """What the record of a run says of it."""
        return {"from": list(self.told), "number": len(self.documents), "digest": self.digest}

    @property
    def digest(self) -> str:
        """SHA-256 of the documents."""
        return sha256(canonical_text(list(self.documents)).encode()).hexdigest()

    def to_bytes(self) -> bytes:
        """The documents, as they are kept with a run."""
        return canonical_text(list(self.documents)).encode()


#: Random candidates alone.
NO_STARTS = Starts()


def read_starts(saved: Mapping[int, bytes]) -> tuple[Mapping[str, Any], ...]:
    """The documents that a run begins with.

    Raises:
        ArchiveError: If they are damaged.
    """
    try:
        found = json.loads(saved.get(STARTS, b"[]"))
    except ValueError:
        found = None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise ArchiveError(
            "what the run begins with is damaged: restore the archive from a copy, or search anew"
        )
    return tuple(found)


@dataclass
class Gathered:
    """Candidates to begin with, as they are gathered.

    Attributes:
        task: What they are candidates of.
        found: By identity.
        told: Where they come from.
        notes: What to tell of it.
    """

    task: Task
    found: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    told: list[Mapping[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def write(self, texts: Sequence[str]) -> None:
        """Add what a user writes.

        Raises:
            UsageError: If a text is none, or none of this task; the line begins with it.
        """
        if texts and self.task.parse is None:
            raise UsageError(
                "expected a search whose candidates can be written as text, got one without: "
                "begin it with elites, --from ARCHIVE"
            )
        for text in texts:
            assert self.task.parse is not None
            try:
                document = candidate(self.task, self.task.adopt(self.task.parse(text)))
            except (ElitemapError, ValueError) as error:
                raise UsageError(f"--start {text[:60]!r}: {error}") from None
            self.found[identity(document)] = document
            self.told.append({"text": text})

    def take(self, documents: Iterable[Mapping[str, Any]], source: Mapping[str, Any]) -> None:
        """Add elites; those that are no candidates of this task are left out and counted.

        Args:
            documents: Of any archive.
            source: Where they come from, with the key ``archive``.

        Raises:
            UsageError: If there are none, or none fits.
        """
        before, refused = len(self.found), []
        for document in documents:
            try:
                fitting = candidate(self.task, self.task.adopt(document))
            except (ElitemapError, ValueError) as error:
                refused.append(str(error))
                continue
            self.found[identity(fitting)] = fitting
        name, taken = source["archive"], len(self.found) - before
        if not taken:
            why = f"none of {len(refused)} elites fits: {refused[0]}" if refused else "no elites"
            raise UsageError(f"--from {name}: {why}; choose others, or other options")
        left = f"; {len(refused)} do not fit, such as: {refused[0]}" if refused else ""
        counted = "1 elite" if taken == 1 else f"{taken} elites"
        self.notes.append(f"begins with {counted} of {name}{left}")
        self.told.append({**source, "elites": taken, "refused": len(refused)})

    def starts(self) -> Starts:
        """All of it.

        Raises:
            UsageError: If the task goes through all candidates anyway.
        """
        if self.found and self.task.enumeration is not None:
            raise UsageError("this search goes through all candidates: drop --from and --start")
        return Starts(tuple(self.found.values()), tuple(self.told), tuple(self.notes))


def candidate(task: Task, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The canonical document of a candidate.

    Raises:
        ElitemapError: If it is none.
        ValueError: The same.
    """
    batch, valid = task.space.canonical(task.space.from_json([document]))
    if not valid[0]:
        raise UsageError("expected a candidate of this search, got one too simple or too long")
    made: Mapping[str, Any] = task.space.to_json(batch, 0)
    return made

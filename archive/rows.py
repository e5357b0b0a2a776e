"""Records as rows of the tables, and back."""

import json
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite, isnan
from typing import Any

from elitemap.archive.columns import LONGEST, Kind
from elitemap.archive.errors import ArchiveError
from elitemap.archive.identity import ID_DIGITS, canonical_text, text_identity
from elitemap.archive.objectives import Objective
from elitemap.archive.plain import one_line
from elitemap.archive.records import STATUSES, Ancestor, EliteRecord, Member, RunRecord
from elitemap.archive.text import plain

RUN_COLUMNS = (
    "id, space, target, options, config, seed, started_at, finished_at, status, version, summary"
)

Row = tuple[Any, ...]


def finite(values: Mapping[str, float | None]) -> dict[str, float | None]:
    """The values as plain numbers; None where one is not finite, for which JSON has no number."""
    return {name: _number(value) for name, value in values.items()}


def _number(value: float | None) -> float | None:
    if value is None or type(value) is int:
        return value
    if type(value) is not float:
        value = float(value)  # scalars of NumPy are no type of SQLite's
    return value if isfinite(value) else None


def names(elites: Iterable[EliteRecord]) -> dict[Kind, list[str]]:
    """Names of objectives, texts and measures, in order of appearance.

    An objective that is None everywhere has no name yet: it could become a number or a text.
    """
    found: dict[Kind, dict[str, None]] = {"objective": {}, "text": {}, "measure": {}}
    # Of a million elites nearly all have the same names, and values of the same types.
    told = dict.fromkeys(
        (tuple(e.objectives), tuple(map(type, e.objectives.values())), tuple(e.measures))
        for e in elites
    )
    for objectives, types, measures in told:
        for name, kind in zip(objectives, types, strict=True):
            if kind is not type(None):
                found["text" if issubclass(kind, str) else "objective"][name] = None
        found["measure"].update(dict.fromkeys(measures))
    return {kind: list(used) for kind, used in found.items()}


def run_row(run: RunRecord) -> Row:
    """The columns ``RUN_COLUMNS`` and the problem, which tells comparable runs."""
    options = dict(run.options)
    asked = {name: options.get(name) for name in run.config.get("problem", options)}
    target = plain(run.target)
    return (
        run.id,
        run.space,
        target,
        canonical_text(options),
        canonical_text(dict(run.config)),
        run.seed,
        run.started_at,
        run.finished_at,
        run.status,
        run.version,
        canonical_text(finite(run.summary)),
        canonical_text([run.space, target, asked]),
    )


def run_record(row: Row | None) -> RunRecord:
    """The inverse of :func:`run_row`, without the problem.

    Raises:
        ArchiveError: If it is nothing that we could have written, or there is no row where an index
            has promised one.
    """
    if row is None:
        raise damaged("the record of a run")
    identity, space, target, options, config, seed, started, finished, status, version, summary = (
        row
    )
    return RunRecord(
        identity,
        space,
        target,
        _object(options, "options"),
        configuration(config),
        seed,
        started,
        finished,
        status,
        version,
        _object(summary, "summary"),
    )


def program_row(program: EliteRecord | Ancestor) -> Row:
    """Identity, body, source, parent and operator.

    Raises:
        ValueError: If the parent is no id.
    """
    if program.parent is not None and len(program.parent) != ID_DIGITS:
        raise ValueError(f"expected an id as parent, got {program.parent!r}")
    body = canonical_text(program.program)
    return (
        text_identity(body),
        body,
        plain(program.source),
        program.parent,
        program.operator,
    )


def elite_statement(values: Sequence[tuple[Kind, str]]) -> str:
    """SQL that puts one elite into its slot; the values come from :func:`elite_row`."""
    columns = ["cell", "quality", "status", *(f"{kind}_{name}" for kind, name in values)]
    return (
        f"INSERT INTO elite (run, slot, program, {', '.join(columns)})"
        f" VALUES (?, ?, ?{', ?' * len(columns)}) ON CONFLICT (run, slot) DO UPDATE SET"
        f" program = excluded.program, {', '.join(f'{c} = excluded.{c}' for c in columns)}"
    )


def elite_rows(
    run: int,
    keyed: Sequence[tuple[int, EliteRecord]],
    values: Sequence[tuple[Kind, str]],
) -> list[Row]:
    """Values for :func:`elite_statement`.

    Args:
        run: Key of the run.
        keyed: Elites with the keys of their programs.
        values: Kinds and names of the columns.

    Raises:
        ValueError: If a quality is NaN, a slot negative, a status unknown or a text too long.
    """
    for _, elite in keyed:
        if isnan(elite.quality):
            raise ValueError(f"expected a number as quality, got NaN for {elite.source!r}")
        if elite.slot < 0 or elite.status not in STATUSES:
            raise ValueError(f"expected a slot and a status, got {elite.slot}, {elite.status!r}")
    head = [
        (
            run,
            elite.slot,
            program,
            f"[{','.join(map(str, elite.cell))}]",
            float(elite.quality),
            elite.status,
        )
        for program, elite in keyed
    ]
    # By columns: a million elites have ten million values, and nearly all are plain numbers.
    columns = [_column(kind, name, keyed) for kind, name in values]
    tails = zip(*columns, strict=True) if columns else ((),) * len(head)
    return [(*first, *rest) for first, rest in zip(head, tails, strict=True)]


def _column(
    kind: Kind, name: str, keyed: Sequence[tuple[int, EliteRecord]]
) -> Sequence[float | str | None]:
    """One value of each elite, as it is stored."""
    found: list[Any]
    if kind == "measure":
        found = [elite.measures.get(name) for _, elite in keyed]
    else:
        found = [elite.objectives.get(name) for _, elite in keyed]
    types = set(map(type, found))
    if kind != "text" and types <= {int, float} and all(map(isfinite, found)):
        return found
    return [_stored(kind, name, value) for value in found]


def _stored(kind: Kind, name: str, value: float | str | None) -> float | str | None:
    if not isinstance(value, str):
        return None if kind == "text" else _number(value)
    if kind == "objective":
        return None
    if len(text := plain(value)) > LONGEST:
        raise ValueError(f"expected at most {LONGEST} characters as {name}, got {len(text)}")
    return text


def read_number(name: str, value: Any) -> float | None:
    """A number from an archive, which may come from a stranger.

    Raises:
        ArchiveError: If it is nothing that our columns let in.
    """
    if value is None or (isinstance(value, int | float) and isfinite(value)):
        return value
    raise damaged(f"the value of {name!r}")


def read_text(name: str, value: Any) -> str | None:
    """A text that is an objective, as for :func:`read_number`.

    Raises:
        ArchiveError: If it is nothing that our columns let in.
    """
    if value is None or (isinstance(value, str) and len(value) <= LONGEST):
        return value
    raise damaged(f"the value of {name!r}")


def member_row(run: int, member: Member) -> Row:
    """Values of the columns of ``member``; ``run`` is a key."""
    return (run, member.slot, canonical_text(member.body), member.number)


def member_body(text: str) -> dict[str, Any]:
    """The inverse of :func:`member_row`, as far as readers need it.

    Raises:
        ArchiveError: If it is no JSON object.
    """
    return _object(text, "members")


def document(text: str) -> Any:
    """Read JSON from an archive, which may come from a stranger.

    Raises:
        ArchiveError: If it is no JSON or nested too deep.
    """
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        raise damaged(f"the document {str(text)[:40]!r}...") from None


def program_body(text: str) -> dict[str, Any]:
    """Read the document of a program.

    Raises:
        ArchiveError: If it is no JSON object.
    """
    found = document(text)
    if not isinstance(found, dict):
        raise damaged(f"the document {text[:40]!r}...")
    return found


def configuration(text: str) -> Mapping[str, Any]:
    """Read a run's configuration, as far as queries use it.

    Raises:
        ArchiveError: If it is no object, its ``pareto`` no list of names and signs, its
            ``problem`` no list of names, its ``words`` no texts by name, or its
            ``objectives`` no declarations.
    """
    found = _object(text, "configuration")
    pareto, problem = found.get("pareto", []), found.get("problem", [])
    words = found.get("words", {})
    if not isinstance(pareto, list) or not all(map(_is_goal, pareto)):
        raise damaged("the configuration of a run")
    if not isinstance(problem, list) or not all(isinstance(name, str) for name in problem):
        raise damaged("the configuration of a run")
    if not isinstance(words, dict) or not all(isinstance(text, str) for text in words.values()):
        raise damaged("the configuration of a run")
    declared = found.get("objectives", [])
    if not isinstance(declared, list):
        raise damaged("the configuration of a run")
    try:
        for one in declared:
            Objective.from_json(one)
    except ValueError:
        raise damaged("the objectives of a run") from None
    return found


def _object(text: str, name: str) -> dict[str, Any]:
    found = document(text)
    if not isinstance(found, dict):
        raise damaged(f"the {name} of a run")
    return found


def _is_goal(pair: Any) -> bool:
    return (
        isinstance(pair, list)
        and len(pair) == 2
        and isinstance(pair[0], str)
        and isinstance(pair[1], int | float)
    )


def damaged(what: str) -> ArchiveError:
    """The error for content that no writer of ours produces."""
    told = one_line(what)  # it may quote the file
    return ArchiveError(f"the archive is damaged, see {told}: restore the file from a copy")

"""Records as rows of the tables, and back."""

import json
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite, isnan
from typing import Any

from elitemap.archive.errors import ArchiveError
from elitemap.archive.identity import canonical_text, text_identity
from elitemap.archive.records import Ancestor, EliteRecord, RunRecord
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


def names(mappings: Iterable[Mapping[str, Any]]) -> list[str]:
    """All keys, in order of appearance."""
    return list(dict.fromkeys(name for mapping in mappings for name in mapping))


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


def run_record(row: Row) -> RunRecord:
    """The inverse of :func:`run_row`, without the problem."""
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
    """Identity, body, source, parent and operator."""
    body = canonical_text(program.program)
    return (
        text_identity(body),
        body,
        plain(program.source),
        program.parent,
        program.operator,
    )


def elite_statement(objectives: Sequence[str], measures: Sequence[str]) -> str:
    """SQL that puts one elite into its slot; the values come from :func:`elite_row`."""
    values = [f"objective_{name}" for name in objectives]
    values += [f"measure_{name}" for name in measures]
    columns = ["cell", "quality", "status", *values]
    return (
        f"INSERT INTO elite (run, slot, program, {', '.join(columns)})"
        f" VALUES (?, ?, ?{', ?' * len(columns)}) ON CONFLICT (run, slot) DO UPDATE SET"
        f" program = excluded.program, {', '.join(f'{c} = excluded.{c}' for c in columns)}"
    )


def elite_row(
    run: int,
    program: int,
    elite: EliteRecord,
    objectives: Sequence[str],
    measures: Sequence[str],
) -> Row:
    """Values for :func:`elite_statement`; ``run`` and ``program`` are keys.

    Raises:
        ValueError: If the quality is NaN.
    """
    if isnan(elite.quality):
        raise ValueError(f"expected a number as quality, got NaN for {elite.source!r}")
    return (
        run,
        elite.slot,
        program,
        f"[{','.join(map(str, elite.cell))}]",
        float(elite.quality),
        elite.status,
        *map(_number, map(elite.objectives.get, objectives)),
        *map(_number, map(elite.measures.get, measures)),
    )


def document(text: str) -> Any:
    """Read JSON from an archive, which may come from a stranger.

    Raises:
        ArchiveError: If it is no JSON or nested too deep.
    """
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        raise damaged(f"the document {str(text)[:40]!r}...") from None


def configuration(text: str) -> Mapping[str, Any]:
    """Read a run's configuration, as far as queries use it.

    Raises:
        ArchiveError: If it is no object, its ``pareto`` no list of names and signs, or its
            ``problem`` no list of names.
    """
    found = _object(text, "configuration")
    pareto, problem = found.get("pareto", []), found.get("problem", [])
    if not isinstance(pareto, list) or not all(map(_is_goal, pareto)):
        raise damaged("the configuration of a run")
    if not isinstance(problem, list) or not all(isinstance(name, str) for name in problem):
        raise damaged("the configuration of a run")
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
    return ArchiveError(f"the archive is damaged, see {what}: restore the file from a copy")

"""What a run is about: its notable elites or its front, proved as far as proofs have come."""

from collections.abc import Mapping, Sequence
from typing import Any

from elitemap.archive.objectives import recorded
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import RunRecord
from elitemap.archive.views import EliteView
from elitemap.terminal.objectives import Declared

#: An estimate that is better by no more than this factor is not better than what is proved: fits of
#: one function end as close together, and certificates measure errors anew.
SLACK = 1.07

#: The same for what is no estimate: certificates round outwards.
OUTWARDS = 1 + 1e-9

#: Elites shown of a run without objectives to compare.
ROWS = 40


def best_of(reader: ArchiveReader, run: RunRecord) -> list[EliteView]:
    """Elites that have the objective that the task calls notable; else the front."""
    name = notable(run)
    if name is None:
        return front(reader, run)
    return reader.elites(ElitesQuery(run=run.id, where=f"{name} > -1e300", sort="-quality,id"))


def notable(run: RunRecord) -> str | None:
    """Name of the objective that finds of the run have and other elites have not, if it has one."""
    name = run.config.get("notable")
    return name if isinstance(name, str) and name.isidentifier() else None


def front(reader: ArchiveReader, run: RunRecord) -> list[EliteView]:
    """The front of what is proved, and what promises to be better and is not proved.

    In the order of the first objective.
    """
    signs = {name: int(sign) for name, sign in run.config.get("pareto", ())}
    declared = Declared.of(recorded(run.space, run.config))
    sure = [name for name in signs if not declared.estimated(name)]
    proved = _front(reader, run, "status != 'candidate'", sure)
    promised = _front(reader, run, "status = 'candidate'", list(signs))
    names = _known(promised, list(signs))
    slack = {name: _slack(signs[name], declared.estimated(name)) for name in names}
    better = [one for one in promised if not any(_covers(p, one, signs, slack) for p in proved)]
    found = [*proved, *better]
    first = next((n for n in signs if all(_is_number(v.objectives.get(n)) for v in found)), None)
    if first is None or not proved:
        return found
    return sorted(found, key=lambda view: -signs[first] * _value(view, first))


def unproved(views: Sequence[EliteView]) -> list[EliteView]:
    """Those without a certificate."""
    return [view for view in views if view.status == "candidate"]


def _front(
    reader: ArchiveReader, run: RunRecord, where: str, names: Sequence[str]
) -> list[EliteView]:
    """The front of some elites, in those of the objectives that they have."""
    axes = _known(reader.elites(ElitesQuery(run=run.id, where=where, limit=1)), names)
    if axes:
        return reader.elites(ElitesQuery(run=run.id, where=where, pareto=",".join(axes)))
    return reader.elites(ElitesQuery(run=run.id, where=where, sort="-quality,id", limit=ROWS))


def _known(views: Sequence[EliteView], names: Sequence[str]) -> list[str]:
    """Names of objectives of which the elites have numbers."""
    return [n for n in names if views and all(_is_number(v.objectives.get(n)) for v in views)]


def _covers(
    proved: EliteView, promised: EliteView, signs: Mapping[str, int], slack: Mapping[str, float]
) -> bool:
    """Whether what is proved is as good in every objective, but for the noise of estimates."""
    return all(
        _is_number(proved.objectives.get(name))
        and signs[name] * _value(proved, name) >= signs[name] * _value(promised, name) * slack[name]
        for name in slack
    )


def _slack(sign: int, estimated: bool) -> float:
    slack = SLACK if estimated else OUTWARDS
    return 1 / slack if sign > 0 else slack


def _value(view: EliteView, name: str) -> float:
    value = view.objectives[name]
    assert isinstance(value, int | float)
    return float(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)

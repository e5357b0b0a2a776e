"""The page of one elite: program, objectives, certificate, ancestry."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from elitemap.archive.plain import one_line, plain
from elitemap.archive.records import UNPROVED
from elitemap.terminal.objectives import Declared
from elitemap.terminal.tables.bars import bars
from elitemap.terminal.tables.certificates import told
from elitemap.terminal.tables.nested import nested_list
from elitemap.terminal.tables.tables import SHORT, brief, measures_line, pairs

Json = Mapping[str, Any]

#: Ancestors that a page shows; the JSON has all of them.
GENERATIONS = 12

#: Members of a family that a page shows; the JSON has all of them.
MEMBERS = 20


def elite_page(elite: Json, declared: Declared) -> Group:
    """Everything about one elite.

    Args:
        elite: Its JSON object, with ``formula``, a text or None, and ``lineage``, a list of ``id``,
            ``operator`` and ``source``, the elite itself first; perhaps with ``members``, a list
            of the disguises in which it was found, with ``also``, the other problems whose elite it
            is, or with ``curves``, each by ``x``, ``y``, ``x_name`` and ``y_name``.
        declared: What its run declares of objectives.
    """
    parts: list[RenderableType] = [
        pairs(_head(elite)),
        *_section("program", Text(plain_lines(elite["source"]))),
        *(_section("formula", Text(one_line(brief(elite["formula"])))) if elite["formula"] else []),
        *_section("objectives", pairs(_objectives(elite, declared))),
        *_section("measures", Text(one_line(measures_line(elite["measures"])))),
        Text("\ncertificate", style="bold"),
        _certificate(elite["certificate"], elite["objectives"].get(UNPROVED)),
    ]
    if elite.get("curves"):
        parts += _section("curves", Group(*map(_curve, elite["curves"])))
    if elite.get("members"):
        parts += _section(f"family of {len(elite['members'])}", _members(elite["members"]))
    if elite["lineage"]:
        parts += _section("ancestry, youngest first", _lineage(elite["lineage"]))
    return Group(*parts)


def _head(elite: Json) -> Json:
    names = {name: elite[name] for name in ("id", "space", "target", "status", "run")}
    names["problem"] = _problem(elite["problem"])
    if elite.get("also"):
        names["also of"] = "; ".join(map(_problem, elite["also"])) + " (see --problem)"
    order = ("id", "space", "problem", "also of", "status", "run")
    return {name: names[name] for name in order if name in names}


def _problem(problem: Json) -> str:
    return f"{problem['label']} ({problem['id']})"


def plain_lines(text: str) -> str:
    """Text of several lines made safe line by line."""
    return "\n".join(plain(line) for line in text.split("\n"))


def _section(title: str, body: RenderableType) -> list[RenderableType]:
    return [Text(f"\n{title}", style="bold"), Padding(body, (0, 0, 0, 2), expand=False)]


def _objectives(elite: Json, declared: Declared) -> Json:
    objectives, certified = elite["objectives"], elite["certificate"] is not None
    named = [name for name in declared.in_order(objectives) if name != UNPROVED]
    return {name: _vouched(name, objectives[name], declared, certified) for name in named}


def _vouched(name: str, value: Any, declared: Declared, certified: bool) -> str:
    """A value with what vouches for it; what a certificate is to say, only the search has said."""
    note = "" if value is None else declared.note(name)
    if note and not certified and declared[name].vouched in ("proved", "confirmed"):
        note = f"not yet {note}"
    return declared.text(name, value) + (f" ({note})" if note else "")


def _certificate(certificate: Json | None, unproved: str | None) -> RenderableType:
    if certificate is None and unproved:
        return Text(f"  none, and more time would not change it: {one_line(unproved)}")
    if certificate is None:
        return Text("  none: the objectives are estimates; prove them with `elitemap certify`")
    # Not in a Padding, which would fill all lines to the length of the longest.
    return nested_list(told(certificate), indent=2)


def _curve(curve: Json) -> Text:
    """What a curve is of, bars, and from where to where."""
    across, up = one_line(curve["x_name"]), one_line(curve["y_name"])
    known = [y for y in curve["y"] if y is not None]
    ends = f"{min(known):.4g} to {max(known):.4g}" if known else "nowhere finite"
    head = f"{up}: {ends}, over {across} from {curve['x'][0]:.4g} to {curve['x'][-1]:.4g}\n"
    return Text(head).append("  ").append_text(bars(curve["y"]))


def _members(members: Sequence[Json]) -> Group:
    lines = [one_line(brief(str(member.get("source", member)))) for member in members[:MEMBERS]]
    if len(members) > MEMBERS:
        lines.append(f"and {len(members) - MEMBERS} more, see --json")
    return Group(*(Text(line, no_wrap=True, overflow="ellipsis") for line in lines))


def _lineage(lineage: Sequence[Json]) -> Group:
    lines = [
        f"{one_line(a['id'][:SHORT])}  {one_line(a['operator'] or '-'):9}  "
        + one_line(brief(a["source"]))
        for a in lineage[:GENERATIONS]
    ]
    if len(lineage) > GENERATIONS:
        lines.append(f"and {len(lineage) - GENERATIONS} older ones, see --json")
    return Group(*(Text(line, no_wrap=True, overflow="ellipsis") for line in lines))

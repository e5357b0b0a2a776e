"""A report as one HTML document that loads nothing and lets nothing of the archive act.

Every text is escaped, and what could reorder or hide text is shown as an escape. The policy in the
document's head forbids all network access, and all scripts but the two that are named in it by
their hashes.
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from elitemap import __version__
from elitemap.archive.plain import plain
from elitemap.terminal.report.figures import LOOKS, Figure, Spec
from elitemap.terminal.report.gathering import Report
from elitemap.terminal.report.pictures import Studio
from elitemap.terminal.tables.page import plain_lines


def document(report: Report, now: datetime, studio: Studio) -> str:
    """A report as HTML.

    Args:
        report: What it says.
        now: The date that it bears.
        studio: Draws its pictures.
    """
    scripts = {"library": studio.library(), "script": _resource("report.js")}
    template = _environment().from_string(_resource("report.html"))
    return template.render(
        report=report,
        heading=headline(report),
        made=now.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        version=__version__,
        newline=Markup("\n"),
        policy=Markup(policy(scripts.values())),  # quotes and hashes of our own
        style=Markup(_resource("report.css")),
        charts=Markup(data(report.figures)),
        stills={f.id: studio.still(f) for one in report.chapters for f in one.figures},
        **{name: Markup(text) for name, text in scripts.items()},
    )


def headline(report: Report) -> str:
    """What the report is about, in a few words."""
    names = [chapter.problem.name for chapter in report.chapters]
    return "; ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def policy(scripts: Iterable[str]) -> str:
    """What the document may do: run these scripts, use inline styles and its own pictures."""
    hashes = " ".join(f"'sha256-{_digest(text)}'" for text in scripts)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )


def data(figures: tuple[Figure, ...]) -> str:
    """The charts as JSON in which nothing can end the element around it."""
    specs = {f.id: [_without_looks(chart.spec) for chart in f.charts] for f in figures}
    whole = {"looks": LOOKS, "figures": specs}
    text = json.dumps(whole, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _without_looks(spec: Spec) -> Spec:
    """The chart without what is the same for all of them."""
    return {name: value for name, value in spec.items() if name != "config"}


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _resource(name: str) -> str:
    return files("elitemap.terminal.report").joinpath(name).read_text(encoding="utf-8")


def _environment() -> Environment:
    environment = Environment(autoescape=True, undefined=StrictUndefined, finalize=_harmless)
    environment.filters |= {"lines": _lines}
    return environment


def _harmless(value: Any) -> Any:
    """What is put into the page: texts without characters that reorder, hide or control."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _lines(text: str) -> Markup:
    return Markup(escape(plain_lines(text)))  # escaped here

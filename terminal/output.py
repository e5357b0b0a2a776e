"""Data on stdout: JSON and CSV."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import click

from elitemap.archive.plain import plain

_FIRST = ("id", "run", "space", "target", "problem", "status")


def print_json(value: Any) -> None:
    """Print a value as indented JSON; ASCII only, so nothing in it reaches the terminal raw."""
    click.echo(json.dumps(value, indent=2, allow_nan=False))


def print_json_line(value: Any) -> None:
    """Print a value as JSON in one line."""
    click.echo(json.dumps(value, allow_nan=False))


def print_csv(elites: Sequence[Mapping[str, Any]]) -> None:
    """Print elites as CSV: one column per objective and measure, empty where there is no value."""
    objectives = list(dict.fromkeys(name for e in elites for name in e["objectives"]))
    measures = list(dict.fromkeys(name for e in elites for name in e["measures"]))
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([*_FIRST, *objectives, *(f"measure_{name}" for name in measures), "source"])
    for elite in elites:
        values = [_cell(elite["objectives"].get(name)) for name in objectives]
        values += [elite["measures"].get(name) for name in measures]
        known = {**elite, "problem": elite["problem"]["label"]}
        texts = [plain(str(known[name])) for name in _FIRST]
        writer.writerow([*texts, *values, plain(elite["source"])])
    click.echo(buffer.getvalue(), nl=False)


def _cell(value: Any) -> Any:
    return plain(value) if isinstance(value, str) else value

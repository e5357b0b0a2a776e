"""Everything that reads what strangers write, as functions of bytes that may only fail as we say.

Each function returns where the input is fine or is refused in one line; anything else it raises is
a find.
"""

import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import click

from elitemap.archive.columns import FIXED, Column
from elitemap.archive.errors import ElitemapError
from elitemap.archive.merging.joining import join
from elitemap.archive.querying.clauses import order_clause, search_clause, where_clause
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import EliteRecord, RunRecord
from elitemap.archive.rows import configuration
from elitemap.archive.rows import document as read_document
from elitemap.archive.store import ArchiveWriter
from elitemap.cli import cli
from elitemap.engine.config import SearchConfig
from elitemap.formulas.parsing import parse
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.tensors import TENSORS
from elitemap.searchspaces.programs.words import WORDS
from elitemap.terminal.settings import load_config

COLUMNS: Mapping[str, Column] = {
    **FIXED,
    **{name: Column(f"elite.objective_{name}", True) for name in ("ops", "digits", "error")},
}


#: Of an archive to begin with: one with a certificate, and others without.
ELITES = 3


class Target(NamedTuple):
    """What reads, and inputs to begin with."""

    reads: Callable[[bytes], None]
    seeds: tuple[bytes, ...]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def expression(data: bytes) -> None:
    """A user's target."""
    parse(_text(data))


def where(data: bytes) -> None:
    """A filter, an order, and a text to search for; SQLite takes what is made of them."""
    text = _text(data)
    for make in (where_clause, lambda t, c: search_clause(t)):
        try:
            clause = make(text, COLUMNS)
        except ElitemapError:
            continue
        _tables().execute(f"SELECT 1 FROM elite WHERE {clause.sql}", clause.values).fetchall()
    order_clause(text, COLUMNS)


@cache
def _tables() -> sqlite3.Connection:
    """The tables that filters ask, empty and in memory."""
    connection = sqlite3.connect(":memory:")
    columns = "run, slot, program, cell, status, quality, objective_ops, objective_digits"
    connection.execute(f"CREATE TABLE elite ({columns}, objective_error)")
    connection.execute("CREATE TABLE run (key, id, space, target, problem)")
    connection.execute("CREATE TABLE program (key, id, source, parent, operator)")
    connection.execute("CREATE TABLE remark (program, mark, note)")
    connection.create_function("problem_id", 1, str)
    return connection


def document(data: bytes) -> None:
    """A program of an archive, in every dialect, and a continued fraction."""
    found = read_document(_text(data))
    for dialect in (REAL, FLOAT32, WORDS, TENSORS):
        try:
            program = Program.from_json(found, dialect)
        except ElitemapError:
            continue
        assert program.to_json() is not None
    Formula.from_json(found)


def settings(data: bytes) -> None:
    """A file of settings, and the record of a run's."""
    with tempfile.NamedTemporaryFile(suffix=".toml", dir=_memory()) as file:
        file.write(data)
        file.flush()
        try:
            command = cli.commands["search"]
            load_config(click.Context(command), command.params[0], Path(file.name))
        except ElitemapError:
            pass
    text = _text(data)
    found = read_document(text)
    if isinstance(found, dict):
        SearchConfig.from_json(found)
    configuration(text)


@cache
def _sample() -> bytes:
    """A small archive with a bit of everything.

    In the smallest pages that there are, so that it is small, most of its bytes mean something, and
    trees have several pages.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.db")
        with ArchiveWriter.open(path) as writer:
            writer.begin(_run())
            writer.flush("run-1", [_elite(k) for k in range(ELITES)], metrics={"rate": 1.0})
            writer.certify("run-1", 0, _elite(0))
            writer.remark(_elite(0).id, "star", "a note")
            writer.finish("run-1", "done", {"cells": ELITES})
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            for statement in ("journal_mode = DELETE", "page_size = 512"):
                connection.execute(f"PRAGMA {statement}")
            connection.execute("VACUUM")
        return path.read_bytes()


@cache
def _target() -> bytes:
    """The same archive as writers leave it."""
    with _files(_sample()) as (path, _):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
        return path.read_bytes()


def _run() -> RunRecord:
    config = {"pareto": [["ops", -1]], "settings": {}, "search": {}}
    began = "2026-01-01T00:00:00+00:00"
    names = ("run-1", "elementary", "exp2")
    return RunRecord(*names, {}, config, 1, began, None, "running", "0.1.0", {})


def _elite(k: int) -> EliteRecord:
    rows = [["const", float(k).hex(), (0.0).hex()], ["add", 0, 1]]
    program = {"schema": 1, "inputs": ["x"], "instructions": rows, "outputs": [2]}
    proved = {"certificate": {"digits": 1.0}, "status": "certified"} if k == 0 else {}
    given: dict[str, Any] = {
        "slot": k,
        "cell": (k,),
        "program": program,
        "source": f"x + {k}",
        "quality": float(k),
        "objectives": {"ops": k, "label": "known"},
        "measures": {"ops": float(k)},
        "status": "candidate",
        "certificate": None,
        "parent": None,
        "operator": None,
    }
    return EliteRecord(**{**given, **proved})


def archive(data: bytes) -> None:
    """A whole file: opened, asked for everything."""
    with _files(data) as (path, _):
        with ArchiveReader.open(path) as reader:
            reader.runs()
            reader.overview()
            for view in reader.elites(ElitesQuery(pareto="ops")):
                view.to_json()
            for line in reader.page(ElitesQuery(sort="-quality"), 0, 10):
                reader.lineage(line.id)
                reader.remark(line.id)
                reader.view(line.key)
            reader.heatmap(ElitesQuery(), "ops", "measure_ops")


def merge(data: bytes) -> None:
    """A whole file, merged into a good one: that stays whole, and as it was if the other is bad.

    What is left of its elites is the other's to say, who may claim to be further on; what was
    proved stays.
    """
    with _files(data, _target()) as (other, target):
        try:
            join(target, other)
        finally:
            log = Path(f"{target}-wal")
            untouched = not log.exists() and target.read_bytes() == _target()
            if not untouched:
                with ArchiveReader.open(target) as reader:
                    reader.elites(ElitesQuery())
                    assert reader.certificates(_elite(0).id)


@contextmanager
def _files(*contents: bytes) -> Iterator[list[Path]]:
    """Files in memory where the machine has such a folder, and nothing beside them afterwards."""
    folder = Path(_folder().name)
    paths = [folder / name for name in "ab"]
    for path, content in zip(paths, contents, strict=False):
        path.write_bytes(content)
    try:
        yield paths
    finally:
        for left in folder.iterdir():
            left.unlink()


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="elitemap-", dir=_memory())


def _memory() -> Path | None:
    place = Path("/dev/shm")
    return place if place.is_dir() else None


def _program(**changes: Any) -> bytes:
    return json.dumps({**_elite(1).program, **changes}).encode()


FRACTION = {
    "schema": 1,
    "fraction": {"kind": "polynomial", "a": [[2, 1]], "b": [[1, 0, 0]]},
    "value": None,
}
TYPED = {"schema": 2, "dialect": "float32", "inputs": [["x", "single"]], "states": [], "nexts": []}
CONFIG = {"pareto": [["ops", -1]], "problem": ["domain"], "words": {"domain": "on [0,1]"}}


def targets() -> Mapping[str, Target]:
    """All of them, by name."""
    return {
        "expressions": Target(
            expression, (b"exp(-x)*sin(3*x)", b"x**2/(1+abs(x)) - 1e-3", b"log2(1 + x)", b"pi*x")
        ),
        "filters, orders, searches": Target(
            where,
            (
                b"digits >= 7 and ops <= 8",
                b"not (mark is null or log2(error) < -3)",
                b"-digits,ops",
            ),
        ),
        "documents of programs": Target(
            document,
            (
                _program(),
                _program(**TYPED),
                json.dumps(FRACTION).encode(),
                _program(instructions=[["sqrt", 0], ["fma", 0, 1, 1]], outputs=[2]),
            ),
        ),
        "configurations": Target(
            settings,
            (
                b'seconds = 120\nseed = 7\n[set]\ndomain = [0, 2]\nops = ["add", "sub"]\n',
                json.dumps(CONFIG).encode(),
                json.dumps(SearchConfig(seconds=1.0).to_json()).encode(),
            ),
        ),
        "archive files": Target(archive, (_sample(),)),
        "merging of archive files": Target(merge, (_sample(),)),
    }

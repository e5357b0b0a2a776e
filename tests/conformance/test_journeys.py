"""A tiny search, a certificate and every export language, for every installed space."""

import ast
import json
import math

import pytest

from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.config import SearchConfig
from elitemap.engine.search.coordinator import search
from elitemap.engine.tasks import TaskSpec, find_space, load_task, space_names
from elitemap.searchspaces.programs.real import REAL

PRIMITIVES = REAL.primitives

ALL = ",".join(p.name for p in PRIMITIVES if p.name != "const")
SMALL = {"domain": "1,5/4", "max_ops": "6"}
TABLE = {"arithmetic": "float32", "cpu": "avx512", "reduction": "table"}
#: A short search with every primitive.
SETTINGS = {
    "elementary": [
        ("exp2", {"ops": ALL, "max_ops": "6"}),
        ("hypot", {"max_ops": "4"}),
        ("exp2", {"arithmetic": "float32", "cpu": "avx512"} | SMALL),
        ("tanh", TABLE | {"domain": "1,9/8", "max_ops": "4"}),
        ("exp2", {"arithmetic": "bfloat16", "cpu": "avx512"} | SMALL),
    ],
    "optimizers": [("rosenbrock", {})],
}
#: Evaluations, of spaces where one takes a part of a millisecond or more.
EVALUATIONS = {"optimizers": 300, "quantizers": 5_000}
SECONDS = 4.0


def specs():
    for name in space_names():
        usual = [(next(iter(find_space(name).targets)), {})]
        for target, settings in SETTINGS.get(name, usual):
            label = "-".join([name, *settings.values()][:2])
            yield pytest.param(TaskSpec.of(name, target, settings), id=label[:30])


@pytest.fixture(scope="module", params=specs())
def journey(request, tmp_path_factory):
    """The task and the elites of a search that ended."""
    config = SearchConfig(
        seed=1,
        evaluations=EVALUATIONS.get(request.param.space, 30_000),
        islands=1,
        workers=1,
        batch=256,
        epoch=1024,
        cache_bits=12,
    )
    path = tmp_path_factory.mktemp("journey") / "a.sqlite"
    outcome = search(path, request.param, config)
    with ArchiveReader.open(path) as reader:
        elites = list(reader.elites(ElitesQuery(run=outcome.run)))
    return load_task(request.param), elites


def best(elites):
    return max(elites, key=lambda elite: elite.quality)


def test_the_search_fills_the_map(journey):
    task, elites = journey
    assert len(elites) > 3
    assert len({elite.cell for elite in elites}) > 2
    for elite in elites:
        assert math.isfinite(elite.quality)
        assert task.space.source(elite.program) == elite.source
        batch = task.space.from_json([elite.program])
        assert task.space.canonical(batch)[1].all()


def test_elites_are_certified(journey):
    task, elites = journey
    program, objectives, certificate = task.certify(best(elites).program, SECONDS)
    assert certificate is not None
    json.dumps([program, objectives, certificate], allow_nan=False)
    assert task.space.canonical(task.space.from_json([program]))[1].all()
    # None takes back what an earlier attempt has said.
    known = [value for value in objectives.values() if value is not None]
    assert known and all(isinstance(v, str) or math.isfinite(v) for v in known)


def test_elites_are_exported_in_every_language(journey):
    task, elites = journey
    elite = best(elites)
    program, _, certificate = task.certify(elite.program, SECONDS)
    names = set()
    for language in task.languages:
        for proof in (certificate, None):
            files = task.export(program, proof, "approximation", language)
            assert files
            for name, text in files.items():
                assert text.strip() and "approximation" in name + text
                if name.endswith(".py"):
                    ast.parse(text)
        assert not names & set(files)
        names |= set(files)

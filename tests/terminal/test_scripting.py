"""Searches from Python."""

import gc
import io
import math
import subprocess
import sys

import pytest
from rich.console import Console

import elitemap
from elitemap.archive.errors import UsageError
from elitemap.archive.reading.reader import ArchiveReader

SMALL = {"evaluations": 60_000, "seed": 1, "workers": 1, "islands": 2, "quiet": True}


@pytest.fixture(scope="module")
def result():
    return elitemap.search(
        "elementary", "exp2", **SMALL, domain=(0, 1), max_ops=4, bound="error<=2**-6"
    )


def test_the_best_is_the_cheapest_that_keeps_the_bound(result):
    assert result.done and len(result.front) >= 2
    proved = [f for f in result.front if f.objectives["digits"] is not None]
    keeping = [f for f in proved if f.objectives["digits"] >= 6 * math.log10(2)]
    assert result.best is min(keeping, key=lambda f: f.objectives["cost"])
    assert result.best.certificate["upper"] <= 2**-6
    assert any(line.startswith("error<=2**-6: ") for line in result.told)
    assert any(line.startswith("known forms: ") for line in result.told)


def test_its_code_computes_it(result):
    scope = {"__name__": "exported"}
    exec(result.best.source("python", name="found"), scope)
    bound = result.best.certificate["upper"]
    for k in range(101):
        assert abs(scope["found"](k / 100) / 2 ** (k / 100) - 1) <= bound * (1 + 1e-9)


def test_sources(result):
    assert "double exp2_approx(double x)" in result.best.source("c")
    assert "pub fn exp2_approx(x: f64) -> f64" in result.best.source("rust")
    assert "exp2_approx_cases.inc" in result.best.files("c")
    assert result.best.source() in (f.view.source for f in result.front)
    with pytest.raises(UsageError, match="language among c, python"):
        result.best.source("fortran")


def test_it_is_shown_in_terminals_and_notebooks(result):
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(result)
    text, page = console.export_text(), result._repr_html_()
    for found in result.front:
        assert found.id[:10] in text
        assert f"<td>{found.objectives['ops']:.0f}</td>" in page
    assert page.count("<tr>") == len(result.front) + 1
    assert page.count("<svg") == 2
    assert result.best.id[:10] in repr(result.best)


def test_the_archive_is_that_of_the_command_line(tmp_path):
    path = tmp_path / "kept.db"
    one = elitemap.search("elementary", "exp2", **SMALL, archive=path, max_ops=2)
    other = elitemap.search("elementary", "exp2", **SMALL, archive=path, max_ops="2")
    assert path.exists() and one.run != other.run
    assert [f.id for f in one.front] == [f.id for f in other.front]
    assert one.best.objectives["digits"] == max(f.objectives["digits"] for f in one.front)


def test_a_search_begins_with_formulas_and_elites(tmp_path, result):
    few = SMALL | {"evaluations": 3000}
    formula = "1/(1 - 0.6931*x + 0.24*x**2)"
    first = elitemap.search("elementary", "exp2", **few, starts=[formula], max_ops=6)
    assert first.done
    path = tmp_path / "a.db"
    sources = [f"{result.archive}:ops = 3", result.archive]
    again = elitemap.search("elementary", "exp2", **few, starts_from=sources, archive=path)
    with ArchiveReader.open(path) as reader:
        told = reader.run(again.run).config["starts"]
    assert [one["where"] for one in told["from"]] == ["ops = 3", None]
    with pytest.raises(UsageError, match="expected"):
        elitemap.search("elementary", "exp2", **few, starts=["x +"])


def test_a_bound_without_a_kind_of_error_is_absolute_where_relative_cannot_be():
    options = {"domain": (-8, 8), "max_ops": 3}
    with pytest.raises(UsageError, match="error=absolute"):
        elitemap.search("elementary", "tanh", **SMALL, **options)
    found = elitemap.search("elementary", "tanh", **SMALL, **options, bound="digits>=1/2")
    assert "absolute" in found.best.certificate["error"]


def test_a_temporary_archive_goes_with_its_result():
    found = elitemap.search("elementary", "exp2", **SMALL, max_ops=1)
    path = found.archive
    assert path.exists()
    del found
    gc.collect()
    assert not path.parent.exists()


def test_mistakes_are_told():
    with pytest.raises(UsageError, match="max_ops"):
        elitemap.search("elementary", "exp2", **SMALL, max_ops="many")
    with pytest.raises(UsageError, match="domain"):
        elitemap.search("elementary", "exp2", **SMALL, domain={"low": 0})
    with pytest.raises(UsageError):
        elitemap.search("no such space", "exp2", **SMALL)
    with pytest.raises(AttributeError):
        elitemap.nothing  # noqa: B018


@pytest.mark.slow
def test_workers_do_not_run_the_script_that_searches(tmp_path):
    """Nor begin searches of their own, in a script without ``if __name__ == "__main__":``."""
    script = tmp_path / "plain.py"
    script.write_text(
        "import elitemap\n"
        "print('begun')\n"
        "found = elitemap.search('elementary', 'exp', max_ops=3, evaluations=2000, workers=2, "
        "islands=2, quiet=True)\n"
        "print(len(found.front) > 0)\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True)
    assert done.stdout.split() == ["begun", "True"], done.stderr

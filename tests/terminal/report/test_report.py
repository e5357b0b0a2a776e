import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from elitemap import __version__
from elitemap.archive.errors import ArchiveError, ElitemapError, UsageError
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.store import ArchiveWriter
from elitemap.terminal.commands import report as command
from elitemap.terminal.commands.report import write_report

GOLDEN = Path(__file__).parent / "golden"


def outline(page: Any) -> str:
    """The structure and the words of a report; code and scripts left out."""
    skipped = {"script", "style", "span"}
    tags = [
        f"<{tag}{' #' + a['id'] if 'id' in a else ''}>"
        for tag, a in page.elements
        if "id" in a and tag not in skipped
    ]
    words = [
        " ".join(text.split())
        for around, text in page.texts
        if not {"script", "style"} & set(around) and not ("details" in around and "pre" in around)
    ]
    text = "\n".join([*tags, "", *words, ""])
    return text.replace(f"by elitemap {__version__} from", "by elitemap VERSION from")


def test_the_whole_report(page: Path, parsed: Any, golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / "report.txt", outline(parsed(page)))


def test_nothing_is_loaded_from_anywhere(page: Path, parsed: Any) -> None:
    for tag, attributes in parsed(page).elements:
        for name, value in attributes.items():
            if name in {"src", "href", "action", "srcset", "poster", "data", "xlink:href"}:
                assert value.startswith(("#", "data:")), f"{tag} {name}={value[:60]}"
    sheets = "".join(t for around, t in parsed(page).texts if around[-1] == "style")
    assert "@import" not in sheets and "url(" not in sheets


def test_every_link_leads_somewhere(page: Path, parsed: Any) -> None:
    seen = parsed(page)
    ids = [a["id"] for _, a in seen.elements if "id" in a]
    assert len(ids) == len(set(ids))
    links = {a["href"][1:] for a in seen.all("a")}
    links |= {
        a[name]
        for _, a in seen.elements
        for name in a
        if name.startswith("aria-") and name in {"aria-labelledby", "aria-controls"}
    }
    assert links <= set(ids)
    sections = [one for one in links if re.fullmatch(r"p1-[0-9a-f]{16}", one)]
    assert sections and all(f'"href":"#{one}"' in seen.script(0) for one in sections)


def test_charts_are_read_by_screen_readers(page: Path, parsed: Any) -> None:
    seen = parsed(page)
    specs = json.loads(seen.script(0))["figures"]
    assert set(specs) == {a["data-figure"] for a in seen.all("div") if "data-figure" in a}
    for charts in specs.values():
        for spec in charts:
            assert len(spec["description"]) > 20
    assert all(image["alt"] for image in seen.all("img"))
    assert all("scope" in cell for cell in seen.all("th"))


def test_certified_digits_are_never_rounded_up(page: Path, parsed: Any) -> None:
    words = parsed(page).visible().split()
    assert {"1.79", "5.39", "8.99"} <= set(words)  # of 1.799, 5.397 and 8.995
    assert not {"1.80", "5.40", "9.00"} & set(words)
    assert {"1.799", "8.995"} <= set(words)  # the certificates in full


def test_code_is_there_in_every_language(page: Path, parsed: Any) -> None:
    words = parsed(page).visible()
    for language in ("c", "python", "numpy", "jax", "sympy", "latex", "rust", "cuda"):
        assert f"Code: {language}" in words


def test_a_limit_spreads_over_the_front(made: Any, archive: Path, parsed: Any) -> None:
    seen = parsed(made(archive, limit=2))
    assert len(seen.all("article")) == 2
    assert "2 of 3 are shown, spread evenly from end to end; 1 is left out" in seen.visible()
    assert {"1.79", "8.99"} <= set(seen.visible().split())


def test_filters(made: Any, archive: Path, parsed: Any) -> None:
    words = parsed(made(archive, where="ops <= 2")).visible()
    assert "Only elites for which" in words and "ops <= 2" in words
    assert "5.39" not in words


def test_the_policy_names_exactly_the_scripts(page: Path, parsed: Any) -> None:
    policy = next(a["content"] for a in parsed(page).all("meta") if "http-equiv" in a)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy
    assert policy.count("sha256-") == 2


def test_hostile_text_is_shown_and_not_obeyed(strangers: Path, made: Any, parsed: Any) -> None:
    path = made(strangers)
    text = path.read_text(encoding="utf-8")
    seen = parsed(path)
    assert len(seen.all("script")) == 3
    assert all("src" not in image or image["src"].startswith("data:") for image in seen.all("img"))
    assert not [a for _, a in seen.elements if any(name.startswith("on") for name in a)]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text)
    assert "49" not in seen.all("h1")
    assert "{{7*7}}" in seen.visible()
    assert "unknown space" in seen.visible()
    assert "cut after 20000 characters" in seen.visible()


def test_a_space_that_is_not_installed_is_shown_as_data(
    tmp_path: Path, fill: Any, make_run: Any, make_elite: Any, made: Any, parsed: Any
) -> None:
    path = fill(tmp_path / "a.db", make_run(space="elsewhere"), [make_elite(0), make_elite(1)])
    words = parsed(made(path)).visible()
    assert "There is no code in other languages: unknown space 'elsewhere'" in words
    assert "t0 = x + 0.5" in words and "Code: " not in words


def test_two_problems_and_several_runs(
    tmp_path: Path, fill: Any, make_run: Any, make_elite: Any, made: Any, parsed: Any
) -> None:
    path = tmp_path / "a.db"
    fill(path, make_run("r'1"), [make_elite(k, certified=True) for k in range(3)])
    fill(path, make_run("r-2"), [make_elite(k, certified=True) for k in range(2, 5)])
    other = make_run("r-3", options={"domain": "0,2", "error": "relative"})
    fill(path, other, [make_elite(7)])
    seen = parsed(made(path))
    assert [a["id"] for a in seen.all("h2") if "id" in a] == ["overview", "p1", "p2"]
    assert len(seen.all("article")) == 6  # of equals, one
    assert "candidates, by the search's estimates" in seen.visible()
    only = parsed(made(path, "other.html", run="r-3"))
    assert len(only.all("article")) == 1


def test_problems_are_named_and_chosen(
    tmp_path: Path, fill: Any, make_run: Any, make_elite: Any, made: Any, parsed: Any
) -> None:
    path = tmp_path / "a.db"
    for name, domain in (("r-1", "0,1"), ("r-2", "-8,8")):
        config = {**make_run().config, "words": {"domain": f"on [{domain}]"}}
        options = {"domain": domain, "error": "relative"}
        fill(path, make_run(name, options=options, config=config), [make_elite(0, certified=True)])
    seen = parsed(made(path)).visible()
    assert "elementary exp2 on [0,1]; elementary exp2 on [-8,8]" in seen
    only = parsed(made(path, "one.html", problem="[-8,8]")).visible()
    assert "exp2 on [-8,8]" in only and "exp2 on [0,1]" not in only
    with pytest.raises(UsageError, match="there are: exp2 on"):
        made(path, "none.html", problem="sin")


def test_pictures(made: Any, archive: Path) -> None:
    path = made(archive, "mine.html", png=True, limit=1)
    pictures = sorted(path.parent.glob("mine-*.png"))
    assert {p.name for p in pictures} >= {
        "mine-p1-front.png",
        "mine-p1-front-2.png",
        "mine-p1-map.png",
    }
    assert all(p.read_bytes().startswith(b"\x89PNG") for p in pictures)
    with pytest.raises(UsageError, match="--force"):
        write_report(path.parent / "mine.html", archive, png=True)


def test_an_existing_file_is_kept(tmp_path: Path, archive: Path) -> None:
    output = tmp_path / "r.html"
    output.write_text("mine")
    with pytest.raises(UsageError, match="exists.*--force"):
        write_report(output, archive)
    assert output.read_text() == "mine"
    write_report(output, archive, force=True, limit=1)
    assert output.read_text().startswith("<!DOCTYPE html>")
    assert [p.name for p in tmp_path.iterdir()] == ["r.html"]


def test_bad_places(tmp_path: Path, archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="no folder"):
        write_report(tmp_path / "nowhere" / "r.html", archive)
    with pytest.raises(UsageError, match="got the folder"):
        write_report(tmp_path, archive)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(command.os, "replace", full)
    with pytest.raises(ElitemapError, match=r"cannot write .*r\.html: No space left"):
        write_report(tmp_path / "r.html", archive, limit=1)
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("made")
def test_nothing_to_report(tmp_path: Path, archive: Path, make_run: Any) -> None:
    with pytest.raises(ArchiveError):
        write_report(tmp_path / "r.html", tmp_path / "none.db")
    with pytest.raises(UsageError, match="that match"):
        write_report(tmp_path / "r.html", archive, space="other")
    with pytest.raises(UsageError, match="filter, column 6"):
        write_report(tmp_path / "r.html", archive, where="ops >> 3")
    empty = tmp_path / "empty.db"
    with ArchiveWriter.open(empty) as writer:
        writer.begin(make_run())
    with pytest.raises(UsageError, match="holds no elites to report: run a search first"):
        write_report(tmp_path / "r.html", empty)


@pytest.mark.usefixtures("made")  # a pool that is given up may begin its work in the next test
def test_a_program_that_does_not_match_its_name(tmp_path: Path, archive: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes(archive.read_bytes())
    with sqlite3.connect(copy) as db:
        db.execute("UPDATE program SET body = '{\"schema\": 1}'")
    db.close()
    with pytest.raises(ArchiveError, match="does not match its id"):
        write_report(tmp_path / "r.html", copy)
    assert not (tmp_path / "r.html").exists()


def test_remarks_are_shown(tmp_path: Path, archive: Path, made: Any, parsed: Any) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes(archive.read_bytes())
    with ArchiveReader.open(copy) as reader:
        best = reader.elites(ElitesQuery(where="status = 'certified'", limit=1))[0]
    with ArchiveWriter.open(copy) as writer:
        writer.remark(best.id, "star", "<i>use this</i>")
    words = parsed(made(copy)).visible()
    assert "star" in words and "<i>use this</i>" in words


def test_a_missing_extra_is_told_in_one_line(
    tmp_path: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "vl_convert", None)
    with pytest.raises(UsageError, match=r'pip install "elitemap\[report\]"'):
        write_report(tmp_path / "r.html", archive)

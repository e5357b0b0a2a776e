"""Exported files as people get them; run pytest --update-golden to rewrite."""

from pathlib import Path

import pytest

from elitemap.searchspaces.programs.emission import LANGUAGES, export

HERE = Path(__file__).parent / "golden"


@pytest.mark.parametrize("language", LANGUAGES)
def test_certified_fraction(language, example_programs, certificate, make_meta, golden):
    files = export(example_programs["exp2"], certificate, make_meta("exp2"), language)
    for name, text in files.items():
        golden(HERE / name, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_primitive_uncertified(language, example_programs, make_meta, golden):
    meta = make_meta(
        "every primitive", target="nothing known", domain=(-2.0, 3.5), error="absolute"
    )
    for name, text in export(example_programs["every primitive"], None, meta, language).items():
        golden(HERE / name, text)


def test_golden_folder_holds_nothing_else(example_programs, make_meta):
    written = {
        name
        for program, title in ((p, t) for t, p in example_programs.items())
        for language in LANGUAGES
        for name in export(program, None, make_meta(title), language)
    }
    assert {path.name for path in HERE.iterdir()} == written

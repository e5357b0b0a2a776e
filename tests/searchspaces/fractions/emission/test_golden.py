"""Exported files as people get them; run pytest --update-golden to rewrite.

Golden files end in .txt, so that nothing formats or collects them.
"""

from pathlib import Path

import pytest

from elitemap.searchspaces.fractions.emission import LANGUAGES, export

HERE = Path(__file__).parent / "golden"

#: The other formulas differ from Apery's in few languages; these show how.
SHOWN = {
    "four over pi": ("latex", "lean"),
    "two over log 2": ("latex", "python"),
    "three plus pi": ("latex", "python", "c", "pari"),
    "interlaced e": ("latex", "python", "c", "lean", "pari"),
    "signed e": LANGUAGES,
    "catalan and pi": ("latex", "python", "sympy", "lean"),
}

#: Languages that show the series of a formula that has one.
SUMMED = ("latex", "pari", "sympy", "mpmath", "python", "c")


@pytest.mark.parametrize("language", LANGUAGES)
def test_certified(language, formulas, certificate, make_meta, golden):
    files = export(formulas["apery"], certificate, make_meta("apery"), language)
    for name, text in files.items():
        golden(HERE / f"{name}.txt", text)


@pytest.mark.parametrize("title", SHOWN)
def test_uncertified(title, formulas, make_meta, golden):
    for language in SHOWN[title]:
        for name, text in export(formulas[title], None, make_meta(title), language).items():
            golden(HERE / f"{name}.txt", text)


@pytest.mark.parametrize("language", SUMMED)
def test_with_a_series(language, formulas, series, make_meta, golden):
    files = export(formulas["two over pi"], series, make_meta("two over pi"), language)
    for name, text in files.items():
        golden(HERE / f"{name}.txt", text)


def test_golden_folder_holds_nothing_else(formulas, make_meta):
    shown = {"apery": LANGUAGES, "two over pi": SUMMED, **SHOWN}
    written = {
        f"{name}.txt"
        for title, languages in shown.items()
        for language in languages
        for name in export(formulas[title], None, make_meta(title), language)
    }
    assert {path.name for path in HERE.iterdir()} == written

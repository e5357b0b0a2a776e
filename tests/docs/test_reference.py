"""The reference is what the code says today."""

import importlib.util
from pathlib import Path

import pytest

from elitemap.cli import cli

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def generate():
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_are_up_to_date(generate, golden):
    for path, text in generate.pages().items():
        golden(path, text)


def test_every_command_and_option_has_its_place(generate):
    page = generate.commands_page(cli)
    for name, command in cli.commands.items():
        section = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        for parameter in command.params:
            assert f"`{parameter.opts[0]}" in section or parameter.param_type_name == "argument"


def test_every_exit_code_is_explained(generate):
    assert set(generate.MEANINGS) == set(generate.ExitCode)


def test_bars_do_not_break_tables(generate):
    assert generate.table(("a",), [("x|y",)]).endswith("| x\\|y |")

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from elitemap.archive.errors import UsageError
from elitemap.terminal.settings import load_config, merged_settings


@pytest.fixture
def resolve(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Run a small command on a configuration file; give what it resolved."""
    seen: dict[str, Any] = {}

    @click.command()
    @click.option("--seconds", type=float)
    @click.option("--archive", envvar="ELITEMAP_ARCHIVE", default="elitemap.db")
    @click.option("--json", "as_json", is_flag=True)
    @click.option("--set", "flags", multiple=True)
    @click.option(
        "--config", type=click.Path(path_type=Path), callback=load_config, is_eager=True,
        expose_value=False,
    )  # fmt: skip
    @click.pass_context
    def command(context: click.Context, flags: tuple[str, ...], **options: Any) -> None:
        seen.update(options, settings=merged_settings(context, flags))

    def run(text: str, *arguments: str, env: dict[str, str] | None = None) -> dict[str, Any]:
        file = tmp_path / "run.toml"
        file.write_text(text)
        CliRunner().invoke(
            command,
            ["--config", str(file), *arguments],
            env={"ELITEMAP_ARCHIVE": None, **(env or {})},
            catch_exceptions=False,
            standalone_mode=False,
        )
        return seen

    return run


def test_the_file_beats_the_default(resolve: Callable[..., dict[str, Any]]) -> None:
    got = resolve('seconds = 5\narchive = "a.db"\njson = true')
    assert (got["seconds"], got["archive"], got["as_json"]) == (5.0, "a.db", True)


def test_the_environment_beats_the_file(resolve: Callable[..., dict[str, Any]]) -> None:
    assert resolve('archive = "a.db"', env={"ELITEMAP_ARCHIVE": "b.db"})["archive"] == "b.db"


def test_the_flag_beats_the_environment(resolve: Callable[..., dict[str, Any]]) -> None:
    got = resolve('archive = "a.db"', "--archive", "c.db", env={"ELITEMAP_ARCHIVE": "b.db"})
    assert got["archive"] == "c.db"


def test_settings_merge_key_by_key(resolve: Callable[..., dict[str, Any]]) -> None:
    text = '[set]\ndomain = [0, 1.5]\nops = ["add", "mul"]\nmax_ops = 9\nflag = true'
    got = resolve(text, "--set", "max_ops=7", "--set", " error = absolute ")
    assert got["settings"] == {
        "domain": "0,1.5",
        "ops": "add,mul",
        "max_ops": "7",
        "flag": "true",
        "error": "absolute",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("secnods = 5", "did you mean 'seconds'"),
        ("config = 'x'", "unknown key 'config'"),
        ("as_json = true", "unknown key 'as_json'; did you mean 'json'"),
        ("seconds = ", "not valid TOML"),
        ("set = 3", "expected a table"),
        ("[set]\na = {b = 1}", "set.a: expected"),
        ("[set]\na = [[1]]", "set.a: expected"),
        ("[set]\na = 2020-01-01", "set.a: expected"),
    ],
)
def test_bad_files_are_named(
    resolve: Callable[..., dict[str, Any]], text: str, message: str
) -> None:
    with pytest.raises(UsageError, match="run.toml") as caught:
        resolve(text)
    assert message in str(caught.value)


@pytest.mark.parametrize("flag", ["domain", "=3", " = 3"])
def test_a_flag_without_key_or_value_is_refused(
    resolve: Callable[..., dict[str, Any]], flag: str
) -> None:
    with pytest.raises(UsageError, match="KEY=VALUE"):
        resolve("", "--set", flag)


def test_an_absent_file_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot read"):
        load_config(click.Context(click.Command("x")), click.Option(["--config"]), Path("no.toml"))

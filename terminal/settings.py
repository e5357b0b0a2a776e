"""Where a command's settings come from: flag over environment over file over default.

click gives that order by itself once the file's values are its ``default_map``; this module reads
and checks the file and merges its ``[set]`` table with the ``--set`` flags.
"""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from elitemap.archive.errors import UsageError
from elitemap.engine.config import nearest

#: Where the ``[set]`` table of the configuration file waits in ``Context.meta``.
FILE_SETTINGS = "elitemap.settings"


def load_config(context: click.Context, option: click.Parameter, path: Path | None) -> None:
    """Callback of ``--config``: make the file's values the command's defaults.

    Raises:
        UsageError: If the file cannot be read, is no TOML or holds an unknown key.
    """
    if path is None:
        return
    document = _read(path)
    table = document.pop("set", {})
    if not isinstance(table, dict):
        raise UsageError(f"{path}: expected a table [set], got {table!r}")
    context.meta[FILE_SETTINGS] = {key: as_text(path, key, value) for key, value in table.items()}
    names = _keys(context.command)
    for key in document:
        if key not in names:
            raise UsageError(f"{path}: unknown key {key!r}{nearest(key, [*names, 'set'])}")
    context.default_map = {names[key]: value for key, value in document.items()}


def merged_settings(context: click.Context, flags: Sequence[str]) -> dict[str, str]:
    """The ``--set`` values of the command line over those of the configuration file.

    Raises:
        UsageError: If a flag is not of the form KEY=VALUE.
    """
    return {**context.meta.get(FILE_SETTINGS, {}), **_parsed(flags)}


def given_settings(
    context: click.Context, option: click.Parameter, flags: Sequence[str]
) -> dict[str, str]:
    """Callback of a ``--set`` that no file can hold.

    Raises:
        UsageError: If a flag is not of the form KEY=VALUE.
    """
    return _parsed(flags)


def _parsed(flags: Sequence[str]) -> dict[str, str]:
    settings: dict[str, str] = {}
    for flag in flags:
        key, equals, value = flag.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"--set: expected KEY=VALUE, got {flag!r}")
        settings[key.strip()] = value.strip()
    return settings


def as_text(path: Path, key: str, value: Any) -> str:
    """A TOML value as the text that ``--set`` would have carried; a list becomes ``a,b,c``.

    Raises:
        UsageError: If the value is a table, a date or a list of lists.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list) and not any(isinstance(item, list | dict) for item in value):
        return ",".join(as_text(path, key, item) for item in value)
    raise UsageError(f"{path}: set.{key}: expected a text, a number or a list, got {value!r}")


def _keys(command: click.Command) -> Mapping[str, str]:
    """Parameter by the key that names it in a file: its long option without the dashes."""
    names = {}
    for parameter in command.params:
        long = [name[2:] for name in parameter.opts if name.startswith("--")]
        if parameter.name and long and long[0] not in {"config", "set", "help"}:
            names[long[0]] = parameter.name
    return names


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: expected TOML in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from None
    except RecursionError:
        raise UsageError(f"{path}: expected settings, got TOML that is nested too deep") from None

"""The pages under ``docs/reference/`` that are made from the code.

``python docs/generate.py`` writes them; tests/docs/test_reference.py compares them.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from elitemap.archive.errors import ExitCode
from elitemap.cli import cli
from elitemap.engine.protocols import SpaceEntry
from elitemap.engine.tasks import find_space
from elitemap.terminal.browser.help import Section, sections
from elitemap.terminal.commands.spaces import brings

HERE = Path(__file__).resolve().parent

#: The spaces that ship with elitemap: what else is installed here is in no page.
SHIPPED = ("elementary", "fractions", "optimizers", "quantizers")

#: What the exit codes mean.
MEANINGS = {
    ExitCode.DONE: "done",
    ExitCode.FAILED: "the search, certificate or export failed, or output could not be written",
    ExitCode.USAGE: "the command line or the configuration is wrong",
    ExitCode.ARCHIVE: "the archive cannot be read or written",
    ExitCode.BUG: "a bug in `elitemap`; `ELITEMAP_DEBUG=1` shows where",
    ExitCode.INTERRUPTED: "interrupted, after saving",
}

NOTE = "<!-- Made by docs/generate.py from the code; edit that, not this. -->"


def commands_page(group: click.Group) -> str:
    """The reference of all commands in Markdown."""
    names = sorted(group.commands)
    parts = [
        NOTE,
        "# Commands",
        "`elitemap COMMAND --help` says the same. Data goes to stdout, everything else to stderr.",
        "\n".join(f"- [`{n}`](#{n}): {group.commands[n].get_short_help_str(200)}" for n in names),
    ]
    for name in names:
        parts += command_section(name, group.commands[name])
    parts += [
        "## Exit codes",
        table(("code", "meaning"), ((str(int(c)), MEANINGS[c]) for c in ExitCode)),
        "An error is one line on stderr: what was expected, what was got, what to do.",
        "## Environment",
        table(("variable", "meaning"), environment()),
    ]
    return "\n\n".join(parts) + "\n"


def environment() -> list[tuple[str, str]]:
    """The environment variables, with their meanings."""
    return [
        ("`ELITEMAP_ARCHIVE`", "the archive where `--archive` is not given"),
        ("`ELITEMAP_CACHE`", "folder of compiled kernels instead of `~/.cache/elitemap`"),
        ("`ELITEMAP_DEBUG`", "`1` shows tracebacks"),
        ("`CC`", "the C compiler"),
    ]


def command_section(name: str, command: click.Command) -> list[str]:
    """What one command does and takes."""
    context = click.Context(command, info_name=f"elitemap {name}")
    usage = command.get_usage(context).removeprefix("Usage: ")
    parts = [f"## {name}", f"```text\n{usage}\n```", paragraphs(command.help or "")]
    arguments = [p for p in command.params if isinstance(p, click.Argument)]
    if arguments:
        rows = [(f"`{a.make_metavar(context)}`", multiplicity(a)) for a in arguments]
        parts.append(table(("argument", "how many"), rows))
    options = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
    parts.append(table(("option", "meaning", "default"), [row(o, context) for o in options]))
    return parts


def multiplicity(argument: click.Argument) -> str:
    """How often an argument may be given."""
    if argument.nargs == -1:
        return "one or more" if argument.required else "any number"
    return "one" if argument.required else "at most one"


def row(option: click.Option, context: click.Context) -> tuple[str, str, str]:
    """An option as it is written, its meaning and its default.

    A default that is more than a value stands in the help text, as ``[default: ...]``.
    """
    record = option.get_help_record(context)
    written = (record[0] if record is not None else option.opts[0]).replace(" RANGE", "")
    meaning, _, default = (option.help or "").partition("  [default: ")
    extra = option.get_help_extra(context)
    notes = [extra[key] for key in ("range", "required") if key in extra]
    if option.multiple:
        notes.append("may be repeated")
    meaning += f" ({', '.join(notes)})" if notes else ""
    return f"`{written}`", meaning, default.rstrip("]") or extra.get("default", "")


def paragraphs(text: str) -> str:
    """Docstring-like text as Markdown paragraphs."""
    return "\n\n".join(" ".join(part.split()) for part in text.strip().split("\n\n"))


def spaces_page(entries: Sequence[SpaceEntry]) -> str:
    """The reference of spaces, their targets and options in Markdown."""
    parts = [NOTE, "# Spaces", "`elitemap spaces` says the same, and names what else is installed."]
    for entry in entries:
        targets = ((f"`{name}`", text) for name, text in entry.targets.items())
        options = (
            (
                f"`{o.name}`",
                o.help if o.brings is None else f"{o.help} ({brings(o)})",
                f"`{o.default}`" if o.default else "",
            )
            for o in entry.options
        )
        parts += [
            f"## {entry.name}",
            f"{entry.summary[:1].upper()}{entry.summary[1:]}.",
            "### Targets",
            table(("target", "meaning"), targets),
            "### Options",
            "Set by `--set KEY=VALUE`, or in the table `[set]` of a file for `--config`.",
            table(("option", "meaning", "default"), options),
        ]
    return "\n\n".join(parts) + "\n"


def keys_page(places: Sequence[Section]) -> str:
    """The reference of the browser's keys in Markdown."""
    parts = [
        NOTE,
        "# Keys of the browser",
        "`?` in `elitemap browse` shows the same, and `^p` finds every command by its name; `^` is"
        " the Ctrl key. [Look at what was found](../guides/look.md) says what the browser is for.",
    ]
    for title, lines in places:
        rows = ((" ".join(code(key) for key in written.split()), what) for written, what in lines)
        parts += [f"## {title}", table(("key", "what it does"), rows)]
    return "\n\n".join(parts) + "\n"


def code(text: str) -> str:
    """A text as Markdown code, even if it is a backtick."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in r) + " |" for r in lines
    )


def pages() -> dict[Path, str]:
    """Path and text of every page."""
    return {
        HERE / "reference" / "commands.md": commands_page(cli),
        HERE / "reference" / "keys.md": keys_page(sections()),
        HERE / "reference" / "spaces.md": spaces_page([find_space(name) for name in SHIPPED]),
    }


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text)

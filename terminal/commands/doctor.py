"""``elitemap doctor``: what works on this machine, how fast, and how to get the rest."""

from dataclasses import asdict

from rich.text import Text

from elitemap.archive.errors import SearchError
from elitemap.archive.plain import one_line
from elitemap.terminal.console import data_console
from elitemap.terminal.doctor import machine, optional, speed
from elitemap.terminal.doctor.checks import Check
from elitemap.terminal.output import print_json
from elitemap.terminal.report.waiting import waiting

STYLES = {"ok": "green", "missing": "yellow", "broken": "bold red"}


def examine(measure: bool, as_json: bool) -> None:
    """Look at everything and print it.

    Args:
        measure: Whether to measure speeds, which takes some seconds.
        as_json: Print JSON.

    Raises:
        SearchError: If something is broken that searches need.
    """
    found = checks(measure)
    if as_json:
        print_json([asdict(check) for check in found])
    else:
        show(found)
    broken = [check.name for check in found if check.state == "broken"]
    if broken:
        raise SearchError(f"{', '.join(broken)} must be repaired before anything can be searched")


def checks(measure: bool) -> list[Check]:
    """All checks, in the order in which they are shown."""
    with waiting(0.5) as tell:
        tell("looking at the machine")
        found = [machine.itself(), machine.compiler(), machine.vectors(), machine.kernels()]
        found += [machine.jax(), *optional.extras(), *optional.tools()]
        if measure and all(check.state != "broken" for check in found):
            tell("searching for a few seconds")
            found += speed.measured()
    return found


def show(found: list[Check]) -> None:
    """Print a line for each check, and below it how to get what is not there."""
    console = data_console()
    width = max(len(check.name) for check in found)
    for check in found:
        line = Text(f"{check.name:{width}}  ")
        line.append(f"{check.state:7}", STYLES[check.state])
        line.append(f"  {one_line(check.detail)}")
        console.print(line)
        if check.cure:
            console.print(Text(f"{'':{width}}           {check.cure}", "dim"))

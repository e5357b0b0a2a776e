"""A screen of an app, from the public screenshot: its characters, and their styles.

One picture of every screen is kept as SVG, to be looked at. The other sizes and themes are kept as
text: the same screenshot, every character and every colour of it, without the geometry.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from string import ascii_letters
from typing import Any

from rich.cells import cell_len
from textual.app import App

#: The size and the theme whose golden files are pictures.
PICTURED = ((80, 24), "dark")

#: What Rich gives a cell of a screenshot, in the units of its SVG.
CELL_WIDTH, CELL_HEIGHT = 12.2, 24.4

SVG = "{http://www.w3.org/2000/svg}"

Golden = Callable[[Path, str], None]


def picture(app: App[Any], simplify: bool = False) -> str:
    """The screen as SVG without what differs from run to run."""
    svg = app.export_screenshot(title="elitemap", simplify=simplify)
    return re.sub(r"terminal-\d+", "terminal", svg)


def compare(golden: Golden, app: App[Any], folder: Path, name: str, simplify: bool = False) -> None:
    """Compare the screen with its golden file, which is named after size and theme."""
    (width, height), theme = app.size, app.theme.rpartition("-")[2]
    svg = picture(app, simplify)
    path = folder / f"{name}-{width}x{height}-{theme}"
    if ((width, height), theme) == PICTURED:
        golden(path.with_suffix(".svg"), svg)
    else:
        golden(path.with_suffix(".txt"), transcript(svg, width, height))


def transcript(svg: str, width: int, height: int) -> str:
    """The characters of a screenshot, the styles of every line as lengths of runs, and a legend."""
    root = ET.fromstring(svg)
    styles = dict(re.findall(r"\.terminal-(r\d+) \{ (.*?);? \}", svg))
    characters = [[" "] * width for _ in range(height)]
    fore = [[""] * width for _ in range(height)]
    back = [[""] * width for _ in range(height)]
    for rectangle in root.iter(f"{SVG}rect"):
        if rectangle.get("shape-rendering"):
            x, y, end = place(rectangle, "width", width)
            back[y][x:end] = [rectangle.attrib["fill"]] * (end - x)
    for text in root.iter(f"{SVG}text"):
        if text.get("clip-path"):
            x, y, _ = place(text, "textLength", width)
            taken = cells(text.text or "")[: width - x]
            characters[y][x : x + len(taken)] = taken
            ink = styles[text.attrib["class"].removeprefix("terminal-")]
            fore[y][x : x + len(taken)] = [ink] * len(taken)
    looks = [list(zip(*lines, strict=True)) for lines in zip(fore, back, strict=True)]
    known = {look: None for line in looks for look in line}
    letters = dict(zip(known, ascii_letters, strict=False))
    assert len(letters) == len(known), "more styles than letters"
    drawn = ["".join(line).rstrip() for line in characters]
    runs = [" ".join(f"{letters[k]}{len([*same])}" for k, same in groupby(line)) for line in looks]
    legend = [
        f"{letter} {ink or '-'} on {paper or '-'}" for (ink, paper), letter in letters.items()
    ]
    return "\n".join([*drawn, "", *runs, "", *legend, ""])


def place(element: ET.Element, extent: str, width: int) -> tuple[int, int, int]:
    """First column, line, and the column after the last, on a screen of so many columns."""
    x, y = float(element.attrib["x"]), float(element.attrib["y"])
    first, taken = round(x / CELL_WIDTH), round(float(element.attrib[extent]) / CELL_WIDTH)
    return first, int(y / CELL_HEIGHT), min(first + taken, width)


def cells(text: str) -> list[str]:
    """One entry a cell: what is wide takes two, the second of them empty."""
    found: list[str] = []
    for character in text.replace("\xa0", " "):
        found += [character, *[""] * (cell_len(character) - 1)]
    return found

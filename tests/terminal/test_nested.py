import io
from typing import Any

from rich.console import Console

from elitemap.terminal.tables.nested import DEEPEST, MOST, nested_list

PROOF = {
    "digits": 1024,
    "rate": 0.30102999566398114,
    "rigorous": True,
    "unknown": None,
    "empty": "",
    "label": {"name": "known", "details": {}, "why": "a form of 2/pi " * 6},
    "points": [1, 2.5],
    "steps": [{"k": 1}, [3, 4]],
}


def drawn(document: dict[str, Any], width: int, indent: int = 0) -> str:
    file = io.StringIO()
    Console(file=file, width=width, color_system=None).print(nested_list(document, indent))
    return file.getvalue()


def test_names_and_values_have_columns() -> None:
    assert drawn(PROOF, 200).rstrip().splitlines() == [
        "digits     1024",
        "rate       0.30102999566398114",
        "rigorous   yes",
        "unknown    —",
        "label",
        "  name     known",
        "  details  —",
        "  why      " + ("a form of 2/pi " * 6).strip(),
        "points     1, 2.5",
        "steps",
        "  1",
        "    k      1",
        "  2        3, 4",
    ]


def test_long_values_stay_in_their_column() -> None:
    lines = drawn(PROOF, 50, indent=2).splitlines()
    start = next(k for k, line in enumerate(lines) if line.startswith("    why"))
    assert all(line.startswith(" " * 13) for line in lines[start + 1 : start + 3])
    assert max(map(len, lines)) <= 50
    assert not any(line.endswith(" ") for line in lines)


def test_values_move_below_their_names_where_there_is_little_room() -> None:
    lines = drawn(PROOF, 26).splitlines()
    assert lines[lines.index("rate") + 1] == "  0.30102999566398114"
    assert max(map(len, lines)) <= 26


def test_all_digits_survive_any_width() -> None:
    shown = drawn({"value": "3." + "1415926535" * 12}, 40).replace("value", "")
    assert "".join(shown.split()) == "3." + "1415926535" * 12


def test_documents_of_strangers_end() -> None:
    deep: dict[str, Any] = {}
    for _ in range(900):
        deep = {"in": deep}
    shown = drawn(deep, 80)
    assert "nested deeper" in shown
    assert len(shown.splitlines()) == DEEPEST + 1
    wide = drawn({f"name {k}": k for k in range(MOST + 5)}, 80).splitlines()
    assert len(wide) == MOST + 1
    assert "--json" in wide[-1]


def test_hostile_text_is_shown() -> None:
    shown = drawn({"[bold]a\x1b[2J": "\u202e[red]b\r\nc", "n": ["\x07"]}, 80)
    assert "[bold]a\\x1b[2J" in shown
    assert "\\u202e[red]b c" in shown
    assert "\x1b" not in shown and "\x07" not in shown and "\u202e" not in shown

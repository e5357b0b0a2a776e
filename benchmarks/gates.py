"""Estimates of hardware beside those of Yosys for the same Verilog: ``python -m benchmarks.gates``.

Needs ``yosys``. Gates are those of two inputs after ``abc``, inverters apart; look-up tables are
those of ``synth_xilinx`` without DSP blocks, with its multiplexers behind them.
"""

import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from elitemap.evaluators.quantizers.multiplier_task import exported as multiplier_code
from elitemap.searchspaces.quantizers.gates import Hardware
from elitemap.searchspaces.quantizers.mantissas import Mantissas
from elitemap.searchspaces.quantizers.operators import space
from elitemap.searchspaces.quantizers.operators.export import exported as operator_code
from elitemap.searchspaces.quantizers.operators.hardware import estimated as of_operator
from elitemap.searchspaces.quantizers.operators.targets import operator
from elitemap.searchspaces.quantizers.products import estimated as of_multiplier
from elitemap.searchspaces.quantizers.products import read

_GATES = "synth -flatten -top {top}; abc -g AND,OR,XOR; tee -o {out} stat"
_TABLES = "synth_xilinx -flatten -nodsp -noiopad -noclkbuf -top {top}; tee -o {out} stat"

#: A module of few bits around one of words.
_AROUND = """
module around(input wire [{top}:0] x, output wire [31:0] y);
    m_word inner(.x({{{{{above}{{1'b0}}}}, x}}), .y(y));
endmodule
"""


def document(names: str, rows: list[list[Any]], outputs: list[int], **more: Any) -> dict[str, Any]:
    """A program of words by its instructions, and a table."""
    program = {
        "schema": 2, "dialect": "words", "inputs": [[name, "word"] for name in names],
        "instructions": rows, "outputs": outputs, "states": [], "nexts": [],
    }  # fmt: skip
    return {"program": program, "table": [], **more}


def multipliers(m: Mantissas) -> dict[str, tuple[Mapping[str, Any], int]]:
    """Documents of known multipliers, and the size of their tables."""
    offset = 1 << (m.fraction - 3)
    rows = [["add", 0, 1], ["word", m.fraction - 2], ["shr", 0, 3], ["word", 2], ["shl", 4, 5],
            ["shr", 1, 3], ["or", 6, 7]]  # fmt: skip
    table = [(7 * k * k + 11 * k) % 53 for k in range(16)]
    return {
        "Mitchell": (document("ab", [["add", 0, 1]], [2]), 0),
        "L-Mul": (document("ab", [["add", 0, 1], ["word", offset], ["add", 2, 3]], [4]), 0),
        "16 offsets": (document("ab", rows, [2, 8], table=table), 16),
    }


#: Operators of a word: target, document, and bits of the input.
OPERATORS = {
    "I-ViT's exponential": (
        "softmax-exp",
        document(
            "x",
            [["word", 1], ["shr", 0, 1], ["add", 0, 2], ["word", 4], ["shr", 0, 4], ["sub", 3, 5],
             ["word", 10], ["shr", 6, 7], ["word", 1023], ["and", 6, 9], ["word", 2048],
             ["sub", 11, 10], ["word", 18], ["shl", 12, 13], ["shr", 14, 8]],
            [15],
            reduction=1,
        ),
        13,
    ),
    "seed of 1/sqrt(x)": (
        "rsqrt-seed",
        document(
            "x",
            [["word", 0x5F3759DF], ["word", 15], ["shl", 0, 2], ["sub", 1, 3]],
            [4],
            reduction=0,
        ),
        15,
    ),
}  # fmt: skip


def synthesized(text: str, top: str) -> tuple[int, int]:
    """Gates and look-up tables of a module."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder, "m.v"), Path(folder, "stat")
        source.write_text(text)
        told = []
        for passes in (_GATES, _TABLES):
            script = f"read_verilog {source}; {passes.format(top=top, out=out)}"
            subprocess.run(["yosys", "-q", "-p", script], check=True, capture_output=True)
            told.append(out.read_text())
    gates = re.findall(r"\$_(?:AND|OR|XOR)_\s+(\d+)", told[0])
    tables = re.findall(r"(?:LUT\d|MUXF\d)\s+(\d+)", told[1])
    return sum(map(int, gates)), sum(map(int, tables))


def row(name: str, taken: Hardware, made: tuple[int, int]) -> str:
    """A line of the table."""
    return f"{name:<28}{taken.gates:>8}{made[0]:>8}{taken.tables:>10}{made[1]:>8}"


def main() -> None:
    """Print the table."""
    print(f"{'':<28}{'gates':>8}{'Yosys':>8}{'LUTs':>10}{'Yosys':>8}")
    for bits in (3, 4):
        m = Mantissas.of(bits, "nearest", 5)
        for name, (told, room) in multipliers(m).items():
            program, table = read(told, room)
            text = multiplier_code(told, "m", "verilog", m, room)["m.v"]
            made = synthesized(text, "m_field")
            print(row(f"{name}, m = {bits}", of_multiplier(program, table, room, m), made))
    for name, (target, told, bits) in OPERATORS.items():
        o = operator(target, 10)
        program, table = space.read(told, 0)
        text = operator_code(told, None, "m", "verilog", o, 0)["m.v"]
        text += _AROUND.format(top=bits - 1, above=32 - bits)
        print(row(name, of_operator(program, table, 0, o.inputs), synthesized(text, "around")))


if __name__ == "__main__":
    main()

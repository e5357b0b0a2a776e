"""Prints what llvm-mca says of the instructions in the cycle tables of `float32`.

`python -m benchmarks.float32_cycles` (llvm-mca of LLVM 14: the package `llvm`).
"""

import re
import subprocess
import sys

from elitemap.searchspaces.programs.float32.cycles import AVX2, AVX512, Instruction

COMMAND = ["llvm-mca", "-mcpu=skylake-avx512", "-iterations=1"]
ROW = re.compile(r"^ \d+ +(\d+) +([\d.]+) [ *U]+\t?v", re.MULTILINE)


def said(instructions: list[Instruction]) -> list[tuple[int, float]]:
    """Latency and reciprocal throughput of each instruction, as the model has them."""
    text = "\n".join(i.text for i in instructions) + "\n"
    done = subprocess.run(COMMAND, input=text, capture_output=True, text=True, check=True)
    return [(int(latency), float(rate)) for latency, rate in ROW.findall(done.stdout)]


def main() -> int:
    """Print the table; 1 if it differs from the one in the source."""
    used = {i.text: i for table in (AVX2, AVX512) for row in table.values() for i in row}
    listed = list(used.values())
    wrong = 0
    for i, (latency, rate) in zip(listed, said(listed), strict=True):
        same = (latency, rate) == (i.latency, i.throughput)
        wrong += not same
        print(f"{latency:>4} {rate:>6.2f}  {i.text}{'' if same else '   <- differs'}")
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())

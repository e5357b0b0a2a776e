"""Seconds that a sweep takes, for all floats of a domain or a slice of it.

`python -m benchmarks.float32_sweep` judges functions of NumPy and a program on all cores;
`--full` takes whole domains instead of slices. The last column is extrapolated to 2^32 floats.
"""

import argparse
import time

import numpy as np

from elitemap.evaluators.float32.functions import Function, interpreter
from elitemap.evaluators.float32.sweep import sweep
from elitemap.formulas.parsing import parse
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.program import Instruction, Program

OP = FLOAT32.opcodes


def program() -> Program:
    """2^x by a polynomial of degree 6 and the exponent's bits: 13 operations."""
    taylor = [np.log(2.0) ** k / np.prod(np.arange(1.0, k + 1)) for k in range(6, -1, -1)]
    rows = [Instruction(OP["rint"], (0,)), Instruction(OP["fsub"], (0, 1))]
    rows += [Instruction(OP["single"], (), (float(np.float32(c)),)) for c in taylor]
    value = 3
    for k in range(6):
        rows.append(Instruction(OP["fma"], (value, 2, 4 + k)))
        value = len(rows)
    rows += [Instruction(OP["toint"], (1,)), Instruction(OP["word"], (), (23,))]
    rows.append(Instruction(OP["shl"], (len(rows) - 1, len(rows))))
    rows.append(Instruction(OP["bits"], (value,)))
    rows.append(Instruction(OP["iadd"], (len(rows) - 1, len(rows))))
    rows.append(Instruction(OP["float"], (len(rows),)))
    return Program(("x",), tuple(rows), (len(rows),), dialect=FLOAT32)


CASES: list[tuple[str, str, Function, tuple[float, float], tuple[float, float]]] = [
    ("numpy exp2", "exp2(x)", np.exp2, (-126.0, 127.9), (2.0**-8, 100.0)),
    ("numpy log", "log(x)", np.log, (2.0**-126, 3.4e38), (2.0**-8, 2.0**8)),
    ("numpy sin", "sin(x)", np.sin, (-100.0, 100.0), (2.0**-8, 100.0)),
    ("program exp2", "exp2(x)", interpreter(program()), (-125.0, 127.4), (2.0**-8, 100.0)),
]


def main() -> None:
    """Print a line for each case."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--full", action="store_true")
    full = parser.parse_args().full
    for title, name, function, domain, part in CASES:
        begun, spent = time.perf_counter(), time.process_time()
        found = sweep(function, parse(name), domain if full else part)
        took, spent = time.perf_counter() - begun, time.process_time() - spent
        print(
            f"{title:13} {found.arguments:>11,} floats {took:6.2f} s  max {found.max_ulp:.6g} ULP "
            f"at {found.witness!r}, {found.misrounded:,} misrounded, {found.settled:,} settled by "
            f"balls; for 2^32 {took / found.arguments * 2**32:.1f} s, "
            f"of processors {spent / found.arguments * 2**32:.1f} s"
        )


if __name__ == "__main__":
    main()

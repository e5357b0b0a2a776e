"""What each primitive of `elementary` takes on this machine: ``python -m benchmarks.costs``.

Prints a cost table as ``--set costs=FILE.toml`` reads it, in units of an addition. A loop over an
array in the first cache applies a primitive to each element several times, and again several times
more: the difference is what the applications themselves take, without loads, stores and the loop.
Elements are independent, so compilers use vectors and operations of one element overlap with those
of others, as in exported code. Minimum of many repeats.
"""

import ctypes
import platform
import subprocess
import tempfile
from pathlib import Path

from elitemap.searchspaces.programs.real import REAL

FLAGS = [
    "-std=c11",
    "-O3",
    "-march=native",
    "-fno-trapping-math",
    "-fno-math-errno",
    "-ffp-contract=off",
    "-fPIC",
    "-shared",
]
FEW, MANY = 4, 12
REPEATS = 25

#: A loop that applies a primitive so many times to each of 1,024 numbers; nanoseconds a number.
LOOP = """\
double {name}_{times}(void)
{{
    for (int i = 0; i < 1024; i++)
        x[i] = 1.0 + 1e-3 * i;
    double start = now();
    for (int r = 0; r < 100; r++) {{
        const double b = second, c = third;
        for (int i = 0; i < 1024; i++) {{
            double a = x[i];
            {body}
            y[i] = a;
        }}
        __asm__ volatile("" : : "r"(y) : "memory");
    }}
    return (now() - start) / 102400.0;
}}
"""

HEAD = """\
#define _POSIX_C_SOURCE 200112L
#include <math.h>
#include <time.h>
static double x[1024], y[1024];
/* Compilers know nothing of these and keep every application. */
volatile double second = 1.0000001, third = 1e-7;
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}
"""


def source() -> str:
    """Two loops for each primitive."""
    text = HEAD
    for name, code in REAL.operations.items():
        applied = REAL.primitives[code].templates["c"].format("a", "b", "c")
        # The sum keeps compilers from seeing that a second |a| changes nothing.
        for times in (FEW, MANY):
            body = " ".join([f"a = {applied}; a = a + c;"] * times)
            text += LOOP.format(name=name, times=times, body=body)
    return text


def measured() -> dict[str, float]:
    """Nanoseconds of one application of each primitive to one number."""
    with tempfile.TemporaryDirectory() as folder:
        code, library = Path(folder, "costs.c"), Path(folder, "costs.so")
        code.write_text(source())
        subprocess.run(["cc", *FLAGS, "-o", library, code, "-lm"], check=True)
        loaded = ctypes.CDLL(str(library))

    def least(name: str, times: int) -> float:
        function = getattr(loaded, f"{name}_{times}")
        function.restype = ctypes.c_double
        return float(min(function() for _ in range(REPEATS)))

    pairs = {
        name: (least(name, MANY) - least(name, FEW)) / (MANY - FEW) for name in REAL.operations
    }
    return {name: pair - pairs["add"] / 2 for name, pair in pairs.items()}


def main() -> None:
    """Print the table."""
    found = measured()
    print(f"# {platform.processor() or platform.machine()}; {' '.join(FLAGS)}")
    print(f"# an addition takes {found['add']:.4f} ns")
    for name, nanoseconds in found.items():
        print(f"{name} = {max(nanoseconds / found['add'], 0.01):.2f}")


if __name__ == "__main__":
    main()

"""Nanoseconds of many programs: compiled in one file, timed in turns."""

import ctypes
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.float32.compiled import FLAGS
from elitemap.evaluators.float32.measuring.programs import ADDITIVE, random_program
from elitemap.evaluators.float32.timing import ELEMENTS, Timing, timings
from elitemap.native.toolchain import compile_library
from elitemap.searchspaces.programs.emission.statements_float32 import HELPERS, statements_of
from elitemap.searchspaces.programs.emission.to_c_float32 import arrays
from elitemap.searchspaces.programs.program import Program

#: Programs that are compiled at a time: the compiler starts once for all of them.
BATCH = 200

#: Turns of each program: the least of them is what it takes when nothing else runs. They take a
#: tenth of what the compiler does.
_TURNS = 400


def timed(
    seed: int, batches: int, pieces: Mapping[str, float] = ADDITIVE
) -> tuple[list[Program], list[Timing]]:
    """Random programs and what they take.

    Args:
        seed: The same programs for the same seed.
        batches: How many times :data:`BATCH` of them.
        pieces: What they are made of; see :mod:`.programs`.

    Raises:
        SearchError: If there is no C compiler.
    """
    rng = np.random.default_rng(seed)
    programs: list[Program] = []
    times: list[Timing] = []
    for _ in range(batches):
        some = [random_program(rng, pieces) for _ in range(BATCH)]
        programs += some
        times += measured(some)
    return programs, times


def measured(programs: Sequence[Program], *flags: str) -> list[Timing]:
    """Time programs, as loops over an array of :data:`.timing.ELEMENTS` numbers from 1 to 2.

    Args:
        programs: In ``float32``, from one ``single`` to one ``single``.
        flags: For the compiler, after those of exported code.

    Raises:
        SearchError: If there is no C compiler, or it fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder, "programs.c"), Path(folder, "programs.so")
        source.write_text(many(programs))
        compile_library(source, library, [*FLAGS, *flags])
        loaded = ctypes.CDLL(str(library))
    functions = [getattr(loaded, f"p{k}_n") for k in range(len(programs))]
    return timings(functions, [points()] * len(functions), _TURNS)


def points() -> NDArray[np.float32]:
    """float32[ELEMENTS], from 1 to 2."""
    return np.random.default_rng(0).uniform(1.0, 2.0, ELEMENTS).astype(np.float32)


def many(programs: Sequence[Program]) -> str:
    """One C file with a loop ``p0_n``, ``p1_n``, .. for each program, to measure them.

    Args:
        programs: In ``float32``, from one ``single`` to one ``single``.
    """
    head = "#include <math.h>\n#include <stddef.h>\n#include <stdint.h>\n#include <string.h>\n"
    parts = [head, "#define ELITEMAP_RESTRICT restrict\n\n", *HELPERS.values()]
    for k, program in enumerate(programs):
        text = "\n".join(f"    {line}" for line in statements_of(program))
        parts.append(f"static inline float p{k}_at(float x)\n{{\n{text}\n}}\n")
        parts.append(arrays(f"p{k}", program))
    return "\n".join(parts)

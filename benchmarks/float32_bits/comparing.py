"""Times of what was found beside those of libraries and of Sollya's polynomials."""

import json
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.float32_bits.asked import BITS, FUNCTIONS
from benchmarks.provenance import provenance
from elitemap.engine.protocols import Missing
from elitemap.evaluators.float32.arguments import truth
from elitemap.evaluators.float32.certificate import arguments_of
from elitemap.evaluators.float32.compiled import NAME, compiled
from elitemap.evaluators.float32.grid import Truth
from elitemap.evaluators.float32.peers import (
    Peer,
    eigen,
    intel,
    libm,
    llvm,
    sleef,
    sollya,
    tricks,
)
from elitemap.evaluators.float32.timing import timings
from elitemap.searchspaces.elementary.float32.functions import USUAL, Single
from elitemap.searchspaces.elementary.float32.wholes import read

LIBRARIES = (libm, sleef, intel, llvm, eigen, tricks)


def measured(name: str, kept: Path, command: str) -> list[dict[str, Any]]:
    """Rows of the table for one function, made by a command."""
    asked, found = FUNCTIONS[name], json.loads((kept / f"{name}.json").read_text())
    made = provenance(command)
    finest = asked.single(name, asked.at[-1])
    others = list(peers(name, asked.expert(name) if asked.error == "relative" else None))
    points = truth(finest.searched, 64)
    errors = [largest(peer, points, asked.error) for peer in others]
    x = arguments_of(finest)
    with ExitStack() as stack:
        ours, known = [], []
        for row in found["rows"]:
            single = asked.single(name, row["bits"], row.get("reduction", USUAL))
            library = stack.enter_context(compiled(read(row["program"]), single))
            ours.append(getattr(library, f"{NAME}_n"))
            known.append(row.get("proved", row["seen"]))
        functions = [*ours, *(peer.compiled for peer in others)]
        times = [one.ns for one in timings(functions, [x] * len(functions))]
    spent = dict(zip((p.name for p in others), times[len(ours) :], strict=True))
    rows = []
    for bits in BITS:
        able = [k for k, error in enumerate(known) if error <= 2.0**-bits]
        rivals = [p.name for p, e in zip(others, errors, strict=True) if e <= 2.0**-bits]
        row = {"function": name, "bits": bits, "error": asked.error}
        if not able:
            rows.append(row | {"ns": "none found"})
            continue
        best = min(able, key=times.__getitem__)
        row |= {
            "ns": round(times[best], 3),
            "at most": f"2^{math.log2(known[best]):.2f} "
            + ("proved" if "proved" in found["rows"][best] else "seen"),
            **_beside(times[best], spent, rivals),
            "at": found["rows"][best]["bits"],
            "seconds": found["seconds"],
            "measured": f"{made['date']}, {made['machine'].split(', ')[1]}",
            "load": round(os.getloadavg()[0], 1),
            "core": found["rows"][best]["core"],
        }
        rows.append(row)
    return rows


def peers(name: str, expert: Single | None) -> Iterator[Peer]:
    """The compiled functions of others, and Sollya's polynomials in a reduction."""
    found = [one for module in LIBRARIES for one in module.peers(name)]
    found += () if expert is None else sollya.peers(expert)
    yield from (one for one in found if not isinstance(one, Missing))


def _beside(ns: float, spent: Mapping[str, float], rivals: Sequence[str]) -> dict[str, Any]:
    """The fastest library and polynomial, and their times over ours."""
    made = [r for r in rivals if r.startswith("Sollya")]
    libraries = [r for r in rivals if r not in made]
    library = min(libraries, key=spent.__getitem__, default=None)
    columns: dict[str, Any] = {"library": "none", "its ns": "", "times": ""}
    if library is not None:
        times = round(spent[library] / ns, 2)
        columns = {"library": library, "its ns": round(spent[library], 3), "times": times}
    columns["over Sollya"] = round(min(spent[r] for r in made) / ns, 2) if made else ""
    return columns


def largest(peer: Peer, points: Truth, error: str) -> float:
    """The largest error of a peer at some arguments; infinite where there is a NaN."""
    with np.errstate(all="ignore"):
        got = np.clip(peer.function(points.points).astype(np.float64), -(2.0**128), 2.0**128)
        apart = np.abs(got - points.values)
    normal = (np.abs(points.points) >= 2.0**-126) | (points.points == 0.0)
    if error == "relative":
        normal &= np.abs(points.values) >= 2.0**-126
        normal &= np.abs(points.values) < 2.0**128
        apart = apart / np.where(normal, np.abs(points.values), 1.0)
    found = float(apart[normal].max())
    return math.inf if math.isnan(found) else found

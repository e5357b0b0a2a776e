"""Functions of 8 to 16 bits: the fastest proved program at each whole bit beside the fastest peer.

`python -m benchmarks.float32_bits search KEPT FUNCTION...` searches for programs at several bounds
and keeps in the folder KEPT what the table needs of each front; `prove KEPT` proves it at every
float32, half a minute of the processor each. `time KEPT` measures it with the peers in one process
and prints the table; `--record` writes `benchmarks/data/float32_bits.json`.
"""

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.provenance import provenance
from benchmarks.tables import markdown
from elitemap.engine.config import SearchConfig
from elitemap.engine.islands.epoch import Limits, run_epoch
from elitemap.engine.islands.state import IslandState
from elitemap.engine.protocols import Missing
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.evaluators.float32.arguments import true_value, truth
from elitemap.evaluators.float32.certificate import arguments_of, certify
from elitemap.evaluators.float32.compiled import NAME, compiled
from elitemap.evaluators.float32.grid import Truth
from elitemap.evaluators.float32.measuring.model import MEASURED
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
from elitemap.searchspaces.elementary.float32.functions import Single, resolve
from elitemap.searchspaces.elementary.float32.wholes import core_of, read
from elitemap.searchspaces.elementary.targets import Target
from elitemap.searchspaces.programs.text import source

DATA = Path(__file__).parent / "data" / "float32_bits.json"

COMMAND = "python -m benchmarks.float32_bits time KEPT --record"

TITLE = "Functions of 8 to 16 bits in float32"

TEXT = (
    "At each whole number of bits the fastest program that was found with an error of at most "
    "2^-bits, beside the fastest library and, of exponentials and logarithms, the fastest of "
    "Sollya's polynomials, with at most that error at 16,000 arguments. Those are in the reduction "
    "that is published with them, which is ours for errors of a unit: log(2) in two parts; of log2 "
    "in ours for 16 bits. *error*: *absolute*, or *relative* where argument and result are normal "
    "numbers; arguments are all float32, of gelu those from -15 to 80. *at most*: proved at every "
    "argument, or seen at 260,000 of them where there was no time for the proof. Searches began "
    "with polynomials, by Horner's rule and with even and odd parts apart, those of tanh with "
    "quotients of two as well, and had one island and *seconds* of the processor each, at a bound "
    "of *at* bits, by costs measured on the CPU (those of sigmoid and gelu by the static ones for "
    "AVX-512). *measured*: when and where; the AMD EPYC computes AVX2 in halves, the Intel Xeon "
    "has AVX-512. *ns*: of an element, arrays of 4,096 in the first cache, in turns in one process "
    "for each function; *load*: processes that waited for one of two cores. *times*: of the "
    "library over ours; *over Sollya*: the same."
)

BITS = range(8, 17)

LIBRARIES = (libm, sleef, intel, llvm, eigen, tricks)


@dataclass(frozen=True)
class Asked:
    """How errors of a function count, where, and at which bits it is searched for.

    Attributes:
        error: Absolute or relative.
        at: Bits.
        domain: None for every float32.
        ops: Of cores.
        published: Whether Sollya's polynomials are in the reduction that people publish, which is
            ours for finer errors, and not in ours for 16 bits.
    """

    error: str
    at: tuple[int, ...]
    domain: str | None = None
    ops: str = "add,sub,mul,fma"
    published: bool = False

    def bound(self, bits: int) -> str:
        """What a search is told."""
        return f"max_{self.error}_error<=2**-{bits}"

    def single(self, name: str, bits: int) -> Single:
        """The function as such a search has it."""
        most = 2.0**-bits
        if self.error == "absolute":
            return resolve(name, self.domain, "usual", most * 2.0**24, most)
        return resolve(name, self.domain, "usual", most * 2.0**23)

    def expert(self, name: str) -> Single:
        """The function as Sollya's polynomials have it."""
        if self.published:
            return resolve(name, self.domain, "usual")
        return self.single(name, self.at[-1])


FUNCTIONS: Mapping[str, Asked] = {
    "tanh": Asked("absolute", (8, 9, 10, 11, 12, 13, 14, 16), ops="add,sub,mul,fma,div"),
    "sigmoid": Asked("absolute", (8, 9, 10, 12, 14, 16), ops="add,sub,mul,fma,div"),
    "gelu": Asked("absolute", (8, 10, 12, 14, 16), "-15,80"),
    "exp2": Asked("relative", (8, 10, 12, 14, 16), published=True),
    "exp": Asked("relative", (8, 10, 12, 14, 16), published=True),
    "log2": Asked("relative", (8, 10, 12, 14, 16)),
}

#: Degrees of the polynomials that searches begin with.
DEGREES = range(1, 15)

#: From which of them on they are about the middle of the domain.
CENTRED = 8

#: Degrees of numerators and denominators that they begin with.
QUOTIENTS = ((1, 1), (1, 2), (2, 1), (2, 2), (2, 3), (3, 2), (3, 3))

#: How far from 0 a core through it is divided by x.
ASIDE = 2.0**-20

#: Proposals of an epoch.
EPOCH = 4096


def starts(core: Target) -> Iterator[str]:
    """Polynomials that interpolate a core, by Horner's rule and by two of them in the square.

    Those of many terms are about the middle of the domain: in x their constants, which are large
    and of both signs, leave no digits.
    """
    low, high = float(core.lo), float(core.hi)
    # A core through 0 is x times a polynomial, or its relative error there is infinite.
    through = low < 0.0 < high and true_value(core.expression, 0.0) == 0.0
    for degree in DEGREES:
        near = degree < CENTRED or through or low + high == 0.0
        centre, variable = (0.0, "x") if near else ((low + high) / 2, "u")
        nodes = np.cos(np.pi * (np.arange(degree + 1) + 0.5) / (degree + 1))
        points = (low + high) / 2 + (high - low) / 2 * nodes
        values, _ = core.sample(points + ASIDE * through)
        values /= points + ASIDE if through else 1.0
        fitted = np.polynomial.chebyshev.chebfit(nodes, values, degree)
        series = np.polynomial.Chebyshev(fitted, domain=(low - centre, high - centre))
        terms = [f"({float(c)!r})" for c in series.convert(kind=np.polynomial.Polynomial).coef]
        names = [f"u = x - ({centre!r})"] if centre else []
        factor = "x*" if through else ""
        yield _where(factor + _horner(terms, variable), names)
        if degree >= 4:
            even, odd = _horner(terms[::2], "s"), _horner(terms[1::2], "s")
            names = [*names, f"s = {variable}*{variable}"]
            yield _where(f"{factor}({even} + {variable}*{odd})", names)


def quotients(core: Target) -> Iterator[str]:
    """Quotients of polynomials in x, and x times those of x^2, near a core in least squares."""
    low, high = float(core.lo), float(core.hi)
    many = 8 * sum(QUOTIENTS[-1])
    points = (low + high) / 2 + (high - low) / 2 * np.cos(np.pi * (np.arange(many) + 0.5) / many)
    values, _ = core.sample(points)
    for above, below in QUOTIENTS:
        for variable, factor in (("x", ""), ("s", "x*")):
            v = points if variable == "x" else points**2
            wanted = values if variable == "x" else values / points
            # p - f q = 0 with q = 1 at 0, row by row divided by the q of the time before.
            powers = np.vander(v, max(above, below) + 1, increasing=True)
            rows = np.hstack([powers[:, : above + 1], -wanted[:, None] * powers[:, 1 : below + 1]])
            rows = rows if variable == "x" else rows * points[:, None]
            aims = wanted if variable == "x" else values
            q = np.ones(many)
            for _ in range(4):
                found = np.linalg.lstsq(rows / q[:, None], aims / q, rcond=None)[0]
                q = np.abs(1.0 + powers[:, 1 : below + 1] @ found[above + 1 :]) + 1e-9
            terms = [f"({float(c)!r})" for c in (*found[: above + 1], 1.0, *found[above + 1 :])]
            top, bottom = (
                _horner(part, variable) for part in (terms[: above + 1], terms[above + 1 :])
            )
            yield _where(f"{factor}{top}/{bottom}", [] if variable == "x" else ["s = x*x"])


def _where(text: str, names: Sequence[str]) -> str:
    return f"{text} where {'; '.join(names)}" if names else text


def _horner(terms: Sequence[str], variable: str) -> str:
    *rest, text = terms
    for term in reversed(rest):
        text = f"({term} + {variable}*{text})"
    return text


def searched(
    name: str, bits: int, seconds: float, seed: int
) -> list[tuple[Mapping[str, Any], float]]:
    """Programs and the errors seen of them, by rising cost and falling errors.

    Args:
        name: The function.
        bits: At whose bound is searched.
        seconds: Of the processor.
        seed: The first of them.
    """
    asked = FUNCTIONS[name]
    domain = {} if asked.domain is None else {"domain": asked.domain}
    options = {"arithmetic": "float32", "bound": asked.bound(bits), "max_ops": "16"} | domain
    options |= {"ops": asked.ops, "cpu": MEASURED}
    core = asked.single(name, bits).reduction.core
    task = load_task(TaskSpec.of("elementary", name, options))
    config = SearchConfig(seed=seed, batch=1024)
    args = task.space, task.evaluator, config
    state = IslandState.fresh(*args, 0)
    texts = [*starts(core), *(quotients(core) if "div" in asked.ops else ())]
    given: list[Mapping[str, Any]] = [task.parse(text) for text in texts]
    begun = time.process_time()
    while time.process_time() - begun < seconds:
        state, _ = run_epoch(*args, state, Limits(EPOCH), None, given)
        given = []
    elites = state.elites.take(np.flatnonzero(np.isfinite(state.grid.quality)))
    names = sorted(o.name for o in task.evaluator.objectives)
    seen = elites.objectives[:, names.index(task.evaluator.measure.seen.name)]
    front: list[tuple[Mapping[str, Any], float]] = []
    for row in np.lexsort((seen, elites.objectives[:, names.index("cost")])):
        error = float(seen[row])
        if not front or error < front[-1][1]:
            front.append((task.space.to_json(elites.batch, int(row)), error))
    return front


def chosen(
    name: str, bits: int, front: Sequence[tuple[Mapping[str, Any], float]]
) -> Iterator[dict[str, Any]]:
    """The cheapest programs at each whole bit for which no other search looks."""
    asked, done = FUNCTIONS[name], set()
    single = asked.single(name, bits)
    below = [b for b in asked.at if b < bits]
    for wanted in range(max(below) + 1 if below else BITS[0], bits + 1):
        able = [k for k, (_, error) in enumerate(front) if error <= 2.0**-wanted]
        if able and able[0] not in done:
            done.add(able[0])
            document, error = front[able[0]]
            core = source(core_of(read(document), single.reduction))
            told = "; ".join(core.splitlines())
            print(name, bits, wanted, f"{-math.log2(error):.2f}", told, file=sys.stderr, flush=True)
            yield {"bits": bits, "seen": error, "program": document, "core": told}


def search(
    names: Sequence[str], seconds: float, seed: int, kept: Path, only: Sequence[int] | None
) -> None:
    """Search, and keep what was found; beside what is kept, if only some bits are asked for."""
    kept.mkdir(parents=True, exist_ok=True)
    for name in names:
        rows: list[dict[str, Any]] = []
        if only:
            rows = json.loads((kept / f"{name}.json").read_text())["rows"]
        for bits in only or FUNCTIONS[name].at:
            rows += chosen(name, bits, searched(name, bits, seconds, seed))
            keep(kept, name, {"seconds": seconds, "rows": rows})


def prove(names: Sequence[str], kept: Path) -> None:
    """Prove what was kept, those of the most bits first."""
    for name in names:
        found = json.loads((kept / f"{name}.json").read_text())
        for row in reversed(found["rows"]):
            if "proved" not in row:
                single = FUNCTIONS[name].single(name, row["bits"])
                proof = certify(read(row["program"]), single, 3600.0, workers=2)
                assert proof is not None
                row["proved"] = proof.objectives[f"max_{FUNCTIONS[name].error}_error"]
                print(name, row["bits"], row["seen"], row["proved"], file=sys.stderr, flush=True)
                keep(kept, name, found)


def keep(kept: Path, name: str, found: Mapping[str, Any]) -> None:
    """Write what is known of a function."""
    (kept / f"{name}.json").write_text(json.dumps(found))


def measured(name: str, kept: Path) -> list[dict[str, Any]]:
    """Rows of the table for one function."""
    asked, found = FUNCTIONS[name], json.loads((kept / f"{name}.json").read_text())
    made = provenance(COMMAND)
    finest = asked.single(name, asked.at[-1])
    others = list(peers(name, asked.expert(name) if asked.error == "relative" else None))
    points = truth(finest.searched, 64)
    errors = [largest(peer, points, asked.error) for peer in others]
    x = arguments_of(finest)
    with ExitStack() as stack:
        ours, known = [], []
        for row in found["rows"]:
            single = asked.single(name, row["bits"])
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


def main() -> None:
    """Search, or measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("search", "prove", "time"))
    parser.add_argument("kept", type=Path)
    parser.add_argument("functions", nargs="*", default=list(FUNCTIONS))
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at", type=int, nargs="*", help="only these bits, beside what is kept")
    parser.add_argument("--record", action="store_true")
    given = parser.parse_args()
    if given.what == "search":
        search(given.functions, given.seconds, given.seed, given.kept, given.at)
        return
    names = [name for name in given.functions if (given.kept / f"{name}.json").exists()]
    if given.what == "prove":
        prove(names, given.kept)
        return
    rows = [row for name in names for row in measured(name, given.kept)]
    columns = list(dict.fromkeys(key for row in rows for key in row if key != "core"))
    print(markdown(columns, [[str(row.get(key, "")) for key in columns] for row in rows]))
    if given.record:
        if DATA.exists():
            rows += [r for r in json.loads(DATA.read_text())["rows"] if r["function"] not in names]
        rows.sort(key=lambda row: list(FUNCTIONS).index(row["function"]))
        document = {"title": TITLE, "text": TEXT, "provenance": provenance(COMMAND), "rows": rows}
        DATA.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

"""Compute the baselines: ``python -m benchmarks.baselines [NAME...]``.

Without names all are computed (some minutes on one core); with names only these are replaced in the
data file.
"""

import argparse
import json
import time

from benchmarks.baselines.families import family
from benchmarks.baselines.survey import baselines
from benchmarks.baselines.table import PATH, Row, load
from benchmarks.baselines.targets import NAMES, Problem, problems
from benchmarks.provenance import provenance


def rows(problem: Problem) -> list[Row]:
    """The best baseline of each family at each number of operations."""
    best: dict[tuple[str, int], Row] = {}
    for found in baselines(problem):
        key = (family(found), found.ops)
        if key in best and best[key]["digits"] >= round(found.digits, 4):
            continue
        best[key] = Row(
            target=problem.target,
            domain=problem.domain,
            error=problem.error,
            family=key[0],
            ops=found.ops,
            digits=round(found.digits, 4),
            shape=found.shape,
            form=found.form,
        )
    return [best[key] for key in sorted(best)]


def write(kept: list[Row]) -> None:
    """Write the data file."""
    document = {"provenance": provenance("python -m benchmarks.baselines"), "rows": kept}
    PATH.parent.mkdir(parents=True, exist_ok=True)
    PATH.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def main() -> None:
    """Compute the rows; the file is written after every problem."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    names = parser.parse_args().names
    if unknown := set(names) - set(NAMES):
        parser.error(f"expected names among {', '.join(NAMES)}, got {', '.join(sorted(unknown))}")
    everything = [problem for name in NAMES for problem in problems(name)]
    order = [(problem.target, problem.error) for problem in everything]
    kept = load() if names and PATH.exists() else []
    for problem in (p for name in names or NAMES for p in problems(name)):
        began = time.perf_counter()
        key = (problem.target, problem.error)
        kept = [r for r in kept if (r["target"], r["error"]) != key] + rows(problem)
        kept.sort(key=lambda r: order.index((r["target"], r["error"])))
        write(kept)
        print(f"{key[0]}, {key[1]}: {time.perf_counter() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()

"""Functions of 8 to 16 bits: the fastest proved program at each whole bit beside the fastest peer.

`python -m benchmarks.float32_bits search KEPT FUNCTION...` searches for programs at several bounds
and keeps in the folder KEPT what the table needs of each front; `prove KEPT` proves it at every
float32, half a minute of the processor each. `time KEPT` measures it with the peers in one process
and prints the table; `--record` writes `benchmarks/data/float32_bits.json`. `--reduction table`
searches among programs whose constants are looked up, of tanh, sigmoid and gelu.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.float32_bits.asked import FUNCTIONS
from benchmarks.float32_bits.comparing import measured
from benchmarks.float32_bits.searching import chosen, searched
from benchmarks.provenance import provenance
from benchmarks.tables import markdown
from elitemap.evaluators.float32.certificate import certify
from elitemap.searchspaces.elementary.float32.functions import TABLE, USUAL
from elitemap.searchspaces.elementary.float32.wholes import read

DATA = Path(__file__).parents[1] / "data" / "float32_bits.json"

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


def search(
    names: Sequence[str],
    seconds: float,
    seed: int,
    kept: Path,
    only: Sequence[int] | None,
    reduction: str,
) -> None:
    """Search, and keep what was found; beside what is kept, if only some bits are asked for."""
    kept.mkdir(parents=True, exist_ok=True)
    for name in names:
        rows: list[dict[str, Any]] = []
        if only and (kept / f"{name}.json").exists():
            rows = json.loads((kept / f"{name}.json").read_text())["rows"]
        for bits in only or FUNCTIONS[name].at:
            front = searched(name, bits, seconds, seed, reduction)
            rows += chosen(name, bits, front, reduction)
            keep(kept, name, {"seconds": seconds, "rows": rows})


def prove(names: Sequence[str], kept: Path) -> None:
    """Prove what was kept, those of the most bits first."""
    for name in names:
        found = json.loads((kept / f"{name}.json").read_text())
        for row in reversed(found["rows"]):
            if "proved" not in row:
                reduction = row.get("reduction", USUAL)
                single = FUNCTIONS[name].single(name, row["bits"], reduction)
                proof = certify(read(row["program"]), single, 3600.0, workers=2)
                assert proof is not None
                row["proved"] = proof.objectives[f"max_{FUNCTIONS[name].error}_error"]
                print(name, row["bits"], row["seen"], row["proved"], file=sys.stderr, flush=True)
                keep(kept, name, found)


def keep(kept: Path, name: str, found: Mapping[str, Any]) -> None:
    """Write what is known of a function."""
    (kept / f"{name}.json").write_text(json.dumps(found))


def main() -> None:
    """Search, or measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("search", "prove", "time"))
    parser.add_argument("kept", type=Path)
    parser.add_argument("functions", nargs="*", default=list(FUNCTIONS))
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at", type=int, nargs="*", help="only these bits, beside what is kept")
    parser.add_argument("--reduction", choices=(USUAL, TABLE), default=USUAL)
    parser.add_argument("--record", action="store_true")
    given = parser.parse_args()
    if given.what == "search":
        search(given.functions, given.seconds, given.seed, given.kept, given.at, given.reduction)
        return
    names = [name for name in given.functions if (given.kept / f"{name}.json").exists()]
    if given.what == "prove":
        prove(names, given.kept)
        return
    rows = [row for name in names for row in measured(name, given.kept, COMMAND)]
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

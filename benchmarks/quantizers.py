"""Known formats and elites at equal bits: ``python -m benchmarks.quantizers``.

Known formats are layouts and levels of the same space, encoded by the same encoder and confirmed in
the same way as elites: fresh draws go to bytes and come back. ``--archive`` reads elites, of
searches such as ``elitemap search quantizers normal --set bits=4.25 --seconds 360 --seed 1``.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.baselines.table import DATA
from benchmarks.provenance import provenance
from benchmarks.tables import markdown
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.data.arrays import read_arrays
from elitemap.engine.protocols import ArrayFile
from elitemap.evaluators.quantizers.formats.closed import measure_closed
from elitemap.evaluators.quantizers.formats.confirming import SEED, confirm
from elitemap.evaluators.quantizers.formats.confirming_weights import confirm_weights
from elitemap.evaluators.quantizers.formats.known import known
from elitemap.evaluators.quantizers.formats.measuring import Weights, measure
from elitemap.evaluators.quantizers.formats.options import CONFIRMED
from elitemap.evaluators.quantizers.formats.peers.measuring import measured, measured_weights
from elitemap.evaluators.quantizers.formats.peers.named import peers
from elitemap.evaluators.quantizers.formats.peers.peer import Peer
from elitemap.evaluators.quantizers.formats.readers import READERS
from elitemap.evaluators.quantizers.formats.sources import SOURCES
from elitemap.evaluators.quantizers.formats.tensors import Tensor, tensors
from elitemap.searchspaces.quantizers.formats.menu import SLACK, layouts
from elitemap.searchspaces.quantizers.formats.quantizers import QuantizerSpace, written
from elitemap.searchspaces.quantizers.formats.rule import Rule

#: Aims for the mean squared error by distribution and budget: of programs, and of tables.
AIMS = {
    ("normal", 4.25): (0.0055, 0.0051),
    ("student-t5", 4.25): (0.0068, 0.0069),
    ("laplace", 4.25): (0.0068, 0.0067),
    ("normal", 4.5): (0.0043, 0.0038),
    ("student-t5", 4.5): (0.0048, 0.0047),
    ("laplace", 4.5): (0.0048, 0.0047),
}

#: Budgets of the searches whose elites stand beside known formats.
BUDGETS = (4.25, 4.5, 6.25, 8.25)

#: Formats of more bits than this have searches, and an archive, of their own.
FEW_BITS = 5.0

#: Most bias of a multiplier that is of use in sums.
MOST_BIAS = 5e-4

#: Title and text of each data file.
TEXTS = {
    "quantizers": (
        "Quantizers",
        "Known number formats, bytes counted and decoded like those of elites: mean squared "
        "error relative to the mean square, on fresh draws. *decode*: operations for a weight, by "
        "the cost model of the space. Formats called *-like* have levels and layout of their "
        "namesakes and our search of scales; those with *best* scales as well. From MXFP4 on "
        "formats have encoders of their own, written after their papers.",
    ),
    "quantizers_elites": (
        "Quantizers that searches found",
        "From random programs and tables: `elitemap search quantizers DISTRIBUTION "
        "--set bits=BUDGET --seconds S --seed 1`, and the same with `--set table=0`, while other "
        "work took most of the machine. The best elite of each kind, measured on draws that have "
        "chosen nothing.",
    ),
    "quantizers_front": (
        "Known formats and what dominates them",
        "The elite of fewest decoding operations with no more bits and a smaller error on the "
        "distribution that it was searched for. It need not be cheaper to decode. Searches have "
        "budgets of 4.25 and 4.5 bits (`--archive quantizers.db`); for formats of six and "
        "eight bits, of 6.25 and 8.25 bits (50 to 240 s each, seed 1, one worker, 2026-11-29): "
        "`python -m benchmarks.quantizers --front more.db`.",
    ),
    "quantizers_kinds": (
        "Outliers apart and rotations",
        "The best elite of searches at equal evaluations, in all layouts and in plain ones: "
        "`elitemap search quantizers WEIGHTS --set bits=4.25 --set table=ENTRIES "
        "--set layouts=LAYOUTS --evaluations N --seed 1 --islands 2`. *weights*: the tensors of "
        "silero-vad 6.2.3. Errors are those of certificates.",
    ),
    "quantizers_multipliers": (
        "Approximate multipliers that searches found",
        "The least mean error of each search among elites with a bias of at most 0.05 %. Errors "
        "are proved, over all pairs of operands.",
    ),
    "quantizers_rates": (
        "Rates of quantizers",
        "Evaluations of a whole quantizer on 2^16 weights, scales searched where the format says "
        "so, per second of processor time of one core, the best of five stretches; and of "
        "quantizers with one scale for a tensor, whose error has a closed form, with the best "
        "scale for each.",
    ),
}


def _space() -> QuantizerSpace:
    return QuantizerSpace(layouts(), 12, 32)


def _errors(
    document: dict, space: QuantizerSpace, weights: dict[str, Tensor] | None
) -> dict[str, float]:
    """Bits, cost of decoding, and the error on every source."""
    made = {}
    for name, source in SOURCES.items():
        found = confirm(document, space, source)
        made |= {"bits": found["bits_per_weight"], "decode": found["decode_cost"]}
        made[name] = found["mse"]
    if weights is not None:
        made["weights"] = confirm_weights(document, space, weights, CONFIRMED * 10**6)["mse"]
    return made


def formats(weights: Path | None) -> list[dict[str, Any]]:
    """A row for each known format: bits, cost of decoding, errors."""
    space = _space()
    tensor = None
    if weights:
        content = read_arrays(weights, ArrayFile(readers=READERS))
        tensor = tensors(content.load())
    rows = []
    found = {name: _errors(written(*one), space, tensor) for name, one in known().items()}
    found |= {name: _peer_errors(peer, tensor) for name, peer in peers().items()}
    for name, made in found.items():
        rows.append({"format": name} | {k: float(f"{x:.4g}") for k, x in made.items()})
    return rows


def _peer_errors(peer: Peer, weights: dict[str, Tensor] | None) -> dict[str, float]:
    """Bits, cost of decoding, and the error of a format with an encoder of its own."""
    made: dict[str, float] = {}
    for name, source in SOURCES.items():
        found = measured(peer, source)
        made |= {"bits": found["bits_per_weight"], "decode": found["decode_cost"]}
        made[name] = found["mse"]
    if weights is not None:
        made["weights"] = measured_weights(peer, weights, CONFIRMED * 10**6)["mse"]
    return made


def _confirmed(archive: Path, target: str, bits: float) -> list[Any]:
    """Confirmed elites of the searches of a target under a budget."""
    with ArchiveReader.open(archive) as reader:
        runs = {
            run.id
            for run in reader.runs()
            if run.target == target and run.options.get("bits") == bits
        }
        return [
            elite
            for elite in reader.elites(ElitesQuery())
            if elite.run in runs and elite.status == "confirmed"
        ]


def elites(archive: Path) -> list[dict[str, Any]]:
    """The best elite of each distribution, budget and kind, on draws that chose nothing."""
    space, rows = _space(), []
    with ArchiveReader.open(archive) as reader:
        seconds = {run.id: run.config["search"]["seconds"] for run in reader.runs()}
    for (target, bits), aims in AIMS.items():
        found = _confirmed(archive, target, bits)
        for kind, aim in zip(("program", "table"), aims, strict=True):
            own = [e for e in found if ("program" in e.program["levels"]) == (kind == "program")]
            if not own:
                continue
            best = min(own, key=lambda e: e.objectives["mse"])
            again = confirm(best.program, space, SOURCES[target], SEED + 7)
            rule = Rule.from_json(best.program)
            rows.append(
                {
                    "distribution": target,
                    "budget": bits,
                    "levels": kind,
                    "bits": round(again["bits_per_weight"], 4),
                    "mse": round(again["mse"], 6),
                    "aim": aim,
                    "": "reached" if again["mse"] <= aim else "missed",
                    "decode": round(again["decode_cost"], 2),
                    "search, s": seconds[best.run],
                    "layout": rule.text(),
                }
            )
    return rows


def kinds(archive: Path) -> list[dict[str, Any]]:
    """The best confirmed elite of each search in an archive, and what its layout does."""
    rows = []
    with ArchiveReader.open(archive) as reader:
        for run in reader.runs():
            own = [e for e in reader.elites(ElitesQuery(run=run.id)) if e.status == "confirmed"]
            if not own or "bits" not in run.options:
                continue
            best = min(own, key=lambda e: e.objectives["mse"])
            rows.append(
                {
                    "weights": run.target,
                    "budget": run.options["bits"],
                    "most entries": run.options["table"],
                    "layouts": run.options.get("layouts", "all"),
                    "evaluations": run.config["search"]["evaluations"],
                    "bits": round(best.objectives["bits_per_weight"], 4),
                    "mse": round(best.objectives["mse"], 6),
                    "decode": round(best.objectives["decode_cost"], 2),
                    "layout of the best": Rule.from_json(best.program).text(),
                }
            )
    keys = ("weights", "budget", "most entries", "layouts")
    return sorted(rows, key=lambda row: [str(row[key]) for key in keys])


def multipliers(archive: Path) -> list[dict[str, Any]]:
    """The best multiplier of each search, of those with next to no bias."""
    rows = []
    with ArchiveReader.open(archive) as reader:
        runs = [run for run in reader.runs() if run.target == "multiplier"]
        every_elite = list(reader.elites(ElitesQuery()))
    for run in runs:
        own = [
            elite
            for elite in every_elite
            if elite.run == run.id
            and elite.status == "certified"
            and abs(elite.objectives["bias"]) <= MOST_BIAS
            and abs(elite.objectives.get("sum_bias", 1.0)) <= MOST_BIAS
        ]
        if own:
            best = min(own, key=lambda e: e.objectives["mean_relative_error"]).objectives
            rows.append(
                {
                    "mantissa bits": run.options["mantissa"],
                    "rounding": run.options["rounding"],
                    "most entries": run.options["table"],
                    "cost": best["cost"],
                    "mean error, %": round(100 * best["mean_relative_error"], 4),
                    "largest, %": round(100 * best["max_relative_error"], 3),
                    "bias, %": round(100 * best["bias"], 5),
                    "bias of sums, %": round(100 * best["sum_bias"], 5),
                }
            )
    return rows


def dominated(archive: Path, known_rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """For each known format and distribution the cheapest elite to decode that dominates it.

    Elites are encoded and decoded again, as the formats are.
    """
    space = _space()
    found = {t: [e for bits in BUDGETS for e in _confirmed(archive, t, bits)] for t in SOURCES}
    again: dict[tuple[str, str], float] = {}

    def error(elite: Any, target: str) -> float:
        if (elite.id, target) not in again:
            made = confirm(elite.program, space, SOURCES[target])
            again[elite.id, target] = made["mse"] if made else float("inf")
        return again[elite.id, target]

    rows = []
    for made in known_rows:
        row = {"format": made["format"]}
        for target in (target for target, elites in found.items() if elites):
            fitting = (
                elite
                for elite in sorted(found[target], key=lambda e: e.objectives["decode_cost"])
                if elite.objectives["bits_per_weight"] <= made["bits"] + SLACK
                and elite.objectives["mse"] < made[target]
            )
            best = next((e for e in fitting if error(e, target) < made[target]), None)
            row[target] = "none" if best is None else (
                f"{best.id[:10]}: {_told(error(best, target))}, "
                f"decode {best.objectives['decode_cost']:.2f}"
            )  # fmt: skip
        rows.append(row)
    return rows


def _told(error: float) -> str:
    """Small errors by their digits."""
    return f"{error:.5f}" if error >= 1e-3 else f"{error:.3g}"


def more_bits(archive: Path) -> list[dict[str, Any]]:
    """The rows of what dominates known formats, those of many bits found in this archive."""
    measured = json.loads((DATA / "quantizers.json").read_text())["rows"]
    before = json.loads((DATA / "quantizers_front.json").read_text())["rows"]
    found = dominated(archive, [row for row in measured if row["bits"] > FEW_BITS])
    again = {row["format"]: row for row in found}
    return [again.get(row["format"], row) for row in before]


def _rate(call: Callable[[], Any], seconds: float) -> float:
    """Calls per second of processor time, the best of five stretches: others use the caches too."""
    call()
    best = 0.0
    for _ in range(5):
        done, started = 0, time.process_time()
        while time.process_time() - started < seconds / 5:
            call()
            done += 1
        best = max(best, done / (time.process_time() - started))
    return best


def rates(seconds: float) -> list[dict[str, Any]]:
    """Quantizers per second of one core on 2^16 weights, levels as they are."""
    space, rows = _space(), []
    weights = Weights.of(SOURCES["normal"].even(1 << 16, 1))
    for name, (rule, element) in known().items():
        batch = space.from_json([written(rule, element)])
        rate = _rate(lambda batch=batch: measure(batch, weights, weights, 0), seconds)
        rows.append({"layout and levels of": name, "per second": round(rate)})
    return rows + scalar_rates(seconds, space)


def scalar_rates(seconds: float, space: QuantizerSpace) -> list[dict[str, Any]]:
    """Quantizers with one scale for a tensor in closed form, per second of one core."""
    rows = []
    for name, source in SOURCES.items():
        document = written(*known()["INT4, one scale a tensor"])
        batch = space.from_json([document] * 1000)
        rate = len(batch) * _rate(lambda b=batch, d=source: measure_closed(b, d, 0), seconds)
        told = f"INT4, one scale a tensor: {name} in closed form"
        rows.append({"layout and levels of": told, "per second": round(rate)})
    return rows


def _measured(options: argparse.Namespace) -> dict[str, list[dict[str, Any]]]:
    """Rows of each data file but that of kinds of layouts."""
    found = formats(options.weights)
    parts = {"quantizers": found}
    if options.archive:
        parts["quantizers_elites"] = elites(options.archive)
        parts["quantizers_front"] = dominated(options.archive, found)
        parts["quantizers_multipliers"] = multipliers(options.archive)
    return parts | {"quantizers_rates": rates(options.rates)}


def main() -> None:
    """Measure, print and write the data files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archive", type=Path, help="elites of searches")
    parser.add_argument("--weights", type=Path, help="a file of tensors, for a further column")
    parser.add_argument(
        "--kinds",
        type=Path,
        help="searches with --set layouts=plain and without, for a table of its own",
    )
    parser.add_argument("--front", type=Path, help="elites of searches with more than five bits")
    parser.add_argument("--rates", type=float, default=1.0, help="seconds for each rate")
    parser.add_argument("--rates-only", action="store_true", help="measure nothing but rates")
    options = parser.parse_args()
    command = "python -m benchmarks.quantizers"
    if options.kinds:
        parts = {"quantizers_kinds": kinds(options.kinds)}
        command += f" --kinds {options.kinds.name}"
    elif options.front:
        parts = {"quantizers_front": more_bits(options.front)}
        command += f" --front {options.front.name}"
    elif options.rates_only:
        parts = {"quantizers_rates": rates(options.rates)}
        command += f" --rates-only --rates {options.rates:g}"
    else:
        parts = _measured(options)
        command += f" --archive {options.archive.name}" if options.archive else ""
        command += f" --weights {options.weights.name}" if options.weights else ""
    for name, rows in ((n, r) for n, r in parts.items() if r):
        title, text = TEXTS[name]
        document = {"title": title, "text": text, "provenance": provenance(command), "rows": rows}
        (DATA / f"{name}.json").write_text(json.dumps(document, indent=1) + "\n")
        print(f"{title}\n{markdown(list(rows[0]), [list(map(str, r.values())) for r in rows])}")


if __name__ == "__main__":
    main()

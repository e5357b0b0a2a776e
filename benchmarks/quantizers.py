"""Known formats and elites at equal bits: ``python -m benchmarks.quantizers``.

Known formats are layouts and levels of the same space, encoded by the same encoder and confirmed in
the same way as elites: fresh draws go to bytes and come back. ``--archive`` reads elites, of
searches such as ``elitemap search quantizers normal --set bits=4.25 --seconds 360 --seed 1``.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.baselines.table import DATA
from benchmarks.provenance import provenance
from benchmarks.tables import markdown
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.data.arrays import read_arrays
from elitemap.engine.protocols import ArrayFile
from elitemap.evaluators.quantizers.formats.confirming import (
    SEED,
    confirm,
    confirm_weights,
)
from elitemap.evaluators.quantizers.formats.measuring import Weights, measure
from elitemap.evaluators.quantizers.formats.readers import READERS
from elitemap.evaluators.quantizers.formats.sources import SOURCES
from elitemap.evaluators.quantizers.formats.tensors import tensors
from elitemap.searchspaces.quantizers.formats.elements import Element
from elitemap.searchspaces.quantizers.formats.menu import SLACK, every
from elitemap.searchspaces.quantizers.formats.quantizers import QuantizerSpace, written
from elitemap.searchspaces.quantizers.formats.rule import CODECS, Rule

#: NF4 (Dettmers et al., QLoRA, 2023) and BOF4-S for blocks of 64 (arXiv 2505.06653), in units of
#: the block's maximum; the latter's is signed.
_NF4 = (
    *(-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453),
    *(-0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0),
    *(0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224),
    *(0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0),
)
_BOF4S = (
    *(-0.85684639, -0.66928744, -0.52352661, -0.40048826, -0.29106382, -0.1900093, -0.09385296),
    *(0.0, 0.08876717, 0.17948027, 0.27430961, 0.37601975, 0.488653, 0.61886036, 0.77913958, 1.0),
)
#: Levels of IQ4_NL and its relatives (llama.cpp); IQ4_K and IQ4_KS choose between them and the same
#: shifted by 4 (ik_llama.cpp).
_IQ4 = (-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113)
#: Magnitudes of E2M1 (OCP Microscaling).
_E2M1 = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)

#: Aims for the mean squared error by distribution and budget: of programs, and of tables.
AIMS = {
    ("normal", 4.25): (0.0055, 0.0051),
    ("student-t5", 4.25): (0.0068, 0.0069),
    ("laplace", 4.25): (0.0068, 0.0067),
    ("normal", 4.5): (0.0043, 0.0038),
    ("student-t5", 4.5): (0.0048, 0.0047),
    ("laplace", 4.5): (0.0048, 0.0047),
}

#: Title and text of each data file.
TEXTS = {
    "quantizers": (
        "Quantizers",
        "Known number formats, bytes counted and decoded like those of elites: mean squared "
        "error relative to the mean square, on fresh draws. *decode*: operations for a weight, by "
        "the cost model of the space. Formats called *-like* have levels and layout of their "
        "namesakes and our search of scales; those with *best* scales as well.",
    ),
    "quantizers_elites": (
        "Quantizers that searches found",
        "From random programs and tables, one search for each distribution and budget; the best "
        "elite of each kind, measured on draws that have chosen nothing.",
    ),
    "quantizers_front": (
        "Known formats and what dominates them",
        "The elite of fewest decoding operations with no more bits and a smaller error on the "
        "distribution that it was searched for. It need not be cheaper to decode.",
    ),
    "quantizers_rates": (
        "Rates of quantizers",
        "Evaluations of a whole quantizer on 2^16 weights, scales searched where the format says "
        "so, per second of processor time of one core.",
    ),
}


def _rule(block: int, codec: str, width: int = 0, group: int = 0, **flags: int) -> Rule:
    told = {"bits": 4, "signed": 0, "search": 1, "offset": 0, "choice": 0} | flags
    return Rule(
        block=block, codec=CODECS.index(codec), scale_bits=width, group=group, **told
    )  # fmt: skip


def _table(values: tuple[float, ...], shape: int = 1) -> Element:
    return Element(shape, None, tuple(float(np.float32(x)) for x in values))


def _whole(values: tuple[float, ...], shape: int = 1) -> Element:
    return Element(shape, None, tuple(map(float, values)), True)


def known() -> dict[str, tuple[Rule, Element]]:
    """Layout and levels by name."""
    int4 = _table((-1.0, *(k / 7 for k in range(-7, 8))))
    fp4 = _table(tuple(x / 6 for x in _E2M1), 2)
    razer = _table((-5.0, *(-x for x in _E2M1[1:]), *_E2M1))
    signed8 = _table(tuple(k / -8 for k in range(-8, 8)))
    both = _whole((*_IQ4, 4), 4)
    uniform = _whole(tuple(range(16)))
    return {
        "INT4, blocks of 32": (_rule(32, "fp16", search=0), int4),
        "INT4, blocks of 64": (_rule(64, "fp16", search=0), int4),
        "Q4_0": (_rule(32, "fp16", search=0, signed=1), signed8),
        "FP4 (E2M1), blocks of 32": (_rule(32, "fp16", search=0), fp4),
        "NF4, blocks of 64": (_rule(64, "fp16", search=0), _table(_NF4)),
        "BOF4-S, blocks of 64": (_rule(64, "fp16", search=0, signed=1), _table(_BOF4S)),
        "MXFP4's bytes, best exponents": (_rule(32, "e8m0"), _table(_E2M1, 2)),
        "NVFP4": (_rule(16, "e4m3", search=0), fp4),
        "NVFP4's bytes, best scales": (_rule(16, "e4m3"), _table(_E2M1, 2)),
        "RaZeR-like": (_rule(16, "e4m3", signed=1), razer),
        "IQ4_XS-like": (_rule(32, "int", 6, 256, signed=1), _whole(_IQ4)),
        "IQ4_KS-like": (_rule(32, "int", 7, 0, signed=1, choice=1), both),
        "IQ4_K-like": (_rule(16, "int", 6, 256, signed=1, choice=1), both),
        "Q4_K-like": (_rule(32, "int", 6, 256, offset=2), uniform),
    }


def _space() -> QuantizerSpace:
    return QuantizerSpace(np.array([rule.row() for rule in every()], np.int32), 12, 32)


def _errors(document: dict, space: QuantizerSpace, weights: Weights | None) -> dict[str, float]:
    """Bits, cost of decoding, and the error on every source."""
    made = {}
    for name, source in SOURCES.items():
        found = confirm(document, space, source)
        made |= {"bits": found["bits_per_weight"], "decode": found["decode_cost"]}
        made[name] = found["mse"]
    if weights is not None:
        made["weights"] = confirm_weights(document, space, weights)["mse"]
    return made


def formats(weights: Path | None) -> list[dict[str, Any]]:
    """A row for each known format: bits, cost of decoding, errors."""
    space = _space()
    tensor = None
    if weights:
        content = read_arrays(weights, ArrayFile(readers=READERS))
        tensor = Weights.of(*tensors(content.load()).values())
    rows = []
    for name, (rule, element) in known().items():
        made = _errors(written(rule, element), space, tensor)
        rows.append({"format": name} | {k: float(f"{x:.4g}") for k, x in made.items()})
    return rows


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
                    "layout": rule.text(),
                }
            )
    return rows


def dominated(archive: Path, known_rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """For each known format and distribution the cheapest elite to decode that dominates it."""
    every_elite = {
        target: [e for bits in (4.25, 4.5) for e in _confirmed(archive, target, bits)]
        for target in SOURCES
    }
    rows = []
    for made in known_rows:
        row = {"format": made["format"]}
        for target in SOURCES:
            better = [
                (e.objectives["decode_cost"], e.objectives["mse"], e.id[:10])
                for e in every_elite[target]
                if e.objectives["bits_per_weight"] <= made["bits"] + SLACK
                and e.objectives["mse"] < made[target]
            ]
            text = "{2}: {1:.5f}, decode {0:.2f}".format(*min(better)) if better else "none"
            row[target] = text
        rows.append(row)
    return rows


def rates(seconds: float) -> list[dict[str, Any]]:
    """Quantizers per second of one core on 2^16 weights, levels as they are."""
    space, rows = _space(), []
    weights = Weights.of(SOURCES["normal"].even(1 << 16, 1))
    for name, (rule, element) in known().items():
        batch = space.from_json([written(rule, element)])
        measure(batch, weights, weights, 0)
        done, started = 0, time.process_time()
        while time.process_time() - started < seconds:
            measure(batch, weights, weights, 0)
            done += 1
        rate = done / (time.process_time() - started)
        rows.append({"layout and levels of": name, "per second": round(rate)})
    return rows


def main() -> None:
    """Measure, print and write the data files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archive", type=Path, help="elites of searches")
    parser.add_argument("--weights", type=Path, help="a file of tensors, for a further column")
    parser.add_argument("--rates", type=float, default=1.0, help="seconds for each rate")
    options = parser.parse_args()
    found = formats(options.weights)
    parts = {"quantizers": found}
    if options.archive:
        parts["quantizers_elites"] = elites(options.archive)
        parts["quantizers_front"] = dominated(options.archive, found)
    parts["quantizers_rates"] = rates(options.rates)
    command = "python -m benchmarks.quantizers"
    command += f" --archive {options.archive.name}" if options.archive else ""
    command += f" --weights {options.weights.name}" if options.weights else ""
    for name, rows in parts.items():
        title, text = TEXTS[name]
        document = {"title": title, "text": text, "provenance": provenance(command), "rows": rows}
        (DATA / f"{name}.json").write_text(json.dumps(document, indent=1) + "\n")
        print(f"{title}\n{markdown(list(rows[0]), [list(map(str, r.values())) for r in rows])}")


if __name__ == "__main__":
    main()

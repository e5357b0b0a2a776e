"""Known formats and elites at equal bits: ``python -m benchmarks.quantizers [--archive FILE]``.

Known formats are layouts and levels of the same space, encoded by the same encoder and confirmed in
the same way as elites: fresh draws go to bytes and come back. "-like" formats have the levels and
the layout of their namesakes, and our search of scales. ``--weights FILE`` adds a column for the
tensors of a file; ``--rates`` measures how many quantizers a core evaluates.
"""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.data.arrays import read_arrays
from elitemap.engine.protocols import ArrayFile
from elitemap.evaluators.quantizers.formats.confirming import confirm, confirm_weights
from elitemap.evaluators.quantizers.formats.measuring import Weights, measure
from elitemap.evaluators.quantizers.formats.readers import READERS
from elitemap.evaluators.quantizers.formats.sources import SOURCES
from elitemap.evaluators.quantizers.formats.tensors import tensors
from elitemap.searchspaces.quantizers.formats.elements import Element
from elitemap.searchspaces.quantizers.formats.menu import every
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


def _best(archive: Path, target: str) -> Iterator[tuple[str, dict]]:
    """Confirmed elites of a target."""
    with ArchiveReader.open(archive) as reader:
        runs = {run.id for run in reader.runs() if run.target == target}
        for elite in reader.elites(ElitesQuery()):
            if elite.run in runs and elite.status == "confirmed":
                yield elite.id, elite


def rates(seconds: float) -> None:
    """Quantizers per second and core on 2^16 weights, levels as they are."""
    space = _space()
    weights = Weights.of(SOURCES["normal"].even(1 << 16, 1))
    print("\n| evaluated on 2^16 weights | quantizers per second of a core |\n|---|---|")
    for name, (rule, element) in known().items():
        batch = space.from_json([written(rule, element)])
        done, started = 0, time.process_time()
        while time.process_time() - started < seconds:
            measure(batch, weights, weights, 0)
            done += 1
        print(f"| {name} | {done / (time.process_time() - started):.0f} |")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archive", type=Path, help="elites that may dominate the formats")
    parser.add_argument("--weights", type=Path, help="a file of tensors")
    parser.add_argument("--rates", type=float, help="seconds for each rate")
    options = parser.parse_args()
    space, weights = _space(), None
    names = [*SOURCES]
    if options.weights:
        content = read_arrays(options.weights, ArrayFile(readers=READERS))
        weights = Weights.of(*tensors(content.load()).values())
        names.append("weights")
    print(f"| format | bits | decode | {' | '.join(names)} |\n|---|---|---|{'---|' * len(names)}")
    found = {}
    for name, (rule, element) in known().items():
        found[name] = made = _errors(written(rule, element), space, weights)
        errors = " | ".join(f"{made[n]:.5f}" for n in names)
        print(f"| {name} | {made['bits']:.3f} | {made['decode']:.2f} | {errors} |", flush=True)
    if options.archive:
        compared(options.archive, found)
    if options.rates:
        rates(options.rates)


def compared(archive: Path, found: dict[str, dict[str, float]]) -> None:
    """For each format and source the elite of fewest operations that dominates it."""
    print("\n| format | " + " | ".join(SOURCES) + " |\n|---|" + "---|" * len(SOURCES))
    elites = {target: list(_best(archive, target)) for target in SOURCES}
    for name, made in found.items():
        cells = []
        for target in SOURCES:
            rows = [
                (e.objectives["decode_cost"], e.objectives["mse"], identity[:10])
                for identity, e in elites[target]
                if e.objectives["bits_per_weight"] <= made["bits"] + 0.005
                and e.objectives["mse"] < made[target]
            ]
            cells.append(
                "none" if not rows else "{2}: {1:.5f}, decode {0:.2f}".format(*min(rows))
            )  # fmt: skip
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()

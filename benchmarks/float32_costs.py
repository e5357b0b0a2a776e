"""How well models of costs rank what programs take on this CPU.

`python -m benchmarks.float32_costs` fits a model to 400 random programs as a search with
`cpu=measured` does at first use, then times 200 others of 6 to 25 instructions, and prints
Spearman's rank correlation and the median error of each model. `--choices` has choices, minima and
maxima among the programs too. `--record` writes `benchmarks/data/float32_costs.json`.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from benchmarks.provenance import provenance
from benchmarks.tables import markdown
from elitemap.evaluators.float32.measuring.fitting import batch_of, fit
from elitemap.evaluators.float32.measuring.here import cpu_name
from elitemap.evaluators.float32.measuring.kernels import timed
from elitemap.evaluators.float32.measuring.model import Fitted
from elitemap.evaluators.float32.measuring.programs import ADDITIVE, EVERY
from elitemap.evaluators.float32.pricing import MODELS, costs

DATA = Path(__file__).parent / "data" / "float32_costs.json"

COMMAND = "python -m benchmarks.float32_costs --record"

TITLE = "Models of costs in float32"

TEXT = (
    "Random programs of 6 to 25 instructions as compiled loops over 4,096 elements; the measured "
    "model sees 400 of them, with choices, and all are asked about 200 others. *arithmetic*: sums, "
    "products, fused ones, quotients, roots, signs, and the pieces with bits that exponentials and "
    "logarithms have; *with choices*: comparisons, selections, minima and maxima too, which "
    "compilers turn into branches and masks of their own. *repeated*: the same 200 programs timed "
    "twice, the best there can be."
)


def compared(kind: str, seed: int, fitted: Fitted) -> list[dict[str, object]]:
    """Rows of all models on held-out programs of one kind."""
    pieces = {"arithmetic": ADDITIVE, "with choices": EVERY}[kind]
    others, first = timed(seed + 1, 1, pieces)
    _, second = timed(seed + 1, 1, pieces)
    ns, again = (np.array([one.ns for one in some]) for some in (first, second))
    batch = batch_of(others)
    predictions = {f"static {name}": costs(batch, table) for name, table in MODELS.items()}
    operations = np.array([sum(not i.constant for i in p.instructions) for p in others], float)
    predictions = {"number of instructions": operations} | predictions
    predictions |= {"measured": fitted.costs(batch), "repeated": again}
    return [
        {
            "programs": kind,
            "model": name,
            "Spearman": round(float(spearmanr(found, ns).statistic), 4),
            "median error": f"{error(found, ns):.1%}",
        }
        for name, found in predictions.items()
    ]


def error(found: np.ndarray, ns: np.ndarray) -> float:
    """The median relative error in the best unit."""
    ratio = found / ns
    return float(np.median(np.abs(ratio / np.median(ratio) - 1.0)))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=100)
    parser.add_argument("--choices", action="store_true")
    parser.add_argument("--record", action="store_true")
    given = parser.parse_args()
    kinds = ["arithmetic", "with choices"] if given.choices or given.record else ["arithmetic"]
    training, times = timed(given.seed, 2, EVERY)
    fitted = fit(training, [one.ns for one in times], cpu_name())
    rows = [row for kind in kinds for row in compared(kind, given.seed, fitted)]
    names = list(rows[0])
    print(markdown(names, [[str(row[name]) for name in names] for row in rows]))
    if given.record:
        document = {"title": TITLE, "text": TEXT, "provenance": provenance(COMMAND), "rows": rows}
        DATA.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

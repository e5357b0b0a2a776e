"""A space of filters: programs with one input, two outputs and a state, run step by step.

The target is a running mean of the input and what is left of it.
"""

import numpy as np

from elitemap.engine.protocols import Axis, Objective, Scores, SpaceEntry, Task
from elitemap.searchspaces.programs.interpret import evaluate_steps
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.signature import Signature, State, Variable
from elitemap.searchspaces.programs.space import ProgramSpace

FILTER = Signature((Variable("g", "real"),), ("real", "real"), (State("m", "real", (0.0, 0.0)),))
STEPS, SERIES, SHARE = 12, 4, 0.25
OPCODES = [REAL.opcodes[name] for name in ("add", "sub", "mul")]


def signals():
    """Inputs [steps, 1, series], and what is wanted [steps, 2, series]."""
    given = np.random.default_rng(1).normal(size=(STEPS, 1, SERIES))
    mean, wanted = np.zeros(SERIES), []
    for (g,) in given:
        mean = mean + SHARE * (g - mean)
        wanted.append([mean, g - mean])
    return given, np.array(wanted)


class FilterEvaluator:
    axes = (Axis("ops", tuple(np.arange(1.5, 8))), Axis("constants", (0.5, 1.5, 2.5)))
    objectives = (Objective("ops", -1, steers=True), Objective("error", -1, steers=True))
    screens = ()
    noise = None
    depth = 3
    tolerance = 1e-9
    floor = -6.0

    def __init__(self):
        self.given, self.wanted = signals()

    def evaluate(self, batch, hurdle):
        with np.errstate(all="ignore"):
            missed = evaluate_steps(batch, self.given) - self.wanted
            error = np.sqrt(np.square(missed).mean(axis=(1, 2, 3))) + 1e-12
            quality = np.where(np.isfinite(error), -np.log10(error), np.nan)
        used = np.arange(batch.length) < batch.size[:, None]
        constant = used & (batch.opcode == REAL.opcodes["const"])
        ops = (used & ~constant).sum(axis=1).astype(float)
        measures = np.stack([ops, constant.sum(axis=1)], axis=1).astype(float)
        marks = np.round(np.nan_to_num(quality, nan=-99.0) * 1e6).astype(np.int64).view(np.uint64)
        objectives = {"ops": ops, "error": error}
        return Scores(batch, quality, objectives, measures, marks, np.ones(len(batch)))

    def refine(self, batch):
        return self.evaluate(batch, None)


def certify(document, seconds):
    """Reads the document again; there is nothing to prove."""
    program = Program.from_json(document)
    return dict(document), {}, {"method": "read again", "states": len(program.states)}


def make(target, settings):
    space = ProgramSpace("steps", REAL, FILTER, OPCODES, 8, signals()[0])
    return Task(
        space=space,
        evaluator=FilterEvaluator(),
        certify=certify,
        export=lambda document, certificate, name, language: {"filter.txt": space.source(document)},
        languages=("text",),
        options={"target": target},
    )


entry = SpaceEntry(
    name="steps",
    summary="filters with a state",
    targets={"mean": "a running mean"},
    options=(),
    task=make,
)

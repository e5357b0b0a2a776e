"""A space of filters: programs with one input, two outputs and a state, run step by step.

The target is a running mean of the input and what is left of it. Every sample hears other signals,
so the evaluation is noisy; what elites are worth has names that no space of ours uses.
"""

import numpy as np

from elitemap.engine.protocols import Axis, Noise, Objective, Samples, Scores, SpaceEntry, Task
from elitemap.searchspaces.programs.interpret import evaluate_steps
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.signature import Signature, State, Variable
from elitemap.searchspaces.programs.space import ProgramSpace

FILTER = Signature((Variable("g", "real"),), ("real", "real"), (State("m", "real", (0.0, 0.0)),))
STEPS, SERIES, SHARE = 12, 4, 0.25
OPCODES = [REAL.opcodes[name] for name in ("add", "sub", "mul")]


def signals(number=0):
    """Inputs [steps, 1, series], and what is wanted [steps, 2, series]; others for every number."""
    given = np.random.default_rng(number).normal(size=(STEPS, 1, SERIES))
    mean, wanted = np.zeros(SERIES), []
    for (g,) in given:
        mean = mean + SHARE * (g - mean)
        wanted.append([mean, g - mean])
    return given, np.array(wanted)


class FilterEvaluator:
    axes = (Axis("parts", tuple(np.arange(1.5, 8))), Axis("knobs", (0.5, 1.5, 2.5)))
    objectives = (
        Objective("parts", -1, "proved", "count", steers=True),
        Objective("miss", -1, "measured", "scientific", "V", "rms miss", steers=True),
        Objective("heard", 0, "measured", "count"),
    )
    screens = ()
    depth = 3
    tolerance = 1e-9
    floor = -6.0

    def __init__(self):
        self.noise = Noise(self.sample, self.restate, enough=8, share=0.3)

    def evaluate(self, batch, hurdle):
        return self.sample(batch, hurdle, np.zeros(len(batch), np.int64))

    def restate(self, quality, samples):
        return {"miss": 10.0**-quality, "heard": samples.count.astype(float)}

    def sample(self, batch, hurdle, drawn):
        first = self.heard(batch, 0)
        quality = first.copy()
        for number in set(drawn.tolist()) - {0}:
            rows = np.flatnonzero(drawn == number)
            quality[rows] = self.heard(batch.take(rows), number)
        used = np.arange(batch.length) < batch.size[:, None]
        constant = used & (batch.opcode == REAL.opcodes["const"])
        ops = (used & ~constant).sum(axis=1).astype(float)
        measures = np.stack([ops, constant.sum(axis=1)], axis=1).astype(float)
        marks = np.round(np.nan_to_num(first, nan=-99.0) * 1e6).astype(np.int64).view(np.uint64)
        once = Samples(np.ones(len(batch), np.int64), np.zeros(len(batch)))
        objectives = {"parts": ops, **self.restate(quality, once)}
        work = np.ones(len(batch))
        return Scores(batch, quality, objectives, measures, marks, work, once)

    def heard(self, batch, number):
        """float64[n], -log10 of the root mean square of what is missed; NaN where not finite."""
        given, wanted = signals(number)
        with np.errstate(all="ignore"):
            missed = evaluate_steps(batch, given) - wanted
            error = np.sqrt(np.square(missed).mean(axis=(1, 2, 3))) + 1e-12
            return np.where(np.isfinite(error), -np.log10(error), np.nan)

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

"""A space of bit strings, as a stranger would add it: found through its entry point.

A candidate is 32 bits and a tuning constant. Quality is a rugged function of the bits, less the
distance of the constant from an optimum that only ``refine`` finds. With ``blocks`` it is gone
through block by block instead; with ``rungs`` there are more or fewer screens, and with ``noise``
quality is drawn anew whenever one asks. A user may bring ``weights`` and a ``rule``.
"""

import contextlib
import os
import signal
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from elitemap.archive.errors import UsageError
from elitemap.engine.protocols import (
    ArrayFile,
    Axis,
    Find,
    NamedFunction,
    Noise,
    Objective,
    Option,
    Samples,
    Scanned,
    Scores,
    Screen,
    Screened,
    SpaceEntry,
    Task,
    Unproved,
)
from elitemap.formulas.boxes import beside, stacked, word
from elitemap.native.rows import Field, Rows

LENGTH = 32
PLACES = 1 << np.arange(LENGTH, dtype=np.uint64)


class Bits(Rows):
    def __init__(self, bits, tune):
        super().__init__((Field("bits", np.uint8, (LENGTH,)), Field("tune", np.float64)), 0)
        self.bits, self.tune = bits, tune


def number(bits):
    return (bits * PLACES).sum(axis=1, dtype=np.uint64)


def scramble(words):
    words = (words ^ (words >> np.uint64(31))) * np.uint64(0x9E3779B97F4A7C15)
    return words ^ (words >> np.uint64(29))


class BitSpace:
    name = "toy"
    operators = ("flip", "block", "cross", "retune")

    def empty(self, n):
        return Bits(np.zeros((n, LENGTH), np.uint8), np.zeros(n))

    def random(self, n, rng):
        bits = rng.random((n, LENGTH)) < rng.random((n, 1))
        return Bits(bits.astype(np.uint8), rng.random(n))

    def vary(self, parents, partners, operators, rng):
        n = len(parents)
        place = np.arange(LENGTH)
        flip = place == rng.integers(0, LENGTH, (n, 1))
        start = rng.integers(0, LENGTH, (n, 1))
        block = (place >= start) & (place < start + 4)
        bits = parents.bits.copy()
        bits ^= (flip & (operators == 0)[:, None]).astype(np.uint8)
        bits ^= (block & (operators == 1)[:, None]).astype(np.uint8)
        cross = (place >= start) & (operators == 2)[:, None]
        tune = np.where(operators == 3, rng.random(n), parents.tune)
        return Bits(np.where(cross, partners.bits, bits), tune)

    def canonical(self, batch):
        return batch, batch.bits.any(axis=1)

    def keys(self, batch):
        tune = np.round(batch.tune * 1000).astype(np.uint64)
        return scramble(number(batch.bits) + np.uint64(1)) ^ scramble(tune)

    def to_json(self, batch, row):
        bits = "".join(map(str, batch.bits[row].tolist()))
        return {"bits": bits, "tune": float(batch.tune[row]).hex()}

    def from_json(self, documents):
        bits = np.array([[int(c) for c in d["bits"]] for d in documents], np.uint8)
        return Bits(
            bits.reshape(-1, LENGTH), np.array([float.fromhex(d["tune"]) for d in documents])
        )

    def source(self, document):
        return f"toy {document['bits']}"


class BitEvaluator:
    axes = (
        Axis("ones", tuple(np.arange(2.5, 32, 2).tolist())),
        Axis("changes", (4.5, 8.5, 12.5, 16.5, 20.5)),
    )
    objectives = (Objective("ones", -1, steers=True), Objective("score", 1, steers=True))
    noise = None
    depth = 4
    tolerance = 1e-6
    floor = -1.0

    def __init__(self, options, data):
        self.weights = np.sin(np.arange(LENGTH) ** 2)
        if "weights" in data:
            [self.weights] = data["weights"].load().values()
            if self.weights.shape != (LENGTH,):
                raise UsageError(f"expected {LENGTH} weights, got {self.weights.shape}")
        self.rule = data.get("rule")
        names = ("screen", "again", "once more")[: int(options["rungs"])]
        self.screens = tuple(Screen(name, 0.2, self.screen) for name in names)
        self.delay = float(options["delay"])
        self.bomb = options["bomb"]
        self.failures = options["failures"] == "yes"

    def screen(self, batch, hurdle):
        """Tells all but the best tuning."""
        self.disturb()
        scores = self.score(batch)
        promising = scores.quality + 2.0 > hurdle(scores.measures)
        keys = scramble(number(batch.bits) + np.uint64(3))
        return Screened(batch, scores.quality, scores.measures, promising, keys, scores.work)

    def evaluate(self, batch, hurdle):
        tuned = Bits(batch.bits, scramble(number(batch.bits)).astype(np.float64) / 2**65)
        scores = self.score(tuned)
        given_up = scores.quality <= hurdle(scores.measures)
        quality = np.where(given_up, scores.quality - 0.01, scores.quality)
        if self.failures:
            quality[number(batch.bits) % np.uint64(7) == 0] = np.nan
        return replace(scores, quality=quality)

    def refine(self, batch):
        return self.score(Bits(batch.bits, np.ones(len(batch))))

    def score(self, batch):
        bits = batch.bits.astype(np.float64)
        ones = bits.sum(axis=1)
        changes = np.abs(np.diff(bits, axis=1)).sum(axis=1)
        pairs = (bits[:, :-1] * bits[:, 1:]) @ np.cos(np.arange(LENGTH - 1) * 3.0)
        quality = np.round(bits @ self.weights + pairs - (1 - batch.tune) ** 2, 9)
        if self.rule is not None:
            quality = quality + self.rule.load()(batch.bits)
        marks = scramble(number(batch.bits) ^ np.round(batch.tune * 1000).astype(np.uint64))
        measures = np.stack([ones, changes], axis=1)
        objectives = {"ones": ones, "score": quality}
        return Scores(batch, quality, objectives, measures, marks, np.ones(len(batch)))

    def disturb(self):
        """What tests of time limits and of dying workers need."""
        if self.delay:
            time.sleep(self.delay)
        if not self.bomb:
            return
        for fuse in sorted(Path(self.bomb).iterdir()):
            with contextlib.suppress(FileNotFoundError):
                fuse.unlink()
                os.kill(os.getpid(), signal.SIGKILL)


class NoisyBitEvaluator(BitEvaluator):
    """Quality with Gaussian noise: sample k of a candidate is a function of its bits and k."""

    depth = 1

    def __init__(self, options, data):
        super().__init__(options, data)
        self.sigma = float(options["noise"])
        self.objectives = (
            *BitEvaluator.objectives,
            Objective("score_interval", 0, unit="±"),
            Objective("samples", 0, form="count"),
        )
        self.noise = Noise(self.sample, self.restate, enough=16, share=0.5)

    def sample(self, batch, hurdle, drawn):
        scores = self.score(Bits(batch.bits, scramble(number(batch.bits)).astype(float) / 2**65))
        words = scramble(number(batch.bits) ^ scramble(drawn.astype(np.uint64) + np.uint64(9)))
        halves = [(words >> np.uint64(s)) & np.uint64(0xFFFFFF) for s in (0, 32)]
        radius, angle = ((half + 0.5) / 2**24 for half in halves)
        luck = np.sqrt(-2 * np.log(radius)) * np.cos(2 * np.pi * angle)
        quality = scores.quality + self.sigma * luck
        samples = Samples(np.ones(len(batch), np.int64), np.zeros(len(batch)))
        objectives = {**scores.objectives, **self.restate(quality, samples)}
        return replace(scores, quality=quality, objectives=objectives, samples=samples)

    def restate(self, quality, samples):
        variance = samples.spread / np.maximum(samples.count - 1, 1) / samples.count
        interval = np.where(samples.count > 1, 1.96 * np.sqrt(variance), np.nan)
        count = samples.count.astype(np.float64)
        return {"score": quality, "score_interval": interval, "samples": count}

    def evaluate(self, batch, hurdle):
        return self.sample(batch, hurdle, np.zeros(len(batch), np.int64))

    def refine(self, batch):
        return self.evaluate(batch, lambda measures: np.full(len(measures), -np.inf))


class BitBlocks:
    """Numbers in blocks; every third is a find.

    Forty strings of bits are found over and over, with one of two constants each: that makes
    eighty documents, which certificates bring down to forty.
    """

    PER_BLOCK = 50
    axes = (Axis("changes", (8.5, 12.5, 16.5)), Axis("ones", (10.5, 15.5, 20.5)))

    def __init__(self, options, evaluator):
        self.blocks = int(options["blocks"])
        self.size = self.blocks * self.PER_BLOCK
        self.evaluator = evaluator

    def estimate(self):
        return self.blocks * self.evaluator.delay

    def scan(self, block):
        self.evaluator.disturb()
        numbers = range(block * self.PER_BLOCK, (block + 1) * self.PER_BLOCK)
        words = [int(word) for word in scramble(np.array(numbers, np.uint64) + np.uint64(9))]
        finds = tuple(
            self.find(n, word) for n, word in zip(numbers, words, strict=True) if word % 3 == 0
        )
        return Scanned(len(numbers), {"drawn": len(numbers), "kept": len(finds)}, finds)

    def find(self, n, word):
        mark = int(scramble(np.array([(word >> 9) % 40 + 1], np.uint64))[0])
        bits = [mark >> k & 1 for k in range(LENGTH)]
        batch = Bits(np.array([bits], np.uint8), np.array([0.25 + 0.5 * (word >> 50 & 1)]))
        scores = self.evaluator.score(batch)
        return Find(
            document=BitSpace().to_json(batch, 0),
            # Which of the last digits occur does not depend on the block alone.
            member={"source": f"number ending in {n % 1000}", "last": n % 1000},
            quality=float(scores.quality[0]) + (word >> 30) % 8,
            objectives={"ones": float(sum(bits)), "label": None, "side": "left" if n % 2 else None},
            measures=tuple(scores.measures[0, ::-1].tolist()),
        )


def certify(program, seconds, effort=0.0):
    """Even numbers of ones take so many seconds of effort; three ones can never be certified."""
    score = program["bits"].count("1")
    if score == 3 and effort:
        return program, {}, Unproved("three ones", final=True)
    if score % 2 == 0 and seconds < effort:
        return program, {}, Unproved("too late")
    return {**program, "tune": (1.0).hex()}, {"proved": score}, {"method": "count"}


def certify_blocks(program, seconds, effort=0.0):
    """Sorts by label; strings that begin 111 cannot be certified."""
    document, objectives, certificate = certify(program, seconds)
    if program["bits"].startswith("111"):
        return program, {}, None
    label = "even" if objectives["proved"] % 2 == 0 else "odd"
    return document, {**objectives, "label": label}, {**certificate, "before": program["tune"]}


OPTIONS = (
    Option("delay", "0", "seconds that every evaluation takes"),
    Option("bomb", "", "folder of files, each of which kills the process that evaluates next"),
    Option("failures", "no", "whether every seventh candidate fails"),
    Option("blocks", "0", "go through so many blocks instead of evolving"),
    Option("rungs", "1", "screens before the evaluation"),
    Option("noise", "0", "standard deviation of the quality when it is drawn"),
    Option("effort", "0", "seconds that some certificates take; 0 certifies everything"),
    Option("note", "", "what a user should know"),
    Option("weights", "", "what each of the bits is worth", brings=ArrayFile()),
    Option("rule", "", "what bits [n, 32] are worth beside that", brings=NamedFunction()),
)


def make(target, settings, data):
    if target != "bits":
        raise UsageError(f"unknown target {target!r}; expected bits")
    options = {option.name: option.default for option in OPTIONS} | dict(settings)
    kind = BitEvaluator if options["noise"] == "0" else NoisyBitEvaluator
    evaluator = kind(options, data)
    blocks = BitBlocks(options, evaluator) if options["blocks"] != "0" else None
    return Task(
        BitSpace(),
        evaluator,
        partial(certify if blocks is None else certify_blocks, effort=float(options["effort"])),
        lambda *_: {},
        (),
        options,
        enumeration=blocks,
        notes=tuple(filter(None, [options["note"]])),
    )


entry = SpaceEntry("toy", "Bit strings.", {"bits": "32 bits"}, OPTIONS, make)


def drafts(document):
    """Bit strings as mathematics: the number in brackets, and below it in one row."""
    return [[beside(word("b = "), stacked(word(document["bits"]), word("2")))], [word("b/2")]]

"""Tasks of block quantizers: a distribution, or a user's weights, under a budget of bits."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from elitemap.archive.errors import UsageError
from elitemap.engine.protocols import (
    Allocation,
    Entrant,
    Task,
    Unproved,
    UserData,
    Verdict,
)
from elitemap.evaluators.quantizers.formats.activations import with_activations
from elitemap.evaluators.quantizers.formats.allocating import allocate
from elitemap.evaluators.quantizers.formats.bench import bench
from elitemap.evaluators.quantizers.formats.confirming import REFERENCE, confirm
from elitemap.evaluators.quantizers.formats.confirming_weights import confirm_weights, error_on
from elitemap.evaluators.quantizers.formats.counting import ERRORS, PRODUCT
from elitemap.evaluators.quantizers.formats.datasheet import datasheet
from elitemap.evaluators.quantizers.formats.evaluator import QuantizerEvaluator, Samples
from elitemap.evaluators.quantizers.formats.importance import with_importance
from elitemap.evaluators.quantizers.formats.known import named
from elitemap.evaluators.quantizers.formats.measuring import Weights
from elitemap.evaluators.quantizers.formats.options import OF_WEIGHTS, Asked
from elitemap.evaluators.quantizers.formats.peers.measuring import measured, measured_weights
from elitemap.evaluators.quantizers.formats.peers.peer import Peer
from elitemap.evaluators.quantizers.formats.sources import SOURCES
from elitemap.evaluators.quantizers.formats.tensors import sampled, tensors
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.kernels import prepare
from elitemap.searchspaces.quantizers.formats.encoding import KERNEL
from elitemap.searchspaces.quantizers.formats.export import LANGUAGES, exported
from elitemap.searchspaces.quantizers.formats.quantizers import QuantizerSpace, read, written
from elitemap.searchspaces.quantizers.formats.rule import FormatError

#: Weights of the samples that levels are fitted to and errors are measured on; seeds of them.
SMALL, LARGE = 1 << 12, 1 << 15

#: Most proposals of a generation: an evaluation takes milliseconds.
GENERATION = 512

#: What certificates say that did not say it once.
LATER = (
    *("cosine", "zeros_stay", "idempotent", "saturating", "saturates_to", "nan", "infinity"),
    *("table_entries", "multiplies", "accumulator_integer", "accumulator_float", "float_levels"),
)

#: The data sheet, among what is exported.
SHEET = "sheet"

#: Targets, with what they are.
TARGETS = {
    "normal": "weights of a normal distribution, quantized in blocks",
    "student-t5": "weights of Student's t with 5 degrees",
    "laplace": "weights of a Laplace distribution",
    "outliers": "normal weights of which one in a hundred is ten times as wide",
    "weights": "a user's tensors: --set data=FILE",
}


def quantizer_task(target: str, options: Mapping[str, str], data: Mapping[str, UserData]) -> Task:
    """Bind a distribution or weights, and options.

    Raises:
        UsageError: If anything is unknown or impossible.
    """
    asked = Asked.of(options)
    if target == "weights":
        return _of_weights(asked, data)
    for name in OF_WEIGHTS:
        if name in data or name in options:
            raise UsageError(
                f"expected {name} with the target weights, got it with {target}: drop it"
            )
    source = SOURCES[target]
    small, large = (Weights.of(source.even(n, n)) for n in (SMALL, LARGE))
    samples = Samples(small, large, REFERENCE, source)
    space = asked.space(REFERENCE)

    others = tensors(data["data"].load()) if "data" in data else {}

    def made(document: Mapping[str, Any]) -> dict[str, Any] | None:
        found = confirm(document, space, source)
        if found is None or not others:
            return found
        on = error_on(document, others, asked.confirm * 1_000_000)
        return {**found, "mse_beside": {**found["mse_beside"], "data": on}}

    def judged(peer: Peer) -> dict[str, float]:
        return measured(peer, source)

    return _bound(space, samples, (made, judged), asked, target, TARGETS[target])


def _of_weights(asked: Asked, data: Mapping[str, UserData]) -> Task:
    """The task of a user's tensors."""
    if "data" not in data:
        raise UsageError("expected weights, got none: add --set data=FILE")
    found = tensors(data["data"].load())
    if "importance" in data:
        found = with_importance(found, data["importance"].load())
    if "activations" in data:
        by_products = asked.error == ERRORS[1]
        found = with_activations(found, data["activations"].load(), by_products)
    elif asked.error == ERRORS[1]:
        raise UsageError(
            "expected activations with error=product, got none: add --set activations=FILE"
        )
    most = asked.confirm * 1_000_000
    sizes = tuple(t.size for t in found.values())
    small, large = (sampled(found, most) for most in (SMALL, LARGE))
    samples = Samples(small, large, sizes, by_products=asked.error == ERRORS[1])
    space = asked.space(sizes)

    def made(document: Mapping[str, Any]) -> dict[str, Any] | None:
        return confirm_weights(document, space, found, most)

    def judged(peer: Peer) -> dict[str, float]:
        return measured_weights(peer, found, most)

    by = _beside("importance", [tensor.importance for tensor in found.values()])
    by += _beside("activations", [tensor.inputs for tensor in found.values()])
    what = f"{sum(sizes)} weights of {len(sizes)} tensors{by}"
    task = _bound(space, samples, (made, judged), asked, "weights", what)

    def shared(entrants: Sequence[Entrant], budget: float) -> Allocation:
        return allocate(found, space, entrants, budget, samples.counting)

    return replace(task, allocate=shared, options={**task.options, "confirm": asked.confirm})


def _beside(what: str, given: Sequence[Any]) -> str:
    """What was brought for how many tensors."""
    count = sum(one is not None for one in given)
    return f" with {what} of {count}" if count else ""


def _affordable(space: QuantizerSpace, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document of a quantizer within the budget of bits.

    Raises:
        FormatError: If it is none.
    """
    rule, _ = read(document)
    if not (space.menu.rows == np.array(rule.row(), np.int32)).all(axis=1).any():
        raise FormatError(f"expected a layout within the budget of bits, got {rule.text()}")
    return document


def _bound(
    space: QuantizerSpace,
    samples: Samples,
    ways: tuple[Any, Any],
    asked: Asked,
    target: str,
    what: str,
) -> Task:
    """The task whose ``ways`` make certificates of documents and measure peers."""
    made, judged = ways
    evaluator = QuantizerEvaluator(samples, asked.bits, asked.max_ops)
    names = [objective.name for objective in evaluator.objectives]
    return Task(
        space=space,
        evaluator=evaluator,
        parse=lambda text: written(*named(text)),
        adopt=partial(_affordable, space),
        certify=lambda document, seconds: _certified(document, made, names),
        verify=lambda document, certificate, seconds: _verified(document, certificate, made),
        export=lambda document, certificate, name, language: (
            datasheet(document, made(document), name, asked.command(target))
            if language == SHEET
            else exported(document, made(document), name, language)
        ),
        languages=(*LANGUAGES, SHEET),
        options=asked.options,
        problem=asked.problem,
        words=asked.words,
        prepare=lambda: prepare([KERNEL], FLOAT32),
        asks=f"{what} {asked.text}",
        grants=lambda certificate: "confirmed",
        batch=GENERATION,
        bench=lambda entrants, exhaustive, say: bench(
            made, judged, entrants, exhaustive, say, evaluator.counting
        ),
    )


def _certified(
    document: Mapping[str, Any], made: Any, names: Sequence[str]
) -> tuple[dict[str, Any], dict[str, float], dict[str, Any] | Unproved]:
    certificate = made(document)
    if certificate is None:
        return dict(document), {}, Unproved("a level is no number", final=True)
    return dict(document), {name: certificate[name] for name in names}, certificate


def _verified(document: Mapping[str, Any], recorded: Mapping[str, Any], made: Any) -> Verdict:
    """Encode, decode and count again, and compare everything with what is recorded."""
    again = made(document)
    if again is None:
        return Verdict("failed", "a level is no number")
    for name, value in again.items():
        if not _same(name, value, recorded):
            told = f"{name} is {value!r}, the certificate says {str(recorded.get(name))[:60]!r}"
            return Verdict("failed", told[:300], again)
    return Verdict("verified", "", again)


def _same(name: str, value: Any, recorded: Mapping[str, Any]) -> bool:
    """Whether a certificate says so; products of matrices are summed in no order of ours."""
    told = recorded.get(name)
    if name not in recorded:
        return name in LATER
    if name == PRODUCT and isinstance(told, float):
        return math.isclose(told, value, rel_tol=1e-9)
    return bool(told == value)

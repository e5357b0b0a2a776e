"""Tasks of block quantizers: a distribution, or a user's weights, under a budget of bits."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from elitemap.archive.errors import UsageError
from elitemap.engine.protocols import (
    Allocation,
    ArrayFile,
    Entrant,
    Option,
    Task,
    Unproved,
    UserData,
    Verdict,
)
from elitemap.evaluators.quantizers.formats.allocating import allocate
from elitemap.evaluators.quantizers.formats.bench import bench
from elitemap.evaluators.quantizers.formats.confirming import REFERENCE, confirm
from elitemap.evaluators.quantizers.formats.confirming_weights import confirm_weights
from elitemap.evaluators.quantizers.formats.evaluator import QuantizerEvaluator, Samples
from elitemap.evaluators.quantizers.formats.importance import with_importance
from elitemap.evaluators.quantizers.formats.known import named
from elitemap.evaluators.quantizers.formats.measuring import Weights
from elitemap.evaluators.quantizers.formats.peers.measuring import measured, measured_weights
from elitemap.evaluators.quantizers.formats.peers.peer import Peer
from elitemap.evaluators.quantizers.formats.readers import READERS
from elitemap.evaluators.quantizers.formats.sources import SOURCES
from elitemap.evaluators.quantizers.formats.tensors import sampled, tensors
from elitemap.evaluators.quantizers.options import whole
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.kernels import prepare
from elitemap.searchspaces.quantizers.formats.elements import MOST_ENTRIES
from elitemap.searchspaces.quantizers.formats.encoding import KERNEL
from elitemap.searchspaces.quantizers.formats.export import LANGUAGES, exported
from elitemap.searchspaces.quantizers.formats.menu import affordable
from elitemap.searchspaces.quantizers.formats.quantizers import QuantizerSpace, read, written
from elitemap.searchspaces.quantizers.formats.rule import FormatError

#: Weights of the samples that levels are fitted to and errors are measured on; seeds of them.
SMALL, LARGE = 1 << 12, 1 << 15

#: Most proposals of a generation: an evaluation takes milliseconds.
GENERATION = 512

#: Most operations of a program, and the default.
MOST_OPS, OPS = 12, 8

OPTIONS = (
    Option("bits", "4.5", "most bits per weight, scales and tables included (not multiplier)"),
    Option(
        "data",
        "",
        "weights of the target weights: .npy, .npz, .safetensors or .gguf",
        brings=ArrayFile(readers=READERS),
    ),
    Option(
        "importance",
        "",
        "what squared errors of those weights count, for each weight or each column: arrays by the "
        "tensors' names in such a file, also an imatrix in GGUF",
        brings=ArrayFile(readers=READERS),
    ),
    Option(
        "confirm",
        "",
        "most weights of the target weights that certificates encode, in millions (default 64): of "
        "larger files evenly spaced pieces",
    ),
)

#: Targets, with what they are.
TARGETS = {
    "normal": "weights of a normal distribution, quantized in blocks",
    "student-t5": "weights of Student's t with 5 degrees",
    "laplace": "weights of a Laplace distribution",
    "outliers": "normal weights of which one in a hundred is ten times as wide",
    "weights": "a user's tensors: --set data=FILE",
}

#: Millions of weights that certificates encode: the default, and the most that may be asked for.
CONFIRMED, MOST_CONFIRMED = 64, 1 << 20


def _budget(options: Mapping[str, str]) -> float:
    """Bits per weight.

    Raises:
        UsageError: If they are none from 2 to 9.
    """
    text = options.get("bits", "4.5")
    try:
        bits = float(text)
    except ValueError:
        raise UsageError(f"expected bits as a number of bits, got {text[:40]!r}") from None
    if not 0 < bits <= 9:
        raise UsageError(f"expected bits from 2 to 9 per weight, got {bits:g}")
    return bits


def quantizer_task(target: str, options: Mapping[str, str], data: Mapping[str, UserData]) -> Task:
    """Bind a distribution or weights, and options.

    Raises:
        UsageError: If anything is unknown or impossible.
    """
    bits = _budget(options)
    room = whole(options, "table", MOST_ENTRIES, 0, MOST_ENTRIES)
    max_ops = whole(options, "max_ops", OPS, 1, MOST_OPS)
    if target == "weights":
        most = whole(options, "confirm", CONFIRMED, 1, MOST_CONFIRMED) * 1_000_000
        return _of_weights((bits, room, max_ops), most, data)
    for name in ("data", "importance", "confirm"):
        if name in data or name in options:
            raise UsageError(
                f"expected {name} with the target weights, got it with {target}: drop it"
            )
    source = SOURCES[target]
    small, large = (Weights.of(source.even(n, n)) for n in (SMALL, LARGE))
    samples = Samples(small, large, REFERENCE, source)
    space = QuantizerSpace(affordable(bits, REFERENCE), max_ops, room)

    def made(document: Mapping[str, Any]) -> dict[str, Any] | None:
        return confirm(document, space, source)

    def judged(peer: Peer) -> dict[str, float]:
        return measured(peer, source)

    asks = f"{TARGETS[target]} at {bits:g} bits per weight; "
    return _bound(space, samples, (made, judged), (bits, room, max_ops), asks)


def _of_weights(numbers: tuple[float, int, int], most: int, data: Mapping[str, UserData]) -> Task:
    """The task of a user's tensors, of which certificates encode so many weights at most."""
    if "data" not in data:
        raise UsageError("expected weights, got none: add --set data=FILE")
    found = tensors(data["data"].load())
    if "importance" in data:
        found = with_importance(found, data["importance"].load())
    bits, room, max_ops = numbers
    sizes = tuple(t.size for t in found.values())
    samples = Samples(sampled(found, SMALL), sampled(found, LARGE), sizes)
    space = QuantizerSpace(affordable(bits, sizes), max_ops, room)

    def made(document: Mapping[str, Any]) -> dict[str, Any] | None:
        return confirm_weights(document, space, found, most)

    def judged(peer: Peer) -> dict[str, float]:
        return measured_weights(peer, found, most)

    counted = sum(tensor.importance is not None for tensor in found.values())
    by = f" with importance of {counted}" if counted else ""
    asks = f"{sum(sizes)} weights of {len(sizes)} tensors{by} at {bits:g} bits per weight; "
    task = _bound(space, samples, (made, judged), numbers, asks)

    def shared(entrants: Sequence[Entrant], budget: float) -> Allocation:
        return allocate(found, space, entrants, budget)

    return replace(task, allocate=shared, options={**task.options, "confirm": most // 1_000_000})


def _affordable(space: QuantizerSpace, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document of a quantizer within the budget of bits.

    Raises:
        FormatError: If it is none.
    """
    rule, _ = read(document)
    if not (space.menu == np.array(rule.row(), np.int32)).all(axis=1).any():
        raise FormatError(f"expected a layout within the budget of bits, got {rule.text()}")
    return document


def _bound(
    space: QuantizerSpace,
    samples: Samples,
    ways: tuple[Any, Any],
    numbers: tuple[float, int, int],
    asks: str,
) -> Task:
    """The task whose ``ways`` make certificates of documents and measure peers."""
    made, judged = ways
    bits, room, max_ops = numbers
    evaluator = QuantizerEvaluator(samples, bits, max_ops)
    names = [objective.name for objective in evaluator.objectives]
    return Task(
        space=space,
        evaluator=evaluator,
        parse=lambda text: written(*named(text)),
        adopt=partial(_affordable, space),
        certify=lambda document, seconds: _certified(document, made, names),
        verify=lambda document, certificate, seconds: _verified(document, certificate, made),
        export=lambda document, certificate, name, language: exported(
            document, made(document), name, language
        ),
        languages=LANGUAGES,
        options={"bits": bits, "table": room, "max_ops": max_ops},
        problem=("bits", "table"),
        words={"bits": f"at {bits:g} bits"},
        prepare=lambda: prepare([KERNEL], FLOAT32),
        asks=f"{asks}at most {max_ops} operations or {room} table entries",
        grants=lambda certificate: "confirmed",
        batch=GENERATION,
        bench=lambda entrants, exhaustive, say: bench(
            made, judged, entrants, exhaustive, say, evaluator.weighted
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
        if recorded.get(name) != value:
            told = f"{name} is {value!r}, the certificate says {str(recorded.get(name))[:60]!r}"
            return Verdict("failed", told[:300], again)
    return Verdict("verified", "", again)

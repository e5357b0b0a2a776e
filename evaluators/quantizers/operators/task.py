"""Tasks of integer operators: what ``--set`` means, and everything bound together."""

from collections.abc import Mapping
from typing import Any

from elitemap.archive.errors import UsageError
from elitemap.engine.protocols import Option, Task, Unproved
from elitemap.evaluators.quantizers.operators.certificate import certify, verify
from elitemap.evaluators.quantizers.operators.evaluator import OperatorEvaluator, objectives
from elitemap.evaluators.quantizers.operators.measuring import KERNEL
from elitemap.evaluators.quantizers.options import table, whole
from elitemap.searchspaces.programs.kernels import prepare
from elitemap.searchspaces.programs.words import WORDS
from elitemap.searchspaces.quantizers.operators.export import LANGUAGES, exported
from elitemap.searchspaces.quantizers.operators.space import OperatorSpace
from elitemap.searchspaces.quantizers.operators.targets import (
    FRACTION,
    LEAST_FRACTION,
    MOST_FRACTION,
    Operator,
    operator,
)

#: Most operations of a program and the default, and most products.
MOST_OPS, OPS, MOST_PRODUCTS = 32, 28, 3

#: Most proposals of a generation: an evaluation takes a part of a millisecond.
GENERATION = 1024

OPTIONS = (
    Option(
        "fraction",
        str(FRACTION),
        f"fraction bits of softmax-exp's and gelu-int's inputs, {LEAST_FRACTION} to "
        f"{MOST_FRACTION}",
    ),
    Option("products", "1", f"most products of two values in an operator, 0 to {MOST_PRODUCTS}"),
)

TARGETS = {
    "softmax-exp": "e^-x of whole numbers for softmax, by integer operations alone",
    "gelu-int": "GELU in fixed point, by integer operations alone",
    "rsqrt-seed": "bits near those of 1/sqrt(x), for every normal float32",
    "reciprocal-seed": "bits near those of 1/x",
}


def operator_task(target: str, options: Mapping[str, str]) -> Task:
    """Bind a target and options.

    Raises:
        UsageError: If anything is unknown or impossible.
    """
    fraction = whole(options, "fraction", FRACTION, LEAST_FRACTION, MOST_FRACTION)
    room = table(options, 0)
    max_ops = whole(options, "max_ops", OPS, 1, MOST_OPS)
    products = whole(options, "products", 1, 0, MOST_PRODUCTS)
    bound = operator(target, fraction)
    if not bound.fraction and "fraction" in options:
        raise UsageError(f"expected no fraction with the target {target}: drop it")
    return _bound(bound, (max_ops, room, products))


def _bound(o: Operator, numbers: tuple[int, int, int]) -> Task:
    """The task of an operator and limits."""
    max_ops, room, products = numbers
    told = {"fraction": o.fraction} if o.fraction else {}
    proved = [one.name for one in objectives(o.relative)]

    def certified(
        document: Mapping[str, Any], seconds: float
    ) -> tuple[dict[str, Any], dict[str, float], dict[str, Any] | Unproved]:
        made = certify(document, o, room)
        if made is None:
            return dict(document), {}, Unproved("an output stands for nothing", final=True)
        return dict(document), {name: float(made[name]) for name in proved}, made

    return Task(
        space=OperatorSpace(o, max_ops, room, products),
        evaluator=OperatorEvaluator(o, max_ops, room, products),
        certify=certified,
        verify=lambda document, certificate, seconds: verify(document, certificate, o, room),
        export=lambda document, certificate, name, language: exported(
            document, certify(document, o, room), name, language, o, room
        ),
        languages=LANGUAGES,
        options={**told, "table": room, "products": products, "max_ops": max_ops},
        problem=(*told, "table", "products"),
        words={"fraction": f"of {o.fraction} fraction bits"} if o.fraction else {},
        prepare=lambda: prepare([KERNEL], WORDS),
        asks=(
            f"{o.takes}, to {o.gives}; at most {max_ops} operations, {products} products and "
            f"{room} table entries"
        ),
        batch=GENERATION,
    )

"""The task of approximate multipliers: what ``--set`` means, and everything bound together."""

from collections.abc import Mapping
from typing import Any

from elitemap.archive.errors import UsageError
from elitemap.archive.identity import identity
from elitemap.engine.protocols import Option, Task, Unproved
from elitemap.evaluators.quantizers.certificate import certify
from elitemap.evaluators.quantizers.evaluator import MultiplierEvaluator
from elitemap.evaluators.quantizers.exhaustion import KERNEL
from elitemap.evaluators.quantizers.verification import verify
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.kernels import prepare
from elitemap.searchspaces.programs.words import WORDS
from elitemap.searchspaces.quantizers.mantissas import (
    LEAST_BITS,
    MOST_BITS,
    MOST_GUARD,
    ROUNDINGS,
    TABLES,
    Mantissas,
)
from elitemap.searchspaces.quantizers.multipliers import MultiplierSpace
from elitemap.searchspaces.quantizers.products import fields, read
from elitemap.searchspaces.quantizers.to_c import fnv, to_c
from elitemap.searchspaces.quantizers.to_numpy import to_numpy
from elitemap.searchspaces.quantizers.to_verilog import to_verilog

#: Most operations of a program.
MOST_OPS = 20

#: Objectives that a certificate says.
_PROVED = ("cost", "mean_relative_error", "max_relative_error", "bias")

OPTIONS = (
    Option("mantissa", "4", f"mantissa bits of an operand, {LEAST_BITS} to {MOST_BITS}"),
    Option("rounding", "nearest", "how operands are rounded to them", ROUNDINGS),
    Option("guard", "5", f"bits of the product beyond those of an operand, 0 to {MOST_GUARD}"),
    Option(
        "table",
        "16",
        "most entries of a table (multiplier 16, others 32); 0 for programs without one",
        tuple(map(str, TABLES)),
    ),
    Option("max_ops", "10", f"most operations of a program, 1 to {MOST_OPS}"),
)
#: How roundings are said of operands.
SAID = {"nearest": "rounded to nearest", "truncate": "truncated"}

_DEFAULTS = {option.name: option.default for option in OPTIONS}


def _whole(options: Mapping[str, str], name: str, expected: str) -> int:
    """An option as a whole number.

    Raises:
        UsageError: If it is none.
    """
    text = options.get(name, _DEFAULTS[name])
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"expected {name} as {expected}, got {text[:40]!r}") from None


def multiplier_task(target: str, options: Mapping[str, str]) -> Task:
    """Bind a target and options.

    Raises:
        UsageError: If anything is unknown or impossible.
    """
    if target != "multiplier":
        raise UsageError(f"expected the target multiplier, got {target[:40]!r}")
    bits = _whole(options, "mantissa", f"a whole number from {LEAST_BITS} to {MOST_BITS}")
    guard = _whole(options, "guard", f"a whole number from 0 to {MOST_GUARD}")
    sizes = f"one of {', '.join(map(str, TABLES))}"
    room = _whole(options, "table", sizes)
    if room not in TABLES:
        raise UsageError(f"expected table as {sizes}, got {room}")
    most = f"a whole number from 1 to {MOST_OPS}"
    max_ops = _whole(options, "max_ops", most)
    if not 1 <= max_ops <= MOST_OPS:
        raise UsageError(f"expected max_ops as {most}, got {max_ops}")
    rounding = options.get("rounding", _DEFAULTS["rounding"])
    mantissas = Mantissas.of(bits, rounding, guard)
    return _bound(mantissas, room, max_ops)


def _bound(mantissas: Mantissas, room: int, max_ops: int) -> Task:
    """The task of a format and limits."""
    bits, rounding, guard = mantissas.bits, mantissas.rounding, mantissas.guard
    return Task(
        space=MultiplierSpace(mantissas, max_ops, room),
        evaluator=MultiplierEvaluator(mantissas, max_ops, room),
        certify=lambda document, seconds: certified(document, mantissas, room),
        verify=lambda document, certificate, seconds: verify(
            document, certificate, mantissas, room
        ),
        export=lambda document, certificate, name, language: exported(
            document, name, language, mantissas, room
        ),
        languages=("c", "numpy", "verilog"),
        options={
            "mantissa": bits,
            "rounding": rounding,
            "guard": guard,
            "table": room,
            "max_ops": max_ops,
        },
        problem=("mantissa", "rounding", "guard", "table"),
        words={"mantissa": f"of {bits} mantissa bits", "rounding": SAID[rounding]},
        prepare=lambda: prepare([KERNEL], WORDS),
        asks=(
            f"product of two numbers of {bits} mantissa bits ({SAID[rounding]}), with "
            f"{mantissas.fraction} bits; at most {max_ops} operations and {room} table entries"
        ),
    )


def certified(
    document: Mapping[str, Any], mantissas: Mantissas, room: int
) -> tuple[dict[str, Any], dict[str, float], dict[str, Any] | Unproved]:
    """The document as it is, its objectives in ball arithmetic, and the certificate."""
    certificate = certify(document, mantissas, room)
    if certificate is None:
        return dict(document), {}, Unproved("a product leaves the range of fields", final=True)
    return dict(document), {name: certificate[name] for name in _PROVED}, certificate


def exported(
    document: Mapping[str, Any], name: str, language: str, mantissas: Mantissas, room: int
) -> dict[str, str]:
    """One elite as code; its errors are computed here, whatever a certificate says of them."""
    program, table = read(document, room)
    products = fields(program, table, room, mantissas)
    proved = certify(document, mantissas, room)
    errors = "products out of range" if proved is None else (
        f"mean relative error {proved['mean_relative_error']:.6e}, "
        f"largest {proved['max_relative_error']:.6e}, bias {proved['bias']:.6e}"
    )  # fmt: skip
    remark = f"Approximate multiplier {identity(document)[:12]}: {errors}."
    known = identifier(name)
    if language == "c":
        return {f"{known}.c": to_c(program, table, room, mantissas, products, known, remark)}
    arguments = (program, table, room, mantissas, fnv(products), known, remark)
    if language == "numpy":
        return {f"{known}_numpy.py": to_numpy(*arguments)}
    module, bench = to_verilog(*arguments)
    return {f"{known}.v": module, f"{known}_test.v": bench}

"""The task of approximate multipliers: what ``--set`` means, and everything bound together."""

from collections.abc import Mapping
from typing import Any

from elitemap.archive.errors import UsageError
from elitemap.archive.identity import identity
from elitemap.engine.protocols import Option, Task, Unproved
from elitemap.evaluators.quantizers.certificate import certify
from elitemap.evaluators.quantizers.evaluator import MultiplierEvaluator
from elitemap.evaluators.quantizers.exhaustion import KERNEL
from elitemap.evaluators.quantizers.multiplier_bench import bench as bench_multipliers
from elitemap.evaluators.quantizers.multiplier_bench import dot_products
from elitemap.evaluators.quantizers.options import table, whole
from elitemap.evaluators.quantizers.verification import verify
from elitemap.searchspaces.programs.emission.naming import identifier
from elitemap.searchspaces.programs.kernels import prepare
from elitemap.searchspaces.programs.words import WORDS
from elitemap.searchspaces.quantizers.mantissas import (
    LEAST_BITS,
    MOST_BITS,
    MOST_GUARD,
    Mantissas,
)
from elitemap.searchspaces.quantizers.multipliers import MultiplierSpace
from elitemap.searchspaces.quantizers.products import estimated, fields, read
from elitemap.searchspaces.quantizers.sheet import commands, sheet
from elitemap.searchspaces.quantizers.statements import fnv
from elitemap.searchspaces.quantizers.to_c import to_c
from elitemap.searchspaces.quantizers.to_numpy import to_numpy
from elitemap.searchspaces.quantizers.to_verilog import to_verilog

#: Most operations of a program, the default, and the default of table entries.
MOST_OPS, OPS, ENTRIES = 20, 10, 16

#: Objectives that a certificate says.
_PROVED = ("cost", "mean_relative_error", "max_relative_error", "bias", "sum_bias")

OPTIONS = (
    Option("mantissa", "4", f"mantissa bits of an operand, {LEAST_BITS} to {MOST_BITS}"),
    Option("guard", "5", f"bits of the product beyond those of an operand, 0 to {MOST_GUARD}"),
)
#: How roundings are said of operands.
SAID = {"nearest": "rounded to nearest", "truncate": "truncated"}


def multiplier_task(target: str, options: Mapping[str, str]) -> Task:
    """Bind a target and options.

    Raises:
        UsageError: If anything is unknown or impossible.
    """
    if target != "multiplier":
        raise UsageError(f"expected the target multiplier, got {target[:40]!r}")
    bits = whole(options, "mantissa", 4, LEAST_BITS, MOST_BITS)
    guard = whole(options, "guard", 5, 0, MOST_GUARD)
    room = table(options, ENTRIES)
    max_ops = whole(options, "max_ops", OPS, 1, MOST_OPS)
    rounding = options.get("rounding", "nearest")
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
        languages=("c", "numpy", "verilog", "sheet"),
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
        bench=lambda entrants, exhaustive, say: bench_multipliers(mantissas, room, entrants, say),
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
    if language == "sheet":
        facts = dict(proved or {}) | dot_products(mantissas.value(products), mantissas)
        return _sheet(document, (known, remark), facts, mantissas, room)
    expected = fnv(products.astype("<i4").tobytes())
    arguments = (program, table, room, mantissas, expected, known, remark)
    if language == "numpy":
        return {f"{known}_numpy.py": to_numpy(*arguments)}
    module, bench = to_verilog(*arguments)
    return {f"{known}.v": module, f"{known}_test.v": bench}


def _sheet(
    document: Mapping[str, Any],
    named: tuple[str, str],
    facts: Mapping[str, Any],
    mantissas: Mantissas,
    room: int,
) -> dict[str, str]:
    """The data sheet of a multiplier with a name and a remark."""
    program, table = read(document, room)
    what = (
        f"Mantissa codes of {mantissas.bits} bits, operands {SAID[mantissas.rounding]}, to a "
        f"fixed-point number with {mantissas.fraction} fraction bits; what goes beyond them "
        "belongs to the exponent. Exported functions of whole floats give zero for subnormal "
        "operands and products, infinity beyond the largest number, and what the exact product "
        "gives for NaN and infinities."
    )
    asked = (
        f"multiplier --set mantissa={mantissas.bits} --set rounding={mantissas.rounding} "
        f"--set guard={mantissas.guard} --set table={room}"
    )
    parts = program, table, estimated(program, table, room, mantissas)
    return sheet(*named, what, facts, parts, commands(identity(document), named[0], asked))

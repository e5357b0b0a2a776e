"""Sollya's polynomials on the float32 grid, inside the reductions that searches use.

What an expert makes without a search: ``fpminimax`` fits coefficients that are float32, Horner's
rule with fused multiply-adds evaluates them, and the function around is the one that elites have.
"""

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace

from elitemap.archive.errors import SearchError
from elitemap.engine.protocols import Missing
from elitemap.evaluators.float32.arguments import true_value
from elitemap.evaluators.float32.compiled import NAME, compiled
from elitemap.evaluators.float32.functions import exported
from elitemap.evaluators.float32.peers.peer import Peer
from elitemap.searchspaces.elementary.float32.functions import Single
from elitemap.searchspaces.elementary.float32.reductions.magnitudes import plain
from elitemap.searchspaces.elementary.float32.wholes import whole
from elitemap.searchspaces.elementary.targets import Target
from elitemap.searchspaces.programs.instruction import Instruction
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.real import REAL

_DEGREES, _ODD_DEGREES = range(2, 9), range(3, 12, 2)

#: Of which degree there is a kernel for some arguments only, for what completeness costs.
_BARE = 6

#: Seconds for all degrees.
_PATIENCE = 60.0

#: Names that Sollya writes otherwise.
_WRITTEN = (
    ("exp2(", "2^("),
    ("sigmoid(x)", "1/(1+exp(-x))"),
    ("softplus(x)", "log1p(exp(x))"),
    ("gelu(x)", "x/2*erfc(-x/sqrt(2))"),
)

#: Names that it knows.
_KNOWN = frozenset(
    "x pi exp expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh "
    "atanh sqrt erf erfc abs".split()
)

_FIT = (
    "p = fpminimax({function}, [|{monomials}|], [|SG...|], [{low};{high}], floating, relative);\n"
    'print("degree {degree}:"); for i from 0 to {degree} do {{ print(coeff(p, i)); }};\n'
)


def peers(single: Single) -> Iterator[Peer | Missing]:
    """Polynomials of several degrees for the core of a function, each a whole function."""
    label = f"Sollya {single.name}"
    function = written(single.reduction.core)
    if function is None:
        yield Missing(label, f"it does not know {single.reduction.core.expression}")
        return
    try:
        version, fits = _fitted(single.reduction.core, function)
    except FileNotFoundError:
        yield Missing(label, "apt install sollya")
        return
    except subprocess.TimeoutExpired:
        yield Missing(label, f"no answer within {_PATIENCE:g} s")
        return
    for degree, coefficients in fits.items():
        yield _peer(single, f"Sollya degree {degree}", coefficients, version)
        if degree == _BARE and single.fast is not None:
            ends, shorter = single.fast
            alone = replace(single, domain=ends, below=None, above=None, specials=(), fast=None)
            parts = {"special cases": shorter, "reduction": plain(shorter.core)}
            for what, reduction in parts.items():
                family = f"Sollya degree {degree} without {what}:"
                yield _peer(replace(alone, reduction=reduction), family, coefficients, version)


def _peer(
    single: Single, family: str, coefficients: Sequence[float], version: str
) -> Peer | Missing:
    program = whole(polynomial(coefficients), single.reduction)
    try:
        with compiled(program, single) as library:
            function, array = exported(library, NAME), getattr(library, f"{NAME}_n")
    except SearchError as error:
        return Missing(f"{family} {single.name}", str(error))
    return Peer(f"{family} {single.name}", version, function, array)


def written(core: Target) -> str | None:
    """A function as Sollya writes it; None where it has no name for something."""
    function = str(core.expression)
    for ours, theirs in _WRITTEN:
        function = function.replace(ours, theirs)
    return function if set(re.findall(r"[a-z]\w*", function)) <= _KNOWN else None


def _fitted(core: Target, function: str) -> tuple[str, dict[int, list[float]]]:
    """Sollya's version, and coefficients by degree."""
    text = "".join(_script(core, function))
    done = subprocess.run(
        ["sollya", "--warnonstderr"], input=text, capture_output=True, text=True, timeout=_PATIENCE
    )
    version = subprocess.run(["sollya", "--version"], capture_output=True, text=True)
    found = re.search(r"sollya (\S+)", version.stdout)
    fits: dict[int, list[float]] = {}
    for line in done.stdout.splitlines():
        begun = re.fullmatch(r"degree (\d+):", line.strip())
        if begun:
            fits[int(begun[1])] = []
        elif fits:
            fits[max(fits)] += _number(line)
    made = {d: c for d, c in fits.items() if len(c) == d + 1 and c[-1]}
    return found[1] if found else "installed", made


def _number(line: str) -> list[float]:
    try:
        return [float.fromhex(line.strip())]
    except (ValueError, OverflowError):
        return []


def _script(core: Target, function: str) -> Iterator[str]:
    yield "display = hexadecimal!;\n"
    zero = true_value(core.expression, 0.0) == 0.0
    odd = zero and _is_odd(core)
    for degree in _ODD_DEGREES if odd else _DEGREES:
        powers = range(1, degree + 1, 2) if odd else range(1 if zero else 0, degree + 1)
        yield _FIT.format(
            function=function,
            monomials=", ".join(map(str, powers)),
            low=core.lo,
            high=core.hi,
            degree=degree,
        )


def _is_odd(core: Target) -> bool:
    points = [float(core.hi) * share for share in (0.3, 0.5, 0.9)]
    pairs = [(true_value(core.expression, x), true_value(core.expression, -x)) for x in points]
    return all(right == -left for right, left in pairs)


def polynomial(coefficients: Sequence[float]) -> Program:
    """A core by Horner's rule with fused multiply-adds.

    An odd one is a polynomial in x^2 times x. One that begins with x, exactly, has x added last,
    so that only one rounding is as large as that of the result.

    Args:
        coefficients: From that of x^0 on; those of zero terms are 0.
    """
    odd = not any(coefficients[::2])
    lean = coefficients[0] == 0.0 and coefficients[1] == 1.0
    first = 0 if coefficients[0] != 0.0 else 1
    step = 2 if odd else 1
    terms = list(coefficients[first + (step if lean else 0) :: step])
    code = REAL.opcodes
    rows = [Instruction(code["const"], (), (c, 0.0)) for c in terms]
    places = list(range(1, len(terms) + 1))

    def do(name: str, *operands: int) -> int:
        rows.append(Instruction(code[name], operands))
        return len(rows)

    variable = do("mul", 0, 0) if odd else 0
    value = places[-1]
    for place in reversed(places[:-1]):
        value = do("fma", value, variable, place)
    if lean:
        value = do("fma", do("mul", variable, 0), value, 0)
    elif first:
        value = do("mul", value, 0)
    return Program(("x",), tuple(rows), (value,))

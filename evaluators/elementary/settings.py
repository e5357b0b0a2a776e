"""What ``--set`` means for elementary functions, over the reals and in float32."""

import difflib
import math
import re
from collections.abc import Mapping

from elitemap.archive.errors import UsageError
from elitemap.engine.protocols import ArrayFile, Goal, Option
from elitemap.evaluators.elementary.costs import NAMED as COSTS
from elitemap.evaluators.elementary.costs import read_costs
from elitemap.evaluators.elementary.points.table import read_points
from elitemap.evaluators.float32.measuring.here import STATIC, settle
from elitemap.evaluators.float32.measuring.model import MEASURED
from elitemap.evaluators.float32.pricing import MODELS
from elitemap.formulas.parsing import parse_constant
from elitemap.formulas.vocabulary import constant_value
from elitemap.searchspaces.elementary.float32.functions import CHEAPEST, REDUCTIONS
from elitemap.searchspaces.elementary.halves.formats import FORMATS
from elitemap.searchspaces.programs.dialect import Dialect
from elitemap.searchspaces.programs.real import REAL

#: In which arithmetic programs compute: that of real numbers, float32 with all its roundings, or
#: that between 16-bit numbers.
ARITHMETICS = ("real", "float32", *FORMATS)

#: What a search may begin with beside random programs.
SEEDS = ("baselines",)

#: Programs of more operations have more constants than the fitting kernel takes.
MOST_OPS = 23


def options_of(dialect: Dialect) -> tuple[Option, ...]:
    """What ``--set`` takes when programs are written in a dialect."""
    return (*_functions(dialect), *_wishes(), *_sources(), *_arithmetics())


def _functions(dialect: Dialect) -> tuple[Option, ...]:
    """Of what is approximated, and by what."""
    return (
        Option(
            "domain",
            "",
            "bounds LO,HI of x, such as 0,pi/4, and then those of y where there are two variables, "
            "such as 1/2,1,0,1; the target's usual domain if left out",
        ),
        Option(
            "error",
            "",
            "relative, absolute, mean (root of the mean square) or blend:FLOOR (relative to the "
            "target, where that is larger than the floor); the target's usual mode if left out",
            ("relative", "absolute", "mean", "blend:"),
        ),
        Option(
            "weight", "", "expression in x (and y) by which the error is multiplied; 1 if left out"
        ),
        Option(
            "ops",
            "add,sub,mul,div",
            "primitives a program may use: " + ", ".join(dialect.operations),
            tuple(dialect.operations),
        ),
        Option("max_ops", "12", f"most operations of a program, 1 to {MOST_OPS}"),
    )


def _wishes() -> tuple[Option, ...]:
    """Of what is wanted of it."""
    return (
        Option(
            "bound",
            "",
            "the cheapest with at most an error: error<=5e-4, error<=2**-11 or digits>=8; in "
            "float32 max_ulp<=1, max_relative_error<=1e-4 or max_absolute_error<=1e-4; in 16 bits "
            "misrounded<=0, max_ulp<=1 or max_absolute_error<=1e-3",
        ),
        Option(
            "half",
            "",
            "yes: an even or odd function is searched on its half, in programs of |x|",
            ("yes",),
        ),
        Option(
            "split",
            "",
            "places such as 1/2 or 1,2 where a program may change its formula, or pieces:2 (to 4) "
            "with places that are found: select is allowed, and the search begins with such pieces",
        ),
        Option(
            "costs",
            "",
            "what is cheap: x86, equal (operations are counted), or a file of lines such as "
            "div = 10; x86 with a bound and equal without one if left out",
            tuple(COSTS),
            ArrayFile(plain=False, readers={".toml": read_costs}),
        ),
    )


def _sources() -> tuple[Option, ...]:
    """Of what a search is given beside that."""
    return (
        Option(
            "data",
            "",
            "rows of x, y[, weight] for the target points",
            brings=ArrayFile(plain=False, readers={".csv": read_points}),
        ),
        Option(
            "seed_with",
            "",
            "baselines: begin with the known forms too, not with random programs alone",
            SEEDS,
        ),
    )


def _measured(settings: Mapping[str, str]) -> str:
    """What cpu means where nobody says it: over the reals, nothing."""
    return MEASURED if settings.get("arithmetic", "real") in ARITHMETICS[1:] else ""


def _arithmetics() -> tuple[Option, ...]:
    """Of how programs compute."""
    return (
        Option(
            "arithmetic",
            "real",
            "float32 for whole functions that round at every operation; bfloat16 or float16 for "
            "those of 16-bit numbers, with float32 in between",
            ARITHMETICS,
        ),
        Option(
            "cpu",
            MEASURED,
            "what the cost is about (float32): measured: this CPU, by programs that are timed at "
            f"first use ({STATIC} where there is no C compiler), or vector units by a static model",
            (*MODELS, MEASURED),
            settles=settle,
            unsaid=_measured,
        ),
        Option(
            "reduction",
            CHEAPEST,
            "table for constants that are looked up (float32; tanh, erf and others), usual for "
            "none that are, cheapest for what costs less within the bound; none for cores that "
            "are the function on the whole domain",
            REDUCTIONS,
        ),
    )


OPTIONS = options_of(REAL)


def parse_primitives(text: str, dialect: Dialect = REAL) -> tuple[int, ...]:
    """Opcodes of a comma-separated list of primitives.

    Raises:
        UsageError: For an unknown or missing primitive, with the cure.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    known = list(dialect.operations)
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            cure = f"did you mean {near[0]!r}?" if near else f"use some of {', '.join(known)}"
            raise UsageError(f"unknown primitive {name[:40]!r} in ops; {cure}")
    if not names:
        raise UsageError(f"expected primitives in ops, got none; use some of {', '.join(known)}")
    # Constants move through chains in canonical form, which needs the other primitive.
    for name, companion in dialect.companions.items():
        if name in names and companion not in names:
            raise UsageError(
                f"expected {companion} with {name} in ops (constants move between them); "
                f"write ops={text},{companion}"
            )
    return tuple(sorted({dialect.opcodes[name] for name in names}))


_BOUND = re.compile(r"\s*(?:error\s*<=\s*(?P<error>.+)|digits\s*>=\s*(?P<digits>.+))")

#: Digits that can be asked for.
_MOST_DIGITS = 28.0


def parse_bound(text: str, cost: str = "ops") -> Goal | None:
    """The goal that a bound sets; None for no text.

    Args:
        text: As the user wrote it.
        cost: Name of the objective that is to be least.

    Raises:
        UsageError: For anything but ``error<=CONSTANT`` or ``digits>=CONSTANT`` within reach.
    """
    if not text:
        return None
    found = _BOUND.fullmatch(text)
    if found is None:
        raise UsageError(
            f"expected bound as error<=5e-4 or digits>=8, got {text[:40]!r}; quote it for the shell"
        )
    value = float(constant_value(parse_constant(found["error"] or found["digits"]), 128).mid())
    digits = value if found["digits"] else -math.log10(value) if value > 0 else math.inf
    if not 0 < digits <= _MOST_DIGITS:
        raise UsageError(
            f"expected bound between 0 and {_MOST_DIGITS:g} digits, got {text[:40]!r}, which is "
            f"{digits:.3g}"
        )
    said = "".join(text.split())
    return Goal(cost, "error", 10.0**-digits, "digits", digits, said)


def parse_max_ops(text: str) -> int:
    """The largest number of operations.

    Raises:
        UsageError: If it is not a whole number in range.
    """
    try:
        most = int(text)
    except ValueError:
        most = 0
    if not 1 <= most <= MOST_OPS:
        raise UsageError(
            f"expected max_ops as a whole number from 1 to {MOST_OPS}, got {text[:40]!r}"
        )
    return most

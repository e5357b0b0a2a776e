"""The elementary space's tasks: what ``--set`` means, and everything bound together."""

from collections.abc import Mapping
from types import MappingProxyType

from elitemap.archive.errors import UsageError
from elitemap.engine.protocols import Objective, SpaceEntry, Task, UserData
from elitemap.evaluators.elementary.baselines.computed import rivals
from elitemap.evaluators.elementary.baselines.tabulated import baselines
from elitemap.evaluators.elementary.bivariate.task import bivariate_task
from elitemap.evaluators.elementary.curve import error_curve
from elitemap.evaluators.elementary.evaluator import ElementaryEvaluator
from elitemap.evaluators.elementary.fitting.fit import KERNEL
from elitemap.evaluators.elementary.points.task import NAME as POINTS
from elitemap.evaluators.elementary.points.task import points_task
from elitemap.evaluators.elementary.proving import certified, doubts, exported
from elitemap.evaluators.elementary.question import question
from elitemap.evaluators.elementary.settings import (
    ARITHMETICS,
    OPTIONS,
)
from elitemap.evaluators.elementary.verification import verify
from elitemap.evaluators.float32.task import float32_task
from elitemap.evaluators.halves.task import half_task
from elitemap.searchspaces.elementary.bivariate.targets import NAMED as BIVARIATE
from elitemap.searchspaces.elementary.bivariate.targets import is_bivariate
from elitemap.searchspaces.elementary.documents import read
from elitemap.searchspaces.elementary.folded import around
from elitemap.searchspaces.elementary.halves.formats import FORMATS
from elitemap.searchspaces.elementary.targets import NAMED
from elitemap.searchspaces.elementary.written import written
from elitemap.searchspaces.programs.dialect import Dialect
from elitemap.searchspaces.programs.emission import LANGUAGES
from elitemap.searchspaces.programs.kernels import prepare
from elitemap.searchspaces.programs.real import REAL

#: No option brings anything.
NOTHING: Mapping[str, UserData] = MappingProxyType({})

#: Options that say what problem it is; with ``costs`` and ``weight`` where there are any.
PROBLEM = ("target", "domain", "error", "ops")


def elementary_task(
    name: str,
    options: Mapping[str, str],
    dialect: Dialect = REAL,
    data: Mapping[str, UserData] = NOTHING,
) -> Task:
    """Bind a target and options.

    Args:
        name: A named target or an expression in x.
        options: Values of :data:`OPTIONS` that were set, as text.
        dialect: ``real``, perhaps with more primitives.
        data: What options bring, by name.

    Raises:
        UsageError: If anything is unknown or impossible.
    """
    asked = question(name, options, dialect, data)
    target, costs, max_ops = asked.target, asked.costs, asked.max_ops
    beside = () if asked.odd is None else around(asked.odd)
    space, resolved = asked.space(dialect), asked.resolved(options, dialect)
    return Task(
        space=space,
        evaluator=ElementaryEvaluator(
            asked.near, max_ops, dialect, asked.goal, costs, around=beside
        ),
        certify=lambda document, seconds: certified(document, target, seconds, dialect),
        export=lambda document, certificate, name, language: exported(
            document, certificate, name, language, target, dialect
        ),
        languages=LANGUAGES,
        verify=lambda document, certificate, seconds: verify(
            read(document, dialect), certificate, target, seconds
        ),
        options=resolved,
        problem=(*PROBLEM, *(name for name in ("costs", "weight") if name in resolved)),
        words={"domain": f"on [{resolved['domain']}]", "error": target.error_mode},
        prepare=lambda: prepare([KERNEL], dialect),
        baselines=baselines(target) if costs is None else (),
        goal=asked.goal,
        # What is best in the largest error need not be in the mean.
        rivals=lambda: () if target.mean else rivals(target, max_ops, costs),
        asks=asked.asks(dialect),
        objectives=(Objective("float64", 0, "proved", "text"),),
        notes=doubts(target),
        curve=lambda document: error_curve(read(document, dialect), target),
        parse=lambda text: written(text, dialect, asked.opcodes).to_json(),
        adopt=space.adopted,
    )


def task(name: str, options: Mapping[str, str], data: Mapping[str, UserData] = NOTHING) -> Task:
    """Bind a target, options and what they bring in the arithmetic that is asked for.

    Raises:
        UsageError: If anything is unknown or impossible.
    """
    arithmetic = options.get("arithmetic") or "real"
    if arithmetic not in ARITHMETICS:
        known = ", ".join(ARITHMETICS)
        raise UsageError(f"expected arithmetic as one of {known}, got {arithmetic[:40]!r}")
    if name.strip().lower().endswith(".csv"):
        raise UsageError(
            f"expected a function, got the file {name.strip()[-40:]}: a table of points is the "
            "target points, with --set data=FILE.csv"
        )
    if arithmetic != "real" and is_bivariate(name):
        raise UsageError(
            f"expected a function of x with arithmetic={arithmetic}, got {name[:40]!r} of x and y: "
            "functions of two variables are approximated over the reals, leave arithmetic out"
        )
    if arithmetic == "float32":
        if name.strip() == POINTS or "data" in data:
            raise UsageError("expected no points with arithmetic=float32: leave one of them out")
        if options.get("costs"):
            raise UsageError("expected no costs with arithmetic=float32: cpu names its cost model")
        return float32_task(name, options)
    if arithmetic in FORMATS:
        if name.strip() == POINTS or "data" in data:
            raise UsageError(f"expected no points with arithmetic={arithmetic}: leave one out")
        if options.get("costs"):
            raise UsageError(f"expected no costs with arithmetic={arithmetic}: cpu names its model")
        return half_task(name, options, FORMATS[arithmetic])
    if name.strip() == POINTS:
        return points_task(options, data)
    if "data" in data:
        raise UsageError(f"expected data with the target points, got it with {name[:40]}: drop it")
    for option in ("cpu", "reduction"):
        if option in options:
            raise UsageError(f"expected {option} with arithmetic=float32 only; leave it out")
    if is_bivariate(name):
        return bivariate_task(name, options, data)
    return elementary_task(name, options, data=data)


tasks = SpaceEntry(
    name="elementary",
    summary="straight-line arithmetic that approximates a function of one real variable, or of two",
    targets={
        name: f"{expression} on {domain}, {error} error"
        for name, (expression, domain, error) in {**NAMED, **BIVARIATE}.items()
    }
    | {POINTS: "the function behind a table: --set data=FILE.csv"},
    options=OPTIONS,
    task=task,
)

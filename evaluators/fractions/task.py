"""The fractions space's tasks: constants and options bound to a way of searching."""

from collections.abc import Mapping, Sequence
from fractions import Fraction as Rational
from functools import partial
from types import MappingProxyType
from typing import Any

from elitemap.archive.errors import UsageError
from elitemap.archive.identity import identity
from elitemap.engine.protocols import Enumeration, Objective, SpaceEntry, Task
from elitemap.evaluators.fractions import decimals
from elitemap.evaluators.fractions.certificate import certify
from elitemap.evaluators.fractions.evaluator import KERNEL as EVOLVING
from elitemap.evaluators.fractions.evaluator import FractionEvaluator
from elitemap.evaluators.fractions.families.families import families, verifier
from elitemap.evaluators.fractions.fields.search import FieldSearch
from elitemap.evaluators.fractions.gained import digits_gained
from elitemap.evaluators.fractions.identification import identify
from elitemap.evaluators.fractions.labels import known as tables
from elitemap.evaluators.fractions.options import ANY, OPTIONS, Settings, own, read
from elitemap.evaluators.fractions.signed.expansions import KERNEL as EXPANDING
from elitemap.evaluators.fractions.signed.search import SignedSearch
from elitemap.evaluators.fractions.sweep.batched import KERNEL as SWEEPING
from elitemap.evaluators.fractions.sweep.sweep import Sweep
from elitemap.evaluators.fractions.verification import verify
from elitemap.native.toolchain import prepare
from elitemap.searchspaces.fractions.box import Box
from elitemap.searchspaces.fractions.constants import (
    DIGITS,
    Constant,
    constants,
    minimal_polynomial,
)
from elitemap.searchspaces.fractions.continued import ContinuedFraction, polynomial_text
from elitemap.searchspaces.fractions.emission.export import LANGUAGES, export
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.space import FractionSpace
from elitemap.searchspaces.fractions.variation import KERNEL as VARYING
from elitemap.searchspaces.fractions.written import written
from elitemap.searchspaces.programs.emission.meta import ExportMeta

#: Constants with a line of their own in ``elitemap spaces``; any expression without x may be given.
TARGETS: Mapping[str, str] = MappingProxyType(
    {
        "pi": "3.14159...",
        "e": "2.71828...",
        "e**2": "7.38905...",
        "log(2)": "0.69314...",
        "catalan": "0.91596..., 1 - 1/9 + 1/25 - ...",
        "zeta(2)": "1.64493..., pi**2/6",
        "zeta(3)": "1.20205...",
        "zeta(5)": "1.03692...",
        "gamma": "0.57721..., Euler's constant",
        "golden": "1.61803..., (1 + sqrt(5))/2",
        "besseli(0, 2)/besseli(1, 2)": "1.43312...",
        "tan(1)": "1.55740...",
        "gamma(1/4)": "3.62560..., of the gamma function",
    }
)

#: Folders of the kernels that each mode calls.
KERNELS = MappingProxyType(
    {"evolve": (VARYING, EVOLVING), "sweep": (SWEEPING,), "signed": (EXPANDING,), "field": ()}
)


def fractions_task(name: str, options: Mapping[str, str]) -> Task:
    """Bind constants and options.

    Args:
        name: Constants separated by commas.
        options: Values of :data:`OPTIONS` that were set, as text.

    Raises:
        UsageError: If anything is unknown or impossible, a rational constant included, and one of
            which too few digits are given for what is asked.
    """
    settings = read(options)
    targets = constants(name)
    goes_through = enumeration(targets, settings)
    given = decimals.checked(targets, settings, goes_through)
    notes = tuple(note for one in targets if one.places is None and (note := about(one)))
    known = tables.load(settings.known)
    return Task(
        space=FractionSpace(settings.degrees, settings.coefficients, [one.text for one in targets]),
        evaluator=FractionEvaluator(targets, settings.degrees),
        certify=lambda document, seconds: certify(
            Formula.from_json(document), targets, known, seconds
        ),
        export=exported,
        languages=LANGUAGES,
        verify=lambda document, certificate, seconds: verify(
            document, certificate, targets, known, seconds
        ),
        options=recorded(targets, settings),
        problem=("constants",),
        prepare=partial(prepare, KERNELS[settings.mode]),
        enumeration=goes_through,
        notable="significance",
        objectives=(Objective("label", 0, "measured", "text"),),
        families=(lambda _: []) if given else partial(related, targets),
        curve=lambda document: digits_gained(Formula.from_json(document)),
        asks=asked(targets, settings),
        notes=(*notes, *given),
        parse=lambda text: written(text).to_json(),
        # What was found of a value in other constants says nothing here.
        adopt=lambda document: Formula(Formula.from_json(document).fraction).to_json(),
    )


def enumeration(targets: Sequence[Constant], settings: Settings) -> Enumeration | None:
    """What a mode goes through; None for evolution."""
    if settings.mode == "sweep":
        box = Box.parse(settings.a, settings.b)
        return Sweep(box, targets, settings.moebius, settings.joint)
    if settings.mode == "signed":
        return SignedSearch(targets, settings.limit, settings.periods)
    if settings.mode == "field":
        return FieldSearch(_single(Box.parse(settings.a, settings.b)), targets, settings.reach)
    return None


def _single(box: Box) -> ContinuedFraction:
    if box.size != 1:
        raise UsageError(
            f"expected one fraction in a and b for mode=field, got a box of {box.size:,}; "
            "write: --set a=6,3 --set b=-1,0,0"
        )
    (fraction,) = box.fractions([(0, 0)])
    return fraction


def about(one: Constant) -> str:
    """What to know about a constant that is algebraic; empty for others.

    Raises:
        UsageError: If it is rational: every fraction's value would be related to it.
    """
    polynomial = minimal_polynomial(one)
    if polynomial is None:
        return ""
    coefficients = [int(c) for c in reversed(polynomial.coeffs())]
    if len(coefficients) == 2:
        raise UsageError(
            f"expected an irrational constant, got {one.text!r}, which is "
            f"{Rational(-coefficients[1], coefficients[0])} to {DIGITS} digits; search for another"
        )
    text = polynomial_text(tuple(coefficients), "x")
    return f"{one.text} is algebraic: {text} = 0 at x = {one.text}, to {DIGITS} digits"


def recorded(targets: Sequence[Constant], settings: Settings) -> dict[str, Any]:
    """The options of a mode as they are recorded with a run."""
    shared = {"constants": [one.text for one in targets], "mode": settings.mode}
    given = {name: getattr(settings, name) for name in own(settings.mode)}
    return shared | {k: list(v) if isinstance(v, tuple) else v for k, v in given.items()}


def asked(targets: Sequence[Constant], settings: Settings) -> str:
    """What is searched for, in a line."""
    given = {name: getattr(settings, name) for name in own(settings.mode)}
    shown = ", ".join(f"{name} {_plain(value)}" for name, value in given.items() if value != "")
    names = ", ".join(one.text for one in targets)
    return f"continued fractions for {names}; mode {settings.mode}, {shown}"


def _plain(value: Any) -> str:
    if value is None:
        return ANY
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def related(
    targets: Sequence[Constant], documents: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Families of formulas, as JSON objects; signed fractions have none."""
    formulas = [Formula.from_json(document) for document in documents]
    plain = [f for f in formulas if isinstance(f.fraction, ContinuedFraction) and f.value]
    return [family.to_json() for family in families(plain, verifier(targets))]


def exported(
    document: Mapping[str, Any], certificate: Mapping[str, Any] | None, name: str, language: str
) -> Mapping[str, str]:
    """One formula as code or as a statement: file names and texts."""
    formula = Formula.from_json(document)
    meta = ExportMeta(
        name=name,
        space="fractions",
        target="" if formula.value is None else str(formula.value),
        domain=(0.0, 0.0),
        error="",
        program_id=identity(document),
    )
    return export(formula, certificate, meta, language)


tasks = SpaceEntry(
    name="fractions",
    summary="continued fractions with polynomial or recurrent quotients, for constants",
    targets=TARGETS,
    options=OPTIONS,
    task=fractions_task,
    identify=identify,
)

"""What a fraction that somebody brings is: its value, whether it is known, and what explains it."""

from typing import Any

from elitemap.archive.errors import UsageError
from elitemap.engine.protocols import Identification, Unproved
from elitemap.evaluators.fractions.certificate import certify
from elitemap.evaluators.fractions.labels import known as tables
from elitemap.evaluators.fractions.labels.labels import UNEXPLAINED, UNIDENTIFIED, of_fraction
from elitemap.searchspaces.fractions.constants import constants
from elitemap.searchspaces.fractions.continued import ContinuedFraction, FractionError
from elitemap.searchspaces.fractions.convergence import classify
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.written import written

#: What values are related to unless constants are given: each, then all in one relation.
CONSTANTS = (
    "pi,e,log(2),catalan,zeta(3),pi**2,e**2,log(3),zeta(5),gamma,pi*sqrt(3),gamma(1/4),tan(1),"
    "besseli(0,2)/besseli(1,2)"
)


def identify(text: str, names: str, seconds: float) -> Identification:
    """Look a fraction up, and its value.

    Args:
        text: As ``a=... b=...``: polynomials in n, or coefficients from the leading one down;
            interlaced ones are separated by semicolons.
        names: Constants separated by commas, or nothing for :data:`CONSTANTS`.
        seconds: Time for the value.

    Raises:
        UsageError: In one line, if that is no fraction, or a constant is unknown.
    """
    fraction = written(text).fraction
    assert isinstance(fraction, ContinuedFraction)
    known = tables.load()
    targets = constants(names or CONSTANTS)
    document, _, made = certify(Formula(fraction), targets, known, seconds)
    formula = Formula.from_json(document)
    try:
        told = of_fraction(fraction, known)
    except FractionError as error:
        raise UsageError(
            f"expected a fraction with a limit in {text[:60]!r}, got: {error}"
        ) from None
    facts: dict[str, Any] = {"fraction": str(fraction), "convergence": classify(fraction).kind}
    if isinstance(made, Unproved):
        facts |= {"certificate": None, "label": {"name": told.name, "reason": told.reason}}
        subject = fraction if formula.value is None else formula
        statement = f"{subject}: {made.reason} (convergence: {facts['convergence']})"
        return Identification(str(fraction), statement, False, {told.name: told.reason}, facts)
    label = made["label"]
    if label["name"] == UNIDENTIFIED:
        label = {"name": told.name, "reason": told.reason, "details": told.details}
    recognised = formula.value is not None or label["name"] not in (UNIDENTIFIED, UNEXPLAINED)
    facts |= {"formula": None if formula.value is None else str(formula), "certificate": made}
    facts["label"] = label
    statement = made["statement"]
    if formula.value is None and recognised:
        asked = names or "the usual constants"
        statement = f"{fraction} is {label['name']}, but its value matches no formula in {asked}"
    return Identification(str(fraction), statement, recognised, _lines(made, label), facts)


def _lines(made: dict[str, Any], label: dict[str, Any]) -> dict[str, str]:
    """The certificate's main points as text."""
    found = {label["name"]: label["reason"]}
    proved = "proved" if made["rigorous"] else "estimated"
    found["value"] = f"{made['value']} ({made['value_digits']} digits, their error {proved})"
    rate = made["digits_per_term"]
    speed = made["convergence"]["kind"] + (f", {rate} digits a term" if rate else "")
    found["convergence"] = speed
    if made["irrationality"]:
        found["delta"] = str(made["irrationality"]["delta"])
    if made["recurrence"]:
        found["recurrence"] = made["recurrence"]
    if made.get("series"):
        found["series"] = made["series"]["statement"]
    return found

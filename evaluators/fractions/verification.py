"""A certificate of a formula computed again, both sides of it."""

from collections.abc import Mapping, Sequence
from decimal import Context, Decimal, DecimalException
from typing import Any

from elitemap.engine.protocols import Unproved, Verdict
from elitemap.evaluators.fractions.certificate import certify
from elitemap.evaluators.fractions.labels.known import Known
from elitemap.evaluators.fractions.values import deep
from elitemap.evaluators.fractions.values.agreement import agrees
from elitemap.searchspaces.fractions.constants import Constant
from elitemap.searchspaces.fractions.formula import Formula

#: Digits to which a formula is compared if it could not be certified.
_DIGITS = 60

# Of the values of certificates, which are cut to fewer.
_EXACT = Context(prec=200)


def verify(
    document: Mapping[str, Any],
    recorded: Mapping[str, Any],
    constants: Sequence[Constant],
    known: Known,
    seconds: float,
) -> Verdict:
    """Certify a formula again, and compare with what is recorded.

    Args:
        document: The formula as JSON.
        recorded: Its certificate, from whoever wrote the archive.
        constants: As for :func:`elitemap.evaluators.fractions.certificate.certify`.
        known: As well.
        seconds: As well.

    Raises:
        FractionError: If the document is no formula, or a degenerate one.
    """
    formula = Formula.from_json(document)
    after, _, made = certify(formula, constants, known, seconds)
    if isinstance(made, Unproved):
        return _refuted(formula, seconds) or Verdict("could not", made.reason)
    if after != formula.to_json():
        return Verdict("could not", "the value is recognised now: certify it again", made)
    if _differs(recorded, made):
        told = f"its value is {_told(recorded, 'value')}, {_told(made, 'value')} was found"
        return Verdict("failed", told, made)
    if _name(recorded) != _name(made):
        told = f"its label is {_told(recorded, 'label')}, {_told(made, 'label')} was found"
        return Verdict("could not", told, made)
    if recorded.get("rigorous") is True and made["rigorous"] is not True:
        return Verdict("could not", "its limit is called proved, which was not found", made)
    if _series(recorded) not in (None, _series(made)):
        return Verdict("could not", "its series is another one, or was not found", made)
    for name in ("digits", "value_digits"):
        if not _at_most(recorded.get(name), made[name]):
            told = f"its {name} are {_told(recorded, name)}, {made[name]} were found"
            return Verdict("could not", told, made)
    return Verdict("verified", "", made)


def _refuted(formula: Formula, seconds: float) -> Verdict | None:
    """That a formula without a certificate is false, if it is seen to be."""
    limit = deep.limit(formula.fraction, _DIGITS, seconds)
    if limit is None or formula.value is None or agrees(limit, formula.value):
        return None
    return Verdict("failed", f"the limit of the fraction is not {str(formula.value)[:60]}")


def _name(certificate: Mapping[str, Any]) -> object:
    found = certificate.get("label")
    return found.get("name") if isinstance(found, Mapping) else found


def _series(certificate: Mapping[str, Any]) -> object:
    found = certificate.get("series")
    return (found.get("statement"), found.get("of")) if isinstance(found, Mapping) else found


def _told(certificate: Mapping[str, Any], name: str) -> str:
    return repr(_name(certificate) if name == "label" else certificate.get(name))[:60]


def _differs(recorded: Mapping[str, Any], made: Mapping[str, Any]) -> bool:
    """Whether the limit that is recorded is another one; its last digit may be rounded."""
    try:
        told, found = (_EXACT.create_decimal(side["value"]) for side in (recorded, made))
        last = max(int(side.as_tuple().exponent) for side in (told, found))
        unit = Decimal((0, (1,), last))
        return not abs(_EXACT.subtract(told, found)) <= unit
    except (DecimalException, KeyError, TypeError, ValueError):
        return True


def _at_most(told: object, found: object) -> bool:
    if told is None:
        return True
    return isinstance(told, int | float) and isinstance(found, int | float) and told <= found

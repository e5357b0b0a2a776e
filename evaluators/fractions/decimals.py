"""Searches for a number of which only some decimals are known: what they can tell, and what not."""

import math
from collections.abc import Sequence

from elitemap.archive.errors import UsageError
from elitemap.engine.protocols import Enumeration
from elitemap.evaluators.fractions.options import Settings
from elitemap.evaluators.fractions.sweep.limits import WHOLE
from elitemap.evaluators.fractions.sweep.sweep import Sweep
from elitemap.evaluators.fractions.values.identify import ACCEPTED, chance_digits
from elitemap.searchspaces.fractions.constants import Constant

#: Digits that a look-up of float64 values needs.
LOOKED_UP = 17

#: Coefficients of the relations that digits are counted for.
TYPICAL = 9


def checked(
    targets: Sequence[Constant], settings: Settings, among: Enumeration | None
) -> tuple[str, ...]:
    """What to know about constants that are given as decimal fractions; nothing without any.

    Raises:
        UsageError: In one line, with the cure, where they have too few digits for what is asked.
    """
    given = [one for one in targets if one.places is not None]
    if not given:
        return ()
    if not isinstance(among, Sweep):
        raise UsageError(
            f"expected mode=sweep with a number known to {given[0].digits} digits, got "
            f"mode={settings.mode}: add --set mode=sweep, and --set a=... --set b=... for the box"
        )
    if not among.whole:
        for one in given:
            _look_up(one, among)
    return tuple(_told(one, among) for one in given)


def _look_up(one: Constant, among: Sweep) -> None:
    if one.digits < LOOKED_UP:
        raise UsageError(
            f"expected {LOOKED_UP} digits or more where values are looked up, got {one.digits}: "
            f"choose a box of at most {WHOLE:,} fractions (this one has {among.size:,}) and leave "
            f"moebius out, or give {needed(among.size)} digits to be sure of what is found"
        )


def needed(tried: int) -> int:
    """Digits that make a relation with small coefficients sure, among so many fractions."""
    row = [TYPICAL] * 4
    # The last digit is doubtful, and coefficients multiply the doubt.
    lost = math.log10(2 * TYPICAL * len(row))
    return math.ceil(ACCEPTED + chance_digits(row) + lost + math.log10(tried))


def _told(one: Constant, among: Sweep) -> str:
    return (
        f"{one.text} is known to {one.digits} digits: what agrees with all of them is told and not "
        f"certified. Of significance s this box has 10^-s by chance; {needed(among.size)} digits "
        f"would make relations with coefficients to {TYPICAL} sure (s = {ACCEPTED:g})"
    )

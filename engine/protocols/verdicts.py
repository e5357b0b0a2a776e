"""What came of proving a certificate again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Outcome = Literal["verified", "failed", "could not"]


@dataclass(frozen=True)
class Verdict:
    """What came of proving again what a certificate says.

    Attributes:
        outcome: ``verified`` if this installation has proved or computed everything that the
            certificate claims; ``failed`` if it claims what is false or of another problem;
            ``could not`` if neither is known, as when time ran out.
        reason: One line; empty for what is verified.
        certificate: The certificate as it was made now; None if there is none.
    """

    outcome: Outcome
    reason: str = ""
    certificate: Mapping[str, Any] | None = None

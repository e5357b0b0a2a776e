"""What the space's archive holds: a continued fraction, and the number it is said to be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from elitemap.searchspaces.fractions.continued import ContinuedFraction, FractionError
from elitemap.searchspaces.fractions.relation import Relation
from elitemap.searchspaces.fractions.signed import SignedFraction

#: Version of the JSON layout.
SCHEMA = 1


@dataclass(frozen=True)
class Formula:
    """A continued fraction with its value in terms of constants, None as long as it is unknown."""

    fraction: ContinuedFraction | SignedFraction
    value: Relation | None = None

    def to_json(self) -> dict[str, Any]:
        """The canonical JSON object."""
        return {
            "schema": SCHEMA,
            "fraction": self.fraction.to_json(),
            "value": None if self.value is None else self.value.to_json(),
        }

    @staticmethod
    def from_json(document: Any) -> "Formula":
        """Read a formula, checking everything.

        Raises:
            FractionError: If the document is of another schema or malformed.
        """
        if not isinstance(document, Mapping) or document.get("schema") != SCHEMA:
            raise FractionError(f"expected a formula of schema {SCHEMA}")
        given = document.get("fraction")
        kind = given.get("kind") if isinstance(given, Mapping) else None
        reader = SignedFraction if kind == "signed" else ContinuedFraction
        value = document.get("value")
        return Formula(
            reader.from_json(given), None if value is None else Relation.from_json(value)
        )

    def __str__(self) -> str:
        """Readable text, as in ``4/pi: a = 3*n + 1, b = -2*n**2 + n``."""
        return str(self.fraction) if self.value is None else f"{self.value}: {self.fraction}"

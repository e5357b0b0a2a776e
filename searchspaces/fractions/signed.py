"""Signed simple continued fractions a_0 + s_1/(a_1 + s_2/(a_2 + ...)) with recurrent quotients.

The kind of Razon et al., "Automated Search for Conjectures on Mathematical Constants using Analysis
of Integer Sequences" (ICML 2023, arXiv 2212.09470): the signs s_k = 1 or -1 repeat with a period,
and the whole quotients obey a linear recurrence with constant coefficients.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from elitemap.searchspaces.fractions.continued import FractionError

#: Bounds against hostile archives.
MAX_SIGNS, MAX_TERMS, MAX_SIZE = 64, 256, 10**60
MAX_TAPS, MAX_TAP = 64, 10**9


@dataclass(frozen=True)
class SignedFraction:
    """A signed simple continued fraction.

    Attributes:
        signs: One period of s_1, s_2, ...
        start: The first quotients a_0, a_1, ...: the transient ones and as many more as the
            recurrence has taps.
        taps: t_1, ..., t_m with a_k = t_1 a_(k-1) + ... + t_m a_(k-m) for k >= len(start).
    """

    signs: tuple[int, ...]
    start: tuple[int, ...]
    taps: tuple[int, ...]

    @property
    def transient(self) -> int:
        """Quotients before the recurrence's own."""
        return len(self.start) - len(self.taps)

    def sign(self, k: int) -> int:
        """The sign s_k, k >= 1."""
        return self.signs[(k - 1) % len(self.signs)]

    def quotients(self) -> Iterator[int]:
        """The quotients a_0, a_1, ... without end."""
        yield from self.start
        recent = list(self.start[self.transient :])
        while True:
            following = sum(t * a for t, a in zip(self.taps, reversed(recent), strict=True))
            yield following
            recent = [*recent, following][1:]

    def to_json(self) -> dict[str, Any]:
        """The canonical JSON object."""
        return {
            "kind": "signed",
            "signs": list(self.signs),
            "start": list(self.start),
            "taps": list(self.taps),
        }

    @staticmethod
    def from_json(document: Any) -> "SignedFraction":
        """Read a fraction, checking everything.

        Raises:
            FractionError: If the document is malformed or beyond the bounds.
        """
        if not isinstance(document, dict) or document.get("kind") != "signed":
            raise FractionError("expected a signed continued fraction")
        rows = [document.get(name) for name in ("signs", "start", "taps")]
        for row, most in zip(rows, (MAX_SIGNS, MAX_TERMS, MAX_TERMS), strict=True):
            if not isinstance(row, list) or not 1 <= len(row) <= most:
                raise FractionError(f"expected 1 to {most} numbers in a signed fraction")
            if not all(type(c) is int and abs(c) < MAX_SIZE for c in row):
                raise FractionError("expected whole numbers in a signed fraction")
        signs, start, taps = (tuple(row or ()) for row in rows)
        if len(taps) > MAX_TAPS or max(map(abs, taps)) > MAX_TAP:
            raise FractionError(f"expected at most {MAX_TAPS} taps of at most {MAX_TAP}")
        if not set(signs) <= {1, -1} or len(taps) > len(start):
            raise FractionError("expected signs of 1 and -1 and as many quotients as taps")
        return SignedFraction(signs, start, taps)

    def __str__(self) -> str:
        """Readable text, as in ``[2; 1, 2, 1, ...], signs (1), a(k) = 2*a(k-3) - a(k-6)``."""
        first, *rest = self.start
        quotients = f"[{first}; {', '.join(map(str, [*rest, '...']))}]"
        return f"{quotients}, signs ({', '.join(map(str, self.signs))}), {self._recurrence()}"

    def _recurrence(self) -> str:
        terms = [_term(t, k + 1) for k, t in enumerate(self.taps) if t]
        return "a(k) = " + (" + ".join(terms).replace("+ -", "- ") or "0")


def _term(tap: int, back: int) -> str:
    factor = {1: "", -1: "-"}.get(tap, f"{tap}*")
    return f"{factor}a(k-{back})"

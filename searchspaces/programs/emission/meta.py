"""What an exported file says about where its program comes from."""

from dataclasses import dataclass

from elitemap.searchspaces.programs.emission.float64 import Float64, Mend


@dataclass(frozen=True)
class ExportMeta:
    """Provenance of an exported program; every text is free and is made harmless when printed.

    Attributes:
        name: Name of the function to write; reserved and odd names are changed.
        space: The search space, such as ``elementary``.
        target: What the program computes, for people: ``2^x``.
        domain: The ends of the interval of arguments it is meant for, finite, in order.
        error: ``relative`` or ``absolute``: what the bounds of the certificate measure.
        program_id: The identity of the program, a hash.
        float64: What is known of the float64 evaluation; None if it was not examined.
        further: The intervals of the arguments after the first.
    """

    name: str
    space: str
    target: str
    domain: tuple[float, float]
    error: str
    program_id: str
    float64: Float64 | None = None
    further: tuple[tuple[float, float], ...] = ()

    @property
    def box(self) -> tuple[tuple[float, float], ...]:
        """The interval of each argument."""
        return (self.domain, *self.further)

    @property
    def mends(self) -> tuple[Mend, ...]:
        """The places at which the code is mended."""
        return () if self.float64 is None else self.float64.mends

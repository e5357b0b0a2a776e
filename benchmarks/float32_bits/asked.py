"""Which functions are searched for, at which bits, and how their errors count."""

from collections.abc import Mapping
from dataclasses import dataclass

from elitemap.searchspaces.elementary.float32.functions import USUAL, Single, resolve

BITS = range(8, 17)


@dataclass(frozen=True)
class Asked:
    """How errors of a function count, where, and at which bits it is searched for.

    Attributes:
        error: Absolute or relative.
        at: Bits.
        domain: None for every float32.
        ops: Of cores.
        published: Whether Sollya's polynomials are in the reduction that people publish, which is
            ours for finer errors, and not in ours for 16 bits.
    """

    error: str
    at: tuple[int, ...]
    domain: str | None = None
    ops: str = "add,sub,mul,fma"
    published: bool = False

    def bound(self, bits: int) -> str:
        """What a search is told."""
        return f"max_{self.error}_error<=2**-{bits}"

    def single(self, name: str, bits: int, reduction: str = USUAL) -> Single:
        """The function as such a search has it."""
        most = 2.0**-bits
        if self.error == "absolute":
            return resolve(name, self.domain, reduction, most * 2.0**24, most)
        return resolve(name, self.domain, reduction, most * 2.0**23)

    def expert(self, name: str) -> Single:
        """The function as Sollya's polynomials have it."""
        if self.published:
            return resolve(name, self.domain, USUAL)
        return self.single(name, self.at[-1])


FUNCTIONS: Mapping[str, Asked] = {
    "tanh": Asked("absolute", (8, 9, 10, 11, 12, 13, 14, 16), ops="add,sub,mul,fma,div"),
    "sigmoid": Asked("absolute", (8, 9, 10, 12, 14, 16), ops="add,sub,mul,fma,div"),
    "gelu": Asked("absolute", (8, 10, 12, 14, 16), "-15,80"),
    "exp2": Asked("relative", (8, 10, 12, 14, 16), published=True),
    "exp": Asked("relative", (8, 10, 12, 14, 16), published=True),
    "log2": Asked("relative", (8, 10, 12, 14, 16)),
}

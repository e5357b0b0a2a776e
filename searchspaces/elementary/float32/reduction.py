"""What surrounds a core: how the argument is reduced, and how the function is made again."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from elitemap.formulas.parsing import parse
from elitemap.searchspaces.elementary.float32.assembly import Assembly
from elitemap.searchspaces.elementary.targets import Target
from elitemap.searchspaces.programs.instruction import Instruction
from elitemap.searchspaces.programs.signature import Signature, Variable

#: Of whole functions.
SINGLE_FUNCTION = Signature((Variable("x", "single"),), ("single",))


@dataclass(frozen=True)
class Piece:
    """A run of arguments at which constants are the same entries of tables.

    Attributes:
        low: The least of those at which errors are looked at; others have the same magnitudes.
        high: The largest.
        reduction: What surrounds a core there, with the entries for constants.
    """

    low: float
    high: float
    reduction: "Reduction"


@dataclass(frozen=True)
class Tables:
    """Where constants of cores are tables, with an entry for each piece of the arguments.

    Attributes:
        bits: Values of the reduction that are negative where a bit of the place is set.
        pieces: By place, as many as a table has entries; None where no argument leads.
        short: The reduction with look-ups, in :data:`.tables.LOOKED`.
        place: Number of the place in that.
        main: The place of the piece for which constants matter most.
    """

    bits: tuple[int, ...]
    pieces: tuple[Piece | None, ...]
    short: "Reduction"
    place: int
    main: int

    @property
    def used(self) -> list[tuple[int, Piece]]:
        """The pieces that there are, with their places."""
        return [(place, piece) for place, piece in enumerate(self.pieces) if piece is not None]


@dataclass(frozen=True)
class Reduction:
    """A range reduction.

    Attributes:
        name: What it is called.
        before: Instructions over the argument, which is value 0.
        argument: Number of the value that the core takes.
        after: Instructions over those values, the core's (:data:`.assembly.CORE`) and their own,
            numbered from ``len(before) + 1`` on as if the core had no values.
        core: What the core approximates, and where.
        origin: The argument that is reduced to 0, so that one near it becomes the difference.
        size: What is as large as the value that a core goes into, over the core's argument: errors
            of cores count in its units. None where that is the core itself.
        reach: The arguments from which none of the period, or nothing beyond a seam, is taken; None
            where they are the core's domain, moved by the origin.
        signature: What a whole function takes and gives.
        opened: Number of the value that is the argument as a single, with which corrections compare
            (:mod:`.corrections`); 0 where there are none.
        tables: What constants of cores are; None where they are numbers.
    """

    name: str
    before: tuple[Instruction, ...]
    argument: int
    after: tuple[Instruction, ...]
    core: Target
    origin: float = 0.0
    size: Target | None = None
    reach: tuple[float, float] | None = None
    signature: Signature = SINGLE_FUNCTION
    opened: int = 0
    tables: Tables | None = None


def joined(
    name: str,
    before: Assembly,
    argument: int,
    after: Assembly | None,
    core: Target,
    origin: float = 0.0,
    size: Target | None = None,
    reach: tuple[float, float] | None = None,
) -> Reduction:
    """A reduction of parts in the making."""
    rows: Sequence[Instruction] = () if after is None else after.rows
    return Reduction(name, tuple(before.rows), argument, tuple(rows), core, origin, size, reach)


def after(before: Assembly) -> Assembly:
    """What follows the core, to be written."""
    return Assembly(before.first + len(before.rows))


def core_target(expression: str, low: Fraction, high: Fraction, relative: bool = True) -> Target:
    """What a core approximates: here a zero inside is allowed, cores shall have it too."""
    ends = (str(low), str(high))
    return Target(expression, parse(expression), low, high, relative, ends)

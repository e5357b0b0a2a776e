"""The assignments that mend code: a selection after the program, one for each mend."""

from collections.abc import Callable, Sequence

from elitemap.searchspaces.programs.emission.float64 import Mend

#: Writes a selection: low, high, the value between them, and the value elsewhere.
Choose = Callable[[str, str, str, str], str]


def selections(
    mends: Sequence[Mend], result: str, literal: Callable[[float], str], choose: Choose
) -> tuple[list[tuple[str, str]], str]:
    """Name and expression of each assignment, ``m1``, ``m2``, ..., and the name of the result.

    Args:
        mends: The mends.
        result: The name of what the program computes.
        literal: Writes a number.
        choose: Writes a selection.
    """
    lines = []
    for number, mend in enumerate(mends, 1):
        value = f"{literal(mend.value)} * x" if mend.times_x else literal(mend.value)
        chosen = choose(literal(mend.low), literal(mend.high), value, result)
        result = f"m{number}"
        lines.append((result, chosen))
    return lines, result

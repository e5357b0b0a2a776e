"""What programs cost: a table of primitives, of which the cheapest is not always the shortest."""

import difflib
import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import UsageError
from elitemap.engine.protocols import UserData
from elitemap.searchspaces.programs.dialect import Dialect
from elitemap.searchspaces.programs.program import Program

Floats = NDArray[np.float64]

#: Reciprocal throughput of four doubles (AVX2) in the scheduling model of LLVM 14 for
#: ``skylake-avx512``, in units of an addition: what ``llvm-mca`` says of ``vaddpd``, ``vdivpd``
#: (5 cycles against a half), ``vsqrtpd`` (12), ``vandpd`` (a third), a comparison with
#: ``vblendvpd`` (1.17). What another machine takes is
#: printed by ``python -m benchmarks.costs``.
X86: Mapping[str, float] = MappingProxyType(
    dict.fromkeys(("add", "sub", "mul", "square", "fma", "min", "max"), 1.0)
    | {"div": 10.0, "sqrt": 24.0, "abs": 0.7, "select": 2.3}
)

#: Tables by name; None counts operations.
NAMED: Mapping[str, Mapping[str, float] | None] = MappingProxyType({"x86": X86, "equal": None})

_LARGEST = 1e6


@dataclass(frozen=True)
class Costs:
    """A cost table.

    Attributes:
        name: What it is called in the words of a problem.
        read: Gives the cost of each primitive by name, in units of an addition. Only searches
            need it: what was found can be shown and proved where a user's file is not at hand.
    """

    name: str
    read: Callable[[], Mapping[str, float]]

    @property
    def units(self) -> Mapping[str, float]:
        """The table.

        Raises:
            UsageError: If it is a user's and not at hand.
        """
        return self.read()

    def of(self, program: Program) -> float:
        """What a program costs."""
        used = (program.primitive(i) for i in program.instructions)
        return math.fsum(self.units[p.name] for p in used if p.literal is None)

    def by_opcode(self, dialect: Dialect) -> Floats:
        """float64[opcodes]; infinite for primitives that the table does not have."""
        table = dialect.primitives
        return np.array(
            [0.0 if p.literal is not None else self.units.get(p.name, math.inf) for p in table]
        )


def chosen_costs(
    text: str, opcodes: tuple[int, ...], dialect: Dialect, data: UserData | None, goal: bool
) -> Costs | None:
    """The cost table of a task; None where operations are counted.

    Args:
        text: ``x86``, ``equal``, or the hash of a file that ``data`` has; empty for the default:
            ``x86`` where the cheapest is asked for, else ``equal``.
        opcodes: Primitives that must be in it.
        dialect: What they belong to.
        data: The file.
        goal: Whether the cheapest is asked for.

    Raises:
        UsageError: If a primitive has no cost.
    """
    if data is not None:
        return Costs("own costs", _own(data, opcodes, dialect))
    name = text or ("x86" if goal else "equal")
    needed = [dialect.primitives[code].name for code in opcodes]
    units = NAMED[name]
    if units is None:
        return None
    if foreign := [n for n in needed if n not in units]:
        if not text:
            return None
        raise UsageError(
            f"expected a cost of {foreign[0]}, which x86 has not; write costs=FILE.toml"
        )
    return Costs(name, lambda: units)


def _own(
    data: UserData, opcodes: tuple[int, ...], dialect: Dialect
) -> Callable[[], Mapping[str, float]]:
    """The table of a file, checked now if it is at hand."""
    needed = [dialect.primitives[code].name for code in opcodes]
    try:
        found = data.load()
    except UsageError:
        return lambda: _checked(data.load(), needed, dialect)
    units = _checked(found, needed, dialect)
    return lambda: units


def said_of(costs: Costs) -> str:
    """A table in a few words: what does not cost one, if it is at hand."""
    if costs.name not in NAMED:
        return costs.name
    dear = {name: cost for name, cost in costs.units.items() if cost != 1.0}
    listed = ", ".join(f"{name} {cost:g}" for name, cost in dear.items())
    return f"{costs.name} ({listed or 'all 1'})"


def read_costs(path: Path) -> dict[str, NDArray[np.float64]]:
    """A file of costs, a line ``div = 10`` for each primitive, as arrays by name.

    Raises:
        ValueError: If it is no TOML of positive numbers.
    """
    with path.open("rb") as file:
        found: dict[str, Any] = tomllib.load(file)
    for name, value in found.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not 0 < value <= _LARGEST:
            raise ValueError(
                f"expected positive numbers such as div = 10, got {name[:40]} = {str(value)[:40]}"
            )
    return {name: np.array(float(value)) for name, value in found.items()}


def _checked(
    found: Mapping[str, NDArray[Any]], needed: list[str], dialect: Dialect
) -> dict[str, float]:
    for name, value in found.items():
        if name not in dialect.operations:
            near = difflib.get_close_matches(name, dialect.operations, 1) or dialect.operations
            raise UsageError(
                f"expected primitives in the file of costs, got {name[:40]!r}; "
                f"use {', '.join(near)}"
            )
        if value.shape or not 0 < float(value) <= _LARGEST:
            raise UsageError(f"expected a positive number for {name} in the file of costs")
    for name in needed:
        if name not in found:
            raise UsageError(
                f"expected a cost of {name}, got none in the file of costs; write {name} = 1"
            )
    return {name: float(value) for name, value in found.items()}

"""A dialect: the types, constants and primitives that a family of programs is written in.

A dialect is a value and is passed in; there is no table of all dialects. Its opcodes are the
places of its primitives, so they mean something only together with it, and documents hold names.
"""

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.programs.header import primitives_header
from elitemap.searchspaces.programs.primitive import MAX_ARITY, Literal, Primitive


@dataclass(frozen=True)
class Type:
    """What a value may be.

    Attributes:
        name: As primitives and documents call it.
        c: Its type in C; all types of a dialect have the same size.
        dtype: Its type in NumPy.
    """

    name: str
    c: str
    dtype: type[np.generic]


@dataclass(frozen=True)
class Storage:
    """How a batch keeps the constant of an instruction.

    Attributes:
        dtype: Type of each part.
        width: Parts per constant.
        c: Their type in C.
        header: A C file that says for each type how constants are drawn, changed and read; see
            ``kernel/constants_real.h``.
        plain: The constant where a new one is wanted and nothing better is known.
        words: From [n, L, width] to uint64[n, k], what of the constants tells two starts apart.
    """

    dtype: type[np.generic]
    width: int
    c: str
    header: Path
    plain: tuple[Any, ...]
    words: Callable[[NDArray[Any]], NDArray[np.uint64]]


@dataclass(frozen=True, eq=False, repr=False)
class Dialect:
    """Types, constants and primitives.

    Two dialects are the same if they are the same object.

    Attributes:
        name: In documents; ``real`` is left out there.
        types: The first is that of inputs which say nothing else.
        storage: How batches keep constants.
        primitives: By opcode. At least one is a constant; there are at most 255.
        operators: Variation operators that make sense in it, of those of
            :mod:`elitemap.searchspaces.programs.variation`.
        where: ``module:NAME`` where it is found, so that batches of it can travel to other
            processes; empty for one that is made on the fly.

    Raises:
        ValueError: If two primitives share a name, or one names a type or primitive that the
            dialect does not have.
    """

    name: str
    types: tuple[Type, ...]
    storage: Storage
    primitives: tuple[Primitive, ...]
    operators: tuple[str, ...]
    where: str = ""

    def __post_init__(self) -> None:
        """Check what the entries say about each other."""
        types = {t.name for t in self.types}
        if len(self.opcodes) != len(self.primitives) or len(self.primitives) > 255:
            raise ValueError("expected at most 255 primitives with a name each")
        for p in self.primitives:
            if p.arity > MAX_ARITY or not types >= {*p.operands, p.result}:
                raise ValueError(f"expected at most {MAX_ARITY} operands of {types} in {p.name}")
            if p.arity == 0 and p.literal is None:
                raise ValueError(f"expected operands or a literal in {p.name}")
            for other in filter(None, (p.inverse, p.opposite)):
                if other not in self.opcodes:
                    raise ValueError(f"expected a primitive {other} beside {p.name}")
            if p.inverse and (p.neutral is None or not p.commutative):
                raise ValueError(
                    f"expected {p.name}, which has an inverse, to commute, with a neutral"
                )
            if any(len(relation) != p.arity + 1 for relation in p.relations):
                raise ValueError(f"expected weights of value and operands in {p.name}")

    def __repr__(self) -> str:
        """The name alone."""
        return f"Dialect({self.name!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by reference, as functions are: entries hold functions."""
        if not self.where:
            raise pickle.PicklingError(
                f"expected `where` in the dialect {self.name}: other processes find it there"
            )
        return _found, (self.where,)

    @cached_property
    def header(self) -> str:
        """The generated header of the kernels."""
        return primitives_header(self)

    @cached_property
    def opcodes(self) -> Mapping[str, int]:
        """Opcode by name."""
        return {p.name: code for code, p in enumerate(self.primitives)}

    @cached_property
    def constants(self) -> Mapping[str, int]:
        """The opcode of the constants of each type that has some."""
        return {p.result: code for code, p in enumerate(self.primitives) if p.literal is not None}

    @cached_property
    def operations(self) -> Mapping[str, int]:
        """Opcode by name of all primitives but the constants."""
        return {n: code for n, code in self.opcodes.items() if not self.is_constant(code)}

    @cached_property
    def companions(self) -> Mapping[str, str]:
        """What must be allowed with a primitive: ``sub`` becomes ``add`` where constants move."""
        return {p.inverse: p.name for p in self.primitives if p.inverse and p.inverse != p.name}

    @cached_property
    def helpers(self) -> Mapping[str, str]:
        """The Python functions that templates may call, by name."""
        return {name: text for p in self.primitives for name, text in p.helpers.items()}

    def literal(self, kind: str) -> Literal | None:
        """How constants of a type are kept; None if it has none."""
        code = self.constants.get(kind)
        return None if code is None else self.primitives[code].literal

    def is_constant(self, opcode: int) -> bool:
        """Whether an opcode is that of a constant."""
        return self.primitives[opcode].literal is not None

    def with_primitives(self, *entries: Primitive, where: str = "") -> "Dialect":
        """This dialect with more primitives, which get the next opcodes."""
        return replace(self, primitives=(*self.primitives, *entries), where=where)


def _found(where: str) -> Dialect:
    module, _, name = where.partition(":")
    dialect = getattr(import_module(module), name)
    if not isinstance(dialect, Dialect):
        raise pickle.UnpicklingError(f"expected a dialect at {where}")
    return dialect

"""Rules made shorter by laws of real numbers: what they do stays the same but for rounding.

An expression is a leaf (a value number of inputs and slots), a constant, or the name of a primitive
with expressions. Laws look at one expression whose parts are simple already, and are applied until
none fits; equal expressions are one. Zeros and signs of zeros are not looked after: x / |x| becomes
sign(x), which is 0 where the quotient is not a number.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from operator import add, mul

from elitemap.searchspaces.optimizers.rules import RuleSpace
from elitemap.searchspaces.programs.program import Instruction, Program
from elitemap.searchspaces.programs.tensors.constants import single


@dataclass(frozen=True)
class Number:
    """A constant; as a plain number it would equal a leaf."""

    value: float


#: A leaf, a constant, or a primitive with its operands.
Expression = int | Number | tuple["str | Expression", ...]

_ZERO, _ONE = Number(0.0), Number(1.0)

#: Of the sign of their operand wherever they are numbers.
_SIGNED = ("cube", "cbrt", "arcsin", "arctan", "sinh", "tanh", "arcsinh", "expm1", "sign")

#: Even: signs and magnitudes of their operand do not matter.
_EVEN = ("abs", "square", "cosh", "cos")

#: Powers that have names.
_POWERS: dict[Expression, str] = {
    Number(0.5): "sqrt",
    Number(2.0): "square",
    Number(-1.0): "reciprocal",
    Number(3.0): "cube",
}

#: What undoes what.
_INVERSES = (("exp", "log"), ("log", "exp"), ("log1p", "expm1"), ("expm1", "log1p"),
             ("cube", "cbrt"), ("cbrt", "cube"), ("sinh", "arcsinh"), ("arcsinh", "sinh"),
             ("tan", "arctan"), ("reciprocal", "reciprocal"), ("sin", "arcsin"))  # fmt: skip


def simplified(program: Program) -> Program:
    """An equal rule in canonical form, shorter where laws allow it.

    Args:
        program: An update rule.
    """
    results = [_built(program, value) for value in program.results]
    space = RuleSpace(len(program.states), 1_000, "random")
    made, valid = space.canonical(space.batch([_written(program, results)]))
    return made.programs.program(0) if valid[0] else program


def _built(program: Program, value: int) -> Expression:
    """A value as an expression, all laws applied from the leaves on."""
    known: dict[int, Expression] = {k: k for k in range(program.leaves)}
    for k, i in enumerate(program.instructions, program.leaves):
        entry = program.primitive(i)
        if entry.literal is not None:
            known[k] = Number(float(i.constant[0]))
        else:
            known[k] = _reduced((entry.name, *(known[o] for o in i.operands)))
    return known[value]


def _reduced(e: Expression) -> Expression:
    """Apply laws to an expression until none fits."""
    for _ in range(50):
        again = next((made for law in _LAWS for made in law(e)), None)
        if again is None:
            return e
        e = again
        if isinstance(e, tuple):
            name, *parts = e
            e = (name, *(_reduced(part) for part in parts if not isinstance(part, str)))
    return e


def _parts(e: Expression, name: str) -> tuple[Expression, ...] | None:
    """The operands if an expression is of this primitive."""
    if isinstance(e, tuple) and e[0] == name:
        return tuple(part for part in e[1:] if not isinstance(part, str))
    return None


def _fixed(*parts: Expression) -> bool:
    return all(isinstance(part, Number) for part in parts)


def _joined(join: Callable[[float, float], float], *parts: Expression) -> Number:
    """Two constants as one, a float32."""
    one, other = (part.value for part in parts if isinstance(part, Number))
    return Number(single(join(one, other)))


def _neutral(e: Expression) -> Iterator[Expression]:
    for name, neutral in (("scale", _ONE), ("shift", _ZERO), ("power", _ONE)):
        parts = _parts(e, name)
        if parts and parts[1] == neutral:
            yield parts[0]
    parts = _parts(e, "interp")
    if parts and (parts[0] == parts[1] or parts[2] == _ZERO):
        yield parts[0]
    elif parts and parts[2] == _ONE:
        yield parts[1]


def _chains(e: Expression) -> Iterator[Expression]:
    """Factors, terms and averages of averages are put together."""
    for name, join in (("scale", mul), ("shift", add)):
        outer = _parts(e, name)
        inner = _parts(outer[0], name) if outer else None
        if outer and inner and _fixed(outer[1], inner[1]):
            yield (name, inner[0], _joined(join, inner[1], outer[1]))
    outer = _parts(e, "interp")
    inner = _parts(outer[1], "interp") if outer else None
    if outer and inner and inner[0] == outer[0]:
        if _fixed(inner[2], outer[2]):
            yield ("interp", outer[0], inner[1], _joined(mul, inner[2], outer[2]))


def _roots(e: Expression) -> Iterator[Expression]:
    parts = _parts(e, "mul")
    if parts and parts[0] == parts[1]:
        yield ("square", parts[0])
    parts = _parts(e, "sqrt")
    inner = _parts(parts[0], "square") if parts else None
    if inner:
        yield ("abs", inner[0])
    parts = _parts(e, "power")
    if parts and parts[1] in _POWERS:
        yield (_POWERS[parts[1]], parts[0])
    for outer, undone in _INVERSES:
        parts = _parts(e, outer)
        inner = _parts(parts[0], undone) if parts else None
        if inner:
            yield inner[0]


def _signs(e: Expression) -> Iterator[Expression]:
    parts = _parts(e, "div")
    for one, other in (parts, parts[::-1]) if parts else ():
        if _parts(other, "abs") == (one,):
            yield ("sign", one)
    parts = _parts(e, "mul")
    for one, other in (parts, parts[::-1]) if parts else ():
        if _parts(one, "sign") and _parts(one, "sign") == _parts(other, "abs"):
            yield _inner(one)
    parts = _parts(e, "sign")
    if parts:
        yield from _unsigned(parts[0])
    for even in _EVEN:
        parts = _parts(e, even)
        if parts and isinstance(parts[0], tuple) and parts[0][0] == "abs":
            yield (even, _inner(parts[0]))


def _inner(e: Expression) -> Expression:
    """The first operand of what is known to have one."""
    if isinstance(e, tuple) and not isinstance(e[1], str):
        return e[1]
    raise ValueError("expected a primitive with operands")


def _unsigned(e: Expression) -> Iterator[Expression]:
    """The sign of an expression by something simpler of the same sign."""
    if not isinstance(e, tuple):
        return
    if e[0] in _SIGNED or e[0] == "clip":
        yield ("sign", _inner(e))
    parts = _parts(e, "scale")
    if parts and isinstance(parts[1], Number) and parts[1].value > 0:
        yield ("sign", parts[0])


_LAWS: tuple[Callable[[Expression], Iterator[Expression]], ...] = (
    _neutral,
    _chains,
    _roots,
    _signs,
)


@dataclass
class _Writer:
    """Instructions of expressions, each written once."""

    program: Program
    places: dict[Expression, int] = field(default_factory=dict)
    instructions: list[Instruction] = field(default_factory=list)

    def place(self, e: Expression) -> int:
        """The value number of an expression."""
        if isinstance(e, int):
            return e
        if e not in self.places:
            self.instructions.append(self._instruction(e))
            self.places[e] = self.program.leaves + len(self.instructions) - 1
        return self.places[e]

    def _instruction(self, e: Number | tuple[str | Expression, ...]) -> Instruction:
        dialect = self.program.dialect
        if isinstance(e, Number):
            return Instruction(dialect.constants["scalar"], (), (e.value,))
        name = str(e[0])
        operands = tuple(self.place(part) for part in e[1:] if not isinstance(part, str))
        return Instruction(dialect.opcodes[name], operands)


def _written(program: Program, results: list[Expression]) -> Program:
    writer = _Writer(program)
    places = tuple(writer.place(e) for e in results)
    made = tuple(writer.instructions)
    return Program.of(program.signature, made, places, program.dialect)

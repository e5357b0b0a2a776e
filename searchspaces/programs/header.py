"""The generated C header of a dialect, ``primitives.h``: tables, and cases of its interpreters.

Everything that kernels know about primitives is in it.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from elitemap.searchspaces.programs.primitive import MAX_ARITY, Primitive

if TYPE_CHECKING:
    from elitemap.searchspaces.programs.dialect import Dialect

_PLACES = "abc"


def primitives_header(dialect: "Dialect") -> str:
    """The header's text, that of the dialect's constants within."""
    parts = [
        "#pragma once",
        dialect.storage.header.read_text(),
        *_sizes(dialect),
        *_tables(dialect),
        *_constants(dialect),
        *_cases(dialect),
    ]
    return "\n".join(parts) + "\n"


def _sizes(dialect: "Dialect") -> list[str]:
    """Types and numbers. Types of different names may share memory, so they may alias."""
    alias = " __attribute__((may_alias))" if len(dialect.types) > 1 else ""
    relations = max((len(p.relations) for p in dialect.primitives), default=1)
    numbers = {
        "MAX_ARITY": MAX_ARITY,
        "PRIMITIVE_COUNT": len(dialect.primitives),
        "TYPES": len(dialect.types),
        "WIDTH": dialect.storage.width,
        "MAX_RELATIONS": max(relations, 1),
    }
    lines = [f"#define {name} {number}" for name, number in numbers.items()]
    lines += [f"typedef {t.c} type_{t.name}{alias};" for t in dialect.types]
    lines += [f"#define CELL {dialect.types[0].c}", f"#define STORED {dialect.storage.c}"]
    return [*lines, "#define SCALING"] if "rescale" in dialect.operators else lines


def _tables(dialect: "Dialect") -> list[str]:
    types = {t.name: number for number, t in enumerate(dialect.types)}
    table = dialect.primitives
    plain = dialect.storage.plain
    neutral = [p.neutral or plain for p in table]
    up = dict.fromkeys(range(len(table)), -1)
    down = dict(up)
    for code, p in enumerate(table):
        if p.inverse:
            for member in (code, dialect.opcodes[p.inverse]):
                up[member], down[member] = code, dialect.opcodes[p.inverse]
    operands = [[*(types[o] for o in p.operands), 0, 0, 0][:MAX_ARITY] for p in table]
    ints: dict[str, Iterable[int]] = {
        "ARITY": (p.arity for p in table),
        "COST": (p.cost for p in table),
        "COMMUTATIVE": (p.commutative for p in table),
        "IDEMPOTENT": (p.idempotent for p in table),
        "IS_CONSTANT": (p.literal is not None for p in table),
        "RESULT": (types[p.result] for p in table),
        "UP": up.values(),
        "DOWN": down.values(),
        "ABSORBING": (sum(1 << k for k in p.absorbing) for p in table),
        "NEUTRAL_ZERO": (p.neutral is not None and not any(p.neutral) for p in table),
        "RELATIONS": (len(p.relations) for p in table),
        "CONSTANT_OF": (dialect.constants.get(t.name, -1) for t in dialect.types),
    }
    lines = [f"static const int {name}[] = {_braced(map(int, v))};" for name, v in ints.items()]
    stored = [
        _braced(map(repr, _packed(dialect, p, v))) for p, v in zip(table, neutral, strict=True)
    ]
    weights = [_braced(_braced(map(str, r)) for r in p.relations or ((0,),)) for p in table]
    return [
        *lines,
        f"static const int OPERAND[][MAX_ARITY] = {_braced(map(_braced, operands))};",
        f"static const STORED NEUTRAL[][WIDTH] = {_braced(stored)};",
        "static const double WEIGHT[][MAX_RELATIONS][MAX_ARITY + 1] = " + _braced(weights) + ";",
    ]


def _packed(dialect: "Dialect", primitive: Primitive, constant: tuple[Any, ...]) -> tuple[Any, ...]:
    """A neutral element as it is stored; that of a second operand, whose type it has."""
    kind = primitive.operands[min(1, primitive.arity - 1)] if primitive.operands else ""
    literal = dialect.literal(kind)
    return constant if literal is None else literal.pack(constant)


def _braced(items: Iterable[Any]) -> str:
    return "{" + ", ".join(map(str, items)) + "}"


#: Functions of the constants' header: how each is declared, whether it is for types without
#: constants too, what it does for type ``{t}``, and at the end.
_BY_TYPE = (
    (
        "void load_constant(int type, const STORED *c, CELL *cell)",
        False,
        "*(type_{t} *)cell = VALUE_{t}(c); break;",
        "",
    ),
    (
        "void store_constant(int type, const CELL *cell, STORED *c)",
        False,
        "store_{t}(*(const type_{t} *)cell, c); break;",
        "",
    ),
    (
        "void draw_constant(int type, stream *r, STORED *c)",
        False,
        "store_{t}(drawn_{t}(r), c); break;",
        "",
    ),
    (
        "void change_constant(int type, double width, stream *r, STORED *c)",
        False,
        "store_{t}(changed_{t}(VALUE_{t}(c), width, r), c); break;",
        "",
    ),
    (
        "int usable_constant(int type, const STORED *c)",
        False,
        "return usable_{t}(VALUE_{t}(c));",
        "return 0;",
    ),
    (
        "uint64_t probe_cell(int type, const CELL *cell, int bits)",
        True,
        "return probe_{t}(*(const type_{t} *)cell, bits);",
        "return 0;",
    ),
    (
        "double as_number(int type, const CELL *cell)",
        True,
        "return (double)*(const type_{t} *)cell;",
        "return 0;",
    ),
    (
        "void number_constant(int type, double value, STORED *c)",
        False,
        "store_{t}((type_{t})value, c); break;",
        "",
    ),
)


def _constants(dialect: "Dialect") -> list[str]:
    """The functions of the constants' header, chosen by type."""
    lines = []
    for head, every, does, end in _BY_TYPE:
        cases = " ".join(
            f"case {number}: {does.format(t=t.name)}"
            for number, t in enumerate(dialect.types)
            if every or t.name in dialect.constants
        )
        lines.append(f"static inline {head} {{ switch (type) {{ {cases} }} {end} }}")
    return lines


def _cases(dialect: "Dialect") -> list[str]:
    numbered = list(enumerate(dialect.primitives))
    operations = [(code, p) for code, p in numbered if p.literal is None]
    matched = [
        f"case {2 * code + place}: return {text.format('a', 'b', v='v')};"
        for code, p in operations
        for place, text in enumerate(p.matched)
    ]
    groups = {
        "FORWARD_CASES": [_forward(code, p) for code, p in numbered],
        "MATCHED_CASES": matched,
        "PAIR_FUNCTIONS": [p.pair_functions for _, p in operations if p.pair_functions],
        "RATIONAL_CASES": [
            f"case {code}: return {meaning};"
            for code, p in operations
            if (meaning := rational_meaning(p)) is not None
        ],
    }
    if all(p.pair and len(p.slopes) == p.arity for _, p in operations):
        groups["PAIR_CASES"] = [_pair(code, p) for code, p in numbered]
        groups["BACKWARD_CASES"] = [_backward(code, p) for code, p in operations]
    return [f"#define {name} \\\n" + " \\\n".join(cases) for name, cases in groups.items()]


def _forward(code: int, primitive: Primitive) -> str:
    if primitive.literal is not None:
        t = primitive.result
        return (
            f"case {code}: {{ type_{t} *v = (type_{t} *)vv, value = VALUE_{t}(stored); "
            "ROWS v[i] = value; } break;"
        )
    pointers = [
        f"const type_{t} *{x} = (const type_{t} *)v{x};"
        for x, t in zip(_PLACES, primitive.operands, strict=False)
    ]
    pointers.append(f"type_{primitive.result} *v = (type_{primitive.result} *)vv;")
    value = primitive.templates["c"].format("a[i]", "b[i]", "c[i]")
    return f"case {code}: {{ {' '.join(pointers)} ROWS v[i] = {value}; }} break;"


class _Quotient:
    """A value made by the four operations, as a C expression over whatever ``FIELD`` means."""

    def __init__(self, text: str) -> None:
        self.text = text

    def _with(self, name: str, other: Any) -> "_Quotient":
        if not isinstance(other, _Quotient):
            raise TypeError("expected two operands")
        return _Quotient(f"FIELD({name}, {self.text}, {other.text})")

    def __add__(self, other: Any) -> "_Quotient":
        return self._with("add", other)

    def __sub__(self, other: Any) -> "_Quotient":
        return self._with("sub", other)

    def __mul__(self, other: Any) -> "_Quotient":
        return self._with("mul", other)

    def __truediv__(self, other: Any) -> "_Quotient":
        return self._with("div", other)


def rational_meaning(primitive: Primitive) -> str | None:
    """What a primitive means, in C, if it is made of the four operations on its operands alone.

    Returns:
        An expression of nested ``FIELD(add, a, b)``, with ``add``, ``sub``, ``mul`` and ``div``, or
        None.
    """
    operands = (_Quotient(place) for place in _PLACES[: primitive.arity])
    try:
        meaning = primitive.exactly(object(), *operands)
    except (ValueError, TypeError, AttributeError):
        return None
    return meaning.text if isinstance(meaning, _Quotient) else None


def _pair(code: int, primitive: Primitive) -> str:
    if primitive.literal is not None:
        return f"case {code}: ROWS {{ v[i] = stored[0]; vl[i] = stored[1]; }} break;"
    value = primitive.pair.format(*(f"pair_of({x}[i], {x}l[i])" for x in _PLACES))
    return f"case {code}: ROWS {{ pair r = {value}; v[i] = r.hi; vl[i] = r.lo; }} break;"


def _backward(code: int, primitive: Primitive) -> str:
    """Equal operands need one update each in turn: rows that overlap must not be vectorised."""
    slopes = [s.format("a[i]", "b[i]", "c[i]", v="v[i]") for s in primitive.slopes]
    rows = [f"ROWS d{x}[i] += g[i] * ({s});" for x, s in zip(_PLACES, slopes, strict=False)]
    return f"case {code}: {' '.join(rows)} break;"

"""One kind of instruction: everything that anyone has to know about it, in named fields.

Whoever treats instructions reads these fields: the header of the compiled kernels is generated from
them, and cost, variation, canonical form, printing, mathematics, certificates and emission follow
them. Nothing else in the project knows a primitive by its name.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

#: Width of an instruction's operand list: no primitive takes more operands.
MAX_ARITY = 3

#: How a value looks as mathematics: the number of an operand, a text, or a kind with its parts
#: (``("sum", 0, 1)``). The kinds are those of :mod:`elitemap.searchspaces.programs.boxes`.
Layout = int | str | tuple["Layout", ...]


@dataclass(frozen=True)
class Literal:
    """How the constants of one type are kept and written.

    A constant is a tuple of numbers, its parts; where it has an exact value, that is their sum.

    Attributes:
        write: The parts as JSON values.
        read: The inverse; raises ValueError, TypeError or OverflowError for anything else.
        text: The constant for people, as an expression.
        pack: The parts as they are stored in a batch.
        unpack: The inverse.
    """

    write: Callable[[tuple[Any, ...]], list[Any]]
    read: Callable[[list[Any]], tuple[Any, ...]]
    text: Callable[[tuple[Any, ...]], str]
    pack: Callable[[tuple[Any, ...]], tuple[Any, ...]] = tuple
    unpack: Callable[[tuple[Any, ...]], tuple[Any, ...]] = tuple


@dataclass(frozen=True, kw_only=True)
class Primitive:
    """One kind of instruction.

    The laws (``commutative`` to ``matched``) are those that hold in its dialect: rewriting and
    variation use a law where it is stated, and nothing where it is not.

    Attributes:
        name: The name in options, documents and the database; never changed.
        operands: Type of each operand, at most :data:`MAX_ARITY`; none for a constant.
        result: Type of the value.
        cost: What the cost model counts.
        run: The value by NumPy from the operands, scalars or arrays, rounding as the dialect asks;
            for a constant from its parts. The kernels are tested against it, bit for bit.
        templates: An expression for each target language (``text``, ``c``, ``python``, ``numpy``,
            ``jax``, ``sympy``, ``latex``, ``rust``, ``cuda``) with ``{0}``, ``{1}``, ``{2}`` for
            the operands. ``c`` is also what the interpreter runs; what is called in it says
            whether ``<math.h>`` is needed. ``exact`` is Python over exact rationals, absent where a
            result may be irrational.
        literal: For a constant, how it is kept and written.
        commutative: Whether the first two operands may be exchanged.
        inverse: For an associative operation with a neutral element, the name of its inverse: ``t``
            and a constant then merge along chains of both, and ``inverse(t, c)`` is written as the
            operation itself with the inverse constant.
        neutral: The constant that changes nothing as the second operand, as parts.
        idempotent: Whether ``op(t, t)`` is ``t``.
        absorbing: The places in which the constant zero makes the value zero.
        opposite: The name of the primitive that takes the second operand's negative.
        weights: Scaling laws as relations: if the value scales as s^w and operand k as s^w_k, then
            the sum of the relation's numbers, that of the value first, times w, w_0, ... is 0. The
            default says that nothing may be scaled, which is true of any function.
        matched: For each of two places a C expression for the constant that makes the value
            ``{v}``, in the operands. None: it is taken as the other operand.
        divisor: The operand at whose zeros the value has a pole.
        slopes: C expressions for the derivative by each operand, in the operands and the value
            ``{v}``: the fit of constants needs them.
        pair: A C expression in double-double for the operands: the fit's residuals need it.
        pair_functions: C functions that ``pair`` calls beyond those of ``kernel/doubledouble.h``.
        exact: ``(functions, *operands) -> value`` in any exact or enclosing arithmetic, with
            operators, whole numbers and the functions that expressions of users may call
            (``f.sqrt(a)``): certificates need it.
        infix: Binding strength of the ``text`` and ``latex`` templates (0 for calls, 1 for sums, 2
            for products).
        layout: How it looks as mathematics; None is ``("call", name, 0, ...)``.
        helpers: Python functions that ``python`` templates call, by name.
        notes: By language, a sentence about templates that do not compute the same bits.
    """

    name: str
    operands: tuple[str, ...]
    result: str
    cost: int
    run: Callable[..., Any]
    templates: Mapping[str, str]
    literal: Literal | None = None
    commutative: bool = False
    inverse: str = ""
    neutral: tuple[Any, ...] | None = None
    idempotent: bool = False
    absorbing: tuple[int, ...] = ()
    opposite: str = ""
    weights: tuple[tuple[int, ...], ...] | None = None
    matched: tuple[str, ...] = ()
    divisor: int | None = None
    slopes: tuple[str, ...] = ()
    pair: str = ""
    pair_functions: str = ""
    exact: Callable[..., Any] | None = None
    infix: int = 0
    layout: Layout | None = None
    helpers: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def arity(self) -> int:
        """Number of operands."""
        return len(self.operands)

    def exactly(self, functions: Any, *operands: Any) -> Any:
        """The value in an exact or enclosing arithmetic.

        Raises:
            ValueError: If the primitive has no exact meaning.
        """
        if self.exact is None:
            raise ValueError(f"expected a primitive with an exact meaning, got {self.name}")
        return self.exact(functions, *operands)

    @property
    def relations(self) -> tuple[tuple[int, ...], ...]:
        """The scaling laws; by default the value's weight and every operand's are 0."""
        if self.weights is not None or self.literal is not None:
            return self.weights or ()
        places = range(self.arity + 1)
        return tuple(tuple(int(i == k) for i in places) for k in places)


#: What means something else in Rust than in C, or nothing.
_CHOICE_OR_CALL = re.compile(r"[A-Za-z]\w*\s*\(|\?")


def templates(
    text: str,
    *,
    c: str | None = None,
    python: str | None = None,
    numpy: str | None = None,
    jax: str | None = None,
    sympy: str | None = None,
    latex: str | None = None,
    rust: str | None = None,
    cuda: str | None = None,
    exact: str | None = None,
) -> Mapping[str, str]:
    """A primitive's expression in each language.

    Args:
        text: For people; the other languages take it where they say nothing else.
        c: C99.
        python: Python with the float64 arithmetic of IEEE 754.
        numpy: NumPy as ``np``.
        jax: JAX as ``jnp``; that of NumPy if left out.
        sympy: SymPy as ``sympy``.
        latex: LaTeX with amsmath.
        rust: Rust; that of C if left out, where that calls and chooses nothing.
        cuda: CUDA C++ whose operations are not fused; that of C if left out.
        exact: Python over fractions; left out where a result may be irrational.
    """
    numpy = text if numpy is None else numpy
    c = text if c is None else c
    if rust is None and not _CHOICE_OR_CALL.search(c):
        rust = c
    chosen = {
        "text": text,
        "c": c,
        "python": text if python is None else python,
        "numpy": numpy,
        "jax": numpy.replace("np.", "jnp.") if jax is None else jax,
        "sympy": text if sympy is None else sympy,
        "latex": text if latex is None else latex,
        "cuda": c if cuda is None else cuda,
        **({} if rust is None else {"rust": rust}),
    }
    return chosen if exact is None else {**chosen, "exact": exact}

"""C loops over arrays by vector intrinsics: for programs with tables, which stay in registers.

Compilers make vectors of everything else by themselves; of ``table[i]`` they make loads. The bits
are those of the function of one number, which takes what is left over, and all where there is
neither AVX-512 nor AVX2 with FMA.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from elitemap.searchspaces.programs.emission.statements_float32 import literal, with_negations
from elitemap.searchspaces.programs.float32.tables import looked
from elitemap.searchspaces.programs.instruction import Instruction
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.text import live

_LOOPS = """\
/* Nonzero: no intrinsics; the results are the same. */
#ifndef ELITEMAP_PORTABLE
#define ELITEMAP_PORTABLE 0
#endif
#if !ELITEMAP_PORTABLE && (defined __AVX512F__ || (defined __AVX2__ && defined __FMA__))
#include <immintrin.h>
#endif

void {name}_n(const float *ELITEMAP_RESTRICT x, float *ELITEMAP_RESTRICT y, size_t n)
{{
    size_t i = 0;
#if !ELITEMAP_PORTABLE && defined __AVX512F__
{wide}
#elif !ELITEMAP_PORTABLE && defined __AVX2__ && defined __FMA__
{narrow}
#endif
    for (; i < n; i++) {{
        y[i] = {name}_at(x[i]);
    }}
}}
"""

_LOOP = """\
{before}
    for (; i + {lanes} <= n; i += {lanes}) {{
{steps}
    }}"""

_CHOICE = (
    "_mm512_mask_blend_{0}(_mm512_cmplt_epi32_mask({{0}}, _mm512_setzero_si512()), {{2}}, {{1}})"
)
_MASK = "_mm512_maskz_set1_epi32({0}, -1)"


def _shifts(prefix: str, bits: str) -> dict[str, str]:
    """Shifts, whose numbers count modulo 32."""
    masked = f"{prefix}_and_{bits}({{1}}, {prefix}_set1_epi32(31))"
    names = {"shl": "sllv", "shr": "srav", "ushr": "srlv"}
    return {entry: f"{prefix}_{name}_epi32({{0}}, {masked})" for entry, name in names.items()}


def _shared(prefix: str, bits: str) -> dict[str, str]:
    """Entries that are called alike at both widths."""
    return {
        **{f"f{n}": f"{prefix}_{n}_ps({{0}}, {{1}})" for n in ("add", "sub", "mul", "div")},
        "fma": f"{prefix}_fmadd_ps({{0}}, {{1}}, {{2}})",
        "sqrt": f"{prefix}_sqrt_ps({{0}})",
        # The instructions give their second operand where neither is less.
        "min": f"{prefix}_min_ps({{1}}, {{0}})",
        "max": f"{prefix}_max_ps({{1}}, {{0}})",
        "toint": f"{prefix}_cvtps_epi32({{0}})",
        "fromint": f"{prefix}_cvtepi32_ps({{0}})",
        "bits": f"{prefix}_castps_{bits}({{0}})",
        "float": f"{prefix}_cast{bits}_ps({{0}})",
        "iadd": f"{prefix}_add_epi32({{0}}, {{1}})",
        "isub": f"{prefix}_sub_epi32({{0}}, {{1}})",
        **{n: f"{prefix}_{n}_{bits}({{0}}, {{1}})" for n in ("and", "or", "xor")},
        **_shifts(prefix, bits),
    }


def _of_bits(prefix: str, bits: str, operation: str) -> str:
    """A single made of words of singles."""
    return f"{prefix}_cast{bits}_ps({operation})"


def _wide() -> Mapping[str, str]:
    prefix, bits = "_mm512", "si512"
    sign, first, second = (
        "_mm512_set1_epi32(INT32_MIN)",
        *(f"_mm512_castps_si512({{{k}}})" for k in (0, 1)),
    )
    less = "_mm512_cmp_ps_mask({{0}}, {{1}}, {})"
    return MappingProxyType(
        {
            **_shared(prefix, bits),
            "abs": "_mm512_abs_ps({0})",
            "neg": _of_bits(prefix, bits, f"_mm512_xor_si512({first}, {sign})"),
            "copysign": _of_bits(
                prefix, bits, f"_mm512_ternarylogic_epi32({sign}, {second}, {first}, 0xCA)"
            ),
            "rint": "_mm512_roundscale_ps({0}, _MM_FROUND_TO_NEAREST_INT)",
            "less": _MASK.format(less.format("_CMP_LT_OQ")),
            "equal": _MASK.format(less.format("_CMP_EQ_OQ")),
            "iless": _MASK.format("_mm512_cmplt_epi32_mask({0}, {1})"),
            "select": _CHOICE.format("ps"),
            "iselect": _CHOICE.format("epi32"),
        }
    )


def _narrow() -> Mapping[str, str]:
    prefix, bits = "_mm256", "si256"
    sign = "_mm256_set1_ps(-0.0f)"
    compared = "_mm256_castps_si256(_mm256_cmp_ps({{0}}, {{1}}, {}))"
    chosen = "_mm256_blendv_ps({2}, {1}, _mm256_castsi256_ps({0}))"
    words = "_mm256_blendv_ps({}, {}, {})".format(
        *(f"_mm256_castsi256_ps({{{k}}})" for k in (2, 1, 0))
    )
    return MappingProxyType(
        {
            **_shared(prefix, bits),
            "abs": f"_mm256_andnot_ps({sign}, {{0}})",
            "neg": f"_mm256_xor_ps({{0}}, {sign})",
            "copysign": f"_mm256_or_ps(_mm256_and_ps({sign}, {{1}}), "
            f"_mm256_andnot_ps({sign}, {{0}}))",
            "rint": "_mm256_round_ps({0}, _MM_FROUND_TO_NEAREST_INT)",
            "less": compared.format("_CMP_LT_OQ"),
            "equal": compared.format("_CMP_EQ_OQ"),
            "iless": "_mm256_cmpgt_epi32({1}, {0})",
            "select": chosen,
            "iselect": f"_mm256_castps_si256({words})",
        }
    )


@dataclass(frozen=True)
class _Width:
    """Vectors of a size.

    Attributes:
        lanes: Singles in one.
        prefix: Of intrinsics.
        types: Of singles and words.
        entries: What they are called.
    """

    lanes: int
    prefix: str
    types: Mapping[str, str]
    entries: Mapping[str, str]


WIDE = _Width(16, "_mm512", {"single": "__m512", "word": "__m512i"}, _wide())
NARROW = _Width(8, "_mm256", {"single": "__m256", "word": "__m256i"}, _narrow())


def loops(name: str, program: Program) -> str:
    """The function ``name_n`` of arrays.

    Args:
        name: Of the function; ``name_at`` is that of one number.
        program: In ``float32``, from one ``single`` to one ``single``.
    """
    made = looked(with_negations(program), masked=False)
    wide, narrow = (_loop(made, width) for width in (WIDE, NARROW))
    return _LOOPS.format(name=name, wide=wide, narrow=narrow)


def _loop(program: Program, width: _Width) -> str:
    """The constants, and a loop over whole vectors."""
    names = {0: "v"}
    before: list[str] = []
    steps: list[str] = []
    load = f"const {width.types['single']} v = {width.prefix}_loadu_ps(x + i);"
    for k in live(program):
        i = program.instructions[k - program.leaves]
        primitive = program.primitive(i)
        names[k] = f"{'v' if i.operands else 'c'}{len(names)}"
        if primitive.result == "table":
            before += _registers(names[k], i, width)
            continue
        if program.is_constant(i):
            kind = "ps" if primitive.result == "single" else "epi32"
            text = f"{width.prefix}_set1_{kind}({literal(program, i)})"
        elif primitive.name == "look":
            table = program.instructions[i.operands[0] - program.leaves]
            text = _look(names[i.operands[0]], names[i.operands[1]], len(table.constant), width)
        else:
            text = width.entries[primitive.name].format(*(names[v] for v in i.operands))
        line = f"const {width.types[primitive.result]} {names[k]} = {text};"
        (steps if i.operands else before).append(line)
    result = f"{width.prefix}_storeu_ps(y + i, {names[program.outputs[0]]});"
    return _LOOP.format(
        before="\n".join(f"    {line}" for line in before),
        lanes=width.lanes,
        steps="\n".join(f"        {line}" for line in (load, *steps, result)),
    )


def _registers(name: str, i: Instruction, width: _Width) -> list[str]:
    """A table in so many registers as it needs; one that is shorter stands there repeatedly."""
    entries = list(i.constant) * max(width.lanes // len(i.constant), 1)
    lines = [f"static const float {name}[{len(entries)}] = {{"]
    lines += [f"    {line}" for line in rows(entries)]
    lines.append("};")
    kind = width.types["single"]
    for k in range(len(entries) // width.lanes):
        where = f"{name} + {k * width.lanes}" if k else name
        lines.append(f"const {kind} {name}_{k} = {width.prefix}_loadu_ps({where});")
    return lines


def rows(entries: Sequence[float]) -> list[str]:
    """Entries of an array in C, four in a line."""
    texts = [f"{entry.hex()}f," for entry in entries]
    return [" ".join(texts[k : k + 4]) for k in range(0, len(texts), 4)]


def _look(table: str, place: str, entries: int, width: _Width) -> str:
    """A look-up: instructions see the last bits of a place alone."""
    if width is WIDE and entries > WIDE.lanes:
        return f"_mm512_permutex2var_ps({table}_0, {place}, {table}_1)"
    if width is WIDE:
        return f"_mm512_permutexvar_ps({place}, {table}_0)"
    parts = [f"_mm256_permutevar8x32_ps({table}_{k}, {place})" for k in range(max(entries // 8, 1))]
    bit = 3
    while len(parts) > 1:
        sign = f"_mm256_castsi256_ps(_mm256_slli_epi32({place}, {31 - bit}))"
        pairs = zip(parts[::2], parts[1::2], strict=True)
        parts = [f"_mm256_blendv_ps({even}, {odd}, {sign})" for even, odd in pairs]
        bit += 1
    return parts[0]

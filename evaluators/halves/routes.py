"""C that calls vector libraries between conversions, a loop for each width of vectors."""

from dataclasses import dataclass

#: Of whole vectors of float32. Conversions are the processor's where it has them; names are those
#: of the vector ABI, which the C library and SLEEF share.
_ROUTE_512 = """\
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
{prototypes}
static inline __m512 opened(__m256i h)
{{
{opened}
}}
static inline __m256i closed(__m512 y)
{{
{closed}
}}
void peer_n(const uint16_t *restrict x, uint16_t *restrict y, size_t n)
{{
    for (size_t i = 0; i + 16 <= n; i += 16) {{
        const __m512 v = opened(_mm256_loadu_si256((const __m256i *)(x + i)));
        _mm256_storeu_si256((__m256i *)(y + i), closed({expression}));
    }}
}}
"""

#: bfloat16 are halves of words there, which takes fewer conversions than packing.
_ROUTE_256 = """\
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
{prototypes}
{conversions}
static inline __m256 value(__m256 v)
{{
    return {expression};
}}
void peer_n(const uint16_t *restrict x, uint16_t *restrict y, size_t n)
{{
    for (size_t i = 0; i + 16 <= n; i += 16) {{
        const __m256i h = _mm256_loadu_si256((const __m256i *)(x + i));
        const __m256 low = value(first(h)), high = value(second(h));
        _mm256_storeu_si256((__m256i *)(y + i), closed(low, high));
    }}
}}
"""

_OPENED = {
    "bfloat16": "    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(h), 16));",
    "float16": "    return _mm512_cvtph_ps(h);",
}

_CLOSED = {
    "bfloat16": """\
#ifdef __AVX512BF16__
    return (__m256i)_mm512_cvtneps_pbh(y);
#else
    const __m512i bits = _mm512_castps_si512(y);
    const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    const __m512i up = _mm512_add_epi32(_mm512_add_epi32(bits, odd), _mm512_set1_epi32(0x7fff));
    const __mmask16 nan = _mm512_cmp_ps_mask(y, y, _CMP_UNORD_Q);
    const __m512i near = _mm512_mask_blend_epi32(nan, up, _mm512_set1_epi32(0x7fc00000));
    return _mm512_cvtepi32_epi16(_mm512_srli_epi32(near, 16));
#endif""",
    "float16": "    return _mm512_cvtps_ph(y, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);",
}

_CONVERSIONS = {
    "bfloat16": """\
static inline __m256 first(__m256i h) { return _mm256_castsi256_ps(_mm256_slli_epi32(h, 16)); }
static inline __m256 second(__m256i h)
{
    return _mm256_castsi256_ps(_mm256_and_si256(h, _mm256_set1_epi32(0xffff0000)));
}
static inline __m256i raised(__m256 y)
{
    const __m256i bits = _mm256_castps_si256(y);
    const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    const __m256i up = _mm256_add_epi32(_mm256_add_epi32(bits, odd), _mm256_set1_epi32(0x7fff));
    const __m256i nan = _mm256_castps_si256(_mm256_cmp_ps(y, y, _CMP_UNORD_Q));
    return _mm256_blendv_epi8(up, _mm256_set1_epi32(0x7fc00000), nan);
}
static inline __m256i closed(__m256 low, __m256 high)
{
    return _mm256_blend_epi16(_mm256_srli_epi32(raised(low), 16), raised(high), 0xaa);
}""",
    "float16": """\
static inline __m256 first(__m256i h) { return _mm256_cvtph_ps(_mm256_castsi256_si128(h)); }
static inline __m256 second(__m256i h) { return _mm256_cvtph_ps(_mm256_extracti128_si256(h, 1)); }
static inline __m256i closed(__m256 low, __m256 high)
{
    return _mm256_set_m128i(_mm256_cvtps_ph(high, 8), _mm256_cvtps_ph(low, 8));
}""",
}


@dataclass(frozen=True)
class Width:
    """What a processor's widest vectors are called.

    Attributes:
        vector: Their type in C.
        mangled: How names of the vector ABI begin.
    """

    vector: str
    mangled: str


#: By what a processor says that it has, the widest first.
WIDTHS = {"avx512f": Width("__m512", "_ZGVeN16v_"), "avx2": Width("__m256", "_ZGVdN8v_")}


def route(width: Width, number: str, functions: list[str], expression: str) -> str:
    """A function ``peer_n`` of arrays in C.

    Args:
        width: Of vectors.
        number: The format, ``bfloat16`` or ``float16``.
        functions: Of the library, which are called.
        expression: What is computed of a vector ``v``; ``F(f)`` stands for a function's name.
    """
    prototypes = f"#define F(name) {width.mangled}##name##f\n" + "".join(
        f"{width.vector} F({f})({width.vector});\n" for f in functions
    )
    if width.vector == "__m256":
        return _ROUTE_256.format(
            prototypes=prototypes, conversions=_CONVERSIONS[number], expression=expression
        )
    return _ROUTE_512.format(
        prototypes=prototypes,
        opened=_OPENED[number],
        closed=_CLOSED[number],
        expression=expression,
    )

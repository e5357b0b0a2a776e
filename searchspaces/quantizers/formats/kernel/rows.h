/* Rows of sixteen numbers: choices between them, sums over them, and codecs of scales. Rows go by
 * address: how they are passed by value depends on the machine. */
#include "scales.h"

#define INLINE static inline __attribute__((always_inline))

/* Numbers of one row where a mark is set, of the other where none is. */
INLINE void choose(row *to, const marks *where, const row *from)
{
    *to = (row)(((marks)*from & *where) | ((marks)*to & ~*where));
}

INLINE void choose_marks(marks *to, const marks *where, const marks *from)
{
    *to = (*from & *where) | (*to & ~*where);
}

/* Sums of products are in eight lanes. */
#define OCTET 8

typedef float octet __attribute__((vector_size(4 * OCTET)));

static inline float total(const octet *p)
{
    const octet r = *p;
    return ((r[0] + r[4]) + (r[1] + r[5])) + ((r[2] + r[6]) + (r[3] + r[7]));
}

/* Sums, and the smallest, of sixteen numbers. */
static inline float sum_of(const row *r)
{
    float part[LANES];
    memcpy(part, r, sizeof part);
    for (int k = LANES / 2; k > 0; k /= 2)
        for (int i = 0; i < k; i++)
            part[i] += part[i + k];
    return part[0];
}

static inline float least_of(const row *r)
{
    float least = (*r)[0];
    for (int t = 1; t < LANES; t++)
        least = (*r)[t] < least ? (*r)[t] : least;
    return least;
}

static inline float most_of(const row *r)
{
    const row minus = -*r;
    return -least_of(&minus);
}

/* Smaller and larger numbers take the place of others. */
INLINE void lower(const row *x, row *least)
{
#ifdef __AVX512F__
    *least = (row)_mm512_min_ps((__m512)*x, (__m512)*least);
#else
    const marks less = (marks)(*x < *least);
    choose(least, &less, x);
#endif
}

INLINE void higher(const row *x, row *most)
{
#ifdef __AVX512F__
    *most = (row)_mm512_max_ps((__m512)*x, (__m512)*most);
#else
    const marks more = (marks)(*x > *most);
    choose(most, &more, x);
#endif
}

INLINE void magnitude(const row *x, row *made) { *made = (row)((marks)*x & 0x7fffffff); }

INLINE void roots_of(row *r)
{
#if defined(__AVX512F__)
    *r = (row)_mm512_sqrt_ps((__m512)*r);
#else
    for (int t = 0; t < LANES; t++)
        (*r)[t] = sqrtf((*r)[t]);
#endif
}

/* The smallest whole numbers that are not below x, which is within int32. */
INLINE void ceilings(const row *x, marks *made)
{
#if defined(__AVX512F__)
    *made = (marks)_mm512_cvt_roundps_epi32((__m512)*x,
                                            _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC);
#else
    const marks whole = __builtin_convertvector(*x, marks);
    *made = whole - (marks)(__builtin_convertvector(whole, row) < *x);
#endif
}

/* Numbers from 0 to the last one, which stands for what is no number as well. */
INLINE void limit(row *x, float last)
{
#if defined(__AVX512F__)
    const __m512 low = _mm512_min_ps((__m512)*x, _mm512_set1_ps(last));
    *x = (row)_mm512_max_ps(low, _mm512_setzero_ps());
#else
    const row zero = {0}, most = zero + last;
    const marks beyond = ~(marks)(*x < most), below = (marks)(*x < zero);
    choose(x, &beyond, &most);
    choose(x, &below, &zero);
#endif
}

/* Whole numbers from 0 to the last. */
INLINE void within(marks *k, int last)
{
#if defined(__AVX512F__)
    *k = (marks)_mm512_min_epi32(_mm512_max_epi32((__m512i)*k, _mm512_setzero_si512()),
                                 _mm512_set1_epi32(last));
#else
    const marks zero = {0}, most = zero + last;
    const marks below = (marks)(*k < zero), above = (marks)(*k > most);
    choose_marks(k, &below, &zero);
    choose_marks(k, &above, &most);
#endif
}

/* Magnitudes to binary16 and back, as half_from and half_value do. */
static inline void halves_from(const row *x, marks *code)
{
    for (int t = 0; t < LANES; t++)
        (*code)[t] = (int32_t)half_from((*x)[t]);
}

static inline void half_values(const marks *code, row *x)
{
    for (int t = 0; t < LANES; t++)
        (*x)[t] = half_value((uint32_t)(*code)[t]);
}

/* How much the exponent of a small float is less than that of a float32. */
static inline int bias_of(const quantizer *q) { return q->codec == E4M3 ? 7 : 15; }

/* Codes of magnitudes, as scale_code has them one at a time. */
static inline void scale_codes(const quantizer *q, const magnitudes *m, const row *x, marks *code)
{
    const marks bits = (marks)*x;
    row place = *x;
    if (q->codec == FP16) {
        halves_from(x, code);
    } else if (q->codec <= BF16) {
        for (int t = 0; t < LANES; t++)
            (*code)[t] = (int32_t)scale_code(q, m, (*x)[t]);
    } else if (q->codec == E8M0) {
        *code = (bits + 0x3fffff) >> 23;
        within(code, 254);
    } else if (q->codec == INTEGER) {
        const row last = (row){0} + m->value[m->count - 1];
        const marks over = (marks)(place > last);
        choose(&place, &over, &last);
        place = place - 0.5f;
        ceilings(&place, code);
    } else {
        const row few = (row){0} + m->value[8];
        const marks small = (marks)(*x < few), large = (marks)(*x >= m->value[m->count - 1]);
        const marks most = (marks){0} + m->count - 1;
        marks low;
        const marks not_small = ~small;
        choose(&place, &not_small, &few);
        place = place / m->value[1] - 0.5f;
        ceilings(&place, &low);
        *code = ((bits + 0x7ffff) >> 20) - ((127 - bias_of(q)) << 3);
        choose_marks(code, &small, &low);
        choose_marks(code, &large, &most);
    }
}

/* Scales of codes, with the signs of negative ones, as scale_value has them one at a time. */
static inline void scale_values(const quantizer *q, const magnitudes *m, const marks *code,
                                const marks *negative, const row *unit, row *scale)
{
    if (q->codec == FP16) {
        half_values(code, scale);
    } else if (q->codec == INTEGER) {
        *scale = __builtin_convertvector(*code, row);
    } else if (q->codec == E4M3 || q->codec == UE5M3) {
        const marks small = (marks)(*code < 8);
        const row low = __builtin_convertvector(*code, row) * m->value[1];
        *scale = (row)((*code + ((127 - bias_of(q)) << 3)) << 20);
        choose(scale, &small, &low);
    } else {
        for (int t = 0; t < LANES; t++)
            (*scale)[t] = scale_value(q, m, (uint32_t)(*code)[t], 0, 1.0f);
    }
    if (has_unit(q))
        *scale = *scale * *unit;
    *scale = (row)((marks)*scale ^ (*negative & (int32_t)0x80000000u));
}

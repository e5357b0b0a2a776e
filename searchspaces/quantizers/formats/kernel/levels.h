/* Levels in order, and the nearest of them to eight or sixteen numbers at a time. */
#include "scales.h"

/* Sorts the values of all codes; returns 0 if one is not finite or all are zero. */
static inline int sort_levels(const float *of_code, int count, levels *l)
{
    float most = 0.0f;
    l->count = 0;
    for (int c = 0; c < count; c++) {
        if (!(fabsf(of_code[c]) <= 1e15f))
            return 0;
        int at = l->count++;
        for (; at > 0 && l->value[at - 1] > of_code[c]; at--) {
            l->value[at] = l->value[at - 1];
            l->code[at] = l->code[at - 1];
        }
        l->value[at] = of_code[c];
        l->code[at] = (uint8_t)c;
        most = larger(most, fabsf(of_code[c]));
    }
    for (int j = 0; j + 1 < l->count; j++)
        l->threshold[j] = 0.5f * (l->value[j] + l->value[j + 1]);
    for (int j = l->count - 1; j < IN_REGISTERS; j++)
        l->threshold[j] = INFINITY;
    l->reached[0] = l->value[0];
    for (int j = 0; j + 1 < IN_REGISTERS; j++)
        l->reached[j + 1] =
            j + 1 < l->count ? l->reached[j] + (l->value[j + 1] - l->value[j]) : l->reached[j];
    for (int j = 0; j < IN_REGISTERS; j++)
        l->every[j] = l->count > IN_REGISTERS && j + 1 < IN_REGISTERS
                          ? l->threshold[(j + 1) * (l->count / IN_REGISTERS) - 1]
                          : INFINITY;
    return most > 1e-15f;
}

#ifdef __AVX2__
/* Of sixteen numbers in two registers those of the given places. */
static inline __m256 of_sixteen(const float *sixteen, __m256i at)
{
    const __m256 lower = _mm256_loadu_ps(sixteen), upper = _mm256_loadu_ps(sixteen + 8);
#ifdef __AVX512VL__
    return _mm256_permutex2var_ps(lower, at, upper);
#else
    const __m256 a = _mm256_permutevar8x32_ps(lower, at), b = _mm256_permutevar8x32_ps(upper, at);
    return _mm256_blendv_ps(a, b, _mm256_castsi256_ps(_mm256_slli_epi32(at, 28)));
#endif
}

/* The place that y has beyond a threshold: one bit more. */
static inline __m256i beyond(__m256i at, __m256 y, __m256 threshold, int bit)
{
    const __m256i above = _mm256_castps_si256(_mm256_cmp_ps(y, threshold, _CMP_GT_OQ));
    return _mm256_or_si256(at, _mm256_and_si256(above, _mm256_set1_epi32(bit)));
}

#ifdef __AVX512F__
/* The same of sixteen numbers at a time. */
static inline __m512i places_wide(__m512 threshold, __m512 y)
{
    const __m512 middle = _mm512_permutexvar_ps(_mm512_set1_epi32(7), threshold);
    __m512i at = _mm512_maskz_set1_epi32(_mm512_cmp_ps_mask(y, middle, _CMP_GT_OQ), 8);
    for (int bit = 4; bit > 0; bit /= 2) {
        const __m512i tried = _mm512_add_epi32(at, _mm512_set1_epi32(bit - 1));
        const __m512 beside = _mm512_permutexvar_ps(tried, threshold);
        const __mmask16 above = _mm512_cmp_ps_mask(y, beside, _CMP_GT_OQ);
        at = _mm512_mask_add_epi32(at, above, at, _mm512_set1_epi32(bit));
    }
    return at;
}
#endif

/* How many of sixteen rising thresholds, the last of them infinite, are below y: by four halvings. */
static inline __m256i places(const float *threshold, __m256 y)
{
    __m256i at = beyond(_mm256_setzero_si256(), y, _mm256_set1_ps(threshold[7]), 8);
    for (int bit = 4; bit > 0; bit /= 2) {
        const __m256i tried = _mm256_add_epi32(at, _mm256_set1_epi32(bit - 1));
        at = beyond(at, y, of_sixteen(threshold, tried), bit);
    }
    return at;
}
#endif

#ifndef __AVX2__
/* The number of the level nearest to y, by halving: there are as many as codes. */
static inline int sought(const levels *l, float y)
{
    int at = 0;
    for (int stride = l->count / 2; stride > 0; stride /= 2)
        at += y > l->threshold[at + stride - 1] ? stride : 0;
    return at;
}
#endif

/* Numbers of the levels nearest to y. */
static inline void nearest(const levels *l, const row *y, marks *at)
{
#ifdef __AVX2__
    if (l->count <= IN_REGISTERS) {
        *at = (marks)places(l->threshold, (__m256)*y);
        return;
    }
    int stride = l->count / IN_REGISTERS;
    __m256i found = _mm256_mullo_epi32(places(l->every, (__m256)*y), _mm256_set1_epi32(stride));
    for (stride /= 2; stride > 0; stride /= 2) {
        const __m256i tried = _mm256_add_epi32(found, _mm256_set1_epi32(stride - 1));
        const __m256 beside = _mm256_i32gather_ps(l->threshold, tried, 4);
        found = beyond(found, (__m256)*y, beside, stride);
    }
    *at = (marks)found;
#else
    for (int i = 0; i < LANES; i++)
        (*at)[i] = sought(l, (*y)[i]);
#endif
}

/* The levels nearest to y: of few those that steps add up to. */
static inline void nearest_levels(const levels *l, const row *y, row *v)
{
    const float *value = l->count <= IN_REGISTERS ? l->reached : l->value;
    marks at;
    nearest(l, y, &at);
#ifdef __AVX2__
    *v = (row)_mm256_i32gather_ps(value, (__m256i)at, 4);
#else
    for (int i = 0; i < LANES; i++)
        (*v)[i] = value[at[i]];
#endif
}

/* The last level that is not above y, or the last but one. */
static inline int level_below(const levels *l, float y)
{
    int at = 0;
    for (int stride = l->count / 2; stride > 0; stride /= 2)
        at += y >= l->value[at + stride] ? stride : 0;
    return at < l->count - 1 ? at : l->count - 2;
}

/* A number between the first and the last level. */
static inline float inside(const levels *l, float y)
{
    const float first = l->value[0], last = l->value[l->count - 1];
    return y < first ? first : y > last ? last : y;
}

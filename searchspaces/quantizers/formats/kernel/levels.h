/* Levels in order, and the nearest of them to sixteen numbers at a time.
 *
 * Where levels come in pairs of both signs, magnitudes are sought among half of them. A level is the one
 * after all thresholds that are below a number; evenly spaced ones are found by arithmetic alone.
 */
#include "rows.h"

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
    l->threshold[l->count - 1] = INFINITY;
    return most > 1e-15f;
}

/* How levels are found: EVEN ones, and those of small floats (FLOATS), by arithmetic; few by places so
 * narrow that no threshold is inside one (ALIGNED), or at most one (PLACED), or by halves (HALVED), where
 * the processor looks up 32 numbers at once; else by places on a scale of exponents, and thresholds
 * from there on (SOUGHT). */
enum { EVEN, FLOATS, ALIGNED, PLACED, HALVED, SOUGHT };

/* KINDS has a bit for each way that the levels may need. Code for one format leaves the others out, and
 * with them most of what a compiler would have to look at. */
#ifndef KINDS
#define KINDS ((1 << (SOUGHT + 1)) - 1)
#endif
#ifdef __AVX512F__
#define OPEN_KINDS (KINDS)
#else
#define OPEN_KINDS (KINDS & (1 << EVEN | 1 << FLOATS | 1 << SOUGHT))
#endif
#define IS(f, k) (OPEN_KINDS == 1 << (k) || ((OPEN_KINDS >> (k) & 1) && (f)->kind == (k)))

#define PLACES 32
#define SPREAD 1024

/* Levels made ready to be found. With `folded` those of magnitudes, `count` of them from `value` on. */
typedef struct {
    const levels *l;
    const float *value, *threshold;
    int kind, folded, count;
    float times, plus, first, step;         /* a place is ceil(y times + plus) */
    float low[PLACES], high[PLACES], between[PLACES];
    int32_t before[PLACES];
    int shift, least;                       /* a place is of an exponent and some bits behind it */
    int evenly;                             /* so many small floats, `step` apart, before exponents */
    uint8_t begin[2 * SPREAD];
} finder;

/* The place of one number, as rows have it. */
static inline int place_of(const finder *f, float y, int last)
{
    const float at = ceilf(y * f->times + f->plus);
    return at > 0.0f ? at < (float)last ? (int)at : last : 0;
}

static inline int is_folded(const levels *l)
{
    for (int j = 0; j < l->count / 2; j++)
        if (!(l->value[j] == -l->value[l->count - 1 - j]))
            return 0;
    return 1;
}

/* The smallest distance of neighbours, of those that differ. */
static inline float least_gap(const float *x, int count)
{
    float gap = INFINITY;
    for (int j = 0; j + 1 < count; j++)
        if (x[j + 1] > x[j] && x[j + 1] - x[j] < gap)
            gap = x[j + 1] - x[j];
    return gap;
}

/* Whether levels are (number + first) step, to the bit, and in that order by place. */
static inline int set_even(finder *f)
{
    const float gap = least_gap(f->value, f->count), base = rintf(2.0f * f->value[0] / gap) * 0.5f;
    const float one = 1.0f - base, half = 0.5f - base;
    if (!(fabsf(base) <= (float)MOST_CODES))
        return 0;
    f->first = base;
    f->step = one == rintf(one) && one >= 0.0f && one < (float)f->count ? f->value[(int)one]
            : half == rintf(half) && half >= 0.0f && half < (float)f->count
                ? 2.0f * f->value[(int)half] : gap;
    f->times = 1.0f / f->step;
    f->plus = -base - 0.5f;
    for (int j = 0; j < f->count; j++)
        if (!(f->value[j] == ((float)j + base) * f->step) ||
            place_of(f, f->value[j], f->count - 1) != j)
            return 0;
    return 1;
}

/* Numbers of magnitudes of small floats: where they are evenly spaced, and by their bits. */
INLINE void float_numbers(const finder *f, const row *y, marks *k)
{
    const row most = (row){0} + f->value[f->count - 1];
    const int32_t half = (1 << (f->shift - 1)) - 1;
    const marks small = (marks)(*y < f->value[f->evenly]);
    const marks beyond = ~(marks)(*y < most);
    row x = *y, at;
    marks low;
    choose(&x, &beyond, &most);
    *k = (((marks)x + half) >> f->shift) - f->least;
    at = x * f->times - 0.5f;
    limit(&at, (float)f->evenly);
    ceilings(&at, &low);
    choose_marks(k, &small, &low);
}

INLINE void float_levels(const finder *f, const marks *k, row *v)
{
    const marks small = (marks)(*k < f->evenly);
    const row low = __builtin_convertvector(*k, row) * f->step;
    *v = (row)((*k + f->least) << f->shift);
    choose(v, &small, &low);
}

/* Whether levels are those of a small float with all its exponents, to the bit. */
static inline int set_floats(finder *f)
{
    const float step = f->value[1];
    int n = 2;
    if (f->value[0] != 0.0f || !(step > 0.0f) || (float_bits(step) & 0x7fffffu))
        return 0;
    while (n < f->count && f->value[n] == (float)n * step)
        n++;
    /* Steps grow behind n: half as many are evenly spaced before exponents begin. */
    f->evenly = (n - 1) / 2;
    f->shift = 23;
    for (int k = f->evenly; k > 1; k /= 2)
        f->shift--;
    if (n == f->count || f->evenly < 1 || f->evenly & (f->evenly - 1) || !f->folded)
        return 0;
    f->step = step;
    f->times = 1.0f / step;
    f->least = (int)(float_bits(f->value[f->evenly]) >> f->shift) - f->evenly;
    for (int j = 0; j < f->count; j++) {
        const uint32_t bits = (uint32_t)(j + f->least) << f->shift;
        if (f->value[j] != (j < f->evenly ? (float)j * step : float_from(bits)))
            return 0;
    }
    return 1;
}

#ifdef __AVX512F__
static inline float next_above(float x)
{
    const uint32_t bits = float_bits(x);
    return bits << 1 == 0 ? float_from(1u) : float_from(x < 0.0f ? bits - 1u : bits + 1u);
}

/* Fills tables by place; returns how many thresholds a place has at most, 2 for more. A threshold at
 * the end of its place is in none. */
static inline int set_places(finder *f)
{
    int most = 0, j = 0;
    for (int p = 0; p < PLACES; p++) {
        int inside = 0;
        f->before[p] = j;
        f->low[p] = f->high[p] = f->value[j];
        f->between[p] = INFINITY;
        for (; j + 1 < f->count && place_of(f, f->threshold[j], PLACES - 1) <= p; j++) {
            const int ends = p < PLACES - 1 &&
                             place_of(f, next_above(f->threshold[j]), PLACES - 1) > p;
            if (!ends) {
                inside++;
                f->between[p] = f->threshold[j];
                f->high[p] = f->value[j + 1];
            }
        }
        most = inside > most ? inside : most;
    }
    return most > 1 ? 2 : most;
}

/* Places of one width for few levels, if no place has more than one threshold. */
static inline int set_few(finder *f)
{
    const float *t = f->threshold;
    const int n = f->count - 1;
    const float from = f->folded ? 0.0f : t[0], gap = least_gap(t, n);
    const float least = f->folded && t[0] < gap ? t[0] : gap;
    for (int k = 0; k < 6; k++) {
        /* First places that thresholds may be the ends of, then those that divide what there is. */
        f->times = k < 2 ? (float)(k + 1) / least
                         : ((float)PLACES - 1.0f - 0.5f * (float)(k - 2)) / (t[n - 1] - from);
        f->plus = -from * f->times;
        if (!(f->times < 1e30f) || !(fabsf(f->plus) < 1e6f))
            continue;
        const int most = set_places(f);
        if (most < 2) {
            f->kind = most ? PLACED : ALIGNED;
            return 1;
        }
    }
    return 0;
}
#endif

/* The place of a magnitude on a scale of exponents. */
static inline int spread_of(const finder *f, float y)
{
    const int at = (int)(float_bits(fabsf(y)) >> f->shift) - f->least;
    return at < 0 ? 0 : at < SPREAD ? at : SPREAD - 1;
}

/* Places on a scale of exponents, so wide that there are enough and so narrow that few thresholds share
 * one. */
static inline void set_spread(finder *f)
{
    const int n = f->count - 1;
    float most = 0.0f;
    for (int j = 0; j < n; j++)
        most = larger(most, fabsf(f->threshold[j]));
    for (f->shift = 19; f->shift > 14; f->shift--) {
        int shared = 0;
        f->least = (int)(float_bits(most) >> f->shift) - SPREAD + 1;
        for (int j = 0; j + 1 < n; j++) {
            const int p = spread_of(f, f->threshold[j]);
            shared += p > 0 && p == spread_of(f, f->threshold[j + 1]);
        }
        if (!shared)
            break;
    }
    f->least = (int)(float_bits(most) >> f->shift) - SPREAD + 1;
    /* How many thresholds are below all numbers of a place, negative ones behind the others. */
    int below = 0, above = 0;
    while (above < n && f->threshold[above] < 0.0f)
        above++;
    const int zero = above;
    for (int p = SPREAD - 1; p >= 0; p--) {
        while (below < zero && spread_of(f, f->threshold[below]) > p)
            below++;
        f->begin[SPREAD + p] = (uint8_t)below;
    }
    for (int p = 0; p < SPREAD; p++) {
        while (above < n && spread_of(f, f->threshold[above]) < p)
            above++;
        f->begin[p] = (uint8_t)above;
    }
}

/* What is sought among: all levels, or their magnitudes. */
static inline void set_sought(const levels *l, finder *f)
{
    const int half = l->count / 2;
    f->l = l;
    f->folded = is_folded(l);
    f->count = f->folded ? half : l->count;
    f->value = l->value + (f->folded ? half : 0);
    f->threshold = l->threshold + (f->folded ? half : 0);
}

static inline void set_finder(const levels *l, finder *f)
{
    set_sought(l, f);
    f->kind = EVEN;
    if (set_even(f))
        return;
#ifdef __AVX512F__
    if (f->count <= PLACES && set_few(f) && f->kind == ALIGNED)
        return;
#endif
    f->kind = FLOATS;
    if (set_floats(f))
        return;
#ifdef __AVX512F__
    if (f->count <= PLACES && set_few(f))
        return;
#endif
    f->kind = SOUGHT;
#ifdef __AVX512F__
    if (f->count <= PLACES) {
        f->kind = HALVED;
        for (int j = 0; j < PLACES; j++) {
            f->low[j] = f->value[j < f->count ? j : f->count - 1];
            f->between[j] = j < f->count ? f->threshold[j] : INFINITY;
        }
        return;
    }
#endif
    set_spread(f);
}

#ifdef __AVX512F__
/* Places of sixteen numbers, and what is to be looked up there. */
INLINE __m512i few_places(const finder *f, __m512 y)
{
    const __m512 at = _mm512_add_ps(_mm512_mul_ps(y, _mm512_set1_ps(f->times)),
                                    _mm512_set1_ps(f->plus));
    row place = (row)at;
    marks made;
    limit(&place, (float)(PLACES - 1));
    ceilings(&place, &made);
    return (__m512i)made;
}

INLINE __m512 looked_up(const float *table, __m512i at)
{
    return _mm512_permutex2var_ps(_mm512_loadu_ps(table), at, _mm512_loadu_ps(table + LANES));
}
#endif

#ifdef __AVX512F__
/* How many of 32 rising thresholds are below each number, by halves. */
INLINE __m512i halved(const finder *f, __m512 y)
{
    __m512i at = _mm512_setzero_si512();
    for (int bit = PLACES / 2; bit > 0; bit /= 2) {
        const __m512i tried = _mm512_add_epi32(at, _mm512_set1_epi32(bit - 1));
        const __mmask16 above = _mm512_cmp_ps_mask(y, looked_up(f->between, tried), _CMP_GT_OQ);
        at = _mm512_mask_add_epi32(at, above, at, _mm512_set1_epi32(bit));
    }
    return at;
}
#endif

/* Numbers of levels by thresholds, from where places begin. */
INLINE void sought(const finder *f, const row *y, int32_t *at)
{
    const marks bits = (marks)*y;
    marks place = ((bits & 0x7fffffff) >> f->shift) - f->least;
    within(&place, SPREAD - 1);
    place += (bits >> 31) & SPREAD;
    int32_t from[LANES];
    float x[LANES];
    memcpy(from, &place, sizeof from);
    memcpy(x, y, sizeof x);
    for (int i = 0; i < LANES; i++) {
        int k = f->begin[from[i]];
        k += x[i] > f->threshold[k];
        while (x[i] > f->threshold[k])
            k++;
        at[i] = k;
    }
}

/* Levels nearest to y, or to magnitudes if folded, whose signs y has lost then. */
INLINE void nearest_levels(const finder *f, int kind, const row *y, row *v)
{
    if (kind == EVEN) {
        row at = *y * f->times + f->plus;
        marks k;
        limit(&at, (float)(f->count - 1));
        ceilings(&at, &k);
        *v = (__builtin_convertvector(k, row) + f->first) * f->step;
        return;
    }
    if (kind == FLOATS) {
        marks k;
        float_numbers(f, y, &k);
        float_levels(f, &k, v);
        return;
    }
#ifdef __AVX512F__
    if (kind == HALVED) {
        *v = (row)looked_up(f->low, halved(f, (__m512)*y));
        return;
    }
    if (kind == ALIGNED || kind == PLACED) {
        const __m512i at = few_places(f, (__m512)*y);
        __m512 low = looked_up(f->low, at);
        if (kind == PLACED) {
            const __mmask16 above =
                _mm512_cmp_ps_mask((__m512)*y, looked_up(f->between, at), _CMP_GT_OQ);
            low = _mm512_mask_mov_ps(low, above, looked_up(f->high, at));
        }
        *v = (row)low;
        return;
    }
#endif
    int32_t at[LANES];
    float found[LANES];
    sought(f, y, at);
    for (int i = 0; i < LANES; i++)
        found[i] = f->value[at[i]];
    memcpy(v, found, sizeof found);
}

/* Codes of the levels nearest to y, of sixteen or of `own` numbers. */
INLINE void nearest_codes(const finder *f, int kind, int folded, const row *y, size_t own,
                          uint8_t *codes)
{
    row x = *y;
    marks k = {0};
    int32_t at[LANES];
    if (folded)
        magnitude(y, &x);
    if (kind == EVEN) {
        row place = x * f->times + f->plus;
        limit(&place, (float)(f->count - 1));
        ceilings(&place, &k);
    } else if (kind == FLOATS) {
        float_numbers(f, &x, &k);
#ifdef __AVX512F__
    } else if (kind == HALVED) {
        k = (marks)halved(f, (__m512)x);
    } else if (kind != SOUGHT) {
        const __m512i place = few_places(f, (__m512)x);
        __m512i found = _mm512_permutex2var_epi32(_mm512_loadu_si512(f->before), place,
                                                  _mm512_loadu_si512(f->before + LANES));
        if (kind == PLACED) {
            const __mmask16 above =
                _mm512_cmp_ps_mask((__m512)x, looked_up(f->between, place), _CMP_GT_OQ);
            found = _mm512_mask_add_epi32(found, above, found, _mm512_set1_epi32(1));
        }
        k = (marks)found;
#endif
    } else {
        sought(f, &x, at);
        memcpy(&k, at, sizeof k);
    }
    if (folded)
        k = (k ^ (marks)*y >> 31) + f->count;
#ifdef __AVX512F__
    if (kind != SOUGHT && f->l->count <= LANES && own == LANES) {
        const __m512i table = _mm512_cvtepu8_epi32(_mm_loadu_si128((const void *)f->l->code));
        const __m512i made = _mm512_permutexvar_epi32((__m512i)k, table);
        _mm_storeu_si128((void *)codes, _mm512_cvtepi32_epi8(made));
        return;
    }
#endif
    memcpy(at, &k, sizeof at);
    for (size_t i = 0; i < own; i++)
        codes[i] = f->l->code[at[i]];
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

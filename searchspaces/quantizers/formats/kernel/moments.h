/* Sums over blocks: of weights, and of the levels that scales choose. */
#include "levels.h"

/* Rows go by address: how they are passed by value depends on the machine. */
static inline float total(const row *p)
{
    const row r = *p;
    return ((r[0] + r[4]) + (r[1] + r[5])) + ((r[2] + r[6]) + (r[3] + r[7]));
}

/* Totals of so many rows; others are zero. */
static inline void totals(const row *r, int count, row *made)
{
#ifdef __AVX2__
    __m128 half[TOGETHER], four[2] = {_mm_setzero_ps(), _mm_setzero_ps()};
    for (int t = count; t < (count + 3) / 4 * 4; t++)
        half[t] = _mm_setzero_ps();
    for (int t = 0; t < count; t++)
        half[t] = _mm_add_ps(_mm256_castps256_ps128((__m256)r[t]),
                             _mm256_extractf128_ps((__m256)r[t], 1));
    for (int t = 0; t < count; t += 4)
        four[t / 4] = _mm_hadd_ps(_mm_hadd_ps(half[t], half[t + 1]),
                                  _mm_hadd_ps(half[t + 2], half[t + 3]));
    *made = (row)_mm256_insertf128_ps(_mm256_castps128_ps256(four[0]), four[1], 1);
#else
    for (int t = 0; t < LANES; t++)
        (*made)[t] = t < count ? total(&r[t]) : 0.0f;
#endif
}

/* The number of the first of the smallest of eight numbers. */
static inline int least_of(const row *r)
{
#ifdef __AVX2__
    const __m256 x = (__m256)*r, a = _mm256_min_ps(x, _mm256_permute2f128_ps(x, x, 1));
    const __m256 b = _mm256_min_ps(a, _mm256_permute_ps(a, 0x4e));
    const __m256 least = _mm256_min_ps(b, _mm256_permute_ps(b, 0xb1));
    return __builtin_ctz((unsigned)_mm256_movemask_ps(_mm256_cmp_ps(x, least, _CMP_EQ_OQ)));
#else
    int at = 0;
    for (int t = 1; t < LANES; t++)
        at = (*r)[t] < (*r)[at] ? t : at;
    return at;
#endif
}

/* Numbers where a mark is set, and what is too large to be chosen elsewhere. */
static inline void only_where(row *r, const marks *allowed)
{
    const marks none = (marks)((row){0} + FLT_MAX);
    *r = (row)(((marks)*r & *allowed) | (none & ~*allowed));
}

/* What eight weights of a block count, from number k on. */
static inline void set_counted(const part *p, int k, int weighted, row *u)
{
    *u = (row){0};
    if (weighted)
        memcpy(u, p->importance + k, sizeof *u);
}

#ifdef __AVX2__
/* Moments with few levels; what is not wanted is left out, which changes no bit. */
static inline __attribute__((always_inline)) void few_moments(const levels *l, const part *p, int n,
                                                              const float *scale,
                                                              const float *offset, int shift,
                                                              int weighted, int together,
                                                              moments *made)
{
    row xv[TOGETHER], vv[TOGETHER], vs[TOGETHER];
    float inverse[TOGETHER];
    for (int t = 0; t < together; t++) {
        xv[t] = vv[t] = vs[t] = (row){0};
        inverse[t] = 1.0f / scale[t];
    }
    for (int k = 0; k < n; k += LANES) {
        row u, w;
        set_counted(p, k, weighted, &u);
        memcpy(&w, p->x + k, sizeof w);
        for (int t = 0; t < together; t++) {
            const row y = (shift ? w - offset[t] : w) * inverse[t];
            const row v = (row)of_sixteen(l->reached, places(l->threshold, (__m256)y));
            const row counted = weighted ? u * v : v;
            xv[t] += w * counted;
            vv[t] += v * counted;
            if (shift)
                vs[t] += counted;
        }
    }
    made->v = (row){0};
    totals(xv, together, &made->xv);
    totals(vv, together, &made->vv);
    if (shift)
        totals(vs, together, &made->v);
}
#endif

#ifdef __AVX512F__
/* Adds a row of sixteen to sums in eight lanes, the first half before the second. */
static inline void add_halves(row *sum, __m512 x)
{
    *sum += (row)_mm512_castps512_ps256(x);
    *sum += (row)_mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(x), 1));
}

/* Moments with few levels of a block of whole sixteens, without offsets or importance. */
static inline __attribute__((always_inline)) void wide_moments(const levels *l, const float *x,
                                                               int n, const float *scale,
                                                               int together, moments *made)
{
    const __m512 threshold = _mm512_loadu_ps(l->threshold), reached = _mm512_loadu_ps(l->reached);
    row xv[TOGETHER], vv[TOGETHER];
    __m512 inverse[TOGETHER];
    for (int t = 0; t < together; t++) {
        xv[t] = vv[t] = (row){0};
        inverse[t] = _mm512_set1_ps(1.0f / scale[t]);
    }
    for (int k = 0; k < n; k += 16) {
        const __m512 w = _mm512_loadu_ps(x + k);
        for (int t = 0; t < together; t++) {
            const __m512i at = places_wide(threshold, _mm512_mul_ps(w, inverse[t]));
            const __m512 v = _mm512_permutexvar_ps(at, reached);
            add_halves(&xv[t], _mm512_mul_ps(w, v));
            add_halves(&vv[t], _mm512_mul_ps(v, v));
        }
    }
    made->v = (row){0};
    totals(xv, together, &made->xv);
    totals(vv, together, &made->vv);
}
#endif

/* Moments with any number of levels. */
static inline __attribute__((always_inline)) void all_moments(const levels *l, const part *p, int n,
                                                              const float *scale,
                                                              const float *offset, int shift,
                                                              int weighted, int together,
                                                              moments *made)
{
    row xv[TOGETHER], vv[TOGETHER], vs[TOGETHER];
    float inverse[TOGETHER];
    for (int t = 0; t < together; t++) {
        xv[t] = vv[t] = vs[t] = (row){0};
        inverse[t] = 1.0f / scale[t];
    }
    for (int k = 0; k < n; k += LANES) {
        row u, w;
        set_counted(p, k, weighted, &u);
        memcpy(&w, p->x + k, sizeof w);
        for (int t = 0; t < together; t++) {
            const row y = (w - offset[t]) * inverse[t];
            row v;
            nearest_levels(l, &y, &v);
            const row counted = weighted ? u * v : v;
            xv[t] += w * counted;
            vv[t] += v * counted;
            vs[t] += counted;
        }
    }
    made->v = (row){0};
    totals(xv, together, &made->xv);
    totals(vv, together, &made->vv);
    if (shift)
        totals(vs, together, &made->v);
}

/* Moments that are expected of levels drawn by lot. */
static inline void expected_moments(const levels *l, const part *p, int n, const float *scale,
                                    const float *offset, int together, moments *made)
{
    *made = (moments){{0}, {0}, {0}};
    for (int t = 0; t < together; t++) {
        const float inverse = 1.0f / scale[t];
        float xv = 0.0f, vv = 0.0f, vs = 0.0f;
        for (int k = 0; k < n; k++) {
            const float y = inside(l, (p->x[k] - offset[t]) * inverse);
            const float u = p->importance ? p->importance[k] : 1.0f;
            const int at = level_below(l, y);
            xv += u * (p->x[k] * y);
            vv += u * (y * y + (l->value[at + 1] - y) * (y - l->value[at]));
            vs += u * y;
        }
        made->xv[t] = xv;
        made->vv[t] = vv;
        made->v[t] = vs;
    }
}

/* Moments of a block at so many scales and offsets. The sum of the levels themselves is wanted with
 * offsets only. */
static inline void moments_at(const quantizer *q, const levels *l, const part *p,
                              const float *scale, const float *offset, int together, moments *made)
{
    const int n = q->block, shift = q->shift;
    if (q->by_lot) {
        expected_moments(l, p, n, scale, offset, together, made);
        return;
    }
    const int whole = together == TOGETHER;
#ifdef __AVX512F__
    if (l->count <= IN_REGISTERS && !shift && !p->importance && n % 16 == 0) {
        if (whole)
            wide_moments(l, p->x, n, scale, TOGETHER, made);
        else if (together == FEWER)
            wide_moments(l, p->x, n, scale, FEWER, made);
        else
            wide_moments(l, p->x, n, scale, 6, made);
        return;
    }
#endif
#ifdef __AVX2__
    if (l->count <= IN_REGISTERS) {
        if (p->importance)
            few_moments(l, p, n, scale, offset, shift, 1, together, made);
        else if (shift)
            few_moments(l, p, n, scale, offset, 1, 0, together, made);
        else if (whole)
            few_moments(l, p, n, scale, offset, 0, 0, TOGETHER, made);
        else
            few_moments(l, p, n, scale, offset, 0, 0, together, made);
        return;
    }
#endif
    if (p->importance)
        all_moments(l, p, n, scale, offset, shift, 1, together, made);
    else if (whole)
        all_moments(l, p, n, scale, offset, shift, 0, TOGETHER, made);
    else
        all_moments(l, p, n, scale, offset, shift, 0, together, made);
}

/* Of each scale the one that is best for the levels which it has chosen, with its error and power. With
 * `shift` offset and scale are solved for together. */
typedef struct { row scale, offset, error, power; } solutions;

static inline void solve_all(const moments *m, const part *p, int shift, solutions *made)
{
    const row mean = shift ? m->v / p->mass : (row){0};
    const row spread = shift ? m->vv - p->mass * mean * mean : m->vv;
    const row common = shift ? m->xv - mean * p->sum : m->xv;
    const marks sound = (marks)(spread > 1e-30f);
    const row divisor = (row)(((marks)spread & sound) | ((marks)((row){0} + 1.0f) & ~sound));
    made->power = divisor;
    made->scale = (row)((marks)(common / divisor) & sound);
    made->offset = (row){0};
    made->error = p->square - made->scale * m->xv;
    if (shift) {
        made->offset = p->sum / p->mass - made->scale * mean;
        made->error = p->square - made->offset * p->sum - made->scale * m->xv;
    }
}

static inline void set_sums(part *p, int n)
{
    row s = {0}, square = {0}, mass = {0};
    for (int k = 0; k < n; k += LANES) {
        row u = (row){0} + 1.0f, w;
        if (p->importance)
            memcpy(&u, p->importance + k, sizeof u);
        memcpy(&w, p->x + k, sizeof w);
        s += u * w;
        square += w * (u * w);
        mass += u;
    }
    p->sum = total(&s);
    p->square = total(&square);
    p->mass = p->importance ? total(&mass) : (float)n;
}

/* The errors of levels at scales and offsets, of which the sum of x x is left out. */
static inline void errors_of(const moments *m, const part *p, const row *scale, const row *offset,
                             row *error)
{
    *error = *offset * (p->mass * *offset - 2.0f * p->sum) +
             *scale * (*scale * m->vv - 2.0f * (m->xv - *offset * m->v));
}

/* The smaller of numbers, and of their negatives, lane by lane. */
static inline void widen(const row *w, row *least, row *most)
{
    const row minus = -*w;
    const marks less = (marks)(*w < *least), more = (marks)(minus < *most);
    *least = (row)(((marks)*w & less) | ((marks)*least & ~less));
    *most = (row)(((marks)minus & more) | ((marks)*most & ~more));
}

/* The smallest and the largest of a block, lane by lane first. */
static inline void range_of(const float *x, int n, float *low, float *high)
{
    row least, most;
    memcpy(&least, x, sizeof least);
    most = -least;
    for (int k = LANES; k < n; k += LANES) {
        row w;
        memcpy(&w, x + k, sizeof w);
        widen(&w, &least, &most);
    }
    *low = least[least_of(&least)];
    *high = -most[least_of(&most)];
}

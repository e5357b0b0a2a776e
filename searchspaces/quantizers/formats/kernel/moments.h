/* Levels in rising order, and sums over a block at scales that are tried: of the levels nearest to its
 * weights, or, where they are drawn by lot, of those that are expected.
 */
#include "scales.h"

/* Up to so many levels are sought in registers, where the processor can. */
#define IN_REGISTERS 16

/* Levels in rising order, what lies between neighbours, and the codes that they have. Few levels are
 * also kept as the first one and the steps add up to them, which is how moments see them: sums round. */
typedef struct {
    int count;
    float value[MOST_CODES], threshold[MOST_CODES], step[MOST_CODES], reached[IN_REGISTERS];
    uint8_t code[MOST_CODES];
} levels;

/* Sums over a block at a scale: of x v, v v and v, where v are the levels nearest to x. Here and in
 * what follows errors of weights count by their importance, or all alike. */
typedef struct { float xv, vv, v; } moments;

/* A block: its weights, what an error of each counts (NULL where all count alike), and the sums of
 * x, x x and 1 that they count. */
typedef struct {
    const float *x, *importance;
    float sum, square, mass;
} part;

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
    for (int j = 0; j + 1 < l->count; j++) {
        l->threshold[j] = 0.5f * (l->value[j] + l->value[j + 1]);
        l->step[j] = l->value[j + 1] - l->value[j];
    }
    for (int j = l->count - 1; j < IN_REGISTERS; j++)
        l->threshold[j] = INFINITY;
    l->reached[0] = l->value[0];
    for (int j = 0; j + 1 < IN_REGISTERS; j++)
        l->reached[j + 1] = j + 1 < l->count ? l->reached[j] + l->step[j] : l->reached[j];
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

/* The number of the level nearest to y, where there are many. */
static inline int sought(const levels *l, float y)
{
    int at = 0;
    for (int stride = l->count / 2; stride > 0; stride /= 2)
        at += y > l->threshold[at + stride - 1] ? stride : 0;
    return at;
}

/* Numbers of the levels nearest to y. */
static inline void nearest(const levels *l, const row *y, marks *at)
{
#ifdef __AVX2__
    if (l->count <= IN_REGISTERS) {
        *at = (marks)places(l->threshold, (__m256)*y);
        return;
    }
#endif
    *at = (marks){0};
    if (l->count <= 32)
        for (int j = 0; j + 1 < l->count; j++)
            *at -= (marks)(*y > (row){0} + l->threshold[j]);
    else
        for (int i = 0; i < LANES; i++)
            (*at)[i] = sought(l, (*y)[i]);
}

/* Rows go by address: how they are passed by value depends on the machine. */
static inline float total(const row *p)
{
    const row r = *p;
    return ((r[0] + r[4]) + (r[1] + r[5])) + ((r[2] + r[6]) + (r[3] + r[7]));
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
                                                              int weighted, moments *made)
{
    row xv[TOGETHER], vv[TOGETHER], vs[TOGETHER];
    float inverse[TOGETHER];
    for (int t = 0; t < TOGETHER; t++) {
        xv[t] = vv[t] = vs[t] = (row){0};
        inverse[t] = 1.0f / scale[t];
    }
    for (int k = 0; k < n; k += LANES) {
        row u, w;
        set_counted(p, k, weighted, &u);
        memcpy(&w, p->x + k, sizeof w);
        for (int t = 0; t < TOGETHER; t++) {
            const row y = (shift ? w - offset[t] : w) * inverse[t];
            const row v = (row)of_sixteen(l->reached, places(l->threshold, (__m256)y));
            const row counted = weighted ? u * v : v;
            xv[t] += w * counted;
            vv[t] += v * counted;
            if (shift)
                vs[t] += counted;
        }
    }
    for (int t = 0; t < TOGETHER; t++)
        made[t] = (moments){total(&xv[t]), total(&vv[t]), shift ? total(&vs[t]) : 0.0f};
}
#endif

/* Moments with any number of levels: one run through the thresholds serves all scales. */
static inline __attribute__((always_inline)) void all_moments(const levels *l, const part *p, int n,
                                                              const float *scale,
                                                              const float *offset, int shift,
                                                              int weighted, moments *made)
{
    row xv[TOGETHER], vv[TOGETHER], vs[TOGETHER];
    float inverse[TOGETHER];
    for (int t = 0; t < TOGETHER; t++) {
        xv[t] = vv[t] = vs[t] = (row){0};
        inverse[t] = 1.0f / scale[t];
    }
    for (int k = 0; k < n; k += LANES) {
        row u, w, y[TOGETHER], v[TOGETHER];
        set_counted(p, k, weighted, &u);
        memcpy(&w, p->x + k, sizeof w);
        for (int t = 0; t < TOGETHER; t++) {
            y[t] = (w - offset[t]) * inverse[t];
            v[t] = (row){0} + l->value[0];
        }
        if (l->count <= 32) {
            for (int j = 0; j + 1 < l->count; j++) {
                const marks step = (marks)((row){0} + l->step[j]);
                const row threshold = (row){0} + l->threshold[j];
                for (int t = 0; t < TOGETHER; t++)
                    v[t] += (row)((marks)(y[t] > threshold) & step);
            }
        } else {
            for (int t = 0; t < TOGETHER; t++)
                for (int i = 0; i < LANES; i++)
                    v[t][i] = l->value[sought(l, y[t][i])];
        }
        for (int t = 0; t < TOGETHER; t++) {
            const row counted = weighted ? u * v[t] : v[t];
            xv[t] += w * counted;
            vv[t] += v[t] * counted;
            vs[t] += counted;
        }
    }
    for (int t = 0; t < TOGETHER; t++)
        made[t] = (moments){total(&xv[t]), total(&vv[t]), shift ? total(&vs[t]) : 0.0f};
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

/* Moments that are expected of levels drawn by lot. */
static inline void expected_moments(const levels *l, const part *p, int n, const float *scale,
                                    const float *offset, moments *made)
{
    for (int t = 0; t < TOGETHER; t++) {
        const float inverse = 1.0f / scale[t];
        moments m = {0.0f, 0.0f, 0.0f};
        for (int k = 0; k < n; k++) {
            const float y = inside(l, (p->x[k] - offset[t]) * inverse);
            const float u = p->importance ? p->importance[k] : 1.0f;
            const int at = level_below(l, y);
            m.xv += u * (p->x[k] * y);
            m.vv += u * (y * y + (l->value[at + 1] - y) * (y - l->value[at]));
            m.v += u * y;
        }
        made[t] = m;
    }
}

/* Moments of a block at so many scales and offsets. The sum of the levels themselves is wanted with
 * offsets only. */
static inline void moments_at(const quantizer *q, const levels *l, const part *p,
                              const float *scale, const float *offset, moments *made)
{
    const int n = q->block, shift = q->shift;
    if (q->by_lot) {
        expected_moments(l, p, n, scale, offset, made);
        return;
    }
#ifdef __AVX2__
    if (l->count <= IN_REGISTERS) {
        if (p->importance)
            few_moments(l, p, n, scale, offset, shift, 1, made);
        else if (shift)
            few_moments(l, p, n, scale, offset, 1, 0, made);
        else
            few_moments(l, p, n, scale, offset, 0, 0, made);
        return;
    }
#endif
    if (p->importance)
        all_moments(l, p, n, scale, offset, shift, 1, made);
    else
        all_moments(l, p, n, scale, offset, shift, 0, made);
}

/* Block quantizers: encode a tensor as codes and scales, and decode it again.
 *
 * A weight is scale * level(code, choice) + offset. A block shares scale, offset and choice; scales are
 * numbers of a codec, in units of a super-block's or of the tensor's scale. Standard C99, every sum in
 * a fixed order: the same bytes come from every compiler that does not contract a * b + c.
 */
#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

#ifdef __AVX2__
#include <immintrin.h>
#endif

/* Weights, and scales, that are looked at together. Vectors are those of gcc and clang. */
#define LANES 8
#define TOGETHER 8

/* Units of scales that are tried. */
#define UNITS 17

typedef float row __attribute__((vector_size(4 * LANES)));
typedef int32_t marks __attribute__((vector_size(4 * LANES)));

/* Most codes of a weight, and of a scale whose codec has a table. */
#define MOST_CODES 256

/* Up to so many levels are sought in registers, where the processor can. */
#define IN_REGISTERS 16

enum { FP32, FP16, BF16, E8M0, E4M3, UE5M3, INTEGER };

/* What is added to a block: nothing, a number, or one that is not positive. */
enum { NOTHING, OFFSET, MINIMUM };

/* The layout of a format; `group` is how many weights share a super-scale, 0 for a whole tensor, and
 * `rotated` how many are rotated together, 0 for none. `by_lot` is 1 where weights go to one of both
 * neighbouring levels so that the mean is the weight. */
typedef struct {
    int bits, block, codec, scale_bits, is_signed, group, search, shift, choice, outliers, rotated;
    int by_lot;
} quantizer;

/* Levels in rising order, what lies between neighbours, and the codes that they have. Few levels are
 * also kept as the first one and the steps add up to them, which is how moments see them: sums round. */
typedef struct {
    int count;
    float value[MOST_CODES], threshold[MOST_CODES], step[MOST_CODES], reached[IN_REGISTERS];
    uint8_t code[MOST_CODES];
} levels;

/* Magnitudes of the codes of a scale. */
typedef struct {
    int count;
    float value[MOST_CODES];
} magnitudes;

/* What is encoded of a block. Scale and offset are codes: a magnitude and a sign. */
typedef struct {
    uint32_t scale, offset;
    uint8_t scale_negative, offset_negative, choice;
} header;

/* The best that a block could have if scales were real numbers; `power` is the sum of its levels'
 * squares, by which an error of the scale counts. */
typedef struct {
    float scale, offset, error, power;
    int choice;
} ideal;

/* Sums over a block at a scale: of x v, v v and v, where v are the levels nearest to x. Here and in
 * what follows errors of weights count by their importance, or all alike. */
typedef struct { float xv, vv, v; } moments;

/* A block: its weights, what an error of each counts (NULL where all count alike), and the sums of
 * x, x x and 1 that they count. */
typedef struct {
    const float *x, *importance;
    float sum, square, mass;
} part;

static inline float float_from(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline float larger(float a, float b) { return a < b ? b : a; }

static inline uint32_t float_bits(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* A magnitude to the nearest binary16, ties to even; what is too large becomes the largest. */
static inline uint32_t half_from(float x)
{
    if (!(x < 65504.0f))
        return 0x7bffu;
    if (x < 0x1p-14f)
        return (uint32_t)rintf(x * 0x1p24f);
    const uint32_t bits = float_bits(x), rounded = bits + 0xfffu + (bits >> 13 & 1u);
    return (rounded >> 13) - (112u << 10);
}

static inline float half_value(uint32_t half)
{
    const uint32_t exponent = half >> 10 & 31u, rest = half & 1023u;
    return exponent == 0 ? (float)rest * 0x1p-24f : float_from((exponent + 112u) << 23 | rest << 13);
}

static inline uint32_t brain_from(float x)
{
    const uint32_t bits = float_bits(x), rounded = (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
    return rounded < 0x7f7fu ? rounded : 0x7f7fu;
}

static inline void magnitudes_of(const quantizer *q, magnitudes *m)
{
    m->count = 0;
    if (q->codec == E8M0)
        m->count = 255;
    else if (q->codec == E4M3)
        m->count = 127;
    else if (q->codec == UE5M3)
        m->count = 255;
    else if (q->codec == INTEGER)
        m->count = 1 << (q->scale_bits - q->is_signed);
    for (int c = 0; c < m->count; c++) {
        const int exponent = c >> 3, rest = c & 7;
        const int bias = q->codec == E4M3 ? 7 : 15;
        if (q->codec == INTEGER)
            m->value[c] = (float)c;
        else if (q->codec == E8M0)
            m->value[c] = ldexpf(1.0f, c - 127);
        else if (exponent == 0)
            m->value[c] = ldexpf((float)rest, -bias - 2);
        else
            m->value[c] = ldexpf((float)(8 + rest), exponent - bias - 3);
    }
}

/* Whether scales are in units of a super-scale. */
static inline int has_unit(const quantizer *q) { return q->codec >= E4M3; }

/* The code of the magnitude nearest to x >= 0. */
static inline uint32_t scale_code(const quantizer *q, const magnitudes *m, float x)
{
    if (q->codec == FP32)
        return float_bits(x);
    if (q->codec == FP16)
        return half_from(x);
    if (q->codec == BF16)
        return brain_from(x);
    int low = 0, high = m->count - 1;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (x > 0.5f * m->value[middle] + 0.5f * m->value[middle + 1])
            low = middle + 1;
        else
            high = middle;
    }
    return (uint32_t)low;
}

static inline float scale_value(const quantizer *q, const magnitudes *m, uint32_t code, int negative,
                                float unit)
{
    float size;
    if (q->codec == FP32)
        size = float_from(code);
    else if (q->codec == FP16)
        size = half_value(code);
    else if (q->codec == BF16)
        size = float_from(code << 16);
    else
        size = m->value[code];
    if (has_unit(q))
        size = size * unit;
    /* Not by a branch: signs are random, and half of them would be foreseen wrongly. */
    return float_from(float_bits(size) ^ (uint32_t)(negative != 0) << 31);
}

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

/* The scale that is best for the levels that a scale has chosen, with its error. With `shift` offset
 * and scale are solved for together. */
static inline ideal solved(const moments *m, const part *p, int shift)
{
    ideal made = {0.0f, 0.0f, p->square, 1.0f, 0};
    const float mean = shift ? m->v / p->mass : 0.0f;
    const float spread = m->vv - p->mass * mean * mean, common = m->xv - mean * p->sum;
    if (!(spread > 1e-30f)) {
        made.offset = shift ? p->sum / p->mass : 0.0f;
        made.error = p->square - made.offset * p->sum;
        return made;
    }
    made.scale = common / spread;
    made.power = spread;
    made.offset = shift ? p->sum / p->mass - made.scale * mean : 0.0f;
    made.error = p->square - made.offset * p->sum - made.scale * m->xv;
    return made;
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

/* The smallest and the largest of a block, lane by lane first. */
static inline void range_of(const float *x, int n, float *low, float *high)
{
    row least, most;
    memcpy(&least, x, sizeof least);
    most = least;
    for (int k = LANES; k < n; k += LANES) {
        row w;
        memcpy(&w, x + k, sizeof w);
        const marks less = (marks)(w < least), more = (marks)(w > most);
        least = (row)(((marks)w & less) | ((marks)least & ~less));
        most = (row)(((marks)w & more) | ((marks)most & ~more));
    }
    *low = least[0];
    *high = most[0];
    for (int i = 1; i < LANES; i++) {
        *low = least[i] < *low ? least[i] : *low;
        *high = most[i] > *high ? most[i] : *high;
    }
}

/* The error of levels at a scale and an offset, of which the sum of x x is left out. */
static inline float error_of(const moments *m, const part *p, float scale, float offset)
{
    return offset * (p->mass * offset - 2.0f * p->sum) +
           scale * (scale * m->vv - 2.0f * (m->xv - offset * m->v));
}

/* The best of TOGETHER scales for a block, each corrected for the levels that it chose. */
static inline void try_scales(const quantizer *q, const levels *l, int choice, const part *p,
                              const float *scale, const float *offset, ideal *best)
{
    moments m[TOGETHER];
    moments_at(q, l, p, scale, offset, m);
    for (int t = 0; t < TOGETHER; t++) {
        ideal made = solved(&m[t], p, q->shift);
        /* Another scale would draw other levels. */
        if (q->by_lot)
            made = (ideal){scale[t], offset[t], p->square + error_of(&m[t], p, scale[t], offset[t]),
                           m[t].vv, 0};
        made.choice = choice;
        if (made.error < best->error && (q->is_signed || made.scale > 0.0f))
            *best = made;
    }
}

/* Scales of one set of levels: the extreme weight goes to 0.65 times the last level and beyond. */
static inline void try_levels(const quantizer *q, const levels *l, int choice, const part *p,
                              float low, float high, ideal *best)
{
    const float extreme = -low > high ? low : high, root = sqrtf(p->square / p->mass);
    const float first = l->value[0], last = l->value[l->count - 1];
    const float far = l->count <= 4 ? 0.8f : l->count <= 8 ? 0.6f : 0.45f;
    const float reach = larger(1.45f, far * fabsf(extreme) / root);
    const float ratio = sqrtf(sqrtf(sqrtf(reach / 0.65f)));
    for (int side = q->shift ? 1 : 0; side < 2; side++) {
        const float end = side ? last : first;
        const float whole = q->shift ? (high - low) / (last - first) : extreme / end;
        if (!(fabsf(whole) < 1e30f) || whole == 0.0f || (!q->is_signed && whole < 0.0f))
            continue;
        float scale[TOGETHER], offset[TOGETHER], grown = 0.65f;
        for (int t = 0; t < TOGETHER; t++, grown *= ratio) {
            scale[t] = whole / grown;
            offset[t] = q->shift ? 0.5f * ((low + high) - scale[t] * (first + last)) : 0.0f;
        }
        try_scales(q, l, choice, p, scale, offset, best);
    }
}

/* Next to the best scale, where scales are stored with enough bits to tell. */
static inline void try_near(const quantizer *q, const levels *l, const part *p, ideal *best)
{
    float scale[TOGETHER], offset[TOGETHER];
    for (int t = 0; t < TOGETHER; t++) {
        scale[t] = best->scale * (1.0f + 0.02f * ((float)t - 0.5f * (float)(TOGETHER - 1)));
        offset[t] = best->offset;
    }
    if (best->scale != 0.0f)
        try_scales(q, &l[best->choice], best->choice, p, scale, offset, best);
}

/* A block's scale by its absolute maximum, or its range. */
static inline ideal absolute(const quantizer *q, const levels *l, const part *p, float low,
                             float high)
{
    const float extreme = -low > high ? low : high;
    ideal best = {q->is_signed ? extreme : fabsf(extreme), 0.0f, 0.0f, 1.0f, 0};
    if (q->shift) {
        best.scale = 0.5f * (high - low);
        best.offset = 0.5f * (high + low);
    }
    float scale[TOGETHER], offset[TOGETHER], least = FLT_MAX;
    for (int t = 0; t < TOGETHER; t++) {
        scale[t] = best.scale;
        offset[t] = best.offset;
    }
    for (int c = 0; c <= q->choice && q->choice && best.scale != 0.0f; c++) {
        moments m[TOGETHER];
        moments_at(q, &l[c], p, scale, offset, m);
        const float cross = m[0].xv - best.offset * m[0].v;
        const float error = best.scale * (best.scale * m[0].vv - 2.0f * cross);
        if (error < least) {
            least = error;
            best.choice = c;
        }
    }
    return best;
}

/* The scale that a block would have if it were stored as a real number. */
static inline ideal ideal_of(const quantizer *q, const levels *l, part *p)
{
    float low, high;
    range_of(p->x, q->block, &low, &high);
    set_sums(p, q->block);
    ideal best = {0.0f, 0.0f, FLT_MAX, 0.0f, 0};
    if (!(p->square > 0.0f))
        return best;
    if (!q->search)
        return absolute(q, l, p, low, high);
    for (int c = 0; c <= q->choice; c++)
        try_levels(q, &l[c], c, p, low, high, &best);
    if (q->codec <= BF16)
        try_near(q, l, p, &best);
    return best;
}

/* The code of an offset, and its sign. */
static inline void set_offset(const quantizer *q, const magnitudes *g, float offset, float unit,
                              header *h)
{
    const float allowed = q->shift == MINIMUM && offset > 0.0f ? 0.0f : offset;
    const float size = fabsf(allowed) / (has_unit(q) ? unit : 1.0f);
    h->offset_negative = allowed < 0.0f;
    h->offset = q->shift ? scale_code(q, g, size < FLT_MAX ? size : 0.0f) : 0;
}

/* Codes of a block's scale and offset: the nearest, or the best of those near it. */
static inline header header_of(const quantizer *q, const magnitudes *g, const levels *l,
                               part *p, const ideal *want, const float *unit)
{
    const float size = fabsf(want->scale) / (has_unit(q) ? unit[0] : 1.0f);
    header made = {0, 0, want->scale < 0.0f, 0, (uint8_t)want->choice};
    made.scale = scale_code(q, g, size < FLT_MAX ? size : 0.0f);
    set_offset(q, g, want->offset, unit[1], &made);
    if (!q->search || q->codec <= BF16)
        return made;
    float scale[TOGETHER], offset[TOGETHER], least = 0.0f;
    header next[TOGETHER], best = made;
    const int first = (int)made.scale - TOGETHER / 2 + 1;
    best.scale = 0;
    set_sums(p, q->block);
    for (int t = 0; t < TOGETHER; t++) {
        const int c = first + t < 0 ? 0 : first + t < g->count ? first + t : g->count - 1;
        next[t] = made;
        next[t].scale = (uint32_t)c;
        scale[t] = scale_value(q, g, (uint32_t)c, made.scale_negative, unit[0]);
        offset[t] = q->shift ? scale_value(q, g, made.offset, made.offset_negative, unit[1]) : 0.0f;
    }
    for (int turn = 0; turn < (q->shift ? 2 : 1); turn++) {
        moments m[TOGETHER];
        moments_at(q, &l[made.choice], p, scale, offset, m);
        for (int t = 0; t < TOGETHER; t++) {
            const float error = error_of(&m[t], p, scale[t], offset[t]);
            if (scale[t] != 0.0f && error < least) {
                least = error;
                best = next[t];
            }
            if (!q->shift)
                continue;
            const float wished = (p->sum - scale[t] * m[t].v) / p->mass;
            set_offset(q, g, wished, unit[1], &next[t]);
            offset[t] = scale_value(q, g, next[t].offset, next[t].offset_negative, unit[1]);
        }
    }
    return best;
}

/* The unit of the scales of n blocks. The largest scale gets the largest code, or one that is a little
 * smaller or larger, where all scales together are nearer to the codes then. As binary16 in a
 * super-block, as binary32 in a tensor. */
static inline float unit_of(const quantizer *q, const magnitudes *g, const ideal *wanted, size_t n)
{
    float most = 0.0f, best = 0.0f, least = FLT_MAX;
    for (size_t b = 0; b < n; b++)
        most = larger(most, fabsf(wanted[b].scale));
    const int tries = q->search && q->codec == INTEGER ? UNITS : 1;
    for (int k = 0; k < tries; k++) {
        const float share = tries > 1 ? 0.8f + 0.4f * (float)k / (float)(tries - 1) : 1.0f;
        const float raw = most * share / g->value[g->count - 1];
        const float unit = q->group ? half_value(half_from(raw)) : raw;
        float error = 0.0f;
        for (size_t b = 0; b < n && tries > 1 && unit > 0.0f; b++) {
            const float size = fabsf(wanted[b].scale), last = g->value[g->count - 1];
            const float code = rintf(size / unit), near = code < last ? code : last;
            const float off = size - unit * near;
            error += wanted[b].power * off * off;
        }
        if (error < least) {
            least = error;
            best = unit;
        }
    }
    return best;
}

/* The same of offsets, whose largest gets the largest code. */
static inline float offset_unit(const quantizer *q, const magnitudes *g, const ideal *wanted,
                                size_t n)
{
    float most = 0.0f;
    for (size_t b = 0; b < n; b++)
        most = larger(most, fabsf(wanted[b].offset));
    const float raw = most / g->value[g->count - 1];
    return q->group ? half_value(half_from(raw)) : raw;
}

/* A block of the tensor, its last weight repeated where the tensor ends inside. Where no weight of it
 * counts, all count alike. */
static inline part block_at(const quantizer *q, const float *x, const float *importance, size_t n,
                            size_t b, float *spare)
{
    const size_t size = (size_t)q->block, at = b * size, own = at + size <= n ? size : n - at;
    part p = {x + at, importance ? importance + at : NULL, 0.0f, 0.0f, 0.0f};
    float most = 0.0f;
    for (size_t i = 0; i < own && p.importance; i++)
        most = larger(most, p.importance[i]);
    if (!(most > 0.0f))
        p.importance = NULL;
    if (own == size)
        return p;
    for (size_t i = 0; i < size; i++) {
        spare[i] = x[i < own ? at + i : n - 1];
        spare[size + i] = p.importance && i < own ? p.importance[i] : 0.0f;
    }
    p.x = spare;
    p.importance = p.importance ? spare + size : NULL;
    return p;
}

/* A number from 0 to 1, 1 left out, for weight i: its number and the seed, mixed. */
static inline float lot(uint32_t seed, size_t i)
{
    uint32_t h = (uint32_t)i * 0x9e3779b1u + seed;
    h = (h ^ h >> 16) * 0x7feb352du;
    h = (h ^ h >> 15) * 0x846ca68bu;
    return (float)((h ^ h >> 16) >> 8) * 0x1p-24f;
}

/* The number of the level of y: of both neighbours that which the lot says. */
static inline int drawn(const levels *l, float y, float by)
{
    const float within = inside(l, y);
    const int at = level_below(l, within);
    return at + (within - l->value[at] > by * (l->value[at + 1] - l->value[at]));
}

/* Encodes a tensor of n > 0 finite weights, whose errors count by `importance`, numbers from 0 to 1,
 * or all alike where that is NULL. Lots come from the seed.
 *
 * codes: [n]; headers: [blocks]; units: [groups, 2], of scales and offsets; spare: [2, block] and
 * wanted: [blocks], scratch.
 */
static inline void encode_tensor(const quantizer *q, const levels *l, const float *x,
                                 const float *importance, size_t n, uint32_t seed,
                                 uint8_t *codes, header *headers, float *units, ideal *wanted,
                                 float *spare)
{
    magnitudes g;
    const size_t size = (size_t)q->block, blocks = (n + size - 1) / size;
    const size_t each = q->group ? (size_t)(q->group / q->block) : blocks;
    magnitudes_of(q, &g);
    for (size_t b = 0; b < blocks; b++) {
        part p = block_at(q, x, importance, n, b, spare);
        wanted[b] = ideal_of(q, l, &p);
        if (importance && !p.importance)
            wanted[b].power = 0.0f;
    }
    for (size_t start = 0, u = 0; start < blocks; start += each, u++) {
        const size_t end = start + each < blocks ? start + each : blocks;
        float unit[2] = {0.0f, 0.0f};
        if (has_unit(q)) {
            units[2 * u] = unit[0] = unit_of(q, &g, wanted + start, end - start);
            units[2 * u + 1] = unit[1] = offset_unit(q, &g, wanted + start, end - start);
        }
        for (size_t b = start; b < end; b++) {
            part p = block_at(q, x, importance, n, b, spare);
            const header h = headers[b] = header_of(q, &g, l, &p, &wanted[b], unit);
            const float scale = scale_value(q, &g, h.scale, h.scale_negative, unit[0]);
            const float offset =
                q->shift ? scale_value(q, &g, h.offset, h.offset_negative, unit[1]) : 0.0f;
            const float inverse = scale != 0.0f ? 1.0f / scale : 0.0f;
            const levels *own = &l[h.choice];
            for (size_t k = 0; k < size; k += LANES) {
                row y;
                marks at;
                memcpy(&y, p.x + k, sizeof y);
                y = (y - offset) * inverse;
                if (q->by_lot)
                    for (size_t i = 0; i < LANES; i++)
                        at[i] = drawn(own, y[i], lot(seed, b * size + k + i));
                else
                    nearest(own, &y, &at);
                for (size_t i = 0; i < LANES && b * size + k + i < n; i++)
                    codes[b * size + k + i] = own->code[at[i]];
            }
        }
    }
}

/* Block quantizers: layouts, and codecs of scales.
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

/* Numbers that are looked at together: of sixteen blocks one each, or of one block. What becomes of a
 * number depends on its own lane alone, so results are the same with narrower registers. Vectors are
 * those of gcc and clang. */
#define LANES 16

typedef float row __attribute__((vector_size(4 * LANES)));
typedef int32_t marks __attribute__((vector_size(4 * LANES)));

/* Most codes of a weight, and of a scale whose codec has a table. */
#define MOST_CODES 256

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

/* Levels in rising order, what lies between neighbours, INFINITY behind the last, and the codes that
 * they have. */
typedef struct {
    int count;
    float value[MOST_CODES], threshold[MOST_CODES];
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

/* The best that sixteen blocks could have if scales were real numbers; `power` is the sum of a block's
 * levels' squares, by which an error of its scale counts. */
typedef struct {
    float scale[LANES], offset[LANES], power[LANES];
    int32_t choice[LANES];
} wish;

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

/* The code of the magnitude nearest to x >= 0; of two the smaller. */
static inline uint32_t scale_code(const quantizer *q, const magnitudes *m, float x)
{
    if (q->codec == FP32)
        return float_bits(x);
    if (q->codec == FP16)
        return half_from(x);
    if (q->codec == BF16)
        return brain_from(x);
    if (q->codec == E8M0) {
        const uint32_t exponent = (float_bits(x) + 0x3fffffu) >> 23;
        return exponent < 254u ? exponent : 254u;
    }
    const float last = m->value[m->count - 1];
    const int bias = q->codec == E4M3 ? 7 : 15;
    if (x >= last)
        return (uint32_t)m->count - 1u;
    if (q->codec == INTEGER)
        return (uint32_t)ceilf(x - 0.5f);
    if (x < m->value[8])
        return (uint32_t)ceilf(x / m->value[1] - 0.5f);
    return ((float_bits(x) + 0x7ffffu) >> 20) - ((127u - (uint32_t)bias) << 3);
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

/* Constants of the dialect `tensors`: float32 scalars. Tensors have none. */
#ifndef ELITEMAP_CONSTANTS_TENSORS_H
#define ELITEMAP_CONSTANTS_TENSORS_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "random.h"

#define VALUE_scalar(c) ((c)[0])

static inline void store_scalar(float value, float *c) { c[0] = value; }

/* From a short list, so that the same mutation of the same parent is the same program again: shares
 * of an average and what they leave, powers of two and ten. */
static inline float drawn_scalar(stream *r)
{
    static const float listed[] = {
        0.001f, 0.003f, 0.01f, 0.02f, 0.05f, 0.1f, 0.2f, 0.3f, 0.5f, 0.7f, 0.8f, 0.9f, 0.95f,
        0.98f, 0.99f, 0.999f, 1.0f, 1.5f, 2.0f, 3.0f, 4.0f, 10.0f, 1e-4f, 1e-6f, 1e-8f,
    };
    float size = listed[below(r, (int)(sizeof listed / sizeof *listed))];
    return chance(r, 0.15) ? -size : size;
}

/* A constant after a step of relative size `width`; of numbers below one it is often what is missing
 * to one that changes, as with decays. */
static inline float changed_scalar(float value, double width, stream *r)
{
    if (chance(r, 0.08))
        return drawn_scalar(r);
    int rest = value > 0.5f && value < 1.0f && chance(r, 0.7);
    double step = exp(width * normal(r)) * (chance(r, 0.03) ? -1.0 : 1.0);
    return rest ? (float)(1.0 - (1.0 - (double)value) * fabs(step)) : (float)((double)value * step);
}

static inline int usable_scalar(float value) { return isfinite(value); }

/* A word for the functional hash: `bits` of the mantissa; one word for every NaN, one for zero. */
static inline uint64_t probe_scalar(float x, int bits)
{
    uint32_t word;
    if (x != x)
        return 0x7fc00000u;
    if (x == 0.0f)
        return 0;
    memcpy(&word, &x, sizeof word);
    uint64_t half = bits < 23 ? (uint64_t)1 << (22 - bits) : 0;
    return bits < 23 ? ((uint64_t)word + half) >> (23 - bits) : word;
}

static inline uint64_t probe_tensor(float x, int bits) { return probe_scalar(x, bits); }

#endif

/* Constants of the dialect `float32`: 32 bits, as a float or as a signed whole number. */
#ifndef ELITEMAP_CONSTANTS_FLOAT32_H
#define ELITEMAP_CONSTANTS_FLOAT32_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "random.h"

static inline float float_of(int32_t bits) { float x; memcpy(&x, &bits, sizeof x); return x; }
static inline int32_t bits_of(float x) { int32_t bits; memcpy(&bits, &x, sizeof bits); return bits; }

#define VALUE_single(c) float_of((int32_t)(c)[0])
#define VALUE_word(c) ((int32_t)(c)[0])

static inline void store_single(float value, uint32_t *c) { c[0] = (uint32_t)bits_of(value); }
static inline void store_word(int32_t value, uint32_t *c) { c[0] = (uint32_t)value; }

/* From a short list, so that the same mutation of the same parent is the same program again. */
static inline float drawn_single(stream *r)
{
    float size = exp2f((float)(below(r, 11) - 4));
    return chance(r, 0.35) ? -size : size;
}

/* What the format is made of: fields, their places and masks, powers of two, small numbers. */
static inline int32_t drawn_word(stream *r)
{
    static const int32_t listed[] = {
        23, 31, 16, 8, 127, 0x3f800000, 0x7f800000, 0x007fffff, 0x7fffffff, INT32_MIN, 0x3f000000,
        0x00400000, 0x00800000, -1,
    };
    const int many = sizeof listed / sizeof *listed, k = below(r, many + 32 + 9);
    if (k < many)
        return listed[k];
    return k < many + 32 ? (int32_t)((uint32_t)1 << (k - many)) : k - many - 32;
}

/* A constant after a step of relative size `width`, at least to a neighbour on the grid. */
static inline float changed_single(float value, double width, stream *r)
{
    if (chance(r, 0.05))
        value = drawn_single(r);
    float moved = value * (float)(exp(width * normal(r)) * (chance(r, 0.03) ? -1.0 : 1.0));
    return moved != value ? moved : nextafterf(value, chance(r, 0.5) ? INFINITY : -INFINITY);
}

/* A unit more or less, another bit, or another number. */
static inline int32_t changed_word(int32_t value, double width, stream *r)
{
    (void)width;
    uint32_t bits = (uint32_t)value;
    switch (below(r, 4)) {
    case 0: return (int32_t)(bits + 1);
    case 1: return (int32_t)(bits - 1);
    case 2: return drawn_word(r);
    default: return (int32_t)(bits ^ (uint32_t)1 << below(r, 32));
    }
}

static inline int usable_single(float value) { return isfinite(value); }
static inline int usable_word(int32_t value) { (void)value; return 1; }

/* A word for the functional hash: `bits` of the mantissa, one word for every NaN. Zeros differ. */
static inline uint64_t probe_single(float x, int bits)
{
    if (x != x)
        return 0x7fc00000u;
    uint64_t word = (uint32_t)bits_of(x), half = bits < 23 ? (uint64_t)1 << (22 - bits) : 0;
    return bits < 23 ? (word + half) >> (23 - bits) : word;
}

static inline uint64_t probe_word(int32_t value, int bits) { (void)bits; return (uint32_t)value; }

#endif

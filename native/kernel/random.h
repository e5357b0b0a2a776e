/* Random numbers for the variation kernels: xoshiro256** (Blackman and Vigna, 2018). */
#ifndef ELITEMAP_RANDOM_H
#define ELITEMAP_RANDOM_H

#include <math.h>
#include <stdint.h>

typedef struct { uint64_t s[4]; } stream;

static inline uint64_t rotated(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

static inline uint64_t next_word(stream *r)
{
    uint64_t result = rotated(r->s[1] * 5, 7) * 9, t = r->s[1] << 17;
    r->s[2] ^= r->s[0];
    r->s[3] ^= r->s[1];
    r->s[1] ^= r->s[2];
    r->s[0] ^= r->s[3];
    r->s[2] ^= t;
    r->s[3] = rotated(r->s[3], 45);
    return result;
}

/* Uniform in [0, 1). */
static inline double uniform(stream *r) { return (double)(next_word(r) >> 11) * 0x1p-53; }

/* Uniform in 0 .. n - 1, for n far below 2^32. */
static inline int below(stream *r, int n) { return (int)(((next_word(r) >> 32) * (uint64_t)n) >> 32); }

static inline int chance(stream *r, double p) { return uniform(r) < p; }

/* Standard normal (Box and Muller). */
static inline double normal(stream *r)
{
    double u = 1.0 - uniform(r);
    return sqrt(-2.0 * log(u)) * cos(6.283185307179586 * uniform(r));
}

#endif

/* Constants of the dialect `real`: pairs (hi, lo) of float64, drawn and changed as single numbers.
 *
 * What a dialect's file has to define for each of its types T: probe_T, and if the type has constants
 * VALUE_T, store_T, drawn_T, changed_T and usable_T. The generated header holds it and chooses by type.
 */
#ifndef ELITEMAP_CONSTANTS_REAL_H
#define ELITEMAP_CONSTANTS_REAL_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "random.h"

/* The value that the interpreter computes with. */
#define VALUE_real(c) ((c)[0])

static inline void store_real(double value, double *c)
{
    c[0] = value;
    c[1] = 0.0;
}

/* A constant of a new instruction, from a short list: the same mutation of the same parent is then
 * the same program again and the cache can tell. */
static inline double drawn_real(stream *r)
{
    double size = exp2(below(r, 11) - 4);
    return chance(r, 0.35) ? -size : size;
}

/* A constant after a step of relative size `width`. */
static inline double changed_real(double value, double width, stream *r)
{
    if (chance(r, 0.05))
        value = drawn_real(r);
    double step = exp(width * normal(r));
    return value * (step * (chance(r, 0.03) ? -1.0 : 1.0));
}

static inline int usable_real(double value) { return isfinite(value); }

/* A word for the functional hash: the sign, the exponent and `bits` of the mantissa; one word for
 * every NaN, one for zero. */
static inline uint64_t probe_real(double x, int bits)
{
    uint64_t word;
    if (x != x)
        return 0x7ff8000000000000u;
    if (x == 0.0)
        return 0;
    memcpy(&word, &x, sizeof word);
    uint64_t half = bits < 52 ? (uint64_t)1 << (51 - bits) : 0;
    return (word + half) >> (52 - bits);
}

#endif

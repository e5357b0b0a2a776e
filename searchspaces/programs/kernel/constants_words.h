/* Constants of the dialect `words`: 32 bits, as a whole number. */
#include <stdint.h>

#include "random.h"

#define VALUE_word(c) ((c)[0])

static inline void store_word(uint32_t value, uint32_t *c) { c[0] = value; }

/* Small numbers (amounts to shift by, flags), single bits, runs of low bits, and their negatives. */
static inline uint32_t drawn_word(stream *r)
{
    int kind = below(r, 4), k = below(r, 16);
    uint32_t bit = (uint32_t)1 << k;
    switch (kind) {
    case 0: return (uint32_t)k;
    case 1: return bit;
    case 2: return bit - 1;
    default: return (uint32_t)0 - bit;
    }
}

/* A neighbour: one more or less, a bit exchanged, half, or twice as much. */
static inline uint32_t changed_word(uint32_t value, double width, stream *r)
{
    (void)width;
    int kind = below(r, 6), k = below(r, 16);
    switch (kind) {
    case 0: return value + 1;
    case 1: return value - 1;
    case 2: return value << 1;
    case 3: return value >> 1;
    case 4: return value + ((uint32_t)1 << k);
    default: return value ^ (uint32_t)1 << k;
    }
}

static inline int usable_word(uint32_t value) { (void)value; return 1; }

static inline uint64_t probe_word(uint32_t value, int bits) { (void)bits; return value; }

/* Constants of the dialect `bits`: 32 bits, as a whole number or as a float. */
#include <stdint.h>
#include <string.h>

#include "random.h"

static inline float float_of(uint32_t bits) { float x; memcpy(&x, &bits, sizeof x); return x; }
static inline uint32_t bits_of(float x) { uint32_t bits; memcpy(&bits, &x, sizeof bits); return bits; }

#define VALUE_word(c) ((c)[0])
#define VALUE_single(c) float_of((c)[0])

static inline void store_word(uint32_t value, uint32_t *c) { c[0] = value; }
static inline void store_single(float value, uint32_t *c) { c[0] = bits_of(value); }

static inline uint32_t drawn_word(stream *r)
{
    int k = below(r, 40);
    return k < 32 ? (uint32_t)1 << k : (uint32_t)next_word(r);
}

static inline float drawn_single(stream *r) { return (float)(below(r, 17) - 8) / 4.0f; }

static inline uint32_t changed_word(uint32_t value, double width, stream *r)
{
    (void)width;
    return value ^ (uint32_t)1 << below(r, 32);
}

static inline float changed_single(float value, double width, stream *r)
{
    return value + (float)(width * normal(r));
}

static inline int usable_word(uint32_t value) { (void)value; return 1; }
static inline int usable_single(float value) { return value - value == 0.0f; }

static inline uint64_t probe_word(uint32_t value, int bits) { (void)bits; return value; }
static inline uint64_t probe_single(float x, int bits) { (void)bits; return x != x ? 1 : bits_of(x); }

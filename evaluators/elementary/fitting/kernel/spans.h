/* Spans of values that are quotients of polynomials: which monomials, and which coefficients are free. */
#ifndef ELITEMAP_SPANS_H
#define ELITEMAP_SPANS_H

#include <stdint.h>

#include "interpret.h"

/* Highest power of x that is followed. */
#define HIGHEST 40

/* Bit e stands for x^e. Free ones are a part of all. */
typedef struct { uint64_t all, free; } monomials;
typedef struct { monomials top, bottom; } span;

static const span NONE = {{0, 0}, {0, 0}};

static uint64_t products(uint64_t a, uint64_t b)
{
    uint64_t sums = 0;
    for (; b; b &= b - 1)
        sums |= a << __builtin_ctzll(b);
    return sums;
}

static monomials times(monomials a, monomials b)
{
    return (monomials){products(a.all, b.all), products(a.free, b.all) | products(a.all, b.free)};
}

static monomials plus(monomials a, monomials b)
{
    return (monomials){a.all | b.all, a.free | b.free};
}

static monomials shifted(monomials a, int by) { return (monomials){a.all >> by, a.free >> by}; }

/* Without a common power of x; nothing where a power is too high. */
static span reduced(span s)
{
    if (s.top.all == 0 || s.bottom.all == 0 || (s.top.all | s.bottom.all) >> HIGHEST)
        return NONE;
    int common = __builtin_ctzll(s.top.all | s.bottom.all);
    return (span){shifted(s.top, common), shifted(s.bottom, common)};
}

static int depends(span s) { return s.top.free || s.bottom.free; }

static int number(span s) { return s.top.all == 1 && s.bottom.all == 1; }

static int proper(span s)
{
    return s.top.all && s.bottom.all &&
           __builtin_clzll(s.top.all) > __builtin_clzll(s.bottom.all);
}

static int whole_and_rest(span a, span b) { return a.bottom.all == 1 && proper(b); }

static int separable(span a, span b)
{
    return !depends(a) || !depends(b) || number(a) || number(b);
}

static span span_add(span a, span b)
{
    if (!separable(a, b) && !whole_and_rest(a, b) && !whole_and_rest(b, a))
        return NONE;
    return reduced((span){plus(times(a.top, b.bottom), times(b.top, a.bottom)),
                          times(a.bottom, b.bottom)});
}

static span span_mul(span a, span b)
{
    if (!separable(a, b))
        return NONE;
    return reduced((span){times(a.top, b.top), times(a.bottom, b.bottom)});
}

static span span_div(span a, span b)
{
    if (!separable(a, b))
        return NONE;
    return reduced((span){times(a.top, b.bottom), times(a.bottom, b.top)});
}

#define FIELD(name, a, b) FIELD_##name(a, b)
#define FIELD_add span_add
#define FIELD_sub span_add
#define FIELD_mul span_mul
#define FIELD_div span_div

/* The span of one value; nothing if it is not made of the four operations. */
static span span_of(int opcode, span a, span b, span c)
{
    (void)b; (void)c;
    switch (opcode) {
    RATIONAL_CASES
    }
    return NONE;
}

static int whole(span s, int constants)
{
    int fixed = (s.top.all & ~s.top.free) || (s.bottom.all & ~s.bottom.free);
    int free = __builtin_popcountll(s.top.free) + __builtin_popcountll(s.bottom.free);
    return s.top.all && s.bottom.all && constants > 1 && free - !fixed == constants;
}

#endif

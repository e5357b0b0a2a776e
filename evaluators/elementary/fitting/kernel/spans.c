/* Which programs span whole families of quotients of polynomials, one constant after the other.
 *
 * A value that is made by + - * / is a quotient of polynomials in x. What is followed here is which
 * monomials its two polynomials have, and which of their coefficients are free, that is to say
 * depend on the program's constants. If there are as many constants as independent free
 * coefficients, the program can (generically) be any quotient with these monomials, and fitting it
 * is a linear problem. The answer is "yes" only for programs whose constants can then be found by
 * undoing operations (peeling.py): no value that depends on constants is used twice, and where two
 * such meet, one is a constant, or they are a polynomial and a proper fraction that are added.
 */
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

/* Writes the monomials of every row's first result if it spans a whole family, else 0.
 *
 * top, bottom: one number per row, bit e for x^e.
 */
void spans(BATCH, uint64_t *top, uint64_t *bottom)
{
    const span input = {{2, 0}, {1, 0}}, anything = {{1, 1}, {1, 0}};
    for (size_t r = 0; r < rows; r++) {
        program p = program_at(r, length, s, size, opcode, operand, output);
        span value[256];
        uint8_t used[256] = {0};
        int constants = 0;
        top[r] = bottom[r] = 0;
        if (p.leaves != 1 || p.size > 255)
            continue;
        value[0] = input;
        for (int k = 0; k < p.size; k++) {
            const int16_t *o = p.operand + MAX_ARITY * k;
            int constant = IS_CONSTANT[p.opcode[k]];
            constants += constant;
            value[k + 1] = constant ? anything
                                    : span_of(p.opcode[k], value[o[0]], value[o[1]], value[o[2]]);
            for (int j = 0; j < ARITY[p.opcode[k]]; j++)
                if (depends(value[o[j]]) && used[o[j]]++)
                    value[k + 1] = NONE;
        }
        span whole_of = value[p.output[0]];
        if (whole(whole_of, constants)) {
            top[r] = whole_of.top.all;
            bottom[r] = whole_of.bottom.all;
        }
    }
    (void)constant;
}

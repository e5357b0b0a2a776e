#pragma once
/* Signed expansions of a quotient of two long positive integers, as far as an enclosure decides them.
 *
 * A pair (n, d) stands for all numbers (n + x)/(d + y) with |x| <= slack_n and |y| <= slack_d. One step
 * takes the quotient a (floor for sign 1, ceiling for -1) and leaves (d, s(n - a d)); a quotient counts
 * only if it is that of every number of the enclosure. Steps are gathered on the leading 62 bits as
 * Lehmer's (Knuth, The Art of Computer Programming 2, 4.5.2, algorithm L), here with the uncertainty
 * carried along, and applied to the long integers at once.
 */
#include <stdint.h>
#include <string.h>

/* Most 64-bit limbs of a number. */
#define LIMBS 64
#define HAT_BITS 62

typedef __int128 wide;
typedef unsigned __int128 uwide;

typedef struct {
    uint64_t n[LIMBS], d[LIMBS];
    int size; /* limbs in use; those above are zero in both */
    double slack_n, slack_d;
} quotient;

typedef struct {
    int64_t a, b, c, d; /* the long pair becomes (a n + b d, c n + d d) */
} steps;

/* out = |a x + b y|, returns whether a x + b y is negative; |a| + |b| < 2^62. */
static int combine(uint64_t *out, int64_t a, const uint64_t *x, int64_t b, const uint64_t *y, int size)
{
    wide carry = 0;
    for (int i = 0; i < size; i++) {
        carry += (wide)a * x[i] + (wide)b * y[i];
        out[i] = (uint64_t)carry;
        carry >>= 64;
    }
    if (carry >= 0) {
        out[size] = (uint64_t)carry;
        return 0;
    }
    uint64_t borrow = 1;
    for (int i = 0; i < size; i++) {
        out[i] = ~out[i] + borrow;
        borrow = borrow && out[i] == 0;
    }
    out[size] = (uint64_t)~carry + borrow;
    return 1;
}

static void trim(quotient *x)
{
    while (x->size > 1 && x->n[x->size - 1] == 0 && x->d[x->size - 1] == 0)
        x->size--;
}

static int bits_of(const uint64_t *x, int size)
{
    while (size > 0 && x[size - 1] == 0)
        size--;
    return size ? 64 * size - __builtin_clzll(x[size - 1]) : 0;
}

/* The 128 bits of x from the given bit upwards. */
static uwide bits_from(const uint64_t *x, int size, int bit)
{
    int limb = bit / 64, shift = bit % 64;
    uint64_t part[3];
    for (int i = 0; i < 3; i++)
        part[i] = limb + i < size ? x[limb + i] : 0;
    uwide low = (uwide)part[1] << 64 | part[0];
    return shift ? low >> shift | (uwide)part[2] << (128 - shift) : low;
}

static double power_of_two(int exponent)
{
    return __builtin_ldexp(1.0, exponent);
}

static double size_of(int64_t x)
{
    return __builtin_fabs((double)x);
}

/* Replaces the long pair by its combination; 0 if a number would have become negative. */
static int apply(quotient *x, const steps *m)
{
    uint64_t n[LIMBS + 1], d[LIMBS + 1];
    int negative = combine(n, m->a, x->n, m->b, x->d, x->size);
    negative |= combine(d, m->c, x->n, m->d, x->d, x->size);
    if (negative || n[x->size] || d[x->size])
        return 0;
    memcpy(x->n, n, x->size * sizeof *n);
    memcpy(x->d, d, x->size * sizeof *d);
    double slack_n = size_of(m->a) * x->slack_n + size_of(m->b) * x->slack_d;
    double slack_d = size_of(m->c) * x->slack_n + size_of(m->d) * x->slack_d;
    x->slack_n = slack_n * (1.0 + 0x1p-50);
    x->slack_d = slack_d * (1.0 + 0x1p-50);
    trim(x);
    return 1;
}

/* The leading bits of a pair: every number of the enclosure lies within off_n and off_d of them. */
typedef struct {
    int64_t n, d, off_n, off_d;
} hats;

/* 0 if the enclosure is too wide to decide anything. */
static int leading(const quotient *x, hats *h)
{
    int bits = bits_of(x->n, x->size), other = bits_of(x->d, x->size);
    int cut = (bits > other ? bits : other) - HAT_BITS;
    cut = cut > 0 ? cut : 0;
    double slack = x->slack_n > x->slack_d ? x->slack_n : x->slack_d;
    slack *= power_of_two(-cut);
    if (slack > 0x1p40)
        return 0;
    h->n = (int64_t)bits_from(x->n, x->size, cut);
    h->d = (int64_t)bits_from(x->d, x->size, cut);
    h->off_n = h->off_d = 2 + (int64_t)slack;
    return 1;
}

/* One step on the leading bits; 0, and nothing changed, where they do not decide it. */
static int short_step(hats *h, steps *m, int ceiling, int64_t *found)
{
    if (h->d <= h->off_d)
        return 0;
    int64_t a = h->n / h->d, rest = h->n - a * h->d;
    if (ceiling) {
        a++;
        rest = h->d - rest;
    }
    wide off = h->off_n + (wide)a * h->off_d;
    if (rest <= off || rest + off >= h->d - h->off_d)
        return 0;
    int64_t c = m->a - a * m->c, d = m->b - a * m->d;
    *m = (steps){m->c, m->d, ceiling ? -c : c, ceiling ? -d : d};
    *h = (hats){h->d, rest, h->off_d, (int64_t)off};
    *found = a;
    return 1;
}

/* Whether a long number is certainly larger than a real one. */
static int exceeds(const uint64_t *x, int size, double bound)
{
    int bits = bits_of(x, size), cut = bits > HAT_BITS ? bits - HAT_BITS : 0;
    double below = (double)(int64_t)bits_from(x, size, cut) * (1.0 - 0x1p-50);
    return below > bound * power_of_two(-cut);
}

/* One step on the long integers, for quotients the leading bits cannot tell; 0 if undecided. */
static int long_step(quotient *x, int ceiling, int64_t *found)
{
    int bits = bits_of(x->d, x->size), cut = bits > HAT_BITS ? bits - HAT_BITS : 0;
    if (bits == 0 || bits_of(x->n, x->size) - bits > HAT_BITS - 4)
        return 0;
    int64_t a = (int64_t)(bits_from(x->n, x->size, cut) / bits_from(x->d, x->size, cut)) + 1;
    uint64_t rest[LIMBS + 1];
    /* The guess is too large by a few at most: the divisor has lost less than 2^-60 of itself. */
    while (combine(rest, 1, x->n, -a, x->d, x->size))
        a--;
    a += ceiling;
    steps m = {0, 1, ceiling ? -1 : 1, ceiling ? a : -a};
    quotient next = *x;
    if (!apply(&next, &m) || !exceeds(next.d, next.size, next.slack_d))
        return 0;
    combine(rest, 1, x->d, -1, next.d, x->size);
    if (!exceeds(rest, x->size + 1, next.slack_d + x->slack_d))
        return 0;
    *x = next;
    *found = a;
    return 1;
}

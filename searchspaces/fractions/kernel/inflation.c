/* Canonical forms of continued fractions under inflation and index shift, and their keys.
 *
 * An inflation replaces a(n) by c(n) a(n) and b(n) by c(n) c(n-1) b(n); it leaves
 * r(n) = b(n)/(a(n) a(n-1)) alone. Here whole c and linear c(n) with small rational roots are
 * recognised.
 */
#include <stddef.h>

#include "polynomial.h"

/* Whole roots of b this far from the mean of its roots are found. */
enum { WINDOW = 40 };

/* Linear factors p n + q of an inflation: p to STEEPEST, |q/p| to NEAREST. */
enum { STEEPEST = 4, NEAREST = 8 };

/* Rounds of simplification; every one but the last changes something. */
enum { ROUNDS = 64 };

/* The largest d with d | a and d^2 | b, taken out; the leading coefficient of a made positive. */
static void take_content(poly *a, poly *b)
{
    int64_t g = content(a), h = content(b), taken = 1;
    for (int64_t d = 2; d <= g && d * d <= h; d++)
        while (g % d == 0) {
            g /= d;
            if (h % (d * d) == 0) {
                h /= d * d;
                taken *= d;
            }
        }
    int64_t sign = leading(a) < 0 ? -1 : 1;
    divide_by(a, taken * sign);
    divide_by(b, taken * taken);
}

/* The factor p n + q of a common inflation: taken out where p (n-1) + q divides b too, else moved one
 * index on, so that a and b have no such root in common. */
static int take_line(poly *a, poly *b, line l)
{
    line before = {l.p, l.q - l.p};
    if (!divides(l, a) || !divides(l, b))
        return 0;
    divide(a, l);
    divide(b, l);
    if (divides(before, b)) {
        divide(b, before);
        return 1;
    }
    line after = {l.p, l.q - 2 * l.p};
    return times(a, before) && times(b, after) ? 1 : -1;
}

/* All such factors in a menu; -1 on overflow. */
static int take_lines(poly *a, poly *b, const menu *m)
{
    int changed = 0;
    uint8_t maybe[LINES];
    if (degree(a) < 1 || degree(b) < 1)
        return 0;
    sieve(a, m, maybe);
    for (int k = 0; k < m->count; k++) {
        int taken = maybe[k] ? take_line(a, b, m->lines[k]) : 0;
        if (taken < 0)
            return -1;
        changed |= taken;
    }
    return changed;
}

/* floor of the mean of `count` numbers with the sum above/below. */
static int64_t mean(__int128 above, __int128 below, int count)
{
    below *= count;
    if (below < 0) {
        above = -above;
        below = -below;
    }
    return (int64_t)(above >= 0 ? above / below : -((below - 1 - above) / below));
}

/* Minus the sum of the roots of f, times its leading coefficient. */
static int64_t second(const poly *f) { return f->size > 1 ? f->c[f->size - 2] : 0; }

static int move(poly *a, poly *b, int64_t by) { return shift(a, by) && shift(b, by); }

/* The index at which the canonical form starts: the largest whole root of b, or else the mean of the
 * roots of a(n) a(n-1) b(n), rounded down. The window for whole roots lies around the mean of b's.
 * 0 if coefficients do not fit or there are no roots. */
static int take_shift(poly *a, poly *b, const menu *whole)
{
    uint8_t maybe[LINES];
    if (degree(b) > 0) {
        if (!move(a, b, mean(-second(b), leading(b), degree(b))))
            return 0;
        sieve(b, whole, maybe);
        for (int k = whole->count - 1; k >= 0; k--)
            if (maybe[k] && divides(whole->lines[k], b))
                return move(a, b, -whole->lines[k].q);
    }
    int count = 2 * degree(a) + degree(b);
    if (count == 0)
        return 0;
    __int128 alpha = leading(a), beta = leading(b);
    return move(a, b, mean((degree(a) * alpha - 2 * second(a)) * beta - second(b) * alpha,
                           alpha * beta, count));
}

/* Whether the convergents tend to a limit at least exponentially: by the leading coefficients,
 * r(n) -> 0 or r(n) -> R with 1 + 4 R > 0. */
static int converges(const poly *a, const poly *b)
{
    int excess = degree(b) - 2 * degree(a);
    int64_t alpha = leading(a), beta = leading(b);
    return excess < 0 || (excess == 0 && alpha * alpha + 4 * beta > 0);
}

/* 1 if a and b are brought to canonical form, 0 if they are no candidate. */
static int simplify(poly *a, poly *b, const menu *whole, const menu *linear)
{
    for (int round = 0; round < ROUNDS; round++) {
        poly a0 = *a, b0 = *b;
        take_content(a, b);
        if (!take_shift(a, b, whole) || take_lines(a, b, linear) < 0)
            return 0;
        if (!memcmp(&a0, a, sizeof a0) && !memcmp(&b0, b, sizeof b0))
            return 1;
    }
    return 0;
}

/* Canonical form of every row, in place. valid: 1 for candidates. changed: 1 where a row is not what it
 * was, and what was known of its value is void. */
void canonical(size_t rows, size_t width_a, size_t width_b, int64_t *a, int64_t *b, int64_t most,
               uint8_t *valid, uint8_t *changed)
{
    menu whole = menu_of(1, WINDOW), linear = menu_of(STEEPEST, NEAREST);
    for (size_t row = 0; row < rows; row++) {
        int64_t *ra = a + row * width_a, *rb = b + row * width_b;
        poly fa = load_poly(ra, width_a), fb = load_poly(rb, width_b), ga = fa, gb = fb;
        valid[row] = changed[row] = 0;
        if (!fa.size || !fb.size || !fits(&fa, LARGEST) || !fits(&fb, LARGEST))
            continue;
        if (!converges(&fa, &fb) || !simplify(&fa, &fb, &whole, &linear))
            continue;
        valid[row] = fits(&fa, most) && fits(&fb, most);
        changed[row] = memcmp(&fa, &ga, sizeof fa) || memcmp(&fb, &gb, sizeof fb);
        store_poly(&fa, ra, width_a);
        store_poly(&fb, rb, width_b);
    }
}

/* How many different roots the b of every row has, if it is a product of linear polynomials with small
 * rational roots; else 0. */
void roots(size_t rows, size_t width_a, size_t width_b, const int64_t *a, const int64_t *b,
           int32_t *count)
{
    menu linear = menu_of(STEEPEST, NEAREST);
    uint8_t maybe[LINES];
    for (size_t row = 0; row < rows; row++) {
        poly f = load_poly(b + row * width_b, width_b);
        count[row] = 0;
        sieve(&f, &linear, maybe);
        for (int k = 0; k < linear.count; k++) {
            int before = f.size;
            while (maybe[k] && divides(linear.lines[k], &f))
                divide(&f, linear.lines[k]);
            count[row] += f.size < before;
        }
        if (degree(&f) > 0)
            count[row] = 0;
    }
}

/* Arithmetic modulo the prime 2^61 - 1. */
static const uint64_t PRIME = 0x1fffffffffffffff;

static inline uint64_t folded(uint64_t x)
{
    x = (x & PRIME) + (x >> 61);
    return x >= PRIME ? x - PRIME : x;
}

static inline uint64_t product(uint64_t x, uint64_t y)
{
    unsigned __int128 t = (unsigned __int128)x * y;
    return folded((uint64_t)(t & PRIME) + (uint64_t)(t >> 61));
}

static uint64_t inverse(uint64_t x)
{
    uint64_t result = x;
    for (int k = 0; k < 58; k++)
        result = product(product(result, result), x);
    result = product(result, result);
    return product(product(result, result), x);
}

static uint64_t at(const int64_t *c, size_t width, uint64_t n)
{
    uint64_t total = 0;
    for (size_t k = width; k-- > 0;)
        total = folded(product(total, n) + (c[k] < 0 ? PRIME + c[k] : (uint64_t)c[k]));
    return total;
}

/* The key of every canonical row: r(n) modulo a prime of 61 bits at an n out of the blue. Different
 * functions r agree there with a probability of about 2^-57. */
void keys(size_t rows, size_t width_a, size_t width_b, const int64_t *a, const int64_t *b,
          uint64_t *key)
{
    const uint64_t n = 0x0c3a5c85c97cb312;
    for (size_t row = 0; row < rows; row++) {
        const int64_t *ra = a + row * width_a;
        uint64_t below = product(at(ra, width_a, n), at(ra, width_a, n - 1));
        uint64_t r = product(at(b + row * width_b, width_b, n), inverse(below));
        key[row] = (r + 1) * 0x9E3779B97F4A7C15;
    }
}

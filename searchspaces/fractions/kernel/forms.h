/* Random polynomials of the forms in which fractions are written: dense, factored, symmetric. */
#ifndef ELITEMAP_FORMS_H
#define ELITEMAP_FORMS_H

#include "polynomial.h"
#include "random.h"

typedef struct { poly a, b; } fraction;

/* Coefficients per row, and the size of random coefficients. */
typedef struct { int width_a, width_b; int64_t most; } limits;

/* Linear factors p n + q are looked for with p to 4 and |q/p| to 8. */
enum { SLOPES = 4, REACH = 8 };

/* 1 to most, all orders of magnitude alike, with a random sign. */
static inline int64_t amount(stream *r, int64_t most)
{
    int64_t size = (int64_t)exp(uniform(r) * log((double)most + 1.0));
    return chance(r, 0.5) ? size : -size;
}

/* -most to most: uniform or of any order of magnitude; 0 now and then. */
static inline int64_t coefficient(stream *r, int64_t most)
{
    if (chance(r, 0.5))
        return below(r, 2 * (int)most + 1) - most;
    return chance(r, 0.1) ? 0 : amount(r, most);
}

static inline line random_line(stream *r)
{
    static const int slopes[] = {1, 1, 1, 1, 2, 2, 3, 4};
    line l = {slopes[below(r, 8)], 0};
    do
        l.q = below(r, 4 * l.p + 1) - 2 * l.p;
    while (divisor(l.p, l.q) != 1);
    return l;
}

/* Linear factors of f with small roots, multiple ones repeatedly; how many there are. */
static inline int lines_of(const poly *f, line found[ROOM])
{
    menu m = menu_of(SLOPES, REACH);
    uint8_t maybe[LINES];
    poly rest = *f;
    int count = 0;
    sieve(f, &m, maybe);
    for (int k = 0; k < m.count; k++)
        while (maybe[k] && divides(m.lines[k], &rest)) {
            divide(&rest, m.lines[k]);
            found[count++] = m.lines[k];
        }
    return count;
}

/* The s for which a(n) -> a(s - n) with b(n) -> b(s + 1 - n) reads the recurrence of the convergents
 * backwards, if b is symmetric: twice the mean of b's roots, less one (rounded down). */
static inline int dual_centre(const poly *b)
{
    if (degree(b) < 1)
        return -1;
    double mean = -(double)b->c[b->size - 2] / ((double)leading(b) * degree(b));
    return fabs(mean) > 100.0 ? -1 : (int)floor(2.0 * mean + 1e-9) - 1;
}

/* (2n - s)^odd (n (n - s))^power: one of a basis of the polynomials with f(s - n) = f(n) or -f(n). */
static inline poly mirrored(int power, int odd, int s)
{
    poly f = {1, {1}};
    for (int k = 0; k < power; k++) {
        times(&f, (line){1, 0});
        times(&f, (line){1, -s});
    }
    if (odd)
        times(&f, (line){2, -s});
    return f;
}

static inline poly dense(int high, int64_t most, stream *r)
{
    poly f = {high + 1, {0}};
    for (int k = 0; k <= high; k++)
        f.c[k] = coefficient(r, most);
    if (f.c[high] == 0)
        f.c[high] = amount(r, most);
    return f;
}

/* A number times linear factors, of which at most three are different. */
static inline poly factored(int high, int64_t most, stream *r)
{
    line different[3];
    int count = 1 + below(r, 3);
    for (int k = 0; k < count; k++)
        different[k] = random_line(r);
    poly f = {1, {amount(r, most)}};
    for (int k = 0; k < high; k++)
        if (!times(&f, different[below(r, count)]))
            return dense(high, most, r);
    return f;
}

static inline poly symmetric(int high, int s, int64_t most, stream *r)
{
    poly f = {high + 1, {0}};
    for (int power = 0; 2 * power + (high & 1) <= high; power++) {
        poly term = mirrored(power, high & 1, s);
        int64_t by = 2 * power + 1 >= high ? amount(r, most) : coefficient(r, most);
        for (int k = 0; k < term.size; k++)
            f.c[k] += by * term.c[k];
    }
    return f;
}

static inline poly random_b(int high, const limits *m, stream *r)
{
    double form = uniform(r);
    if (form < 0.6)
        return factored(high, m->most, r);
    return form < 0.8 ? symmetric(high, below(r, 3) - 1, m->most, r) : dense(high, m->most, r);
}

/* A random a(n); a symmetric one has the centre that goes with b as often as not. */
static inline poly random_a(int high, const poly *b, const limits *m, stream *r)
{
    double form = uniform(r);
    if (form < 0.2)
        return factored(high, m->most, r);
    int s = chance(r, 0.5) ? dual_centre(b) : below(r, 3) - 1;
    return form < 0.6 ? symmetric(high, s, m->most, r) : dense(high, m->most, r);
}

#endif

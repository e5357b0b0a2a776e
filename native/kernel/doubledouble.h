/* Double-double arithmetic: unevaluated sums hi + lo of two doubles, about 31 digits.
 *
 * The algorithms are the accurate variants analysed by Joldes, Muller and Popescu, "Tight and
 * rigorous error bounds for basic building blocks of double-word arithmetic" (ACM TOMS 44, 2017).
 * They need -ffp-contract=off.
 */
#ifndef ELITEMAP_DOUBLEDOUBLE_H
#define ELITEMAP_DOUBLEDOUBLE_H

#include <math.h>

typedef struct { double hi, lo; } pair;

static inline pair pair_of(double hi, double lo) { pair r = {hi, lo}; return r; }

/* Sum of two doubles and its exact rounding error (Knuth). */
static inline pair two_sum(double a, double b)
{
    double s = a + b, t = s - a;
    return pair_of(s, (a - (s - t)) + (b - t));
}

/* As two_sum, for |a| >= |b| (Dekker). */
static inline pair fast_two_sum(double a, double b)
{
    double s = a + b;
    return pair_of(s, b - (s - a));
}

static inline pair two_product(double a, double b)
{
    double p = a * b;
    return pair_of(p, fma(a, b, -p));
}

static inline pair pair_add(pair a, pair b)
{
    pair s = two_sum(a.hi, b.hi), t = two_sum(a.lo, b.lo);
    pair v = fast_two_sum(s.hi, s.lo + t.hi);
    return fast_two_sum(v.hi, t.lo + v.lo);
}

static inline pair pair_negative(pair a) { return pair_of(-a.hi, -a.lo); }

static inline pair pair_sub(pair a, pair b) { return pair_add(a, pair_negative(b)); }

static inline pair pair_mul(pair a, pair b)
{
    pair p = two_product(a.hi, b.hi);
    return fast_two_sum(p.hi, p.lo + fma(a.hi, b.lo, fma(a.lo, b.hi, a.lo * b.lo)));
}

/* One division and one Newton correction. */
static inline pair pair_div(pair a, pair b)
{
    double t = a.hi / b.hi;
    pair p = two_product(b.hi, t);
    pair r = fast_two_sum(p.hi, fma(b.lo, t, p.lo));
    return fast_two_sum(t, ((a.hi - r.hi) + (a.lo - r.lo)) / b.hi);
}

static inline pair pair_sqrt(pair a)
{
    double s = sqrt(a.hi);
    double d = fma(-s, s, a.hi) + a.lo;
    return s == 0.0 ? pair_of(s, 0.0) : fast_two_sum(s, d / (2.0 * s));
}

static inline pair pair_square(pair a) { return pair_mul(a, a); }

static inline pair pair_fma(pair a, pair b, pair c) { return pair_add(pair_mul(a, b), c); }

static inline int pair_less(pair a, pair b)
{
    return a.hi < b.hi || (a.hi == b.hi && a.lo < b.lo);
}

static inline pair pair_min(pair a, pair b) { return pair_less(b, a) ? b : a; }

static inline pair pair_max(pair a, pair b) { return pair_less(a, b) ? b : a; }

static inline pair pair_select(pair c, pair a, pair b) { return c.hi >= 0.0 ? a : b; }

static inline pair pair_abs(pair a) { return a.hi < 0.0 ? pair_negative(a) : a; }

#endif

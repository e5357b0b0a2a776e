/* Polynomials with whole coefficients in memory of a fixed size: coefficient k belongs to n^k.
 *
 * Coefficients stay within LARGEST: what makes larger ones says so. Values at the points asked for
 * here then fit 63 bits.
 */
#ifndef ELITEMAP_POLYNOMIAL_H
#define ELITEMAP_POLYNOMIAL_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Most coefficients, and the largest one. */
enum { ROOM = 12, LARGEST = 1 << 16 };

/* Index shifts beyond this are refused. */
enum { FARTHEST = 1000 };

typedef struct { int size; int64_t c[ROOM]; } poly;

/* The linear polynomial p n + q. */
typedef struct { int p, q; } line;

static inline void trim(poly *f)
{
    while (f->size > 0 && f->c[f->size - 1] == 0)
        f->size--;
}

static inline int degree(const poly *f) { return f->size - 1; }

static inline int64_t leading(const poly *f) { return f->size ? f->c[f->size - 1] : 0; }

static inline poly load_poly(const int64_t *from, size_t width)
{
    poly f = {(int)width, {0}};
    memcpy(f.c, from, width * sizeof *from);
    trim(&f);
    return f;
}

static inline void store_poly(const poly *f, int64_t *to, size_t width)
{
    memset(to, 0, width * sizeof *to);
    memcpy(to, f->c, (size_t)f->size * sizeof *to);
}

static inline int fits(const poly *f, int64_t most)
{
    for (int k = 0; k < f->size; k++)
        if (f->c[k] > most || f->c[k] < -most)
            return 0;
    return 1;
}

static inline int64_t divisor(int64_t a, int64_t b)
{
    while (b) {
        int64_t t = a % b;
        a = b;
        b = t;
    }
    return a < 0 ? -a : a;
}

static inline int64_t content(const poly *f)
{
    int64_t g = 0;
    for (int k = 0; k < f->size && g != 1; k++)
        g = divisor(g, f->c[k]);
    return g;
}

static inline void divide_by(poly *f, int64_t by)
{
    for (int k = 0; k < f->size; k++)
        f->c[k] /= by;
}

/* f becomes f * (p n + q); 0 if that does not fit. */
static inline int times(poly *f, line l)
{
    if (f->size == 0 || f->size == ROOM)
        return f->size == 0;
    f->c[f->size] = 0;
    for (int k = f->size; k >= 0; k--)
        f->c[k] = l.q * f->c[k] + (k ? l.p * f->c[k - 1] : 0);
    f->size++;
    return fits(f, LARGEST);
}

/* Whether p n + q, in lowest terms, divides f: p^degree f(-q/p) = 0. Needs |p|, |q| <= 40. */
static inline int divides(line l, const poly *f)
{
    if (f->size < 2 || leading(f) % l.p)
        return 0;
    int64_t total = 0, scale = 1;
    for (int k = degree(f); k >= 0; k--) {
        total = total * -l.q + f->c[k] * scale;
        scale *= l.p;
    }
    return total == 0;
}

/* Lines p n + q in lowest terms with p = 1 .. steepest and |q/p| <= nearest, roots ascending for each
 * p, and the roots. */
enum { LINES = 128 };

typedef struct { int count; line lines[LINES]; double roots[LINES]; } menu;

static inline menu menu_of(int steepest, int nearest)
{
    menu m = {0};
    for (int p = 1; p <= steepest; p++)
        for (int q = p * nearest; q >= -p * nearest; q--)
            if (divisor(p, q) == 1 && m.count < LINES) {
                m.lines[m.count] = (line){p, q};
                m.roots[m.count++] = -(double)q / p;
            }
    return m;
}

/* Marks the lines that may divide f: where f is not clearly different from 0 in floating point. The
 * menu reaches no farther than 40. */
static inline void sieve(const poly *f, const menu *m, uint8_t *maybe)
{
    double values[LINES] = {0}, size = 0;
    for (int k = degree(f); k >= 0; k--) {
        double c = (double)f->c[k];
        size = size * 40.0 + fabs(c);
        for (int i = 0; i < m->count; i++)
            values[i] = values[i] * m->roots[i] + c;
    }
    for (int i = 0; i < m->count; i++)
        maybe[i] = fabs(values[i]) <= size * 1e-14;
}

/* f becomes f / (p n + q), which divides it. */
static inline void divide(poly *f, line l)
{
    int64_t carry = 0;
    for (int k = degree(f); k > 0; k--) {
        int64_t quotient = (f->c[k] - carry) / l.p;
        f->c[k] = quotient;
        carry = quotient * l.q;
    }
    for (int k = 0; k + 1 < f->size; k++)
        f->c[k] = f->c[k + 1];
    f->c[--f->size] = 0;
}

/* f(n) becomes f(n + by), by Horner's rule; 0 if that does not fit. */
static inline int shift(poly *f, int64_t by)
{
    if (by == 0 || f->size < 2)
        return 1;
    if (by > FARTHEST || by < -FARTHEST)
        return 0;
    __int128 c[ROOM];
    for (int k = 0; k < f->size; k++)
        c[k] = f->c[k];
    for (int from = 0; from + 1 < f->size; from++)
        for (int k = f->size - 2; k >= from; k--)
            c[k] += by * c[k + 1];
    for (int k = 0; k < f->size; k++) {
        if (c[k] > LARGEST || c[k] < -LARGEST)
            return 0;
        f->c[k] = (int64_t)c[k];
    }
    return 1;
}

#endif

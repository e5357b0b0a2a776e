/* Values of many continued fractions in float64: every a of one list with every b of another.
 *
 * Backward recurrence t_n = b_n/(a_n + t_(n+1)) from a depth that goes with the pair's convergence
 * class, over LANES b's at a time. A running error bound goes along, to first order: what an error of
 * t_(n+1) becomes in t_n, and the rounding that is added. It starts from the whole of the tail that
 * is cut off, so what comes out is the error of truncation and rounding together.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>

/* b's at a time: enough divisions under way to hide their latency. */
#define LANES 32
#define MOST_DEPTH 1024

static const double EPS = 0x1p-52;

/* A sequence's term as a float64, and whether it is exactly zero: float64 sums that vanish by
 * rounding are told apart by the same sum modulo 2^64. */
static double term(const int64_t *c, size_t period, size_t width, size_t n, int *zero)
{
    const int64_t *p = c + (n % period) * width;
    double k = (double)(n / period), total = 0.0;
    uint64_t exact = 0;
    for (size_t j = 0; j < width; j++) {
        total = total * k + (double)p[j];
        exact = exact * (n / period) + (uint64_t)p[j];
    }
    *zero = exact == 0 && fabs(total) < 0x1p62;
    return *zero ? 0.0 : total;
}

/* Terms 0..depth of count sequences: out[count][depth + 1]. */
void tabulate(size_t count, size_t period, size_t width, const int64_t *c, size_t depth, double *out)
{
    int zero;
    for (size_t i = 0; i < count; i++)
        for (size_t n = 0; n <= depth; n++)
            out[i * (depth + 1) + n] = term(c + i * period * width, period, width, n, &zero);
}

/* For each sequence the first n in 1..depth where it is zero, or 0. */
void first_zeros(size_t count, size_t period, size_t width, const int64_t *c, size_t depth,
                 int32_t *out)
{
    for (size_t i = 0; i < count; i++) {
        int zero = 0;
        size_t n = 0;
        while (!zero && n < depth)
            term(c + i * period * width, period, width, ++n, &zero);
        out[i] = zero ? (int32_t)n : 0;
    }
}

typedef struct { double b[MOST_DEPTH + 1][LANES]; } lanes;

/* The recurrence for one a; t holds starts as multiples of a_(N-1) and receives the values. */
static void descend(const double *a, const lanes *g, size_t depth, double t[LANES], double e[LANES])
{
    for (int l = 0; l < LANES; l++) {
        t[l] *= a[depth - 1];
        e[l] = fabs(t[l]) + fabs(g->b[depth][l] / a[depth]);
    }
    for (size_t n = depth - 1; n > 0; n--) {
        double an = a[n];
        for (int l = 0; l < LANES; l++) {
            double inverse = 1.0 / (an + t[l]);
            double next = g->b[n][l] * inverse;
            e[l] = fabs(next * inverse) * e[l] + EPS * fabs(next);
            t[l] = next;
        }
    }
    for (int l = 0; l < LANES; l++) {
        t[l] += a[0];
        e[l] += EPS * fabs(t[l]);
    }
}

/* Values of one a with some lanes of b's; pairs of depth 0 are left alone. */
static void one_row(const double *a, const int32_t *depths, const double *starts,
                    const int32_t *kind, size_t here, const lanes *g, double *value, double *error)
{
    double t[LANES], e[LANES];
    size_t depth = 0;
    for (size_t l = 0; l < LANES; l++) {
        size_t k = (size_t)kind[l < here ? l : here - 1];
        size_t d = (size_t)depths[k];
        depth = d > depth ? d : depth;
        t[l] = starts[k];
    }
    if (depth == 0)
        return;
    descend(a, g, depth, t, e);
    for (size_t l = 0; l < here; l++)
        if (depths[kind[l]] > 0) {
            value[l] = t[l];
            error[l] = e[l];
        }
}

/* Values and error bounds of all pairs.
 *
 * a: float64[na, stride], terms 0..stride - 1. b: int64[nb, period, width]. kind_a, kind_b: rows and
 * columns of the tables depth (0 for pairs to skip, less than stride) and start (the tail at n as a
 * multiple of a_(n-1)), both of so many columns; neighbours should be of a kind.
 * value, error: float64[na, nb].
 */
void values(size_t na, size_t stride, const double *a, size_t nb, size_t period, size_t width,
            const int64_t *b, const int32_t *kind_a, const int32_t *kind_b, size_t columns,
            const int32_t *depth, const double *start, double *value, double *error)
{
    lanes g;
    for (size_t j = 0; j < nb; j += LANES) {
        size_t here = nb - j < LANES ? nb - j : LANES;
        for (size_t l = 0; l < LANES; l++) {
            int zero;
            const int64_t *c = b + (j + (l < here ? l : here - 1)) * period * width;
            for (size_t n = 1; n < stride; n++)
                g.b[n][l] = term(c, period, width, n, &zero);
        }
        for (size_t i = 0; i < na; i++)
            one_row(a + i * stride, depth + (size_t)kind_a[i] * columns,
                    start + (size_t)kind_a[i] * columns, kind_b + j, here, &g,
                    value + i * nb + j, error + i * nb + j);
    }
}

/* Each a with its own b, all at one depth, from an empty tail. */
void pairs(size_t count, size_t period_a, size_t width_a, const int64_t *a, size_t period_b,
           size_t width_b, const int64_t *b, size_t depth, double *value, double *error)
{
    int zero;
    for (size_t i = 0; i < count; i++) {
        const int64_t *pa = a + i * period_a * width_a, *pb = b + i * period_b * width_b;
        double t = term(pb, period_b, width_b, depth, &zero) / term(pa, period_a, width_a, depth, &zero);
        double e = fabs(t);
        for (size_t n = depth - 1; n > 0; n--) {
            double inverse = 1.0 / (term(pa, period_a, width_a, n, &zero) + t);
            t = term(pb, period_b, width_b, n, &zero) * inverse;
            e = fabs(t * inverse) * e + EPS * fabs(t);
        }
        value[i] = term(pa, period_a, width_a, 0, &zero) + t;
        error[i] = e + EPS * fabs(value[i]);
    }
}

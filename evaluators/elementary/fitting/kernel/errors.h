/* A program being fitted, and its weighted errors at points. Where float64 runs out of digits they are
 * computed in double-double.
 */
#ifndef ELITEMAP_ERRORS_H
#define ELITEMAP_ERRORS_H

#include "interpret.h"
#include "leastsquares.h"

/* Points and target of a fit; weights turn an error into a residual. Points are the inputs one after
 * another, as many numbers each as the target has. */
typedef struct {
    const double *point, *target, *target_low, *weight;
    int mean; /* the mean square counts, not the largest residual */
} samples;

/* A program being fitted. */
typedef struct {
    program p;
    double *constant;       /* (hi, lo) per instruction, improved in place */
    double *trial;          /* as constant */
    int m;                  /* constants */
    int slot[MAX_CONSTANTS];
    int pairs;              /* residuals in double-double */
    double *values, *lows;  /* workspace; lows also holds adjoints */
    double evaluated;       /* programs evaluated so far */
    int converged;          /* the last descent ended where no constant promises anything */
} fitting;

/* Weighted errors of the program at n points; the values of all instructions stay in f->values. */
ALWAYS void errors_at(fitting *f, const double *constant, samples s, const double *weight,
                      double *result, const size_t n)
{
    const double *v = f->values + (size_t)f->p.output[0] * n;
    const double *vl = f->lows + (size_t)f->p.output[0] * n;
    f->evaluated += 1.0;
    memcpy(f->values, s.point, (size_t)f->p.leaves * n * sizeof(double));
    if (f->pairs) {
        memset(f->lows, 0, (size_t)f->p.leaves * n * sizeof(double));
        forward_pairs(f->p, constant, f->values, f->lows, n);
        for (size_t i = 0; i < n; i++) {
            pair e = pair_sub(pair_of(v[i], vl[i]), pair_of(s.target[i], s.target_low[i]));
            result[i] = (e.hi + e.lo) * weight[i];
        }
    } else {
        forward(f->p, constant, f->values, n);
        for (size_t i = 0; i < n; i++)
            result[i] = (v[i] - s.target[i]) * weight[i];
    }
}

static double residuals(fitting *f, const double *constant, samples s, const double *weight,
                        double *result)
{
    errors_at(f, constant, s, weight, result, NODES);
    return dot(result, result);
}

/* Largest absolute value of n numbers; infinity if one is not finite. */
static double largest(const double *numbers, size_t n)
{
    double top = 0.0;
    for (size_t i = 0; i < n; i++) {
        double size = fabs(numbers[i]);
        if (!(size < INFINITY))
            return INFINITY;
        top = size > top ? size : top;
    }
    return top;
}

static void accept(fitting *f)
{
    for (int j = 0; j < f->m; j++) {
        int k = 2 * f->slot[j];
        f->constant[k] = f->trial[k];
        f->constant[k + 1] = f->trial[k + 1];
    }
}

#endif

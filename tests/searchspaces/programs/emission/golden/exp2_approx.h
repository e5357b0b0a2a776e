/*
 * exp2_approx: 2^x for x in [0, 1].
 *
 * 10 operations. Found by elitemap, space elementary,
 * program 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.
 * SPDX-License-Identifier: MIT
 *
 * Certificate, for real arithmetic and the unrounded constants:
 *   largest error, proved bound  2.1919e-15
 *   digits, proved               14.6591
 *   error attained, proved       2.1918e-15
 *   attained at x                0.73125
 *   digits, at most              14.6592
 *   float64 error, measured      4e-15
 *   float64 rounding, measured   2.1e-15
 *   target                       exp2(x)
 *   domain                       [0, 1]
 *   error                        relative
 *   method                       adaptive Taylor models in ball arithmetic
 *   precision bits               128
 *   subintervals                 37
 *
 * Whether the float64 evaluation is finite was not examined.
 *
 * Build exp2_approx.c with -std=c99 -ffp-contract=off.
 * The same bits everywhere: on doubles of IEEE 754 every operation rounds once, to nearest,
 * if the compiler neither contracts (that flag) nor regroups (no -ffast-math) nor keeps
 * excess precision (on 32-bit x86: -msse2 -mfpmath=sse); the source refuses the last two.
 * Self-test: add -DELITEMAP_SELFTEST, which compiles a main that checks exp2_approx_cases.inc.
 */
#ifndef ELITEMAP_EXP2_APPROX_H
#define ELITEMAP_EXP2_APPROX_H

#include <stddef.h>

#ifndef ELITEMAP_RESTRICT
#ifdef __cplusplus
#define ELITEMAP_RESTRICT
#else
#define ELITEMAP_RESTRICT restrict
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The function at x. */
double exp2_approx(double x);

/* y[i] = exp2_approx(x[i]) for i < n; the arrays must not overlap. */
void exp2_approx_n(const double *ELITEMAP_RESTRICT x, double *ELITEMAP_RESTRICT y, size_t n);

#ifdef __cplusplus
}
#endif

#endif

/*
 * exp2_approx: exp2(x) for x in [0, 1].
 *
 * 12 operations. Found by elitemap, space elementary,
 * program a48435665aa4945bf6a60a78e9b9f663c3439fecc848428da343602d79f671df.
 * SPDX-License-Identifier: MIT
 *
 * Certificate, for real arithmetic and the unrounded constants:
 *   largest error, proved bound  2.5118864315095823e-06
 *   digits, proved               5.6
 *
 * Build exp2_approx.c with -std=c99 -ffp-contract=off, without -ffast-math,
 * for IEEE 754 doubles without excess precision (on 32-bit x86: -msse2 -mfpmath=sse).
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

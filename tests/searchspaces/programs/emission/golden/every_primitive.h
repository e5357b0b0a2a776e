/*
 * every_primitive: nothing known for x in [-2, 3.5].
 *
 * 11 operations. Found by elitemap, space elementary,
 * program 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.
 * SPDX-License-Identifier: MIT
 *
 * No certificate: the absolute error on [-2, 3.5] is not proved.
 *
 * Whether the float64 evaluation is finite was not examined.
 *
 * Build every_primitive.c with -std=c99 -ffp-contract=off -lm.
 * The same bits everywhere: on doubles of IEEE 754 every operation rounds once, to nearest,
 * if the compiler neither contracts (that flag) nor regroups (no -ffast-math) nor keeps
 * excess precision (on 32-bit x86: -msse2 -mfpmath=sse); the source refuses the last two.
 * Self-test: add -DELITEMAP_SELFTEST, which compiles a main that checks
 * every_primitive_cases.inc.
 */
#ifndef ELITEMAP_EVERY_PRIMITIVE_H
#define ELITEMAP_EVERY_PRIMITIVE_H

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
double every_primitive(double x);

/* y[i] = every_primitive(x[i]) for i < n; the arrays must not overlap. */
void every_primitive_n(const double *ELITEMAP_RESTRICT x, double *ELITEMAP_RESTRICT y, size_t n);

#ifdef __cplusplus
}
#endif

#endif

/*
 * every_primitive: see every_primitive.h for what it computes and how well.
 * Build with -std=c99 -ffp-contract=off -lm.
 * SPDX-License-Identifier: MIT
 */
#include "every_primitive.h"

#include <math.h>
#include <float.h>

#if defined(__FAST_MATH__) || FLT_EVAL_METHOD == 1 || FLT_EVAL_METHOD == 2
#error "expected strict IEEE 754 doubles: no -ffast-math; on 32-bit x86 -msse2 -mfpmath=sse"
#endif
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

double every_primitive(double x)
{
    const double c1 = -0x1.8000000000000p-1; /* -0.75 */
    const double c2 = 0x1.d87247702c0d0p-24; /* 1.1e-07 */
    const double t1 = x + c1;
    const double t2 = fabs(t1);
    const double t3 = sqrt(t2);
    const double t4 = t3 * x;
    const double t5 = (c1 > t4 ? c1 : t4);
    const double t6 = (x < t5 ? x : t5);
    const double t7 = t6 * t6;
    const double t8 = t6 - c2;
    const double t9 = fma(t8, t7, t3);
    const double t10 = t9 / t7;
    return t10;
}

void every_primitive_n(const double *ELITEMAP_RESTRICT x, double *ELITEMAP_RESTRICT y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        y[i] = every_primitive(x[i]);
    }
}

#ifdef ELITEMAP_SELFTEST
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Bits of arguments and result, which is finite. */
static const uint64_t cases[][2] = {
#include "every_primitive_cases.inc"
};

static int differs(double got, uint64_t want)
{
    return memcmp(&got, &want, sizeof want) != 0;
}

int main(void)
{
    const size_t count = sizeof cases / sizeof cases[0];
    size_t failed = 0;
    for (size_t i = 0; i < count; i++) {
        double at[1], result;
        memcpy(at, cases[i], sizeof at);
        every_primitive_n(&at[0], &result, 1);
        if (differs(every_primitive(at[0]), cases[i][1]) || differs(result, cases[i][1])) {
            printf("every_primitive(%a) gives %a\n", at[0], result);
            failed++;
        }
    }
    printf("every_primitive: %lu of %lu cases match\n", (unsigned long)(count - failed),
           (unsigned long)count);
    return failed != 0;
}
#endif

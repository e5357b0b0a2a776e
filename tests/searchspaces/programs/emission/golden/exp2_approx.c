/*
 * exp2_approx: see exp2_approx.h for what it computes and how well.
 * Build with -std=c99 -ffp-contract=off.
 * SPDX-License-Identifier: MIT
 */
#include "exp2_approx.h"

#include <float.h>

#if defined(__FAST_MATH__) || FLT_EVAL_METHOD == 1 || FLT_EVAL_METHOD == 2
#error "expected strict IEEE 754 doubles: no -ffast-math; on 32-bit x86 -msse2 -mfpmath=sse"
#endif
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

double exp2_approx(double x)
{
    const double c1 = 0x1.69786606cdbccp+12; /* 5783.524908832226833435 */
    const double c2 = 0x1.d92f7200da649p+13; /* 15141.93066568965270797 */
    const double c3 = -0x1.f51aafff9ae5ep+7; /* -250.5521240116676651583 */
    const double c4 = 0x1.f51aafffbffd4p+8; /* 501.104248031971314874 */
    const double c5 = -0x1.ffffffffffffep-1; /* -0.9999999999999997260271 */
    const double t1 = c1 / x;
    const double t2 = x + t1;
    const double t3 = c2 / t2;
    const double t4 = t3 + c3;
    const double t5 = t2 + t4;
    const double t6 = c4 / t5;
    const double t7 = t6 - c5;
    const double t8 = t7 * t7;
    const double t9 = t8 * t8;
    const double t10 = t9 * t9;
    return t10;
}

void exp2_approx_n(const double *ELITEMAP_RESTRICT x, double *ELITEMAP_RESTRICT y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        y[i] = exp2_approx(x[i]);
    }
}

#ifdef ELITEMAP_SELFTEST
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Bits of arguments and result, which is finite. */
static const uint64_t cases[][2] = {
#include "exp2_approx_cases.inc"
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
        exp2_approx_n(&at[0], &result, 1);
        if (differs(exp2_approx(at[0]), cases[i][1]) || differs(result, cases[i][1])) {
            printf("exp2_approx(%a) gives %a\n", at[0], result);
            failed++;
        }
    }
    printf("exp2_approx: %lu of %lu cases match\n", (unsigned long)(count - failed),
           (unsigned long)count);
    return failed != 0;
}
#endif

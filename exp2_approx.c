/*
 * exp2_approx: see exp2_approx.h for what it computes and how well.
 * Build with -std=c99 -ffp-contract=off.
 * SPDX-License-Identifier: MIT
 */
#include "exp2_approx.h"

double exp2_approx(double x)
{
    const double c1 = 0x1.4000000000000p-1; /* 0.625 */
    const double c2 = 0x1.4800000000000p-1; /* 0.640625 */
    const double c3 = 0x1.5000000000000p-1; /* 0.65625 */
    const double c4 = 0x1.5800000000000p-1; /* 0.671875 */
    const double c5 = 0x1.6000000000000p-1; /* 0.6875 */
    const double c6 = 0x1.6800000000000p-1; /* 0.703125 */
    const double t1 = x * c1;
    const double t2 = t1 + c1;
    const double t3 = t2 * c2;
    const double t4 = t3 + c2;
    const double t5 = t4 * c3;
    const double t6 = t5 + c3;
    const double t7 = t6 * c4;
    const double t8 = t7 + c4;
    const double t9 = t8 * c5;
    const double t10 = t9 + c5;
    const double t11 = t10 * c6;
    const double t12 = t11 + c6;
    return t12;
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

/* Bits of argument and result; every NaN is written as 0x7ff8000000000000. */
static const uint64_t cases[][2] = {
#include "exp2_approx_cases.inc"
};

static int differs(double got, uint64_t want)
{
    const uint64_t nan = UINT64_C(0x7ff8000000000000);
    if (got != got) {
        return memcmp(&want, &nan, sizeof want) != 0;
    }
    return memcmp(&got, &want, sizeof want) != 0;
}

int main(void)
{
    const size_t count = sizeof cases / sizeof cases[0];
    size_t failed = 0;
    for (size_t i = 0; i < count; i++) {
        double argument, result;
        memcpy(&argument, &cases[i][0], sizeof argument);
        exp2_approx_n(&argument, &result, 1);
        if (differs(exp2_approx(argument), cases[i][1]) || differs(result, cases[i][1])) {
            printf("exp2_approx(%a) gives %a\n", argument, result);
            failed++;
        }
    }
    printf("exp2_approx: %lu of %lu cases match\n", (unsigned long)(count - failed),
           (unsigned long)count);
    return failed != 0;
}
#endif

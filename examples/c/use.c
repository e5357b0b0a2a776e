/*
 * Uses an exported approximation of 2^x on [0, 1]: extends it to all of float64's range by the
 * exponent, and compares it with the C library at a million points.
 */
#include "exp2_approx.h"

#include <math.h>
#include <stdio.h>

enum { BLOCK = 1024, BLOCKS = 1000 };

/* 2^x for any x: the fraction by the approximation, the whole part exactly. */
static double power_of_two(double x)
{
    const double whole = floor(x);
    return ldexp(exp2_approx(x - whole), (int)whole);
}

int main(void)
{
    double x[BLOCK], y[BLOCK], worst = 0.0, where = 0.0;
    for (int block = 0; block < BLOCKS; block++) {
        for (int i = 0; i < BLOCK; i++) {
            x[i] = (block * BLOCK + i + 0.5) / ((double)BLOCK * BLOCKS);
        }
        exp2_approx_n(x, y, BLOCK);
        for (int i = 0; i < BLOCK; i++) {
            const double error = fabs(y[i] / exp2(x[i]) - 1.0);
            if (error > worst) {
                worst = error;
                where = x[i];
            }
        }
    }
    printf("2^10.25 = %.15g\n", power_of_two(10.25));
    printf("largest difference from exp2 on [0, 1]: %.2e at x = %.6f\n", worst, where);
    return 0;
}

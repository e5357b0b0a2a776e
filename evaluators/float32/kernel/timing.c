/* Nanoseconds that functions of float arrays take, timed in turns. */
#define _POSIX_C_SOURCE 199309L
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

typedef void function(const float *restrict x, float *restrict y, size_t n);

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

/* What other functions are compared with: a polynomial of degree 8 by Horner's rule. */
void reference(const float *restrict x, float *restrict y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        float v = 0x1p-8f;
        v = fmaf(v, x[i], 0x1p-7f);
        v = fmaf(v, x[i], 0x1p-6f);
        v = fmaf(v, x[i], 0x1p-5f);
        v = fmaf(v, x[i], 0x1p-4f);
        v = fmaf(v, x[i], 0x1p-3f);
        v = fmaf(v, x[i], 0x1p-2f);
        v = fmaf(v, x[i], 0x1p-1f);
        y[i] = fmaf(v, x[i], 1.0f);
    }
}

/* spent: [turns, many] nanoseconds for one element. Every turn calls each function `calls` times. */
void timed(function *const *functions, size_t many, const float *const *x, float *y, size_t n,
           int turns, int calls, double *spent)
{
    for (int t = 0; t < turns; t++)
        for (size_t k = 0; k < many; k++) {
            const double begun = now();
            for (int c = 0; c < calls; c++)
                functions[k](x[k], y, n);
            spent[(size_t)t * many + k] = (now() - begun) / ((double)calls * (double)n);
        }
}

enum { CHAIN = 16 };

/* spent: [turns, many] nanoseconds for a call on CHAIN elements that waits for the results of the
 * call before. zero is 0, which compilers must not know. */
void chained(function *const *functions, size_t many, const float *const *x, int turns, int calls,
             uint32_t zero, double *spent)
{
    float argument[CHAIN], result[CHAIN] = {0};
    for (int t = 0; t < turns; t++)
        for (size_t k = 0; k < many; k++) {
            const double begun = now();
            for (int c = 0; c < calls; c++) {
                for (int j = 0; j < CHAIN; j++) {
                    uint32_t a, r;
                    memcpy(&a, &x[k][j], sizeof a);
                    memcpy(&r, &result[j], sizeof r);
                    a ^= r & zero;
                    memcpy(&argument[j], &a, sizeof a);
                }
                functions[k](argument, result, CHAIN);
            }
            spent[(size_t)t * many + k] = (now() - begun) / (double)calls;
        }
}

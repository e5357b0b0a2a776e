/* Forward evaluation and reverse accumulation of one program over n points.
 *
 * Value v occupies the n doubles from values + v * n; value 0 is the input, instruction k has value
 * k + 1. FORWARD_CASES, PAIR_CASES and BACKWARD_CASES come from the table of primitives. No row
 * overlaps another, which ivdep tells the compiler.
 */
#ifndef ELITEMAP_INTERPRET_H
#define ELITEMAP_INTERPRET_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "doubledouble.h"
#include "primitives.h"

#define ROWS _Pragma("GCC ivdep") for (size_t i = 0; i < n; i++)
#define ALWAYS static inline __attribute__((always_inline))

/* One program: views into a batch. Constants are (hi, lo). */
typedef struct {
    int size, output;
    const uint8_t *opcode;
    const int16_t *operand;
} program;

ALWAYS void forward(program p, const double *constant, double *values, const size_t n)
{
    for (int k = 0; k < p.size; k++) {
        const int16_t *operand = p.operand + MAX_ARITY * k;
        double *v = values + (size_t)(k + 1) * n;
        const double *a = values + (size_t)operand[0] * n;
        const double *b = values + (size_t)operand[1] * n;
        const double *c = values + (size_t)operand[2] * n;
        (void)c;
        switch (p.opcode[k]) {
        case CONST:
            ROWS v[i] = constant[2 * k];
            break;
        FORWARD_CASES
        }
    }
}

/* As forward in double-double; lows holds the low parts in the same layout. */
ALWAYS void forward_pairs(program p, const double *constant, double *values, double *lows,
                          const size_t n)
{
    for (int k = 0; k < p.size; k++) {
        const int16_t *operand = p.operand + MAX_ARITY * k;
        double *v = values + (size_t)(k + 1) * n, *vl = lows + (size_t)(k + 1) * n;
        const double *a = values + (size_t)operand[0] * n, *al = lows + (size_t)operand[0] * n;
        const double *b = values + (size_t)operand[1] * n, *bl = lows + (size_t)operand[1] * n;
        const double *c = values + (size_t)operand[2] * n, *cl = lows + (size_t)operand[2] * n;
        (void)c; (void)cl;
        switch (p.opcode[k]) {
        case CONST:
            ROWS { v[i] = constant[2 * k]; vl[i] = constant[2 * k + 1]; }
            break;
        PAIR_CASES
        }
    }
}

/* Adjoints of all values given those of the output in `seed`; values must be those of forward. */
ALWAYS void backward(program p, const double *seed, const double *values, double *adjoint,
                     const size_t n)
{
    memset(adjoint, 0, (size_t)(p.size + 1) * n * sizeof(double));
    memcpy(adjoint + (size_t)p.output * n, seed, n * sizeof(double));
    for (int k = p.size - 1; k >= 0; k--) {
        const int16_t *operand = p.operand + MAX_ARITY * k;
        const double *v = values + (size_t)(k + 1) * n, *g = adjoint + (size_t)(k + 1) * n;
        const double *a = values + (size_t)operand[0] * n;
        const double *b = values + (size_t)operand[1] * n;
        const double *c = values + (size_t)operand[2] * n;
        double *da = adjoint + (size_t)operand[0] * n;
        double *db = adjoint + (size_t)operand[1] * n;
        double *dc = adjoint + (size_t)operand[2] * n;
        (void)b; (void)c; (void)db; (void)dc; (void)v;
        switch (p.opcode[k]) {
        BACKWARD_CASES
        }
    }
}

#endif

/* Forward evaluation and reverse accumulation of one program over n points.
 *
 * Value v occupies the n cells from values + v * n, leaves first. FORWARD_CASES, PAIR_CASES and
 * BACKWARD_CASES come from the table of primitives; the last two exist only in a dialect all of whose
 * primitives have slopes and double-double forms. No row overlaps another, which ivdep tells the
 * compiler.
 */
#ifndef ELITEMAP_INTERPRET_H
#define ELITEMAP_INTERPRET_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "doubledouble.h"
#include "program.h"

PAIR_FUNCTIONS

#define ROWS _Pragma("GCC ivdep") for (size_t i = 0; i < n; i++)
#define ALWAYS static inline __attribute__((always_inline))

ALWAYS void forward(program p, const STORED *constant, CELL *values, const size_t n)
{
    for (int k = 0; k < p.size; k++) {
        const int16_t *operand = p.operand + MAX_ARITY * k;
        const STORED *stored = constant + WIDTH * k;
        CELL *vv = values + (size_t)(k + p.leaves) * n;
        const CELL *va = values + (size_t)operand[0] * n;
        const CELL *vb = values + (size_t)operand[1] * n;
        const CELL *vc = values + (size_t)operand[2] * n;
        (void)va; (void)vb; (void)vc; (void)stored;
        switch (p.opcode[k]) {
        FORWARD_CASES
        }
    }
}

/* The states before the first step; those of a type without constants are zero. */
static inline void begin(const signature *s, CELL *values, size_t n)
{
    memset(values + (size_t)s->inputs * n, 0, (size_t)s->states * n * sizeof(CELL));
    for (int j = 0; j < s->states; j++)
        for (size_t i = 0; i < n; i++)
            load_constant(s->leaf_type[s->inputs + j], s->initial + WIDTH * j,
                          values + (size_t)(s->inputs + j) * n + i);
}

/* Makes the next states the states: by way of what lies behind all values, because one may become
 * another. */
static inline void advance(const signature *s, program p, CELL *values, size_t n)
{
    CELL *spare = values + (size_t)(p.leaves + p.size) * n;
    for (int j = 0; j < s->states; j++)
        memcpy(spare + (size_t)j * n, values + (size_t)p.output[s->outputs + j] * n,
               n * sizeof(CELL));
    memcpy(values + (size_t)s->inputs * n, spare, (size_t)s->states * n * sizeof(CELL));
}

#ifdef PAIR_CASES

/* As forward in double-double; lows holds the low parts in the same layout. */
ALWAYS void forward_pairs(program p, const STORED *constant, CELL *values, CELL *lows,
                          const size_t n)
{
    for (int k = 0; k < p.size; k++) {
        const int16_t *operand = p.operand + MAX_ARITY * k;
        const STORED *stored = constant + WIDTH * k;
        CELL *v = values + (size_t)(k + p.leaves) * n, *vl = lows + (size_t)(k + p.leaves) * n;
        const CELL *a = values + (size_t)operand[0] * n, *al = lows + (size_t)operand[0] * n;
        const CELL *b = values + (size_t)operand[1] * n, *bl = lows + (size_t)operand[1] * n;
        const CELL *c = values + (size_t)operand[2] * n, *cl = lows + (size_t)operand[2] * n;
        (void)c; (void)cl; (void)stored;
        switch (p.opcode[k]) {
        PAIR_CASES
        }
    }
}

/* Adjoints of all values given those of the first output in `seed`; values must be those of forward. */
ALWAYS void backward(program p, const double *seed, const CELL *values, CELL *adjoint,
                     const size_t n)
{
    memset(adjoint, 0, (size_t)(p.size + p.leaves) * n * sizeof(CELL));
    memcpy(adjoint + (size_t)p.output[0] * n, seed, n * sizeof(CELL));
    for (int k = p.size - 1; k >= 0; k--) {
        const int16_t *operand = p.operand + MAX_ARITY * k;
        const CELL *v = values + (size_t)(k + p.leaves) * n;
        const CELL *g = adjoint + (size_t)(k + p.leaves) * n;
        const CELL *a = values + (size_t)operand[0] * n;
        const CELL *b = values + (size_t)operand[1] * n;
        const CELL *c = values + (size_t)operand[2] * n;
        CELL *da = adjoint + (size_t)operand[0] * n;
        CELL *db = adjoint + (size_t)operand[1] * n;
        CELL *dc = adjoint + (size_t)operand[2] * n;
        (void)b; (void)c; (void)db; (void)dc; (void)v;
        switch (p.opcode[k]) {
        BACKWARD_CASES
        }
    }
}

#endif

#endif

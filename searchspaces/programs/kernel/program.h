/* Programs as the kernels see them: a signature, and views into the arrays of a batch.
 *
 * Values are numbered: the leaves (inputs, then states), then one value for each instruction. The
 * results are the outputs, then the next states. Constants are WIDTH parts of type STORED.
 */
#ifndef ELITEMAP_PROGRAM_H
#define ELITEMAP_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "primitives.h"

/* Most leaves and most results; the Python side refuses more. */
#define MOST_LEAVES 16
#define MOST_RESULTS 16

/* What all programs of a batch take and give; the same as on the Python side. */
typedef struct {
    int inputs, states, outputs;
    const uint8_t *leaf_type, *result_type;
    const STORED *initial;      /* of each state */
} signature;

static inline int leaves_of(const signature *s) { return s->inputs + s->states; }

static inline int results_of(const signature *s) { return s->outputs + s->states; }

/* The arrays of a batch; the same as on the Python side. */
typedef struct {
    size_t length;
    int16_t *size;
    uint8_t *opcode;
    int16_t *operand;
    STORED *constant;
    int16_t *output;
} batch;

/* The leading arguments of every kernel over a batch. */
#define BATCH                                                                                    \
    size_t rows, size_t length, const signature *s, int16_t *size, uint8_t *opcode,              \
        int16_t *operand, STORED *constant, int16_t *output

/* One program. */
typedef struct {
    int size, leaves;
    const uint8_t *opcode;
    const int16_t *operand, *output;
} program;

static inline program program_at(size_t row, size_t length, const signature *s,
                                 const int16_t *size, const uint8_t *opcode,
                                 const int16_t *operand, const int16_t *output)
{
    program p = {size[row], leaves_of(s), opcode + row * length,
                 operand + row * length * MAX_ARITY, output + row * (size_t)results_of(s)};
    return p;
}

#endif

/* A program under edit: fixed room, insertion anywhere, nothing else kept in order.
 *
 * Value 0 is the input and instruction k has value k + 1, as in the batches. Dead instructions may
 * stay; the canonical form drops them.
 */
#ifndef ELITEMAP_DRAFT_H
#define ELITEMAP_DRAFT_H

#include <stdint.h>
#include <string.h>

#include "primitives.h"

/* Twice the longest program of any space and a few more. */
#define ROOM 160

typedef struct {
    int size, output;
    uint8_t opcode[ROOM];
    int16_t operand[ROOM][MAX_ARITY];
    double constant[ROOM][2];
} draft;

/* The arrays of a batch; the same as on the Python side. */
typedef struct {
    size_t length;
    int16_t *size;
    uint8_t *opcode;
    int16_t *operand;
    double *constant;
    int16_t *output;
} batch;

static inline void load_draft(draft *d, batch b, size_t row)
{
    d->size = b.size[row];
    d->output = b.output[row];
    memcpy(d->opcode, b.opcode + row * b.length, (size_t)d->size);
    memcpy(d->operand, b.operand + row * b.length * MAX_ARITY,
           (size_t)d->size * MAX_ARITY * sizeof(int16_t));
    memcpy(d->constant, b.constant + row * b.length * 2, (size_t)d->size * 2 * sizeof(double));
}

/* Writes a draft that fits; the unused slots become zero. */
static inline void store_draft(const draft *d, batch b, size_t row)
{
    b.size[row] = (int16_t)d->size;
    b.output[row] = (int16_t)d->output;
    memset(b.opcode + row * b.length, 0, b.length);
    memset(b.operand + row * b.length * MAX_ARITY, 0, b.length * MAX_ARITY * sizeof(int16_t));
    memset(b.constant + row * b.length * 2, 0, b.length * 2 * sizeof(double));
    memcpy(b.opcode + row * b.length, d->opcode, (size_t)d->size);
    memcpy(b.operand + row * b.length * MAX_ARITY, d->operand,
           (size_t)d->size * MAX_ARITY * sizeof(int16_t));
    memcpy(b.constant + row * b.length * 2, d->constant, (size_t)d->size * 2 * sizeof(double));
}

static inline int is_constant(const draft *d, int value)
{
    return value > 0 && d->opcode[value - 1] == CONST;
}

static inline int arity_at(const draft *d, int k) { return ARITY[d->opcode[k]]; }

/* Makes room for an instruction before instruction `at`; returns its value number. */
static inline int insert_at(draft *d, int at, int opcode)
{
    for (int k = d->size; k > at; k--) {
        d->opcode[k] = d->opcode[k - 1];
        memcpy(d->operand[k], d->operand[k - 1], sizeof d->operand[k]);
        memcpy(d->constant[k], d->constant[k - 1], sizeof d->constant[k]);
        for (int s = 0; s < MAX_ARITY; s++)
            if (d->operand[k][s] > at)
                d->operand[k][s]++;
    }
    if (d->output > at)
        d->output++;
    d->size++;
    d->opcode[at] = (uint8_t)opcode;
    memset(d->operand[at], 0, sizeof d->operand[at]);
    memset(d->constant[at], 0, sizeof d->constant[at]);
    return at + 1;
}

static inline int insert_constant(draft *d, int at, double value)
{
    int made = insert_at(d, at, CONST);
    d->constant[at][0] = value;
    return made;
}

#endif

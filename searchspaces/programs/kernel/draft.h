/* A program under edit: fixed room, insertion anywhere, nothing else kept in order.
 *
 * Values are numbered as in the batches (program.h). Dead instructions may stay; the canonical form
 * drops them.
 */
#ifndef ELITEMAP_DRAFT_H
#define ELITEMAP_DRAFT_H

#include <stdint.h>
#include <string.h>

#include "program.h"

/* Twice the longest program of any space and a few more. */
#define ROOM 160
#define VALUES (ROOM + MOST_LEAVES)

typedef struct {
    const signature *of;
    int size, leaves, results;
    int output[MOST_RESULTS];
    uint8_t opcode[ROOM];
    int16_t operand[ROOM][MAX_ARITY];
    STORED constant[ROOM][WIDTH];
} draft;

/* A draft without instructions whose results are the first leaf. */
static inline void clear_draft(draft *d, const signature *s)
{
    memset(d, 0, sizeof *d);
    d->of = s;
    d->leaves = leaves_of(s);
    d->results = results_of(s);
}

static inline void copy_draft(draft *to, const draft *from)
{
    const size_t size = (size_t)from->size;
    to->of = from->of;
    to->size = from->size;
    to->leaves = from->leaves;
    to->results = from->results;
    memcpy(to->output, from->output, (size_t)from->results * sizeof(int));
    memcpy(to->opcode, from->opcode, size);
    memcpy(to->operand, from->operand, size * sizeof from->operand[0]);
    memcpy(to->constant, from->constant, size * sizeof from->constant[0]);
}

static inline void load_draft(draft *d, const signature *s, batch b, size_t row)
{
    d->of = s;
    d->size = b.size[row];
    d->leaves = leaves_of(s);
    d->results = results_of(s);
    for (int j = 0; j < d->results; j++)
        d->output[j] = b.output[row * (size_t)d->results + (size_t)j];
    memcpy(d->opcode, b.opcode + row * b.length, (size_t)d->size);
    memcpy(d->operand, b.operand + row * b.length * MAX_ARITY,
           (size_t)d->size * MAX_ARITY * sizeof(int16_t));
    memcpy(d->constant, b.constant + row * b.length * WIDTH,
           (size_t)d->size * WIDTH * sizeof(STORED));
}

/* Writes a draft that fits; the unused slots become zero. */
static inline void store_draft(const draft *d, batch b, size_t row)
{
    b.size[row] = (int16_t)d->size;
    for (int j = 0; j < d->results; j++)
        b.output[row * (size_t)d->results + (size_t)j] = (int16_t)d->output[j];
    memset(b.opcode + row * b.length, 0, b.length);
    memset(b.operand + row * b.length * MAX_ARITY, 0, b.length * MAX_ARITY * sizeof(int16_t));
    memset(b.constant + row * b.length * WIDTH, 0, b.length * WIDTH * sizeof(STORED));
    memcpy(b.opcode + row * b.length, d->opcode, (size_t)d->size);
    memcpy(b.operand + row * b.length * MAX_ARITY, d->operand,
           (size_t)d->size * MAX_ARITY * sizeof(int16_t));
    memcpy(b.constant + row * b.length * WIDTH, d->constant,
           (size_t)d->size * WIDTH * sizeof(STORED));
}

static inline int is_constant(const draft *d, int value)
{
    return value >= d->leaves && IS_CONSTANT[d->opcode[value - d->leaves]];
}

static inline int arity_at(const draft *d, int k) { return ARITY[d->opcode[k]]; }

static inline int type_of(const draft *d, int value)
{
    return value < d->leaves ? d->of->leaf_type[value] : RESULT[d->opcode[value - d->leaves]];
}

/* Makes room for an instruction before instruction `at`; returns its value number. */
static inline int insert_at(draft *d, int at, int opcode)
{
    const int made = at + d->leaves;
    for (int k = d->size; k > at; k--) {
        d->opcode[k] = d->opcode[k - 1];
        memcpy(d->operand[k], d->operand[k - 1], sizeof d->operand[k]);
        memcpy(d->constant[k], d->constant[k - 1], sizeof d->constant[k]);
        for (int s = 0; s < MAX_ARITY; s++)
            if (d->operand[k][s] >= made)
                d->operand[k][s]++;
    }
    for (int j = 0; j < d->results; j++)
        if (d->output[j] >= made)
            d->output[j]++;
    d->size++;
    d->opcode[at] = (uint8_t)opcode;
    memset(d->operand[at], 0, sizeof d->operand[at]);
    memset(d->constant[at], 0, sizeof d->constant[at]);
    return made;
}

/* Inserts a constant of a type, which must be one that has constants. */
static inline int insert_constant(draft *d, int at, int type, const STORED *constant)
{
    int made = insert_at(d, at, CONSTANT_OF[type]);
    memcpy(d->constant[at], constant, sizeof d->constant[at]);
    return made;
}

/* Marks the values that a value depends on: needed[v] for each value number. */
static inline void mark_needed(const draft *d, int value, uint8_t *needed)
{
    memset(needed, 0, VALUES);
    needed[value] = 1;
    for (int v = value; v >= d->leaves; v--)
        if (needed[v])
            for (int s = 0; s < arity_at(d, v - d->leaves); s++)
                needed[d->operand[v - d->leaves][s]] = 1;
}

#endif

/* What a variation chooses: a primitive, a value, an instruction, a place where a value is used. */
#ifndef ELITEMAP_CHOICES_H
#define ELITEMAP_CHOICES_H

#include <stdint.h>

#include "draft.h"
#include "interpret.h"
#include "random.h"

/* What a row may use, and leaves whose values are typical. */
typedef struct { const uint8_t *allowed; int count; const CELL *typical; } menu;

static int any_primitive(const menu *m, stream *r) { return m->allowed[below(r, m->count)]; }

/* Whether an instruction may take a value of type `from` (any if -1) and make one of type `type`. */
static int leads(int opcode, int from, int type)
{
    if (RESULT[opcode] != type)
        return 0;
    for (int s = 0; s < ARITY[opcode]; s++)
        if (from < 0 || OPERAND[opcode][s] == from)
            return 1;
    return 0;
}

/* A primitive that takes one type and makes another; -1 if none is found. */
static int leading_primitive(const menu *m, int from, int type, stream *r)
{
    int opcode = any_primitive(m, r);
    for (int try = 0; try < 32 && !leads(opcode, from, type); try++)
        opcode = any_primitive(m, r);
    return leads(opcode, from, type) ? opcode : -1;
}

/* Whether all operands and the value are of one type. */
static int within(int opcode, int type)
{
    for (int s = 0; s < ARITY[opcode]; s++)
        if (OPERAND[opcode][s] != type)
            return 0;
    return RESULT[opcode] == type;
}

/* A primitive of two operands within a type, any other within it where none is allowed, -1 if none
 * is found. */
static int binary_primitive(const menu *m, int type, stream *r)
{
    int opcode = any_primitive(m, r);
    for (int try = 0; try < 32 && !(ARITY[opcode] == 2 && within(opcode, type)); try++)
        opcode = any_primitive(m, r);
    return within(opcode, type) ? opcode : -1;
}

/* A value of a type that exists before instruction `at` and is no constant; else the first of that
 * type, else value 0. */
static int any_value(const draft *d, int at, int type, stream *r)
{
    for (int try = 0; try < 16; try++) {
        int v = below(r, at + d->leaves);
        if (!is_constant(d, v) && type_of(d, v) == type)
            return v;
    }
    for (int v = 0; v < at + d->leaves; v++)
        if (type_of(d, v) == type)
            return v;
    return 0;
}

/* The index of an instruction that is no constant, or -1. */
static int any_instruction(const draft *d, stream *r)
{
    for (int try = 0; try < 32 && d->size > 0; try++) {
        int k = below(r, d->size);
        if (!IS_CONSTANT[d->opcode[k]])
            return k;
    }
    return -1;
}

static int any_result(const draft *d, stream *r)
{
    return d->results > 1 ? below(r, d->results) : 0;
}

/* Where a value is used: an operand of an instruction, or a result if at == size. */
typedef struct { int at, slot, value, type; } use;

static use any_use(const draft *d, stream *r)
{
    int at = any_instruction(d, r);
    if (at < 0 || chance(r, 1.0 / (d->size + 1))) {
        int j = any_result(d, r);
        return (use){d->size, j, d->output[j], d->of->result_type[j]};
    }
    int slot = below(r, arity_at(d, at));
    return (use){at, slot, d->operand[at][slot], OPERAND[d->opcode[at]][slot]};
}

#endif

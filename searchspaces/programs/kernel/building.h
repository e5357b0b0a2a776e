/* New instructions, and what takes their results. */
#ifndef ELITEMAP_BUILDING_H
#define ELITEMAP_BUILDING_H

#include "choices.h"

static void redirect(draft *d, use u, int at, int value)
{
    if (u.at >= 0 && at < d->size)
        d->operand[at][u.slot] = (int16_t)value;
    else
        d->output[u.slot] = value;
}

/* Inserts a new constant of a type before *at, or takes a value where the type has none. */
static int new_constant(draft *d, int *at, int type, stream *r)
{
    STORED c[WIDTH];
    if (CONSTANT_OF[type] < 0)
        return any_value(d, *at, type, r);
    draw_constant(type, r, c);
    return insert_constant(d, (*at)++, type, c);
}

/* The value t as another type, by a primitive of one operand that makes it, before *at; else a
 * constant or a value of that type. */
static int converted(draft *d, int *at, const menu *m, int t, int type, stream *r)
{
    const int from = type_of(d, t), first = below(r, m->count);
    for (int i = 0; i < m->count; i++) {
        int opcode = m->allowed[(first + i) % m->count];
        if (ARITY[opcode] == 1 && OPERAND[opcode][0] == from && RESULT[opcode] == type) {
            int made = insert_at(d, (*at)++, opcode);
            d->operand[made - d->leaves][0] = (int16_t)t;
            return made;
        }
    }
    return new_constant(d, at, type, r);
}

/* Builds an instruction before *at with t in one place, converted if need be, and fresh operands
 * elsewhere. */
static int build_around(draft *d, int *at, const menu *m, int opcode, int t, double constant_share,
                        stream *r)
{
    const int type = type_of(d, t);
    int operand[MAX_ARITY], place = below(r, ARITY[opcode]);
    for (int s = 0; s < ARITY[opcode] && OPERAND[opcode][place] != type; s++)
        place = (place + 1) % ARITY[opcode];
    for (int s = 0; s < ARITY[opcode]; s++) {
        const int wanted = OPERAND[opcode][s];
        if (s == place) {
            operand[s] = wanted == type ? t : converted(d, at, m, t, wanted, r);
        } else if (chance(r, constant_share)) {
            if (s == 1 && chance(r, 0.5) && CONSTANT_OF[wanted] >= 0)
                operand[s] = insert_constant(d, (*at)++, wanted, NEUTRAL[opcode]);
            else
                operand[s] = new_constant(d, at, wanted, r);
        } else {
            operand[s] = any_value(d, *at, wanted, r);
        }
    }
    int made = insert_at(d, (*at)++, opcode);
    for (int s = 0; s < ARITY[opcode]; s++)
        d->operand[made - d->leaves][s] = (int16_t)operand[s];
    return made;
}

/* Builds an instruction before *at from a and, if it takes more, b; a third operand is the first value
 * of its type. */
static int build(draft *d, int *at, int opcode, int a, int b)
{
    int third = 0;
    for (int v = 0; ARITY[opcode] > 2 && v < *at + d->leaves; v++)
        if (type_of(d, v) == OPERAND[opcode][2]) {
            third = v;
            break;
        }
    int made = insert_at(d, (*at)++, opcode);
    int16_t *operand = d->operand[made - d->leaves];
    operand[0] = (int16_t)a;
    operand[1] = (int16_t)(ARITY[opcode] > 1 ? b : 0);
    operand[2] = (int16_t)third;
    return made;
}

static void replace_uses(draft *d, int from, int value, int instead)
{
    for (int k = from; k < d->size; k++)
        for (int s = 0; s < arity_at(d, k); s++)
            if (d->operand[k][s] == value)
                d->operand[k][s] = (int16_t)instead;
    for (int j = 0; j < d->results; j++)
        if (d->output[j] == value)
            d->output[j] = instead;
}

#endif

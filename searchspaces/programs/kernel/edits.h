/* Variations of single instructions. */
#ifndef ELITEMAP_EDITS_H
#define ELITEMAP_EDITS_H

#include <math.h>

#include "building.h"

static void insert_instruction(draft *d, const menu *m, stream *r)
{
    use u = any_use(d, r);
    int any = TYPES > 1 && chance(r, 0.5), from = any ? -1 : type_of(d, u.value);
    int at = u.at, opcode = leading_primitive(m, from, u.type, r);
    if (opcode < 0)
        return;
    int made = build_around(d, &at, m, opcode, u.value, 0.6, r);
    redirect(d, u, at, made);
}

static void delete_instruction(draft *d, stream *r)
{
    int k = any_instruction(d, r);
    if (k < 0)
        return;
    const int type = RESULT[d->opcode[k]], arity = arity_at(d, k);
    int slot = below(r, arity);
    for (int s = 0; s < arity; s++) {
        int v = d->operand[k][slot];
        if (!is_constant(d, v) && type_of(d, v) == type)
            break;
        slot = (slot + 1) % arity;
    }
    replace_uses(d, k + 1, k + d->leaves, d->operand[k][slot]);
}

/* Whether an instruction may become one with another opcode and the operands that it has. */
static int exchangeable(int opcode, int other)
{
    if (RESULT[opcode] != RESULT[other])
        return 0;
    for (int s = 0; s < ARITY[opcode] && s < ARITY[other]; s++)
        if (OPERAND[opcode][s] != OPERAND[other][s])
            return 0;
    return 1;
}

static void change_primitive(draft *d, const menu *m, stream *r)
{
    int k = any_instruction(d, r);
    if (k < 0)
        return;
    int before = arity_at(d, k), opcode = any_primitive(m, r);
    if (!exchangeable(d->opcode[k], opcode))
        return;
    for (int s = before; s < ARITY[opcode]; s++) {
        int constant = chance(r, 0.5);
        int fresh = constant ? new_constant(d, &k, OPERAND[opcode][s], r)
                             : any_value(d, k, OPERAND[opcode][s], r);
        d->operand[k][s] = (int16_t)fresh;
    }
    for (int s = ARITY[opcode]; s < MAX_ARITY; s++)
        d->operand[k][s] = 0;
    d->opcode[k] = (uint8_t)opcode;
}

static void change_operand(draft *d, stream *r)
{
    int k = any_instruction(d, r);
    if (k < 0)
        return;
    const int opcode = d->opcode[k], slot = below(r, ARITY[opcode]);
    if (ARITY[opcode] == 2 && !COMMUTATIVE[opcode] && chance(r, 0.2)) {
        int16_t t = d->operand[k][0];
        d->operand[k][0] = d->operand[k][1];
        d->operand[k][1] = t;
    } else if (chance(r, 0.25)) {
        int made = new_constant(d, &k, OPERAND[opcode][slot], r);
        d->operand[k][slot] = (int16_t)made;
    } else {
        d->operand[k][slot] = (int16_t)any_value(d, k, OPERAND[opcode][slot], r);
    }
}

static void change_constants(draft *d, stream *r)
{
    double width = exp2(below(r, 8) - 6), share = chance(r, 0.5) ? 1.0 : 0.3;
    for (int k = 0; k < d->size; k++)
        if (IS_CONSTANT[d->opcode[k]] && chance(r, share))
            change_constant(RESULT[d->opcode[k]], width, r, d->constant[k]);
}

#endif

/* Parts of another program, and instructions on top of a value. */
#ifndef ELITEMAP_COMPOSITIONS_H
#define ELITEMAP_COMPOSITIONS_H

#include <math.h>
#include <string.h>

#include "terms.h"
#ifdef SCALING
#include "rescale.h"
#endif

/* Copies the instructions behind a value of another program before *at; returns the copy. */
static int copy_subgraph(draft *d, int *at, const draft *from, int value)
{
    uint8_t needed[VALUES];
    int copy[VALUES] = {0};
    mark_needed(from, value, needed);
    for (int leaf = 0; leaf < from->leaves; leaf++)
        copy[leaf] = leaf;
    for (int v = from->leaves; v <= value; v++) {
        int k = v - from->leaves;
        if (!needed[v])
            continue;
        int made = insert_at(d, (*at)++, from->opcode[k]);
        memcpy(d->constant[made - d->leaves], from->constant[k], sizeof from->constant[k]);
        for (int s = 0; s < arity_at(from, k); s++)
            d->operand[made - d->leaves][s] = (int16_t)copy[from->operand[k][s]];
        copy[v] = made;
    }
    return copy[value];
}

static void cross(draft *d, const draft *partner, const menu *m, stream *r)
{
    int k = any_instruction(partner, r);
    if (k < 0 || d->size + partner->size + 2 > ROOM)
        return;
    use u = any_use(d, r);
    if (RESULT[partner->opcode[k]] != u.type)
        return;
    int at = u.at, made = copy_subgraph(d, &at, partner, k + partner->leaves);
    if (chance(r, 0.5)) {
        int before = chance(r, 0.5), opcode = binary_primitive(m, u.type, r);
        if (opcode >= 0)
            made = before ? build(d, &at, opcode, u.value, made)
                          : build(d, &at, opcode, made, u.value);
    }
    redirect(d, u, at, made);
}

/* A use of a value within what another value of its type is made of, or of that value itself: a random
 * one; `at` is -1 if there is none. */
static use use_within(const draft *d, int value, stream *r)
{
    uint8_t needed[VALUES];
    use found = {.at = -1};
    int seen = 0;
    mark_needed(d, value, needed);
    for (int k = 0; k <= value - d->leaves; k++)
        for (int s = 0; needed[k + d->leaves] && s < arity_at(d, k); s++)
            if (OPERAND[d->opcode[k]][s] == type_of(d, value) && below(r, ++seen) == 0)
                found = (use){k, s, d->operand[k][s], OPERAND[d->opcode[k]][s]};
    return found;
}

/* A copy of a value takes the place of something that the value is made of: of one level of a fraction,
 * or of Horner's scheme, come two, whatever a level is. What does not lead there is found to be equal by
 * the canonical form. */
static void repeat(draft *d, stream *r)
{
    draft from;
    int k = any_instruction(d, r);
    if (k < 0 || 2 * d->size > ROOM)
        return;
    use u = use_within(d, k + d->leaves, r);
    if (u.at < 0)
        return;
    copy_draft(&from, d);
    int at = u.at, made = copy_subgraph(d, &at, &from, k + d->leaves);
    redirect(d, u, at, made);
}

/* Instructions on top of a value t: t o t, t o (c o' t), or t o anything. */
static int build_on(draft *d, int *at, const menu *m, int t, stream *r)
{
    const int type = type_of(d, t), opcode = leading_primitive(m, type, type, r);
    if (opcode < 0)
        return t;
    if (ARITY[opcode] == 2 && within(opcode, type) && chance(r, 0.3))
        return build(d, at, opcode, t, t);
    if (chance(r, 0.7))
        return build_term(d, at, m, t, t, r);
    return build_around(d, at, m, opcode, t, 0.7, r);
}

#ifdef SCALING

static double listed_scale(stream *r)
{
    static const double scale[] = {0.5, 0.5, 2.0, 2.0, 0.25, 4.0, 1.0 / 3.0, 3.0};
    return chance(r, 0.85) ? scale[below(r, 8)] : exp(normal(r));
}

/* Replaces the constants of a result P by those of P(s x); returns whether it could. */
static int rescale_result(draft *d, stream *r)
{
    int value = d->output[any_result(d, r)];
    double s = listed_scale(r);
    return rescale(d, value, s, 1);
}

#endif

/* A value, its input rescaled where the dialect can, becomes the argument of further instructions,
 * which take its place, the rest adapting to its new size: the way argument doubling, f(2x) from
 * f(x), comes about. */
static void compose(draft *d, const menu *m, stream *r)
{
    int k = any_instruction(d, r), t = k + d->leaves;
    if (k < 0 || chance(r, 0.5))
        t = d->output[any_result(d, r)];
    int made = t, at = t < d->leaves ? 0 : t - d->leaves + 1;
#ifdef SCALING
    CELL before[VALUES], after[VALUES];
    double s = listed_scale(r);
    typical_values(d, m, before);
    if (chance(r, 0.9) && !rescale(d, t, s, 1))
        rescale(d, t, s, 0);
#endif
    for (int tail = chance(r, 0.75) ? 1 : 2; tail > 0; tail--)
        made = build_on(d, &at, m, made, r);
    replace_uses(d, at, t, made);
#ifdef SCALING
    typical_values(d, m, after);
    absorb(d, at, made, as_number(type_of(d, made), &after[made]) /
                            as_number(type_of(d, t), &before[t]));
#endif
}

#endif

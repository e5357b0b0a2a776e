/* What is odd beside what is even: of two values a sum beside their difference. */
#ifndef ELITEMAP_CONJUGATES_H
#define ELITEMAP_CONJUGATES_H

#include "terms.h"

/* An instruction of two operands neither of which is a constant, or -1. */
static int any_joining(const draft *d, stream *r)
{
    for (int try = 0; try < 16; try++) {
        int k = any_instruction(d, r);
        if (k >= 0 && ARITY[d->opcode[k]] == 2 && !is_constant(d, d->operand[k][0]) &&
            !is_constant(d, d->operand[k][1]))
            return k;
    }
    return -1;
}

/* Where a value is used at or after instruction `from`; `at` is -1 if none is found. */
static use later_use(const draft *d, int from, stream *r)
{
    for (int try = 0; try < 16; try++) {
        use u = any_use(d, r);
        if (u.at >= from)
            return u;
    }
    return (use){.at = -1};
}

/* Beside a o b comes a o' b, and a use of t becomes a term of it, t o (c o' (a o' b)): of x - c / x, which
 * is odd where x = sqrt(c), and x + c / x, which is even there, odd functions of either kind are made. */
static void conjugate(draft *d, const menu *m, stream *r)
{
    int k = any_joining(d, r), type = k < 0 ? 0 : RESULT[d->opcode[k]];
    int opcode = k < 0 ? -1 : binary_primitive(m, type, r);
    if (opcode < 0 || opcode == d->opcode[k] || d->size + 6 > ROOM)
        return;
    use u = later_use(d, k, r);
    if (u.at < 0 || u.type != type)
        return;
    int at = u.at, w = build(d, &at, opcode, d->operand[k][0], d->operand[k][1]);
    redirect(d, u, at, build_term(d, &at, m, u.value, w, r));
}

#endif

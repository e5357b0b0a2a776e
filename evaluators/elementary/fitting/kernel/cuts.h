/* Families within programs: a value w that can be any quotient with certain monomials in a value u.
 *
 * u may depend on constants and be used as often as one likes, and so may what is made of w; only
 * between the two every value that depends on constants is used once. So u and w cut a program in
 * three, and the constants in the middle can be had from coefficients of polynomials in u.
 */
#ifndef ELITEMAP_CUTS_H
#define ELITEMAP_CUTS_H

#include "spans.h"

/* Fewer constants than this are found by descent as they are. */
#define LEAST_CONSTANTS 3

/* Values by number; from is -1 where there is no such family. */
typedef struct { int from, to, constants; span of; } cut;

/* How often every value is used, a result once more. Returns how many constants there are. */
static int uses_of(program p, uint8_t *uses)
{
    int constants = 0;
    memset(uses, 0, 256);
    for (int k = 0; k < p.size; k++) {
        constants += IS_CONSTANT[p.opcode[k]];
        for (int j = 0; j < ARITY[p.opcode[k]]; j++)
            uses[p.operand[MAX_ARITY * k + j]]++;
    }
    uses[p.output[0]]++;
    return constants;
}

/* Which values depend on constants. */
static void mark_dependent(program p, uint8_t *dependent)
{
    dependent[0] = 0;
    for (int k = 0; k < p.size; k++) {
        dependent[k + 1] = (uint8_t)IS_CONSTANT[p.opcode[k]];
        for (int j = 0; j < ARITY[p.opcode[k]]; j++)
            dependent[k + 1] |= dependent[p.operand[MAX_ARITY * k + j]];
    }
}

/* The spans of all values in terms of the value u; those that are made of others have none. */
static void spans_from(program p, int u, const uint8_t *uses, span *value, int *constants)
{
    const span input = {{2, 0}, {1, 0}}, anything = {{1, 1}, {1, 0}};
    value[0] = u == 0 ? input : NONE;
    constants[0] = 0;
    for (int k = 0; k < p.size; k++) {
        const int16_t *o = p.operand + MAX_ARITY * k;
        int constant = IS_CONSTANT[p.opcode[k]], fine = 1;
        constants[k + 1] = constant;
        if (u <= k)
            for (int j = 0; j < ARITY[p.opcode[k]]; j++) {
                fine &= value[o[j]].top.all && !(depends(value[o[j]]) && uses[o[j]] > 1);
                constants[k + 1] += constants[o[j]];
            }
        value[k + 1] = constant ? anything
                       : u <= k && fine
                           ? span_of(p.opcode[k], value[o[0]], value[o[1]], value[o[2]])
                           : NONE;
        if (k + 1 == u)
            value[u] = input, constants[u] = 0;
    }
}

/* The cut with the most constants in the middle, of those that leave any around it. */
static cut best_cut(program p)
{
    cut best = {.from = -1, .constants = LEAST_CONSTANTS - 1};
    uint8_t uses[256], dependent[256];
    span value[256];
    int constants[256];
    if (p.leaves != 1 || p.size > 255)
        return best;
    const int all = uses_of(p, uses);
    if (all <= LEAST_CONSTANTS)
        return best;
    mark_dependent(p, dependent);
    for (int u = 0; u <= p.size; u++) {
        if (u > 0 && (uses[u] < 2 || !dependent[u] || IS_CONSTANT[p.opcode[u - 1]]))
            continue;
        spans_from(p, u, uses, value, constants);
        if (u == 0 && whole(value[p.output[0]], all)) /* solved as it is */
            return best;
        for (int w = u + 1; w <= p.size; w++)
            if (constants[w] > best.constants && constants[w] < all && whole(value[w], constants[w]))
                best = (cut){u, w, constants[w], value[w]};
    }
    return best;
}

#endif

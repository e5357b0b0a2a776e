/* Quotients of polynomials as numbers: which member of its family a value is. */
#ifndef ELITEMAP_QUOTIENTS_H
#define ELITEMAP_QUOTIENTS_H

#include <math.h>

#include "cuts.h"

/* A quotient of polynomials, as far as its span has monomials. */
typedef struct { double top[HIGHEST], bottom[HIGHEST]; } quotient;

static void add_product(double *sum, const double *a, const double *b, double sign)
{
    for (int i = 0; i < HIGHEST; i++)
        for (int j = 0; a[i] != 0.0 && j < HIGHEST - i; j++)
            sum[i + j] += sign * a[i] * b[j];
}

static quotient sum_of(quotient a, quotient b, double sign)
{
    quotient q = {{0}, {0}};
    add_product(q.top, a.top, b.bottom, 1.0);
    add_product(q.top, b.top, a.bottom, sign);
    add_product(q.bottom, a.bottom, b.bottom, 1.0);
    return q;
}

static quotient product_of(quotient a, quotient b)
{
    quotient q = {{0}, {0}};
    add_product(q.top, a.top, b.top, 1.0);
    add_product(q.bottom, a.bottom, b.bottom, 1.0);
    return q;
}

static quotient ratio_of(quotient a, quotient b)
{
    quotient turned;
    memcpy(turned.top, b.bottom, sizeof turned.top);
    memcpy(turned.bottom, b.top, sizeof turned.bottom);
    return product_of(a, turned);
}

#undef FIELD
#define FIELD(name, a, b) QUOTIENT_##name(a, b)
#define QUOTIENT_add(a, b) sum_of(a, b, 1.0)
#define QUOTIENT_sub(a, b) sum_of(a, b, -1.0)
#define QUOTIENT_mul(a, b) product_of(a, b)
#define QUOTIENT_div(a, b) ratio_of(a, b)

static quotient quotient_of(int opcode, quotient a, quotient b, quotient c)
{
    const quotient none = {{0}, {0}};
    (void)b; (void)c;
    switch (opcode) {
    RATIONAL_CASES
    }
    return none;
}

/* Moves both polynomials down until the lowest monomials are where the span has them. */
static int settled(quotient *q, span of)
{
    int common = 0;
    while (common < HIGHEST && q->top[common] == 0.0 && q->bottom[common] == 0.0)
        common++;
    for (int e = 0; e < HIGHEST; e++) {
        q->top[e] = e + common < HIGHEST ? q->top[e + common] : 0.0;
        q->bottom[e] = e + common < HIGHEST ? q->bottom[e + common] : 0.0;
        if ((q->top[e] != 0.0 && !(of.top.all >> e & 1)) ||
            (q->bottom[e] != 0.0 && !(of.bottom.all >> e & 1)) ||
            !(fabs(q->top[e]) < INFINITY && fabs(q->bottom[e]) < INFINITY))
            return 0;
    }
    return 1;
}

/* The quotient that the value w is with the constants as they are. */
static int member(program p, const double *constant, cut c, quotient *q)
{
    static _Thread_local quotient value[256];
    uint8_t made[256] = {0};
    memset(&value[c.from], 0, sizeof value[0]);
    value[c.from].top[1] = value[c.from].bottom[0] = 1.0;
    made[c.from] = 1;
    for (int k = 0; k < c.to; k++) {
        const int16_t *o = p.operand + MAX_ARITY * k;
        int fine = k >= c.from;
        if (IS_CONSTANT[p.opcode[k]]) {
            memset(&value[k + 1], 0, sizeof value[0]);
            value[k + 1].top[0] = constant[2 * k];
            value[k + 1].bottom[0] = 1.0;
            made[k + 1] = 1;
            continue;
        }
        for (int j = 0; j < ARITY[p.opcode[k]]; j++)
            fine &= made[o[j]];
        if (!fine)
            continue;
        value[k + 1] = quotient_of(p.opcode[k], value[o[0]], value[o[1]], value[o[2]]);
        made[k + 1] = 1;
    }
    *q = value[c.to];
    return made[c.to] && settled(q, c.of);
}

#endif

/* A new term beside a value, with a constant that leaves the function nearly as it was. */
#ifndef ELITEMAP_TERMS_H
#define ELITEMAP_TERMS_H

#include <math.h>
#include <string.h>

#include "building.h"

#ifdef SCALING

/* The values of a draft at the typical leaves. */
static void typical_values(const draft *d, const menu *m, CELL *values)
{
    program p = {d->size, d->leaves, d->opcode, d->operand[0], NULL};
    memcpy(values, m->typical, (size_t)d->leaves * sizeof(CELL));
    forward(p, d->constant[0], values, 1);
}

/* The constant in one place of an instruction that makes the value v; else the other operand's share. */
static double solved(int opcode, int place, double v, double other, double share)
{
    const double a = other, b = other;
    (void)a; (void)b;
    switch (2 * opcode + place) {
    MATCHED_CASES
    }
    return share * other;
}

/* A constant c such that c o w (w o c if behind) is a listed share of t. */
static void matching_constant(int inner, int behind, int type, double t, double w, stream *r,
                              STORED *c)
{
    static const double shares[] = {1.0, -1.0, 0.25, -0.25, 1.0 / 16, -1.0 / 16};
    double share = shares[below(r, 6)], found = solved(inner, behind, share * t, w, share);
    if (isfinite(found) && found != 0.0)
        number_constant(type, found, c);
    else
        draw_constant(type, r, c);
}

#endif

/* The constant of a new term t o (c o' w): often matched to the values, where the dialect can, or
 * zero where that leaves t as it is. */
static void term_constant(draft *d, const menu *m, int outer, int inner, int behind, int t, int w,
                          stream *r, STORED *c)
{
    const int type = OPERAND[inner][behind];
#ifdef SCALING
    CELL values[VALUES];
    typical_values(d, m, values);
#else
    (void)d; (void)m; (void)t; (void)w;
#endif
    draw_constant(type, r, c);
    if (NEUTRAL_ZERO[outer] && (ABSORBING[inner] >> behind & 1) && chance(r, 0.3))
        memset(c, 0, WIDTH * sizeof(STORED));
#ifdef SCALING
    else if (chance(r, 0.7))
        matching_constant(inner, behind, type, as_number(type_of(d, t), &values[t]),
                          as_number(type_of(d, w), &values[w]), r, c);
#endif
}

#ifdef SCALING

/* How often a term reaches a level deeper. */
#define DEEPER 0.4

/* w o c, before *at: with it a term t o (c' o' (w o c)) is one more level of a fraction, or a factor of
 * Horner's scheme, which a fit can use at once where t o (c' o' w) alone is no better than t. */
static int shifted(draft *d, int *at, int outer, int w, stream *r)
{
    STORED c[WIDTH];
    const int type = OPERAND[outer][1];
    draw_constant(type, r, c);
    int made = insert_constant(d, (*at)++, type, c);
    return build(d, at, outer, w, made);
}

#endif

/* Builds t o (c o' w), or with w o' c, before *at; returns it, or t where no such primitive is found. */
static int build_term(draft *d, int *at, const menu *m, int t, int w, stream *r)
{
    STORED start[WIDTH];
    const int type = type_of(d, t);
    int outer = binary_primitive(m, type, r), inner = binary_primitive(m, type, r);
    int behind = chance(r, 0.3);
    if (outer < 0 || inner < 0 || CONSTANT_OF[type] < 0)
        return t;
#ifdef SCALING
    if (chance(r, DEEPER))
        w = shifted(d, at, outer, w, r);
#endif
    term_constant(d, m, outer, inner, behind, t, w, r, start);
    int c = insert_constant(d, (*at)++, type, start);
    int term = behind ? build(d, at, inner, w, c) : build(d, at, inner, c, w);
    return chance(r, 0.7) ? build(d, at, outer, t, term) : build(d, at, outer, term, t);
}

/* A use of t becomes t o (c o' w). */
static void insert_term(draft *d, const menu *m, stream *r)
{
    use u = any_use(d, r);
    int at = u.at, w = chance(r, 0.25) ? u.value : any_value(d, at, u.type, r);
    if (is_constant(d, w))
        w = any_value(d, at, u.type, r);
    int made = build_term(d, &at, m, u.value, w, r);
    redirect(d, u, at, made);
}

#endif

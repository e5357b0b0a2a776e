/* Doublings of the argument, and their inverse. */
#ifndef ELITEMAP_DOUBLINGS_H
#define ELITEMAP_DOUBLINGS_H

#include "compositions.h"

/* How often a doubling is taken back instead, and how often one is made like one that there is. */
#define HALVED 0.2
#define AGAIN 0.35
/* Primitives are drawn at most so often until one doubles. */
#define TRIES_AT_DOUBLING 8

/* Whether t o (c o' t) is more than a multiple of t or of a power of it, by the scaling laws: sums join
 * equal weights, which takes two of those, products add them. `place` is that of t in c o' t. */
static int doubles(int outer, int inner, int place)
{
    if (RELATIONS[outer] == RELATIONS[inner])
        return 0;
    return RELATIONS[outer] < RELATIONS[inner] ||
           WEIGHT[inner][0][0] + WEIGHT[inner][0][place + 1] != 0.0;
}

/* t o t before *at where that is a power of t, else t. */
static int build_square(draft *d, int *at, const menu *m, int t, stream *r)
{
    for (int tries = 0; tries < TRIES_AT_DOUBLING; tries++) {
        int opcode = binary_primitive(m, type_of(d, t), r);
        if (opcode < 0)
            return t;
        if (RELATIONS[opcode] == 1 && WEIGHT[opcode][0][1] + WEIGHT[opcode][0][2] != 0.0)
            return build(d, at, opcode, t, t);
    }
    return t;
}

/* c o (t o' t), or t o (c o' (t o'' t)), before *at, such as t t - c of a cosine and t (c - t t) of a sine, which
 * triples; t if no such thing is drawn. */
static int build_of_square(draft *d, int *at, const menu *m, int t, stream *r)
{
    STORED c[WIDTH];
    const int type = type_of(d, t);
    int square = build_square(d, at, m, t, r), made = square, outer = -1;
    for (int tries = 0; tries < TRIES_AT_DOUBLING && outer < 0; tries++) {
        int drawn = binary_primitive(m, type, r);
        if (drawn >= 0 && RELATIONS[drawn] == 2)
            outer = drawn;
    }
    if (square == t || outer < 0 || CONSTANT_OF[type] < 0)
        return t;
    int turned = chance(r, 0.5), tripled = chance(r, 0.3);
    term_constant(d, m, outer, outer, 0, square, square, r, c);
    int constant = insert_constant(d, (*at)++, type, c);
    made = turned ? build(d, at, outer, constant, square) : build(d, at, outer, square, constant);
    if (!tripled)
        return made;
    for (int tries = 0; tries < TRIES_AT_DOUBLING; tries++) {
        int product = binary_primitive(m, type, r);
        if (product >= 0 && RELATIONS[product] == 1 && COMMUTATIVE[product])
            return build(d, at, product, t, made);
    }
    return made;
}

/* t o (c o' t) before *at, such as t + c / t or t (c - t); t if no such thing is drawn. */
static int build_doubling(draft *d, int *at, const menu *m, int t, stream *r)
{
    const int type = type_of(d, t);
    for (int tries = 0; tries < TRIES_AT_DOUBLING && CONSTANT_OF[type] >= 0; tries++) {
        STORED c[WIDTH];
        int outer = binary_primitive(m, type, r), inner = binary_primitive(m, type, r);
        int behind = chance(r, 0.3), turned = chance(r, 0.3);
        if (outer < 0 || inner < 0)
            return t;
        if (!doubles(outer, inner, !behind))
            continue;
        term_constant(d, m, outer, inner, behind, t, t, r, c);
        int made = insert_constant(d, (*at)++, type, c);
        int term = behind ? build(d, at, inner, t, made) : build(d, at, inner, made, t);
        return turned ? build(d, at, outer, term, t) : build(d, at, outer, t, term);
    }
    return t;
}

/* What uses a value adapts to another one in its place, so that results keep their size. */
static void put_instead(draft *d, const menu *m, int at, int made, const CELL *before, int t)
{
    CELL after[VALUES];
    replace_uses(d, at, t, made);
    typical_values(d, m, after);
    absorb(d, at, made, as_number(type_of(d, made), &after[made]) /
                            as_number(type_of(d, t), &before[t]));
}

/* How a value is made of another one, v o v or v o (c o' v); of is -1 if it is not. */
typedef struct { int of, inner, place, behind; } doubling;

static doubling doubling_at(const draft *d, int t)
{
    const int k = t - d->leaves;
    if (k < 0 || arity_at(d, k) != 2)
        return (doubling){-1, -1, 0, 0};
    const int16_t *o = d->operand[k];
    for (int s = 0; s < 2; s++) {
        const int inner = o[1 - s] - d->leaves;
        if (is_constant(d, o[s]) || type_of(d, o[s]) != type_of(d, t))
            continue;
        if (o[s] == o[1 - s])
            return (doubling){o[s], -1, s, 0};
        if (inner < 0 || arity_at(d, inner) != 2)
            continue;
        const int16_t *i = d->operand[inner];
        for (int behind = 0; behind < 2; behind++)
            if (i[!behind] == o[s] && is_constant(d, i[behind]))
                return (doubling){o[s], inner, s, behind};
    }
    return (doubling){-1, -1, 0, 0};
}

/* A value that doubles another one, any of those that there are and whose other one is no lower. */
static int any_doubling(const draft *d, int least, stream *r)
{
    int t = -1, seen = 0;
    for (int value = d->leaves; value < d->leaves + d->size; value++)
        if (doubling_at(d, value).of >= least && below(r, ++seen) == 0)
            t = value;
    return t;
}

/* A doubling of v becomes v(2 x). */
static void halve_argument(draft *d, const menu *m, stream *r)
{
    CELL before[VALUES];
    int t = any_doubling(d, d->leaves, r);
    if (t < 0)
        return;
    int v = doubling_at(d, t).of;
    typical_values(d, m, before);
    if (rescale(d, v, 2.0, 1) || rescale(d, v, 2.0, 0))
        put_instead(d, m, t - d->leaves + 1, v, before, t);
}

/* The constant of a term that is the same part of t as the term `like` is of the value that it doubles,
 * for that has the argument which t is going to have; or a little more or less, since a fit may end in
 * another valley from there. */
static void like_constant(const draft *d, const menu *m, doubling like, int t, const CELL *before,
                          stream *r, STORED *c)
{
    static const double parts[] = {1.0, 1.25, 0.8};
    CELL now[VALUES];
    const int type = type_of(d, t), opcode = d->opcode[like.inner];
    typical_values(d, m, now);
    const double w = as_number(type, &now[t]);
    const double share = as_number(type, &before[like.inner + d->leaves]) / as_number(type, &before[like.of]);
    const double found = parts[below(r, 3)] * solved(opcode, like.behind, share * w, w, share);
    memcpy(c, d->constant[d->operand[like.inner][like.behind] - d->leaves], WIDTH * sizeof(STORED));
    if (isfinite(found) && found != 0.0)
        number_constant(type, found, c);
}

/* To a doubling t comes another one of its kind, of t(x/2). */
static void double_again(draft *d, const menu *m, stream *r)
{
    CELL before[VALUES];
    STORED constant[WIDTH];
    int t = any_doubling(d, 0, r), at = t - d->leaves + 1;
    if (t < 0)
        return;
    const doubling like = doubling_at(d, t);
    const int outer = d->opcode[t - d->leaves], inner = like.inner < 0 ? -1 : d->opcode[like.inner];
    typical_values(d, m, before);
    if (!(rescale(d, t, 0.5, 1) || rescale(d, t, 0.5, 0)))
        return;
    int term = t;
    if (inner >= 0) {
        like_constant(d, m, like, t, before, r, constant);
        int c = insert_constant(d, at++, type_of(d, t), constant);
        term = like.behind ? build(d, &at, inner, t, c) : build(d, &at, inner, c, t);
    }
    int made = like.place ? build(d, &at, outer, term, t) : build(d, &at, outer, t, term);
    put_instead(d, m, at, made, before, t);
}

/* A value v(x), half the time a result, becomes t o t or t o (c o' t) of t = v(x/2), what takes it
 * adapting to its new size: squaring, w + c/w and other doublings of the argument. `compose` makes
 * these too, one in hundreds; but where one helps it mostly helps at once, and to one comes the next.
 * Where there is one another of its kind is often the next step. Or one is taken back: the best program
 * without a squaring is often one that was found within it. */
static void double_argument(draft *d, const menu *m, stream *r)
{
    if (chance(r, HALVED)) {
        halve_argument(d, m, r);
        return;
    }
    if (chance(r, AGAIN)) {
        double_again(d, m, r);
        return;
    }
    int k = any_instruction(d, r), t = k + d->leaves;
    if (k < 0 || chance(r, 0.5))
        t = d->output[any_result(d, r)];
    int at = t < d->leaves ? 0 : t - d->leaves + 1;
    CELL before[VALUES];
    typical_values(d, m, before);
    if (!(rescale(d, t, 0.5, 1) || rescale(d, t, 0.5, 0)))
        return;
    int made = chance(r, 0.4)   ? build_square(d, &at, m, t, r)
               : chance(r, 0.3) ? build_of_square(d, &at, m, t, r)
                                : build_doubling(d, &at, m, t, r);
    put_instead(d, m, at, made, before, t);
}

#endif

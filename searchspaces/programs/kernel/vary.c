/* Variation of straight-line programs: one offspring per row, by the operator given for the row.
 *
 * Offspring are neither canonical nor checked. Constants of new instructions come from a short list,
 * so that the same mutation of the same parent is the same program again and the cache can tell; a
 * neutral constant leaves the function as it was and lets the fit move away from it.
 *
 * In a dialect of several types an edit may find no value of the type it needs; offspring that are not
 * well typed are their parents again. The order in which random numbers are drawn is part of what
 * seeds promise: never draw two of them in one expression or argument list.
 */
#include <stddef.h>

#include "draft.h"
#include "interpret.h"
#include "random.h"
#ifdef SCALING
#include "rescale.h"
#endif

enum operator {
    INSERT, DELETE, CHANGE_PRIMITIVE, CHANGE_OPERAND, CHANGE_CONSTANTS, TERM, CROSSOVER, COMPOSE, RESCALE
};

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

static void vary_one(draft *d, const draft *partner, int operator, const menu *m, stream *r)
{
    switch (operator) {
    case INSERT: insert_instruction(d, m, r); break;
    case DELETE: delete_instruction(d, r); break;
    case CHANGE_PRIMITIVE: change_primitive(d, m, r); break;
    case CHANGE_OPERAND: change_operand(d, r); break;
    case CHANGE_CONSTANTS: change_constants(d, r); break;
    case TERM: insert_term(d, m, r); break;
    case CROSSOVER: cross(d, partner, m, r); break;
    case COMPOSE: compose(d, m, r); break;
    case RESCALE:
#ifdef SCALING
        if (rescale_result(d, r))
            break;
#endif
        change_constants(d, r);
        break;
    }
}

/* Whether every operand and result has the type it must have. */
static int well_typed(const draft *d)
{
    for (int k = 0; TYPES > 1 && k < d->size; k++)
        for (int s = 0; s < arity_at(d, k); s++)
            if (type_of(d, d->operand[k][s]) != OPERAND[d->opcode[k]][s])
                return 0;
    for (int j = 0; TYPES > 1 && j < d->results; j++)
        if (type_of(d, d->output[j]) != d->of->result_type[j])
            return 0;
    return 1;
}

static stream stream_of(const uint64_t *seed, size_t row)
{
    const uint64_t *word = seed + 4 * row;
    return (stream){{word[0], word[1], word[2], word[3]}};
}

/* Varies every row in place into a batch that is `room` longer than the parents' rows need; rows that
 * outgrow it are left as they were. seed: 4 words per row. partner has the same layout. kinds: the
 * numbers of `operator` that operators index; the first `again` of them are those of a second,
 * occasional variation. typical: one value for each leaf. */
void vary(BATCH, int16_t *partner_size, uint8_t *partner_opcode, int16_t *partner_operand,
          STORED *partner_constant, int16_t *partner_output, const uint8_t *operators,
          const uint8_t *kinds, int again, const uint64_t *seed, const uint8_t *allowed, int count,
          const CELL *typical)
{
    batch b = {length, size, opcode, operand, constant, output};
    batch p = {length, partner_size, partner_opcode, partner_operand, partner_constant,
               partner_output};
    menu m = {allowed, count, typical};
    draft d, partner;
    for (size_t row = 0; row < rows; row++) {
        stream r = stream_of(seed, row);
        load_draft(&d, s, b, row);
        load_draft(&partner, s, p, row);
        vary_one(&d, &partner, kinds[operators[row]], &m, &r);
        if (chance(&r, 0.15))
            vary_one(&d, &partner, kinds[below(&r, again)], &m, &r);
        if (d.size <= (int)length && well_typed(&d))
            store_draft(&d, b, row);
    }
}

/* Results of a draft without instructions: the first leaf of each type, else a constant. */
static void first_results(draft *d, stream *r)
{
    for (int j = 0; j < d->results; j++) {
        int type = d->of->result_type[j], at = d->size, leaf = 0;
        while (leaf < d->leaves && type_of(d, leaf) != type)
            leaf++;
        d->output[j] = leaf < d->leaves ? leaf : new_constant(d, &at, type, r);
    }
}

/* Fills every row with a random program of at most `most` instructions besides constants. */
void randomise(BATCH, const uint64_t *seed, const uint8_t *allowed, int count, int most)
{
    batch b = {length, size, opcode, operand, constant, output};
    menu m = {allowed, count, NULL};
    draft d;
    for (size_t row = 0; row < rows; row++) {
        stream r = stream_of(seed, row);
        clear_draft(&d, s);
        first_results(&d, &r);
        int wanted = 1 + below(&r, most);
        for (int k = 0; k < wanted; k++) {
            int at = d.size, j = any_result(&d, &r), type = s->result_type[j];
            int value = any_value(&d, at, type, &r);
            int any = TYPES > 1 && chance(&r, 0.5), from = any ? -1 : type_of(&d, value);
            int code = leading_primitive(&m, from, type, &r);
            if (code >= 0)
                d.output[j] = build_around(&d, &at, &m, code, value, 0.6, &r);
        }
        if (d.size <= (int)length && well_typed(&d))
            store_draft(&d, b, row);
    }
}

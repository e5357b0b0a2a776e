/* Variation of straight-line programs: one offspring per row, by the operator given for the row.
 *
 * Offspring are neither canonical nor checked. Constants of new instructions come from a short list,
 * so that the same mutation of the same parent is the same program again and the cache can tell; a
 * neutral constant leaves the function as it was and lets the fit move away from it.
 */
#include <stddef.h>

#include "draft.h"
#include "interpret.h"
#include "random.h"
#include "rescale.h"

enum operator { INSERT, DELETE, PRIMITIVE, OPERAND, CONSTANT, TERM, CROSSOVER, COMPOSE, RESCALE };

/* What a row may use, and an input at which values are typical. */
typedef struct { const uint8_t *allowed; int count; double typical; } menu;

static int any_primitive(const menu *m, stream *r) { return m->allowed[below(r, m->count)]; }

/* A primitive of two operands, any other where none is allowed. */
static int binary_primitive(const menu *m, stream *r)
{
    int opcode = any_primitive(m, r);
    for (int try = 0; try < 32 && ARITY[opcode] != 2; try++)
        opcode = any_primitive(m, r);
    return opcode;
}

static double listed_constant(stream *r)
{
    double size = exp2(below(r, 11) - 4);
    return chance(r, 0.35) ? -size : size;
}

/* The values of a draft at the typical input. */
static void typical_values(const draft *d, const menu *m, double *values)
{
    program p = {d->size, d->output, d->opcode, d->operand[0]};
    values[0] = m->typical;
    forward(p, d->constant[0], values, 1);
}

/* A constant c such that c o w (w o c if behind) is a listed share of t. */
static double matching_constant(int inner, int behind, double t, double w, stream *r)
{
    static const double share[] = {1.0, -1.0, 0.25, -0.25, 1.0 / 16, -1.0 / 16};
    double rho = share[below(r, 6)], c = rho * w;
    if (inner == OP_MUL)
        c = rho * t / w;
    else if (inner == OP_DIV)
        c = behind ? w / (rho * t) : rho * t * w;
    return isfinite(c) && c != 0.0 ? c : listed_constant(r);
}

static double neutral_constant(int opcode)
{
    return opcode == OP_ADD || opcode == OP_SUB ? 0.0 : 1.0;
}

/* A value that exists before instruction `at` and is no constant. */
static int any_value(const draft *d, int at, stream *r)
{
    for (int try = 0; try < 16; try++) {
        int v = below(r, at + 1);
        if (!is_constant(d, v))
            return v;
    }
    return 0;
}

/* The index of an instruction that is no constant, or -1. */
static int any_instruction(const draft *d, stream *r)
{
    for (int try = 0; try < 32 && d->size > 0; try++) {
        int k = below(r, d->size);
        if (d->opcode[k] != CONST)
            return k;
    }
    return -1;
}

/* Where a value is used: an operand of an instruction, or the output if at == size. */
typedef struct { int at, slot, value; } use;

static use any_use(const draft *d, stream *r)
{
    int at = any_instruction(d, r);
    if (at < 0 || chance(r, 1.0 / (d->size + 1)))
        return (use){d->size, 0, d->output};
    int slot = below(r, arity_at(d, at));
    return (use){at, slot, d->operand[at][slot]};
}

static void redirect(draft *d, use u, int at, int value)
{
    if (u.at >= 0 && at < d->size)
        d->operand[at][u.slot] = (int16_t)value;
    else
        d->output = value;
}

/* Builds an instruction before *at with t in one place and fresh operands elsewhere. */
static int build_around(draft *d, int *at, int opcode, int t, double constant_share, stream *r)
{
    int operand[MAX_ARITY], place = below(r, ARITY[opcode]);
    for (int s = 0; s < ARITY[opcode]; s++) {
        if (s == place) {
            operand[s] = t;
        } else if (chance(r, constant_share)) {
            double c = s == 1 && chance(r, 0.5) ? neutral_constant(opcode) : listed_constant(r);
            operand[s] = insert_constant(d, (*at)++, c);
        } else {
            operand[s] = any_value(d, *at, r);
        }
    }
    int made = insert_at(d, (*at)++, opcode);
    for (int s = 0; s < ARITY[opcode]; s++)
        d->operand[made - 1][s] = (int16_t)operand[s];
    return made;
}

/* Builds an instruction before *at from a and, if it takes more, b; a third operand is the input. */
static int build(draft *d, int *at, int opcode, int a, int b)
{
    int made = insert_at(d, (*at)++, opcode);
    d->operand[made - 1][0] = (int16_t)a;
    d->operand[made - 1][1] = (int16_t)(ARITY[opcode] > 1 ? b : 0);
    return made;
}

static void insert_instruction(draft *d, const menu *m, stream *r)
{
    use u = any_use(d, r);
    int at = u.at, made = build_around(d, &at, any_primitive(m, r), u.value, 0.6, r);
    redirect(d, u, at, made);
}

static void delete_instruction(draft *d, stream *r)
{
    int k = any_instruction(d, r);
    if (k < 0)
        return;
    int slot = below(r, arity_at(d, k));
    for (int s = 0; s < arity_at(d, k) && is_constant(d, d->operand[k][slot]); s++)
        slot = (slot + 1) % arity_at(d, k);
    int instead = d->operand[k][slot];
    for (int j = k + 1; j < d->size; j++)
        for (int s = 0; s < arity_at(d, j); s++)
            if (d->operand[j][s] == k + 1)
                d->operand[j][s] = (int16_t)instead;
    if (d->output == k + 1)
        d->output = instead;
}

static void change_primitive(draft *d, const menu *m, stream *r)
{
    int k = any_instruction(d, r);
    if (k < 0)
        return;
    int before = arity_at(d, k), opcode = any_primitive(m, r);
    for (int s = before; s < ARITY[opcode]; s++) {
        int fresh = chance(r, 0.5) ? insert_constant(d, k++, listed_constant(r))
                                   : any_value(d, k, r);
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
    int slot = below(r, arity_at(d, k));
    if (arity_at(d, k) == 2 && !COMMUTATIVE[d->opcode[k]] && chance(r, 0.2)) {
        int16_t t = d->operand[k][0];
        d->operand[k][0] = d->operand[k][1];
        d->operand[k][1] = t;
    } else if (chance(r, 0.25)) {
        int made = insert_constant(d, k, listed_constant(r));
        d->operand[k + 1][slot] = (int16_t)made;
    } else {
        d->operand[k][slot] = (int16_t)any_value(d, k, r);
    }
}

static void change_constants(draft *d, stream *r)
{
    double width = exp2(below(r, 8) - 6), share = chance(r, 0.5) ? 1.0 : 0.3;
    for (int k = 0; k < d->size; k++) {
        if (d->opcode[k] != CONST || !chance(r, share))
            continue;
        if (chance(r, 0.05))
            d->constant[k][0] = listed_constant(r);
        d->constant[k][0] *= exp(width * normal(r)) * (chance(r, 0.03) ? -1.0 : 1.0);
        d->constant[k][1] = 0.0;
    }
}

/* Builds t o (c o' w), or with w o' c, before *at; returns it. */
static int build_term(draft *d, int *at, const menu *m, int t, int w, stream *r)
{
    double values[ROOM + 1];
    int outer = binary_primitive(m, r), inner = binary_primitive(m, r), behind = chance(r, 0.3);
    int additive = outer == OP_ADD || outer == OP_SUB;
    int scaling = inner == OP_MUL || (inner == OP_DIV && !behind);
    typical_values(d, m, values);
    double start = listed_constant(r);
    if (additive && scaling && chance(r, 0.3))
        start = 0.0;
    else if (chance(r, 0.7))
        start = matching_constant(inner, behind, values[t], values[w], r);
    int c = insert_constant(d, (*at)++, start);
    int term = behind ? build(d, at, inner, w, c) : build(d, at, inner, c, w);
    return chance(r, 0.7) ? build(d, at, outer, t, term) : build(d, at, outer, term, t);
}

/* A use of t becomes t o (c o' w). */
static void insert_term(draft *d, const menu *m, stream *r)
{
    use u = any_use(d, r);
    int at = u.at, w = chance(r, 0.25) ? u.value : any_value(d, at, r);
    if (is_constant(d, w))
        w = any_value(d, at, r);
    int made = build_term(d, &at, m, u.value, w, r);
    redirect(d, u, at, made);
}

/* Copies the instructions behind a value of another program before *at; returns the copy. */
static int copy_subgraph(draft *d, int *at, const draft *from, int value)
{
    uint8_t needed[ROOM + 1];
    int copy[ROOM + 1] = {0};
    mark_needed(from, value, needed);
    for (int k = 0; k < value; k++) {
        if (!needed[k + 1])
            continue;
        int made = insert_at(d, (*at)++, from->opcode[k]);
        memcpy(d->constant[made - 1], from->constant[k], sizeof from->constant[k]);
        for (int s = 0; s < arity_at(from, k); s++)
            d->operand[made - 1][s] = (int16_t)copy[from->operand[k][s]];
        copy[k + 1] = made;
    }
    return copy[value];
}

static void cross(draft *d, const draft *partner, const menu *m, stream *r)
{
    int k = any_instruction(partner, r);
    if (k < 0 || d->size + partner->size + 2 > ROOM)
        return;
    use u = any_use(d, r);
    int at = u.at, made = copy_subgraph(d, &at, partner, k + 1);
    if (chance(r, 0.5))
        made = chance(r, 0.5) ? build(d, &at, binary_primitive(m, r), u.value, made)
                              : build(d, &at, binary_primitive(m, r), made, u.value);
    redirect(d, u, at, made);
}

static double listed_scale(stream *r)
{
    static const double scale[] = {0.5, 0.5, 2.0, 2.0, 0.25, 4.0, 1.0 / 3.0, 3.0};
    return chance(r, 0.85) ? scale[below(r, 8)] : exp(normal(r));
}

/* Instructions on top of a value t: t o t, t o (c o' t), or t o anything. */
static int build_on(draft *d, int *at, const menu *m, int t, stream *r)
{
    int opcode = any_primitive(m, r);
    if (ARITY[opcode] == 2 && chance(r, 0.3))
        return build(d, at, opcode, t, t);
    if (chance(r, 0.7))
        return build_term(d, at, m, t, t, r);
    return build_around(d, at, opcode, t, 0.7, r);
}

static void replace_uses(draft *d, int from, int value, int instead)
{
    for (int k = from; k < d->size; k++)
        for (int s = 0; s < arity_at(d, k); s++)
            if (d->operand[k][s] == value)
                d->operand[k][s] = (int16_t)instead;
    if (d->output == value)
        d->output = instead;
}

/* A value, its input rescaled, becomes the argument of further instructions, which take its place,
 * the rest adapting to its new size: the way argument doubling, f(2x) from f(x), comes about. */
static void compose(draft *d, const menu *m, stream *r)
{
    int k = any_instruction(d, r), t = k < 0 || chance(r, 0.5) ? d->output : k + 1, made = t, at = t;
    double before[ROOM + 1], after[ROOM + 1], s = listed_scale(r);
    typical_values(d, m, before);
    if (chance(r, 0.9) && !rescale(d, t, s, 1))
        rescale(d, t, s, 0);
    for (int tail = chance(r, 0.75) ? 1 : 2; tail > 0; tail--)
        made = build_on(d, &at, m, made, r);
    replace_uses(d, at, t, made);
    typical_values(d, m, after);
    absorb(d, at, made, after[made] / before[t]);
}

static void vary_one(draft *d, const draft *partner, int operator, const menu *m, stream *r)
{
    switch (operator) {
    case INSERT: insert_instruction(d, m, r); break;
    case DELETE: delete_instruction(d, r); break;
    case PRIMITIVE: change_primitive(d, m, r); break;
    case OPERAND: change_operand(d, r); break;
    case CONSTANT: change_constants(d, r); break;
    case TERM: insert_term(d, m, r); break;
    case CROSSOVER: cross(d, partner, m, r); break;
    case COMPOSE: compose(d, m, r); break;
    case RESCALE:
        if (!rescale(d, d->output, listed_scale(r), 1))
            change_constants(d, r);
        break;
    }
}

/* Varies every row in place into a batch that is `room` longer than the parents' rows need; rows that
 * outgrow it are left as they were. seed: 4 words per row. partner has the same layout. */
void vary(size_t rows, size_t length, int16_t *size, uint8_t *opcode, int16_t *operand,
          double *constant, int16_t *output, int16_t *partner_size, uint8_t *partner_opcode,
          int16_t *partner_operand, double *partner_constant, int16_t *partner_output,
          const uint8_t *operators, const uint64_t *seed, const uint8_t *allowed, int count,
          double typical)
{
    batch b = {length, size, opcode, operand, constant, output};
    batch p = {length, partner_size, partner_opcode, partner_operand, partner_constant,
               partner_output};
    menu m = {allowed, count, typical};
    draft d, partner;
    for (size_t row = 0; row < rows; row++) {
        stream r = {{seed[4 * row], seed[4 * row + 1], seed[4 * row + 2], seed[4 * row + 3]}};
        load_draft(&d, b, row);
        load_draft(&partner, p, row);
        vary_one(&d, &partner, operators[row], &m, &r);
        if (chance(&r, 0.15))
            vary_one(&d, &partner, below(&r, TERM + 1), &m, &r);
        if (d.size <= (int)length)
            store_draft(&d, b, row);
    }
}

/* Fills every row with a random program of at most `most` instructions besides constants. */
void randomise(size_t rows, size_t length, int16_t *size, uint8_t *opcode, int16_t *operand,
               double *constant, int16_t *output, const uint64_t *seed, const uint8_t *allowed,
               int count, int most)
{
    batch b = {length, size, opcode, operand, constant, output};
    menu m = {allowed, count, 1.0};
    draft d;
    for (size_t row = 0; row < rows; row++) {
        stream r = {{seed[4 * row], seed[4 * row + 1], seed[4 * row + 2], seed[4 * row + 3]}};
        memset(&d, 0, sizeof d);
        int wanted = 1 + below(&r, most);
        for (int k = 0; k < wanted; k++) {
            int at = d.size;
            d.output = build_around(&d, &at, any_primitive(&m, &r), any_value(&d, at, &r), 0.6, &r);
        }
        if (d.size <= (int)length)
            store_draft(&d, b, row);
    }
}

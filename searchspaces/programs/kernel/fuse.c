/* Sums of products as fused multiply-adds, for programs whose sums round once for them.
 *
 * A product that only one sum or difference uses goes into it. Where its sign, or that of the other
 * operand, would have to change, it does if a constant can carry the sign; else the two stay. Chains of
 * a x + b, of one use each, become one of them. Constants are numbers in float64.
 */
#include "draft.h"

/* The opcodes of a dialect. */
typedef struct { int add, sub, mul, fma; } fused;

static int uses_of(const draft *d, int value)
{
    int found = 0;
    for (int k = 0; k < d->size; k++)
        for (int s = 0; s < ARITY[d->opcode[k]]; s++)
            found += d->operand[k][s] == value;
    for (int j = 0; j < d->results; j++)
        found += d->output[j] == value;
    return found;
}

/* Before *k, the constant of a value with the other sign; returns its number. */
static int negated(draft *d, int *k, int value)
{
    const int from = value - d->leaves, made = insert_at(d, *k, d->opcode[from]);
    for (int i = 0; i < WIDTH; i++)
        d->constant[*k][i] = -d->constant[from][i];
    ++*k;
    return made;
}

/* Instruction k with the product in one of its places; whether it is fused now. */
static int fuse_with(draft *d, int k, int place, const fused *f)
{
    const int product = d->operand[k][place], other = d->operand[k][1 - place];
    if (product < d->leaves || d->opcode[product - d->leaves] != f->mul || uses_of(d, product) != 1)
        return 0;
    int a = d->operand[product - d->leaves][0], b = d->operand[product - d->leaves][1], c = other;
    if (d->opcode[k] == f->sub) {
        int *carrier = place == 0 ? &c : is_constant(d, a) ? &a : &b;
        if (!is_constant(d, *carrier))
            return 0;
        *carrier = negated(d, &k, *carrier);
    }
    d->opcode[k] = (uint8_t)f->fma;
    d->operand[k][0] = (int16_t)a;
    d->operand[k][1] = (int16_t)b;
    d->operand[k][2] = (int16_t)c;
    return 1;
}

/* slope * of + base */
typedef struct { int of; double slope, base; } line;

static double number_at(const draft *d, int value)
{
    return (double)d->constant[value - d->leaves][0];
}

/* Whether a value is a line in one operand of its instruction, which is no constant. */
static int line_at(const draft *d, int value, const fused *f, line *found)
{
    if (value < d->leaves || is_constant(d, value))
        return 0;
    const int16_t *o = d->operand[value - d->leaves];
    const int code = d->opcode[value - d->leaves], first = is_constant(d, o[0]);
    if (code == f->add && o[0] == o[1]) {
        *found = (line){o[0], 2.0, 0.0};
        return 1;
    }
    if (first == is_constant(d, o[1]))
        return 0;
    const int x = first ? o[1] : o[0];
    const double c = number_at(d, first ? o[0] : o[1]);
    if (code == f->mul)
        *found = (line){x, c, 0.0};
    else if (code == f->add)
        *found = (line){x, 1.0, c};
    else if (code == f->sub)
        *found = (line){x, first ? -1.0 : 1.0, first ? c : -c};
    else if (code == f->fma && is_constant(d, o[2]))
        *found = (line){x, c, number_at(d, o[2])};
    else if (code == f->fma && o[2] == x)
        *found = (line){x, c + 1.0, 0.0};
    else
        return 0;
    return 1;
}

/* The value as a line of what it is made of if nothing else uses it, else as one of itself. */
static line seen(const draft *d, int value, const fused *f)
{
    line found = {value, 1.0, 0.0};
    if (uses_of(d, value) == 1)
        line_at(d, value, f, &found);
    return found;
}

/* Whether instruction k is a line in something further back than its operands. */
static int chained(const draft *d, int k, const fused *f, line *found)
{
    const int value = k + d->leaves, code = d->opcode[k];
    line outer;
    if (line_at(d, value, f, &outer)) {
        const line inner = seen(d, outer.of, f);
        *found = (line){inner.of, inner.slope * outer.slope, inner.base * outer.slope + outer.base};
        return inner.of != outer.of;
    }
    if (code != f->add && code != f->sub)
        return 0;
    const line a = seen(d, d->operand[k][0], f), b = seen(d, d->operand[k][1], f);
    const double sign = code == f->add ? 1.0 : -1.0;
    *found = (line){a.of, a.slope + sign * b.slope, a.base + sign * b.base};
    return a.of == b.of && (a.of != d->operand[k][0] || b.of != d->operand[k][1]);
}

/* A constant before *k; returns its number. */
static int constant_before(draft *d, int *k, int type, double c)
{
    STORED parts[WIDTH] = {0};
    parts[0] = (STORED)c;
    return insert_constant(d, (*k)++, type, parts);
}

/* Makes instruction *k a line, of which it has to be more than a value. */
static void rewrite(draft *d, int *k, line l, const fused *f)
{
    const int type = RESULT[d->opcode[*k]];
    const int slope = constant_before(d, k, type, l.slope);
    const int base = constant_before(d, k, type, l.base);
    const int code = l.slope == 1.0 ? f->add : l.base == 0.0 ? f->mul : f->fma;
    d->opcode[*k] = (uint8_t)code;
    d->operand[*k][0] = (int16_t)l.of;
    d->operand[*k][1] = (int16_t)(code == f->add ? base : slope);
    d->operand[*k][2] = (int16_t)(code == f->fma ? base : 0);
}

/* A product of two constants with a sum around it becomes one constant. */
static void fold(draft *d, int *k, const fused *f)
{
    const int16_t *o = d->operand[*k];
    if (d->opcode[*k] == f->fma && is_constant(d, o[0]) && is_constant(d, o[1]))
        rewrite(d, k, (line){o[2], 1.0, number_at(d, o[0]) * number_at(d, o[1])}, f);
}

static int fuse_draft(draft *d, const fused *f)
{
    const int before = d->size;
    int changed = 0;
    line l;
    for (int k = 0; k < d->size && d->size < ROOM - 4; k++) {
        if (d->opcode[k] == f->add || d->opcode[k] == f->sub)
            changed += fuse_with(d, k, 0, f) || fuse_with(d, k, 1, f);
        fold(d, &k, f);
        if (chained(d, k, f, &l) && l.slope != 0.0)
            rewrite(d, &k, l, f);
    }
    return changed || d->size != before;
}

/* changed[r]: whether anything was fused in a row, which is not canonical then. */
void fuse(BATCH, int add, int sub, int mul, int fma, uint8_t *changed)
{
    const batch b = {length, size, opcode, operand, constant, output};
    const fused f = {add, sub, mul, fma};
    draft d;
    for (size_t r = 0; r < rows; r++) {
        load_draft(&d, s, b, r);
        changed[r] = fuse_draft(&d, &f) && d.size <= (int)length;
        if (changed[r])
            store_draft(&d, b, r);
    }
}

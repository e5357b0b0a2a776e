/* Sums of products as fused multiply-adds, for programs whose sums round once for them.
 *
 * A product that only one sum or difference uses goes into it. Where its sign, or that of the other
 * operand, would have to change, it does if a constant can carry the sign; else the two stay.
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

static int fuse_draft(draft *d, const fused *f)
{
    int changed = 0;
    for (int k = 0; k < d->size && d->size < ROOM - 1; k++)
        if (d->opcode[k] == f->add || d->opcode[k] == f->sub)
            changed += fuse_with(d, k, 0, f) || fuse_with(d, k, 1, f);
    return changed;
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

/* The canonical form of straight-line programs.
 *
 * Dead code goes; constants fold, merge along chains of sums or products and move outward in them;
 * subtraction of and division by a constant become addition and multiplication; equal instructions
 * become one; operands of commutative primitives and the instructions themselves stand in an order
 * that the structure alone decides. Every use of a constant gets a constant of its own, standing
 * right before its instruction: sharing one would cost freedom and save no operation.
 */
#include <math.h>
#include <stddef.h>

#include "draft.h"
#include "interpret.h"

/* An operand while rewriting: a value of the new program, or a constant if value < 0. */
typedef struct { int value; double hi, lo; } term;

/* A rewritten instruction. */
typedef struct { int opcode; term operand[MAX_ARITY]; uint64_t hash; int uses; } node;

/* The program so far. Constants may move once equal instructions are one: before that, how often a
 * value is used is not known. */
typedef struct { int size, moving; node node[2 * ROOM]; } graph;

static term constant_term(double hi, double lo) { term t = {-1, hi, lo}; return t; }
static term value_term(int value) { term t = {value, 0.0, 0.0}; return t; }
static int fixed(term t) { return t.value < 0; }

static uint64_t mixed(uint64_t h)
{
    h ^= h >> 31; h *= 0x9fb21c651e98df25u; h ^= h >> 29; h *= 0xd6e8feb86659fd93u;
    return h ^ (h >> 32);
}

static uint64_t hash_of(const graph *g, term t)
{
    return fixed(t) ? 0x51u : t.value == 0 ? 0xa7u : g->node[t.value - 1].hash;
}

static int same_term(term a, term b)
{
    return a.value == b.value && (!fixed(a) || (a.hi == b.hi && a.lo == b.lo));
}

/* The value of an instruction whose operands are all constants. */
static term folded(int opcode, const term *operand)
{
    /* One point: the input, the instruction's value, then its operands behind it. */
    double values[MAX_ARITY + 2] = {0}, none[2] = {0};
    uint8_t code = (uint8_t)opcode;
    int16_t index[MAX_ARITY];
    for (int s = 0; s < MAX_ARITY; s++) {
        index[s] = (int16_t)(s + 2);
        values[s + 2] = s < ARITY[opcode] ? operand[s].hi : 0.0;
    }
    forward((program){1, 1, &code, index}, none, values, 1);
    return constant_term(values[1], 0.0);
}

/* The node behind a term if it has this opcode and a constant in this slot, else NULL. */
static const node *with_constant(const graph *g, term t, int opcode, int slot)
{
    if (t.value <= 0)
        return NULL;
    const node *n = &g->node[t.value - 1];
    return n->opcode == opcode && fixed(n->operand[slot]) ? n : NULL;
}

static term append(graph *g, int opcode, const term *operand)
{
    node made = {.opcode = opcode};
    int arity = ARITY[opcode];
    for (int s = 0; s < MAX_ARITY; s++)
        made.operand[s] = s < arity ? operand[s] : value_term(0);
    if (COMMUTATIVE[opcode]) {
        uint64_t first = hash_of(g, made.operand[0]), second = hash_of(g, made.operand[1]);
        int swap = !fixed(made.operand[1]) &&
                   (fixed(made.operand[0]) || first < second ||
                    (first == second && made.operand[0].value > made.operand[1].value));
        if (swap) {
            term t = made.operand[0];
            made.operand[0] = made.operand[1];
            made.operand[1] = t;
        }
    }
    for (int k = 0; k < g->size; k++) {
        int equal = g->node[k].opcode == opcode;
        for (int s = 0; s < arity && equal; s++)
            equal = same_term(g->node[k].operand[s], made.operand[s]);
        if (equal)
            return value_term(k + 1);
    }
    if (g->size >= 2 * ROOM)
        return value_term(0);
    uint64_t h = mixed((uint64_t)opcode + 0x1234567u);
    for (int s = 0; s < arity; s++)
        h = mixed(h * 3 + hash_of(g, made.operand[s]));
    made.hash = h;
    g->node[g->size++] = made;
    return value_term(g->size);
}

static term binary(graph *g, int opcode, term a, term b);

/* t + c and t * c: merge with the constant of t. `up` is the operation, `down` its inverse. */
static term with_outer(graph *g, int up, int down, term t, term c)
{
    const node *n = with_constant(g, t, up, 1);
    if (n)
        return binary(g, up, n->operand[0],
                      folded(up, (term[]){n->operand[1], c}));
    n = with_constant(g, t, down, 0);
    if (n)
        return binary(g, down, folded(up, (term[]){n->operand[0], c}), n->operand[1]);
    return append(g, up, (term[]){t, c});
}

/* c - t and c / t. */
static term from_constant(graph *g, int up, int down, term c, term t)
{
    const node *n = with_constant(g, t, up, 1);
    if (n)
        return binary(g, down, folded(down, (term[]){c, n->operand[1]}), n->operand[0]);
    n = with_constant(g, t, down, 0);
    if (n)
        return binary(g, up, n->operand[1], folded(down, (term[]){c, n->operand[0]}));
    return append(g, down, (term[]){c, t});
}

/* Whether t is (u up c) used nowhere else, so that its constant may move outward. */
static const node *movable(const graph *g, term t, int up)
{
    const node *n = with_constant(g, t, up, 1);
    return g->moving && n && n->uses <= 1 ? n : NULL;
}

static term chained(graph *g, int opcode, int up, int down, term a, term b)
{
    term unit = constant_term(up == OP_ADD ? 0.0 : 1.0, 0.0);
    if (opcode == down && fixed(b))
        return with_outer(g, up, down, a, folded(down, (term[]){unit, b}));
    if (opcode == down && fixed(a))
        return from_constant(g, up, down, a, b);
    if (opcode == down && a.value == b.value)
        return unit;
    if (opcode == up && (fixed(a) || fixed(b)))
        return fixed(a) ? with_outer(g, up, down, b, a) : with_outer(g, up, down, a, b);
    const node *left = a.value == b.value ? NULL : movable(g, a, up);
    if (left) {
        term inner = left->operand[0], c = left->operand[1];
        return with_outer(g, up, down, binary(g, opcode, inner, b), c);
    }
    const node *right = a.value == b.value ? NULL : movable(g, b, up);
    if (right) {
        term inner = right->operand[0], c = right->operand[1];
        if (opcode == down)
            c = folded(down, (term[]){unit, c});
        return with_outer(g, up, down, binary(g, opcode, a, inner), c);
    }
    return append(g, opcode, (term[]){a, b});
}

static term binary(graph *g, int opcode, term a, term b)
{
    if (fixed(a) && fixed(b))
        return folded(opcode, (term[]){a, b});
    if (opcode == OP_ADD || opcode == OP_SUB)
        return chained(g, opcode, OP_ADD, OP_SUB, a, b);
    if (opcode == OP_MUL || opcode == OP_DIV)
        return chained(g, opcode, OP_MUL, OP_DIV, a, b);
    if ((opcode == OP_MIN || opcode == OP_MAX) && a.value == b.value)
        return a;
    return append(g, opcode, (term[]){a, b});
}

static term rewritten(graph *g, int opcode, const term *operand)
{
    int arity = ARITY[opcode], all = 1;
    for (int s = 0; s < arity; s++)
        all &= fixed(operand[s]);
    if (all)
        return folded(opcode, operand);
    return arity == 2 ? binary(g, opcode, operand[0], operand[1]) : append(g, opcode, operand);
}

static void count_uses(const draft *d, int *uses)
{
    memset(uses, 0, (size_t)(d->size + 1) * sizeof(int));
    uses[d->output] = 1;
    for (int k = d->size - 1; k >= 0; k--)
        if (uses[k + 1])
            for (int s = 0; s < arity_at(d, k); s++)
                uses[d->operand[k][s]]++;
}

/* Rewrites the live instructions in order; returns the output. */
static term rewrite(const draft *d, graph *g)
{
    term map[ROOM + 1];
    int uses[ROOM + 1];
    count_uses(d, uses);
    g->size = 0;
    map[0] = value_term(0);
    for (int k = 0; k < d->size; k++) {
        if (!uses[k + 1])
            continue;
        if (d->opcode[k] == CONST) {
            map[k + 1] = constant_term(d->constant[k][0], d->constant[k][1]);
            continue;
        }
        term operand[MAX_ARITY];
        for (int s = 0; s < arity_at(d, k); s++)
            operand[s] = map[d->operand[k][s]];
        map[k + 1] = rewritten(g, d->opcode[k], operand);
        if (map[k + 1].value > 0)
            g->node[map[k + 1].value - 1].uses += uses[k + 1];
    }
    return map[d->output];
}

/* Writes the nodes behind a value in depth-first order; place maps them to new values. */
static void settle(const graph *g, int value, int *place, draft *d)
{
    if (value == 0 || place[value])
        return;
    const node *n = &g->node[value - 1];
    for (int s = 0; s < ARITY[n->opcode]; s++)
        if (!fixed(n->operand[s]))
            settle(g, n->operand[s].value, place, d);
    int operand[MAX_ARITY] = {0};
    for (int s = 0; s < ARITY[n->opcode]; s++) {
        if (!fixed(n->operand[s])) {
            operand[s] = place[n->operand[s].value];
        } else if (d->size < ROOM) {
            operand[s] = insert_constant(d, d->size, n->operand[s].hi);
            d->constant[operand[s] - 1][1] = n->operand[s].lo;
        }
    }
    if (d->size >= ROOM)
        return;
    place[value] = insert_at(d, d->size, n->opcode);
    for (int s = 0; s < MAX_ARITY; s++)
        d->operand[place[value] - 1][s] = (int16_t)operand[s];
}

/* One pass of rewriting in place. Returns the cost, or -1 if the program is a constant or not finite. */
static int rewrite_draft(draft *d, int moving)
{
    static _Thread_local graph g;
    int place[2 * ROOM + 1] = {0};
    g.moving = moving;
    term output = rewrite(d, &g);
    if (fixed(output))
        return -1;
    d->size = 0;
    settle(&g, output.value, place, d);
    d->output = place[output.value];
    int cost = 0;
    for (int k = 0; k < d->size; k++) {
        cost += COST[d->opcode[k]];
        if (d->opcode[k] == CONST && !isfinite(d->constant[k][0]))
            return -1;
    }
    return cost;
}

/* Rewrites until nothing changes; a constant that moved outward may meet another. Cycles do not occur
 * in practice, but five passes bound the effort. */
static int canonical_draft(draft *d)
{
    static _Thread_local draft before;
    int cost = rewrite_draft(d, 0);
    for (int pass = 1; pass < 5 && cost > 0; pass++) {
        before = *d;
        cost = rewrite_draft(d, 1);
        if (d->size == before.size && d->output == before.output &&
            !memcmp(d->opcode, before.opcode, (size_t)d->size) &&
            !memcmp(d->operand, before.operand, (size_t)d->size * sizeof d->operand[0]) &&
            !memcmp(d->constant, before.constant, (size_t)d->size * sizeof d->constant[0]))
            break;
    }
    return cost;
}

/* Canonical form of every row in place. cost[r] is the number of operations, or -1 for a row that is
 * no candidate: constant, not finite, longer than the batch or costing more than most. */
void canonical(size_t rows, size_t length, int16_t *size, uint8_t *opcode, int16_t *operand,
               double *constant, int16_t *output, int most, int *cost)
{
    batch b = {length, size, opcode, operand, constant, output};
    draft d;
    for (size_t r = 0; r < rows; r++) {
        load_draft(&d, b, r);
        cost[r] = canonical_draft(&d);
        if (cost[r] > most || cost[r] < 1 || d.size > (int)length)
            cost[r] = -1;
        else
            store_draft(&d, b, r);
    }
}

/* The canonical form of straight-line programs.
 *
 * Dead code goes; constants fold; by the laws that the table states, constants merge along chains of
 * an operation and its inverse and move outward in them, the inverse of a constant becomes the
 * operation with the inverse constant, and op(t, t) becomes t; equal instructions become one; operands
 * of commutative primitives and the instructions themselves stand in an order that the structure alone
 * decides. Every use of a constant gets a constant of its own, standing right before its instruction:
 * sharing one would cost freedom and save no operation.
 */
#ifndef ELITEMAP_CANONICAL_H
#define ELITEMAP_CANONICAL_H

#include <math.h>
#include <stddef.h>

#include "draft.h"
#include "interpret.h"

/* An operand while rewriting: a value of the new program, or a constant if value < 0. */
typedef struct { int value; STORED constant[WIDTH]; } term;

/* A rewritten instruction. */
typedef struct { int opcode; term operand[MAX_ARITY]; uint64_t hash; int uses; } node;

/* The program so far. Constants may move once equal instructions are one: before that, how often a
 * value is used is not known. `open`: whether another pass may change anything. Nodes of one opcode
 * are a list, newest first, each with one more than the index of the next. */
typedef struct {
    int leaves, size, moving, open;
    int16_t newest[PRIMITIVE_COUNT], next[2 * ROOM];
    node node[2 * ROOM];
} graph;

static term constant_term(const STORED *constant)
{
    term t = {.value = -1};
    memcpy(t.constant, constant, sizeof t.constant);
    return t;
}

static term value_term(int value) { term t = {.value = value}; return t; }
static int fixed(term t) { return t.value < 0; }

static uint64_t mixed(uint64_t h)
{
    h ^= h >> 31; h *= 0x9fb21c651e98df25u; h ^= h >> 29; h *= 0xd6e8feb86659fd93u;
    return h ^ (h >> 32);
}

static const node *node_of(const graph *g, term t)
{
    return t.value >= g->leaves ? &g->node[t.value - g->leaves] : NULL;
}

static uint64_t hash_of(const graph *g, term t)
{
    const node *n = node_of(g, t);
    return fixed(t) ? 0x51u : n ? n->hash : 0xa7u + 0x9e3779b97f4a7c15u * (uint64_t)t.value;
}

static int same_term(term a, term b)
{
    if (a.value != b.value)
        return 0;
    for (int part = 0; fixed(a) && part < WIDTH; part++)
        if (a.constant[part] != b.constant[part])
            return 0;
    return 1;
}

/* The value of an instruction whose operands are all constants. */
static term folded(int opcode, const term *operand)
{
    /* One point: the operands, then the instruction's value. */
    CELL values[MAX_ARITY + 1] = {0};
    STORED none[WIDTH] = {0}, made[WIDTH];
    uint8_t code = (uint8_t)opcode;
    int16_t index[MAX_ARITY];
    for (int s = 0; s < MAX_ARITY; s++) {
        index[s] = (int16_t)s;
        if (s < ARITY[opcode])
            load_constant(OPERAND[opcode][s], operand[s].constant, &values[s]);
    }
    forward((program){1, MAX_ARITY, &code, index, NULL}, none, values, 1);
    store_constant(RESULT[opcode], &values[MAX_ARITY], made);
    return constant_term(made);
}

/* The node behind a term if it has this opcode and a constant in this slot, else NULL. */
static const node *with_constant(const graph *g, term t, int opcode, int slot)
{
    const node *n = node_of(g, t);
    return n && n->opcode == opcode && fixed(n->operand[slot]) ? n : NULL;
}

static term append(graph *g, int opcode, const term *operand)
{
    node made = {.opcode = opcode};
    int arity = ARITY[opcode];
    for (int s = 0; s < MAX_ARITY; s++)
        made.operand[s] = s < arity ? operand[s] : value_term(0);
    if (COMMUTATIVE[opcode]) {
        uint64_t first = hash_of(g, made.operand[0]), second = hash_of(g, made.operand[1]);
        g->open |= first == second && made.operand[0].value != made.operand[1].value;
        int swap = !fixed(made.operand[1]) &&
                   (fixed(made.operand[0]) || first < second ||
                    (first == second && made.operand[0].value > made.operand[1].value));
        if (swap) {
            term t = made.operand[0];
            made.operand[0] = made.operand[1];
            made.operand[1] = t;
        }
    }
    for (int k = g->newest[opcode] - 1; k >= 0; k = g->next[k] - 1) {
        int equal = 1;
        for (int s = 0; s < arity && equal; s++)
            equal = same_term(g->node[k].operand[s], made.operand[s]);
        if (equal)
            return value_term(k + g->leaves);
    }
    if (g->size >= 2 * ROOM)
        return value_term(0);
    uint64_t h = mixed((uint64_t)opcode + 0x1234567u);
    for (int s = 0; s < arity; s++)
        h = mixed(h * 3 + hash_of(g, made.operand[s]));
    made.hash = h;
    g->next[g->size] = g->newest[opcode];
    g->node[g->size++] = made;
    g->newest[opcode] = (int16_t)g->size;
    return value_term(g->size - 1 + g->leaves);
}

static term binary(graph *g, int opcode, term a, term b);

/* up(t, c): merge with the constant of t. `up` is the operation, `down` its inverse. */
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

/* down(c, t). */
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
static const node *movable(graph *g, term t, int up)
{
    const node *n = with_constant(g, t, up, 1);
    g->open |= n != NULL;
    return g->moving && n && n->uses <= 1 ? n : NULL;
}

static term chained(graph *g, int opcode, term a, term b)
{
    const int up = UP[opcode], down = DOWN[opcode], inverse = opcode == down && up != down;
    term unit = constant_term(NEUTRAL[up]);
    if (inverse && fixed(b))
        return with_outer(g, up, down, a, folded(down, (term[]){unit, b}));
    if (inverse && fixed(a))
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
        if (inverse)
            c = folded(down, (term[]){unit, c});
        return with_outer(g, up, down, binary(g, opcode, a, inner), c);
    }
    return append(g, opcode, (term[]){a, b});
}

static term binary(graph *g, int opcode, term a, term b)
{
    if (fixed(a) && fixed(b) && CONSTANT_OF[RESULT[opcode]] >= 0)
        return folded(opcode, (term[]){a, b});
    if (UP[opcode] >= 0)
        return chained(g, opcode, a, b);
    if (IDEMPOTENT[opcode] && a.value == b.value)
        return a;
    return append(g, opcode, (term[]){a, b});
}

static term rewritten(graph *g, int opcode, const term *operand)
{
    int arity = ARITY[opcode], all = CONSTANT_OF[RESULT[opcode]] >= 0;
    for (int s = 0; s < arity; s++)
        all &= fixed(operand[s]);
    if (all)
        return folded(opcode, operand);
    return arity == 2 ? binary(g, opcode, operand[0], operand[1]) : append(g, opcode, operand);
}

static void count_uses(const draft *d, int *uses)
{
    memset(uses, 0, (size_t)(d->leaves + d->size) * sizeof(int));
    for (int j = 0; j < d->results; j++)
        uses[d->output[j]]++;
    for (int k = d->size - 1; k >= 0; k--)
        if (uses[k + d->leaves])
            for (int s = 0; s < arity_at(d, k); s++)
                uses[d->operand[k][s]]++;
}

/* Rewrites the live instructions in order; says what the results have become. */
static void rewrite(const draft *d, graph *g, term *result)
{
    term map[VALUES];
    int uses[VALUES];
    count_uses(d, uses);
    g->leaves = d->leaves;
    g->size = 0;
    g->open = 0;
    memset(g->newest, 0, sizeof g->newest);
    for (int leaf = 0; leaf < d->leaves; leaf++)
        map[leaf] = value_term(leaf);
    for (int k = 0; k < d->size; k++) {
        const int v = k + d->leaves;
        if (!uses[v])
            continue;
        if (IS_CONSTANT[d->opcode[k]]) {
            map[v] = constant_term(d->constant[k]);
            continue;
        }
        term operand[MAX_ARITY];
        for (int s = 0; s < arity_at(d, k); s++)
            operand[s] = map[d->operand[k][s]];
        map[v] = rewritten(g, d->opcode[k], operand);
        if (map[v].value >= d->leaves)
            g->node[map[v].value - d->leaves].uses += uses[v];
    }
    for (int j = 0; j < d->results; j++)
        result[j] = map[d->output[j]];
}

/* A further instruction at the end; returns its value number. */
static int written(draft *d, int opcode, const int *operand)
{
    const int k = d->size++;
    d->opcode[k] = (uint8_t)opcode;
    for (int s = 0; s < MAX_ARITY; s++)
        d->operand[k][s] = (int16_t)operand[s];
    memset(d->constant[k], 0, sizeof d->constant[k]);
    return k + d->leaves;
}

static int written_constant(draft *d, int type, const STORED *constant)
{
    static const int none[MAX_ARITY] = {0};
    const int made = written(d, CONSTANT_OF[type], none);
    memcpy(d->constant[made - d->leaves], constant, sizeof d->constant[0]);
    return made;
}

/* Writes the nodes behind a value in depth-first order; place maps them to new values. */
static void settle(const graph *g, int value, int *place, draft *d)
{
    if (value < g->leaves || place[value])
        return;
    const node *n = &g->node[value - g->leaves];
    const int arity = ARITY[n->opcode];
    int operand[MAX_ARITY] = {0};
    for (int s = 0; s < arity; s++)
        if (!fixed(n->operand[s]))
            settle(g, n->operand[s].value, place, d);
    for (int s = 0; s < arity; s++) {
        const term *t = &n->operand[s];
        if (!fixed(*t))
            operand[s] = place[t->value];
        else if (d->size < ROOM)
            operand[s] = written_constant(d, OPERAND[n->opcode][s], t->constant);
    }
    if (d->size < ROOM)
        place[value] = written(d, n->opcode, operand);
}

/* Writes all results, those that are constants last. */
static void settle_results(const graph *g, const term *result, draft *d)
{
    int place[2 * ROOM + MOST_LEAVES], output[MOST_RESULTS];
    memset(place, 0, (size_t)(g->leaves + g->size) * sizeof(int));
    for (int leaf = 0; leaf < d->leaves; leaf++)
        place[leaf] = leaf;
    d->size = 0;
    for (int j = 0; j < d->results; j++)
        if (!fixed(result[j]))
            settle(g, result[j].value, place, d);
    for (int j = 0; j < d->results; j++) {
        if (!fixed(result[j]))
            output[j] = place[result[j].value];
        else if (d->size < ROOM)
            output[j] = written_constant(d, d->of->result_type[j], result[j].constant);
    }
    memcpy(d->output, output, (size_t)d->results * sizeof(int));
}

/* One pass of rewriting. Returns the cost, or -1 if all results are constants or a constant is not
 * usable; `open` as in graphs. */
static int rewrite_draft(const draft *from, draft *to, int moving, int *open)
{
    graph g;
    term result[MOST_RESULTS];
    int cost = 0, constants = 0;
    g.moving = moving;
    rewrite(from, &g, result);
    *open = g.open;
    to->of = from->of;
    to->leaves = from->leaves;
    to->results = from->results;
    for (int j = 0; j < from->results; j++)
        constants += fixed(result[j]);
    if (constants == from->results)
        return -1;
    settle_results(&g, result, to);
    for (int k = 0; k < to->size; k++) {
        cost += COST[to->opcode[k]];
        if (IS_CONSTANT[to->opcode[k]] && !usable_constant(RESULT[to->opcode[k]], to->constant[k]))
            return -1;
    }
    return cost;
}

static int same_draft(const draft *a, const draft *b)
{
    const size_t size = (size_t)a->size;
    return a->size == b->size &&
           !memcmp(a->output, b->output, (size_t)a->results * sizeof a->output[0]) &&
           !memcmp(a->opcode, b->opcode, size) &&
           !memcmp(a->operand, b->operand, size * sizeof a->operand[0]) &&
           !memcmp(a->constant, b->constant, size * sizeof a->constant[0]);
}

/* Rewrites d until nothing changes; a constant that moved outward may meet another. Cycles do not occur
 * in practice, but five passes bound the effort. Of what is no candidate nothing useful is left. */
static int canonical_draft(draft *d)
{
    draft first, second, *made = &first, *next = &second;
    int open, cost = rewrite_draft(d, made, 0, &open);
    for (int pass = 1; pass < 5 && cost > 0 && open; pass++) {
        cost = rewrite_draft(made, next, 1, &open);
        draft *before = made;
        made = next;
        next = before;
        if (cost <= 0 || same_draft(made, next))
            break;
    }
    if (cost >= 0)
        copy_draft(d, made);
    return cost;
}

#endif

/* Runs programs of the dialect `tensors` on all tensors of a model, step by step.
 *
 * The tensors of a model lie one behind the other in flat arrays; first[k] is where tensor k begins.
 * A program is planned once: every instruction gets a pass, one later than the reductions that it
 * depends on. In a pass, what is computed entry by entry goes through a tensor in blocks; the values of
 * a block stay in a small buffer, and only those that a later pass or the result needs are kept whole.
 * Scalars are one number for each tensor. Without reductions all tensors are treated as one.
 */
#ifndef ELITEMAP_MACHINE_H
#define ELITEMAP_MACHINE_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "matrices.h"
#include "program.h"

/* Entries of a block, tensors of a model, instructions of a program: most. */
#define BLOCK 1024
#define MOST_TENSORS 256
#define MOST_SIZE 128
#define LANES 8

enum kind { CONSTANT, POINTWISE, SCALAR_ONLY, REDUCTION, MATRIX };

/* Floats for each entry that operations on matrices work in. */
#define MATRIX_ROOM 4

typedef struct {
    program of;
    const signature *s;
    int passes, tensors, entries, blockwise;
    int first[MOST_TENSORS + 1];
    const int *columns;                         /* of each tensor, 0 for one that is no matrix */
    int pass[MOST_SIZE];
    float *whole[MOST_SIZE + MOST_LEAVES];      /* flat arrays of the values that are kept */
    float *block[MOST_SIZE];                    /* of the others one block */
    float *scalar;                              /* [values, tensors] */
    double sum[MOST_SIZE][3];
    float *spare;
} machine;

#define ROWS _Pragma("GCC ivdep") for (size_t i = 0; i < n; i++)

/* Adds up an expression of entry i in eight lanes of float64, then the rest. */
#define SUM(k, text) {                                                                          \
        double lane[LANES] = {0};                                                               \
        size_t whole = n - n % LANES;                                                           \
        for (size_t at = 0; at < whole; at += LANES)                                            \
            for (size_t l = 0; l < LANES; l++) { size_t i = at + l; lane[l] += (double)(text); } \
        double all = 0.0;                                                                       \
        for (size_t l = 0; l < LANES; l++) all += lane[l];                                      \
        for (size_t i = whole; i < n; i++) all += (double)(text);                               \
        t[k] += all; }

static void run_pointwise(int opcode, float *restrict v, const float *a, const float *b,
                          const float *c, float sa, float sb, float sc, size_t n)
{
    (void)a; (void)b; (void)c; (void)sa; (void)sb; (void)sc;
    switch (opcode) {
    POINTWISE_CASES
    }
}

static float run_scalar(int opcode, float sa, float sb, float sc)
{
    (void)sc;
    switch (opcode) {
    SCALAR_CASES
    }
    return 0.0f;
}

static void run_sum(int opcode, double *t, const float *a, const float *b, size_t n)
{
    (void)b;
    switch (opcode) {
    SUM_CASES
    }
}

static float run_finish(int opcode, const double *t, double count)
{
    switch (opcode) {
    FINISH_CASES
    }
    return 0.0f;
}

/* The number of a scalar for a tensor. */
#define NUMBER(m, value, tensor) (m)->scalar[(size_t)(value) * (size_t)(m)->tensors + (size_t)(tensor)]

/* One tensor v of whole operands; `columns` is 0 where it is no matrix. */
static void run_matrix(int opcode, float *v, const float *a, const float *b, const float *c,
                       size_t n, size_t columns, float *memory)
{
    const size_t width = columns ? columns : n, rows = n / width;
    switch (opcode) {
    case OP_PRODUCT: triple_product(v, a, b, c, rows, width, memory); break;
    case OP_SCHULZ: schulz_step(v, a, rows, width, memory); break;
    case OP_ROW_MEAN: row_means(v, a, rows, width); break;
    case OP_COLUMN_MEAN: column_means(v, a, rows, width); break;
    case OP_UNIT: over_norm(v, a, n); break;
    case OP_BY_SHAPE: memcpy(v, columns ? a : b, n * sizeof(float)); break;
    }
}

static const int16_t *operands_at(const machine *m, int k) { return m->of.operand + MAX_ARITY * k; }

/* Passes of all instructions, and which values must be kept whole. */
static void plan_passes(machine *m, uint8_t *kept)
{
    const int leaves = m->of.leaves;
    int available[MOST_SIZE + MOST_LEAVES] = {0};
    m->passes = 1;
    memset(kept, 0, MOST_SIZE + MOST_LEAVES);
    for (int k = 0; k < m->of.size; k++) {
        const int opcode = m->of.opcode[k];
        int pass = 0;
        for (int s = 0; s < ARITY[opcode]; s++)
            if (available[operands_at(m, k)[s]] > pass)
                pass = available[operands_at(m, k)[s]];
        m->pass[k] = pass;
        available[k + leaves] = pass + (KIND[opcode] == REDUCTION || KIND[opcode] == MATRIX);
        for (int s = 0; s < ARITY[opcode]; s++) {
            int from = operands_at(m, k)[s];
            if (from >= leaves && (m->pass[from - leaves] != pass || KIND[opcode] == MATRIX))
                kept[from] = 1;
        }
        if (pass >= m->passes)
            m->passes = pass + 1;
    }
    for (int j = 0; j < results_of(m->s); j++)
        kept[m->of.output[j]] = 1;
}

/* Whether tensors have to be told apart. */
static int by_tensor(program p)
{
    for (int k = 0; k < p.size; k++)
        if (KIND[p.opcode[k]] == REDUCTION || KIND[p.opcode[k]] == MATRIX)
            return 1;
    return 0;
}

/* Floats of memory that a machine for so many entries and tensors needs. */
static inline size_t machine_memory(size_t entries, int tensors, int states)
{
    const size_t numbers = (size_t)(MOST_SIZE + MOST_LEAVES) * (size_t)tensors;
    return (MOST_SIZE + (size_t)states + 1 + MATRIX_ROOM) * (entries + 16) +
           (size_t)MOST_SIZE * BLOCK + numbers;
}

/* Gives what is computed and used within a pass a block of memory: that of a value that nobody needs any more,
 * if there is one, as it is in the first cache. Returns the memory behind the blocks. */
static float *plan_blocks(machine *m, const uint8_t *kept, float *memory)
{
    const int leaves = m->of.leaves;
    int last[MOST_SIZE] = {0}, idle = 0;
    float *free[MOST_SIZE];
    for (int k = 0; k < m->of.size; k++)
        for (int s = 0; s < ARITY[m->of.opcode[k]]; s++)
            if (operands_at(m, k)[s] >= leaves)
                last[operands_at(m, k)[s] - leaves] = k;
    for (int pass = 0; pass < m->passes; pass++)
        for (int k = 0; k < m->of.size; k++) {
            if (m->pass[k] != pass)
                continue;
            if (KIND[m->of.opcode[k]] == POINTWISE && !kept[k + leaves]) {
                m->block[k] = idle ? free[--idle] : memory;
                memory += m->block[k] == memory ? BLOCK : 0;
            }
            for (int s = 0; s < ARITY[m->of.opcode[k]]; s++) {
                const int from = operands_at(m, k)[s] - leaves;
                if (from >= 0 && m->block[from] && last[from] == k) {
                    free[idle++] = m->block[from];
                    last[from] = -1;    /* it may be both operands */
                }
            }
        }
    return memory;
}

/* Plans a program for a model. first, columns: where tensors begin, and how wide they are as matrices,
 * 0 for those that are none; columns must stay where it is. slots: an array of entries for each state.
 * w and g are given at each step. memory: machine_memory floats, aligned. */
static void plan(machine *m, const signature *s, program p, const float *constant, const int *first,
                 const int *columns, int tensors, float **slots, float *memory)
{
    uint8_t kept[MOST_SIZE + MOST_LEAVES];
    m->of = p;
    m->s = s;
    m->entries = first[tensors];
    m->tensors = by_tensor(p) ? tensors : 1;
    m->columns = columns;
    m->blockwise = 0;
    memcpy(m->first, first, (size_t)(tensors + 1) * sizeof *first);
    if (m->tensors == 1)
        m->first[1] = m->entries;
    plan_passes(m, kept);
    for (int j = 0; j < s->states; j++)
        m->whole[s->inputs + j] = slots[j];
    const size_t room = ((size_t)m->entries + 15) / 16 * 16;
    m->scalar = memory;
    memory += (size_t)(MOST_SIZE + MOST_LEAVES) * (size_t)m->tensors;
    for (int k = 0; k < p.size; k++) {
        const int v = k + p.leaves;
        m->whole[v] = m->block[k] = NULL;
        if (KIND[p.opcode[k]] == CONSTANT)
            for (int t = 0; t < m->tensors; t++)
                NUMBER(m, v, t) = constant[WIDTH * k];
        if (KIND[p.opcode[k]] != POINTWISE && KIND[p.opcode[k]] != MATRIX)
            continue;
        if (kept[v] || KIND[p.opcode[k]] == MATRIX) {
            m->whole[v] = memory;
            memory += room;
        }
    }
    m->spare = plan_blocks(m, kept, memory);
}

/* Where block `at` of a tensor value lies. */
static float *block_of(const machine *m, int value, size_t at)
{
    if (value >= m->of.leaves && m->block[value - m->of.leaves])
        return m->block[value - m->of.leaves];
    return m->whole[value] + (m->blockwise && value >= m->of.leaves ? 0 : at);
}

/* The scalars of one tensor that a pass begins with. */
static void pass_scalars(machine *m, int pass, int tensor)
{
    for (int k = 0; k < m->of.size; k++) {
        const int opcode = m->of.opcode[k];
        if (m->pass[k] != pass || KIND[opcode] != SCALAR_ONLY)
            continue;
        const int16_t *o = operands_at(m, k);
        NUMBER(m, k + m->of.leaves, tensor) =
            run_scalar(opcode, NUMBER(m, o[0], tensor), NUMBER(m, o[1], tensor),
                       NUMBER(m, o[2], tensor));
    }
}

static void pass_block(machine *m, int pass, int tensor, size_t at, size_t n)
{
    for (int k = 0; k < m->of.size; k++) {
        const int opcode = m->of.opcode[k], kind = KIND[opcode];
        if (m->pass[k] != pass || (kind != POINTWISE && kind != REDUCTION))
            continue;
        const int16_t *o = operands_at(m, k);
        const float *from[MAX_ARITY] = {NULL};
        float number[MAX_ARITY] = {0};
        for (int s = 0; s < ARITY[opcode]; s++)
            if (OPERAND[opcode][s] == 0)
                from[s] = block_of(m, o[s], at);
            else
                number[s] = NUMBER(m, o[s], tensor);
        if (kind == REDUCTION) {
            run_sum(opcode, m->sum[k], from[0], from[1], n);
        } else {
            run_pointwise(opcode, block_of(m, k + m->of.leaves, at), from[0], from[1], from[2],
                          number[0], number[1], number[2], n);
        }
    }
}

/* What a pass computes of one whole tensor. */
static void pass_matrices(machine *m, int pass, int tensor)
{
    const size_t at = (size_t)m->first[tensor], n = (size_t)m->first[tensor + 1] - at;
    for (int k = 0; k < m->of.size; k++) {
        const int opcode = m->of.opcode[k];
        if (m->pass[k] != pass || KIND[opcode] != MATRIX || n == 0)
            continue;
        const int16_t *o = operands_at(m, k);
        const float *from[MAX_ARITY];
        for (int s = 0; s < MAX_ARITY; s++)
            from[s] = m->whole[o[s < ARITY[opcode] ? s : 0]] + at;
        run_matrix(opcode, m->whole[k + m->of.leaves] + at, from[0], from[1], from[2], n,
                   (size_t)m->columns[tensor], m->spare);
    }
}

/* Ends the sums over one tensor, or (everywhere) those over all. */
static void pass_sums(machine *m, int pass, int tensor, int everywhere)
{
    for (int k = 0; k < m->of.size; k++) {
        const int opcode = m->of.opcode[k], v = k + m->of.leaves;
        if (m->pass[k] != pass || KIND[opcode] != REDUCTION || EVERYWHERE[opcode] != everywhere)
            continue;
        if (everywhere)
            for (int t = 0; t < m->tensors; t++)
                NUMBER(m, v, t) = run_finish(opcode, m->sum[k], m->entries);
        else
            NUMBER(m, v, tensor) =
                run_finish(opcode, m->sum[k], m->first[tensor + 1] - m->first[tensor]);
        memset(m->sum[k], 0, sizeof m->sum[k]);
    }
}

/* Next states become the states, n entries from `at` on. `before`: the parameters there as they were
 * before the step, if they are other ones now. One state may become another's old value, so those go first. */
static void advance_entries(machine *m, const float *before, size_t at, size_t n)
{
    const signature *s = m->s;
    const float *from[MOST_LEAVES];
    for (int j = 0; j < s->states; j++) {
        const int v = m->of.output[s->outputs + j];
        from[j] = v == 0 && before ? before : block_of(m, v, at);
        if (v >= s->inputs && v < m->of.leaves && v != s->inputs + j) {
            float *copy = m->spare + (size_t)j * n;
            memcpy(copy, from[j], n * sizeof(float));
            from[j] = copy;
        }
    }
    for (int j = 0; j < s->states; j++)
        if (from[j] != m->whole[s->inputs + j] + at)
            memcpy(m->whole[s->inputs + j] + at, from[j], n * sizeof(float));
}

/* The same for all entries. */
static inline void machine_advance(machine *m) { advance_entries(m, NULL, 0, (size_t)m->entries); }

/* Numbers and arrays that a step begins with. */
static void begin_step(machine *m, const float *w, const float *g, float step)
{
    m->whole[0] = (float *)w;
    m->whole[1] = (float *)g;
    for (int t = 0; t < m->tensors; t++)
        NUMBER(m, 2, t) = step;
    memset(m->sum, 0, (size_t)m->of.size * sizeof m->sum[0]);
}

/* One step from parameters w and gradients g; step counts from 1. Returns the update, [entries], which
 * holds until the next step; it may be g or w, or a state before the step: take it, then advance. */
static const float *machine_step(machine *m, const float *w, const float *g, float step)
{
    begin_step(m, w, g, step);
    for (int pass = 0; pass < m->passes; pass++) {
        for (int t = 0; t < m->tensors; t++) {
            const size_t end = (size_t)m->first[t + 1];
            pass_scalars(m, pass, t);
            for (size_t at = (size_t)m->first[t]; at < end; at += BLOCK)
                pass_block(m, pass, t, at, end - at < BLOCK ? end - at : BLOCK);
            pass_matrices(m, pass, t);
            pass_sums(m, pass, t, 0);
        }
        pass_sums(m, pass, 0, 1);
    }
    return m->whole[m->of.output[0]];
}

/* Takes an update times `rate` off n parameters from `at` on, which are those of the step, and advances. */
static void descend_entries(machine *m, float *w, const float *update, float rate, size_t at, size_t n)
{
    const signature *s = m->s;
    float *before = NULL;
    for (int j = 0; j < s->states; j++)
        if (m->of.output[s->outputs + j] == 0)      /* it remembers the parameters as they were */
            before = memcpy(m->spare + (size_t)s->states * n, w + at, n * sizeof(float));
    w += at;
    ROWS w[i] -= rate * update[i];
    advance_entries(m, before, at, n);
}

/* One step of training: parameters w, learning rate `rate`. Without sums over tensors each block goes all the
 * way before the next one, so that nothing but parameters, gradients and states comes from memory. */
static inline void machine_train(machine *m, float *w, const float *g, float step, float rate)
{
    const size_t entries = (size_t)m->entries;
    if (by_tensor(m->of)) {
        descend_entries(m, w, machine_step(m, w, g, step), rate, 0, entries);
        return;
    }
    begin_step(m, w, g, step);
    pass_scalars(m, 0, 0);
    m->blockwise = 1;
    for (size_t at = 0; at < entries; at += BLOCK) {
        const size_t n = entries - at < BLOCK ? entries - at : BLOCK;
        pass_block(m, 0, 0, at, n);
        descend_entries(m, w, block_of(m, m->of.output[0], at), rate, at, n);
    }
    m->blockwise = 0;
}

/* Averages that decay to nothing end in subnormal numbers, on which processors are slow: they count as
 * zero while a machine runs. Returns what to restore. */
static inline unsigned flush_subnormals(void)
{
#ifdef __SSE2__
    unsigned before = _mm_getcsr();
    _mm_setcsr(before | 0x8040u);
    return before;
#else
    return 0;
#endif
}

static inline void restore_subnormals(unsigned before)
{
#ifdef __SSE2__
    _mm_setcsr(before);
#else
    (void)before;
#endif
}

#endif

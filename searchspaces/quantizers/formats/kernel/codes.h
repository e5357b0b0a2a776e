/* Scales that are small floats: of the codes near that of a block's extreme weight those are tried that
 * have helped some blocks of the tensor. Results are as good as with all of them, or nearly. */
#include "ideals.h"

/* A block of the tensor, its last weight repeated where the tensor ends inside. Where no weight of it
 * counts, all count alike. */
static inline part block_at(const quantizer *q, const float *x, const float *importance, size_t n,
                            size_t b, float *spare)
{
    const size_t size = (size_t)q->block, at = b * size, own = at + size <= n ? size : n - at;
    part p = {x + at, importance ? importance + at : NULL, 0.0f, 0.0f, 0.0f};
    float most = 0.0f;
    for (size_t i = 0; i < own && p.importance; i++)
        most = larger(most, p.importance[i]);
    if (!(most > 0.0f))
        p.importance = NULL;
    if (own == size)
        return p;
    for (size_t i = 0; i < size; i++) {
        spare[i] = x[i < own ? at + i : n - 1];
        spare[size + i] = p.importance && i < own ? p.importance[i] : 0.0f;
    }
    p.x = spare;
    p.importance = p.importance ? spare + size : NULL;
    return p;
}

/* Codes of small floats that are tried on some blocks to see which are worth trying on all; how many
 * are chosen at most, and what part of the error one more must save. */
#define OFFSETS 24
#define SAMPLED 96
#define MOST_PLANNED 16
#define WORTH 0.001

/* The code that brings the extreme weight of a block to an end of its levels, with its sign; where
 * scales have none, the end of the same sign. Returns whether there is one. */
static inline int base_code(const quantizer *q, const magnitudes *g, const levels *l, float extreme,
                            int side, float unit, int *code, int *negative)
{
    const float ends[2] = {extreme / l->value[0], extreme / l->value[l->count - 1]};
    const float whole = q->is_signed || usable(q, ends[side]) ? ends[side] : ends[1 - side];
    const float size = fabsf(whole) / unit;
    if (!usable(q, whole))
        return 0;
    *code = (int)scale_code(q, g, size < FLT_MAX ? size : 0.0f);
    *negative = whole < 0.0f;
    return 1;
}

/* Errors of a block, less its squares, at codes that are given by their distance from the base. */
static inline void errors_near(const quantizer *q, const magnitudes *g, const levels *l,
                               const part *p, int base, int negative, float unit, const int *offset,
                               int count, int *code, row *error)
{
    float scale[TOGETHER], none[TOGETHER] = {0.0f};
    const float times = negative ? -unit : unit;
    moments m;
    row at;
    for (int t = 0; t < TOGETHER; t++) {
        const int c = base + offset[t], kept = c < 0 ? 0 : c;
        code[t] = kept < g->count ? kept : g->count - 1;
        scale[t] = g->value[code[t]] * times;
    }
    moments_at(q, l, p, scale, none, count <= FEWER ? FEWER : count <= 6 ? 6 : 8, &m);
    memcpy(&at, scale, sizeof at);
    *error = at * (at * m.vv - 2.0f * m.xv);
    const marks allowed = (marks)(*error < 0.0f);
    only_where(error, &allowed);
}

/* Codes that are worth trying, by their distance from the base: of each choice, and of scales with a
 * sign of each end of the levels. */
typedef struct { int count[2][2], offset[2][2][TOGETHER]; } plan;

/* How much less the errors of blocks become if those at a code are allowed as well. */
static inline double gain_of(const float *error, const float *least, size_t blocks)
{
    double gain = 0.0;
    for (size_t b = 0; b < blocks; b++)
        gain += error[b] < least[b] ? (double)least[b] - error[b] : 0.0;
    return gain;
}

/* From which code on, below that of the extreme weight, codes are looked at: few levels leave more of
 * a block's extremes beyond the last one. */
static inline int first_offset(const levels *l) { return l->count <= 4 ? -22 : -14; }

/* Chooses codes one after the other, whatever helps a few blocks most, until nothing helps much. */
static inline void choose_codes(float error[2][2][OFFSETS][SAMPLED], size_t blocks, double squares,
                                int first, plan *made)
{
    float least[SAMPLED] = {0.0f};
    double left = squares;
    for (int k = 0; k < MOST_PLANNED; k++) {
        double best = 0.0;
        int c = 0, side = 0, o = 0;
        for (int h = 0; h < 4 * OFFSETS; h++) {
            const int of = h / OFFSETS, at = h % OFFSETS;
            const double gain = made->count[of / 2][of % 2] < TOGETHER
                                    ? gain_of(error[of / 2][of % 2][at], least, blocks) : 0.0;
            if (gain > best) {
                best = gain;
                c = of / 2;
                side = of % 2;
                o = at;
            }
        }
        if (!(best > WORTH * left))
            return;
        for (int t = made->count[c][side]++; t < TOGETHER; t++)
            made->offset[c][side][t] = o + first;
        for (size_t b = 0; b < blocks; b++)
            least[b] = error[c][side][o][b] < least[b] ? error[c][side][o][b] : least[b];
        left -= best;
    }
}

static inline int is_used(const quantizer *q, int choice, int side)
{
    return choice <= q->choice && (q->is_signed || side == 0);
}

/* Looks at some blocks of a tensor from end to end. */
static inline void plan_codes(const quantizer *q, const magnitudes *g, const levels *l,
                              const float *x, const float *importance, size_t n, float unit,
                              float *spare, plan *made)
{
    float error[2][2][OFFSETS][SAMPLED];
    const size_t size = (size_t)q->block, blocks = (n + size - 1) / size;
    const size_t some = blocks < SAMPLED ? blocks : SAMPLED;
    double squares = 0.0;
    memset(error, 0, sizeof error);
    memset(made, 0, sizeof *made);
    for (size_t b = 0; b < some; b++) {
        float low, high;
        part p = block_at(q, x, importance, n, b * blocks / some, spare);
        range_of(p.x, q->block, &low, &high);
        set_sums(&p, q->block);
        /* Blocks count alike, so that an outlier does not choose for all. */
        const float part_of = p.square > 0.0f ? 1.0f / p.square : 0.0f;
        squares += 1.0;
        for (int h = 0; h < 4; h++) {
            int base, negative, code[TOGETHER], offset[TOGETHER];
            if (!is_used(q, h / 2, h % 2) ||
                !base_code(q, g, &l[h / 2], -low > high ? low : high, h % 2, unit, &base, &negative))
                continue;
            for (int k = 0; k < OFFSETS; k += TOGETHER) {
                row errors;
                for (int t = 0; t < TOGETHER; t++)
                    offset[t] = first_offset(l) + k + t;
                errors_near(q, g, &l[h / 2], &p, base, negative, unit, offset, TOGETHER, code,
                            &errors);
                for (int t = 0; t < TOGETHER; t++)
                    error[h / 2][h % 2][k + t][b] = errors[t] < 0.0f ? errors[t] * part_of : 0.0f;
            }
        }
    }
    choose_codes(error, some, squares, first_offset(l), made);
    int chosen = 0;
    for (int h = 0; h < 4; h++)
        chosen += made->count[h / 2][h % 2];
    /* Where those blocks are all zero, what helps usual ones. */
    for (int h = 0; h < 4 && !chosen; h++)
        for (int t = 0; t < TOGETHER && is_used(q, h / 2, h % 2); t++)
            made->offset[h / 2][h % 2][made->count[h / 2][h % 2]++] = 2 * t - 8;
}

/* A block's scale as the best of the codes that are worth trying. */
static inline header direct(const quantizer *q, const magnitudes *g, const levels *l,
                            const plan *planned, const part *p, float unit)
{
    header best = {0, 0, 0, 0, 0};
    float low, high, least = 0.0f;
    range_of(p->x, q->block, &low, &high);
    for (int h = 0; h < 4; h++) {
        const int count = planned->count[h / 2][h % 2];
        int base, negative, code[TOGETHER];
        row error;
        if (!count ||
            !base_code(q, g, &l[h / 2], -low > high ? low : high, h % 2, unit, &base, &negative))
            continue;
        errors_near(q, g, &l[h / 2], p, base, negative, unit, planned->offset[h / 2][h % 2], count,
                    code, &error);
        const int t = least_of(&error);
        if (error[t] < least) {
            least = error[t];
            best = (header){(uint32_t)code[t], 0, (uint8_t)negative, 0, (uint8_t)(h / 2)};
        }
    }
    return best;
}

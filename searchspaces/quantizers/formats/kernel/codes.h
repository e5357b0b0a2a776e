/* Scales that are small floats: of the codes near that of a block's extreme weight those are tried that
 * have helped some blocks of the tensor. Results are as good as with all of them, or nearly. */
#include "ideals.h"

/* Codes of small floats that are tried on some blocks to see which are worth trying on all; how many
 * are chosen at most, all together and of a kind, and what part of the error one more must save. */
#define OFFSETS 24
#define SAMPLED (6 * LANES)
#define MOST_PLANNED 16
#define OF_A_KIND 8
#define WORTH 0.001

/* Codes and signs of sixteen blocks' scales, their offsets, and which levels they choose. */
typedef struct { marks scale, negative, offset, below, choice; } headers;

/* Whether scales are small floats, whose codes can be tried without knowing the best real ones. */
static inline int is_direct(const quantizer *q)
{
    return q->search && !q->shift && q->codec >= E8M0 && q->codec <= UE5M3;
}

/* The largest scale that brings a weight between these to an end of the levels. */
static inline float widest(const quantizer *q, const finder *f, float low, float high)
{
    float most = 0.0f;
    for (int c = 0; c <= q->choice; c++)
        for (int k = 0; k < 4; k++) {
            const levels *l = f[c].l;
            const float end = k % 2 ? l->value[l->count - 1] : l->value[0];
            const float whole = (k / 2 ? high : low) / end;
            if (fabsf(whole) < 1e30f && (q->is_signed || whole > 0.0f))
                most = larger(most, fabsf(whole));
        }
    return most;
}

/* Codes that bring the extreme weights of blocks to an end of the levels, with their signs; where scales
 * have none, the end of the same sign. `usable` tells where there is one. */
static inline void base_codes(const quantizer *q, const magnitudes *g, const finder *f,
                              const bundle *p, int side, const row *unit, marks *code,
                              marks *negative, marks *usable)
{
    const levels *l = f->l;
    const row zero = {0};
    row extreme, size;
    extremes(p, &extreme);
    const row ends[2] = {extreme / l->value[0], extreme / l->value[l->count - 1]};
    row whole = ends[side];
    usable_scales(q, &whole, usable);
    const marks other = ~*usable;
    if (!q->is_signed) {
        choose(&whole, &other, &ends[1 - side]);
        usable_scales(q, &whole, usable);
    }
    magnitude(&whole, &size);
    size = size / *unit;
    const marks unknown = ~(*usable & (marks)(size < FLT_MAX));
    choose(&size, &unknown, &zero);
    scale_codes(q, g, &size, code);
    *negative = (marks)(whole < 0.0f);
}

/* Errors of blocks at codes that are given by their distance from the base, and those codes. */
static inline void errors_near(const quantizer *q, const magnitudes *g, const finder *f,
                               const bundle *p, const marks *base, const marks *negative,
                               const row *unit, const int *offset, marks *code, row *error)
{
    row scale[TOGETHER];
    for (int t = 0; t < TOGETHER; t++) {
        code[t] = *base + offset[t];
        within(&code[t], g->count - 1);
        scale_values(q, g, &code[t], negative, unit, &scale[t]);
    }
    errors_at(q, f, p, scale, error);
}

/* Codes that are worth trying, by their distance from the base: of each choice, and of scales with a
 * sign of each end of the levels. */
typedef struct { int count[2][2], offset[2][2][OF_A_KIND]; } plan;

/* Errors of sampled blocks by choice, end and distance. */
typedef struct { float error[2][2][OFFSETS][SAMPLED]; } trials;

/* How much less the errors of blocks become if those at a code are allowed as well. */
static inline float gain_of(const float *error, const float *least)
{
    row gain = {0};
    for (int b = 0; b < SAMPLED; b += LANES) {
        row e, l;
        memcpy(&e, error + b, sizeof e);
        memcpy(&l, least + b, sizeof l);
        const marks less = (marks)(e < l);
        gain += (row)((marks)(l - e) & less);
    }
    return sum_of(&gain);
}

/* From which code on, below that of the extreme weight, codes are looked at: few levels leave more of
 * a block's extremes beyond the last one. */
static inline int first_offset(const levels *l) { return l->count <= 4 ? -22 : -14; }

static inline int is_used(const quantizer *q, int choice, int side)
{
    return choice <= q->choice && (q->is_signed || side == 0);
}

/* Chooses codes one after the other, whatever helps a few blocks most, until nothing helps much. `least`
 * is 1 for each block that counts. */
static inline void choose_codes(const quantizer *q, const trials *tried, float *least, double squares,
                                int first, plan *made)
{
    for (int k = 0; k < MOST_PLANNED; k++) {
        float best = 0.0f;
        int c = 0, side = 0, o = 0;
        for (int h = 0; h < 4; h++)
            for (int at = 0; at < OFFSETS && is_used(q, h / 2, h % 2) &&
                             made->count[h / 2][h % 2] < OF_A_KIND; at++) {
                const float gain = gain_of(tried->error[h / 2][h % 2][at], least);
                if (gain > best) {
                    best = gain;
                    c = h / 2;
                    side = h % 2;
                    o = at;
                }
            }
        if (!((double)best > WORTH * squares))
            return;
        for (int t = made->count[c][side]++; t < OF_A_KIND; t++)
            made->offset[c][side][t] = o + first;
        for (int b = 0; b < SAMPLED; b++)
            least[b] = tried->error[c][side][o][b] < least[b] ? tried->error[c][side][o][b] : least[b];
        squares -= best;
    }
}

/* Which codes are worth trying on blocks of a tensor, by evenly spaced ones of it. */
static inline void plan_codes(const quantizer *q, const magnitudes *g, const finder *f,
                              const tensor *x, const row *unit, plan *made)
{
    trials tried;
    const size_t size = (size_t)q->block, blocks = (x->n + size - 1) / size;
    const size_t some = blocks < SAMPLED ? blocks : SAMPLED;
    const int first = first_offset(f->l);
    float least[SAMPLED];
    double squares = 0.0;
    memset(made, 0, sizeof *made);
    for (size_t b = 0; b < SAMPLED; b += LANES) {
        size_t number[LANES];
        bundle p;
        for (size_t i = 0; i < LANES; i++)
            number[i] = (b + i < some ? b + i : some - 1) * blocks / some;
        load(q, x, number, &p);
        for (size_t i = 0; i < LANES; i++) {
            least[b + i] = b + i < some && p.square[i] > 0.0f ? 1.0f : 0.0f;
            squares += least[b + i];
        }
        for (int h = 0; h < 4; h++) {
            marks base, negative, usable, code[TOGETHER];
            if (!is_used(q, h / 2, h % 2))
                continue;
            base_codes(q, g, &f[h / 2], &p, h % 2, unit, &base, &negative, &usable);
            for (int k = 0; k < OFFSETS; k += TOGETHER) {
                row error[TOGETHER];
                int offset[TOGETHER];
                for (int t = 0; t < TOGETHER; t++)
                    offset[t] = first + k + t;
                errors_near(q, g, &f[h / 2], &p, &base, &negative, unit, offset, code, error);
                /* Blocks count alike, so that an outlier does not choose for all. */
                for (int t = 0; t < TOGETHER; t++) {
                    const row one = (row){0} + 1.0f;
                    row share = error[t] / p.square;
                    const marks much = ~((marks)(share < 1.0f) & usable);
                    choose(&share, &much, &one);
                    memcpy(&tried.error[h / 2][h % 2][k + t][b], &share, sizeof share);
                }
            }
        }
    }
    choose_codes(q, &tried, least, squares, first, made);
    int chosen = 0;
    for (int h = 0; h < 4; h++)
        chosen += made->count[h / 2][h % 2];
    /* Where those blocks are all zero, what helps usual ones. */
    for (int h = 0; h < 4 && !chosen; h++)
        for (int t = 0; t < OF_A_KIND && is_used(q, h / 2, h % 2); t++)
            made->offset[h / 2][h % 2][made->count[h / 2][h % 2]++] = 2 * t - 8;
}

/* Blocks' scales as the best of the codes that are worth trying. */
static inline void direct(const quantizer *q, const magnitudes *g, const finder *f,
                          const plan *planned, const bundle *p, const row *unit, headers *best)
{
    row least = p->square;
    memset(best, 0, sizeof *best);
    for (int h = 0; h < 4; h++) {
        const int count = planned->count[h / 2][h % 2];
        const marks choice = (marks){0} + h / 2;
        marks base, negative, usable, code[TOGETHER];
        if (!count)
            continue;
        base_codes(q, g, &f[h / 2], p, h % 2, unit, &base, &negative, &usable);
        for (int k = 0; k < count; k += TOGETHER) {
            row error[TOGETHER];
            errors_near(q, g, &f[h / 2], p, &base, &negative, unit,
                        &planned->offset[h / 2][h % 2][k], code, error);
            for (int t = 0; t < TOGETHER; t++) {
                const marks better = (marks)(error[t] < least) & usable;
                choose(&least, &better, &error[t]);
                choose_marks(&best->scale, &better, &code[t]);
                choose_marks(&best->negative, &better, &negative);
                choose_marks(&best->choice, &better, &choice);
            }
        }
    }
}

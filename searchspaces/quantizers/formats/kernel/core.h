/* Scales as they are stored, their units, and a whole tensor. */
#include "codes.h"

/* How much larger than the scale for the extreme weight of a tensor that of a block may be. */
#define ROOM 1.75f

/* Codes that are tried on both sides of that of the wanted scale: more where an offset makes up for it. */
#define BELOW 1
#define BELOW_WITH_OFFSETS 3

/* Whether stored scales are tried on the weights. */
static inline int tries_codes(const quantizer *q) { return q->search && q->codec > BF16; }

/* Scales that are tried, each with the offset that is best for the one before. */
static inline void try_codes(const quantizer *q, const magnitudes *g, const finder *f, int choice,
                             const bundle *p, const row *unit, const marks *code,
                             const headers *first, row *least, headers *best)
{
    const marks own = (marks)(first->choice == choice);
    row scale[TOGETHER], offset[TOGETHER];
    headers next[TOGETHER];
    if (!any_of(&own))
        return;
    for (int t = 0; t < TOGETHER; t++) {
        next[t] = *first;
        next[t].scale = code[t];
        scale_values(q, g, &code[t], &first->negative, &unit[0], &scale[t]);
        offset[t] = (row){0};
        if (q->shift)
            scale_values(q, g, &first->offset, &first->below, &unit[1], &offset[t]);
    }
    for (int turn = 0; turn < (q->shift ? 2 : 1); turn++) {
        moments m[TOGETHER];
        moments_at(q, f, p, scale, offset, m);
        for (int t = 0; t < TOGETHER; t++) {
            row error;
            error_of(&m[t], p, &scale[t], &offset[t], &error);
            const marks better = (marks)(error < *least) & (marks)(scale[t] != 0.0f) & own;
            choose(least, &better, &error);
            choose_marks(&best->scale, &better, &next[t].scale);
            choose_marks(&best->offset, &better, &next[t].offset);
            choose_marks(&best->below, &better, &next[t].below);
            if (q->shift) {
                const row wished = (p->sum - scale[t] * m[t].v) / p->mass;
                set_offsets(q, g, &wished, &unit[1], &next[t].offset, &next[t].below);
                scale_values(q, g, &next[t].offset, &next[t].below, &unit[1], &offset[t]);
            }
        }
    }
}

/* Codes of blocks' scales and offsets: the nearest, or the best of those near them. */
static inline void headers_of(const quantizer *q, const magnitudes *g, const finder *f,
                              const bundle *p, const bests *want, const row *unit, headers *made)
{
    const row zero = {0};
    row size, least = {0};
    magnitude(&want->s.scale, &size);
    if (has_unit(q))
        size = size / unit[0];
    const marks beyond = ~(marks)(size < FLT_MAX);
    choose(&size, &beyond, &zero);
    memset(made, 0, sizeof *made);
    scale_codes(q, g, &size, &made->scale);
    made->negative = (marks)(want->s.scale < 0.0f);
    made->choice = want->choice;
    if (q->shift)
        set_offsets(q, g, &want->s.offset, &unit[1], &made->offset, &made->below);
    if (!tries_codes(q))
        return;
    const headers first = *made;
    const int below = q->shift ? BELOW_WITH_OFFSETS : BELOW, tried = 2 * below + 2;
    made->scale = (marks){0};
    for (int k = 0; k < tried; k += TOGETHER) {
        marks code[TOGETHER];
        for (int t = 0; t < TOGETHER; t++) {
            code[t] = first.scale + (k + t - below);
            within(&code[t], g->count - 1);
        }
        for (int c = 0; c <= q->choice; c++)
            try_codes(q, g, &f[c], c, p, unit, code, &first, &least, made);
    }
}

/* The largest magnitude of blocks' scales, or of their offsets. */
static inline float largest(const wish *wanted, int offsets, size_t first, size_t end)
{
    row most = {0};
    float rest = 0.0f;
    for (size_t b = first; b < end; b++) {
        const wish *w = &wanted[b / LANES];
        const float *of = offsets ? w->offset : w->scale;
        if (b % LANES == 0 && b + LANES <= end) {
            row size;
            memcpy(&size, of, sizeof size);
            magnitude(&size, &size);
            higher(&size, &most);
            b += LANES - 1;
        } else {
            rest = larger(rest, fabsf(of[b % LANES]));
        }
    }
    return larger(rest, most_of(&most));
}

/* The unit of the scales of n blocks. The largest scale gets the largest code, or one that is a little
 * smaller or larger, of sixteen that which brings all scales together nearest to the codes. As binary16
 * in a super-block, as binary32 in a tensor. */
static inline float unit_of(const quantizer *q, const magnitudes *g, const wish *wanted,
                            size_t first, size_t end)
{
    const float last = g->value[g->count - 1], most = largest(wanted, 0, first, end);
    if (!q->search || q->codec != INTEGER || !(most > 0.0f)) {
        const float raw = most / last;
        return q->group ? half_value(half_from(raw)) : raw;
    }
    row unit, error = {0}, inverse, best = (row){0} + FLT_MAX;
    for (int t = 0; t < LANES; t++) {
        const float share = 0.8f + 0.4f * (float)t / (float)(LANES - 1);
        const float raw = most * share / last;
        unit[t] = q->group ? half_value(half_from(raw)) : raw;
        inverse[t] = unit[t] > 0.0f ? 1.0f / unit[t] : 0.0f;
    }
    for (size_t b = first; b < end; b++) {
        const float size = fabsf(wanted[b / LANES].scale[b % LANES]);
        row place = size * inverse - 0.5f;
        marks near;
        limit(&place, last);
        ceilings(&place, &near);
        const row off = size - unit * __builtin_convertvector(near, row);
        error += wanted[b / LANES].power[b % LANES] * off * off;
    }
    const marks sound = (marks)(error < FLT_MAX);
    choose(&best, &sound, &error);
    const float least = least_of(&best);
    for (int t = 0; t < LANES; t++)
        if (best[t] == least)
            return unit[t];
    return unit[0];
}

/* The same of offsets, whose largest gets the largest code. */
static inline float offset_unit(const quantizer *q, const magnitudes *g, const wish *wanted,
                                size_t first, size_t end)
{
    const float most = largest(wanted, 1, first, end);
    const float raw = most / g->value[g->count - 1];
    return q->group ? half_value(half_from(raw)) : raw;
}

/* A number from 0 to 1, 1 left out, for weight i: its number and the seed, mixed. */
static inline float lot(uint32_t seed, size_t i)
{
    uint32_t h = (uint32_t)i * 0x9e3779b1u + seed;
    h = (h ^ h >> 16) * 0x7feb352du;
    h = (h ^ h >> 15) * 0x846ca68bu;
    return (float)((h ^ h >> 16) >> 8) * 0x1p-24f;
}

/* The number of the level of y: of both neighbours that which the lot says. */
static inline int drawn(const levels *l, float y, float by)
{
    const float within = inside(l, y);
    const int at = level_below(l, within);
    return at + (within - l->value[at] > by * (l->value[at + 1] - l->value[at]));
}

/* The unit of small floats: the largest code is beyond that for the weight farthest from zero, for blocks
 * that are better off with a larger scale. */
static inline float float_unit(const quantizer *q, const magnitudes *g, const finder *f,
                               const float *x, size_t n)
{
    row least[4], most[4];
    for (int k = 0; k < 4; k++)
        least[k] = most[k] = (row){0} + x[0];
    size_t i = 0;
    for (; i + 4 * LANES <= n; i += 4 * LANES)
        for (int k = 0; k < 4; k++) {
            row w;
            memcpy(&w, x + i + (size_t)(LANES * k), sizeof w);
            lower(&w, &least[k]);
            higher(&w, &most[k]);
        }
    for (; i < n; i++) {
        const row w = (row){0} + x[i];
        lower(&w, &least[0]);
        higher(&w, &most[0]);
    }
    for (int k = 1; k < 4; k++) {
        lower(&least[k], &least[0]);
        higher(&most[k], &most[0]);
    }
    return ROOM * widest(q, f, least_of(&least[0]), most_of(&most[0])) / g->value[g->count - 1];
}

/* Blocks as they are encoded: the numbers that decoding needs, and where codes go. */
typedef struct {
    const float *x;
    size_t n, first, size;      /* first weight, and weights of a block */
    float inverse[LANES], offset[LANES];
    int32_t choice[LANES];
    uint32_t seed;
    uint8_t *codes;
} stretch;

/* Codes of weights that choose by lot. */
static inline void draw_codes(const finder *f, const stretch *e)
{
    for (size_t i = 0, at = e->first; i < LANES && at < e->n; i++, at += e->size) {
        const levels *l = f[e->choice[i]].l;
        const size_t end = e->n - at < e->size ? e->n : at + e->size;
        for (size_t k = at; k < end; k++) {
            const float y = (e->x[k] - e->offset[i]) * e->inverse[i];
            e->codes[k] = l->code[drawn(l, y, lot(e->seed, k))];
        }
    }
}

/* Codes of the nearest levels, in blocks that have one choice. */
INLINE void set_codes(const finder *f, int choice, int kind, int folded, const stretch *e)
{
    for (size_t i = 0, at = e->first; i < LANES && at < e->n; i++, at += e->size) {
        const float inverse = e->inverse[i], offset = e->offset[i];
        const size_t end = e->n - at < e->size ? e->n : at + e->size;
        size_t k = at;
        row w;
        if (e->choice[i] != choice)
            continue;
        for (; k + LANES <= end; k += LANES) {
            memcpy(&w, e->x + k, sizeof w);
            const row y = (w - offset) * inverse;
            nearest_codes(f, kind, folded, &y, LANES, e->codes + k);
        }
        if (k < end) {
            w = (row){0};
            memcpy(&w, e->x + k, (end - k) * sizeof *e->x);
            const row y = (w - offset) * inverse;
            nearest_codes(f, kind, folded, &y, end - k, e->codes + k);
        }
    }
}

static inline void set_all_codes(const finder *f, int choice, const stretch *e)
{
    if (IS(f, EVEN))
        set_codes(f, choice, EVEN, f->folded, e);
    else if (IS(f, SOUGHT))
        set_codes(f, choice, SOUGHT, f->folded, e);
    else if (IS(f, FLOATS))
        set_codes(f, choice, FLOATS, 1, e);
    else if (IS(f, HALVED))
        set_codes(f, choice, HALVED, f->folded, e);
    else if (IS(f, ALIGNED) && f->folded)
        set_codes(f, choice, ALIGNED, 1, e);
    else if (f->folded)
        set_codes(f, choice, PLACED, 1, e);
    else
        set_codes(f, choice, PLACED, 0, e);
}

/* Numbers of sixteen blocks from one on, the last one again where there are no more. */
static inline void numbers_from(size_t b, size_t blocks, size_t *number)
{
    for (size_t i = 0; i < LANES; i++)
        number[i] = b + i < blocks ? b + i : blocks - 1;
}

/* The scales that all blocks would have. */
static inline void want_scales(const quantizer *q, const finder *f, const tensor *t, size_t blocks,
                               wish *wanted)
{
    for (size_t b = 0; b < blocks; b += LANES) {
        size_t number[LANES];
        bundle p;
        bests best;
        numbers_from(b, blocks, number);
        load(q, t, number, &p);
        ideals_of(q, f, &p, &best);
        if (p.importance)
            best.s.power = (row)((marks)best.s.power & p.counts);
        wish *w = &wanted[b / LANES];
        memcpy(w->scale, &best.s.scale, sizeof w->scale);
        memcpy(w->offset, &best.s.offset, sizeof w->offset);
        memcpy(w->power, &best.s.power, sizeof w->power);
        memcpy(w->choice, &best.choice, sizeof w->choice);
    }
}

/* What blocks want, from one on, and the units that they have. */
static inline void wanted_of(const wish *w, const float *units, size_t each, size_t b,
                             size_t blocks, bests *best, row *unit)
{
    float scale[LANES], offset[LANES];
    size_t group = b / each, end = (group + 1) * each;
    unit[0] = (row){0} + units[2 * group];
    unit[1] = (row){0} + units[2 * group + 1];
    const int several = end < b + LANES;
    for (size_t i = 0; i < LANES && several; i++) {
        if (b + i >= end && b + i < blocks) {
            group++;
            end += each;
        }
        scale[i] = units[2 * group];
        offset[i] = units[2 * group + 1];
    }
    if (several) {
        memcpy(&unit[0], scale, sizeof scale);
        memcpy(&unit[1], offset, sizeof offset);
    }
    memcpy(&best->s.scale, w->scale, sizeof w->scale);
    memcpy(&best->s.offset, w->offset, sizeof w->offset);
    memcpy(&best->choice, w->choice, sizeof w->choice);
}

/* Headers of sixteen blocks, one after another. */
static inline void set_headers(const headers *h, size_t count, header *to)
{
    int32_t scale[LANES], negative[LANES], offset[LANES], below[LANES], choice[LANES];
    memcpy(scale, &h->scale, sizeof scale);
    memcpy(negative, &h->negative, sizeof negative);
    memcpy(offset, &h->offset, sizeof offset);
    memcpy(below, &h->below, sizeof below);
    memcpy(choice, &h->choice, sizeof choice);
    for (size_t i = 0; i < count && i < LANES; i++)
        to[i] = (header){(uint32_t)scale[i], (uint32_t)offset[i], (uint8_t)(negative[i] & 1),
                         (uint8_t)(below[i] & 1), (uint8_t)choice[i]};
}

/* Codes of the weights of sixteen blocks. */
static inline void encode_blocks(const quantizer *q, const magnitudes *g, const finder *f,
                                 const headers *h, const row *unit, stretch *e)
{
    const row zero = {0};
    row scale, offset = {0};
    scale_values(q, g, &h->scale, &h->negative, &unit[0], &scale);
    if (q->shift)
        scale_values(q, g, &h->offset, &h->below, &unit[1], &offset);
    const marks none = (marks)(scale == 0.0f);
    scale = 1.0f / scale;
    choose(&scale, &none, &zero);
    memcpy(e->inverse, &scale, sizeof scale);
    memcpy(e->offset, &offset, sizeof offset);
    memcpy(e->choice, &h->choice, sizeof e->choice);
    for (int c = 0; c <= q->choice && !q->by_lot; c++)
        set_all_codes(&f[c], c, e);
    if (q->by_lot)
        draw_codes(f, e);
}

/* Encodes a tensor of n > 0 finite weights, whose errors count by `importance`, numbers from 0 to 1,
 * or all alike where that is NULL. Lots come from the seed.
 *
 * codes: [n]; headers: [blocks]; units: [groups, 2], of scales and offsets; spare: [SPARE(block)] and
 * wanted: [blocks / LANES, and one], scratch.
 */
static inline void encode_tensor(const quantizer *q, const levels *l, const float *x,
                                 const float *importance, size_t n, uint32_t seed,
                                 uint8_t *codes, header *made, float *units, wish *wanted,
                                 float *spare)
{
    finder f[2];
    magnitudes g;
    plan planned;
    const tensor t = {x, importance, n, spare};
    const size_t size = (size_t)q->block, blocks = (n + size - 1) / size;
    const size_t each = q->group ? (size_t)(q->group / q->block) : blocks;
    magnitudes_of(q, &g);
    for (int c = 0; c <= q->choice; c++)
        set_finder(&l[c], &f[c]);
    if (!is_direct(q))
        want_scales(q, f, &t, blocks, wanted);
    units[0] = units[1] = 1.0f;
    for (size_t start = 0, u = 0; start < blocks && has_unit(q) && !is_direct(q); start += each, u++) {
        const size_t end = start + each < blocks ? start + each : blocks;
        units[2 * u] = unit_of(q, &g, wanted, start, end);
        units[2 * u + 1] = q->shift ? offset_unit(q, &g, wanted, start, end) : 0.0f;
    }
    row unit[2] = {(row){0} + 1.0f, (row){0} + 1.0f};
    if (is_direct(q)) {
        units[0] = has_unit(q) ? float_unit(q, &g, f, x, n) : 1.0f;
        units[1] = 0.0f;
        unit[0] = (row){0} + units[0];
        plan_codes(q, &g, f, &t, &unit[0], &planned);
    }
    stretch e = {.x = x, .n = n, .size = size, .seed = seed, .codes = codes};
    for (size_t b = 0; b < blocks; b += LANES) {
        size_t number[LANES];
        bundle p = {.x = NULL};
        headers h;
        numbers_from(b, blocks, number);
        if (tries_codes(q))
            load(q, &t, number, &p);
        if (is_direct(q)) {
            direct(q, &g, f, &planned, &p, &unit[0], &h);
        } else {
            bests best;
            wanted_of(&wanted[b / LANES], units, has_unit(q) ? each : blocks, b, blocks, &best, unit);
            headers_of(q, &g, f, &p, &best, unit, &h);
        }
        set_headers(&h, blocks - b, made + b);
        e.first = b * size;
        encode_blocks(q, &g, f, &h, unit, &e);
    }
}

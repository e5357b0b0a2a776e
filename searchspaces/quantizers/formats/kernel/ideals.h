/* The scales that blocks would have if scales were stored as real numbers. */
#include "moments.h"

/* The best of what has been tried for sixteen blocks. */
typedef struct {
    solution s;
    marks choice;
} bests;

/* Scales that are tried for each end of the levels. */
#define STEPS_OF_SCALE 8

/* The best of TOGETHER scales for each block, each corrected for the levels that it chose. */
static inline void try_scales(const quantizer *q, const finder *f, int choice, const bundle *p,
                              const row *scale, const row *offset, const marks *usable, bests *best)
{
    const marks own = (marks){0} + choice;
    moments m[TOGETHER];
    moments_at(q, f, p, scale, offset, m);
    for (int t = 0; t < TOGETHER; t++) {
        solution s;
        if (q->by_lot) {
            /* Another scale would draw other levels. */
            s = (solution){scale[t], offset[t], {0}, m[t].vv};
            error_of(&m[t], p, &s.scale, &s.offset, &s.error);
            s.error += p->square;
        } else {
            solve_one(&m[t], p, q->shift, &s);
        }
        marks better = (marks)(s.error < best->s.error) & *usable;
        if (!q->is_signed)
            better &= (marks)(s.scale > 0.0f);
        choose(&best->s.scale, &better, &s.scale);
        choose(&best->s.offset, &better, &s.offset);
        choose(&best->s.error, &better, &s.error);
        choose(&best->s.power, &better, &s.power);
        choose_marks(&best->choice, &better, &own);
    }
}

/* The weight farthest from zero. */
static inline void extremes(const bundle *p, row *extreme)
{
    const marks low = (marks)(-p->low > p->high);
    *extreme = p->high;
    choose(extreme, &low, &p->low);
}

/* How far beyond the last level the extreme weight may go at most, and by what its steps grow: from 0.65
 * times the last level on, and the further the more extreme it is. */
static inline void set_growth(const levels *l, const bundle *p, const row *extreme, row *one,
                              row *two, row *four)
{
    const float far = l->count <= 4 ? 0.8f : l->count <= 8 ? 0.6f : 0.45f;
    const row least = (row){0} + 1.45f;
    row deviation = p->square / p->mass, reach;
    roots_of(&deviation);
    magnitude(extreme, &reach);
    reach = far * reach / deviation;
    const marks small = ~(marks)(reach > least);
    choose(&reach, &small, &least);
    *four = reach / 0.65f;
    roots_of(four);
    *two = *four;
    roots_of(two);
    *one = *two;
    roots_of(one);
}

/* Whether scales that bring extreme weights to an end of the levels are such as to begin with. */
static inline void usable_scales(const quantizer *q, const row *whole, marks *usable)
{
    row size;
    magnitude(whole, &size);
    *usable = (marks)(size < 1e30f) & (marks)(size > 0.0f);
    if (!q->is_signed)
        *usable &= (marks)(*whole > 0.0f);
}

static inline int any_of(const marks *m)
{
    int32_t all = 0;
    for (int t = 0; t < LANES; t++)
        all |= (*m)[t];
    return all != 0;
}

/* Scales of one set of levels. */
static inline void try_levels(const quantizer *q, const finder *f, int choice, const bundle *p,
                              bests *best)
{
    const levels *l = f->l;
    const float first = l->value[0], last = l->value[l->count - 1];
    row extreme, one, two, four;
    extremes(p, &extreme);
    set_growth(l, p, &extreme, &one, &two, &four);
    for (int side = q->shift ? 1 : 0; side < 2; side++) {
        const row whole = q->shift ? (p->high - p->low) / (last - first)
                                   : extreme / (side ? last : first);
        marks usable;
        usable_scales(q, &whole, &usable);
        if (!any_of(&usable))
            continue;
        for (int k = 0; k < STEPS_OF_SCALE; k += TOGETHER) {
            row scale[TOGETHER], offset[TOGETHER];
            for (int t = 0; t < TOGETHER; t++) {
                row grown = (row){0} + 0.65f;
                grown = (k + t) & 1 ? grown * one : grown;
                grown = (k + t) & 2 ? grown * two : grown;
                grown = (k + t) & 4 ? grown * four : grown;
                scale[t] = whole / grown;
                offset[t] = q->shift ? 0.5f * ((p->low + p->high) - scale[t] * (first + last))
                                     : (row){0};
            }
            try_scales(q, f, choice, p, scale, offset, &usable, best);
        }
    }
}

/* Next to the best scales, where scales are stored with enough bits to tell. */
static inline void try_near(const quantizer *q, const finder *f, const bundle *p, bests *best)
{
    const bests before = *best;
    for (int c = 0; c <= q->choice; c++) {
        const marks own = (marks)(before.choice == c) & (marks)(before.s.scale != 0.0f);
        if (!any_of(&own))
            continue;
        for (int k = 0; k < STEPS_OF_SCALE; k += TOGETHER) {
            row scale[TOGETHER], offset[TOGETHER];
            for (int t = 0; t < TOGETHER; t++) {
                const float step = 0.02f * ((float)(k + t) - 0.5f * (float)(STEPS_OF_SCALE - 1));
                scale[t] = before.s.scale * (1.0f + step);
                offset[t] = before.s.offset;
            }
            try_scales(q, &f[c], c, p, scale, offset, &own, best);
        }
    }
}

/* Blocks' scales by their absolute maximum, or their range. */
static inline void absolute(const quantizer *q, const finder *f, const bundle *p, bests *best)
{
    row extreme;
    extremes(p, &extreme);
    if (!q->is_signed)
        magnitude(&extreme, &extreme);
    *best = (bests){{extreme, {0}, {0}, (row){0} + 1.0f}, {0}};
    if (q->shift) {
        best->s.scale = 0.5f * (p->high - p->low);
        best->s.offset = 0.5f * (p->high + p->low);
    }
    row scale[TOGETHER], offset[TOGETHER], least = (row){0} + FLT_MAX;
    for (int t = 0; t < TOGETHER; t++) {
        scale[t] = best->s.scale;
        offset[t] = best->s.offset;
    }
    for (int c = 0; c <= q->choice && q->choice; c++) {
        const marks own = (marks){0} + c;
        moments m[TOGETHER];
        row error;
        moments_at(q, &f[c], p, scale, offset, m);
        error_of(&m[0], p, &scale[0], &offset[0], &error);
        const marks better = (marks)(error < least);
        choose(&least, &better, &error);
        choose_marks(&best->choice, &better, &own);
    }
}

/* The scales that sixteen blocks would have if they were stored as real numbers; zero for those of
 * which all weights that count are zero. */
static inline void ideals_of(const quantizer *q, const finder *f, const bundle *p, bests *best)
{
    const marks none = ~(marks)(p->square > 0.0f);
    if (q->search) {
        *best = (bests){{{0}, {0}, (row){0} + FLT_MAX, {0}}, {0}};
        for (int c = 0; c <= q->choice; c++)
            try_levels(q, &f[c], c, p, best);
        if (q->codec <= BF16)
            try_near(q, f, p, best);
    } else {
        absolute(q, f, p, best);
    }
    const row zero = {0};
    const marks first = {0};
    choose(&best->s.scale, &none, &zero);
    choose(&best->s.offset, &none, &zero);
    choose(&best->s.power, &none, &zero);
    choose_marks(&best->choice, &none, &first);
}

/* Codes of offsets, and their signs. */
static inline void set_offsets(const quantizer *q, const magnitudes *g, const row *offset,
                               const row *unit, marks *code, marks *negative)
{
    const row zero = {0};
    row allowed = *offset, size;
    if (q->shift == MINIMUM) {
        const marks above = (marks)(allowed > 0.0f);
        choose(&allowed, &above, &zero);
    }
    magnitude(&allowed, &size);
    if (has_unit(q))
        size = size / *unit;
    const marks beyond = ~(marks)(size < FLT_MAX);
    choose(&size, &beyond, &zero);
    *negative = (marks)(allowed < 0.0f);
    scale_codes(q, g, &size, code);
}

/* The scale that a block would have if scales were stored as real numbers. */
#include "moments.h"

/* The best of TOGETHER scales for a block, each corrected for the levels that it chose. */
static inline void try_scales(const quantizer *q, const levels *l, int choice, const part *p,
                              const float *scale, const float *offset, ideal *best)
{
    moments m;
    solutions s;
    moments_at(q, l, p, scale, offset, TOGETHER, &m);
    if (q->by_lot) {
        /* Another scale would draw other levels. */
        memcpy(&s.scale, scale, sizeof s.scale);
        memcpy(&s.offset, offset, sizeof s.offset);
        errors_of(&m, p, &s.scale, &s.offset, &s.error);
        s.error += p->square;
        s.power = m.vv;
    } else {
        solve_all(&m, p, q->shift, &s);
    }
    const marks allowed = (marks)(s.error < FLT_MAX);
    const marks positive = q->is_signed ? allowed : allowed & (marks)(s.scale > 0.0f);
    only_where(&s.error, &positive);
    const int t = least_of(&s.error);
    if (s.error[t] < best->error)
        *best = (ideal){s.scale[t], s.offset[t], s.error[t], s.power[t], choice};
}

/* How far beyond the last level the extreme weight may go, in rising steps: from 0.65 times the last
 * level on, and the further the more extreme it is. */
static inline void set_grown(const levels *l, const part *p, float extreme, row *grown)
{
    const float far = l->count <= 4 ? 0.8f : l->count <= 8 ? 0.6f : 0.45f;
    const float reach = larger(1.45f, far * fabsf(extreme) / sqrtf(p->square / p->mass));
    const float four = sqrtf(reach / 0.65f), two = sqrtf(four), one = sqrtf(two);
    *grown = 0.65f * (row){1.0f, one, 1.0f, one, 1.0f, one, 1.0f, one} *
             (row){1.0f, 1.0f, two, two, 1.0f, 1.0f, two, two} *
             (row){1.0f, 1.0f, 1.0f, 1.0f, four, four, four, four};
}

/* Whether a scale that brings an extreme weight to an end of the levels is one to begin with. */
static inline int usable(const quantizer *q, float whole)
{
    return fabsf(whole) < 1e30f && whole != 0.0f && (q->is_signed || whole > 0.0f);
}

/* Scales of one set of levels. */
static inline void try_levels(const quantizer *q, const levels *l, int choice, const part *p,
                              float low, float high, ideal *best)
{
    const float extreme = -low > high ? low : high;
    const float first = l->value[0], last = l->value[l->count - 1];
    row grown;
    set_grown(l, p, extreme, &grown);
    for (int side = q->shift ? 1 : 0; side < 2; side++) {
        const float end = side ? last : first;
        const float whole = q->shift ? (high - low) / (last - first) : extreme / end;
        if (!usable(q, whole))
            continue;
        const row tried = whole / grown;
        const row middle = 0.5f * ((low + high) - tried * (first + last));
        const row away = q->shift ? middle : (row){0};
        float scale[TOGETHER], offset[TOGETHER];
        memcpy(scale, &tried, sizeof scale);
        memcpy(offset, &away, sizeof offset);
        try_scales(q, l, choice, p, scale, offset, best);
    }
}

/* Next to the best scale, where scales are stored with enough bits to tell. */
static inline void try_near(const quantizer *q, const levels *l, const part *p, ideal *best)
{
    float scale[TOGETHER], offset[TOGETHER];
    for (int t = 0; t < TOGETHER; t++) {
        scale[t] = best->scale * (1.0f + 0.02f * ((float)t - 0.5f * (float)(TOGETHER - 1)));
        offset[t] = best->offset;
    }
    if (best->scale != 0.0f)
        try_scales(q, &l[best->choice], best->choice, p, scale, offset, best);
}

/* A block's scale by its absolute maximum, or its range. */
static inline ideal absolute(const quantizer *q, const levels *l, const part *p, float low,
                             float high)
{
    const float extreme = -low > high ? low : high;
    ideal best = {q->is_signed ? extreme : fabsf(extreme), 0.0f, 0.0f, 1.0f, 0};
    if (q->shift) {
        best.scale = 0.5f * (high - low);
        best.offset = 0.5f * (high + low);
    }
    float scale[TOGETHER], offset[TOGETHER], least = FLT_MAX;
    for (int t = 0; t < TOGETHER; t++) {
        scale[t] = best.scale;
        offset[t] = best.offset;
    }
    for (int c = 0; c <= q->choice && q->choice && best.scale != 0.0f; c++) {
        moments m;
        moments_at(q, &l[c], p, scale, offset, FEWER, &m);
        const float cross = m.xv[0] - best.offset * m.v[0];
        const float error = best.scale * (best.scale * m.vv[0] - 2.0f * cross);
        if (error < least) {
            least = error;
            best.choice = c;
        }
    }
    return best;
}

/* Whether scales are small floats, whose codes can be tried without knowing the best real ones. */
static inline int is_direct(const quantizer *q)
{
    return q->search && !q->shift && q->codec >= E8M0 && q->codec <= UE5M3;
}

/* The largest scale that brings a weight between these to an end of the levels. */
static inline float widest(const quantizer *q, const levels *l, float low, float high)
{
    float most = 0.0f;
    for (int c = 0; c <= q->choice; c++)
        for (int k = 0; k < 4; k++) {
            const float end = k % 2 ? l[c].value[l[c].count - 1] : l[c].value[0];
            const float whole = (k / 2 ? high : low) / end;
            if (usable(q, whole))
                most = larger(most, fabsf(whole));
        }
    return most;
}

/* The scale that a block would have if it were stored as a real number. */
static inline ideal ideal_of(const quantizer *q, const levels *l, part *p)
{
    float low, high;
    range_of(p->x, q->block, &low, &high);
    ideal best = {0.0f, 0.0f, FLT_MAX, 0.0f, 0};
    set_sums(p, q->block);
    if (!(p->square > 0.0f))
        return best;
    if (!q->search)
        return absolute(q, l, p, low, high);
    for (int c = 0; c <= q->choice; c++)
        try_levels(q, &l[c], c, p, low, high, &best);
    if (q->codec <= BF16)
        try_near(q, l, p, &best);
    return best;
}

/* The code of an offset, and its sign. */
static inline void set_offset(const quantizer *q, const magnitudes *g, float offset, float unit,
                              header *h)
{
    const float allowed = q->shift == MINIMUM && offset > 0.0f ? 0.0f : offset;
    const float size = fabsf(allowed) / (has_unit(q) ? unit : 1.0f);
    h->offset_negative = allowed < 0.0f;
    h->offset = q->shift ? scale_code(q, g, size < FLT_MAX ? size : 0.0f) : 0;
}

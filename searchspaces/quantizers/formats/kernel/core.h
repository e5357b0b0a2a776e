/* Block quantizers: encode a tensor as codes and scales. A weight is scale * level(code, choice) +
 * offset; a block shares scale, offset and choice.
 */
#include "moments.h"

/* Units of scales that are tried. */
#define UNITS 17

/* The best that a block could have if scales were real numbers; `power` is the sum of its levels'
 * squares, by which an error of the scale counts. */
typedef struct {
    float scale, offset, error, power;
    int choice;
} ideal;

/* The scale that is best for the levels that a scale has chosen, with its error. With `shift` offset
 * and scale are solved for together. */
static inline ideal solved(const moments *m, const part *p, int shift)
{
    ideal made = {0.0f, 0.0f, p->square, 1.0f, 0};
    const float mean = shift ? m->v / p->mass : 0.0f;
    const float spread = m->vv - p->mass * mean * mean, common = m->xv - mean * p->sum;
    if (!(spread > 1e-30f)) {
        made.offset = shift ? p->sum / p->mass : 0.0f;
        made.error = p->square - made.offset * p->sum;
        return made;
    }
    made.scale = common / spread;
    made.power = spread;
    made.offset = shift ? p->sum / p->mass - made.scale * mean : 0.0f;
    made.error = p->square - made.offset * p->sum - made.scale * m->xv;
    return made;
}

static inline void set_sums(part *p, int n)
{
    row s = {0}, square = {0}, mass = {0};
    for (int k = 0; k < n; k += LANES) {
        row u = (row){0} + 1.0f, w;
        if (p->importance)
            memcpy(&u, p->importance + k, sizeof u);
        memcpy(&w, p->x + k, sizeof w);
        s += u * w;
        square += w * (u * w);
        mass += u;
    }
    p->sum = total(&s);
    p->square = total(&square);
    p->mass = p->importance ? total(&mass) : (float)n;
}

/* The smallest and the largest of a block, lane by lane first. */
static inline void range_of(const float *x, int n, float *low, float *high)
{
    row least, most;
    memcpy(&least, x, sizeof least);
    most = least;
    for (int k = LANES; k < n; k += LANES) {
        row w;
        memcpy(&w, x + k, sizeof w);
        const marks less = (marks)(w < least), more = (marks)(w > most);
        least = (row)(((marks)w & less) | ((marks)least & ~less));
        most = (row)(((marks)w & more) | ((marks)most & ~more));
    }
    *low = least[0];
    *high = most[0];
    for (int i = 1; i < LANES; i++) {
        *low = least[i] < *low ? least[i] : *low;
        *high = most[i] > *high ? most[i] : *high;
    }
}

/* The error of levels at a scale and an offset, of which the sum of x x is left out. */
static inline float error_of(const moments *m, const part *p, float scale, float offset)
{
    return offset * (p->mass * offset - 2.0f * p->sum) +
           scale * (scale * m->vv - 2.0f * (m->xv - offset * m->v));
}

/* The best of TOGETHER scales for a block, each corrected for the levels that it chose. */
static inline void try_scales(const quantizer *q, const levels *l, int choice, const part *p,
                              const float *scale, const float *offset, ideal *best)
{
    moments m[TOGETHER];
    moments_at(q, l, p, scale, offset, m);
    for (int t = 0; t < TOGETHER; t++) {
        ideal made = solved(&m[t], p, q->shift);
        /* Another scale would draw other levels. */
        if (q->by_lot)
            made = (ideal){scale[t], offset[t], p->square + error_of(&m[t], p, scale[t], offset[t]),
                           m[t].vv, 0};
        made.choice = choice;
        if (made.error < best->error && (q->is_signed || made.scale > 0.0f))
            *best = made;
    }
}

/* Scales of one set of levels: the extreme weight goes to 0.65 times the last level and beyond. */
static inline void try_levels(const quantizer *q, const levels *l, int choice, const part *p,
                              float low, float high, ideal *best)
{
    const float extreme = -low > high ? low : high, root = sqrtf(p->square / p->mass);
    const float first = l->value[0], last = l->value[l->count - 1];
    const float far = l->count <= 4 ? 0.8f : l->count <= 8 ? 0.6f : 0.45f;
    const float reach = larger(1.45f, far * fabsf(extreme) / root);
    const float ratio = sqrtf(sqrtf(sqrtf(reach / 0.65f)));
    for (int side = q->shift ? 1 : 0; side < 2; side++) {
        const float end = side ? last : first;
        const float whole = q->shift ? (high - low) / (last - first) : extreme / end;
        if (!(fabsf(whole) < 1e30f) || whole == 0.0f || (!q->is_signed && whole < 0.0f))
            continue;
        float scale[TOGETHER], offset[TOGETHER], grown = 0.65f;
        for (int t = 0; t < TOGETHER; t++, grown *= ratio) {
            scale[t] = whole / grown;
            offset[t] = q->shift ? 0.5f * ((low + high) - scale[t] * (first + last)) : 0.0f;
        }
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
        moments m[TOGETHER];
        moments_at(q, &l[c], p, scale, offset, m);
        const float cross = m[0].xv - best.offset * m[0].v;
        const float error = best.scale * (best.scale * m[0].vv - 2.0f * cross);
        if (error < least) {
            least = error;
            best.choice = c;
        }
    }
    return best;
}

/* The scale that a block would have if it were stored as a real number. */
static inline ideal ideal_of(const quantizer *q, const levels *l, part *p)
{
    float low, high;
    range_of(p->x, q->block, &low, &high);
    set_sums(p, q->block);
    ideal best = {0.0f, 0.0f, FLT_MAX, 0.0f, 0};
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

/* Codes of a block's scale and offset: the nearest, or the best of those near it. */
static inline header header_of(const quantizer *q, const magnitudes *g, const levels *l,
                               part *p, const ideal *want, const float *unit)
{
    const float size = fabsf(want->scale) / (has_unit(q) ? unit[0] : 1.0f);
    header made = {0, 0, want->scale < 0.0f, 0, (uint8_t)want->choice};
    made.scale = scale_code(q, g, size < FLT_MAX ? size : 0.0f);
    set_offset(q, g, want->offset, unit[1], &made);
    if (!q->search || q->codec <= BF16)
        return made;
    float scale[TOGETHER], offset[TOGETHER], least = 0.0f;
    header next[TOGETHER], best = made;
    const int first = (int)made.scale - TOGETHER / 2 + 1;
    best.scale = 0;
    set_sums(p, q->block);
    for (int t = 0; t < TOGETHER; t++) {
        const int c = first + t < 0 ? 0 : first + t < g->count ? first + t : g->count - 1;
        next[t] = made;
        next[t].scale = (uint32_t)c;
        scale[t] = scale_value(q, g, (uint32_t)c, made.scale_negative, unit[0]);
        offset[t] = q->shift ? scale_value(q, g, made.offset, made.offset_negative, unit[1]) : 0.0f;
    }
    for (int turn = 0; turn < (q->shift ? 2 : 1); turn++) {
        moments m[TOGETHER];
        moments_at(q, &l[made.choice], p, scale, offset, m);
        for (int t = 0; t < TOGETHER; t++) {
            const float error = error_of(&m[t], p, scale[t], offset[t]);
            if (scale[t] != 0.0f && error < least) {
                least = error;
                best = next[t];
            }
            if (!q->shift)
                continue;
            const float wished = (p->sum - scale[t] * m[t].v) / p->mass;
            set_offset(q, g, wished, unit[1], &next[t]);
            offset[t] = scale_value(q, g, next[t].offset, next[t].offset_negative, unit[1]);
        }
    }
    return best;
}

/* The unit of the scales of n blocks. The largest scale gets the largest code, or one that is a little
 * smaller or larger, where all scales together are nearer to the codes then. As binary16 in a
 * super-block, as binary32 in a tensor. */
static inline float unit_of(const quantizer *q, const magnitudes *g, const ideal *wanted, size_t n)
{
    float most = 0.0f, best = 0.0f, least = FLT_MAX;
    for (size_t b = 0; b < n; b++)
        most = larger(most, fabsf(wanted[b].scale));
    const int tries = q->search && q->codec == INTEGER ? UNITS : 1;
    for (int k = 0; k < tries; k++) {
        const float share = tries > 1 ? 0.8f + 0.4f * (float)k / (float)(tries - 1) : 1.0f;
        const float raw = most * share / g->value[g->count - 1];
        const float unit = q->group ? half_value(half_from(raw)) : raw;
        float error = 0.0f;
        for (size_t b = 0; b < n && tries > 1 && unit > 0.0f; b++) {
            const float size = fabsf(wanted[b].scale), last = g->value[g->count - 1];
            const float code = rintf(size / unit), near = code < last ? code : last;
            const float off = size - unit * near;
            error += wanted[b].power * off * off;
        }
        if (error < least) {
            least = error;
            best = unit;
        }
    }
    return best;
}

/* The same of offsets, whose largest gets the largest code. */
static inline float offset_unit(const quantizer *q, const magnitudes *g, const ideal *wanted,
                                size_t n)
{
    float most = 0.0f;
    for (size_t b = 0; b < n; b++)
        most = larger(most, fabsf(wanted[b].offset));
    const float raw = most / g->value[g->count - 1];
    return q->group ? half_value(half_from(raw)) : raw;
}

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

/* Encodes a tensor of n > 0 finite weights, whose errors count by `importance`, numbers from 0 to 1,
 * or all alike where that is NULL. Lots come from the seed.
 *
 * codes: [n]; headers: [blocks]; units: [groups, 2], of scales and offsets; spare: [2, block] and
 * wanted: [blocks], scratch.
 */
static inline void encode_tensor(const quantizer *q, const levels *l, const float *x,
                                 const float *importance, size_t n, uint32_t seed,
                                 uint8_t *codes, header *headers, float *units, ideal *wanted,
                                 float *spare)
{
    magnitudes g;
    const size_t size = (size_t)q->block, blocks = (n + size - 1) / size;
    const size_t each = q->group ? (size_t)(q->group / q->block) : blocks;
    magnitudes_of(q, &g);
    for (size_t b = 0; b < blocks; b++) {
        part p = block_at(q, x, importance, n, b, spare);
        wanted[b] = ideal_of(q, l, &p);
        if (importance && !p.importance)
            wanted[b].power = 0.0f;
    }
    for (size_t start = 0, u = 0; start < blocks; start += each, u++) {
        const size_t end = start + each < blocks ? start + each : blocks;
        float unit[2] = {0.0f, 0.0f};
        if (has_unit(q)) {
            units[2 * u] = unit[0] = unit_of(q, &g, wanted + start, end - start);
            units[2 * u + 1] = unit[1] = offset_unit(q, &g, wanted + start, end - start);
        }
        for (size_t b = start; b < end; b++) {
            part p = block_at(q, x, importance, n, b, spare);
            const header h = headers[b] = header_of(q, &g, l, &p, &wanted[b], unit);
            const float scale = scale_value(q, &g, h.scale, h.scale_negative, unit[0]);
            const float offset =
                q->shift ? scale_value(q, &g, h.offset, h.offset_negative, unit[1]) : 0.0f;
            const float inverse = scale != 0.0f ? 1.0f / scale : 0.0f;
            const levels *own = &l[h.choice];
            for (size_t k = 0; k < size; k += LANES) {
                row y;
                marks at;
                memcpy(&y, p.x + k, sizeof y);
                y = (y - offset) * inverse;
                if (q->by_lot)
                    for (size_t i = 0; i < LANES; i++)
                        at[i] = drawn(own, y[i], lot(seed, b * size + k + i));
                else
                    nearest(own, &y, &at);
                for (size_t i = 0; i < LANES && b * size + k + i < n; i++)
                    codes[b * size + k + i] = own->code[at[i]];
            }
        }
    }
}

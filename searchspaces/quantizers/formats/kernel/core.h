/* Scales as they are stored, their units, and a whole tensor. */
#include "codes.h"

/* Units of scales that are tried. */
#define UNITS 16

/* How much larger than the scale for the extreme weight of a tensor that of a block may be. */
#define ROOM 1.75f

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
    float scale[TOGETHER] = {0.0f}, offset[TOGETHER] = {0.0f}, least = 0.0f;
    header next[TOGETHER], best = made;
    const int tried = q->shift ? TOGETHER : FEWER, first = (int)made.scale - tried / 2 + 1;
    best.scale = 0;
    set_sums(p, q->block);
    for (int t = 0; t < tried; t++) {
        const int c = first + t < 0 ? 0 : first + t < g->count ? first + t : g->count - 1;
        next[t] = made;
        next[t].scale = (uint32_t)c;
        scale[t] = scale_value(q, g, (uint32_t)c, made.scale_negative, unit[0]);
        offset[t] = q->shift ? scale_value(q, g, made.offset, made.offset_negative, unit[1]) : 0.0f;
    }
    for (int turn = 0; turn < (q->shift ? 2 : 1); turn++) {
        moments m;
        row at, away;
        moments_at(q, &l[made.choice], p, scale, offset, tried, &m);
        memcpy(&at, scale, sizeof at);
        memcpy(&away, offset, sizeof away);
        row error;
        errors_of(&m, p, &at, &away, &error);
        const marks allowed = (marks)(error < 0.0f) & (marks)(at != 0.0f);
        only_where(&error, &allowed);
        const int k = least_of(&error);
        if (error[k] < least) {
            least = error[k];
            best = next[k];
        }
        for (int t = 0; t < tried && q->shift; t++) {
            const float wished = (p->sum - scale[t] * m.v[t]) / p->mass;
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
    const float last = g->value[g->count - 1];
    if (!q->search || q->codec != INTEGER || !(most > 0.0f)) {
        const float raw = most / last;
        return q->group ? half_value(half_from(raw)) : raw;
    }
    for (int k = 0; k < UNITS; k += LANES) {
        row unit, inverse, error = {0};
        for (int t = 0; t < LANES; t++) {
            const float share = 0.8f + 0.4f * (float)(k + t) / (float)(UNITS - 1);
            const float raw = most * share / last;
            unit[t] = q->group ? half_value(half_from(raw)) : raw;
            inverse[t] = unit[t] > 0.0f ? 1.0f / unit[t] : 0.0f;
        }
        for (size_t b = 0; b < n; b++) {
            const float size = fabsf(wanted[b].scale);
            const row place = size * inverse + 0.5f;
            const marks over = (marks)(place > last);
            const row kept = (row)(((marks)((row){0} + last) & over) | ((marks)place & ~over));
            const row near = __builtin_convertvector(__builtin_convertvector(kept, marks), row);
            const row off = size - unit * near;
            error += wanted[b].power * off * off;
        }
        for (int t = 0; t < LANES; t++)
            if (error[t] < least) {
                least = error[t];
                best = unit[t];
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

/* Codes of levels drawn for eight numbers, to places of n codes from the given one on. */
static inline void draw_codes(const levels *l, const row *y, uint32_t seed, size_t at, size_t n,
                              uint8_t *codes)
{
    for (size_t i = 0; i < LANES && at + i < n; i++)
        codes[at + i] = l->code[drawn(l, (*y)[i], lot(seed, at + i))];
}

/* Codes of the levels nearest to eight numbers, to places of n codes from the given one on. */
static inline void set_codes(const levels *l, const row *y, size_t at, size_t n, uint8_t *codes)
{
    marks found;
    nearest(l, y, &found);
#ifdef __AVX2__
    if (l->count <= IN_REGISTERS && at + LANES <= n) {
        const __m256i wide = (__m256i)found;
        const __m128i halves = _mm_packs_epi32(_mm256_castsi256_si128(wide),
                                               _mm256_extracti128_si256(wide, 1));
        const __m128i table = _mm_loadu_si128((const __m128i *)(const void *)l->code);
        const __m128i made = _mm_shuffle_epi8(table, _mm_packus_epi16(halves, halves));
        memcpy(codes + at, &made, LANES);
        return;
    }
#endif
    for (size_t i = 0; i < LANES && at + i < n; i++)
        codes[at + i] = l->code[found[i]];
}

/* The unit of small floats: the largest code is beyond that for the weight farthest from zero, for blocks
 * that are better off with a larger scale. */
static inline float float_unit(const quantizer *q, const magnitudes *g, const levels *l,
                               const float *x, size_t n)
{
    row least = (row){0} + x[0], most = -least;
    for (size_t i = 0; i < n / LANES; i++) {
        row w;
        memcpy(&w, x + LANES * i, sizeof w);
        widen(&w, &least, &most);
    }
    for (size_t i = 1; i <= n % LANES; i++) {
        const row w = (row){0} + x[n - i];
        widen(&w, &least, &most);
    }
    const float low = least[least_of(&least)], high = -most[least_of(&most)];
    return ROOM * widest(q, l, low, high) / g->value[g->count - 1];
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
    plan planned;
    const size_t size = (size_t)q->block, blocks = (n + size - 1) / size;
    const size_t each = q->group ? (size_t)(q->group / q->block) : blocks;
    magnitudes_of(q, &g);
    for (size_t b = 0; b < blocks && !is_direct(q); b++) {
        part p = block_at(q, x, importance, n, b, spare);
        wanted[b] = ideal_of(q, l, &p);
        if (importance && !p.importance)
            wanted[b].power = 0.0f;
    }
    for (size_t start = 0, u = 0; start < blocks; start += each, u++) {
        const size_t end = start + each < blocks ? start + each : blocks;
        float unit[2] = {0.0f, 0.0f};
        if (is_direct(q)) {
            units[0] = unit[0] = has_unit(q) ? float_unit(q, &g, l, x, n) : 1.0f;
            units[1] = 0.0f;
            plan_codes(q, &g, l, x, importance, n, unit[0], spare, &planned);
        } else if (has_unit(q)) {
            units[2 * u] = unit[0] = unit_of(q, &g, wanted + start, end - start);
            units[2 * u + 1] = unit[1] = offset_unit(q, &g, wanted + start, end - start);
        }
        for (size_t b = start; b < end; b++) {
            part p = block_at(q, x, importance, n, b, spare);
            const header h = headers[b] =
                is_direct(q) ? direct(q, &g, l, &planned, &p, unit[0])
                             : header_of(q, &g, l, &p, &wanted[b], unit);
            const float scale = scale_value(q, &g, h.scale, h.scale_negative, unit[0]);
            const float offset =
                q->shift ? scale_value(q, &g, h.offset, h.offset_negative, unit[1]) : 0.0f;
            const float inverse = scale != 0.0f ? 1.0f / scale : 0.0f;
            const levels *own = &l[h.choice];
            for (size_t k = 0; k < size; k += LANES) {
                row y;
                memcpy(&y, p.x + k, sizeof y);
                y = (y - offset) * inverse;
                if (q->by_lot)
                    draw_codes(own, &y, seed, b * size + k, n, codes);
                else
                    set_codes(own, &y, b * size + k, n, codes);
            }
        }
    }
}

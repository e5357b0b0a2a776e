/* What is done to a tensor before blocks are encoded, and undone when they are decoded: outliers are
 * stored apart, or runs of weights are rotated. Blocks divide a span.
 */

#include "core.h"

/* Weights of which so many outliers are stored apart. */
#define SPAN 256

static inline size_t spans_of(const quantizer *q, size_t n)
{
    return q->outliers ? (n + SPAN - 1) / SPAN : 0;
}

/* The nearest bfloat16, ties to even; what would be infinite becomes the largest. */
static inline uint16_t apart_from(float x)
{
    return (uint16_t)(brain_from(fabsf(x)) | (x < 0.0f ? 0x8000u : 0u));
}

static inline float apart_value(uint16_t bits) { return float_from((uint32_t)bits << 16); }

/* Walsh and Hadamard's transform of each whole run of `size` weights, 16, 64 or 256 of them, so that it
 * is orthonormal and its own inverse: 1 / sqrt(size) is a power of two. What is left over at the end
 * stays as it is. */
static inline void rotate(float *x, size_t n, size_t size)
{
    const float norm = size == 16 ? 0.25f : size == 64 ? 0.125f : 0.0625f;
    for (size_t first = 0; first + size <= n; first += size) {
        float *run = x + first;
        for (size_t i = 0; i < size; i++)
            run[i] *= norm;
        for (size_t h = 1; h < size; h *= 2)
            for (size_t i = 0; i < size; i += 2 * h)
                for (size_t k = i; k < i + h; k++) {
                    const float a = run[k], b = run[k + h];
                    run[k] = a + b;
                    run[k + h] = a - b;
                }
    }
}

/* Stores the largest of a span, or those of largest square times importance; the first of equals. `kept`
 * is 0 for what is stored. Where a span has fewer weights, its first outlier is stored again. */
static inline void take_outliers(int outliers, float *x, float *kept, size_t count, uint8_t *places,
                                 uint16_t *values)
{
    for (int k = 0; k < outliers; k++) {
        size_t best = 0;
        float most = -1.0f;
        for (size_t i = 0; i < count; i++) {
            const float size = kept[i] > 0.0f ? fabsf(x[i]) * sqrtf(kept[i]) : -1.0f;
            best = size > most ? i : best;
            most = size > most ? size : most;
        }
        if (most < 0.0f) {
            places[k] = k ? places[0] : 0;
            values[k] = k ? values[0] : apart_from(x[0]);
            continue;
        }
        places[k] = (uint8_t)best;
        values[k] = apart_from(x[best]);
        x[best] = kept[best] = 0.0f;
    }
}

/* Whether a tensor is changed before its blocks are encoded. */
static inline int is_prepared(const quantizer *q) { return q->outliers || q->rotated; }

/* Makes of x what blocks are encoded from, and of importance (NULL where all count alike) what errors
 * of that count: [n] each. Rotated weights have a share in all, so they count their run's mean. */
static inline void prepare(const quantizer *q, const float *x, const float *importance, size_t n,
                           float *made, float *counted, uint8_t *places, uint16_t *values)
{
    const size_t size = (size_t)q->rotated;
    memcpy(made, x, n * sizeof *made);
    for (size_t i = 0; i < n; i++)
        counted[i] = importance ? importance[i] : 1.0f;
    for (size_t first = 0, s = 0; first < n && q->outliers; first += SPAN, s++) {
        const size_t at = s * (size_t)q->outliers, count = n - first < SPAN ? n - first : SPAN;
        take_outliers(q->outliers, made + first, counted + first, count, places + at, values + at);
    }
    if (!q->rotated)
        return;
    rotate(made, n, size);
    for (size_t first = 0; first + size <= n && importance; first += size) {
        float sum = 0.0f;
        for (size_t i = first; i < first + size; i++)
            sum += counted[i];
        for (size_t i = first; i < first + size; i++)
            counted[i] = sum / (float)size;
    }
}

/* What a tensor of n weights is encoded as, and scratch: codes, made and counted: [n]; headers and
 * wanted: [blocks / LANES, and one]; units: [groups, 2]; spare: [SPARE(block)]; places and values: [spans, outliers]. */
typedef struct {
    uint8_t *codes;
    header *headers;
    float *units;
    uint8_t *places;
    uint16_t *values;
    wish *wanted;
    float *spare, *made, *counted;
} encoding;

/* The seed where no other is wanted. */
#define FIRST_SEED 1u

/* Encodes a tensor of n > 0 finite weights; `importance` as of encode_tensor. */
static inline void encode_whole(const quantizer *q, const levels *l, const float *x,
                                const float *importance, size_t n, uint32_t seed,
                                const encoding *e)
{
    if (is_prepared(q)) {
        prepare(q, x, importance, n, e->made, e->counted, e->places, e->values);
        x = e->made;
        importance = q->outliers || importance ? e->counted : NULL;
    }
    encode_tensor(q, l, x, importance, n, seed, e->codes, e->headers, e->units, e->wanted, e->spare);
}

/* Decoding by blocks. Before this stand CODE_BITS and of_code[choices][1 << CODE_BITS], what codes stand
 * for. A block has a multiple of eight weights, so eight codes begin at a whole byte; what is decoded is
 * scale * level + offset, rounded after each operation, on every way through.
 */
#define CODES (1 << CODE_BITS)

/* Up to so many codes a block's weights are looked up in a table of products, made once a block. */
#define FEW 32

#if defined(__AVX2__) && CODE_BITS <= 4
#include <immintrin.h>
#endif

/* A tensor's bytes, by stream. */
typedef struct {
    quantizer q;
    magnitudes g;
    size_t unit;
    const uint8_t *units, *scales, *offsets, *choices, *codes, *places, *values;
} reader;

static inline reader reader_of(const quantizer *q, size_t n, const uint8_t *bytes)
{
    reader r = {.q = *q, .unit = groups_of(q, n) * (q->group ? 2 : 4), .units = bytes};
    const size_t blocks = blocks_of(q, n);
    magnitudes_of(q, &r.g);
    r.scales = bytes + r.unit * (q->shift ? 2 : 1);
    r.offsets = r.scales + whole_bytes(blocks, scale_width(q));
    r.choices = r.offsets + whole_bytes(blocks, offset_width(q));
    r.codes = r.choices + whole_bytes(blocks, q->choice);
    r.places = r.codes + whole_bytes(n, q->bits);
    r.values = r.places + (size_t)q->outliers * spans_of(q, n);
    return r;
}

/* What the codes of a block have in common. */
typedef struct {
    float scale, offset;
    const float *level;
    float weight[FEW];
} common;

static inline void set_common(const reader *r, size_t b, common *c)
{
    const quantizer *q = &r->q;
    c->scale = from_stream(q, &r->g, r->scales, b, scale_width(q), 0, r->units);
    c->offset = q->shift ? from_stream(q, &r->g, r->offsets, b, offset_width(q), 1,
                                       r->units + r->unit) : 0.0f;
    c->level = of_code[q->choice ? get(r->choices, b, 1) : 0];
    for (int k = 0; k < CODES && CODES <= FEW; k++) {
        const float product = c->scale * c->level[k];
        c->weight[k] = q->shift ? product + c->offset : product;
    }
}

/* The weight of a code. */
static inline float weight_of(const reader *r, const common *c, uint32_t code)
{
#if CODES <= FEW
    (void)r;
    return c->weight[code];
#else
    const float product = c->scale * c->level[code];
    return r->q.shift ? product + c->offset : product;
#endif
}

/* Eight weights from CODE_BITS bytes. */
static inline void eight(const reader *r, const common *c, const uint8_t *bytes, float *x)
{
    uint64_t word = 0;
    for (int k = 0; k < CODE_BITS; k++)
        word |= (uint64_t)bytes[k] << 8 * k;
#if defined(__AVX2__) && CODE_BITS <= 4
    const __m256i by = _mm256_mullo_epi32(_mm256_set1_epi32(CODE_BITS),
                                          _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    const __m256i code = _mm256_and_si256(
        _mm256_srlv_epi32(_mm256_set1_epi32((int32_t)(uint32_t)word), by),
        _mm256_set1_epi32(CODES - 1));
    __m256 made = _mm256_permutevar8x32_ps(_mm256_loadu_ps(c->weight), code);
#if CODE_BITS == 4
    const __m256 above = _mm256_permutevar8x32_ps(_mm256_loadu_ps(c->weight + 8), code);
    made = _mm256_blendv_ps(made, above, _mm256_castsi256_ps(_mm256_slli_epi32(code, 28)));
#endif
    (void)r;
    _mm256_storeu_ps(x, made);
#else
    for (int k = 0; k < 8; k++)
        x[k] = weight_of(r, c, (uint32_t)(word >> CODE_BITS * k) & (CODES - 1u));
#endif
}

/* Weights from number `first` on, a multiple of eight, all of one block. */
static inline void decode_run(const reader *r, const common *c, size_t first, size_t count, float *x)
{
    size_t k = 0;
    for (; k + 8 <= count; k += 8)
        eight(r, c, r->codes + (first + k) / 8 * CODE_BITS, x + k);
    for (; k < count; k++)
        x[k] = weight_of(r, c, get(r->codes, first + k, CODE_BITS));
}

/* A span of weights, whole blocks of a format that changes tensors before it encodes them. */
static inline void decode_span(const reader *r, size_t first, size_t count, float *x)
{
    const quantizer *q = &r->q;
    const size_t size = (size_t)q->block, outliers = (size_t)q->outliers;
    common c = {.level = of_code[0]};
    for (size_t k = 0; k < count; k += size) {
        set_common(r, (first + k) / size, &c);
        decode_run(r, &c, first + k, count - k < size ? count - k : size, x + k);
    }
    if (q->rotated)
        rotate(x, count, (size_t)q->rotated);
    for (size_t k = first / SPAN * outliers, last = k + outliers; k < last; k++)
        x[r->places[k]] = apart_value((uint16_t)get(r->values, k, 16));
}

static inline void decode_tensor(const quantizer *q, const uint8_t *bytes, size_t n, float *x)
{
    const reader r = reader_of(q, n, bytes);
    const size_t size = is_prepared(q) ? SPAN : (size_t)q->block;
    common c = {.level = of_code[0]};
    for (size_t first = 0, b = 0; first < n; first += size, b++) {
        const size_t count = n - first < size ? n - first : size;
        if (is_prepared(q)) {
            decode_span(&r, first, count, x + first);
        } else {
            set_common(&r, b, &c);
            decode_run(&r, &c, first, count, x + first);
        }
    }
}

/* Weights of a tensor that are multiplied at a time. */
#define RUN SPAN

/* Sums of products in eight lanes. */
static inline void add_products(const float *x, const float *y, size_t count, octet *sum)
{
    octet v, w;
    size_t k = 0;
    for (; k + OCTET <= count; k += OCTET) {
        memcpy(&v, x + k, sizeof v);
        memcpy(&w, y + k, sizeof w);
        *sum += v * w;
    }
    if (k < count) {
        v = w = (octet){0};
        memcpy(&v, x + k, (count - k) * sizeof *x);
        memcpy(&w, y + k, (count - k) * sizeof *y);
        *sum += v * w;
    }
}

/* Dot product of a tensor with numbers. */
static inline float dot_numbers(const quantizer *q, const uint8_t *bytes, size_t n, const float *y)
{
    const reader r = reader_of(q, n, bytes);
    const size_t size = is_prepared(q) ? SPAN : (size_t)q->block;
    octet sum = {0};
    common c = {.level = of_code[0]};
    for (size_t first = 0, b = 0; first < n; first += size, b++) {
        const size_t end = n - first < size ? n : first + size;
        if (!is_prepared(q))
            set_common(&r, b, &c);
        for (size_t at = first; at < end; at += RUN) {
            float x[RUN];
            const size_t count = end - at < RUN ? end - at : RUN;
            if (is_prepared(q))
                decode_span(&r, at, count, x);
            else
                decode_run(&r, &c, at, count, x);
            add_products(x, y + at, count, &sum);
        }
    }
    return total(&sum);
}

/* Dot product of two tensors of a format. */
static inline float dot_tensors(const quantizer *q, const uint8_t *one, const uint8_t *other, size_t n)
{
    const reader r = reader_of(q, n, one), s = reader_of(q, n, other);
    const size_t size = is_prepared(q) ? SPAN : (size_t)q->block;
    octet sum = {0};
    common c = {.level = of_code[0]}, d = c;
    for (size_t first = 0, b = 0; first < n; first += size, b++) {
        const size_t end = n - first < size ? n : first + size;
        if (!is_prepared(q)) {
            set_common(&r, b, &c);
            set_common(&s, b, &d);
        }
        for (size_t at = first; at < end; at += RUN) {
            float x[RUN], y[RUN];
            const size_t count = end - at < RUN ? end - at : RUN;
            if (is_prepared(q)) {
                decode_span(&r, at, count, x);
                decode_span(&s, at, count, y);
            } else {
                decode_run(&r, &c, at, count, x);
                decode_run(&s, &d, at, count, y);
            }
            add_products(x, y, count, &sum);
        }
    }
    return total(&sum);
}

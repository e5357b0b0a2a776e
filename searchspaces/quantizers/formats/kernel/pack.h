/* The bytes of a tensor: units, scales, offsets, choices, codes, places and values of outliers, the seed,
 * each from a whole byte on. */

static inline int magnitude_bits(const quantizer *q)
{
    static const int bits[] = {31, 15, 15, 8, 7, 8};
    return q->codec == INTEGER ? q->scale_bits - q->is_signed : bits[q->codec];
}

static inline int scale_width(const quantizer *q)
{
    static const int bits[] = {32, 16, 16, 8, 8, 8};
    return q->codec == INTEGER ? q->scale_bits : bits[q->codec];
}

static inline int offset_width(const quantizer *q)
{
    if (q->shift == NOTHING)
        return 0;
    return magnitude_bits(q) + (q->shift == OFFSET || q->codec != INTEGER ? 1 : 0);
}

static inline size_t blocks_of(const quantizer *q, size_t n)
{
    return (n + (size_t)q->block - 1) / (size_t)q->block;
}

static inline size_t groups_of(const quantizer *q, size_t n)
{
    if (!has_unit(q))
        return 0;
    return q->group ? (n + (size_t)q->group - 1) / (size_t)q->group : 1;
}

static inline size_t whole_bytes(size_t count, int width) { return (count * (size_t)width + 7) / 8; }

static inline size_t bytes_of(const quantizer *q, size_t n)
{
    const size_t blocks = blocks_of(q, n), units = groups_of(q, n) * (q->shift ? 2 : 1);
    return units * (q->group ? 2 : 4) + whole_bytes(blocks, scale_width(q)) +
           whole_bytes(blocks, offset_width(q)) + whole_bytes(blocks, q->choice) +
           whole_bytes(n, q->bits) + 3 * (size_t)q->outliers * spans_of(q, n) +
           (q->by_lot ? 4u : 0u);
}

/* Number k of a stream of numbers with `width` bits each. */
static inline void put(uint8_t *stream, size_t k, int width, uint32_t value)
{
    const size_t first = k * (size_t)width, bit = first % 8;
    const uint64_t shifted = (uint64_t)value << bit;
    for (size_t b = 0; 8 * b < bit + (size_t)width; b++)
        stream[first / 8 + b] = (uint8_t)(stream[first / 8 + b] | shifted >> 8 * b);
}

static inline uint32_t get(const uint8_t *stream, size_t k, int width)
{
    const size_t first = k * (size_t)width, bit = first % 8;
    uint64_t value = 0;
    for (size_t b = 0; 8 * b < bit + (size_t)width; b++)
        value |= (uint64_t)stream[first / 8 + b] << 8 * b;
    return (uint32_t)(value >> bit & (((uint64_t)1 << width) - 1u));
}

/* Codes of so many bits each, eight at a time: whole bytes. */
static inline void put_codes(uint8_t *stream, const uint8_t *codes, size_t n, int width)
{
    for (size_t i = 0; i < n / 8 * 4 && width == 4; i++)
        stream[i] = (uint8_t)(codes[2 * i] | codes[2 * i + 1] << 4);
    if (width == 8)
        memcpy(stream, codes, n / 8 * 8);
    for (size_t i = 0; i < n / 8 && width != 4 && width != 8; i++) {
        const uint8_t *c = codes + 8 * i;
        uint64_t value = 0;
        for (int k = 0; k < 8; k++)
            value |= (uint64_t)c[k] << k * width;
        for (int k = 0; k < width; k++)
            stream[(size_t)width * i + (size_t)k] = (uint8_t)(value >> 8 * k);
    }
    for (size_t i = n / 8 * 8; i < n; i++)
        put(stream, i, width, codes[i]);
}

static inline void pack(const quantizer *q, size_t n, const encoding *e, uint32_t seed,
                        uint8_t *bytes)
{
    const header *headers = e->headers;
    const size_t outliers = (size_t)q->outliers * spans_of(q, n);
    const size_t blocks = blocks_of(q, n), groups = groups_of(q, n);
    const int sign = magnitude_bits(q), wide = scale_width(q), away = offset_width(q);
    memset(bytes, 0, bytes_of(q, n));
    for (size_t k = 0; k < (q->shift ? 2u : 1u); k++)
        for (size_t u = 0; u < groups; u++, bytes += q->group ? 2 : 4)
            put(bytes, 0, q->group ? 16 : 32,
                q->group ? half_from(e->units[2 * u + k]) : float_bits(e->units[2 * u + k]));
    for (size_t b = 0; b < blocks; b++) {
        const uint32_t minus = wide > sign && headers[b].scale_negative ? 1u : 0u;
        put(bytes, b, wide, wide > sign ? headers[b].scale | minus << sign : headers[b].scale);
    }
    bytes += whole_bytes(blocks, wide);
    for (size_t b = 0; b < blocks && away; b++) {
        const uint32_t minus = away > sign && headers[b].offset_negative ? 1u : 0u;
        put(bytes, b, away, away > sign ? headers[b].offset | minus << sign : headers[b].offset);
    }
    bytes += whole_bytes(blocks, away);
    for (size_t b = 0; b < blocks && q->choice; b++)
        put(bytes, b, 1, headers[b].choice);
    bytes += whole_bytes(blocks, q->choice);
    put_codes(bytes, e->codes, n, q->bits);
    bytes += whole_bytes(n, q->bits);
    for (size_t k = 0; k < outliers; k++) {
        bytes[k] = e->places[k];
        put(bytes + outliers, k, 16, e->values[k]);
    }
    if (q->by_lot)
        put(bytes + 3 * outliers, 0, 32, seed);
}

/* A scale or an offset of a block from its stream. */
static inline float from_stream(const quantizer *q, const magnitudes *g, const uint8_t *stream,
                                size_t b, int width, int minimum, const uint8_t *units)
{
    const int sign = magnitude_bits(q);
    const uint32_t raw = get(stream, b, width);
    const int minus = width > sign ? (int)(raw >> sign & 1u) : minimum;
    const size_t u = q->group ? b / (size_t)(q->group / q->block) : 0;
    float unit = 1.0f;
    if (has_unit(q))
        unit = q->group ? half_value(get(units, u, 16)) : float_from(get(units, u, 32));
    return scale_value(q, g, width > sign ? raw & ((1u << sign) - 1u) : raw, minus, unit);
}

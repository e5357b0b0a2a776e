/* Sixteen blocks side by side, a lane each; or one block, the whole tensor, in all of the lanes. */
#include "levels.h"

/* Numbers of scratch that blocks of so many weights take: columns and their importance, and a last
 * block that is not full. */
#define SPARE(block) (2 * LANES * ((block) < 256 ? (size_t)(block) : 256) + 2 * ((size_t)(block) + LANES))

/* Weights as rows of lanes, what an error of each counts (NULL where all count alike), and of each block
 * the sums of x, x x and 1 that they count, and the smallest and the largest weight. */
typedef struct {
    const float *x, *importance;
    int rows, one;
    marks counts;       /* whether a block's weights count by importance */
    row sum, square, mass, low, high;
} bundle;

/* The tensor that is encoded. */
typedef struct {
    const float *x, *importance;
    size_t n;
    float *spare;
} tensor;

/* Sixteen rows of sixteen numbers to columns. */
static inline void turn(const float *const *from, float *to)
{
#ifdef __AVX512F__
    __m512 r[LANES], s[LANES];
    for (int i = 0; i < LANES; i++)
        r[i] = _mm512_loadu_ps(from[i]);
    for (int i = 0; i < LANES; i += 2) {
        s[i] = _mm512_unpacklo_ps(r[i], r[i + 1]);
        s[i + 1] = _mm512_unpackhi_ps(r[i], r[i + 1]);
    }
    for (int i = 0; i < LANES; i += 4)
        for (int k = 0; k < 2; k++) {
            const __m512d a = _mm512_castps_pd(s[i + k]), b = _mm512_castps_pd(s[i + 2 + k]);
            r[i + 2 * k] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, b));
            r[i + 2 * k + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, b));
        }
    for (int i = 0; i < 4; i++) {
        const __m512 a = _mm512_shuffle_f32x4(r[i], r[i + 4], 0x88);
        const __m512 b = _mm512_shuffle_f32x4(r[i], r[i + 4], 0xdd);
        const __m512 c = _mm512_shuffle_f32x4(r[i + 8], r[i + 12], 0x88);
        const __m512 d = _mm512_shuffle_f32x4(r[i + 8], r[i + 12], 0xdd);
        _mm512_storeu_ps(to + LANES * i, _mm512_shuffle_f32x4(a, c, 0x88));
        _mm512_storeu_ps(to + LANES * (i + 8), _mm512_shuffle_f32x4(a, c, 0xdd));
        _mm512_storeu_ps(to + LANES * (i + 4), _mm512_shuffle_f32x4(b, d, 0x88));
        _mm512_storeu_ps(to + LANES * (i + 12), _mm512_shuffle_f32x4(b, d, 0xdd));
    }
#else
    for (int i = 0; i < LANES; i++)
        for (int k = 0; k < LANES; k++)
            to[LANES * k + i] = from[i][k];
#endif
}

/* Weights of a block of n, its last weight repeated where the tensor ends inside, which counts nothing
 * then. Returns where they are. */
static inline const float *filled(const float *x, size_t at, size_t n, size_t size, float *spare,
                                  int counted)
{
    if (at + size <= n)
        return x + at;
    for (size_t i = 0; i < size; i++)
        spare[i] = at + i < n ? x[at + i] : counted ? 0.0f : x[n - 1];
    return spare;
}

/* Sums and ends of blocks by their weights. */
static inline void set_sums(bundle *p)
{
    row s = {0}, square = {0}, mass = {0}, low, high;
    memcpy(&low, p->x, sizeof low);
    high = low;
    for (int k = 0; k < p->rows; k++) {
        row u = (row){0} + 1.0f, w;
        memcpy(&w, p->x + LANES * k, sizeof w);
        if (p->importance)
            memcpy(&u, p->importance + LANES * k, sizeof u);
        lower(&w, &low);
        higher(&w, &high);
        s += u * w;
        square += w * (u * w);
        if (p->importance)
            mass += u;
    }
    p->low = low;
    p->high = high;
    p->sum = s;
    p->square = square;
    p->mass = p->importance ? mass : (row){0} + (float)p->rows;
    if (p->one) {
        p->low = (row){0} + least_of(&low);
        p->high = (row){0} + most_of(&high);
        p->sum = (row){0} + sum_of(&s);
        p->square = (row){0} + sum_of(&square);
        p->mass = (row){0} + sum_of(&p->mass);
    }
}

/* What weights of blocks count: all alike in blocks of which none counts. */
static inline void set_importance(float *u, bundle *p)
{
    row most = {0}, one = (row){0} + 1.0f;
    for (int k = 0; k < p->rows; k++) {
        row w;
        memcpy(&w, u + LANES * k, sizeof w);
        higher(&w, &most);
    }
    if (p->one)
        most = (row){0} + most_of(&most);
    p->counts = (marks)(most > 0.0f);
    const marks alike = ~p->counts;
    for (int k = 0; k < p->rows; k++) {
        row w;
        memcpy(&w, u + LANES * k, sizeof w);
        choose(&w, &alike, &one);
        memcpy(u + LANES * k, &w, sizeof w);
    }
    p->importance = u;
}

/* The blocks of the given numbers, one for each lane; of a tensor of one block that. */
static inline void load(const quantizer *q, const tensor *t, const size_t *number, bundle *p)
{
    const size_t size = (size_t)q->block, most = size < 256 ? size : 256;
    float *x = t->spare, *u = x + LANES * most, *last = u + LANES * most;
    const float *from[LANES], *counted[LANES];
    p->one = size >= t->n;
    p->rows = p->one ? q->block / LANES : q->block;
    p->importance = NULL;
    p->counts = (marks){0};
    if (p->one) {
        float *end = last + size + LANES;
        p->x = filled(t->x, 0, t->n, size, last, 0);
        if (t->importance) {
            const float *given = filled(t->importance, 0, t->n, size, end, 1);
            memmove(end, given, size * sizeof *end);
            set_importance(end, p);
        }
        set_sums(p);
        return;
    }
    for (int i = 0; i < LANES; i++) {
        from[i] = filled(t->x, number[i] * size, t->n, size, last, 0);
        if (t->importance)
            counted[i] = filled(t->importance, number[i] * size, t->n, size, last + size, 1);
    }
    for (size_t k = 0; k < size; k += LANES) {
        turn(from, x + LANES * k);
        if (t->importance)
            turn(counted, u + LANES * k);
        for (int i = 0; i < LANES; i++) {
            from[i] += LANES;
            if (t->importance)
                counted[i] += LANES;
        }
    }
    p->x = x;
    if (t->importance)
        set_importance(u, p);
    set_sums(p);
}

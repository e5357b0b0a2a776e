/* Constants of programs in `float32` on their grid: the largest error at given points, made less by
 * steps from float to float.
 *
 * The error at a point is |y - truth| * scale, infinity where y is NaN; infinity as a value stands for
 * 2^128, as it does in sweeps. Points come in blocks, and a step is given up at the first block that is
 * no better than what there is; the block of the largest error is asked first.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "interpret.h"

enum { BLOCK = 256, MOST_CONSTANTS = 64, STEPS = 10, TOGETHER = 3, FINER = 3 };

/* Errors from which on roundings are no longer what matters: random steps are in vain. */
#define NEAR 64.0

static const int32_t steps[STEPS] = {1, -1, 2, -2, 5, -5, 16, -16, 64, -64};

typedef struct {
    size_t blocks;
    const float *points;
    const double *truth, *scale;
} samples;

typedef struct {
    program p;
    STORED *constant;
    CELL *values;
    const samples *to;
    size_t worst;               /* block of the largest error */
} candidate;

static inline double largest(double a, double b) { return a > b ? a : b; }

/* The largest error of a block; `at`, if there is one, becomes the first place of it. */
static double block_error(const candidate *c, size_t block, uint32_t *at)
{
    const float *x = c->to->points + block * BLOCK;
    const double *truth = c->to->truth + block * BLOCK, *scale = c->to->scale + block * BLOCK;
    double error[BLOCK], most = 0.0;
    memcpy(c->values, x, BLOCK * sizeof *x);
    forward(c->p, c->constant, c->values, BLOCK);
    const CELL *result = c->values + (size_t)c->p.output[0] * BLOCK;
    for (size_t i = 0; i < BLOCK; i++) {
        double y = (double)result[i];
        y = y > 0x1p128 ? 0x1p128 : y;
        y = y < -0x1p128 ? -0x1p128 : y;
        const double e = fabs(y - truth[i]) * scale[i];
        error[i] = e == e ? e : INFINITY;
    }
    for (size_t i = 0; i < BLOCK; i++)
        most = largest(most, error[i]);
    if (at != NULL)
        for (*at = 0; error[*at] < most;)
            ++*at;
    return most;
}

/* The largest error if it is below `bound`; else some error that is not. */
static double error_below(candidate *c, double bound)
{
    double most = block_error(c, c->worst, NULL);
    const size_t first = c->worst;
    for (size_t b = 0; b < c->to->blocks && most < bound; b++) {
        if (b == first)
            continue;
        const double e = block_error(c, b, NULL);
        if (e > most) {
            most = e;
            c->worst = b;
        }
    }
    return most;
}

/* Floats as whole numbers in their order, and back. */
static inline int32_t place_of(uint32_t bits)
{
    return (int32_t)bits < 0 ? (int32_t)(0x80000000u - bits) : (int32_t)bits;
}

static inline uint32_t bits_at(int32_t place)
{
    return place < 0 ? 0x80000000u - (uint32_t)place : (uint32_t)place;
}

static inline uint32_t moved(uint32_t bits, int32_t step)
{
    const uint32_t found = bits_at(place_of(bits) + step);
    return (found & 0x7f800000u) == 0x7f800000u ? bits : found;
}

/* One constant by steps times a power of two; the error. */
static double step_by_step(candidate *c, STORED *one, double error, int power)
{
    for (int j = 0; j < STEPS; j++) {
        const STORED kept = *one;
        *one = moved(kept, steps[j] * (1 << power));
        const double e = error_below(c, error);
        if (e < error)
            error = e;
        else
            *one = kept;
    }
    return error;
}

/* One constant after the other, as long as a step helps; from coarse steps to fine ones. */
static double descend(candidate *c, const int *where, int many, double error, int rounds,
                      int coarse)
{
    for (int round = 0, better = 1; round < rounds && better; round++) {
        const double before = error;
        for (int power = coarse; power >= 0; power -= FINER)
            for (int k = 0; k < many; k++)
                error = step_by_step(c, c->constant + WIDTH * where[k], error, power);
        better = error < before;
    }
    return error;
}

static stream seeded(const candidate *c, const int *where, int many)
{
    uint64_t h = (uint64_t)many;
    for (int k = 0; k < many; k++)
        h = (h ^ c->constant[WIDTH * where[k]]) * 0x9e3779b97f4a7c15u, h ^= h >> 29;
    return (stream){{h, h ^ 0x243f6a8885a308d3u, ~h, 0x9e3779b97f4a7c15u}};
}

/* Up to three constants at once by small random steps; what is as good is taken too. The numbers are
 * drawn from the constants, so a result is a function of the program. */
static double wander(candidate *c, const int *where, int many, double error, int trials,
                     int coarse)
{
    stream r = seeded(c, where, many);
    for (int t = 0; t < trials; t++) {
        const int together = 1 + below(&r, TOGETHER);
        int slot[TOGETHER];
        STORED kept[TOGETHER];
        for (int j = 0; j < together; j++) {
            slot[j] = WIDTH * where[below(&r, many)];
            kept[j] = c->constant[slot[j]];
            const int size = 1 << below(&r, 6 + coarse);
            const int32_t step = 1 + below(&r, size);
            c->constant[slot[j]] = moved(kept[j], chance(&r, 0.5) ? step : -step);
        }
        const double e = error_below(c, nextafter(error, INFINITY));
        if (e <= error) {
            error = e;
            continue;
        }
        for (int j = together - 1; j >= 0; j--)
            c->constant[slot[j]] = kept[j];
    }
    return error;
}

/* free_: which instructions are constants that may change, [rows, length]. limits: rows whose error is
 * not below theirs are only measured. values: (1 + length) * BLOCK of scratch. error: [rows]. */
void settle(BATCH, const uint8_t *free_, const float *points, const double *truth,
            const double *scale, size_t blocks, const double *limits, int rounds, int trials,
            int coarse, CELL *values, double *error)
{
    const samples to = {blocks, points, truth, scale};
    for (size_t r = 0; r < rows; r++) {
        int where[MOST_CONSTANTS], many = 0;
        candidate c = {program_at(r, length, s, size, opcode, operand, output),
                       constant + WIDTH * r * length, values, &to, 0};
        for (int k = 0; k < c.p.size && many < MOST_CONSTANTS; k++)
            if (free_[r * length + (size_t)k])
                where[many++] = k;
        error[r] = error_below(&c, INFINITY);
        if (many == 0 || !(error[r] < limits[r]))
            continue;
        error[r] = descend(&c, where, many, error[r], rounds, coarse);
        if (error[r] < NEAR)
            error[r] = wander(&c, where, many, error[r], trials, coarse);
    }
}

/* Where programs are worst: of each block the largest error and its point, [rows, blocks]. */
void examine(BATCH, const float *points, const double *truth, const double *scale, size_t blocks,
             CELL *values, double *error, uint32_t *at)
{
    const samples to = {blocks, points, truth, scale};
    for (size_t r = 0; r < rows; r++) {
        const candidate c = {program_at(r, length, s, size, opcode, operand, output),
                             constant + WIDTH * r * length, values, &to, 0};
        for (size_t b = 0; b < blocks; b++) {
            const size_t k = r * blocks + b;
            error[k] = block_error(&c, b, at + k);
            at[k] += (uint32_t)(b * BLOCK);
        }
    }
}

/* A tile of a product of float matrices, added up in registers. */
#ifndef ELITEMAP_TILE_H
#define ELITEMAP_TILE_H

#include <stddef.h>

/* Columns of a tile, and the most rows. */
#define TILE_WIDTH 16
#define TILE_HEIGHT 4

/* Floats of a register: gcc keeps what is wider in memory, at a sixth of the speed. */
#if defined __AVX512F__
#define TILE_LANES 16
#elif defined __AVX__
#define TILE_LANES 8
#else
#define TILE_LANES 4
#endif
#define TILE_PARTS (TILE_WIDTH / TILE_LANES)

typedef float tile_lanes
    __attribute__((vector_size(TILE_LANES * sizeof(float)), aligned(4), may_alias));

/* Here sums may be contracted: which bits come out is the machine's business, as with vectors. */
#pragma GCC push_options
#pragma GCC optimize("fp-contract=fast")

/* c[i][j] = initial[j] + sum over k of a(i, k) b[k][j], without `initial` where it is NULL, for
 * `rows` rows, a constant of at most TILE_HEIGHT, and TILE_WIDTH columns. a(i, k) is
 * a[i * row + k * column]; b and c have rows of `width` floats. */
static inline void tile_product(float *c, const float *a, size_t row, size_t column,
                                const float *b, size_t width, const float *initial, size_t inner,
                                const int rows)
{
    tile_lanes sum[TILE_HEIGHT][TILE_PARTS];
    for (int i = 0; i < rows; i++)
        for (int p = 0; p < TILE_PARTS; p++)
            sum[i][p] = initial ? *(const tile_lanes *)(initial + p * TILE_LANES) : (tile_lanes){0};
    for (size_t k = 0; k < inner; k++)
        for (int p = 0; p < TILE_PARTS; p++) {
            const tile_lanes x = *(const tile_lanes *)(b + k * width + p * TILE_LANES);
            for (int i = 0; i < rows; i++)
                sum[i][p] += a[i * row + k * column] * x;
        }
    for (int i = 0; i < rows; i++)
        for (int p = 0; p < TILE_PARTS; p++)
            *(tile_lanes *)(c + i * width + p * TILE_LANES) = sum[i][p];
}

#pragma GCC pop_options

#endif

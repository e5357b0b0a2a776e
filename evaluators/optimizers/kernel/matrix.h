/* Products of small matrices, row by row in registers. */
#ifndef ELITEMAP_MATRIX_H
#define ELITEMAP_MATRIX_H

#include "tile.h"

/* Matrices have rows of a multiple of a tile. */
#define PADDED(n) (((n) + TILE_WIDTH - 1) / TILE_WIDTH * TILE_WIDTH)

/* c[i][j] = sum over k of a(i, k) b[k][j], plus c's initial row if one is given. a(i, k) is
 * a[i * row + k * column]; b and c have rows of `width` floats, a multiple of TILE_WIDTH. */
static void multiply(const float *a, size_t row, size_t column, const float *b, size_t width,
                     const float *initial, float *c, size_t rows, size_t inner)
{
    for (size_t j = 0; j < width; j += TILE_WIDTH) {
        const float *first = initial ? initial + j : NULL;
        size_t i = 0;
        for (; i + TILE_HEIGHT <= rows; i += TILE_HEIGHT)
            tile_product(c + i * width + j, a + i * row, row, column, b + j, width, first, inner,
                         TILE_HEIGHT);
        for (; i < rows; i++)
            tile_product(c + i * width + j, a + i * row, row, column, b + j, width, first, inner, 1);
    }
}

#endif

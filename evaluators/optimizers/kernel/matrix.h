/* Products of small matrices, row by row in registers. */
#ifndef ELITEMAP_MATRIX_H
#define ELITEMAP_MATRIX_H

#include <stddef.h>
#include <string.h>

/* Columns of a tile; matrices have rows of a multiple of it. */
#define TILE 16
#define PADDED(n) (((n) + TILE - 1) / TILE * TILE)

typedef float row_tile __attribute__((vector_size(TILE * sizeof(float)), aligned(4), may_alias));

/* Here sums may be contracted: which bits come out is the machine's business, as with vectors. */
#pragma GCC push_options
#pragma GCC optimize("fp-contract=fast")

/* c[i][j] = sum over k of a(i, k) b[k][j], plus c's initial row if one is given. a(i, k) is
 * a[i * row + k * column]; b and c have rows of `width` floats, a multiple of TILE. */
static void multiply(const float *a, size_t row, size_t column, const float *b, size_t width,
                     const float *initial, float *c, size_t rows, size_t inner)
{
    for (size_t j = 0; j < width; j += TILE) {
        row_tile first = {0};
        if (initial)
            memcpy(&first, initial + j, sizeof first);
        size_t i = 0;
        for (; i + 4 <= rows; i += 4) {
            row_tile s0 = first, s1 = first, s2 = first, s3 = first;
            const float *at = a + i * row;
            for (size_t k = 0; k < inner; k++) {
                const row_tile x = *(const row_tile *)(b + k * width + j);
                s0 += at[k * column] * x;
                s1 += at[k * column + row] * x;
                s2 += at[k * column + 2 * row] * x;
                s3 += at[k * column + 3 * row] * x;
            }
            *(row_tile *)(c + i * width + j) = s0;
            *(row_tile *)(c + (i + 1) * width + j) = s1;
            *(row_tile *)(c + (i + 2) * width + j) = s2;
            *(row_tile *)(c + (i + 3) * width + j) = s3;
        }
        for (; i < rows; i++) {
            row_tile sum = first;
            for (size_t k = 0; k < inner; k++)
                sum += a[i * row + k * column] * *(const row_tile *)(b + k * width + j);
            *(row_tile *)(c + i * width + j) = sum;
        }
    }
}

#pragma GCC pop_options

#endif

/* Tensors as matrices, for the machine: all results have the shape of the first operand. */
#ifndef ELITEMAP_MATRICES_H
#define ELITEMAP_MATRICES_H

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "tile.h"

/* Here sums may be contracted, as in a tile. */
#pragma GCC push_options
#pragma GCC optimize("fp-contract=fast")

/* c = a b in the given rows and columns, entry by entry. */
static void product_rest(float *restrict c, const float *a, const float *b, size_t k, size_t m,
                         size_t i, size_t rows, size_t j, size_t columns)
{
    for (; i < rows; i++) {
        memset(c + i * m + j, 0, (columns - j) * sizeof(float));
        for (size_t l = 0; l < k; l++)
            for (size_t at = j; at < columns; at++)
                c[i * m + at] += a[i * k + l] * b[l * m + at];
    }
}

#pragma GCC pop_options

/* c [n, m] = a [n, k] b [k, m]; b' where `turned`, then b is [m, k] and `spare` takes k m floats. */
static void matrix_product(float *restrict c, const float *a, const float *b, size_t n, size_t k,
                           size_t m, int turned, float *spare)
{
    if (turned) {
        for (size_t i = 0; i < k; i++)
            for (size_t j = 0; j < m; j++)
                spare[i * m + j] = b[j * k + i];
        b = spare;
    }
    const size_t rows = n - n % TILE_HEIGHT, columns = m - m % TILE_WIDTH;
    for (size_t j = 0; j < columns; j += TILE_WIDTH)
        for (size_t i = 0; i < rows; i += TILE_HEIGHT)
            tile_product(c + i * m + j, a + i * k, k, 1, b + j, m, NULL, k, TILE_HEIGHT);
    product_rest(c, a, b, k, m, 0, rows, columns, m);
    product_rest(c, a, b, k, m, rows, n, 0, m);
}

static void matrix_turned(float *restrict to, const float *from, size_t rows, size_t columns)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            to[j * rows + i] = from[i * columns + j];
}

/* v = x y' z, [rows, columns] all. memory: 3 rows columns floats. */
static void triple_product(float *v, const float *x, const float *y, const float *z, size_t rows,
                           size_t columns, float *memory)
{
    const size_t n = rows * columns;
    if (rows <= columns) {
        matrix_product(memory, x, y, rows, columns, rows, 1, memory + n);
        matrix_product(v, memory, z, rows, rows, columns, 0, NULL);
        return;
    }
    matrix_turned(memory + n, y, rows, columns);
    matrix_product(memory, memory + n, z, columns, rows, columns, 0, NULL);
    matrix_product(v, x, memory, rows, columns, columns, 0, NULL);
}

/* v = a x + (b s + c s s) x with s = x x', on the shorter side. memory: 4 rows columns floats. */
static void schulz_step(float *v, const float *x, size_t rows, size_t columns, float *memory)
{
    const size_t n = rows * columns, k = rows < columns ? rows : columns;
    const size_t wide = rows < columns ? columns : rows;
    const float *m = x;
    float *square = memory, *fourth = memory + n, *made = memory + 2 * n;
    if (rows > columns) {
        matrix_turned(made, x, rows, columns);
        m = made;
    }
    matrix_product(square, m, m, k, wide, k, 1, memory + 3 * n);
    matrix_product(fourth, square, square, k, k, k, 0, NULL);
    for (size_t i = 0; i < k * k; i++)
        square[i] = -4.7750f * square[i] + 2.0315f * fourth[i];
    float *to = memory + 3 * n;
    matrix_product(to, square, m, k, k, wide, 0, NULL);
    for (size_t i = 0; i < n; i++)
        to[i] += 3.4445f * m[i];
    if (rows > columns)
        matrix_turned(v, to, columns, rows);
    else
        memcpy(v, to, n * sizeof(float));
}

static void row_means(float *v, const float *x, size_t rows, size_t columns)
{
    for (size_t i = 0; i < rows; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < columns; j++)
            sum += (double)x[i * columns + j];
        for (size_t j = 0; j < columns; j++)
            v[i * columns + j] = (float)(sum / (double)columns);
    }
}

static void column_means(float *v, const float *x, size_t rows, size_t columns)
{
    for (size_t j = 0; j < columns; j++) {
        double sum = 0.0;
        for (size_t i = 0; i < rows; i++)
            sum += (double)x[i * columns + j];
        for (size_t i = 0; i < rows; i++)
            v[i * columns + j] = (float)(sum / (double)rows);
    }
}

/* v = x over its norm; zeros stay. */
static void over_norm(float *v, const float *x, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    const double norm = sqrt(sum) > 1e-30 ? sqrt(sum) : 1e-30;
    for (size_t i = 0; i < n; i++)
        v[i] = (float)((double)x[i] / norm);
}

#endif

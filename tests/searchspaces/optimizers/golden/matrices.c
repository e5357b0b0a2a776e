/* A rule of the tests.
 *
 * One step, the first of which is 1, on the n entries of a matrix w with gradients g.
 * What it remembers, n zeros each at first: m.
 * Where norms are taken, the array counts as one tensor, and as all tensors.
 * The matrix is stored by rows; rows = 0 means a vector of so many columns. memory: room for
 * matrices_memory(rows, columns) floats, which need not be kept.
 */
#include <math.h>
#include <stddef.h>

/* c [n, m] = a [n, k] b [k, m]. */
static void matrices_multiply(float *c, const float *a, const float *b,
                     size_t n, size_t k, size_t m)
{
    for (size_t i = 0; i < n * m; i++)
        c[i] = 0.0f;
    for (size_t i = 0; i < n; i++)
        for (size_t l = 0; l < k; l++)
            for (size_t j = 0; j < m; j++)
                c[i * m + j] += a[i * k + l] * b[l * m + j];
}

/* to [columns, rows] = from' [rows, columns]. */
static void matrices_transpose(float *to, const float *from, size_t rows, size_t columns)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            to[j * rows + i] = from[i * columns + j];
}

/* v = x y' z. */
static void matrices_product(float *v, const float *x, const float *y, const float *z,
                    size_t rows, size_t columns, float *work)
{
    float *turned = work, *inner = work + rows * columns;
    matrices_transpose(turned, y, rows, columns);
    if (rows <= columns) {
        matrices_multiply(inner, x, turned, rows, columns, rows);
        matrices_multiply(v, inner, z, rows, rows, columns);
    } else {
        matrices_multiply(inner, turned, z, columns, rows, columns);
        matrices_multiply(v, x, inner, rows, columns, columns);
    }
}

/* v = 3.4445 x -4.775 x x' x +2.0315 (x x')^2 x, on the shorter side. */
static void matrices_schulz(float *v, const float *x, size_t rows, size_t columns, float *work)
{
    const size_t n = rows * columns, low = rows < columns ? rows : columns;
    const size_t high = rows < columns ? columns : rows;
    float *flat = work, *tall = work + n, *square = work + 2 * n, *fourth = work + 3 * n;
    for (size_t i = 0; i < n; i++)
        (rows == low ? flat : tall)[i] = x[i];
    matrices_transpose(rows == low ? tall : flat, x, rows, columns);
    matrices_multiply(square, flat, tall, low, high, low);
    matrices_multiply(fourth, square, square, low, low, low);
    for (size_t i = 0; i < low * low; i++)
        square[i] = -4.775f * square[i] + 2.0315f * fourth[i];
    matrices_multiply(tall, square, flat, low, low, high);
    for (size_t i = 0; i < n; i++)
        tall[i] += 3.4445f * flat[i];
    if (rows == low)
        for (size_t i = 0; i < n; i++)
            v[i] = tall[i];
    else
        matrices_transpose(v, tall, low, high);
}

static void matrices_row_mean(float *v, const float *x, size_t rows, size_t columns)
{
    for (size_t i = 0; i < rows; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < columns; j++)
            sum += (double)x[i * columns + j];
        for (size_t j = 0; j < columns; j++)
            v[i * columns + j] = (float)(sum / (double)columns);
    }
}

static void matrices_column_mean(float *v, const float *x, size_t rows, size_t columns)
{
    for (size_t j = 0; j < columns; j++) {
        double sum = 0.0;
        for (size_t i = 0; i < rows; i++)
            sum += (double)x[i * columns + j];
        for (size_t i = 0; i < rows; i++)
            v[i * columns + j] = (float)(sum / (double)rows);
    }
}

void matrices(size_t rows, size_t columns, float *w, const float *g, float *m, float *memory, float rate, long step);

size_t matrices_memory(size_t rows, size_t columns);

size_t matrices_memory(size_t rows, size_t columns)
{
    return 12 * (rows > 0 ? rows : 1) * columns;
}

void matrices(size_t rows, size_t columns, float *w, const float *g, float *m, float *memory, float rate, long step)
{
    const size_t height = rows > 0 ? rows : 1, n = height * columns;
    float *const work = memory + 8 * n;
    (void)work;
    float *const a2 = memory + 0 * n;
    float *const a3 = memory + 1 * n;
    float *const a5 = memory + 2 * n;
    float *const a6 = memory + 3 * n;
    float *const a7 = memory + 4 * n;
    float *const a12 = memory + 5 * n;
    float *const a13 = memory + 6 * n;
    float *const a14 = memory + 7 * n;
    const float number = (float)step;
    (void)number;
    for (size_t i = 0; i < n; i++) {
        const float t2 = ((1.0f - 0.2f) * m[i] + 0.2f * w[i]);
        a2[i] = t2;
    }
    matrices_product(a3, g, m, a2, height, columns, work);
    for (size_t i = 0; i < n; i++) {
        const float t5 = (a3[i] * 0.1f);
        a5[i] = t5;
    }
    matrices_column_mean(a6, a5, height, columns);
    matrices_schulz(a7, a6, height, columns, work);
    double sum_t9[3] = {0.0, 0.0, 0.0};
    for (size_t i = 0; i < n; i++) {
        sum_t9[0] += (double)(a7[i]);
    }
    const float t9 = (float)(sum_t9[0] / (double)n);
    matrices_product(a12, a7, a7, g, height, columns, work);
    matrices_row_mean(a13, a12, height, columns);
    matrices_schulz(a14, g, height, columns, work);
    double sum_t15[3] = {0.0, 0.0, 0.0};
    for (size_t i = 0; i < n; i++) {
        sum_t15[0] += (double)(a14[i] * a14[i]);
    }
    const float t15 = (float)(sqrt(sum_t15[0]));
    for (size_t i = 0; i < n; i++) {
        const float t8 = (a3[i] + a7[i]);
        const float t10 = t9;
        const float t11 = (rows > 0 ? t8 : t10);
        const float t16 = ((1.0f - t15) * m[i] + t15 * a13[i]);
        const float new_m = t16;
        w[i] -= rate * t11;
        m[i] = new_m;
    }
}

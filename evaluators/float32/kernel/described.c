/* The true function at float32 in any order, by polynomials on runs of floats. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { RUN = 256 };

typedef struct { double center, inverse; } frame;

/* The piece of a float: the last one that begins at its bits or before. */
static size_t piece_of(uint32_t bits, const uint32_t *start, size_t pieces, size_t near)
{
    if (start[near] <= bits && (near + 1 == pieces || bits < start[near + 1]))
        return near;
    size_t low = 0, high = pieces;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        *(start[middle] <= bits ? &low : &high) = middle;
    }
    return low;
}

static double clipped(double v)
{
    v = v > 0x1p128 ? 0x1p128 : v;
    return v < -0x1p128 ? -0x1p128 : v;
}

/* value: [n], at most 2^128 in size. start: bits of the first float of each piece, rising.
 * coefficient: degree + 1 of each, from the constant on. */
void described(const uint32_t *bits, size_t n, const uint32_t *start, size_t pieces,
           const frame *frames, const double *coefficient, int degree, double *value)
{
    double u[RUN], v[RUN];
    for (size_t done = 0, piece = 0; done < n;) {
        piece = piece_of(bits[done], start, pieces, piece);
        const frame f = frames[piece];
        const double *c = coefficient + piece * (size_t)(degree + 1);
        size_t run = 1;
        while (run < RUN && done + run < n
               && piece_of(bits[done + run], start, pieces, piece) == piece)
            run++;
        for (size_t i = 0; i < run; i++) {
            float x;
            memcpy(&x, bits + done + i, sizeof x);
            u[i] = ((double)x - f.center) * f.inverse;
            v[i] = c[degree];
        }
        for (int k = degree - 1; k >= 0; k--)
            for (size_t i = 0; i < run; i++)
                v[i] = v[i] * u[i] + c[k];
        for (size_t i = 0; i < run; i++)
            value[done + i] = clipped(v[i]);
        done += run;
    }
}

/* Values of a float32 function compared with the true ones at consecutive floats of one sign.
 *
 * The true value at x is within `bound` of a polynomial in (x - center) * inverse, evaluated by fused
 * multiply-adds. Errors are in units of the last place of the true value; beyond the largest float32
 * the unit is that of the largest, and infinity stands for 2^128. Where the bound leaves open whether a
 * value is rounded correctly, or which unit is meant, the argument is listed and counts for nothing.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "turns.h"

enum { CHUNK = 512 };

/* Relative width that bounds stay within, with room: pieces are made to 2^-44. */
#define WIDTH 0x1p-43

typedef struct {
    double ulp, relative, absolute;   /* upper bounds of the largest errors */
    uint32_t ulp_at, relative_at;     /* bits of the arguments */
    uint32_t absolute_at, unused;
    uint64_t misrounded;
    uint64_t listed, missed;          /* arguments left open: in the list, and beyond its end */
} found;

/* low, high: the size of the true value is at least low and in no binade above that of high. */
typedef struct { double center, inverse, bound, low, high; } frame;

typedef union { double number; int64_t bits; } both;

static inline int64_t bits_of(double x) { return (both){.number = x}.bits; }
static inline double double_of(int64_t b) { return (both){.bits = b}.number; }

static inline double clamped(double x)
{
    x = x > 0x1p128 ? 0x1p128 : x;
    return x < -0x1p128 ? -0x1p128 : x;
}

static inline double within(double size, frame f)
{
    size = size < f.low ? f.low : size;
    return size > f.high ? f.high : size;
}

/* The bits of the exponent, between those of the least and the largest normal float32. */
static inline int64_t exponent(double x)
{
    const int64_t least = (int64_t)(1023 - 126) << 52, most = (int64_t)(1023 + 127) << 52;
    int64_t e = bits_of(x) & (int64_t)0x7ff << 52;
    e = e < least ? least : e;
    return e > most ? most : e;
}

static void values(uint32_t first, int n, frame f, const double *coefficient, int degree, double *v)
{
    double u[CHUNK];
    for (int i = 0; i < n; i++) {
        uint32_t bits = first + (uint32_t)i;
        float x;
        memcpy(&x, &bits, sizeof x);
        u[i] = ((double)x - f.center) * f.inverse;
        v[i] = coefficient[degree];
    }
    for (int k = degree - 1; k >= 0; k--)
        for (int i = 0; i < n; i++)
            v[i] = fma(v[i], u[i], coefficient[k]);
}

static void raise_ulp(found *to, int64_t bits, uint32_t at)
{
    if (bits > bits_of(to->ulp)) {
        to->ulp = double_of(bits);
        to->ulp_at = at;
    }
}

/* Raises an error to the largest of a chunk that begins at `first`, if that is larger. */
static void raise_to(double *error, uint32_t *at, const int64_t *bits, int64_t most,
                     uint32_t first)
{
    if (most <= bits_of(*error))
        return;
    *error = double_of(most);
    for (*at = first; *bits < most; bits++)
        ++*at;
}

static void chunk(uint32_t first, int n, frame f, const double *v, const double *off_by,
                  const float *y, found *to, uint32_t *list, float *kept, uint64_t room)
{
    int64_t bound[CHUNK], ulp[CHUNK], relative[CHUNK], gap[CHUNK], open[CHUNK], wrong[CHUNK];
    int64_t worst = 0, off = 0, far = 0, any = 0, sum = 0;
    double got[CHUNK];
    for (int i = 0; i < n; i++)
        got[i] = clamped((double)y[i]);
    for (int i = 0; i < n; i++) {
        double want = clamped(v[i]), size = fabs(want), apart = fabs(got[i] - want);
        int64_t e = exponent(within(size * (1 - WIDTH), f));
        int64_t above = exponent(within(size * (1 + WIDTH), f));
        double scale = double_of(((int64_t)(2 * 1023 + 23) << 52) - e), error = apart * scale;
        double doubt = off_by[i] * scale + error * 0x1p-50;
        int64_t tie = fabs(error - 0.5) <= doubt ? -1 : 0, edge = e != above ? -1 : 0;
        int64_t large = error > 0.5 ? -1 : 0, right = error <= 0.5 ? -1 : 0;
        double share = (apart + off_by[i]) / size * (1 + WIDTH);
        share = size >= 0x1p-126 ? share : 0.0;
        share = size < 0x1p128 ? share : 0.0;
        open[i] = tie | (edge & large);
        wrong[i] = ~right & ~open[i] & 1;
        bound[i] = bits_of(fabs(error + doubt));
        ulp[i] = bound[i] & ~open[i];
        relative[i] = bits_of(fabs(share));
        gap[i] = bits_of(fabs(apart + off_by[i]) * (1 + 0x1p-50));
    }
    for (int i = 0; i < n; i++) {
        sum += wrong[i];
        any |= open[i];
        worst = ulp[i] > worst ? ulp[i] : worst;
        off = relative[i] > off ? relative[i] : off;
        far = gap[i] > far ? gap[i] : far;
    }
    to->misrounded += (uint64_t)sum;
    raise_to(&to->ulp, &to->ulp_at, ulp, worst, first);
    raise_to(&to->relative, &to->relative_at, relative, off, first);
    raise_to(&to->absolute, &to->absolute_at, gap, far, first);
    for (int i = 0; i < n && any; i++)
        if (open[i] && to->listed < room) {
            kept[to->listed] = y[i];
            list[to->listed++] = first + (uint32_t)i;
        } else if (open[i]) {
            to->missed++;
            raise_ulp(to, bound[i], first + (uint32_t)i);
        }
}

/* Compares n values from the float with bits `first` on. start: the first floats of pieces in order,
 * and where the last ends; piece: that of `first`. coefficient: degree + 1 for each piece.
 * list, kept: arguments that are left open and the values there, at most `room`. */
void compare(uint32_t first, uint64_t n, const float *y, const uint64_t *start, uint64_t piece,
             const frame *frames, const double *coefficient, int degree, found *to, uint32_t *list,
             float *kept, uint64_t room)
{
    double v[CHUNK], off_by[CHUNK];
    for (uint64_t done = 0; done < n;) {
        uint64_t at = first + done;
        while (start[piece + 1] <= at)
            piece++;
        uint64_t some = n - done, rest = start[piece + 1] - at;
        some = some < rest ? some : rest;
        some = some < CHUNK ? some : CHUNK;
        values((uint32_t)at, (int)some, frames[piece], coefficient + piece * (uint64_t)(degree + 1),
               degree, v);
        for (uint64_t i = 0; i < some; i++)
            off_by[i] = frames[piece].bound;
        chunk((uint32_t)at, (int)some, frames[piece], v, off_by, y + done, to, list, kept, room);
        done += some;
    }
}

/* The same for a sine or a cosine of floats from 64 on in size. */
void compare_turned(uint32_t first, uint64_t n, const float *y, int cosine, found *to,
                    uint32_t *list, float *kept, uint64_t room)
{
    const frame open_ = {0.0, 1.0, 0.0, 0.0, INFINITY};
    double v[CHUNK], off_by[CHUNK];
    for (uint64_t done = 0; done < n; done += CHUNK) {
        const int some = n - done < CHUNK ? (int)(n - done) : CHUNK;
        const uint32_t at = first + (uint32_t)done;
        for (int i = 0; i < some; i++) {
            v[i] = turned(at + (uint32_t)i, cosine);
            off_by[i] = fabs(v[i]) * TURNS_WIDTH + TURNS_LEAST;
        }
        chunk(at, some, open_, v, off_by, y + done, to, list, kept, room);
    }
}

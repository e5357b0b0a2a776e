/* Sines and cosines of floats of any size, to 2^-46 of themselves and 2^-100.
 *
 * Of |x| 2 / pi the bits of 2 / pi that count modulo four are taken from a table (Payne and Hanek, 1983):
 * 128 of them, so what is left out is below 2^-102 quarter turns. What that leaves of a quarter turn is
 * known to 2^-51 of itself, and Taylor's series and their evaluation add less than 2^-52.
 */
#ifndef ELITEMAP_TURNS_H
#define ELITEMAP_TURNS_H

#include <math.h>
#include <stdint.h>

#define TURNS_WIDTH 0x1p-46
#define TURNS_LEAST 0x1p-100

/* 2 / pi in binary, behind 64 zeros. */
static const uint64_t two_over_pi[] = {
    0, 0xa2f9836e4e441529u, 0xfc2757d1f534ddc0u,
    0xdb6295993c439041u, 0xfe5163abdebbc561u, 0,
};

/* 64 bits of the table from one on. */
static inline uint64_t bits_from(int place)
{
    const int word = place / 64, shift = place % 64;
    return two_over_pi[word] << shift | two_over_pi[word + 1] >> 1 >> (63 - shift);
}

static inline double sine_near(double r)
{
    const double s = r * r;
    double v = 0x1.952c77030ad4ap-49;   /* 1 / 17! */
    v = fma(v, s, -0x1.ae7f3e733b81fp-41);
    v = fma(v, s, 0x1.6124613a86d09p-33);
    v = fma(v, s, -0x1.ae64567f544e4p-26);
    v = fma(v, s, 0x1.71de3a556c734p-19);
    v = fma(v, s, -0x1.a01a01a01a01ap-13);
    v = fma(v, s, 0x1.1111111111111p-7);
    v = fma(v, s, -0x1.5555555555555p-3);
    return fma(r * s, v, r);
}

static inline double cosine_near(double r)
{
    const double s = r * r;
    double v = 0x1.ae7f3e733b81fp-45;   /* 1 / 16! */
    v = fma(v, s, -0x1.93974a8c07c9dp-37);
    v = fma(v, s, 0x1.1eed8eff8d898p-29);
    v = fma(v, s, -0x1.27e4fb7789f5cp-22);
    v = fma(v, s, 0x1.a01a01a01a01ap-16);
    v = fma(v, s, -0x1.6c16c16c16c17p-10);
    v = fma(v, s, 0x1.5555555555555p-5);
    return fma(s, fma(v, s, -0.5), 1.0);
}

/* x: bits of a float from 64 on in size. */
static inline double turned(uint32_t x, int cosine)
{
    const int exponent = (int)(x >> 23 & 0xff) - 150, place = exponent + 62;
    const uint64_t mantissa = (x & 0x7fffff) | 0x800000;
    const unsigned __int128 window =
        (unsigned __int128)bits_from(place) << 64 | bits_from(place + 64);
    const unsigned __int128 turns = window * mantissa;
    const uint32_t whole = (uint32_t)((turns + ((unsigned __int128)1 << 125)) >> 126);
    const __int128 rest = (__int128)(turns - ((unsigned __int128)whole << 126));
    const double share = (double)(int64_t)(rest >> 64) * 0x1p-62 + (double)(uint64_t)rest * 0x1p-126;
    const double r = share * 0x1.921fb54442d18p0;
    const uint32_t quarters = whole + (uint32_t)cosine;
    const double size = quarters & 1 ? cosine_near(r) : sine_near(r);
    const int minus = (quarters >> 1 & 1) ^ (!cosine && x >> 31);
    return minus ? -size : size;
}

#endif

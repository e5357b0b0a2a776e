#pragma once
/* The shortest linear recurrence of a sequence modulo the prime 2^31 - 1, term by term.
 *
 * Berlekamp-Massey (Massey, Shift-register synthesis and BCH decoding, 1969) without inversions: the
 * connection polynomial is only known up to a factor. It is given up as soon as it is too long.
 */
#include <stdint.h>
#include <string.h>

#define PRIME 2147483647ull
/* Most taps of a recurrence, and terms of a sequence. */
#define TAPS 63
#define TERMS 256

typedef struct {
    /* Connection polynomial and the one before its last change of length, lowest power first. */
    uint64_t now[TAPS + 1], before[TAPS + 1];
    uint64_t term[TERMS];
    uint64_t missed; /* what `before` missed by */
    int length, gap, count;
} recurrence;

static uint64_t reduced(uint64_t x)
{
    x = (x & PRIME) + (x >> 31);
    x = (x & PRIME) + (x >> 31);
    return x >= PRIME ? x - PRIME : x;
}

static uint64_t residue(int64_t x)
{
    int64_t r = x % (int64_t)PRIME;
    return (uint64_t)(r < 0 ? r + (int64_t)PRIME : r);
}

static void recurrence_begin(recurrence *r)
{
    memset(r->now, 0, sizeof r->now);
    memset(r->before, 0, sizeof r->before);
    r->now[0] = r->before[0] = r->missed = r->gap = 1;
    r->length = r->count = 0;
}

static uint64_t discrepancy(const recurrence *r)
{
    uint64_t total = 0;
    const uint64_t *term = r->term + r->count;
    for (int i = 0; i <= r->length; i++) {
        uint64_t product = r->now[i] * term[-i];
        total += (product & PRIME) + (product >> 31);
    }
    return reduced(total);
}

/* now = missed now - d x^gap before, up to the given length */
static void correct(recurrence *r, uint64_t d, int length)
{
    uint64_t minus = PRIME - d;
    for (int i = 0; i <= length; i++)
        r->now[i] = reduced(r->missed * r->now[i]);
    for (int i = r->gap; i <= length; i++)
        r->now[i] = reduced(r->now[i] + reduced(minus * r->before[i - r->gap]));
}

/* Takes one more term; 0 as soon as no recurrence of at most `most` taps is left. */
static int recurrence_add(recurrence *r, int64_t term, int most)
{
    r->term[r->count] = residue(term);
    uint64_t d = discrepancy(r);
    int longer = r->count + 1 - r->length;
    r->count++;
    if (d == 0) {
        r->gap++;
        return 1;
    }
    if (longer <= r->length) {
        correct(r, d, r->length);
        r->gap++;
        return 1;
    }
    if (longer > most)
        return 0;
    uint64_t kept[TAPS + 1];
    memcpy(kept, r->now, sizeof kept);
    correct(r, d, longer);
    memcpy(r->before, kept, sizeof kept);
    r->missed = d;
    r->length = longer;
    r->gap = 1;
    return 1;
}

static uint64_t inverse(uint64_t x)
{
    uint64_t result = 1;
    for (uint64_t power = PRIME - 2; power; power >>= 1) {
        if (power & 1)
            result = reduced(result * x);
        x = reduced(x * x);
    }
    return result;
}

/* The taps as residues between -2^30 and 2^30; whole taps of that size are themselves. */
static void recurrence_taps(const recurrence *r, int64_t *taps)
{
    uint64_t scale = PRIME - inverse(r->now[0]);
    for (int i = 1; i <= r->length; i++) {
        int64_t tap = (int64_t)reduced(scale * r->now[i]);
        taps[i - 1] = tap > (int64_t)(PRIME / 2) ? tap - (int64_t)PRIME : tap;
    }
}

/* Whether whole taps give every whole term from number `length` on. */
static int recurrence_holds(const int64_t *term, int count, const int64_t *taps, int length)
{
    for (int k = length; k < count; k++) {
        __int128 total = 0;
        for (int i = 0; i < length; i++)
            total += (__int128)taps[i] * term[k - 1 - i];
        if (total != term[k])
            return 0;
    }
    return 1;
}

"""What surrounds the engine in exported C: terms, public functions, self-test, header."""

#: A number that is too long for ``mpz_add_ui``; written only where there is one.
ADD_TEXT = """\
/* r += the number in the text. */
static void add_text(mpz_t r, const char *text)
{
    mpz_t number;
    mpz_init_set_str(number, text, 10);
    mpz_add(r, r, number);
    mpz_clear(number);
}
"""

QUOTIENTS = """\
/* The quotients number 0 to count - 1: START, then sums of TAPS times those before, last first. */
static void fill(mpz_t *quotients, unsigned long count)
{
    static const char *const start[] = {@START@};
    static const char *const taps[] = {@TAPS@};
    mpz_t tap[@TAP_COUNT@];
    for (unsigned long t = 0; t < @TAP_COUNT@; t++) {
        mpz_init_set_str(tap[t], taps[t], 10);
    }
    for (unsigned long n = 0; n < count; n++) {
        mpz_init(quotients[n]);
        if (n < @START_COUNT@) {
            mpz_set_str(quotients[n], start[n], 10);
            continue;
        }
        for (unsigned long t = 0; t < @TAP_COUNT@; t++) {
            mpz_addmul(quotients[n], tap[t], quotients[n - 1 - t]);
        }
    }
    for (unsigned long t = 0; t < @TAP_COUNT@; t++) {
        mpz_clear(tap[t]);
    }
}

/* The quotient a(n). */
static void partial_a(mpz_t r, unsigned long n, mpz_t *quotients)
{
    mpz_set(r, quotients[n]);
}

/* The sign b(n), n >= 1. */
static void partial_b(mpz_t r, unsigned long n)
{
    static const signed char signs[] = {@SIGNS@};
    mpz_set_si(r, signs[(n - 1) % @SIGN_COUNT@]);
}
"""

PUBLIC = """\
int @NAME@(mpz_t result, unsigned long digits)
{
    mpz_t p, q, above, below;
    mpz_inits(p, q, above, below, NULL);
    int done = limit(p, q, digits + @SPARE@);
@SOLVE@
    done = done && mpz_sgn(below) != 0;
    if (done) {
        /* Ten more digits are looked at; see the header for what they decide. */
        const int negative = (mpz_sgn(above) < 0) != (mpz_sgn(below) < 0);
        mpz_ui_pow_ui(p, 10, digits + 10);
        mpz_mul(above, above, p);
        mpz_abs(above, above);
        mpz_abs(below, below);
        mpz_fdiv_q(result, above, below);
        mpz_add_ui(result, result, 100000);
        mpz_ui_pow_ui(p, 10, 10);
        mpz_fdiv_q(result, result, p);
        if (negative) {
            mpz_neg(result, result);
        }
    }
    mpz_clears(p, q, above, below, NULL);
    return done;
}

char *@NAME@_text(unsigned long digits)
{
    char *text = NULL, *plain = NULL;
    mpz_t units;
    mpz_init(units);
    const int done = @NAME@(units, digits), negative = mpz_sgn(units) < 0;
    if (done) {
        mpz_abs(units, units);
        plain = mpz_get_str(NULL, 10, units);
        text = malloc(strlen(plain) + digits + 4);
    }
    if (plain != NULL && text != NULL) {
        /* Zeros in front until one digit stands before the point. */
        const size_t length = strlen(plain), places = (size_t)digits;
        const size_t zeros = length > places ? 0 : places + 1 - length;
        const size_t whole = length + zeros - places;
        char *end = text;
        if (negative) {
            *end++ = '-';
        }
        for (size_t k = 0; k < zeros + length; k++) {
            if (k == whole) {
                *end++ = '.';
            }
            *end++ = k < zeros ? '0' : plain[k - zeros];
        }
        *end = '\\0';
    }
    mpz_clear(units);
    free(plain);
    return text;
}
"""

PARTIAL_SUM = """\
@QUOTIENTS@
void @NAME@_partial_sum(mpq_t result, unsigned long count)
{
    mpq_t term, factor;
    mpq_inits(term, factor, NULL);
    mpq_set_str(result, "@CONSTANT@", 10);
    mpq_set_str(term, "@FIRST_TERM@", 10);
    for (unsigned long k = 0; k < count; k++) {
        mpq_add(result, result, term);
        quotient_above(mpq_numref(factor), k);
        quotient_below(mpq_denref(factor), k);
        mpq_canonicalize(factor);
        mpq_mul(term, term, factor);
    }
    mpq_clears(term, factor, NULL);
}
"""

SELFTEST = """\
#ifdef ELITEMAP_SELFTEST
#include <stdio.h>

/* Prints as many decimal places as the argument says, or checks the first @COUNT@ without one. */
int main(int count, char **arguments)
{
    const unsigned long asked = count > 1 ? strtoul(arguments[1], NULL, 10) : @COUNT@UL;
    char *found = @NAME@_text(asked);
    int failed = found == NULL;
    if (failed) {
        fputs("no digits\\n", stderr);
    } else if (count > 1) {
        puts(found);
    } else {
        failed = strcmp(found, "@DIGITS@") != 0;
        printf("%s: @COUNT@ decimal places against those recorded\\n", failed ? "FAILED" : "OK");
    }
    free(found);
    return failed;
}
#endif
"""

HEADER = """\
/*
@COMMENT@
 */
#ifndef @GUARD@
#define @GUARD@

#include <gmp.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * result = @WHAT@ in units of 10^-digits, cut towards zero; what lies within
 * 10^-5 units below a whole number of units counts as that number. Whether it succeeded.
 */
int @NAME@(mpz_t result, unsigned long digits);

/* The same as decimal text; the caller frees it. NULL if it failed. */
char *@NAME@_text(unsigned long digits);

@SERIES@#ifdef __cplusplus
}
#endif

#endif
"""

SERIES = """\
/* result = so many terms of the series @STATEMENT@, exactly. */
void @NAME@_partial_sum(mpq_t result, unsigned long count);

"""

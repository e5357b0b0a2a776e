"""The engine of :mod:`elitemap.searchspaces.fractions.emission.engine` as C over GMP.

Names in capitals between at signs are filled in: ``@DECL@``, ``@PASS@`` and ``@USE@`` declare, pass
and hand on the table of quotients, which only signed fractions have.
"""

TIMES = """\
/* x = x y, for matrices (0 1; 2 3). */
static void times(mpz_t x[4], mpz_t y[4])
{
    mpz_t left, right;
    mpz_inits(left, right, NULL);
    for (int row = 0; row < 4; row += 2) {
        mpz_mul(left, x[row], y[0]);
        mpz_addmul(left, x[row + 1], y[2]);
        mpz_mul(right, x[row], y[1]);
        mpz_addmul(right, x[row + 1], y[3]);
        mpz_swap(x[row], left);
        mpz_swap(x[row + 1], right);
    }
    mpz_clears(left, right, NULL);
}
"""

STEP = """\
/* x = x (a(n), 1; b(n), 0). */
static void step(mpz_t x[4], unsigned long n@DECL@)
{
    mpz_t above, below, sum;
    mpz_inits(above, below, sum, NULL);
    partial_a(above, n@PASS@);
    partial_b(below, n);
    for (int row = 0; row < 4; row += 2) {
        mpz_mul(sum, above, x[row]);
        mpz_addmul(sum, below, x[row + 1]);
        mpz_swap(x[row + 1], x[row]);
        mpz_swap(x[row], sum);
    }
    mpz_clears(above, below, sum, NULL);
}
"""

PRODUCTS = """\
/* x = the product of the matrices (a(n), 1; b(n), 0) for low <= n < high, by binary splitting. */
static void product(mpz_t x[4], unsigned long low, unsigned long high@DECL@)
{
    if (high - low <= 8) {
        mpz_set_ui(x[0], 1);
        mpz_set_ui(x[1], 0);
        mpz_set_ui(x[2], 0);
        mpz_set_ui(x[3], 1);
        for (unsigned long n = low; n < high; n++) {
            step(x, n@PASS@);
        }
        return;
    }
    const unsigned long middle = low + (high - low) / 2;
    mpz_t y[4];
    mpz_inits(y[0], y[1], y[2], y[3], NULL);
    product(x, low, middle@PASS@);
    product(y, middle, high@PASS@);
    times(x, y);
    mpz_clears(y[0], y[1], y[2], y[3], NULL);
}
"""

BY_PRODUCTS = """\
/* Whether the two convergents in x agree to so many decimal places. */
static int settled(mpz_t x[4], unsigned long places)
{
    mpz_t difference, size, scale;
    mpz_inits(difference, size, scale, NULL);
    mpz_mul(difference, x[0], x[3]);
    mpz_submul(difference, x[1], x[2]);
    mpz_ui_pow_ui(scale, 10, places);
    mpz_mul(difference, difference, scale);
    mpz_mul(size, x[2], x[3]);
    const int agree = mpz_cmpabs(difference, size) < 0;
    mpz_clears(difference, size, scale, NULL);
    return agree;
}

/* p/q = the fraction's value to so many decimal places; whether that was reached. */
static int limit(mpz_t p, mpz_t q, unsigned long places)
{
    const double asked = (double)places, terms = @DEPTH@;
    unsigned long low = 1, depth = (unsigned long)terms + 8;
    int agree = 0;
    mpz_t total[4], right[4];
    mpz_inits(total[0], total[1], total[2], total[3], NULL);
    mpz_inits(right[0], right[1], right[2], right[3], NULL);
    @FIRST@
    while (!agree && low + depth <= @MOST@UL) {
@FILL@        product(right, low, low + depth@USE@);
        times(total, right);
        agree = settled(total, places);
        low += depth;
        depth = low / 4 + 8;
@FREE@    }
    mpz_set(p, total[0]);
    mpz_set(q, total[2]);
    mpz_clears(total[0], total[1], total[2], total[3], NULL);
    mpz_clears(right[0], right[1], right[2], right[3], NULL);
    return agree;
}
"""

EXTRAPOLATION = """\
/* result = values at n = first, first + STEP, ..., extrapolated: errors are a series in 1/n. */
static void salzer(mpz_t result, mpz_t *values, unsigned long first, unsigned long order)
{
    mpz_t total, weights, binomial, weight;
    mpz_inits(total, weights, binomial, weight, NULL);
    mpz_set_ui(binomial, 1);
    for (unsigned long k = 0; k <= order; k++) {
        mpz_ui_pow_ui(weight, first + @STEP@ * k, order);
        mpz_mul(weight, weight, binomial);
        if (k % 2 != 0) {
            mpz_neg(weight, weight);
        }
        mpz_addmul(total, weight, values[k]);
        mpz_add(weights, weights, weight);
        mpz_mul_ui(binomial, binomial, order - k);
        mpz_divexact_ui(binomial, binomial, k + 1);
    }
    mpz_fdiv_q(result, total, weights);
    mpz_clears(total, weights, binomial, weight, NULL);
}

/* The convergents number first, first + STEP, ... in units of 2^-bits. */
static void samples(mpz_t *values, unsigned long first, unsigned long count, unsigned long bits)
{
    mpz_t x[4], above, below;
    mpz_inits(x[0], x[1], x[2], x[3], above, below, NULL);
    @FIRST_SAMPLE@
    for (unsigned long n = 1, taken = 0; taken < count; n++) {
        step(x, n);
        if (n >= first && (n - first) % @STEP@ == 0) {
            /* Bits of p and q beyond those of the quotient change nothing but the time. */
            const size_t length = mpz_sizeinbase(x[2], 2), kept = (size_t)bits + 64;
            const mp_bitcnt_t spare = length > kept ? (mp_bitcnt_t)(length - kept) : 0;
            mpz_fdiv_q_2exp(above, x[0], spare);
            mpz_fdiv_q_2exp(below, x[2], spare);
            mpz_mul_2exp(above, above, bits);
            mpz_fdiv_q(values[taken++], above, below);
        }
    }
    mpz_clears(x[0], x[1], x[2], x[3], above, below, NULL);
}

/* p/q = the fraction's value to so many decimal places; whether two orders agree that far. */
static int limit(mpz_t p, mpz_t q, unsigned long places)
{
    int agree = 0;
    mpz_t scale;
    mpz_init(scale);
    mpz_ui_pow_ui(scale, 10, places);
    for (unsigned long order = 3 * places / 4 + 12; !agree && order <= @MOST@; order += order / 4) {
        const unsigned long bits = 4 * (places + order) + 64, first = 3 * order * @STEP@ / 2;
        const unsigned long dropped = order / 8;
        mpz_t *values = malloc((order + 1) * sizeof *values);
        if (values == NULL) {
            break;
        }
        for (unsigned long k = 0; k <= order; k++) {
            mpz_init(values[k]);
        }
        samples(values, first, order + 1, bits);
        salzer(p, values, first, order);
        salzer(q, values + dropped, first + @STEP@ * dropped, order - dropped);
        mpz_sub(q, q, p);
        mpz_mul(q, q, scale);
        agree = mpz_sizeinbase(q, 2) <= bits;
        mpz_set_ui(q, 1);
        mpz_mul_2exp(q, q, bits);
        for (unsigned long k = 0; k <= order; k++) {
            mpz_clear(values[k]);
        }
        free(values);
    }
    mpz_clear(scale);
    return agree;
}
"""

FILL = """\
        mpz_t *quotients = malloc((low + depth) * sizeof *quotients);
        if (quotients == NULL) {
            break;
        }
        fill(quotients, low + depth);
"""

FREE = """\
        for (unsigned long n = 0; n < low; n++) {
            mpz_clear(quotients[n]);
        }
        free(quotients);
"""

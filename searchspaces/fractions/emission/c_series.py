"""The tail's asymptotic series of slow fractions (:mod:`.engine_series`) as C over GMP."""

QUOTIENTS = """\
/* found = coefficients of b(n+1)/(a(n+1) a(n)): of n^2, n, 1, 1/n, ..., in units of 2^-bits. */
static void quotient_series(mpz_t *found, unsigned long count, unsigned long bits)
{
    static const char *const above[] = {@ABOVE@};
    static const char *const below[] = {@BELOW@};
    mpz_t number, total;
    mpz_inits(number, total, NULL);
    for (unsigned long k = @LEAD@; k < count; k++) {
        const unsigned long place = k - @LEAD@;
        mpz_set_ui(total, 0);
        if (place < @ABOVE_COUNT@) {
            mpz_set_str(total, above[place], 10);
            mpz_mul_2exp(total, total, bits);
        }
        for (unsigned long j = 1; j < @BELOW_COUNT@ && j <= place; j++) {
            mpz_set_str(number, below[j], 10);
            mpz_submul(total, number, found[k - j]);
        }
        mpz_set_str(number, below[0], 10);
        mpz_fdiv_q(found[k], total, number);
    }
    mpz_clears(number, total, NULL);
}
"""

#: Where r(n) grows like n^2, and t(n) like n.
GROWN = """\
/* found = the first coefficients of t(n) = s n + c0 + ..., whose index is that of the power of 1/n
 * and one; moved are those of t(n+1), less those that are still unknown. */
static unsigned long begin(mpz_t *found, mpz_t *moved, mpz_t *row, mpz_t *right, unsigned long bits)
{
    mpz_t twice;
    mpz_init(twice);
    (void)row;
    mpz_mul_2exp(found[0], right[0], bits);
    mpz_sqrt(found[0], found[0]);
    mpz_sub(found[1], right[1], found[0]);
    mpz_mul_2exp(found[1], found[1], bits);
    mpz_submul(found[1], found[0], found[0]);
    mpz_mul_2exp(twice, found[0], 1);
    mpz_fdiv_q(found[1], found[1], twice);
    mpz_add(moved[1], found[1], found[0]);
    mpz_clear(twice);
    return 1;
}

/* found[k + 1], given what t(n+1) has at n^-k and n^-(k+1) without it. */
static void advance(mpz_t *found, mpz_t *moved, mpz_t *right, unsigned long k, unsigned long bits,
                    mpz_t rest, mpz_t later)
{
    mpz_t sum;
    mpz_init(sum);
    (void)later;
    mpz_mul(sum, found[0], rest);
    for (unsigned long i = 0; i < k; i++) {
        mpz_addmul(sum, found[i + 1], moved[k - i]);
    }
    mpz_fdiv_q_2exp(sum, sum, bits);
    mpz_add(sum, sum, found[k]);
    mpz_sub(sum, right[k + 1], sum);
    mpz_mul_2exp(sum, sum, bits);
    mpz_mul_2exp(found[k + 1], found[0], 1);
    mpz_fdiv_q(found[k + 1], sum, found[k + 1]);
    mpz_clear(sum);
}
"""

#: Where r(n) tends to -1/4, and t(n) to -1/2.
LEVEL = """\
/* found = the first coefficients of t(n) = -1/2 + c1/n + ..., whose index is that of the power of
 * 1/n and one; moved are those of t(n+1), less those that are still unknown. */
static unsigned long begin(mpz_t *found, mpz_t *moved, mpz_t *row, mpz_t *right, unsigned long bits)
{
    mpz_t unit;
    mpz_init_set_ui(unit, 1);
    mpz_mul_2exp(unit, unit, bits - 2);
    mpz_mul_2exp(found[2], right[4], 2);
    mpz_add(found[2], found[2], unit);
    mpz_mul_2exp(found[2], found[2], bits);
    mpz_sqrt(found[2], found[2]);
    mpz_mul_2exp(unit, unit, 1);
    mpz_sub(found[2], found[2], unit);
    mpz_fdiv_q_2exp(found[2], found[2], 1);
    mpz_neg(found[1], unit);
    mpz_set(moved[2], found[2]);
    mpz_set(row[0], found[2]);
    mpz_clear(unit);
    return 2;
}

/* found[k + 1], given what t(n+1) has at n^-k and n^-(k+1) without it. */
static void advance(mpz_t *found, mpz_t *moved, mpz_t *right, unsigned long k, unsigned long bits,
                    mpz_t rest, mpz_t later)
{
    mpz_t sum;
    mpz_init(sum);
    mpz_mul(sum, found[2], rest);
    for (unsigned long i = 2; i < k; i++) {
        mpz_addmul(sum, found[i + 1], moved[k + 2 - i]);
    }
    mpz_fdiv_q_2exp(sum, sum, bits);
    mpz_sub(sum, right[k + 3], sum);
    mpz_fdiv_q_2exp(later, later, 1);
    mpz_add(sum, sum, later);
    mpz_mul_2exp(sum, sum, bits);
    mpz_set_ui(found[k + 1], k);
    mpz_mul_2exp(found[k + 1], found[k + 1], bits - 1);
    mpz_addmul_ui(found[k + 1], found[2], 2);
    mpz_fdiv_q(found[k + 1], sum, found[k + 1]);
    mpz_clear(sum);
}
"""

TAIL = """\
/* x = first, first - row[0], first - row[0] - row[1], ...: count + 1 of them. */
static void differences(mpz_t *x, mpz_t first, mpz_t *row, unsigned long count)
{
    mpz_set(x[0], first);
    for (unsigned long i = 0; i < count; i++) {
        mpz_sub(x[i + 1], x[i], row[i]);
    }
}

/* x = minus the sum of so many. */
static void minus_sum(mpz_t x, mpz_t *row, unsigned long count)
{
    mpz_set_ui(x, 0);
    for (unsigned long i = 0; i < count; i++) {
        mpz_sub(x, x, row[i]);
    }
}

/* found[0 .. order + 1] = coefficients of n, 1, 1/n, ... in the scaled tail t(n) with
 * t(n) (1 + t(n+1)) = b(n+1)/(a(n+1) a(n)), in units of 2^-bits. work: 4 rows of order + 4. */
static void tail_series(mpz_t *found, mpz_t *work, unsigned long order, unsigned long bits)
{
    const unsigned long width = order + 4;
    mpz_t *right = work, *moved = work + width, *row = moved + width, *next = row + width;
    mpz_t rest, later, zero;
    mpz_inits(rest, later, zero, NULL);
    quotient_series(right, width, bits);
    unsigned long k = begin(found, moved, row, right, bits), count = k - 1;
    for (; k <= order; k++, count++) {
        minus_sum(rest, row, count);
        differences(next, zero, row, count);
        minus_sum(later, next, count + 1);
        advance(found, moved, right, k, bits, rest, later);
        mpz_add(moved[k + 1], found[k + 1], rest);
        differences(next, found[k + 1], row, count);
        for (unsigned long i = 0; i <= count; i++) {
            mpz_swap(row[i], next[i]);
        }
    }
    mpz_clears(rest, later, zero, NULL);
}

/* result = the limit in units of 2^-bits from the convergents at n and the tail there. */
static void with_tail(mpz_t result, mpz_t *series, unsigned long count, unsigned long n,
                      unsigned long bits, unsigned long guard)
{
    mpz_t x[4], y[4], tail;
    mpz_inits(x[0], x[1], x[2], x[3], y[0], y[1], y[2], y[3], tail, NULL);
    for (unsigned long k = count; k-- > 0;) {
        mpz_fdiv_q_ui(tail, tail, n);
        mpz_add(tail, tail, series[k]);
    }
    mpz_mul_ui(tail, tail, n);
    partial_a(result, n);
    mpz_mul(tail, tail, result);
    mpz_fdiv_q_2exp(tail, tail, guard);
    @FIRST_SAMPLE@
    product(y, 1, n + 1);
    times(x, y);
    for (int row = 0; row < 4; row += 2) {
        mpz_mul_2exp(x[row], x[row], bits);
        mpz_addmul(x[row], tail, x[row + 1]);
    }
    mpz_mul_2exp(x[0], x[0], bits);
    mpz_fdiv_q(result, x[0], x[2]);
    mpz_clears(x[0], x[1], x[2], x[3], y[0], y[1], y[2], y[3], tail, NULL);
}

/* p/q = the fraction's value to so many decimal places; whether the series at two depths agrees. */
static int limit(mpz_t p, mpz_t q, unsigned long places)
{
    const unsigned long bits = 4 * places + 64;
    int agree = 0;
    mpz_t scale;
    mpz_init(scale);
    mpz_ui_pow_ui(scale, 10, places);
    for (unsigned long digits = places; !agree && 12 * digits + 200 <= @MOST@;
         digits += digits / 3) {
        const unsigned long order = 8 + 9 * digits / 20, depth = 12 * digits + 200;
        const unsigned long width = order + 4, rooms = 5 * width;
        mpz_t *rows = malloc(rooms * sizeof *rows);
        if (rows == NULL) {
            break;
        }
        for (unsigned long k = 0; k < rooms; k++) {
            mpz_init(rows[k]);
        }
        tail_series(rows, rows + width, order, bits + 4 * order);
        with_tail(p, rows, order + 2, depth, bits, 4 * order);
        with_tail(q, rows, order + 2, 3 * depth / 4, bits, 4 * order);
        mpz_sub(q, q, p);
        mpz_mul(q, q, scale);
        agree = mpz_sizeinbase(q, 2) <= bits;
        mpz_set_ui(q, 1);
        mpz_mul_2exp(q, q, bits);
        for (unsigned long k = 0; k < rooms; k++) {
            mpz_clear(rows[k]);
        }
        free(rows);
    }
    mpz_clear(scale);
    return agree;
}
"""

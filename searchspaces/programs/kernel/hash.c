/* Functional hashes of canonical programs, 64 bits each. */
#include "interpret.h"

static uint64_t mixed(uint64_t h)
{
    h ^= h >> 32; h *= 0xd6e8feb86659fd93u; h ^= h >> 32; h *= 0xd6e8feb86659fd93u;
    return h ^ (h >> 32);
}

/* Keeps the sign, the exponent and `bits` of the mantissa; one word for every NaN, one for zero. */
static uint64_t truncated(double x, int bits)
{
    uint64_t word;
    if (x != x)
        return 0x7ff8000000000000u;
    if (x == 0.0)
        return 0;
    memcpy(&word, &x, sizeof word);
    uint64_t half = bits < 52 ? (uint64_t)1 << (51 - bits) : 0;
    return (word + half) >> (52 - bits);
}

/* structure[r]: instructions and operands without the values of constants. behaviour[r]: outputs at
 * the n points with mantissas cut to `bits`. values: (length + 1) * n numbers of scratch. */
void hashes(size_t rows, size_t length, const int16_t *size, const uint8_t *opcode,
            const int16_t *operand, const double *constant, const int16_t *output,
            const double *points, size_t n, int bits, double *values, uint64_t *structure,
            uint64_t *behaviour)
{
    for (size_t r = 0; r < rows; r++) {
        program p = {size[r], output[r], opcode + r * length, operand + r * length * MAX_ARITY};
        uint64_t h = mixed((uint64_t)p.size + 1), b = 0x5bd1e995u;
        for (int k = 0; k < p.size; k++) {
            const int16_t *a = p.operand + MAX_ARITY * k;
            uint64_t word = p.opcode[k] | (uint64_t)(uint16_t)a[0] << 8 |
                            (uint64_t)(uint16_t)a[1] << 24 | (uint64_t)(uint16_t)a[2] << 40;
            h = mixed(h ^ word) + 0x9e3779b97f4a7c15u;
        }
        memcpy(values, points, n * sizeof(double));
        forward(p, constant + 2 * r * length, values, n);
        for (size_t i = 0; i < n; i++)
            b = mixed(b ^ truncated(values[(size_t)p.output * n + i], bits)) + 0x9e3779b97f4a7c15u;
        structure[r] = h;
        behaviour[r] = b;
    }
}

/* Functional hashes of canonical programs, 64 bits each. */
#include "interpret.h"

static uint64_t mixed(uint64_t h)
{
    h ^= h >> 32; h *= 0xd6e8feb86659fd93u; h ^= h >> 32; h *= 0xd6e8feb86659fd93u;
    return h ^ (h >> 32);
}

static uint64_t joined(uint64_t h, uint64_t word) { return mixed(h ^ word) + 0x9e3779b97f4a7c15u; }

/* Instructions and operands without the values of constants. Of one result nothing need be said: it is
 * the last value of a canonical program. */
static uint64_t structure_of(program p, int results)
{
    uint64_t h = mixed((uint64_t)p.size + 1);
    for (int k = 0; k < p.size; k++) {
        const int16_t *a = p.operand + MAX_ARITY * k;
        uint64_t word = p.opcode[k] | (uint64_t)(uint16_t)a[0] << 8 |
                        (uint64_t)(uint16_t)a[1] << 24 | (uint64_t)(uint16_t)a[2] << 40;
        h = joined(h, word);
    }
    for (int j = 0; j < results && results > 1; j++)
        h = joined(h, (uint64_t)(uint16_t)p.output[j]);
    return h;
}

/* structure[r]: see above. behaviour[r]: outputs and next states at n points, cut to `bits` of their
 * mantissas, for each step from the first states on; points as those of evaluate. values: (leaves +
 * length + states) * n of scratch. */
void hashes(BATCH, const CELL *points, size_t steps, size_t n, int bits, CELL *values,
            uint64_t *structure, uint64_t *behaviour)
{
    const int results = results_of(s);
    const size_t taken = (size_t)s->inputs * n;
    for (size_t r = 0; r < rows; r++) {
        program p = program_at(r, length, s, size, opcode, operand, output);
        uint64_t b = 0x5bd1e995u;
        begin(s, values, n);
        for (size_t step = 0; step < steps; step++) {
            memcpy(values, points + step * taken, taken * sizeof(CELL));
            forward(p, constant + WIDTH * r * length, values, n);
            for (int j = 0; j < results; j++)
                for (size_t i = 0; i < n; i++)
                    b = joined(b, probe_cell(s->result_type[j],
                                             &values[(size_t)p.output[j] * n + i], bits));
            if (s->states > 0)
                advance(s, p, values, n);
        }
        structure[r] = structure_of(p, results);
        behaviour[r] = b;
    }
}

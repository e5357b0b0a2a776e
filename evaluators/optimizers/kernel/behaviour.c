/* What update rules do on given parameters and gradients, whatever the model. */
#include "machine.h"

static uint64_t mixed(uint64_t h, float x, int bits)
{
    h = (h ^ probe_scalar(x, bits)) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 29;
}

/* Runs a planned rule; returns the steps after which updates and slots were still finite. `sums` takes
 * up the slots. */
static int run_steps(machine *m, const float *w, const float *g, const float *number, int steps, int bits,
                     float *updates, uint64_t *sums)
{
    const size_t entries = (size_t)m->entries;
    const int states = m->s->states;
    for (int step = 0; step < steps; step++) {
        float *to = updates + (size_t)step * entries;
        int finite = 1;
        memcpy(to, machine_step(m, w + (size_t)step * entries, g + (size_t)step * entries,
                                number[step]), entries * sizeof(float));
        machine_advance(m);
        for (size_t i = 0; i < entries; i++)
            finite &= isfinite(to[i]) != 0;
        for (int j = 0; j < states; j++) {
            const float *slot = m->whole[m->s->inputs + j];
            for (size_t i = 0; i < entries; i++) {
                finite &= isfinite(slot[i]) != 0;
                sums[j] = mixed(sums[j], slot[i], bits);
            }
        }
        if (!finite)
            return step;
    }
    return steps;
}

/* A word for all updates, next to their common size, and for the slots, whichever is which. */
static uint64_t hash_of(const float *updates, size_t count, const uint64_t *sums, int states, int bits)
{
    uint64_t h = 0x5bd1e995u;
    double squares = 0.0;
    for (size_t i = 0; i < count; i++)
        squares += (double)updates[i] * (double)updates[i];
    const float unit = squares > 0.0 ? (float)(1.0 / sqrt(squares / (double)count)) : 1.0f;
    for (size_t i = 0; i < count; i++)
        h = mixed(h, updates[i] * unit, bits);
    for (int j = 0; j < states; j++)
        h += sums[j] * 0xd6e8feb86659fd93u;
    h = (h ^ h >> 32) * 0x9e3779b97f4a7c15u;
    h ^= h >> 31;
    return h ? h : 1;
}

/* updates: [rows, steps, entries] of every rule on parameters w and gradients g, [steps, entries] each,
 * at steps of the given numbers. hash[r]: of updates and slots at all steps before one at which anything
 * is not finite, cut to `bits` of the mantissas; 0 if that is one of the first `must`. memory: (states + 1) * (entries + 16) + machine_memory floats. */
void behave(BATCH, const float *w, const float *g, const float *number, int steps, int must,
            const int32_t *first, const int32_t *columns, int tensors, int bits, float *memory,
            uint64_t *hash, float *updates)
{
    machine m;
    const size_t entries = (size_t)first[tensors], room = (entries + 15) / 16 * 16;
    float *slots[MOST_LEAVES];
    unsigned before = flush_subnormals();
    for (int j = 0; j < s->states; j++)
        slots[j] = memory + (size_t)j * room;
    for (size_t r = 0; r < rows; r++) {
        program p = program_at(r, length, s, size, opcode, operand, output);
        float *to = updates + r * (size_t)steps * entries;
        uint64_t sums[MOST_LEAVES] = {0};
        memset(memory, 0, (size_t)s->states * room * sizeof(float));
        plan(&m, s, p, constant + WIDTH * r * length, first, columns, tensors, slots,
             memory + (size_t)s->states * room);
        const int lasted = run_steps(&m, w, g, number, steps, bits, to, sums);
        hash[r] = lasted < must ? 0 : hash_of(to, (size_t)lasted * entries, sums, s->states, bits);
    }
    restore_subnormals(before);
}

/* Floats of memory that behave needs. */
size_t behave_floats(size_t entries, int tensors, int states)
{
    return (size_t)states * (entries + 16) + machine_memory(entries, tensors, states);
}

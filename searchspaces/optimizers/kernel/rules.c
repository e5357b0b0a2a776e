/* What all rules are held to: dead slots out of use, canonical form, and a word to know them by.
 *
 * A slot that reaches no update, now or in a later step, is dead, whatever is written into it: it keeps
 * what it has, which costs nothing, and stands behind the others. Canonical rules then have no
 * instructions for it.
 */
#include <stddef.h>

#include "canonical.h"

/* Marks what the values marked so far depend on. */
static void spread_need(const draft *d, uint8_t *needed)
{
    for (int v = d->leaves + d->size - 1; v >= d->leaves; v--)
        if (needed[v])
            for (int s = 0; s < arity_at(d, v - d->leaves); s++)
                needed[d->operand[v - d->leaves][s]] = 1;
}

/* Which slots are alive; needed is scratch. */
static void find_alive(const draft *d, uint8_t *needed, uint8_t *alive)
{
    const int inputs = d->of->inputs, outputs = d->of->outputs, states = d->of->states;
    memset(needed, 0, (size_t)(d->leaves + d->size));
    memset(alive, 0, MOST_LEAVES);
    for (int j = 0; j < outputs; j++)
        needed[d->output[j]] = 1;
    for (int changed = 1; changed;) {
        changed = 0;
        spread_need(d, needed);
        for (int j = 0; j < states; j++)
            if (needed[inputs + j] && !alive[j]) {
                const int next = d->output[outputs + j];
                alive[j] = 1;
                changed |= !needed[next];
                needed[next] = 1;
            }
    }
}

/* Exchanges two slots wherever they occur. */
static void exchange(draft *d, int i, int j)
{
    const int a = d->of->inputs + i, b = d->of->inputs + j, first = d->of->outputs;
    for (int k = 0; k < d->size; k++)
        for (int s = 0; s < arity_at(d, k); s++)
            if (d->operand[k][s] == a || d->operand[k][s] == b)
                d->operand[k][s] = (int16_t)(a + b - d->operand[k][s]);
    int held = d->output[first + i];
    d->output[first + i] = d->output[first + j];
    d->output[first + j] = held;
    for (int r = 0; r < d->results; r++)
        if (d->output[r] == a || d->output[r] == b)
            d->output[r] = a + b - d->output[r];
}

/* Dead slots keep what they have and stand last. Returns how many are alive; `changed` says whether
 * anything was. */
static int settle_draft(draft *d, int *changed)
{
    const int states = d->of->states, inputs = d->of->inputs, outputs = d->of->outputs;
    uint8_t needed[VALUES], alive[MOST_LEAVES];
    int count = 0;
    find_alive(d, needed, alive);
    *changed = 0;
    for (int j = 0; j < states; j++)
        if (!alive[j] && d->output[outputs + j] != inputs + j) {
            d->output[outputs + j] = inputs + j;
            *changed = 1;
        }
    for (int j = 0; j < states; j++)
        if (alive[j]) {
            if (j != count) {
                exchange(d, j, count);
                *changed = 1;
            }
            count++;
        }
    return count;
}

/* Whether anything reads an input; of canonical rules all that is read counts. */
static int reads(const draft *d, int input)
{
    for (int k = 0; k < d->size; k++)
        for (int s = 0; s < arity_at(d, k); s++)
            if (d->operand[k][s] == input)
                return 1;
    for (int j = 0; j < d->results; j++)
        if (d->output[j] == input)
            return 1;
    return 0;
}

/* Dead slots go out of use in every row, in place. used[r]: slots that are alive. */
void settle_slots(BATCH, uint8_t *used)
{
    batch b = {length, size, opcode, operand, constant, output};
    draft d;
    int changed;
    for (size_t r = 0; r < rows; r++) {
        load_draft(&d, s, b, r);
        used[r] = (uint8_t)settle_draft(&d, &changed);
        if (changed)
            store_draft(&d, b, r);
    }
}

/* Canonical form of every rule in place. valid[r]: whether it is one that costs at most so much and reads
 * the gradient; the others are left as they were. */
void settle_rules(BATCH, int gradient, int most, uint8_t *valid)
{
    batch b = {length, size, opcode, operand, constant, output};
    draft d;
    int changed;
    for (size_t r = 0; r < rows; r++) {
        load_draft(&d, s, b, r);
        settle_draft(&d, &changed);
        int cost = canonical_draft(&d);
        /* Of rewriting a slot may die, and of a slot without instructions operands change places. */
        if (cost >= 0) {
            settle_draft(&d, &changed);
            cost = changed ? canonical_draft(&d) : cost;
        }
        valid[r] = cost >= 0 && cost <= most && d.size <= (int)length && reads(&d, gradient);
        if (valid[r])
            store_draft(&d, b, r);
    }
}

static uint64_t joined(uint64_t h, uint64_t word)
{
    h = (h ^ word) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 29;
}

/* key[r]: of instructions, constants to the bit, and results of a canonical rule. */
void rule_keys(BATCH, uint64_t *key)
{
    for (size_t r = 0; r < rows; r++) {
        const program p = program_at(r, length, s, size, opcode, operand, output);
        const STORED *c = constant + WIDTH * r * length;
        uint64_t h = joined(0x5bd1e995u, (uint64_t)p.size);
        for (int k = 0; k < p.size; k++) {
            const int16_t *a = p.operand + MAX_ARITY * k;
            uint32_t word;
            memcpy(&word, c + WIDTH * k, sizeof word);
            h = joined(h, p.opcode[k] | (uint64_t)(uint16_t)a[0] << 8 |
                              (uint64_t)(uint16_t)a[1] << 24 | (uint64_t)(uint16_t)a[2] << 40);
            if (IS_CONSTANT[p.opcode[k]])
                h = joined(h, word);
        }
        for (int j = 0; j < results_of(s); j++)
            h = joined(h, (uint64_t)(uint16_t)p.output[j]);
        key[r] = h ^ h >> 32;
    }
}

/* One step of an update rule as a call that XLA makes from inside a compiled training loop.
 *
 * The rule is data: it is planned before the loop begins, keeps its slots in memory of its own, and the
 * loop hands on the address of the plan. So nothing about a rule is known when the loop is compiled.
 */
#include "machine.h"
#include "xla/ffi/api/c_api.h"

/* A planned rule. */
typedef machine planned;

static size_t slot_room(size_t entries) { return (entries + 15) / 16 * 16; }

/* Bytes of a plan, and floats of memory that it needs. */
size_t plan_bytes(void) { return sizeof(planned); }

size_t plan_floats(size_t entries, int tensors, int states)
{
    return (size_t)states * slot_room(entries) + machine_memory(entries, tensors, states);
}

/* Plans the rule of a row for tensors that begin at first[0], first[1], ...; its slots become zero. `columns`
 * are their widths as matrices, 0 for none. All arrays must stay where they are as long as the plan is used. */
void plan_rule(BATCH, size_t row, const int32_t *first, const int32_t *columns, int tensors, float *memory, planned *to)
{
    const size_t room = slot_room((size_t)first[tensors]);
    float *slots[MOST_LEAVES];
    (void)rows;
    memset(memory, 0, (size_t)s->states * room * sizeof(float));
    for (int j = 0; j < s->states; j++)
        slots[j] = memory + (size_t)j * room;
    plan(to, s, program_at(row, length, s, size, opcode, operand, output),
         constant + WIDTH * row * length, first, columns, tensors, slots, memory + (size_t)s->states * room);
}

static void *argument(const XLA_FFI_CallFrame *frame, int k)
{
    return ((XLA_FFI_Buffer *)frame->args.args[k])->data;
}

/* (w, g, (number of the step, learning rate), address of the plan) -> next w. */
XLA_FFI_Error *update_parameters(XLA_FFI_CallFrame *frame)
{
    if (frame->extension_start && frame->extension_start->type == XLA_FFI_Extension_Metadata) {
        XLA_FFI_Metadata *told = ((XLA_FFI_Metadata_Extension *)frame->extension_start)->metadata;
        told->api_version.major_version = XLA_FFI_API_MAJOR;
        told->api_version.minor_version = XLA_FFI_API_MINOR;
        return NULL;
    }
    const float *w = argument(frame, 0), *g = argument(frame, 1), *at = argument(frame, 2);
    float *next = ((XLA_FFI_Buffer *)frame->rets.rets[0])->data;
    planned *rule;
    memcpy(&rule, argument(frame, 3), sizeof rule);
    const unsigned before = flush_subnormals();
    if (next != w)
        memcpy(next, w, (size_t)rule->entries * sizeof(float));
    machine_train(rule, next, g, at[0], at[1]);
    restore_subnormals(before);
    return NULL;
}

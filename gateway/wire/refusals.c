/** The table of refusals: a stable code and a status for each reason. */
#include "gateway/wire/internal.h"

static const struct pen_wire_refusal refusals[] = {
    [PEN_REASON_NONE] = {.code = "wire.none", .status = 500},
#define PEN_WIRE_REASON(name, text, number) \
    [PEN_REASON_##name] = {.code = (text), .status = (number)},
#include "gateway/wire/refusals.def"
#undef PEN_WIRE_REASON
};

enum pen_wire_result pen_wire_refuse(enum pen_wire_reason reason, bool response,
                                     struct pen_wire_refusal *refusal)
{
    *refusal = refusals[reason];
    if (response) refusal->status = 502;
    return PEN_WIRE_REFUSED;
}

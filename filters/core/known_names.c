/** Which names are kept, and where. */
#include "filters/core/known_names.h"

_Static_assert(PEN_KNOWN_NAMES < UINT8_MAX, "heads are bytes");

static bool may_be_shared(struct pen_str name)
{
    if (name.len > PEN_KNOWN_BYTES) return false;
    size_t digits = 0;
    bool sign = false;
    for (size_t i = 0; i < name.len; i++) {
        digits += pen_is_digit(name.ptr[i]);
        sign = sign || name.ptr[i] == '@';
    }
    return !sign && digits <= PEN_KNOWN_DIGITS;
}

void pen_known_put(struct pen_known_names *known, uint8_t *head, struct pen_str name, uint32_t leaf)
{
    if (known->count == PEN_KNOWN_NAMES || !may_be_shared(name)) return;
    known->names[known->count++] = (struct pen_known_name){name, leaf};
    *head = (uint8_t)known->count;
}

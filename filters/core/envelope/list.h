/** The list behind pen_envelope_entry(), with what the marks look entries up by. */
#ifndef PEN_CORE_ENVELOPE_LIST_H
#define PEN_CORE_ENVELOPE_LIST_H

#include "filters/core/envelope/envelope.h"

#define PEN_ENVELOPE(member, entry)      extern const struct pen_envelope pen_envelope_##entry;
#define PEN_ENVELOPE_FIELD(field, entry) extern const struct pen_envelope pen_envelope_##entry;
#include "filters/core/envelope/list.def"
#undef PEN_ENVELOPE
#undef PEN_ENVELOPE_FIELD

/** An entry and the name by which it is looked up. */
struct pen_envelope_key {
    struct pen_str name;
    const struct pen_envelope *envelope;
};

/** By members of the root, sorted by the name's length, then by its bytes. */
extern const struct pen_envelope_key pen_envelope_members[];
extern const size_t pen_envelope_member_count;

/** By fields of the request. */
extern const struct pen_envelope_key pen_envelope_fields[];
extern const size_t pen_envelope_field_count;

/** Is `text` one of the alternatives in "a|b"? */
bool pen_envelope_text_is(struct pen_str text, struct pen_str alternatives);

#endif

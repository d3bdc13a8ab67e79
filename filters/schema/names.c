/** Open addressing, at most a quarter full: most searches end where they begin. */
#include "filters/schema/names.h"

/* What the two words do not hold stands close to them: it is compared for each event. */
static enum pen_status take(struct pen_str name, struct pen_arena *arena, struct pen_name *out)
{
    struct pen_str text = name;
    if (name.len > 2 * sizeof(out->head)) {
        char *const copy = pen_arena_bytes(arena, name.len);
        if (copy == NULL) return PEN_ERR_NOMEM;
        memcpy(copy, name.ptr, name.len);
        text.ptr = copy;
    }
    *out = pen_names_read(text);
    return PEN_OK;
}

enum pen_status pen_names_create(const struct pen_str *names, size_t count, struct pen_arena *arena,
                                 struct pen_names *out)
{
    if (count > PEN_NAMES_MOST) return PEN_ERR_LIMIT;
    size_t room = 4;
    while (room < count * 4) {
        room *= 2;
    }
    struct pen_names made = {.mask = (uint32_t)(room - 1), .count = (uint32_t)count};
    made.names = pen_arena_calloc(arena, count + 1, sizeof(*made.names));
    made.slots = pen_arena_calloc(arena, room, sizeof(*made.slots));
    if (made.names == NULL || made.slots == NULL) return PEN_ERR_NOMEM;

    for (size_t i = 0; i < count; i++) {
        PEN_TRY(take(names[i], arena, &made.names[i]));
        if (pen_names_find(&made, names[i]) != PEN_NONE) continue;
        uint32_t at = pen_names_hash(&made.names[i]) & made.mask;
        while (made.slots[at] != 0) {
            at = (at + 1) & made.mask;
        }
        made.slots[at] = (uint16_t)(i + 1);
    }
    *out = made;
    return PEN_OK;
}

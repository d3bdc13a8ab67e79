/** An open table by the hash of a name. The names are the operator's, so nobody aims at it. */
#include "filters/patch_fields.h"

#include <stdlib.h>

struct pen_patch_fields {
    struct pen_patch_name *names;
    uint32_t *slots; /* index of a name + 1; 0 = none */
    uint32_t mask;
    uint64_t lengths; /* bit n: some name has n bytes, or n + 64, ... */
};

static int compare(const void *a, const void *b)
{
    const struct pen_patch_field *const left = a;
    const struct pen_patch_field *const right = b;
    const int names = pen_str_compare(left->name, right->name);
    if (names != 0) return names;
    return (left->rule > right->rule) - (left->rule < right->rule);
}

/* FNV-1a: a few bytes, and no two fields of a request that anybody sends meet. */
static uint32_t hash_of(struct pen_str name)
{
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < name.len; i++) {
        hash = (hash ^ (unsigned char)pen_to_lower(name.ptr[i])) * 16777619U;
    }
    return hash;
}

static void place(struct pen_patch_fields *fields, uint32_t index)
{
    const struct pen_str name = fields->names[index].name;
    uint32_t at = hash_of(name) & fields->mask;
    while (fields->slots[at] != 0) {
        at = (at + 1) & fields->mask;
    }
    fields->slots[at] = index + 1;
    fields->lengths |= (uint64_t)1 << name.len % 64;
}

enum pen_status pen_patch_fields_create(struct pen_patch_field *list, size_t count,
                                        struct pen_arena *arena, struct pen_patch_fields **out)
{
    uint32_t size = 4;
    while (size < 2 * count) {
        size *= 2;
    }
    struct pen_patch_fields *const fields = pen_arena_calloc(arena, 1, sizeof(*fields));
    uint32_t *const unasked = pen_arena_calloc(arena, count + 1, sizeof(*unasked));
    if (fields == NULL || unasked == NULL) return PEN_ERR_NOMEM;

    fields->names = pen_arena_calloc(arena, count + 1, sizeof(*fields->names));
    fields->slots = pen_arena_calloc(arena, size, sizeof(*fields->slots));
    fields->mask = size - 1;
    if (fields->names == NULL || fields->slots == NULL) return PEN_ERR_NOMEM;

    uint32_t names = 0;
    size_t used = 0;
    if (count > 0) qsort(list, count, sizeof(*list), compare);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !pen_str_equal(list[i - 1].name, list[i].name)) {
            fields->names[names++] =
                (struct pen_patch_name){.name = list[i].name, .unasked = unasked + used};
        }
        struct pen_patch_name *const name = &fields->names[names - 1];
        if (list[i].unasked) {
            unasked[used++] = list[i].rule;
            name->unasked_count++;
        } else {
            name->asks = true;
        }
    }
    for (uint32_t i = 0; i < names; i++) {
        place(fields, i);
    }
    *out = fields;
    return PEN_OK;
}

const struct pen_patch_name *pen_patch_fields_of(const struct pen_patch_fields *fields,
                                                 struct pen_str name)
{
    if ((fields->lengths >> name.len % 64 & 1) == 0) return NULL;
    for (uint32_t at = hash_of(name) & fields->mask; fields->slots[at] != 0;
         at = (at + 1) & fields->mask) {
        const struct pen_patch_name *const one = &fields->names[fields->slots[at] - 1];
        if (pen_str_equal_fold(name, one->name)) return one;
    }
    return NULL;
}

/** Both walks go down as deep as the shallower value does; a reader has bounded that. */
#include "filters/schema/values.h"

#include "filters/core/json_names.h"
#include "filters/schema/number.h"

#define MAX_DEPTH    1024 /* of values compared; deeper than any reader's limit */
#define FEW_MEMBERS  16   /* for which a search from the front is the quickest */
#define FEW_ELEMENTS 8    /* of which each is compared with each */

static bool numbers_equal(struct pen_schema_work *work, struct pen_str a, struct pen_str b)
{
    if (pen_str_equal(a, b)) return true;
    struct pen_number left;
    struct pen_number right;
    if (pen_number_read(a, &left) != PEN_OK || pen_number_read(b, &right) != PEN_OK) {
        return pen_schema_stop(work, PEN_ERR_LIMIT);
    }
    return pen_number_equal(&left, &right);
}

static bool equal_at(struct pen_schema_work *work, const struct pen_json *a,
                     const struct pen_json *b, uint32_t depth);

static const struct pen_json **sorted_members(struct pen_schema_work *work,
                                              const struct pen_json *object)
{
    const struct pen_json **const members =
        pen_arena_alloc(work->arena, object->count * sizeof(*members));
    if (members == NULL) {
        (void)pen_schema_stop(work, PEN_ERR_NOMEM);
        return NULL;
    }
    size_t count = 0;
    for (const struct pen_json *m = object->first; m != NULL; m = m->next) {
        members[count++] = m;
    }
    pen_json_names_sort(members, count);
    return members;
}

/* Each of `a` has its equal in `b`; names are unique and as many on either side. */
static bool many_members_equal(struct pen_schema_work *work, const struct pen_json *a,
                               const struct pen_json *b, uint32_t depth)
{
    /* A sort compares some twenty times each name. */
    if (!pen_schema_pay(work, (uint64_t)a->count * 32)) return false;
    const struct pen_json **const left = sorted_members(work, a);
    const struct pen_json **const right = left != NULL ? sorted_members(work, b) : NULL;
    if (right == NULL) return false;
    for (uint32_t i = 0; i < a->count; i++) {
        if (!pen_str_equal(left[i]->name, right[i]->name)) return false;
        if (!equal_at(work, left[i], right[i], depth + 1)) return false;
    }
    return true;
}

static bool members_equal(struct pen_schema_work *work, const struct pen_json *a,
                          const struct pen_json *b, uint32_t depth)
{
    const struct pen_json *same_place = b->first;
    for (const struct pen_json *m = a->first; m != NULL; m = m->next) {
        const struct pen_json *other = same_place;
        if (!pen_str_equal(m->name, other->name)) {
            if (a->count > FEW_MEMBERS) return many_members_equal(work, a, b, depth);
            if (!pen_schema_pay(work, b->count)) return false;
            other = pen_json_member(b, m->name);
        }
        if (other == NULL || !equal_at(work, m, other, depth + 1)) return false;
        same_place = same_place->next;
    }
    return true;
}

static bool equal_at(struct pen_schema_work *work, const struct pen_json *a,
                     const struct pen_json *b, uint32_t depth)
{
    if (a->type != b->type || a->count != b->count) return false;
    if (!pen_schema_pay(work, 1 + a->text.len / 8)) return false;
    if (depth == MAX_DEPTH) return pen_schema_stop(work, PEN_ERR_LIMIT);
    switch (a->type) {
    case PEN_JSON_NULL:
    case PEN_JSON_FALSE:
    case PEN_JSON_TRUE:
        return true;
    case PEN_JSON_NUMBER:
        return numbers_equal(work, a->text, b->text);
    case PEN_JSON_STRING:
        return pen_str_equal(a->text, b->text);
    case PEN_JSON_OBJECT:
        return members_equal(work, a, b, depth);
    case PEN_JSON_ARRAY:
        break;
    }
    const struct pen_json *other = b->first;
    for (const struct pen_json *e = a->first; e != NULL; e = e->next, other = other->next) {
        if (!equal_at(work, e, other, depth + 1)) return false;
    }
    return true;
}

bool pen_values_equal(struct pen_schema_work *work, const struct pen_json *a,
                      const struct pen_json *b)
{
    return equal_at(work, a, b, 0);
}

static uint64_t hash_scalar(struct pen_schema_work *work, const struct pen_json *value)
{
    const uint64_t seed = pen_json_names_mix(PEN_JSON_NAMES_ODD, value->type);
    if (!pen_schema_pay(work, 1 + value->text.len / 8)) return 0;
    if (value->type == PEN_JSON_STRING) {
        return pen_json_names_print(value->text, seed, value->text.len);
    }
    if (value->type != PEN_JSON_NUMBER) return seed;
    struct pen_number number;
    if (pen_number_read(value->text, &number) != PEN_OK) {
        (void)pen_schema_stop(work, PEN_ERR_LIMIT);
        return 0;
    }
    return pen_json_names_mix(seed, pen_number_hash(&number));
}

static uint64_t hash_at(struct pen_schema_work *work, const struct pen_json *value, uint32_t depth)
{
    if (value->type != PEN_JSON_ARRAY && value->type != PEN_JSON_OBJECT) {
        return hash_scalar(work, value);
    }
    if (depth == MAX_DEPTH) {
        (void)pen_schema_stop(work, PEN_ERR_LIMIT);
        return 0;
    }
    uint64_t hash = pen_json_names_mix(PEN_JSON_NAMES_ODD * value->type, value->count);
    for (const struct pen_json *c = value->first; c != NULL && work->status == PEN_OK;
         c = c->next) {
        const uint64_t inside = hash_at(work, c, depth + 1);
        if (value->type == PEN_JSON_ARRAY) {
            hash = pen_json_names_mix(hash, inside);
        } else {
            /* A sum: members have no order. */
            hash += pen_json_names_mix(inside, pen_json_names_print(c->name, 1, c->name.len));
        }
    }
    return hash;
}

uint64_t pen_values_hash(struct pen_schema_work *work, const struct pen_json *value)
{
    return hash_at(work, value, 0);
}

static bool report(const struct pen_json *a, const struct pen_json *b, uint32_t *first,
                   uint32_t *second)
{
    if (first != NULL) *first = a->index;
    if (second != NULL) *second = b->index;
    return false;
}

static bool few_unique(struct pen_schema_work *work, const struct pen_json *array, uint32_t *first,
                       uint32_t *second)
{
    for (const struct pen_json *b = array->first; b != NULL; b = b->next) {
        for (const struct pen_json *a = array->first; a != b; a = a->next) {
            if (pen_values_equal(work, a, b)) return report(a, b, first, second);
            if (work->status != PEN_OK) return false;
        }
    }
    return true;
}

struct entry {
    uint64_t hash;
    const struct pen_json *value;
};

bool pen_values_unique(struct pen_schema_work *work, const struct pen_json *array, uint32_t *first,
                       uint32_t *second)
{
    if (array->count <= FEW_ELEMENTS) return few_unique(work, array, first, second);

    size_t room = 16;
    while (room < (size_t)array->count * 2) {
        room *= 2;
    }
    if (!pen_schema_pay(work, room / 8)) return false;
    struct entry *const table = pen_arena_calloc(work->arena, room, sizeof(*table));
    if (table == NULL) return pen_schema_stop(work, PEN_ERR_NOMEM);

    /* No caller knows the seed, so none can choose values that meet in one place. */
    const uint64_t seed = pen_json_names_mix((uintptr_t)table, PEN_JSON_NAMES_ODD);
    for (const struct pen_json *e = array->first; e != NULL; e = e->next) {
        const uint64_t hash = pen_values_hash(work, e);
        if (work->status != PEN_OK) return false;
        size_t at = pen_json_names_mix(seed, hash) & (room - 1);
        for (; table[at].value != NULL; at = (at + 1) & (room - 1)) {
            if (!pen_schema_pay(work, 1)) return false;
            if (table[at].hash != hash) continue;
            if (pen_values_equal(work, table[at].value, e)) {
                return report(table[at].value, e, first, second);
            }
            if (work->status != PEN_OK) return false;
        }
        table[at] = (struct entry){.hash = hash, .value = e};
    }
    return true;
}

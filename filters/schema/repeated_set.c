/** Characters are counted up to the first that is not in the set. */
#include "filters/schema/repeated_set.h"

#include "filters/schema/ecma_tree.h"

struct pen_repeated_set {
    struct pen_ecma_set set;
    uint32_t min;
    uint32_t max;
    bool ascii[128];
};

/* Adds to `set` what one repetition of the node matches, when that is one character. */
static enum pen_status collect(const struct pen_ecma_node *node, struct pen_ecma_set *set,
                               struct pen_arena *arena, bool *is_one)
{
    if (node->kind == PEN_ECMA_SET) {
        *is_one = *is_one && node->set->members == NULL;
        for (size_t i = 0; *is_one && i < node->set->count; i++) {
            PEN_TRY(pen_ecma_set_add(set, node->set->ranges[i].first, node->set->ranges[i].last,
                                     arena));
        }
        return PEN_OK;
    }
    *is_one = *is_one && node->kind == PEN_ECMA_GROUP;
    const struct pen_ecma_alternative *a = *is_one ? node->alternatives : NULL;
    for (; a != NULL && *is_one; a = a->next) {
        const struct pen_ecma_node *const inner = a->first;
        *is_one = inner != NULL && inner->next == NULL && inner->min == 1 && inner->max == 1;
        if (*is_one) PEN_TRY(collect(inner, set, arena, is_one));
    }
    return PEN_OK;
}

/* What stands between "^" and "$" alone; NULL: the expression has another shape. */
static const struct pen_ecma_node *find_inside(const struct pen_ecma_tree *tree)
{
    const struct pen_ecma_alternative *const only = tree->root->alternatives;
    const struct pen_ecma_node *const start = only->first;
    if (only->next != NULL || start == NULL || start->kind != PEN_ECMA_START) return NULL;
    const struct pen_ecma_node *const inside = start->next;
    if (inside == NULL || inside->next == NULL || inside->next != only->last) return NULL;
    return only->last->kind == PEN_ECMA_END ? inside : NULL;
}

static bool is_member(const struct pen_ecma_set *set, uint32_t code)
{
    size_t low = 0;
    size_t high = set->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (set->ranges[middle].last < code) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < set->count && set->ranges[low].first <= code;
}

enum pen_status pen_repeated_set_make(const struct pen_ecma_tree *tree, struct pen_arena *arena,
                                      const struct pen_repeated_set **out)
{
    *out = NULL;
    const struct pen_ecma_node *const inside = find_inside(tree);
    if (inside == NULL) return PEN_OK;
    struct pen_ecma_set set = {0};
    bool is_one = true;
    PEN_TRY(collect(inside, &set, arena, &is_one));
    if (!is_one) return PEN_OK;
    PEN_TRY(pen_ecma_set_seal(&set, false, arena));

    struct pen_repeated_set *const made = pen_arena_calloc(arena, 1, sizeof(*made));
    if (made == NULL) return PEN_ERR_NOMEM;
    *made = (struct pen_repeated_set){.set = set, .min = inside->min, .max = inside->max};
    for (uint32_t code = 0; code < PEN_COUNT_OF(made->ascii); code++) {
        made->ascii[code] = is_member(&set, code);
    }
    *out = made;
    return PEN_OK;
}

bool pen_repeated_set_matches(const struct pen_repeated_set *repeated, struct pen_str text)
{
    const unsigned char *p = (const unsigned char *)text.ptr;
    const unsigned char *const end = p + text.len;
    uint64_t count = 0;
    for (; p < end; count++) {
        if (*p < 0x80) {
            if (!repeated->ascii[*p++]) return false;
            continue;
        }
        uint32_t code;
        p = pen_ecma_take_wide(p, &code);
        if (!is_member(&repeated->set, code)) return false;
    }
    return count >= repeated->min && (count <= repeated->max || repeated->max == PEN_ECMA_ENDLESS);
}

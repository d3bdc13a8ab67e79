/**
 * A handful of names is compared pairwise; more are sorted by heapsort, whose worst case is its
 * usual one: no keys chosen by a caller make it slow, and no hash needs a secret.
 */
#include "filters/core/json_names.h"

#define FEW 12 /* members that are cheaper to compare pairwise than to sort */

typedef const struct pen_json *member;

static bool same_name(const struct pen_json *a, const struct pen_json *b)
{
    return a->name.len == b->name.len && pen_str_equal(a->name, b->name);
}

static const struct pen_json *compare_few(const struct pen_json *object)
{
    for (const struct pen_json *a = object->first; a != NULL; a = a->next) {
        for (const struct pen_json *b = object->first; b != a; b = b->next) {
            if (same_name(a, b)) return a;
        }
    }
    return NULL;
}

/* Length first: most names differ in it, and no byte has to be read. */
static bool is_less(const struct pen_json *a, const struct pen_json *b)
{
    if (a->name.len != b->name.len) return a->name.len < b->name.len;
    return pen_str_compare(a->name, b->name) < 0;
}

static void sift_down(member *heap, size_t at, size_t count)
{
    const member moving = heap[at];
    for (;;) {
        size_t child = at * 2 + 1;
        if (child >= count) break;
        if (child + 1 < count && is_less(heap[child], heap[child + 1])) child++;
        if (!is_less(moving, heap[child])) break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moving;
}

static void sort(member *members, size_t count)
{
    for (size_t i = count / 2; i-- > 0;) {
        sift_down(members, i, count);
    }
    for (size_t left = count - 1; left > 0; left--) {
        const member largest = members[0];
        members[0] = members[left];
        members[left] = largest;
        sift_down(members, 0, left);
    }
}

enum pen_status pen_json_names_unique(const struct pen_json *object, struct pen_arena *arena,
                                      const struct pen_json **duplicate)
{
    *duplicate = NULL;
    if (object->count <= FEW) {
        *duplicate = compare_few(object);
        return PEN_OK;
    }
    member *const members = pen_arena_calloc(arena, object->count, sizeof(*members));
    if (members == NULL) return PEN_ERR_NOMEM;

    size_t count = 0;
    for (const struct pen_json *m = object->first; m != NULL; m = m->next) {
        members[count++] = m;
    }
    sort(members, count);
    for (size_t i = 1; i < count && *duplicate == NULL; i++) {
        if (!same_name(members[i - 1], members[i])) continue;
        *duplicate = members[i]->index > members[i - 1]->index ? members[i] : members[i - 1];
    }
    return PEN_OK;
}

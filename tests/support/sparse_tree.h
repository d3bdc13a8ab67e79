/** A sparse tree beside the whole one: what must be true of them, for a test and for the fuzzer. */
#ifndef PEN_TESTS_SUPPORT_SPARSE_TREE_H
#define PEN_TESTS_SUPPORT_SPARSE_TREE_H

#include "filters/core/json.h"

/** Does the value, or anything in it, hold a text; or is it a member? Recursion: as deep as it. */
static inline bool pen_tree_holds_text(const struct pen_json *node)
{
    if (node->name.ptr != NULL) return true;
    if (node->type == PEN_JSON_STRING && node->text.len > 0) return true;
    for (const struct pen_json *child = node->first; child != NULL; child = child->next) {
        if (pen_tree_holds_text(child)) return true;
    }
    return false;
}

/** Do both stand for one value, and is nothing left out of `sparse` that may not be? */
static inline bool pen_tree_is_sparse_of(const struct pen_json *sparse,
                                         const struct pen_json *whole)
{
    if (sparse->type != whole->type || sparse->count != whole->count
        || sparse->index != whole->index || !pen_str_equal(sparse->name, whole->name)
        || !pen_str_equal(sparse->text, whole->text) || sparse->place.start != whole->place.start
        || sparse->place.end != whole->place.end
        || sparse->name_place.start != whole->name_place.start
        || sparse->name_place.end != whole->name_place.end
        || sparse->plain_name != whole->plain_name || sparse->plain_text != whole->plain_text) {
        return false;
    }
    const struct pen_json *kept = sparse->first;
    for (const struct pen_json *child = whole->first; child != NULL; child = child->next) {
        if (kept != NULL && kept->index == child->index) {
            if (kept->parent != sparse || !pen_tree_is_sparse_of(kept, child)) return false;
            kept = kept->next;
        } else if (whole->type == PEN_JSON_OBJECT || pen_tree_holds_text(child)) {
            return false;
        }
    }
    return kept == NULL;
}

#endif

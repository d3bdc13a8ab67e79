/**
 * Where thousands of functions stand, each event finds another one cold: what it reads beside the
 * function itself is put together, and what says the same is one memory.
 */
#include <string.h>

#include "gateway/config/shapes.h"

static bool are_equal_texts(const struct pen_str *a, size_t a_count, const struct pen_str *b,
                            size_t b_count)
{
    if (a_count != b_count) return false;
    for (size_t i = 0; i < a_count; i++) {
        if (!pen_str_equal(a[i], b[i])) return false;
    }
    return true;
}

void pen_share_lists(const struct pen_config_function *before, struct pen_config_function *function)
{
    struct pen_config_allow *const allow = &function->allow;
    const struct pen_config_allow *const other = &before->allow;
    if (are_equal_texts(allow->scopes, allow->scope_count, other->scopes, other->scope_count)) {
        allow->scopes = other->scopes;
    }
    if (allow->issuer_count > 0 && allow->issuer_count == other->issuer_count
        && memcmp(allow->issuers, other->issuers,
                  allow->issuer_count * sizeof(struct pen_config_issuer *))
               == 0) {
        allow->issuers = other->issuers;
    }
    if (are_equal_texts(function->methods, function->method_count, before->methods,
                        before->method_count)) {
        function->methods = before->methods;
    }
}

enum pen_status pen_gather_texts(struct pen_reader *reader, struct pen_config_function *functions,
                                 size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pen_arena_copy(reader->arena, functions[i].name, &functions[i].name) != PEN_OK
            || pen_arena_copy(reader->arena, functions[i].route, &functions[i].route) != PEN_OK) {
            return pen_reader_no_memory(reader);
        }
    }
    return PEN_OK;
}

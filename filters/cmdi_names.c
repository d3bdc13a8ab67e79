/** Told by the statement's verb, and name by name. */
#include "filters/cmdi_names.h"

#include <string.h>

bool pen_cmdi_is_query(struct pen_str text)
{
    static const struct pen_str verbs[] = {PEN_STR("select"),  PEN_STR("insert"), PEN_STR("update"),
                                           PEN_STR("delete"),  PEN_STR("create"), PEN_STR("alter"),
                                           PEN_STR("replace"), PEN_STR("with")};
    const size_t start = pen_str_skip_space(text, 0);
    size_t end = start;
    while (end < text.len && pen_is_alpha(text.ptr[end])) {
        end++;
    }
    return end < text.len && pen_is_space(text.ptr[end])
           && pen_str_is_among_fold(pen_str_slice(text, start, end), verbs, PEN_COUNT_OF(verbs));
}

bool pen_cmdi_quotes_name(struct pen_str text, size_t at)
{
    size_t end = at + 1;
    while (end < text.len && pen_is_script_name_char(text.ptr[end])) {
        end++;
    }
    if (end == at + 1 || end >= text.len || text.ptr[end] != '`' || at == 0) return false;
    const char behind = end + 1 < text.len ? text.ptr[end + 1] : ' ';
    if (memchr(" \t\r\n.,;)=<>!", behind, 12) == NULL) return false;
    if (memchr(" \t\r\n.,(=<>", text.ptr[at - 1], 10) == NULL) return false;

    size_t before = at;
    while (before > 0 && pen_is_blank(text.ptr[before - 1])) {
        before--;
    }
    return before > 0 && memchr(";|&", text.ptr[before - 1], 3) == NULL;
}

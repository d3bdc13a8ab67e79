/** The list is written by CMake from the JSON files in meta/. */
#include "filters/schema/meta.h"

struct document {
    struct pen_str uri;
    struct pen_str text;
};

#define PEN_META_SCHEMA(uri, text) {PEN_STR(uri), PEN_STR(text)},
static const struct document documents[] = {
#include "filters/schema/meta_documents.def"
};

struct pen_str pen_meta_find(struct pen_str uri)
{
    for (size_t i = 0; i < PEN_COUNT_OF(documents); i++) {
        if (pen_str_equal(documents[i].uri, uri)) return documents[i].text;
    }
    return (struct pen_str){0};
}

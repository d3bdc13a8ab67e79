/** How a leaf is named to people: where it stands and what was undone to reach it. */
#include "filters/core/leaf.h"

#define MAX_FORMS 16 /* longest chain of decodings that is spelled out */

const char *pen_coding_name(enum pen_coding coding)
{
    switch (coding) {
    case PEN_CODING_NONE:
        return "none";
    case PEN_CODING_PERCENT:
        return "percent";
    case PEN_CODING_FORM:
        return "form";
    case PEN_CODING_BASE64:
        return "base64";
    case PEN_CODING_JSON:
        return "json";
    }
    return "none";
}

static void put_origin(const struct pen_leaf *leaf, struct pen_buf *buf)
{
    switch (leaf->origin) {
    case PEN_ORIGIN_BODY:
        if (leaf->node != NULL) pen_json_pointer(leaf->node, buf);
        break;
    case PEN_ORIGIN_QUERY:
        pen_buf_put(buf, PEN_S("query:/"));
        pen_buf_put(buf, leaf->name);
        break;
    case PEN_ORIGIN_FORM:
        pen_buf_put(buf, PEN_S("form:/"));
        pen_buf_put(buf, leaf->name);
        break;
    case PEN_ORIGIN_HEADER:
        pen_buf_put(buf, PEN_S("header:/"));
        for (size_t i = 0; i < leaf->name.len; i++) {
            pen_buf_byte(buf, pen_to_lower(leaf->name.ptr[i]));
        }
        break;
    case PEN_ORIGIN_PATH:
        pen_buf_put(buf, PEN_S("path:"));
        if (leaf->segment > 0) {
            pen_buf_byte(buf, '/');
            pen_buf_u64(buf, leaf->segment);
        }
        break;
    }
    if (leaf->is_name) pen_buf_byte(buf, '#');
}

/* Its first form, or its value in the innermost document. */
static const struct pen_leaf *undecoded(const struct pen_leaf *leaf)
{
    while (leaf->from != NULL && leaf->coding != PEN_CODING_JSON) {
        leaf = leaf->from;
    }
    return leaf;
}

void pen_leaf_path(const struct pen_leaf *leaf, struct pen_buf *buf)
{
    const struct pen_leaf *documents[MAX_FORMS];
    size_t count = 0;
    leaf = undecoded(leaf);
    while (leaf->from != NULL && count < MAX_FORMS) {
        documents[count++] = leaf;
        leaf = undecoded(leaf->from);
    }
    put_origin(leaf, buf);
    while (count-- > 0) {
        pen_buf_put(buf, PEN_S("|json"));
        pen_json_pointer(documents[count]->node, buf);
        if (documents[count]->is_name) pen_buf_byte(buf, '#');
    }
}

void pen_leaf_codings(const struct pen_leaf *leaf, struct pen_buf *buf)
{
    enum pen_coding steps[MAX_FORMS];
    size_t count = 0;
    for (const struct pen_leaf *l = leaf; l != NULL && count < MAX_FORMS; l = l->from) {
        if (l->coding != PEN_CODING_NONE) steps[count++] = l->coding;
    }
    for (size_t i = count; i-- > 0;) {
        pen_buf_put(buf, pen_str_from_c(pen_coding_name(steps[i])));
        if (i > 0) pen_buf_byte(buf, '|');
    }
}

/** How a leaf is named to people: where it stands and what was undone to reach it. */
#include "filters/core/leaf.h"

#include "filters/core/body/xml.h"

#define MAX_FORMS 16 /* longest chain of decodings that is spelled out */

static const char *const coding_names[] = {
    [PEN_CODING_NONE] = "none",     [PEN_CODING_PERCENT] = "percent",
    [PEN_CODING_FORM] = "form",     [PEN_CODING_PERCENT_U] = "percent_u",
    [PEN_CODING_BASE64] = "base64", [PEN_CODING_HEX] = "hex",
    [PEN_CODING_ENTITY] = "entity", [PEN_CODING_ESCAPE] = "escape",
    [PEN_CODING_UTF7] = "utf7",     [PEN_CODING_FOLD] = "fold",
    [PEN_CODING_GZIP] = "gzip",     [PEN_CODING_STRINGS] = "strings",
    [PEN_CODING_WORDS] = "words",   [PEN_CODING_UTF16] = "utf16",
    [PEN_CODING_DATA] = "data",     [PEN_CODING_ZEROS] = "zeros",
    [PEN_CODING_TOKEN] = "token",   [PEN_CODING_JSON] = "json",
    [PEN_CODING_FIELDS] = "form",   [PEN_CODING_MULTIPART] = "multipart",
    [PEN_CODING_XML] = "xml",       [PEN_CODING_GRAPHQL] = "graphql",
};

const char *pen_coding_name(enum pen_coding coding)
{
    return (size_t)coding < PEN_COUNT_OF(coding_names) ? coding_names[coding] : "none";
}

bool pen_coding_is_document(enum pen_coding coding)
{
    return coding >= PEN_CODING_JSON;
}

static void put_lower(struct pen_str text, struct pen_buf *buf)
{
    for (size_t i = 0; i < text.len; i++) {
        pen_buf_byte(buf, pen_to_lower(text.ptr[i]));
    }
}

/* Of a document's leaf: by pointer in a tree, else by name. */
static void put_place(const struct pen_leaf *leaf, struct pen_buf *buf)
{
    if (leaf->node != NULL && leaf->coding == PEN_CODING_XML) {
        pen_xml_path(leaf->node, buf);
    } else if (leaf->node != NULL) {
        pen_json_pointer(leaf->node, buf);
    } else {
        pen_buf_byte(buf, '/');
        pen_buf_put(buf, leaf->name);
    }
}

static void put_origin(const struct pen_leaf *leaf, struct pen_buf *buf)
{
    switch (leaf->origin) {
    case PEN_ORIGIN_BODY:
        if (leaf->node != NULL) pen_json_pointer(leaf->node, buf);
        break;
    case PEN_ORIGIN_QUERY:
        pen_buf_put(buf, PEN_S("query:"));
        put_place(leaf, buf);
        break;
    case PEN_ORIGIN_FORM:
        pen_buf_put(buf, PEN_S("form:"));
        put_place(leaf, buf);
        break;
    case PEN_ORIGIN_MULTIPART:
        pen_buf_put(buf, PEN_S("multipart:"));
        put_place(leaf, buf);
        break;
    case PEN_ORIGIN_XML:
        pen_buf_put(buf, PEN_S("xml:"));
        pen_xml_path(leaf->node, buf);
        break;
    case PEN_ORIGIN_GRAPHQL:
        pen_buf_put(buf, PEN_S("graphql:"));
        put_place(leaf, buf);
        break;
    case PEN_ORIGIN_HEADER:
        pen_buf_put(buf, PEN_S("header:/"));
        put_lower(leaf->name, buf);
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
    while (leaf->from != NULL && !pen_coding_is_document(leaf->coding)) {
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
        pen_buf_byte(buf, '|');
        pen_buf_put(buf, pen_str_from_c(pen_coding_name(documents[count]->coding)));
        put_place(documents[count], buf);
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

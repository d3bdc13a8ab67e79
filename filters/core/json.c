/**
 * The JSON reader: a loop over values with the open containers as a chain of parents.
 *
 * No recursion, so depth costs no stack. Nodes come from the arena in blocks; strings without
 * escapes point into the source. Names are checked for duplicates when their object closes: a
 * handful by comparison, more by sorting, so that no input makes it quadratic.
 */
#include "filters/core/json.h"

#include <string.h>

#include "filters/core/json_names.h"
#include "filters/core/json_string.h"

#define DEFAULT_DEPTH  128
#define DEFAULT_NODES  1000000
#define DEFAULT_NUMBER 1024
#define NODE_BLOCK     32 /* nodes taken from the arena at a time: about 4 KiB */

struct reader {
    const char *begin;
    const char *at;
    const char *end;
    struct pen_arena *arena;
    struct pen_json_limits limits;
    struct pen_json *block;
    size_t block_left;
    uint32_t nodes;
    uint32_t depth;
    struct pen_json *open; /* innermost open container */
    struct pen_json *last; /* its last child so far */
    const char *code;      /* of the error */
};

static enum pen_status fail(struct reader *r, enum pen_status status, const char *code)
{
    r->code = code;
    return status;
}

static void skip_space(struct reader *r)
{
    while (r->at < r->end
           && (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t')) {
        r->at++;
    }
}

static enum pen_status new_node(struct reader *r, struct pen_json **out)
{
    if (r->nodes == r->limits.nodes) return fail(r, PEN_ERR_LIMIT, "json.nodes");
    if (r->block_left == 0) {
        r->block = pen_arena_alloc(r->arena, NODE_BLOCK * sizeof(*r->block));
        if (r->block == NULL) return fail(r, PEN_ERR_NOMEM, "json.memory");
        r->block_left = NODE_BLOCK;
    }
    struct pen_json *const node = r->block++;
    r->block_left--;
    r->nodes++;
    *node = (struct pen_json){.parent = r->open};
    if (r->open != NULL) {
        node->index = r->open->count++;
        if (r->last == NULL) {
            r->open->first = node;
        } else {
            r->last->next = node;
        }
    }
    r->last = node;
    *out = node;
    return PEN_OK;
}

static enum pen_status read_string(struct reader *r, struct pen_str *out)
{
    enum pen_status status = pen_json_string(&r->at, r->end, r->arena, out, &r->code);
    if (status == PEN_OK && r->limits.string_bytes > 0 && out->len > r->limits.string_bytes) {
        status = fail(r, PEN_ERR_LIMIT, "json.string");
    }
    return status;
}

static bool skip_digits(struct reader *r)
{
    const char *const start = r->at;
    while (r->at < r->end && pen_is_digit(*r->at)) {
        r->at++;
    }
    return r->at > start;
}

static enum pen_status bad_number(struct reader *r)
{
    return fail(r, PEN_ERR_SYNTAX, r->at == r->end ? "json.truncated" : "json.syntax");
}

/* RFC 8259 section 6. */
static enum pen_status read_number(struct reader *r, struct pen_json *node)
{
    const char *const start = r->at;
    if (*r->at == '-') r->at++;
    if (r->at < r->end && *r->at == '0') {
        r->at++;
    } else if (!skip_digits(r)) {
        return bad_number(r);
    }
    if (r->at < r->end && *r->at == '.') {
        r->at++;
        if (!skip_digits(r)) return bad_number(r);
    }
    if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
        r->at++;
        if (r->at < r->end && (*r->at == '+' || *r->at == '-')) r->at++;
        if (!skip_digits(r)) return bad_number(r);
    }
    node->type = PEN_JSON_NUMBER;
    node->text = (struct pen_str){start, (size_t)(r->at - start)};
    if (node->text.len > r->limits.number_bytes) return fail(r, PEN_ERR_LIMIT, "json.number");
    return PEN_OK;
}

static enum pen_status read_word(struct reader *r, struct pen_str word)
{
    for (size_t i = 0; i < word.len; i++) {
        if (r->at == r->end) return fail(r, PEN_ERR_SYNTAX, "json.truncated");
        if (*r->at != word.ptr[i]) return fail(r, PEN_ERR_SYNTAX, "json.syntax");
        r->at++;
    }
    return PEN_OK;
}

static enum pen_status open_container(struct reader *r, struct pen_json *node)
{
    if (r->depth == r->limits.depth) return fail(r, PEN_ERR_LIMIT, "json.depth");
    r->depth++;
    node->type = *r->at == '{' ? PEN_JSON_OBJECT : PEN_JSON_ARRAY;
    r->at++;
    r->open = node;
    r->last = NULL;
    return PEN_OK;
}

/* A value; containers are only opened. */
static enum pen_status read_value(struct reader *r, struct pen_json *node)
{
    switch (*r->at) {
    case '{':
    case '[':
        return open_container(r, node);
    case '"':
        node->type = PEN_JSON_STRING;
        return read_string(r, &node->text);
    case 't':
        node->type = PEN_JSON_TRUE;
        return read_word(r, PEN_S("true"));
    case 'f':
        node->type = PEN_JSON_FALSE;
        return read_word(r, PEN_S("false"));
    case 'n':
        node->type = PEN_JSON_NULL;
        return read_word(r, PEN_S("null"));
    default:
        if (*r->at == '-' || pen_is_digit(*r->at)) return read_number(r, node);
        return fail(r, PEN_ERR_SYNTAX, "json.syntax");
    }
}

static enum pen_status read_name(struct reader *r, struct pen_json *node)
{
    if (*r->at != '"') return fail(r, PEN_ERR_SYNTAX, "json.syntax");

    const char *const start = r->at;
    PEN_TRY(read_string(r, &node->name));
    node->name_place = (struct pen_span){(size_t)(start - r->begin), (size_t)(r->at - r->begin)};
    skip_space(r);
    if (r->at == r->end) return fail(r, PEN_ERR_SYNTAX, "json.truncated");
    if (*r->at != ':') return fail(r, PEN_ERR_SYNTAX, "json.syntax");
    r->at++;
    skip_space(r);
    return r->at == r->end ? fail(r, PEN_ERR_SYNTAX, "json.truncated") : PEN_OK;
}

/* The next value of the open container, with its name in an object. */
static enum pen_status read_element(struct reader *r)
{
    struct pen_json *node = NULL;
    PEN_TRY(new_node(r, &node));
    if (r->open != NULL && r->open->type == PEN_JSON_OBJECT) PEN_TRY(read_name(r, node));

    node->place.start = (size_t)(r->at - r->begin);
    PEN_TRY(read_value(r, node));
    node->place.end = (size_t)(r->at - r->begin);
    return PEN_OK;
}

static enum pen_status close_container(struct reader *r)
{
    struct pen_json *const node = r->open;
    if (node->type == PEN_JSON_OBJECT) {
        const struct pen_json *duplicate = NULL;
        if (pen_json_names_unique(node, r->arena, &duplicate) != PEN_OK) {
            return fail(r, PEN_ERR_NOMEM, "json.memory");
        }
        if (duplicate != NULL) {
            r->at = r->begin + duplicate->name_place.start;
            return fail(r, PEN_ERR_SYNTAX, "json.duplicate_name");
        }
    }
    r->at++;
    node->place.end = (size_t)(r->at - r->begin);
    r->depth--;
    r->last = node;
    r->open =
        (struct pen_json *)(uintptr_t)node->parent; /* const only for those who read the tree */
    return PEN_OK;
}

static bool at_closing(const struct reader *r)
{
    return *r->at == (r->open->type == PEN_JSON_OBJECT ? '}' : ']');
}

/* After a value: commas and closings until the next value begins or all is closed. */
static enum pen_status go_on(struct reader *r)
{
    bool just_opened = r->last == NULL;
    while (r->open != NULL) {
        skip_space(r);
        if (r->at == r->end) return fail(r, PEN_ERR_SYNTAX, "json.truncated");
        if (at_closing(r)) {
            PEN_TRY(close_container(r));
            just_opened = false;
            continue;
        }
        if (just_opened) return PEN_OK;
        if (*r->at != ',') return fail(r, PEN_ERR_SYNTAX, "json.syntax");
        r->at++;
        skip_space(r);
        return r->at == r->end ? fail(r, PEN_ERR_SYNTAX, "json.truncated") : PEN_OK;
    }
    return PEN_OK;
}

static enum pen_status read_document(struct reader *r, const struct pen_json **out)
{
    if (r->end - r->at >= 3 && memcmp(r->at, "\xef\xbb\xbf", 3) == 0) {
        return fail(r, PEN_ERR_SYNTAX, "json.bom");
    }
    skip_space(r);
    if (r->at == r->end) return fail(r, PEN_ERR_SYNTAX, "json.empty");

    const struct pen_json *root = NULL;
    do {
        PEN_TRY(read_element(r));
        if (root == NULL) root = r->open != NULL ? r->open : r->last;
        PEN_TRY(go_on(r));
    } while (r->open != NULL);
    skip_space(r);
    if (r->at != r->end) return fail(r, PEN_ERR_SYNTAX, "json.trailing");

    *out = root;
    return PEN_OK;
}

enum pen_status pen_json_read(struct pen_str source, const struct pen_json_limits *limits,
                              struct pen_arena *arena, const struct pen_json **out,
                              struct pen_json_error *error)
{
    const char *const begin = source.len > 0 ? source.ptr : "";
    struct reader reader = {.begin = begin, .at = begin, .end = begin + source.len, .arena = arena};
    if (limits != NULL) reader.limits = *limits;
    if (reader.limits.depth == 0) reader.limits.depth = DEFAULT_DEPTH;
    if (reader.limits.nodes == 0) reader.limits.nodes = DEFAULT_NODES;
    if (reader.limits.number_bytes == 0) reader.limits.number_bytes = DEFAULT_NUMBER;

    const enum pen_status status = read_document(&reader, out);
    if (status != PEN_OK && error != NULL) {
        error->code = reader.code;
        error->offset = (size_t)(reader.at - reader.begin);
    }
    return status;
}

/**
 * The JSON reader: a loop over values with the open containers as a chain of parents.
 *
 * No recursion, so depth costs no stack. Nodes come from the arena in blocks; strings without
 * escapes point into the source. Names are checked for duplicates when their object closes. Each
 * function takes the place where it begins and returns the place behind what it read, or NULL when
 * it has refused: a place in a register instead of one in memory is a third of the speed.
 */
#include "filters/core/json.h"

#include <string.h>

#include "filters/core/json_names.h"
#include "filters/core/json_number.h"
#include "filters/core/json_space.h"
#include "filters/core/json_string.h"

#define DEFAULT_DEPTH  128
#define DEFAULT_NODES  1000000
#define DEFAULT_NUMBER 1024
#define NODE_BLOCK     32 /* nodes taken from the arena at a time: about 4 KiB */

struct reader {
    const char *begin;
    const char *end;
    struct pen_arena *arena;
    struct pen_json_limits limits;
    struct pen_json *block;
    size_t block_left;
    uint32_t nodes;
    uint32_t depth;
    struct pen_json *open;  /* innermost open container */
    struct pen_json *last;  /* its last child so far */
    struct pen_json *outer; /* what holds the values of several texts; NULL for a single one */
    struct pen_json_names names;
    enum pen_status status; /* of a refusal */
    const char *code;
    const char *at; /* where reading stopped */
};

static const char *refuse(struct reader *r, const char *at, enum pen_status status,
                          const char *code)
{
    r->status = status;
    r->code = code;
    r->at = at;
    return NULL;
}

/* Something else should stand here, or nothing at all stands here. */
static const char *unexpected(struct reader *r, const char *at)
{
    return refuse(r, at, PEN_ERR_SYNTAX, at == r->end ? "json.truncated" : "json.syntax");
}

static const char *out_of_memory(struct reader *r, const char *at)
{
    return refuse(r, at, PEN_ERR_NOMEM, "json.memory");
}

static bool is_object(const struct pen_json *container)
{
    return container != NULL && container->type == PEN_JSON_OBJECT;
}

static const char *new_node(struct reader *r, const char *p, struct pen_json **out)
{
    if (r->nodes == r->limits.nodes) return refuse(r, p, PEN_ERR_LIMIT, "json.nodes");
    if (r->block_left == 0) {
        /* Two bytes a value at least, a comma or bracket among them: a small document in a text
         * takes a small block. */
        const size_t most = (size_t)(r->end - p) / 2 + 1;
        r->block_left = most < NODE_BLOCK ? most : NODE_BLOCK;
        /* Cleared together: node by node each one pays for a slow start. */
        r->block = pen_arena_calloc(r->arena, r->block_left, sizeof(*r->block));
        if (r->block == NULL) return out_of_memory(r, p);
    }
    struct pen_json *const node = r->block++;
    struct pen_json *const open = r->open;
    r->block_left--;
    r->nodes++;
    node->parent = open;
    if (r->last != NULL) {
        r->last->next = node;
    } else if (open != NULL) {
        open->first = node;
    }
    if (open != NULL) node->index = open->count++;
    r->last = node;
    *out = node;
    return p;
}

/* A string with more than plain ASCII in it, which begins at `start` and is plain until `stop`. */
static const char *read_on(struct reader *r, const char *start, const char *stop,
                           struct pen_str *out)
{
    const enum pen_status status = pen_json_string(start, &stop, r->end, r->arena, out, &r->code);
    return status == PEN_OK ? stop : refuse(r, stop, status, r->code);
}

static const char *read_string(struct reader *r, const char *p, struct pen_str *out)
{
    const char *const start = p + 1;
    p = pen_json_plain_end(start, r->end);
    if (p < r->end && *p == '"') {
        *out = (struct pen_str){start, (size_t)(p - start)};
        p++;
    } else {
        p = read_on(r, start, p, out);
    }
    if (p != NULL && out->len > r->limits.string_bytes) {
        return refuse(r, p, PEN_ERR_LIMIT, "json.string");
    }
    return p;
}

static const char *read_number(struct reader *r, const char *p, struct pen_json *node)
{
    const char *const stop = pen_json_number_end(p, r->end, &node->text);
    if (node->text.len == 0) return unexpected(r, stop);
    if (node->text.len > r->limits.number_bytes) {
        return refuse(r, stop, PEN_ERR_LIMIT, "json.number");
    }
    if (pen_json_number_overflows(node->text)) {
        return refuse(r, p, PEN_ERR_SYNTAX, "json.number_range");
    }
    node->type = PEN_JSON_NUMBER;
    return stop;
}

static const char *read_word(struct reader *r, const char *p, struct pen_str word)
{
    for (size_t i = 0; i < word.len; i++, p++) {
        if (p == r->end || *p != word.ptr[i]) return unexpected(r, p);
    }
    return p;
}

static const char *open_container(struct reader *r, const char *p, struct pen_json *node)
{
    if (r->depth == r->limits.depth) return refuse(r, p, PEN_ERR_LIMIT, "json.depth");
    r->depth++;
    node->type = *p == '{' ? PEN_JSON_OBJECT : PEN_JSON_ARRAY;
    r->open = node;
    r->last = NULL;
    return p + 1;
}

/* A value; containers are only opened. */
static const char *read_value(struct reader *r, const char *p, struct pen_json *node)
{
    switch (*p) {
    case '{':
    case '[':
        return open_container(r, p, node);
    case '"':
        node->type = PEN_JSON_STRING;
        return read_string(r, p, &node->text);
    case 't':
        node->type = PEN_JSON_TRUE;
        return read_word(r, p, PEN_S("true"));
    case 'f':
        node->type = PEN_JSON_FALSE;
        return read_word(r, p, PEN_S("false"));
    case 'n':
        node->type = PEN_JSON_NULL;
        return read_word(r, p, PEN_S("null"));
    default:
        return read_number(r, p, node);
    }
}

static const char *read_name(struct reader *r, const char *p, struct pen_json *node)
{
    if (*p != '"') return unexpected(r, p);

    const char *const start = p;
    p = read_string(r, p, &node->name);
    if (p == NULL) return NULL;
    node->name_place = (struct pen_span){(size_t)(start - r->begin), (size_t)(p - r->begin)};
    if (!pen_json_names_add(&r->names, node->name, r->arena)) return out_of_memory(r, p);

    p = pen_json_space_end(p, r->end);
    if (p == r->end || *p != ':') return unexpected(r, p);
    p = pen_json_space_end(p + 1, r->end);
    return p == r->end ? unexpected(r, p) : p;
}

/* The next value of the open container, with its name in an object. */
static const char *read_element(struct reader *r, const char *p, const struct pen_json **out)
{
    struct pen_json *node = NULL;
    p = new_node(r, p, &node);
    if (p != NULL && is_object(node->parent)) p = read_name(r, p, node);
    if (p == NULL) return NULL;

    node->place.start = (size_t)(p - r->begin);
    p = read_value(r, p, node);
    if (p != NULL) node->place.end = (size_t)(p - r->begin);
    *out = node;
    return p;
}

static const char *close_container(struct reader *r, const char *p)
{
    struct pen_json *const node = r->open;
    if (node->type == PEN_JSON_OBJECT) {
        const struct pen_json *duplicate = NULL;
        if (pen_json_names_close(&r->names, node, r->arena, &duplicate) != PEN_OK) {
            return out_of_memory(r, p);
        }
        if (duplicate != NULL) {
            return refuse(r, r->begin + duplicate->name_place.start, PEN_ERR_SYNTAX,
                          "json.duplicate_name");
        }
    }
    p++;
    node->place.end = (size_t)(p - r->begin);
    r->depth--;
    r->last = node;
    r->open =
        (struct pen_json *)(uintptr_t)node->parent; /* const only for those who read the tree */
    return p;
}

/* After a value: a comma or closings until the next value begins or all is closed. */
static const char *go_on(struct reader *r, const char *p)
{
    while (r->open != r->outer) {
        p = pen_json_space_end(p, r->end);
        if (p == r->end) return unexpected(r, p);
        if (*p == (r->open->type == PEN_JSON_OBJECT ? '}' : ']')) {
            p = close_container(r, p);
            if (p == NULL) return NULL;
            continue;
        }
        if (r->last == NULL) return p; /* the first one of a container just opened */
        if (*p != ',') return unexpected(r, p);
        p = pen_json_space_end(p + 1, r->end);
        return p == r->end ? unexpected(r, p) : p;
    }
    return p;
}

static const char *read_document(struct reader *r, const char *p, const struct pen_json **out)
{
    if (r->end - p >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
        return refuse(r, p, PEN_ERR_SYNTAX, "json.bom");
    }
    p = pen_json_space_end(p, r->end);
    if (p == r->end) return refuse(r, p, PEN_ERR_SYNTAX, "json.empty");

    const struct pen_json *root = NULL;
    p = read_element(r, p, &root);
    if (p != NULL) p = go_on(r, p);
    while (p != NULL && r->open != r->outer) {
        const struct pen_json *element = NULL;
        p = read_element(r, p, &element);
        if (p != NULL) p = go_on(r, p);
    }
    if (p == NULL) return NULL;

    p = pen_json_space_end(p, r->end);
    if (p != r->end) return refuse(r, p, PEN_ERR_SYNTAX, "json.trailing");

    *out = root;
    return p;
}

static struct reader start(struct pen_str source, const struct pen_json_limits *limits,
                           struct pen_arena *arena)
{
    const char *const begin = source.len > 0 ? source.ptr : "";
    struct reader reader = {
        .begin = begin,
        .end = begin + source.len,
        .arena = arena,
        .names = {.seed = (uintptr_t)arena},
    };
    if (limits != NULL) reader.limits = *limits;
    if (reader.limits.depth == 0) reader.limits.depth = DEFAULT_DEPTH;
    if (reader.limits.nodes == 0) reader.limits.nodes = DEFAULT_NODES;
    if (reader.limits.string_bytes == 0) reader.limits.string_bytes = SIZE_MAX;
    if (reader.limits.number_bytes == 0) reader.limits.number_bytes = DEFAULT_NUMBER;
    return reader;
}

static enum pen_status explain(const struct reader *r, struct pen_json_error *error)
{
    if (error != NULL) {
        error->code = r->code;
        error->offset = (size_t)(r->at - r->begin);
    }
    return r->status;
}

enum pen_status pen_json_read(struct pen_str source, const struct pen_json_limits *limits,
                              struct pen_arena *arena, const struct pen_json **out,
                              struct pen_json_error *error)
{
    struct reader reader = start(source, limits, arena);
    return read_document(&reader, reader.begin, out) != NULL ? PEN_OK : explain(&reader, error);
}

enum pen_status pen_json_read_texts(struct pen_str source, const struct pen_span *texts,
                                    size_t count, const struct pen_json_limits *limits,
                                    struct pen_arena *arena, const struct pen_json **out,
                                    struct pen_json_error *error)
{
    struct reader reader = start(source, limits, arena);
    struct pen_json *array = NULL;
    if (new_node(&reader, reader.begin, &array) == NULL) return explain(&reader, error);

    array->type = PEN_JSON_ARRAY;
    array->place.end = source.len;
    reader.outer = array;
    reader.open = array;
    reader.last = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct pen_json *value = NULL;
        reader.end = reader.begin + texts[i].end;
        if (read_document(&reader, reader.begin + texts[i].start, &value) == NULL) {
            return explain(&reader, error);
        }
    }
    *out = array;
    return PEN_OK;
}

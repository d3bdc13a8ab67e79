/**
 * The JSON reader: a loop over values with the open containers as a chain of parents.
 *
 * No recursion, so depth costs no stack. Nodes come from the arena in blocks; strings without
 * escapes point into the source. Names are checked for duplicates when their object closes. Each
 * function takes the place where it begins and returns the place behind what it read, or NULL when
 * it has refused: a place in a register instead of one in memory is a third of the speed. A node is
 * written field by field where it stays, each field once.
 */
#include "filters/core/json.h"

#include <string.h>

#include "filters/core/json_names.h"
#include "filters/core/json_number.h"
#include "filters/core/json_space.h"
#include "filters/core/json_string.h"
#include "filters/core/json_texts.h"

#define DEFAULT_DEPTH  128
#define DEFAULT_NODES  1000000
#define DEFAULT_NUMBER 1024
#define NOTED_DEPTH    2 /* containers so near to the root may be records of a batch */

struct reader {
    const char *begin;
    const char *end;
    struct pen_arena *arena;
    struct pen_json_limits limits;
    struct pen_json_block *block; /* the newest */
    uint32_t used;                /* nodes of it */
    uint32_t values;
    uint32_t depth;
    bool sparse;            /* what holds no text is left out */
    struct pen_json *open;  /* innermost open container; its `next` is the sibling before it */
    struct pen_json *last;  /* its last child so far, of those that are kept */
    struct pen_json *outer; /* what holds the values of several texts; NULL for a single one */
    struct pen_json_names names;
    struct pen_json_left_out left_out;
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

static uint32_t offset_of(const struct reader *r, const char *p)
{
    return (uint32_t)(p - r->begin);
}

static const char *add_block(struct reader *r, const char *p)
{
    if (r->block != NULL && r->block->next != NULL) {
        r->block = r->block->next;
        r->used = 0;
        return p;
    }
    /* Two bytes a value at least, a comma or bracket among them: a small document in a text takes a
     * small block. */
    const size_t most = (size_t)(r->end - p) / 2 + 1;
    const size_t room = most < PEN_JSON_BLOCK ? most : PEN_JSON_BLOCK;
    struct pen_json_block *const block =
        pen_arena_alloc(r->arena, sizeof(*block) + room * sizeof(struct pen_json));
    if (block == NULL) return out_of_memory(r, p);

    block->next = NULL;
    block->prev = r->block;
    block->noted = 0;
    block->room = (uint32_t)room;
    if (r->block != NULL) r->block->next = block;
    r->block = block;
    r->used = 0;
    return p;
}

/* A node that hangs nowhere yet. What a value is it sets itself. */
static inline const char *new_node(struct reader *r, const char *p, struct pen_json **out)
{
    if (r->values == r->limits.nodes) return refuse(r, p, PEN_ERR_LIMIT, "json.nodes");
    if (r->block == NULL || r->used == r->block->room) {
        p = add_block(r, p);
        if (p == NULL) return NULL;
    }
    struct pen_json *const node = &r->block->nodes[r->used];
    struct pen_json *const open = r->open;
    node->slot = (uint8_t)r->used++;
    node->parent = open;
    node->next = NULL;
    node->first = NULL;
    node->count = 0;
    node->index = open != NULL ? open->count++ : 0;
    r->values++;
    *out = node;
    return p;
}

/* Among its siblings. */
static inline void keep(struct reader *r, struct pen_json *node)
{
    if (r->last != NULL) {
        r->last->next = node;
    } else if (r->open != NULL) {
        r->open->first = node;
    }
    r->last = node;
}

/* The newest node: one that nobody has a pointer to. */
static void leave_out(struct reader *r)
{
    r->used--;
    r->block->noted &= ~(UINT32_C(1) << r->used);
    if (r->used > 0 || r->block->prev == NULL) return;
    r->block = r->block->prev;
    r->used = r->block->room;
}

/* A string with more than plain ASCII in it, which begins at `start` and is plain until `stop`. */
static const char *read_on(struct reader *r, const char *start, const char *stop,
                           struct pen_str *out)
{
    const enum pen_status status = pen_json_string(start, &stop, r->end, r->arena, out, &r->code);
    return status == PEN_OK ? stop : refuse(r, stop, status, r->code);
}

__attribute__((always_inline)) static inline const char *read_string(struct reader *r,
                                                                     const char *p,
                                                                     struct pen_str *out,
                                                                     bool *plain)
{
    const char *const start = p + 1;
    bool units = false;
    p = pen_json_plain_units(start, r->end, &units);
    if (p < r->end && *p == '"') {
        *out = (struct pen_str){start, (size_t)(p - start)};
        *plain = !units;
        p++;
    } else {
        p = read_on(r, start, p, out);
        *plain = false;
        if (p == NULL) return NULL;
    }
    return out->len <= r->limits.string_bytes ? p : refuse(r, p, PEN_ERR_LIMIT, "json.string");
}

static const char *read_text(struct reader *r, const char *p, struct pen_json *node)
{
    node->type = PEN_JSON_STRING;
    p = read_string(r, p, &node->text, &node->plain_text);
    if (p != NULL && node->text.len > 0) pen_json_note(node);
    return p;
}

static const char *read_number(struct reader *r, const char *p, struct pen_json *node)
{
    const char *const stop = pen_json_number_end(p, r->end, &node->text);
    const size_t length = node->text.len;
    if (length == 0) return unexpected(r, stop);
    if (length > r->limits.number_bytes) return refuse(r, stop, PEN_ERR_LIMIT, "json.number");
    if (length > 3 && !r->limits.any_number && pen_json_number_overflows(node->text)) {
        return refuse(r, p, PEN_ERR_SYNTAX, "json.number_range");
    }
    node->type = PEN_JSON_NUMBER;
    node->plain_text = false;
    if (node->index == 0 && node->parent != NULL) pen_json_note(node->parent);
    return stop;
}

static const char *read_word(struct reader *r, const char *p, struct pen_json *node,
                             enum pen_json_type type, struct pen_str word)
{
    node->type = type;
    node->text = (struct pen_str){0};
    node->plain_text = false;
    for (size_t i = 0; i < word.len; i++, p++) {
        if (p == r->end || *p != word.ptr[i]) return unexpected(r, p);
    }
    return p;
}

static const char *open_container(struct reader *r, const char *p, struct pen_json *node)
{
    if (r->depth == r->limits.depth) return refuse(r, p, PEN_ERR_LIMIT, "json.depth");
    if (r->depth <= NOTED_DEPTH) pen_json_note(node);
    r->depth++;
    node->type = *p == '{' ? PEN_JSON_OBJECT : PEN_JSON_ARRAY;
    node->text = (struct pen_str){0};
    node->plain_text = false;
    node->next = r->last;
    r->open = node;
    r->last = NULL;
    return p + 1;
}

static inline const char *read_scalar(struct reader *r, const char *p, struct pen_json *node)
{
    switch (*p) {
    case '"':
        return read_text(r, p, node);
    case 't':
        return read_word(r, p, node, PEN_JSON_TRUE, PEN_S("true"));
    case 'f':
        return read_word(r, p, node, PEN_JSON_FALSE, PEN_S("false"));
    case 'n':
        return read_word(r, p, node, PEN_JSON_NULL, PEN_S("null"));
    default:
        return read_number(r, p, node);
    }
}

static inline const char *read_name(struct reader *r, const char *p, struct pen_json *node)
{
    if (*p != '"') return unexpected(r, p);

    const char *const start = p;
    p = read_string(r, p, &node->name, &node->plain_name);
    if (p == NULL) return NULL;

    const struct pen_str name = node->name;
    node->name_place = (struct pen_place){offset_of(r, start), offset_of(r, p)};
    if (name.len > 0) pen_json_note(node);
    const size_t readable = name.ptr == start + 1 ? (size_t)(r->end - name.ptr) : name.len;
    if (!pen_json_names_add(&r->names, name, readable, r->arena)) return out_of_memory(r, p);

    p = pen_json_space_end(p, r->end);
    if (p == r->end || *p != ':') return unexpected(r, p);
    p = pen_json_space_end(p + 1, r->end);
    return p == r->end ? unexpected(r, p) : p;
}

/* Nobody looks at it, and it is not what tells the kind of its array. */
static inline bool is_left_out(const struct reader *r, const struct pen_json *node)
{
    return r->sparse && node->index > 0 && r->depth > 0 && r->open->type == PEN_JSON_ARRAY
           && (node->type != PEN_JSON_STRING || node->text.len == 0);
}

/* The next value of the open container, with its name in an object; containers are only opened. */
static inline const char *read_element(struct reader *r, const char *p, struct pen_json **out)
{
    struct pen_json *node = NULL;
    p = new_node(r, p, &node);
    if (p == NULL) return NULL;
    if (node->parent != NULL && node->parent->type == PEN_JSON_OBJECT) {
        p = read_name(r, p, node);
        if (p == NULL) return NULL;
    } else {
        node->name = (struct pen_str){0};
        node->name_place = (struct pen_place){0};
        node->plain_name = false;
    }
    *out = node;
    node->place.start = offset_of(r, p);
    if (*p == '{' || *p == '[') return open_container(r, p, node);

    p = read_scalar(r, p, node);
    if (p == NULL) return NULL;
    node->place.end = offset_of(r, p);
    if (is_left_out(r, node)) {
        if (node->text.len > r->left_out.number_bytes) r->left_out.number_bytes = node->text.len;
        leave_out(r);
    } else {
        keep(r, node);
    }
    return p;
}

/* An element of an array in which nothing was kept, so that its node is the newest. */
static bool is_hollow(const struct reader *r, const struct pen_json *node)
{
    return r->sparse && r->used > 0 && node == &r->block->nodes[r->used - 1] && r->depth > 1
           && r->open->type == PEN_JSON_ARRAY;
}

static void measure_hollow(struct reader *r, const struct pen_json *node)
{
    if (r->depth > r->left_out.depth) r->left_out.depth = r->depth;
    if (node->count > r->left_out.children) r->left_out.children = node->count;
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
    node->place.end = offset_of(r, p);
    /* const only for those who read the tree */
    r->open = (struct pen_json *)(uintptr_t)node->parent;
    r->last = (struct pen_json *)(uintptr_t)node->next;
    node->next = NULL;
    if (is_hollow(r, node)) {
        measure_hollow(r, node);
        leave_out(r);
    } else {
        keep(r, node);
    }
    r->depth--;
    return p;
}

/* After a value: a comma or closings until the next value begins or all is closed. */
static inline const char *go_on(struct reader *r, const char *p)
{
    while (r->open != r->outer) {
        p = pen_json_space_end(p, r->end);
        if (p == r->end) return unexpected(r, p);
        if (*p == ',' && r->open->count > 0) {
            p = pen_json_space_end(p + 1, r->end);
            return p == r->end ? unexpected(r, p) : p;
        }
        if (*p == (r->open->type == PEN_JSON_OBJECT ? '}' : ']')) {
            p = close_container(r, p);
            if (p == NULL) return NULL;
            continue;
        }
        /* The first one of a container just opened? */
        return r->open->count == 0 ? p : unexpected(r, p);
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

    struct pen_json *root = NULL;
    do {
        struct pen_json *element = NULL;
        p = read_element(r, p, &element);
        if (p != NULL) p = go_on(r, p);
        if (root == NULL) root = element;
    } while (p != NULL && r->open != r->outer);
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

/* Places are 32 bits wide. */
static enum pen_status read_whole(struct reader *r, const struct pen_json **out,
                                  struct pen_json_error *error)
{
    const char *const p = (size_t)(r->end - r->begin) > UINT32_MAX
                              ? refuse(r, r->begin, PEN_ERR_LIMIT, "json.nodes")
                              : read_document(r, r->begin, out);
    return p != NULL ? PEN_OK : explain(r, error);
}

enum pen_status pen_json_read(struct pen_str source, const struct pen_json_limits *limits,
                              struct pen_arena *arena, const struct pen_json **out,
                              struct pen_json_error *error)
{
    struct reader reader = start(source, limits, arena);
    return read_whole(&reader, out, error);
}

enum pen_status pen_json_read_sparse(struct pen_str source, const struct pen_json_limits *limits,
                                     struct pen_arena *arena, const struct pen_json **out,
                                     struct pen_json_left_out *left_out,
                                     struct pen_json_error *error)
{
    struct reader reader = start(source, limits, arena);
    reader.sparse = true;
    PEN_TRY(read_whole(&reader, out, error));
    *left_out = reader.left_out;
    return PEN_OK;
}

enum pen_status pen_json_read_texts(struct pen_str source, const struct pen_span *texts,
                                    size_t count, const struct pen_json_limits *limits,
                                    struct pen_arena *arena, const struct pen_json **out,
                                    struct pen_json_error *error)
{
    struct reader reader = start(source, limits, arena);
    if (source.len > UINT32_MAX) {
        (void)refuse(&reader, reader.begin, PEN_ERR_LIMIT, "json.nodes");
        return explain(&reader, error);
    }
    struct pen_json *array = NULL;
    if (new_node(&reader, reader.begin, &array) == NULL) return explain(&reader, error);

    array->name = array->text = (struct pen_str){0};
    array->name_place = (struct pen_place){0};
    array->plain_name = array->plain_text = false;
    array->type = PEN_JSON_ARRAY;
    array->place = pen_place_of(0, source.len);
    reader.outer = array;
    reader.open = array;
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

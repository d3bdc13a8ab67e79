/**
 * The JSON reader: a loop over values with the open containers as a chain of parents.
 *
 * No recursion, so depth costs no stack. Nodes come from the arena in blocks; strings without
 * escapes point into the source. Names are checked for duplicates when their object closes. A node
 * is written field by field where it stays, each field once.
 */
#include "filters/core/json.h"

#include <string.h>

#include "filters/core/json_member.h"
#include "filters/core/json_space.h"
#include "filters/core/json_value.h"

#define DEFAULT_DEPTH  128
#define DEFAULT_NODES  1000000
#define DEFAULT_NUMBER 1024
#define NOTED_DEPTH    2 /* containers so near to the root may be records of a batch */

__attribute__((noinline)) static bool make_room(struct pen_json_reader *r, const char *p)
{
    /* Two bytes a value at least, a comma or bracket among them: a small document in a text takes a
     * small block. */
    const enum pen_status status = pen_json_nodes_grow(&r->nodes, (size_t)(r->end - p) / 2 + 1);
    if (status == PEN_OK) return true;

    const char *const code = status == PEN_ERR_LIMIT ? "json.nodes" : "json.memory";
    (void)pen_json_refuse(r, p, status, code);
    return false;
}

/* A node that hangs nowhere yet, for what begins at `p`. NULL: refused. */
static inline struct pen_json *new_node(struct pen_json_reader *r, const char *p,
                                        struct pen_json *open)
{
    if (r->nodes.free == r->nodes.stop && !make_room(r, p)) return NULL;
    return pen_json_nodes_take(&r->nodes, open);
}

/* Behind `last`, its sibling, or as the first in `open`. */
static inline void keep(struct pen_json *open, struct pen_json *last, struct pen_json *node)
{
    if (last != NULL) {
        last->next = node;
    } else if (open != NULL) {
        open->first = node;
    }
}

/* A container that is open has no text: its place holds the value that it is thought to be like. */
static const struct pen_json *twin_of(const struct pen_json *open)
{
    return (const struct pen_json *)(const void *)open->text.ptr;
}

/* `last` is the sibling before it. */
static inline const char *open_container(struct pen_json_reader *r, const char *p,
                                         struct pen_json *node, struct pen_json *last,
                                         const struct pen_json *twin)
{
    if (r->depth == r->limits.depth) return pen_json_refuse(r, p, PEN_ERR_LIMIT, "json.depth");
    if (r->depth > NOTED_DEPTH && node->name.len == 0) pen_json_nodes_unnote(&r->nodes);
    r->depth++;
    node->type = *p == '{' ? PEN_JSON_OBJECT : PEN_JSON_ARRAY;
    node->text.ptr = (const char *)(const void *)twin;
    node->next = last;
    r->open = node;
    r->last = NULL;
    const bool is_row =
        node->type == PEN_JSON_OBJECT && twin != NULL && twin->type == PEN_JSON_OBJECT;
    r->expected = is_row ? twin->first : NULL;
    r->alike = r->expected != NULL;
    return p + 1;
}

/* An element of an array in which nothing was kept, so that its node is the newest. */
static bool is_hollow(const struct pen_json_reader *r, const struct pen_json *node)
{
    return r->sparse && pen_json_nodes_is_newest(&r->nodes, node) && r->depth > 1
           && r->open->type == PEN_JSON_ARRAY;
}

static void measure_hollow(struct pen_json_reader *r, const struct pen_json *node)
{
    if (r->depth > r->left_out.depth) r->left_out.depth = r->depth;
    if (node->count > r->left_out.children) r->left_out.children = node->count;
}

__attribute__((noinline)) static const char *check_names(struct pen_json_reader *r, const char *p)
{
    const struct pen_json *duplicate = NULL;
    if (pen_json_names_close(&r->names, r->open, r->arena, &duplicate) != PEN_OK) {
        return pen_json_no_memory(r, p);
    }
    if (duplicate == NULL) return p;
    return pen_json_refuse(r, r->begin + duplicate->name_place.start, PEN_ERR_SYNTAX,
                           "json.duplicate_name");
}

static const char *close_container(struct pen_json_reader *r, const char *p)
{
    struct pen_json *const node = r->open;
    if (node->type == PEN_JSON_OBJECT && !r->alike) {
        p = check_names(r, p);
        if (p == NULL) return NULL;
    }
    p++;
    const struct pen_json *const twin = twin_of(node);
    node->text = (struct pen_str){0};
    node->plain_text = false;
    node->place.end = pen_json_offset(r, p);
    /* const only for those who read the tree */
    struct pen_json *const last = (struct pen_json *)(uintptr_t)node->next;
    r->open = (struct pen_json *)(uintptr_t)node->parent;
    r->alike = twin != NULL && r->open != NULL && r->open->type == PEN_JSON_OBJECT;
    r->expected = r->alike ? twin->next : NULL;
    node->next = NULL;
    if (is_hollow(r, node)) {
        measure_hollow(r, node);
        pen_json_nodes_leave_out(&r->nodes);
        r->last = last;
    } else {
        keep(r->open, last, node);
        r->last = node;
    }
    r->depth--;
    return p;
}

/* The open container, and those around it that close at once. */
static const char *close_containers(struct pen_json_reader *r, const char *p)
{
    do {
        p = close_container(r, p);
    } while (p != NULL && r->open != r->outer && p < r->end
             && *p == (r->open->type == PEN_JSON_OBJECT ? '}' : ']'));
    return p;
}

/* Where the first member or element of the open container begins, or the bracket that closes it. */
static const char *begin(struct pen_json_reader *r, const char *p)
{
    if (p<r->roomy && * p> ' ') return p;
    p = pen_json_space_end(p, r->end);
    return p == r->end ? pen_json_unexpected(r, p) : p;
}

/* The same of the next one. */
__attribute__((noinline)) static const char *find_next(struct pen_json_reader *r, const char *p,
                                                       char bracket)
{
    p = pen_json_space_end(p, r->end);
    if (p == r->end) return pen_json_unexpected(r, p);
    if (*p == bracket) return p;
    if (*p != ',') return pen_json_unexpected(r, p);
    p = pen_json_space_end(p + 1, r->end);
    return p == r->end || *p == bracket ? pen_json_unexpected(r, p) : p;
}

/* Behind a value: the same. Few documents have white space here, or a list that ends in a comma. */
static inline const char *go_on(struct pen_json_reader *r, const char *p, char bracket)
{
    if (p < r->roomy && *p == ',' && p[1] > ' ' && p[1] != bracket) return p + 1;
    return find_next(r, p, bracket);
}

/* Another member, without white space before it? */
static inline bool is_next_name(const struct pen_json_reader *r, const char *p)
{
    return p < r->roomy && memcmp(p, ",\"", 2) == 0;
}

/* A string, number or word: all of `node` that begins at `p`. */
__attribute__((always_inline)) static inline const char *read_scalar(struct pen_json_reader *r,
                                                                     const char *p,
                                                                     struct pen_json *node)
{
    if (*p == '"') {
        p = pen_json_read_string(r, p, &node->text, &node->plain_text);
        node->type = PEN_JSON_STRING;
    } else {
        p = pen_json_read_other(r, p, node);
    }
    if (p != NULL) pen_json_end_scalar(r, p, node);
    return p;
}

/* Expected of an object that is like no other, so that there is always something to expect. */
static const struct pen_json nobody = {.next = &nobody};

/* Strings are told first: most values are. */
static inline bool begins_container(char c)
{
    return c != '"' && (c == '{' || c == '[');
}

/* Members of the open object, to the bracket that closes it or into a container that opens in it.
 */
static const char *read_members(struct pen_json_reader *r, const char *p)
{
    struct pen_json *const open = r->open;
    struct pen_json *last = r->last;
    const struct pen_json *expected = r->expected;
    p = open->count == 0 ? begin(r, p) : go_on(r, p, '}');
    while (p != NULL && *p != '}') {
        const char *end = NULL;
        do {
            struct pen_json *const node = new_node(r, p, open);
            if (node == NULL) return NULL;
            const char *value = pen_json_read_same_name(r, p, node, expected);
            if (value == NULL) {
                value = pen_json_read_any_name(r, p, node, expected);
                if (value == NULL) return NULL;
                if (!r->alike) expected = &nobody;
            }
            if (begins_container(*value)) {
                return open_container(r, value, node, last, r->alike ? expected : NULL);
            }
            end = read_scalar(r, value, node);
            if (end == NULL) return NULL;
            keep(open, last, node);
            last = node;
            expected = expected->next;
            p = end + 1;
        } while (is_next_name(r, end));
        p = end < r->roomy && *end == '}' ? end : find_next(r, end, '}');
    }
    return p;
}

/* Elements begin without a name. */
static inline struct pen_json *new_element(struct pen_json_reader *r, const char *p,
                                           struct pen_json *open)
{
    struct pen_json *const node = new_node(r, p, open);
    if (node == NULL) return NULL;
    node->name = (struct pen_str){0};
    node->name_place = (struct pen_place){0};
    node->plain_name = false;
    node->name_id = 0;
    node->place.start = pen_json_offset(r, p);
    return node;
}

/* Nobody looks at it, and it is not what tells the kind of its array. */
static inline bool is_left_out(const struct pen_json_reader *r, const struct pen_json *element)
{
    return r->sparse && element->index > 0
           && (element->type != PEN_JSON_STRING || element->text.len == 0);
}

static inline void measure_number(struct pen_json_reader *r, size_t length)
{
    if (length > r->left_out.number_bytes) r->left_out.number_bytes = length;
}

/* Behind the number at `p` where it is short and would be left out, and needs no node. Else `p`. */
static inline const char *pass_number(struct pen_json_reader *r, const char *p,
                                      struct pen_json *array)
{
    if (!r->sparse || array->count == 0 || p >= r->roomy) return p;
    const size_t length = pen_json_number_short(p);
    if (length == 0 || length > r->limits.number_bytes) return p;
    if (!pen_json_nodes_pass(&r->nodes)) return p;
    array->count++;
    measure_number(r, length);
    return p + length;
}

/* Elements of an array tend to be alike: rows of one kind. */
static const struct pen_json *twin_of_element(const struct pen_json *array,
                                              const struct pen_json *last)
{
    if (last != NULL) return last;
    const struct pen_json *const twin = twin_of(array);
    return twin != NULL ? twin->first : NULL;
}

/* Elements of the open array, likewise. */
static const char *read_elements(struct pen_json_reader *r, const char *p)
{
    struct pen_json *const open = r->open;
    struct pen_json *last = r->last;
    p = open->count == 0 ? begin(r, p) : go_on(r, p, ']');
    while (p != NULL && *p != ']') {
        const char *const behind = pass_number(r, p, open);
        if (behind != p) {
            p = go_on(r, behind, ']');
            continue;
        }
        struct pen_json *const node = new_element(r, p, open);
        if (node == NULL) return NULL;
        if (begins_container(*p)) {
            return open_container(r, p, node, last, twin_of_element(open, last));
        }
        p = read_scalar(r, p, node);
        if (p == NULL) return NULL;
        if (is_left_out(r, node)) {
            measure_number(r, node->text.len);
            pen_json_nodes_leave_out(&r->nodes);
        } else {
            keep(open, last, node);
            last = node;
        }
        p = go_on(r, p, ']');
    }
    return p;
}

static const char *read_root(struct pen_json_reader *r, const char *p, struct pen_json **out)
{
    struct pen_json *const node = new_element(r, p, r->outer);
    if (node == NULL) return NULL;
    *out = node;
    if (begins_container(*p)) return open_container(r, p, node, r->last, r->last);

    p = read_scalar(r, p, node);
    if (p == NULL) return NULL;
    keep(r->outer, r->last, node);
    r->last = node;
    return p;
}

static const char *read_document(struct pen_json_reader *r, const char *p,
                                 const struct pen_json **out)
{
    if (r->end - p >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
        return pen_json_refuse(r, p, PEN_ERR_SYNTAX, "json.bom");
    }
    p = pen_json_space_end(p, r->end);
    if (p == r->end) return pen_json_refuse(r, p, PEN_ERR_SYNTAX, "json.empty");

    struct pen_json *root = NULL;
    p = read_root(r, p, &root);
    while (p != NULL && r->open != r->outer) {
        const struct pen_json *const open = r->open;
        p = open->type == PEN_JSON_OBJECT ? read_members(r, p) : read_elements(r, p);
        if (p != NULL && r->open == open) p = close_containers(r, p);
    }
    if (p == NULL) return NULL;

    p = pen_json_space_end(p, r->end);
    if (p != r->end) return pen_json_refuse(r, p, PEN_ERR_SYNTAX, "json.trailing");

    *out = root;
    return p;
}

/* What is read lies between these. */
static void bound(struct pen_json_reader *r, const char *begin, const char *end)
{
    r->end = end;
    r->roomy = end - begin > PEN_JSON_ROOM ? end - PEN_JSON_ROOM : begin;
}

static struct pen_json_reader start(struct pen_str source, const struct pen_json_limits *limits,
                                    struct pen_arena *arena)
{
    const char *const begin = source.len > 0 ? source.ptr : "";
    struct pen_json_reader reader = {
        .begin = begin,
        .arena = arena,
        .nodes = {.arena = arena},
        .names = {.seed = (uintptr_t)arena},
    };
    bound(&reader, begin, begin + source.len);
    if (limits != NULL) reader.limits = *limits;
    if (reader.limits.depth == 0) reader.limits.depth = DEFAULT_DEPTH;
    if (reader.limits.nodes == 0) reader.limits.nodes = DEFAULT_NODES;
    reader.nodes.left = reader.limits.nodes;
    if (reader.limits.string_bytes == 0) reader.limits.string_bytes = SIZE_MAX;
    if (reader.limits.number_bytes == 0) reader.limits.number_bytes = DEFAULT_NUMBER;
    return reader;
}

static enum pen_status explain(const struct pen_json_reader *r, struct pen_json_error *error)
{
    if (error != NULL) {
        error->code = r->code;
        error->offset = (size_t)(r->at - r->begin);
    }
    return r->status;
}

/* Places are 32 bits wide. */
static enum pen_status read_whole(struct pen_json_reader *r, const struct pen_json **out,
                                  struct pen_json_error *error)
{
    const char *const p = (size_t)(r->end - r->begin) > UINT32_MAX
                              ? pen_json_refuse(r, r->begin, PEN_ERR_LIMIT, "json.nodes")
                              : read_document(r, r->begin, out);
    if (p == NULL) return explain(r, error);
    pen_json_nodes_end(&r->nodes);
    return PEN_OK;
}

enum pen_status pen_json_read(struct pen_str source, const struct pen_json_limits *limits,
                              struct pen_arena *arena, const struct pen_json **out,
                              struct pen_json_error *error)
{
    struct pen_json_reader reader = start(source, limits, arena);
    return read_whole(&reader, out, error);
}

enum pen_status pen_json_read_sparse(struct pen_str source, const struct pen_json_limits *limits,
                                     struct pen_arena *arena, const struct pen_json **out,
                                     struct pen_json_left_out *left_out,
                                     struct pen_json_error *error)
{
    struct pen_json_reader reader = start(source, limits, arena);
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
    struct pen_json_reader reader = start(source, limits, arena);
    if (source.len > UINT32_MAX) {
        (void)pen_json_refuse(&reader, reader.begin, PEN_ERR_LIMIT, "json.nodes");
        return explain(&reader, error);
    }
    struct pen_json *const array = new_node(&reader, reader.begin, NULL);
    if (array == NULL) return explain(&reader, error);

    pen_json_nodes_unnote(&reader.nodes);
    array->name = array->text = (struct pen_str){0};
    array->name_place = (struct pen_place){0};
    array->plain_name = array->plain_text = false;
    array->name_id = 0;
    array->type = PEN_JSON_ARRAY;
    array->place = pen_place_of(0, source.len);
    reader.outer = array;
    reader.open = array;
    for (size_t i = 0; i < count; i++) {
        const struct pen_json *value = NULL;
        const char *const text = reader.begin + texts[i].start;
        bound(&reader, text, reader.begin + texts[i].end);
        if (read_document(&reader, text, &value) == NULL) {
            return explain(&reader, error);
        }
    }
    pen_json_nodes_end(&reader.nodes);
    *out = array;
    return PEN_OK;
}

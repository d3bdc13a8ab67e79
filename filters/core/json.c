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
    struct pen_json_block *block; /* the newest; its nodes to come count as noted */
    struct pen_json *free;        /* its next node */
    uint32_t used;                /* nodes of it */
    uint32_t room;                /* its nodes in all; 0 while there is no block */
    uint32_t values;
    uint32_t depth;
    bool sparse;           /* what holds no text is left out */
    struct pen_json *open; /* innermost open container; its `next` is the sibling before it */
    struct pen_json *last; /* its last child so far, of those that are kept */
    /* Of the row before the open object, the member that has the next one's name. */
    const struct pen_json *expected;
    bool alike; /* so far it has that row's names, which differ; none of them is in `names` */
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

static void enter_block(struct reader *r, struct pen_json_block *block, uint32_t used)
{
    r->block = block;
    r->free = &block->nodes[used];
    r->used = used;
    r->room = block->room;
}

/* Most nodes of most documents are noted: it is told of those that are not. */
static void end_notes(const struct reader *r)
{
    if (r->used < PEN_JSON_BLOCK) r->block->noted &= (UINT32_C(1) << r->used) - 1;
}

static const char *add_block(struct reader *r, const char *p)
{
    if (r->block != NULL) end_notes(r);
    if (r->block != NULL && r->block->next != NULL) {
        enter_block(r, r->block->next, 0);
        r->block->noted = UINT32_MAX;
        return p;
    }
    /* Two bytes a value at least, a comma or bracket among them: a small document in a text takes a
     * small block. */
    const size_t most = (size_t)(r->end - p) / 2 + 1;
    const size_t room = most < PEN_JSON_BLOCK ? most : PEN_JSON_BLOCK;
    struct pen_json_block *const block =
        pen_arena_alloc(r->arena, sizeof(*block) + room * sizeof(struct pen_json));
    if (block == NULL) return out_of_memory(r, p);

    if (r->block != NULL) r->block->next = block;
    block->next = NULL;
    block->prev = r->block;
    block->noted = UINT32_MAX;
    block->room = (uint32_t)room;
    enter_block(r, block, 0);
    return p;
}

/* A node that hangs nowhere yet. What a value is it sets itself. */
static inline const char *new_node(struct reader *r, const char *p, struct pen_json *open,
                                   struct pen_json **out)
{
    if (r->values == r->limits.nodes) return refuse(r, p, PEN_ERR_LIMIT, "json.nodes");
    if (r->used == r->room) {
        p = add_block(r, p);
        if (p == NULL) return NULL;
    }
    struct pen_json *const node = r->free++;
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

/* The newest node has nothing that somebody looks at. */
static inline void leave_unnoted(struct reader *r)
{
    r->block->noted &= ~(UINT32_C(1) << (r->used - 1));
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

/* The newest node: one that nobody has a pointer to. */
static void leave_out(struct reader *r)
{
    r->used--;
    r->free--;
    r->block->noted |= UINT32_C(1) << r->used;
    if (r->used > 0 || r->block->prev == NULL) return;
    r->block->noted = 0;
    enter_block(r, r->block->prev, r->block->prev->room);
}

/* A string that begins at `start` and is quiet until `stop`, where something else than its closing
 * quote may stand. */
__attribute__((noinline)) static const char *read_on(struct reader *r, const char *start,
                                                     const char *stop, struct pen_str *out,
                                                     bool *plain)
{
    const char *p = pen_json_bare_end(stop, r->end);
    *plain = p < r->end && *p == '"';
    if (*plain) {
        *out = (struct pen_str){start, (size_t)(p - start)};
        return p + 1;
    }
    p = pen_json_plain_end(p, r->end);
    const enum pen_status status = pen_json_string(start, &p, r->end, r->arena, out, &r->code);
    return status == PEN_OK ? p : refuse(r, p, status, r->code);
}

__attribute__((always_inline)) static inline const char *read_string(struct reader *r,
                                                                     const char *p,
                                                                     struct pen_str *out,
                                                                     bool *plain)
{
    const char *const start = p + 1;
    p = pen_json_quiet_end(start, r->end);
    if (r->end - p >= 1 && *p == '"') {
        *out = (struct pen_str){start, (size_t)(p - start)};
        *plain = true;
        p++;
    } else {
        p = read_on(r, start, p, out, plain);
        if (p == NULL) return NULL;
    }
    return out->len <= r->limits.string_bytes ? p : refuse(r, p, PEN_ERR_LIMIT, "json.string");
}

__attribute__((always_inline)) static inline const char *read_text(struct reader *r, const char *p,
                                                                   struct pen_json *node)
{
    node->type = PEN_JSON_STRING;
    return read_string(r, p, &node->text, &node->plain_text);
}

static const char *read_number(struct reader *r, const char *p, struct pen_json *node)
{
    bool exponent = false;
    const char *const stop = pen_json_number_end(p, r->end, &node->text, &exponent);
    const size_t length = node->text.len;
    if (length == 0) return unexpected(r, stop);
    if (length > r->limits.number_bytes) return refuse(r, stop, PEN_ERR_LIMIT, "json.number");
    const bool may_overflow = exponent || length > PEN_JSON_NUMBER_SMALL;
    if (may_overflow && !r->limits.any_number && pen_json_number_overflows(node->text)) {
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
    if ((size_t)(r->end - p) >= word.len && memcmp(p, word.ptr, word.len) == 0) {
        return p + word.len;
    }
    for (size_t i = 0; i < word.len; i++, p++) {
        if (p == r->end || *p != word.ptr[i]) return unexpected(r, p);
    }
    return p;
}

/* A container that is open has no text: its place holds the value that it is thought to be like. */
static const struct pen_json *twin_of(const struct pen_json *open)
{
    return (const struct pen_json *)(const void *)open->text.ptr;
}

/* `last` is the sibling before it. */
static const char *open_container(struct reader *r, const char *p, struct pen_json *node,
                                  struct pen_json *last, const struct pen_json *twin)
{
    if (r->depth == r->limits.depth) return refuse(r, p, PEN_ERR_LIMIT, "json.depth");
    if (r->depth > NOTED_DEPTH && node->name.len == 0) leave_unnoted(r);
    r->depth++;
    node->type = *p == '{' ? PEN_JSON_OBJECT : PEN_JSON_ARRAY;
    node->text = (struct pen_str){(const char *)(const void *)twin, 0};
    node->plain_text = false;
    node->next = last;
    r->open = node;
    r->last = NULL;
    const bool is_row =
        node->type == PEN_JSON_OBJECT && twin != NULL && twin->type == PEN_JSON_OBJECT;
    r->expected = is_row ? twin->first : NULL;
    r->alike = r->expected != NULL;
    return p + 1;
}

/* What is no string. Apart from where it is called, as read_on: what most values do not need must
 * not cost them registers. */
__attribute__((noinline)) static const char *read_other(struct reader *r, const char *p,
                                                        struct pen_json *node)
{
    switch (*p) {
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

__attribute__((always_inline)) static inline const char *read_scalar(struct reader *r,
                                                                     const char *p,
                                                                     struct pen_json *node)
{
    p = *p == '"' ? read_text(r, p, node) : read_other(r, p, node);
    if (p == NULL) return NULL;
    node->place.end = offset_of(r, p);
    const bool is_text = node->type == PEN_JSON_STRING && node->text.len > 0;
    if (node->name.len == 0 && !is_text) leave_unnoted(r);
    return p;
}

/* Without escapes a name is a piece of the source, its quotes around it. */
static inline bool is_in_source(const struct reader *r, const struct pen_json *node)
{
    return node->name.ptr == r->begin + node->name_place.start + 1;
}

static inline bool add_name(struct reader *r, const struct pen_json *node)
{
    const struct pen_str name = node->name;
    const size_t readable = is_in_source(r, node) ? (size_t)(r->end - name.ptr) : name.len;
    return pen_json_names_add(&r->names, name, readable, r->arena);
}

/* The open object is like no other: its names so far have to be told apart. */
static bool add_names_so_far(struct reader *r)
{
    r->alike = false;
    for (const struct pen_json *m = r->open->first; m != NULL; m = m->next) {
        if (!add_name(r, m)) return false;
    }
    return true;
}

/* Does a name as `expected` has it stand at `p`, behind the opening quote, the closing one too? */
static bool is_same_name(const struct reader *r, const char *p, const struct pen_json *expected)
{
    const struct pen_str name = expected->name;
    return is_in_source(r, expected) && (size_t)(r->end - p) > name.len
           && memcmp(p, name.ptr, name.len + 1) == 0;
}

/* Any name; `*expected` becomes NULL when it is another one. */
__attribute__((noinline)) static const char *read_any_name(struct reader *r, const char *p,
                                                           struct pen_json *node,
                                                           const struct pen_json **expected)
{
    if (*p != '"') return unexpected(r, p);

    const char *const start = p;
    node->name_place.start = offset_of(r, start);
    if (*expected != NULL && is_same_name(r, start + 1, *expected)) {
        node->name = (struct pen_str){start + 1, (*expected)->name.len};
        node->plain_name = (*expected)->plain_name;
        p = start + node->name.len + 2;
    } else {
        *expected = NULL;
        if (r->alike && !add_names_so_far(r)) return out_of_memory(r, p);
        p = read_string(r, p, &node->name, &node->plain_name);
        if (p == NULL) return NULL;
        if (!add_name(r, node)) return out_of_memory(r, p);
    }
    node->name_place.end = offset_of(r, p);
    p = pen_json_space_end(p, r->end);
    if (p == r->end || *p != ':') return unexpected(r, p);
    p = pen_json_space_end(p + 1, r->end);
    return p == r->end ? unexpected(r, p) : p;
}

/* A short name that is expected, and its value without a space before it: what most of a large
 * document's are, seen by two blocks of bytes that are the same. */
static inline const char *read_name(struct reader *r, const char *p, struct pen_json *node,
                                    const struct pen_json **expected)
{
    const struct pen_json *const twin = *expected;
    if (twin == NULL || !twin->plain_name || r->end - p < 2 * PEN_BLOCK || *p != '"') {
        return read_any_name(r, p, node, expected);
    }
    const size_t length = twin->name.len;
    const char *const colon = p + 1 + length + 1;
    if (pen_block_same(p + 1, twin->name.ptr) <= length || *colon != ':' || colon[1] <= ' ') {
        return read_any_name(r, p, node, expected);
    }
    node->name = (struct pen_str){p + 1, length};
    node->name_place = (struct pen_place){offset_of(r, p), offset_of(r, colon)};
    node->plain_name = true;
    return colon + 1;
}

/* An element of an array in which nothing was kept, so that its node is the newest. */
static bool is_hollow(const struct reader *r, const struct pen_json *node)
{
    return r->sparse && node + 1 == r->free && r->depth > 1 && r->open->type == PEN_JSON_ARRAY;
}

static void measure_hollow(struct reader *r, const struct pen_json *node)
{
    if (r->depth > r->left_out.depth) r->left_out.depth = r->depth;
    if (node->count > r->left_out.children) r->left_out.children = node->count;
}

__attribute__((noinline)) static const char *check_names(struct reader *r, const char *p)
{
    const struct pen_json *duplicate = NULL;
    if (pen_json_names_close(&r->names, r->open, r->arena, &duplicate) != PEN_OK) {
        return out_of_memory(r, p);
    }
    if (duplicate == NULL) return p;
    return refuse(r, r->begin + duplicate->name_place.start, PEN_ERR_SYNTAX, "json.duplicate_name");
}

static const char *close_container(struct reader *r, const char *p)
{
    struct pen_json *const node = r->open;
    if (node->type == PEN_JSON_OBJECT && !r->alike) {
        p = check_names(r, p);
        if (p == NULL) return NULL;
    }
    p++;
    const struct pen_json *const twin = twin_of(node);
    node->text = (struct pen_str){0};
    node->place.end = offset_of(r, p);
    /* const only for those who read the tree */
    struct pen_json *const last = (struct pen_json *)(uintptr_t)node->next;
    r->open = (struct pen_json *)(uintptr_t)node->parent;
    r->alike = twin != NULL && r->open != NULL && r->open->type == PEN_JSON_OBJECT;
    r->expected = r->alike ? twin->next : NULL;
    node->next = NULL;
    if (is_hollow(r, node)) {
        measure_hollow(r, node);
        leave_out(r);
        r->last = last;
    } else {
        keep(r->open, last, node);
        r->last = node;
    }
    r->depth--;
    return p;
}

/* Where the first member or element of the open container begins, or, `*closes`, its bracket. */
static const char *begin(struct reader *r, const char *p, char bracket, bool *closes)
{
    p = pen_json_space_end(p, r->end);
    if (p == r->end) return unexpected(r, p);
    *closes = *p == bracket;
    return p;
}

/* The same of the next one. */
__attribute__((noinline)) static const char *find_next(struct reader *r, const char *p,
                                                       char bracket, bool *closes)
{
    p = pen_json_space_end(p, r->end);
    if (p == r->end) return unexpected(r, p);
    *closes = *p == bracket;
    if (*closes) return p;
    if (*p != ',') return unexpected(r, p);
    p = pen_json_space_end(p + 1, r->end);
    return p == r->end ? unexpected(r, p) : p;
}

/* Behind a value: the same of the next one. Few documents have white space here. */
__attribute__((always_inline)) static inline const char *go_on(struct reader *r, const char *p,
                                                               char bracket, bool *closes)
{
    if (r->end - p > 1 && *p == ',' && p[1] > ' ') return p + 1;
    return find_next(r, p, bracket, closes);
}

/* Members of the open object until it closes, or a container in it opens. */
static const char *read_members(struct reader *r, const char *p)
{
    struct pen_json *const open = r->open;
    struct pen_json *last = r->last;
    const struct pen_json *expected = r->expected;
    bool closes = false;
    p = open->count == 0 ? begin(r, p, '}', &closes) : go_on(r, p, '}', &closes);
    while (p != NULL && !closes) {
        struct pen_json *node = NULL;
        p = new_node(r, p, open, &node);
        if (p == NULL) return NULL;
        p = read_name(r, p, node, &expected);
        if (p == NULL) return NULL;
        node->place.start = offset_of(r, p);
        if (*p == '{' || *p == '[') return open_container(r, p, node, last, expected);

        p = read_scalar(r, p, node);
        if (p == NULL) return NULL;
        keep(open, last, node);
        last = node;
        if (expected != NULL) expected = expected->next;
        p = go_on(r, p, '}', &closes);
    }
    return p != NULL ? close_container(r, p) : NULL;
}

/* Elements begin without a name. */
static inline const char *new_element(struct reader *r, const char *p, struct pen_json *open,
                                      struct pen_json **out)
{
    p = new_node(r, p, open, out);
    if (p == NULL) return NULL;
    struct pen_json *const node = *out;
    node->name = (struct pen_str){0};
    node->name_place = (struct pen_place){0};
    node->plain_name = false;
    node->place.start = offset_of(r, p);
    return p;
}

/* Nobody looks at it, and it is not what tells the kind of its array. */
static inline bool is_left_out(const struct reader *r, const struct pen_json *element)
{
    return r->sparse && element->index > 0
           && (element->type != PEN_JSON_STRING || element->text.len == 0);
}

/* Elements of an array tend to be alike: rows of one kind. */
static const struct pen_json *twin_of_element(const struct pen_json *array,
                                              const struct pen_json *last)
{
    if (last != NULL) return last;
    const struct pen_json *const twin = twin_of(array);
    return twin != NULL ? twin->first : NULL;
}

/* The same of the open array. */
static const char *read_elements(struct reader *r, const char *p)
{
    struct pen_json *const open = r->open;
    struct pen_json *last = r->last;
    bool closes = false;
    p = open->count == 0 ? begin(r, p, ']', &closes) : go_on(r, p, ']', &closes);
    while (p != NULL && !closes) {
        struct pen_json *node = NULL;
        p = new_element(r, p, open, &node);
        if (p == NULL) return NULL;
        if (*p == '{' || *p == '[') {
            return open_container(r, p, node, last, twin_of_element(open, last));
        }
        p = read_scalar(r, p, node);
        if (p == NULL) return NULL;
        if (is_left_out(r, node)) {
            if (node->text.len > r->left_out.number_bytes) {
                r->left_out.number_bytes = node->text.len;
            }
            leave_out(r);
        } else {
            keep(open, last, node);
            last = node;
        }
        p = go_on(r, p, ']', &closes);
    }
    return p != NULL ? close_container(r, p) : NULL;
}

static const char *read_root(struct reader *r, const char *p, struct pen_json **out)
{
    struct pen_json *node = NULL;
    p = new_element(r, p, r->outer, &node);
    if (p == NULL) return NULL;
    *out = node;
    if (*p == '{' || *p == '[') return open_container(r, p, node, r->last, r->last);

    p = read_scalar(r, p, node);
    if (p == NULL) return NULL;
    keep(r->outer, r->last, node);
    r->last = node;
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
    p = read_root(r, p, &root);
    while (p != NULL && r->open != r->outer) {
        p = r->open->type == PEN_JSON_OBJECT ? read_members(r, p) : read_elements(r, p);
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

/* Places are 32 bits wide. */
static enum pen_status read_whole(struct reader *r, const struct pen_json **out,
                                  struct pen_json_error *error)
{
    const char *const p = (size_t)(r->end - r->begin) > UINT32_MAX
                              ? refuse(r, r->begin, PEN_ERR_LIMIT, "json.nodes")
                              : read_document(r, r->begin, out);
    if (p == NULL) return explain(r, error);
    end_notes(r);
    return PEN_OK;
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
    if (new_node(&reader, reader.begin, NULL, &array) == NULL) return explain(&reader, error);

    leave_unnoted(&reader);
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
    end_notes(&reader);
    *out = array;
    return PEN_OK;
}

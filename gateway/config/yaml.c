/**
 * libyaml's events, one by one, into a tree in an arena; the only file that knows libyaml.
 *
 * A stack of open collections of fixed depth stands in for recursion. libyaml counts characters
 * where we count bytes, so a cursor walks along and translates its marks. Keys of a mapping are
 * sorted once it ends, which finds duplicates without comparing each with each.
 */
#include "gateway/config/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "gateway/config/scalar.h"

struct frame {
    struct pen_json *node;
    struct pen_json *last;
};

struct builder {
    struct pen_str source;
    struct pen_arena *arena;
    struct pen_error *err;
    yaml_parser_t parser;
    yaml_event_t event;  /* at work now; libyaml clears it when it fails */
    size_t at_character; /* the cursor: the same place in libyaml's count and in ours */
    size_t at_byte;
    size_t skipped; /* bytes before libyaml's first */
    struct frame stack[PEN_YAML_DEPTH];
    size_t depth;
    struct pen_str name; /* read, its value not yet; ptr NULL = none */
    struct pen_place name_place;
    struct pen_json *root;
};

/* UTF-8's own, as editors write it. libyaml counts it as a column, which tears the first key from
 * the others, so it is never shown to it. */
static const struct pen_str mark = PEN_STR("\xEF\xBB\xBF");

void pen_yaml_place(struct pen_str source, size_t offset, size_t *line, size_t *column)
{
    if (offset > source.len) offset = source.len;
    *line = 1;
    size_t start = 0;
    if (pen_str_starts(source, mark) && offset >= mark.len) start = mark.len;
    for (size_t i = start; i < offset; i++) {
        if (source.ptr[i] != '\n') continue;
        *line += 1;
        start = i + 1;
    }
    *column = offset - start + 1;
}

bool pen_yaml_is_plain(struct pen_str source, size_t offset)
{
    return offset >= source.len || strchr("\"'|>", source.ptr[offset]) == NULL;
}

static enum pen_status fail(const struct builder *b, enum pen_status status, size_t offset,
                            const char *sentence)
{
    if (b->err == NULL) return status;
    pen_error_set(b->err, "%s", sentence);
    pen_yaml_place(b->source, offset, &b->err->line, &b->err->column);
    return status;
}

static bool continues_character(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* From libyaml's characters to our bytes. Marks come nearly in order: the cursor never goes far. */
static size_t byte_offset(struct builder *b, size_t character)
{
    while (b->at_character > character) {
        do {
            b->at_byte--;
        } while (b->at_byte > 0 && continues_character(b->source.ptr[b->at_byte]));
        b->at_character--;
    }
    while (b->at_character < character && b->at_byte < b->source.len) {
        do {
            b->at_byte++;
        } while (b->at_byte < b->source.len && continues_character(b->source.ptr[b->at_byte]));
        b->at_character++;
    }
    return b->at_byte;
}

/* {"quoted from inside", what usually causes it}: libyaml's own words rarely name the cause. */
static const char *likely_cause(const struct builder *b, size_t offset)
{
    size_t start = offset < b->source.len ? offset : b->source.len;
    size_t end = start;
    while (start > 0 && b->source.ptr[start - 1] != '\n') {
        start--;
    }
    while (end < b->source.len && b->source.ptr[end] != '\n') {
        end++;
    }
    const struct pen_str line = pen_str_slice(b->source, start, end);
    if (pen_str_find_str(line, PEN_S("${")) < line.len) {
        return "; inside { } and [ ] a ${NAME} must stand in quotes";
    }
    if (pen_str_find_str(line, PEN_S("]:")) < line.len) {
        return "; an IPv6 address with its brackets must stand in quotes: \"[::1]:8443\"";
    }
    if (pen_str_find(line, '\t', 0) < line.len) return "; indent with spaces, not with tabs";
    const char *const problem = b->parser.problem;
    if (problem != NULL && strstr(problem, "mapping values") != NULL) {
        const struct pen_str colon = PEN_STR(": ");
        const size_t first = pen_str_find_str(line, colon);
        const struct pen_str rest = pen_str_slice(line, first + colon.len, line.len);
        return pen_str_find_str(rest, colon) < rest.len
                   ? "; a text with ': ' in it must stand in quotes"
                   : "; is this line indented further than the one above it?";
    }
    return "";
}

static enum pen_status refuse_syntax(struct builder *b)
{
    const yaml_parser_t *const p = &b->parser;
    if (p->error == YAML_MEMORY_ERROR) return fail(b, PEN_ERR_NOMEM, 0, "out of memory");
    if (p->error == YAML_READER_ERROR) {
        return fail(b, PEN_ERR_SYNTAX, b->skipped + p->problem_offset,
                    "not UTF-8 text: an invalid or control byte stands here");
    }

    const size_t offset = byte_offset(b, p->problem_mark.index);
    const char *const problem = p->problem == NULL ? "not YAML" : p->problem;
    const char *const cause = likely_cause(b, offset);
    char sentence[400];
    struct pen_buf text = pen_buf_over(sentence, sizeof(sentence) - 1);
    if (p->context == NULL) {
        pen_buf_format(&text, "not YAML: %s%s", problem, cause);
    } else {
        pen_buf_format(&text, "not YAML: %s %s that starts on line %zu%s", problem, p->context,
                       p->context_mark.line + 1, cause);
    }
    sentence[text.len] = '\0';
    return fail(b, PEN_ERR_SYNTAX, offset, sentence);
}

/* The next event; the one before it is released. */
static enum pen_status advance(struct builder *b)
{
    yaml_event_delete(&b->event);
    if (yaml_parser_parse(&b->parser, &b->event) == 0) return refuse_syntax(b);
    return PEN_OK;
}

static struct pen_place event_place(struct builder *b)
{
    const size_t start = byte_offset(b, b->event.start_mark.index);
    return pen_place_of(start, byte_offset(b, b->event.end_mark.index));
}

/* Put a new value where it belongs: at the root, into the open list, or behind the read name. */
static enum pen_status attach(struct builder *b, enum pen_json_type type, struct pen_str text,
                              struct pen_json **out)
{
    struct pen_json *node = pen_arena_calloc(b->arena, 1, sizeof(*node));
    if (node == NULL) return fail(b, PEN_ERR_NOMEM, 0, "out of memory");

    node->type = type;
    node->text = text;
    node->place = event_place(b);
    node->name = b->name;
    node->name_place = b->name_place;
    b->name = (struct pen_str){NULL, 0};
    *out = node;
    if (b->depth == 0) {
        b->root = node;
        return PEN_OK;
    }

    struct frame *top = &b->stack[b->depth - 1];
    node->parent = top->node;
    node->index = top->node->count++;
    if (top->last == NULL) {
        top->node->first = node;
    } else {
        top->last->next = node;
    }
    top->last = node;
    return PEN_OK;
}

static bool name_is_due(const struct builder *b)
{
    return b->depth > 0 && b->stack[b->depth - 1].node->type == PEN_JSON_OBJECT
           && b->name.ptr == NULL;
}

static enum pen_status take_scalar(struct builder *b)
{
    const struct pen_str raw = {(const char *)b->event.data.scalar.value,
                                b->event.data.scalar.length};
    const bool plain = b->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    const struct pen_place place = event_place(b);
    struct pen_str text;
    if (pen_arena_copy(b->arena, raw, &text) != PEN_OK) {
        return fail(b, PEN_ERR_NOMEM, 0, "out of memory");
    }

    if (name_is_due(b)) {
        if (plain && text.len == 0)
            return fail(b, PEN_ERR_INVALID, place.start, "a key is missing");
        if (plain && pen_str_equal(text, PEN_S("<<"))) {
            return fail(b, PEN_ERR_INVALID, place.start,
                        "merge keys (<<) are not supported: write the keys out");
        }
        b->name = text;
        b->name_place = place;
        return PEN_OK;
    }
    const enum pen_json_type type = plain ? pen_scalar_type(text) : PEN_JSON_STRING;
    if (type != PEN_JSON_STRING && type != PEN_JSON_NUMBER) text = (struct pen_str){NULL, 0};
    struct pen_json *node;
    return attach(b, type, text, &node);
}

static enum pen_status open_collection(struct builder *b, enum pen_json_type type)
{
    const size_t start = byte_offset(b, b->event.start_mark.index);
    if (name_is_due(b)) {
        return fail(b, PEN_ERR_INVALID, start, "a key must be text, not a list or a mapping");
    }
    if (b->depth == PEN_YAML_DEPTH) return fail(b, PEN_ERR_LIMIT, start, "nested too deeply");

    struct pen_json *node;
    PEN_TRY(attach(b, type, (struct pen_str){NULL, 0}, &node));
    b->stack[b->depth++] = (struct frame){.node = node};
    return PEN_OK;
}

static int by_name_then_place(const void *left, const void *right)
{
    const struct pen_json *const a = *(const struct pen_json *const *)left;
    const struct pen_json *const b = *(const struct pen_json *const *)right;
    const int order = pen_str_compare(a->name, b->name);
    return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

static enum pen_status refuse_duplicate(const struct builder *b, const struct pen_json *first,
                                        const struct pen_json *second)
{
    size_t line;
    size_t column;
    pen_yaml_place(b->source, first->name_place.start, &line, &column);
    char sentence[200];
    struct pen_buf text = pen_buf_over(sentence, sizeof(sentence) - 1);
    pen_buf_format(&text, "'%.*s' is given twice in one mapping, first on line %zu",
                   PEN_STR_ARGS(pen_str_slice(second->name, 0, 64)), line);
    sentence[text.len] = '\0';
    return fail(b, PEN_ERR_INVALID, second->name_place.start, sentence);
}

static enum pen_status check_names(const struct builder *b, const struct pen_json *object)
{
    if (object->count < 2) return PEN_OK;

    const struct pen_json **sorted = pen_arena_calloc(b->arena, object->count, sizeof(*sorted));
    if (sorted == NULL) return fail(b, PEN_ERR_NOMEM, 0, "out of memory");

    for (const struct pen_json *member = object->first; member != NULL; member = member->next) {
        sorted[member->index] = member;
    }
    qsort(sorted, object->count, sizeof(*sorted), by_name_then_place);
    for (size_t i = 1; i < object->count; i++) {
        if (pen_str_equal(sorted[i - 1]->name, sorted[i]->name)) {
            return refuse_duplicate(b, sorted[i - 1], sorted[i]);
        }
    }
    return PEN_OK;
}

static enum pen_status close_collection(struct builder *b)
{
    struct pen_json *const node = b->stack[--b->depth].node;
    node->place.end = (uint32_t)byte_offset(b, b->event.end_mark.index);
    return node->type == PEN_JSON_OBJECT ? check_names(b, node) : PEN_OK;
}

/* Anchors and tags may sit on any value. */
static enum pen_status refuse_properties(struct builder *b, const yaml_char_t *anchor,
                                         const yaml_char_t *tag)
{
    const size_t start = byte_offset(b, b->event.start_mark.index);
    if (anchor != NULL) {
        return fail(b, PEN_ERR_INVALID, start,
                    "anchors (&name) are not supported: write the value out where it is used");
    }
    if (tag != NULL) {
        return fail(b, PEN_ERR_INVALID, start,
                    "tags (!name) are not supported: put text that could be misread in quotes");
    }
    return PEN_OK;
}

static enum pen_status start_document(struct builder *b)
{
    const size_t start = byte_offset(b, b->event.start_mark.index);
    if (b->root != NULL) {
        return fail(b, PEN_ERR_INVALID, start,
                    "a second document starts here: one file, one document");
    }
    if (b->event.data.document_start.version_directive != NULL
        || b->event.data.document_start.tag_directives.start
               != b->event.data.document_start.tag_directives.end) {
        return fail(b, PEN_ERR_INVALID, start,
                    "%YAML and %TAG lines are not supported: remove them");
    }
    return PEN_OK;
}

static enum pen_status take_event(struct builder *b)
{
    switch (b->event.type) {
    case YAML_DOCUMENT_START_EVENT:
        return start_document(b);
    case YAML_ALIAS_EVENT:
        return fail(b, PEN_ERR_INVALID, byte_offset(b, b->event.start_mark.index),
                    "aliases (*name) are not supported: write the value out, or quote the text");
    case YAML_SCALAR_EVENT:
        PEN_TRY(refuse_properties(b, b->event.data.scalar.anchor, b->event.data.scalar.tag));
        return take_scalar(b);
    case YAML_SEQUENCE_START_EVENT:
        PEN_TRY(refuse_properties(b, b->event.data.sequence_start.anchor,
                                  b->event.data.sequence_start.tag));
        return open_collection(b, PEN_JSON_ARRAY);
    case YAML_MAPPING_START_EVENT:
        PEN_TRY(refuse_properties(b, b->event.data.mapping_start.anchor,
                                  b->event.data.mapping_start.tag));
        return open_collection(b, PEN_JSON_OBJECT);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_collection(b);
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return PEN_OK;
    }
    return PEN_OK;
}

static enum pen_status build(struct builder *b)
{
    do {
        PEN_TRY(advance(b));
        PEN_TRY(take_event(b));
    } while (b->event.type != YAML_STREAM_END_EVENT);

    if (b->root == NULL || b->root->type == PEN_JSON_NULL) {
        return fail(b, PEN_ERR_INVALID, 0, "the file is empty");
    }
    return PEN_OK;
}

enum pen_status pen_yaml_read(struct pen_str source, struct pen_arena *arena,
                              const struct pen_json **out, struct pen_error *err)
{
    const size_t skipped = pen_str_starts(source, mark) ? mark.len : 0;
    struct builder b = {
        .source = source, .arena = arena, .err = err, .at_byte = skipped, .skipped = skipped};
    if (source.len > PEN_YAML_BYTES) return fail(&b, PEN_ERR_LIMIT, 0, "larger than 8 MiB");
    if (yaml_parser_initialize(&b.parser) == 0) {
        return fail(&b, PEN_ERR_NOMEM, 0, "out of memory");
    }

    /* Named, so that no byte-order mark turns the file into UTF-16. */
    yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
    const struct pen_str text = pen_str_slice(source, skipped, source.len);
    yaml_parser_set_input_string(&b.parser, (const unsigned char *)(text.len > 0 ? text.ptr : ""),
                                 text.len);
    const enum pen_status status = build(&b);
    yaml_event_delete(&b.event);
    yaml_parser_delete(&b.parser);
    if (status == PEN_OK) *out = b.root;
    return status;
}

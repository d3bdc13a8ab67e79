/**
 * Units are written as they hang together; of a failed evaluation only what failed, of a successful
 * one what annotates. Recursion is as deep as the evaluation was.
 */
#include "filters/schema/output.h"

#include "filters/schema/work.h"

/* A subschema and its keyword each have a unit. */
#define MOST_UNITS (2 * PEN_SCHEMA_DEPTH + 2)
#define MOST_DEPTH 1024 /* of a tree; deeper than any reader's limit */

typedef void writer(struct pen_buf *buf, struct pen_str text);

static void put_hex(struct pen_buf *buf, char byte)
{
    static const char digits[] = "0123456789ABCDEF";
    pen_buf_byte(buf, '%');
    pen_buf_byte(buf, digits[(unsigned char)byte >> 4]);
    pen_buf_byte(buf, digits[(unsigned char)byte & 15]);
}

/* As a fragment of a URI (RFC 3986 section 3.5). All of it is ASCII without a quote. */
static void put_fragment(struct pen_buf *buf, struct pen_str text)
{
    static const struct pen_str plain = PEN_STR("-._~!$&'()*+,;=:@/?");
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        if (pen_is_alnum(c) || pen_str_find(plain, c, 0) < plain.len) {
            pen_buf_byte(buf, c);
        } else {
            put_hex(buf, c);
        }
    }
}

/* RFC 6901 section 3: '~' and '/' inside a step are escaped. */
static void put_step(struct pen_buf *buf, struct pen_str step, writer *write)
{
    pen_buf_byte(buf, '/');
    size_t start = 0;
    for (size_t i = 0; i < step.len; i++) {
        if (step.ptr[i] != '~' && step.ptr[i] != '/') continue;
        write(buf, pen_str_slice(step, start, i));
        pen_buf_put(buf, step.ptr[i] == '~' ? PEN_S("~0") : PEN_S("~1"));
        start = i + 1;
    }
    write(buf, pen_str_slice(step, start, step.len));
}

/* The pointer of a value below `root`; the document's root when that is NULL. */
static void put_pointer(struct pen_buf *buf, const struct pen_json *value,
                        const struct pen_json *root, writer *write)
{
    const struct pen_json *chain[MOST_DEPTH];
    size_t depth = 0;
    for (; value->parent != NULL && value != root; value = value->parent) {
        if (depth == MOST_DEPTH) {
            buf->full = true;
            return;
        }
        chain[depth++] = value;
    }
    while (depth > 0) {
        const struct pen_json *const step = chain[--depth];
        if (step->parent->type == PEN_JSON_OBJECT) {
            put_step(buf, step->name, write);
        } else {
            pen_buf_byte(buf, '/');
            pen_buf_u64(buf, step->index);
        }
    }
}

static void put_location(struct pen_buf *buf, const struct pen_schema_unit *unit, writer *write)
{
    const struct pen_schema_unit *chain[MOST_UNITS];
    size_t depth = 0;
    for (; unit != NULL; unit = unit->parent) {
        if (!unit->has_step) continue;
        if (depth == MOST_UNITS) {
            buf->full = true;
            return;
        }
        chain[depth++] = unit;
    }
    while (depth > 0) {
        put_step(buf, chain[--depth]->step, write);
    }
}

void pen_schema_unit_location(const struct pen_schema_unit *unit, struct pen_buf *buf)
{
    put_location(buf, unit, pen_buf_put);
}

void pen_schema_unit_absolute(const struct pen_schema_unit *unit, struct pen_buf *buf)
{
    pen_buf_put(buf, unit->uri);
    pen_buf_byte(buf, '#');
    put_pointer(buf, unit->source, unit->root, put_fragment);
}

struct pen_str pen_schema_unit_keyword(const struct pen_schema_unit *unit)
{
    while (unit != NULL && !unit->is_keyword) {
        unit = unit->parent;
    }
    return unit != NULL ? unit->step : (struct pen_str){0};
}

/* ---- which units count ---- */

static bool is_called(const struct pen_schema_unit *unit, struct pen_str keyword)
{
    return unit->is_keyword && pen_str_equal(unit->step, keyword);
}

/* Failures below these are no failures of the whole. */
static bool explains_itself(const struct pen_schema_unit *unit)
{
    return is_called(unit, PEN_S("contains")) || is_called(unit, PEN_S("not"));
}

static bool all_valid(const struct pen_schema_unit *unit)
{
    for (; unit != NULL; unit = unit->next) {
        if (!unit->valid) return false;
    }
    return true;
}

/* Do annotations below it hold? */
static bool may_annotate(const struct pen_schema_unit *unit)
{
    if (!unit->valid || is_called(unit, PEN_S("not"))) return false;
    return !is_called(unit, PEN_S("if")) || all_valid(unit->first);
}

static bool has_annotation(const struct pen_schema_unit *unit)
{
    return unit->valid && (unit->annotation != NULL || unit->annotation_text.len > 0);
}

static bool annotates(const struct pen_schema_unit *unit)
{
    if (has_annotation(unit)) return true;
    if (!may_annotate(unit)) return false;
    for (const struct pen_schema_unit *u = unit->first; u != NULL; u = u->next) {
        if (annotates(u)) return true;
    }
    return false;
}

/* Is there something to say of it in an output about failure, or about success? */
static bool counts(const struct pen_schema_unit *unit, bool success)
{
    return success ? annotates(unit) : !unit->valid;
}

static bool is_looked_into(const struct pen_schema_unit *unit, bool success)
{
    return success ? may_annotate(unit) : !unit->valid && !explains_itself(unit);
}

static const struct pen_schema_unit *next_unit(const struct pen_schema_unit *root,
                                               const struct pen_schema_unit *unit, bool success)
{
    if (is_looked_into(unit, success) && unit->first != NULL) return unit->first;
    while (unit != root && unit->next == NULL) {
        unit = unit->parent;
    }
    return unit != root ? unit->next : NULL;
}

const struct pen_schema_unit *pen_schema_next_failure(const struct pen_schema_unit *root,
                                                      const struct pen_schema_unit *last)
{
    const struct pen_schema_unit *unit = last == NULL ? root : next_unit(root, last, false);
    while (unit != NULL && (unit->valid || unit->sentence == NULL)) {
        unit = next_unit(root, unit, false);
    }
    return unit;
}

/* ---- JSON ---- */

static void put_text(struct pen_buf *buf, struct pen_str text)
{
    pen_buf_byte(buf, '"');
    pen_buf_json(buf, text);
    pen_buf_byte(buf, '"');
}

static void put_opening(struct pen_buf *buf, const struct pen_json *value)
{
    if (value->parent != NULL && value->name.ptr != NULL) {
        put_text(buf, value->name);
        pen_buf_byte(buf, ':');
    }
    switch (value->type) {
    case PEN_JSON_NULL:
        pen_buf_put(buf, PEN_S("null"));
        return;
    case PEN_JSON_FALSE:
        pen_buf_put(buf, PEN_S("false"));
        return;
    case PEN_JSON_TRUE:
        pen_buf_put(buf, PEN_S("true"));
        return;
    case PEN_JSON_NUMBER:
        pen_buf_put(buf, value->text);
        return;
    case PEN_JSON_STRING:
        put_text(buf, value->text);
        return;
    case PEN_JSON_ARRAY:
        pen_buf_byte(buf, '[');
        return;
    case PEN_JSON_OBJECT:
        pen_buf_byte(buf, '{');
        return;
    }
}

static void put_closing(struct pen_buf *buf, const struct pen_json *value)
{
    if (value->type == PEN_JSON_ARRAY) pen_buf_byte(buf, ']');
    if (value->type == PEN_JSON_OBJECT) pen_buf_byte(buf, '}');
}

/* A value of the schema, without recursion: trees know their parents. */
static void put_value(struct pen_buf *buf, const struct pen_json *root)
{
    const struct pen_json bare = {.text = root->text, .type = root->type};
    put_opening(buf, &bare);
    const struct pen_json *value = root->first;
    while (value != NULL) {
        put_opening(buf, value);
        if (value->first != NULL) {
            value = value->first;
            continue;
        }
        put_closing(buf, value);
        while (value != root && value->next == NULL) {
            value = value->parent;
            if (value != root) put_closing(buf, value);
        }
        if (value == root) break;
        pen_buf_byte(buf, ',');
        value = value->next;
    }
    put_closing(buf, root);
}

/* All members of a unit but the nested ones; the object stays open. */
static void put_unit(struct pen_buf *buf, const struct pen_schema_unit *unit)
{
    pen_buf_put(buf, unit->valid ? PEN_S("{\"valid\":true") : PEN_S("{\"valid\":false"));
    pen_buf_put(buf, PEN_S(",\"keywordLocation\":\""));
    put_location(buf, unit, pen_buf_json);
    pen_buf_byte(buf, '"');
    if (unit->is_referred || unit->uri.len > 0) {
        pen_buf_put(buf, PEN_S(",\"absoluteKeywordLocation\":\""));
        pen_buf_json(buf, unit->uri);
        pen_buf_byte(buf, '#');
        put_pointer(buf, unit->source, unit->root, put_fragment);
        pen_buf_byte(buf, '"');
    }
    pen_buf_put(buf, PEN_S(",\"instanceLocation\":\""));
    put_pointer(buf, unit->instance, NULL, pen_buf_json);
    pen_buf_byte(buf, '"');
    if (!unit->valid && unit->sentence != NULL) {
        pen_buf_put(buf, PEN_S(",\"error\":"));
        put_text(buf, pen_str_from_c(unit->sentence));
    }
    if (!has_annotation(unit)) return;
    pen_buf_put(buf, PEN_S(",\"annotation\":"));
    if (unit->annotation != NULL) {
        put_value(buf, unit->annotation);
    } else {
        pen_buf_put(buf, unit->annotation_text);
    }
}

static void put_list(struct pen_buf *buf, bool success)
{
    pen_buf_put(buf, success ? PEN_S(",\"annotations\":[") : PEN_S(",\"errors\":["));
}

static void put_basic(struct pen_buf *buf, const struct pen_schema_unit *root)
{
    const bool success = root->valid;
    bool first = true;
    pen_buf_put(buf, success ? PEN_S("{\"valid\":true") : PEN_S("{\"valid\":false"));
    put_list(buf, success);
    for (const struct pen_schema_unit *u = root; u != NULL; u = next_unit(root, u, success)) {
        if (success ? !has_annotation(u) : u->valid || u->sentence == NULL) continue;
        if (!first) pen_buf_byte(buf, ',');
        first = false;
        put_unit(buf, u);
        pen_buf_byte(buf, '}');
    }
    pen_buf_put(buf, PEN_S("]}"));
}

/* The only child that says anything; NULL when there are more or none. */
static const struct pen_schema_unit *only_child(const struct pen_schema_unit *unit, bool success)
{
    const struct pen_schema_unit *only = NULL;
    if (!is_looked_into(unit, success)) return NULL;
    for (const struct pen_schema_unit *u = unit->first; u != NULL; u = u->next) {
        if (!counts(u, success)) continue;
        if (only != NULL) return NULL;
        only = u;
    }
    return only;
}

static bool says_something(const struct pen_schema_unit *unit, bool success)
{
    return success ? has_annotation(unit) : unit->sentence != NULL;
}

static void put_detailed(struct pen_buf *buf, const struct pen_schema_unit *unit, bool success)
{
    /* Who has a single child and says nothing of his own is replaced by it; the root stays. */
    while (unit->parent != NULL && !says_something(unit, success)) {
        const struct pen_schema_unit *const only = only_child(unit, success);
        if (only == NULL) break;
        unit = only;
    }
    bool first = true;
    put_unit(buf, unit);
    if (is_looked_into(unit, success)) {
        for (const struct pen_schema_unit *u = unit->first; u != NULL; u = u->next) {
            if (!counts(u, success)) continue;
            if (first) {
                put_list(buf, success);
            } else {
                pen_buf_byte(buf, ',');
            }
            first = false;
            put_detailed(buf, u, success);
        }
    }
    pen_buf_put(buf, first ? PEN_S("}") : PEN_S("]}"));
}

static void put_verbose(struct pen_buf *buf, const struct pen_schema_unit *unit)
{
    put_unit(buf, unit);
    for (const struct pen_schema_unit *u = unit->first; u != NULL; u = u->next) {
        if (u == unit->first) {
            put_list(buf, unit->valid);
        } else {
            pen_buf_byte(buf, ',');
        }
        put_verbose(buf, u);
    }
    pen_buf_put(buf, unit->first == NULL ? PEN_S("}") : PEN_S("]}"));
}

void pen_schema_output(const struct pen_schema_unit *root, enum pen_schema_form form,
                       struct pen_buf *buf)
{
    switch (form) {
    case PEN_SCHEMA_FLAG:
        pen_buf_put(buf, root->valid ? PEN_S("{\"valid\":true}") : PEN_S("{\"valid\":false}"));
        return;
    case PEN_SCHEMA_BASIC:
        put_basic(buf, root);
        return;
    case PEN_SCHEMA_DETAILED:
        put_detailed(buf, root, root->valid);
        return;
    case PEN_SCHEMA_VERBOSE:
        put_verbose(buf, root);
        return;
    }
}

/**
 * What the schema found wrong, as a sentence: what was expected, what was read, what may be meant.
 *
 * Most sentences follow from the keyword. Where the schema has a better one, it stands beside the
 * keyword as `errorMessage`, which editors show, too; what was read follows one that begins with
 * "expected".
 */
#include <inttypes.h>
#include <string.h>

#include "filters/schema/output.h"
#include "gateway/config/judge.h"

#define EXPECTED "expected "

#define WHAT_BYTES 320  /* all words of the longest list, and more */
#define COMPARED   1000 /* elements, each with each: as many as a list may have */

/* The schema in which the keyword stands. */
static const struct pen_json *holder_of(const struct pen_schema_unit *unit)
{
    return unit->source->parent;
}

static struct pen_str text_of(const struct pen_json *schema, struct pen_str name)
{
    return pen_json_string_or(pen_json_member(schema, name), PEN_S(""));
}

static struct pen_str message_of(const struct pen_json *schema)
{
    return text_of(schema, PEN_S("errorMessage"));
}

/* "30" is no duration even in quotes: it has no unit. A `rate` that is a number wants none. */
static bool is_quantity(const struct pen_json *schema)
{
    if (!pen_str_equal(text_of(schema, PEN_S("type")), PEN_S("string"))) return false;
    static const struct pen_str quantities[] = {PEN_STR("duration"), PEN_STR("size"),
                                                PEN_STR("rate")};
    for (size_t i = 0; i < PEN_COUNT_OF(quantities); i++) {
        if (schema->name.ptr != NULL && pen_str_equal(schema->name, quantities[i])) return true;
    }
    return false;
}

/* ---- what a schema takes ---- */

static struct pen_str noun_of_type(struct pen_str type)
{
    static const struct {
        struct pen_str type;
        struct pen_str noun;
    } nouns[] = {
        {PEN_STR("string"), PEN_STR("text")},
        {PEN_STR("array"), PEN_STR("a list")},
        {PEN_STR("object"), PEN_STR("a mapping")},
        {PEN_STR("boolean"), PEN_STR("true or false, without quotes")},
        {PEN_STR("integer"), PEN_STR("a whole number")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(nouns); i++) {
        if (pen_str_equal(nouns[i].type, type)) return nouns[i].noun;
    }
    return PEN_S("another value");
}

static void put_words(struct pen_buf *buf, const struct pen_json *words, struct pen_str last)
{
    for (const struct pen_json *word = words->first; word != NULL; word = word->next) {
        if (word != words->first) pen_buf_put(buf, word->next != NULL ? PEN_S(", ") : last);
        pen_buf_put(buf, word->text);
    }
}

static void put_number(struct pen_buf *buf, const struct pen_json *schema)
{
    const struct pen_json *const least = pen_json_member(schema, PEN_S("minimum"));
    const struct pen_json *const most = pen_json_member(schema, PEN_S("maximum"));
    pen_buf_put(buf, PEN_S("a whole number"));
    if (least != NULL && most != NULL) {
        pen_buf_put(buf, PEN_S(" from "));
        pen_buf_put(buf, least->text);
        pen_buf_put(buf, PEN_S(" to "));
        pen_buf_put(buf, most->text);
    }
    pen_buf_put(buf, PEN_S(", without quotes"));
}

/* The schema behind references and conditions that says what a value is. */
static const struct pen_json *behind(const struct pen_json *root, const struct pen_json *schema)
{
    for (;;) {
        const struct pen_str reference = text_of(schema, PEN_S("$ref"));
        const struct pen_json *inner = pen_json_member(schema, PEN_S("else"));
        if (reference.len > 0) {
            inner = pen_json_resolve(root, pen_str_slice(reference, 1, reference.len));
        }
        if (inner == NULL) return schema;
        schema = inner;
    }
}

/* Of a schema without alternatives. */
static void put_single(struct pen_buf *buf, const struct pen_json *schema, struct pen_str last)
{
    const struct pen_json *const words = pen_json_member(schema, PEN_S("enum"));
    const struct pen_str type = text_of(schema, PEN_S("type"));
    const struct pen_str message = message_of(schema);
    if (pen_str_starts(message, PEN_S(EXPECTED))) {
        pen_buf_put(buf, pen_str_slice(message, strlen(EXPECTED), message.len));
    } else if (words != NULL) {
        put_words(buf, words, last);
    } else if (pen_str_equal(type, PEN_S("integer"))) {
        put_number(buf, schema);
    } else {
        pen_buf_put(buf, noun_of_type(type));
    }
}

static void put_taken(struct pen_buf *buf, const struct pen_json *root,
                      const struct pen_json *schema)
{
    const struct pen_json *const alternatives = pen_json_member(schema, PEN_S("anyOf"));
    if (alternatives == NULL || message_of(schema).len > 0) {
        put_single(buf, schema, PEN_S(" or "));
        return;
    }
    for (const struct pen_json *one = alternatives->first; one != NULL; one = one->next) {
        if (one != alternatives->first) pen_buf_put(buf, PEN_S(" or "));
        put_single(buf, behind(root, one), PEN_S(", "));
    }
}

static bool takes_text(const struct pen_json *root, const struct pen_json *schema)
{
    const struct pen_json *const alternatives = pen_json_member(schema, PEN_S("anyOf"));
    if (pen_str_equal(text_of(schema, PEN_S("type")), PEN_S("string"))) return true;
    for (const struct pen_json *one = alternatives == NULL ? NULL : alternatives->first;
         one != NULL; one = one->next) {
        if (pen_str_equal(text_of(behind(root, one), PEN_S("type")), PEN_S("string"))) return true;
    }
    return false;
}

static bool is_plain_word(const struct pen_json *value)
{
    return value->type == PEN_JSON_NUMBER || value->type == PEN_JSON_TRUE
           || value->type == PEN_JSON_FALSE;
}

static enum pen_status tell_taken(struct pen_reader *reader, const struct pen_schema_unit *unit)
{
    const struct pen_json *const schema = holder_of(unit);
    const struct pen_json *const value = unit->instance;
    char what[WHAT_BYTES];
    struct pen_buf buf = pen_buf_over(what, sizeof(what) - 1);
    put_taken(&buf, unit->root, schema);
    what[buf.len] = '\0';
    if (is_quantity(schema) && value->type == PEN_JSON_NUMBER) {
        return pen_reader_fail(reader, value, "expected %s, read the number %s; add its unit", what,
                               pen_reader_excerpt(value->text).text);
    }
    if (!is_quantity(schema) && is_plain_word(value) && takes_text(unit->root, schema)) {
        return pen_reader_unquoted(reader, value);
    }
    return pen_reader_expected(reader, value, what);
}

/* ---- sentences, a keyword each ---- */

/* Where a key that is a right one elsewhere was meant to stand; "" when that is not known. */
static const char *place_meant(const struct pen_schema_unit *unit)
{
    const struct pen_str key = unit->instance->name;
    const struct pen_str holder = unit->instance->parent->name;
    const struct pen_json *const known = pen_json_member(holder_of(unit), PEN_S("properties"));
    const struct pen_json *const of_file = pen_json_member(unit->root, PEN_S("properties"));
    const struct pen_json *const of_function =
        pen_json_resolve(unit->root, PEN_S("/$defs/function/properties"));
    if (of_function == NULL) return "";
    if (known == of_function && holder.ptr != NULL && pen_json_member(known, holder) != NULL) {
        return "; what is above it is taken for a function's name: indent it further";
    }
    if (pen_json_member(of_function, key) != NULL) return "; it is a key of a function";
    if (pen_json_member(of_file, key) != NULL) return "; it stands at the file's left margin";
    return "";
}

static enum pen_status tell_unknown_key(struct pen_reader *reader,
                                        const struct pen_schema_unit *unit)
{
    const struct pen_json *const known = pen_json_member(holder_of(unit), PEN_S("properties"));
    struct pen_nearest nearest;
    pen_nearest_init(&nearest, unit->instance->name);
    for (const struct pen_json *key = known == NULL ? NULL : known->first; key != NULL;
         key = key->next) {
        pen_nearest_consider(&nearest, key->name);
    }
    const char *const meant = nearest.best.ptr == NULL ? place_meant(unit) : "";
    return pen_reader_fail_name(reader, unit->instance, "unknown key '%s'%s",
                                pen_reader_excerpt(unit->instance->name).text,
                                meant[0] != '\0' ? meant : pen_nearest_hint(&nearest));
}

static enum pen_status tell_missing_key(struct pen_reader *reader,
                                        const struct pen_schema_unit *unit)
{
    const struct pen_json *key = unit->source->first;
    while (key->next != NULL && pen_json_member(unit->instance, key->text) != NULL) {
        key = key->next;
    }
    return pen_reader_fail_name(reader, unit->instance, "the key '%.*s' is missing",
                                PEN_STR_ARGS(key->text));
}

static bool is_about_name(const struct pen_schema_unit *unit)
{
    const struct pen_schema_unit *outer = unit;
    while (outer != NULL && outer->instance == unit->instance) {
        outer = outer->parent;
    }
    return outer != NULL && pen_str_equal(outer->step, PEN_S("propertyNames"));
}

/* Names are values of their own to the schema; the member is the one at the same place. */
static enum pen_status tell_name(struct pen_reader *reader, const struct pen_schema_unit *unit)
{
    const struct pen_json *member = unit->instance->parent->first;
    while (member->index != unit->instance->index) {
        member = member->next;
    }
    const struct pen_str message = message_of(holder_of(unit));
    return pen_reader_fail_name(reader, member, "the name '%s' %.*s",
                                pen_reader_excerpt(member->name).text, PEN_STR_ARGS(message));
}

/* Words beside which something else may stand: whoever misses one may have meant the other. */
static const struct pen_json *alternatives_of(const struct pen_schema_unit *unit)
{
    const struct pen_schema_unit *const branches = unit->parent->parent;
    return branches != NULL && pen_str_equal(branches->step, PEN_S("anyOf")) ? holder_of(branches)
                                                                             : NULL;
}

static enum pen_status tell_word(struct pen_reader *reader, const struct pen_schema_unit *unit)
{
    const struct pen_json *const value = unit->instance;
    const struct pen_json *const alternatives = alternatives_of(unit);
    char known[WHAT_BYTES];
    struct pen_buf buf = pen_buf_over(known, sizeof(known) - 1);
    struct pen_nearest nearest;
    if (alternatives != NULL) {
        put_taken(&buf, unit->root, alternatives);
    } else {
        put_words(&buf, unit->source, PEN_S(" or "));
    }
    known[buf.len] = '\0';
    pen_nearest_init(&nearest, value->text);
    for (const struct pen_json *word = unit->source->first; word != NULL; word = word->next) {
        if (is_plain_word(value) && pen_str_equal(word->text, value->text)) {
            return pen_reader_unquoted(reader, value);
        }
        pen_nearest_consider(&nearest, word->text);
    }
    if (value->type != PEN_JSON_STRING) return pen_reader_expected(reader, value, known);
    return pen_reader_fail(reader, value, "expected %s, read the text '%s'%s", known,
                           pen_reader_excerpt(value->text).text,
                           nearest.best.ptr == NULL ? "" : pen_nearest_hint(&nearest));
}

static enum pen_status tell_twin(struct pen_reader *reader, const struct pen_schema_unit *unit)
{
    const struct pen_json *const first = unit->instance->first;
    for (const struct pen_json *a = first; a != NULL && a->index < COMPARED; a = a->next) {
        for (const struct pen_json *b = first; b != a; b = b->next) {
            if (a->type != b->type || a->count > 0 || b->count > 0) continue;
            if (!pen_str_equal(a->text, b->text)) continue;
            return pen_reader_fail(reader, a, "'%s' stands twice in this list",
                                   pen_reader_excerpt(a->text).text);
        }
    }
    return pen_reader_fail(reader, unit->instance, "%s", unit->sentence);
}

static enum pen_status tell_too_many(struct pen_reader *reader, const struct pen_schema_unit *unit)
{
    return pen_reader_fail(reader, unit->instance, "expected at most %.*s elements, read %" PRIu32,
                           PEN_STR_ARGS(unit->source->text), unit->instance->count);
}

static enum pen_status tell_length(struct pen_reader *reader, const struct pen_schema_unit *unit)
{
    if (unit->instance->text.len == 0) {
        return pen_reader_fail(reader, unit->instance, "expected text, read an empty one");
    }
    return pen_reader_fail(reader, unit->instance, "%s", unit->sentence);
}

static enum pen_status tell_form(struct pen_reader *reader, const struct pen_schema_unit *unit)
{
    return pen_reader_fail(reader, unit->instance, "%s", unit->sentence);
}

static enum pen_status tell_forbidden(struct pen_reader *reader, const struct pen_schema_unit *unit)
{
    return pen_reader_fail_name(reader, unit->instance, "cannot stand here; remove it");
}

/* Alternatives that are told apart by their keys: the first of each that was given. */
static enum pen_status tell_branches(struct pen_reader *reader, const struct pen_schema_unit *unit)
{
    char keys[WHAT_BYTES];
    struct pen_buf buf = pen_buf_over(keys, sizeof(keys) - 1);
    for (const struct pen_schema_unit *branch = unit->first; branch != NULL;
         branch = branch->next) {
        const struct pen_json *const required = pen_json_member(branch->source, PEN_S("required"));
        if (!branch->valid || required == NULL) continue;
        pen_buf_put(&buf, buf.len > 0 ? PEN_S(" and '") : PEN_S("'"));
        pen_buf_put(&buf, required->first->text);
        pen_buf_byte(&buf, '\'');
    }
    keys[buf.len] = '\0';
    if (buf.len == 0) return tell_taken(reader, unit);
    return pen_reader_fail_name(reader, unit->instance, "expected only one of %s", keys);
}

typedef enum pen_status teller(struct pen_reader *reader, const struct pen_schema_unit *unit);

static const struct {
    struct pen_str keyword;
    teller *tell;
    bool own_words; /* no message of the schema's would say more */
} tellers[] = {
    {PEN_STR("required"), tell_missing_key, true},
    {PEN_STR("type"), tell_taken, true},
    {PEN_STR("enum"), tell_word, true},
    {PEN_STR("minimum"), tell_taken, true},
    {PEN_STR("maximum"), tell_taken, true},
    {PEN_STR("uniqueItems"), tell_twin, true},
    {PEN_STR("maxItems"), tell_too_many, true},
    {PEN_STR("maxProperties"), tell_too_many, false},
    {PEN_STR("minItems"), tell_taken, false},
    {PEN_STR("minProperties"), tell_taken, false},
    {PEN_STR("minLength"), tell_length, false},
    {PEN_STR("maxLength"), tell_length, true},
    {PEN_STR("pattern"), tell_form, false},
    {PEN_STR("format"), tell_form, false},
    {PEN_STR("not"), tell_forbidden, false},
    {PEN_STR("anyOf"), tell_branches, false},
    {PEN_STR("oneOf"), tell_branches, false},
};

/* The schema's own sentence. It is about the keys of a mapping, not about that there is one. */
static enum pen_status tell_message(struct pen_reader *reader, const struct pen_schema_unit *unit,
                                    struct pen_str message)
{
    const struct pen_json *const value = unit->instance;
    const bool expects = pen_str_starts(message, PEN_S(EXPECTED));
    const bool about_keys =
        !expects || value->count > 0 || pen_str_equal(unit->step, PEN_S("oneOf"));
    char text[WHAT_BYTES];
    struct pen_buf buf = pen_buf_over(text, sizeof(text) - 1);
    pen_buf_put(&buf, message);
    text[buf.len] = '\0';
    if (value->type == PEN_JSON_OBJECT && about_keys) {
        return pen_reader_fail_name(reader, value, "%s", text);
    }
    if (expects) {
        return pen_reader_expected(reader, value, text + strlen(EXPECTED));
    }
    if (pen_str_equal(unit->step, PEN_S("not"))) {
        return pen_reader_fail_name(reader, value, "%s", text);
    }
    return pen_reader_fail(reader, value, "%s", text);
}

enum pen_status pen_judge_tell(struct pen_reader *reader, const struct pen_schema_unit *unit)
{
    if (is_about_name(unit)) return tell_name(reader, unit);
    if (!unit->is_keyword) {
        return pen_str_equal(pen_schema_unit_keyword(unit), PEN_S("additionalProperties"))
                   ? tell_unknown_key(reader, unit)
                   : tell_forbidden(reader, unit);
    }
    const struct pen_str message = message_of(holder_of(unit));
    for (size_t i = 0; i < PEN_COUNT_OF(tellers); i++) {
        if (!pen_str_equal(tellers[i].keyword, unit->step)) continue;
        if (message.len > 0 && !tellers[i].own_words) return tell_message(reader, unit, message);
        return tellers[i].tell(reader, unit);
    }
    return tell_form(reader, unit);
}

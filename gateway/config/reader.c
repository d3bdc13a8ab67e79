/** The generic part of the typed reader: one function a kind of value, and the walk of a table. */
#include "gateway/config/reader.h"

#include <string.h>

#include "gateway/config/reference.h"
#include "gateway/config/scalar.h"
#include "gateway/config/units.h"
#include "gateway/config/yaml.h"

enum pen_status pen_reader_unquoted(struct pen_reader *reader, const struct pen_json *value)
{
    const struct pen_str written =
        pen_str_slice(reader->source, value->place.start, value->place.end);
    const struct pen_excerpt text = pen_reader_excerpt(written);
    switch (value->type) {
    case PEN_JSON_FALSE:
    case PEN_JSON_TRUE:
        return pen_reader_fail(reader, value,
                               "expected text, read the boolean %s; quote it: \"%s\"", text.text,
                               text.text);
    case PEN_JSON_NUMBER:
        return pen_reader_fail(reader, value, "expected text, read the number %s; quote it: \"%s\"",
                               text.text, text.text);
    case PEN_JSON_STRING:
        return pen_reader_fail(reader, value,
                               "%s without quotes is %s to some readers of YAML; quote it: \"%s\"",
                               text.text, pen_scalar_trap(value->text), text.text);
    case PEN_JSON_NULL:
    case PEN_JSON_ARRAY:
    case PEN_JSON_OBJECT:
        break;
    }
    return pen_reader_expected(reader, value, "text");
}

static bool is_trap(const struct pen_reader *reader, const struct pen_json *value)
{
    return value->type == PEN_JSON_STRING && pen_yaml_is_plain(reader->source, value->place.start)
           && pen_scalar_trap(value->text) != NULL;
}

static enum pen_status check_text(struct pen_reader *reader, const struct pen_json *value,
                                  struct pen_str text)
{
    if (text.len == 0) return pen_reader_fail(reader, value, "expected text, read an empty one");

    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x20 && c != 0x7F) continue;
        return pen_reader_fail(reader, value, "has a control character (a line break?) at byte %zu",
                               i);
    }
    return PEN_OK;
}

enum pen_status pen_reader_text(struct pen_reader *reader, const struct pen_json *value,
                                unsigned flags, struct pen_str *out)
{
    if (value->type != PEN_JSON_STRING) return pen_reader_misjudged(reader, value);
    if (is_trap(reader, value)) return pen_reader_unquoted(reader, value);
    struct pen_str text = value->text;
    if (pen_reference_occurs(text)) {
        if ((flags & PEN_KEY_REFERENCE) == 0) {
            return pen_reader_fail(reader, value, "'${' cannot stand in this value");
        }
        PEN_TRY(pen_reference_expand(reader, value, &text));
    }
    if ((flags & PEN_KEY_REFERENCE) != 0 && pen_str_starts(value->text, PEN_S("file:"))) {
        struct pen_str path;
        PEN_TRY(pen_reference_resolve(reader, pen_str_slice(text, 5, text.len), &path));
        PEN_TRY(check_text(reader, value, path));
        PEN_TRY(pen_reference_file(reader, value, path, &text));
    }
    PEN_TRY(check_text(reader, value, text));
    *out = text;
    return PEN_OK;
}

enum pen_status pen_reader_texts(struct pen_reader *reader, const struct pen_json *value,
                                 unsigned flags, const struct pen_str **out, size_t *count)
{
    const bool list = value->type == PEN_JSON_ARRAY;
    const size_t size = list ? value->count : 1;
    struct pen_str *texts = pen_arena_calloc(reader->arena, size, sizeof(*texts));
    if (texts == NULL) return pen_reader_no_memory(reader);

    const struct pen_json *element = list ? value->first : value;
    for (size_t i = 0; i < size; i++) {
        PEN_TRY(pen_reader_text(reader, element, flags, &texts[i]));
        element = element->next;
    }
    *out = texts;
    *count = size;
    return PEN_OK;
}

enum pen_status pen_reader_word(struct pen_reader *reader, const struct pen_json *value,
                                const struct pen_word *words, size_t word_count, int *out)
{
    for (size_t i = 0; i < word_count; i++) {
        if (value->type != PEN_JSON_STRING || !pen_str_equal(words[i].name, value->text)) continue;
        *out = words[i].value;
        return PEN_OK;
    }
    return pen_reader_misjudged(reader, value);
}

enum pen_status pen_reader_name(struct pen_reader *reader, const struct pen_json *value,
                                struct pen_str *out)
{
    const struct pen_str name = value->name;
    const struct pen_excerpt text = pen_reader_excerpt(name);
    const bool plain = pen_yaml_is_plain(reader->source, value->name_place.start);
    if (plain && (pen_scalar_type(name) != PEN_JSON_STRING || pen_scalar_trap(name) != NULL)) {
        return pen_reader_fail_name(
            reader, value, "the name %s is no text to some readers of YAML; quote it: \"%s\"",
            text.text, text.text);
    }
    *out = name;
    return PEN_OK;
}

static enum pen_status read_file(struct pen_reader *reader, const struct pen_json *value,
                                 unsigned flags, struct pen_str *out)
{
    if (value->type == PEN_JSON_STRING && pen_str_starts(value->text, PEN_S("file:"))) {
        return pen_reader_fail(reader, value,
                               "this key names a file; write its path without file:");
    }
    struct pen_str name = {NULL, 0};
    PEN_TRY(pen_reader_text(reader, value, flags | PEN_KEY_REFERENCE, &name));
    PEN_TRY(pen_reference_resolve(reader, name, out));
    return pen_reference_check_file(reader, value, *out, (flags & PEN_KEY_PRIVATE) != 0);
}

typedef enum pen_status quantity_reader(struct pen_str text, uint64_t *out);

static enum pen_status read_quantity(struct pen_reader *reader, const struct pen_json *value,
                                     const struct pen_key *key, quantity_reader *read,
                                     void (*put)(struct pen_buf *buf, uint64_t amount),
                                     const char *what, uint64_t *out)
{
    const enum pen_status status = read(value->text, out);
    if (status == PEN_ERR_SYNTAX) return pen_reader_misjudged(reader, value);
    if (status == PEN_OK && *out >= key->least && *out <= key->most) return PEN_OK;

    char memory[80];
    struct pen_buf range = pen_buf_over(memory, sizeof(memory) - 1);
    put(&range, key->least);
    pen_buf_put(&range, PEN_S(" to "));
    put(&range, key->most);
    memory[range.len] = '\0';
    return pen_reader_fail(reader, value, "expected %s from %s, read '%s'", what, memory,
                           pen_reader_excerpt(value->text).text);
}

static void store_u32(void *target, uint64_t number)
{
    /* The tables' `most` and the schema's maximum keep it below 2^32; a test looks at each. */
    const uint32_t narrow = (uint32_t)number;
    memcpy(target, &narrow, sizeof(narrow));
}

#define DURATION "a duration such as 500ms, 30s, 5m, 24h or 7d"
#define SIZE     "a size such as 512B, 64KiB, 1MiB or 2GiB"
#define RATE     "a rate such as 500B/s or 64KiB/s"

static enum pen_status read_value(struct pen_reader *reader, const struct pen_json *value,
                                  const struct pen_key *key, void *target)
{
    void *const into = (char *)target + key->offset;
    uint64_t number = 0;
    int word = 0;
    switch (key->kind) {
    case PEN_KEY_TEXT:
        return pen_reader_text(reader, value, key->flags, into);
    case PEN_KEY_FILE:
        return read_file(reader, value, key->flags, into);
    case PEN_KEY_FLAG:
        *(bool *)into = value->type == PEN_JSON_TRUE;
        return PEN_OK;
    case PEN_KEY_NUMBER:
        /* To a schema 1.0 and 1e2 are whole numbers, too. */
        if (pen_json_to_u64(value, &number) != PEN_OK) {
            return pen_reader_expected(reader, value, "a whole number in digits alone");
        }
        store_u32(into, number);
        return PEN_OK;
    case PEN_KEY_MILLISECONDS:
    case PEN_KEY_SECONDS:
        PEN_TRY(read_quantity(reader, value, key, pen_units_duration, pen_units_put_duration,
                              DURATION, &number));
        if (key->kind == PEN_KEY_MILLISECONDS) {
            store_u32(into, number);
            return PEN_OK;
        }
        if (number % 1000 != 0) return pen_reader_expected(reader, value, "whole seconds");
        store_u32(into, number / 1000);
        return PEN_OK;
    case PEN_KEY_SIZE:
        PEN_TRY(
            read_quantity(reader, value, key, pen_units_size, pen_units_put_size, SIZE, &number));
        memcpy(into, &number, sizeof(number));
        return PEN_OK;
    case PEN_KEY_RATE:
        PEN_TRY(
            read_quantity(reader, value, key, pen_units_rate, pen_units_put_size, RATE, &number));
        store_u32(into, number);
        return PEN_OK;
    case PEN_KEY_WORD:
        PEN_TRY(pen_reader_word(reader, value, key->words, key->word_count, &word));
        memcpy(into, &word, sizeof(word));
        return PEN_OK;
    case PEN_KEY_SHAPE:
        return pen_reader_mapping(reader, value, key->shape, into);
    case PEN_KEY_READ:
        return key->read(reader, value, target);
    }
    return PEN_ERR_INTERNAL;
}

enum pen_status pen_reader_mapping(struct pen_reader *reader, const struct pen_json *value,
                                   const struct pen_shape *shape, void *target)
{
    const struct pen_json *found[PEN_SHAPE_KEYS] = {NULL};
    for (const struct pen_json *member = value->first; member != NULL; member = member->next) {
        size_t i = 0;
        while (i < shape->key_count && !pen_str_equal(shape->keys[i].name, member->name)) {
            i++;
        }
        if (i == shape->key_count) return pen_reader_misjudged(reader, member);
        found[i] = member;
    }
    for (size_t i = 0; i < shape->key_count; i++) {
        if (found[i] != NULL) PEN_TRY(read_value(reader, found[i], &shape->keys[i], target));
    }
    return PEN_OK;
}

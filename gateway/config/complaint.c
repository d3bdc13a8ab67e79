/** The reader's errors: where, what was expected, what was read. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/config/reader.h"
#include "gateway/config/yaml.h"

struct pen_excerpt pen_reader_excerpt(struct pen_str text)
{
    struct pen_excerpt out;
    struct pen_buf buf = pen_buf_over(out.text, sizeof(out.text) - 1);
    const size_t room = sizeof(out.text) - 4;
    for (size_t i = 0; i < text.len && i < room; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];
        pen_buf_byte(&buf, c < 0x20 || c == 0x7F ? '?' : text.ptr[i]);
    }
    if (text.len > room) pen_buf_put(&buf, PEN_S("..."));
    out.text[buf.len] = '\0';
    return out;
}

/* "/functions/orders/route: ", as much of it as a line can hold; nothing for the root. */
static void put_pointer(const struct pen_json *value, struct pen_buf *buf)
{
    char memory[160];
    struct pen_buf pointer = pen_buf_over(memory, sizeof(memory));
    pen_json_pointer(value, &pointer);
    if (pointer.len == 0) return;

    for (size_t i = 0; i < pointer.len; i++) {
        if ((unsigned char)memory[i] < 0x20) memory[i] = '?';
    }
    pen_buf_put(buf, pen_buf_str(&pointer));
    pen_buf_put(buf, pointer.full ? PEN_S("...: ") : PEN_S(": "));
}

enum pen_status pen_reader_count_lines(struct pen_reader *reader)
{
    size_t count = 1;
    for (size_t i = 0; i < reader->source.len; i++) {
        count += reader->source.ptr[i] == '\n';
    }
    size_t *const lines = pen_arena_calloc(reader->arena, count, sizeof(*lines));
    if (lines == NULL) return pen_reader_no_memory(reader);

    size_t line = 0;
    for (size_t i = 0; i < reader->source.len; i++) {
        if (reader->source.ptr[i] == '\n') lines[++line] = i + 1;
    }
    reader->lines = lines;
    reader->line_count = count;
    return PEN_OK;
}

struct pen_config_place pen_reader_place(const struct pen_reader *reader,
                                         const struct pen_json *mapping, struct pen_str name)
{
    const struct pen_json *const member = pen_json_member(mapping, name);
    const size_t offset = member != NULL ? member->place.start : mapping->place.start;
    size_t line = 0; /* the last one that begins at or before the offset */
    size_t past = reader->line_count;
    while (past - line > 1) {
        const size_t middle = line + (past - line) / 2;
        if (reader->lines[middle] <= offset) {
            line = middle;
        } else {
            past = middle;
        }
    }
    struct pen_config_place place = {.line = line + 1, .column = offset - reader->lines[line] + 1};
    /* The first may begin with a mark that is no column. */
    if (line == 0) pen_yaml_place(reader->source, offset, &place.line, &place.column);
    return place;
}

static enum pen_status complain(struct pen_reader *reader, const struct pen_json *value,
                                size_t offset, const char *format, va_list args)
    __attribute__((format(printf, 4, 0)));

static enum pen_status complain(struct pen_reader *reader, const struct pen_json *value,
                                size_t offset, const char *format, va_list args)
{
    char text[sizeof(reader->err->text)];
    struct pen_buf buf = pen_buf_over(text, sizeof(text) - 1);
    put_pointer(value, &buf);
    (void)vsnprintf(text + buf.len, sizeof(text) - buf.len, format, args);
    pen_error_set(reader->err, "%s", text);
    pen_yaml_place(reader->source, offset, &reader->err->line, &reader->err->column);
    return PEN_ERR_INVALID;
}

enum pen_status pen_reader_fail(struct pen_reader *reader, const struct pen_json *value,
                                const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const enum pen_status status = complain(reader, value, value->place.start, format, args);
    va_end(args);
    return status;
}

enum pen_status pen_reader_fail_at(struct pen_reader *reader, const struct pen_json *value,
                                   size_t offset, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const enum pen_status status = complain(reader, value, offset, format, args);
    va_end(args);
    return status;
}

enum pen_status pen_reader_fail_name(struct pen_reader *reader, const struct pen_json *value,
                                     const char *format, ...)
{
    const bool named = value->name.ptr != NULL;
    va_list args;
    va_start(args, format);
    const enum pen_status status =
        complain(reader, value, named ? value->name_place.start : value->place.start, format, args);
    va_end(args);
    return status;
}

enum pen_status pen_reader_no_memory(struct pen_reader *reader)
{
    pen_error_set(reader->err, "the configuration is too large: its memory is used up");
    return PEN_ERR_NOMEM;
}

enum pen_status pen_reader_misjudged(struct pen_reader *reader, const struct pen_json *value)
{
    const enum pen_status told = pen_reader_fail(
        reader, value, "the schema of configurations allows what is not known here");
    return told == PEN_ERR_INVALID ? PEN_ERR_INTERNAL : told;
}

enum pen_status pen_reader_expected(struct pen_reader *reader, const struct pen_json *value,
                                    const char *what)
{
    const struct pen_excerpt text = pen_reader_excerpt(value->text);
    switch (value->type) {
    case PEN_JSON_NULL:
        return pen_reader_fail(reader, value, "expected %s, read nothing", what);
    case PEN_JSON_FALSE:
        return pen_reader_fail(reader, value, "expected %s, read the boolean false", what);
    case PEN_JSON_TRUE:
        return pen_reader_fail(reader, value, "expected %s, read the boolean true", what);
    case PEN_JSON_NUMBER:
        return pen_reader_fail(reader, value, "expected %s, read the number %s", what, text.text);
    case PEN_JSON_STRING:
        return pen_reader_fail(reader, value, "expected %s, read the text '%s'", what, text.text);
    case PEN_JSON_ARRAY:
        return pen_reader_fail(reader, value, "expected %s, read %s", what,
                               value->count > 0 ? "a list" : "an empty list");
    case PEN_JSON_OBJECT:
        return pen_reader_fail(reader, value, "expected %s, read %s", what,
                               value->count > 0 ? "a mapping" : "an empty mapping");
    }
    return PEN_ERR_INVALID;
}

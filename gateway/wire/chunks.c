/**
 * Chunked bodies, decoded byte by byte outside the data and in whole pieces within.
 *
 * Narrower than RFC 9112 section 7.1 in one point: no white space on a chunk's size line. The
 * grammar has it for history's sake only, and readers disagree about where it may stand.
 */
#include "gateway/wire/internal.h"

#include <string.h>

#define MAX_SIZE_DIGITS     16   /* more cannot be a size, only leading zeros */
#define MAX_LINE_EXTENSION  256  /* of one chunk */
#define MAX_BODY_EXTENSIONS 1024 /* of all chunks: no caller needs any */
#define MAX_TRAILER_BYTES   ((size_t)4096)
#define MAX_TRAILER_FIELDS  16

enum chunk_state {
    SIZE_FIRST,
    SIZE_DIGITS,
    SIZE_LF,
    EXTENSION_FIRST, /* after ';' */
    EXTENSION_NAME,
    VALUE_FIRST, /* after '=' */
    VALUE_TOKEN,
    VALUE_QUOTED,
    VALUE_ESCAPED, /* after a backslash within quotes */
    VALUE_QUOTED_END,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER_FIRST,
    TRAILER_NAME,
    TRAILER_VALUE,
    TRAILER_LF,
    END_LF,
    COMPLETE,
};

/* `reason`, unless the byte itself is worth naming. */
static enum pen_wire_reason unexpected(char c, enum pen_wire_reason reason)
{
    return pen_wire_byte_is(c, PEN_BYTE_VALUE) ? reason : pen_wire_control_reason(c);
}

static enum pen_wire_reason go(struct pen_wire_chunks *chunks, enum chunk_state state)
{
    chunks->state = state;
    return PEN_REASON_NONE;
}

static enum pen_wire_reason size_step(struct pen_wire_chunks *chunks, char c)
{
    const int digit = pen_hex_value(c);
    if (digit >= 0) {
        const bool too_long = ++chunks->line_bytes > MAX_SIZE_DIGITS;
        if (too_long || chunks->left > (uint64_t)INT64_MAX >> 4) return PEN_REASON_CHUNK_SIZE;
        chunks->left = chunks->left << 4 | (uint64_t)digit;
        return go(chunks, SIZE_DIGITS);
    }
    if (chunks->state == SIZE_FIRST) return unexpected(c, PEN_REASON_CHUNK_SIZE);

    chunks->line_bytes = 0;
    if (c == ';') return go(chunks, EXTENSION_FIRST);
    return c == '\r' ? go(chunks, SIZE_LF) : unexpected(c, PEN_REASON_CHUNK_SIZE);
}

/* What may follow a whole extension or its name. */
static enum pen_wire_reason extension_end(struct pen_wire_chunks *chunks, char c)
{
    if (c == ';') return go(chunks, EXTENSION_FIRST);
    return c == '\r' ? go(chunks, SIZE_LF) : unexpected(c, PEN_REASON_CHUNK_EXTENSION);
}

/* *( ";" token [ "=" ( token / quoted-string ) ] ) */
static enum pen_wire_reason extension_step(struct pen_wire_chunks *chunks, char c)
{
    if (++chunks->line_bytes > MAX_LINE_EXTENSION
        || ++chunks->extension_bytes > MAX_BODY_EXTENSIONS) {
        return PEN_REASON_CHUNK_EXTENSION_SIZE;
    }
    const enum chunk_state state = (enum chunk_state)chunks->state;
    if (state == VALUE_QUOTED) {
        if (c == '"') return go(chunks, VALUE_QUOTED_END);
        if (c == '\\') return go(chunks, VALUE_ESCAPED);
        const bool fine = pen_wire_byte_is(c, PEN_BYTE_QUOTED);
        return fine ? PEN_REASON_NONE : unexpected(c, PEN_REASON_CHUNK_EXTENSION);
    }
    if (state == VALUE_ESCAPED) {
        const bool fine = pen_wire_byte_is(c, PEN_BYTE_VALUE);
        return fine ? go(chunks, VALUE_QUOTED) : pen_wire_control_reason(c);
    }
    if (state != VALUE_QUOTED_END && pen_wire_byte_is(c, PEN_BYTE_TOKEN)) {
        const bool in_name = state == EXTENSION_FIRST || state == EXTENSION_NAME;
        return go(chunks, in_name ? EXTENSION_NAME : VALUE_TOKEN);
    }
    if (state == VALUE_FIRST && c == '"') return go(chunks, VALUE_QUOTED);
    if (state == EXTENSION_NAME && c == '=') return go(chunks, VALUE_FIRST);
    if (state == EXTENSION_FIRST || state == VALUE_FIRST) {
        return unexpected(c, PEN_REASON_CHUNK_EXTENSION);
    }
    return extension_end(chunks, c);
}

/* RFC 9110 section 6.5.1: fields for framing, routing, credentials and content never come late. */
static bool is_forbidden_trailer(struct pen_str name)
{
    const enum pen_wire_id id = pen_wire_identify(name);
    if (id != PEN_FIELD_OTHER) return id != PEN_FIELD_DATE;

    const struct pen_str forbidden[] = {
        PEN_STR("content-range"), PEN_STR("cookie"),     PEN_STR("max-forwards"),
        PEN_STR("range"),         PEN_STR("set-cookie"), PEN_STR("www-authenticate"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(forbidden); i++) {
        if (pen_str_equal_fold(name, forbidden[i])) return true;
    }
    return false;
}

static enum pen_wire_reason trailer_name_step(struct pen_wire_chunks *chunks, char c)
{
    if (pen_wire_byte_is(c, PEN_BYTE_TOKEN)) {
        /* A name longer than the room is none of those that are looked for, but for
         * X-Forwarded-*, whose beginning is enough. */
        if (chunks->name_len < sizeof(chunks->name)) chunks->name[chunks->name_len++] = c;
        return go(chunks, TRAILER_NAME);
    }
    if (chunks->state == TRAILER_FIRST || c != ':') return unexpected(c, PEN_REASON_TRAILER);

    const struct pen_str name = {chunks->name, chunks->name_len};
    return is_forbidden_trailer(name) ? PEN_REASON_TRAILER_FIELD : go(chunks, TRAILER_VALUE);
}

static enum pen_wire_reason trailer_step(struct pen_wire_chunks *chunks, char c)
{
    if (++chunks->line_bytes > MAX_TRAILER_BYTES) return PEN_REASON_TRAILER_SIZE;
    if (chunks->state == TRAILER_VALUE) {
        if (c == '\r') return go(chunks, TRAILER_LF);
        const bool fine = pen_wire_byte_is(c, PEN_BYTE_VALUE);
        return fine ? PEN_REASON_NONE : pen_wire_control_reason(c);
    }
    if (chunks->state == TRAILER_FIRST) {
        if (c == '\r') return go(chunks, END_LF);
        if (c == ' ' || c == '\t') return PEN_REASON_FOLD;
        if (++chunks->trailer_fields > MAX_TRAILER_FIELDS) return PEN_REASON_TRAILER_SIZE;
        chunks->name_len = 0;
    }
    return trailer_name_step(chunks, c);
}

/* Where a line's LF leads. */
static enum pen_wire_reason end_line(struct pen_wire_chunks *chunks, enum chunk_state next, char c)
{
    return c == '\n' ? go(chunks, next) : PEN_REASON_BARE_CR;
}

static enum pen_wire_reason step(struct pen_wire_chunks *chunks, char c)
{
    switch ((enum chunk_state)chunks->state) {
    case SIZE_FIRST:
    case SIZE_DIGITS:
        return size_step(chunks, c);
    case SIZE_LF:
        chunks->line_bytes = 0;
        return end_line(chunks, chunks->left > 0 ? DATA : TRAILER_FIRST, c);
    case EXTENSION_FIRST:
    case EXTENSION_NAME:
    case VALUE_FIRST:
    case VALUE_TOKEN:
    case VALUE_QUOTED:
    case VALUE_ESCAPED:
    case VALUE_QUOTED_END:
        return extension_step(chunks, c);
    case DATA_CR:
        return c == '\r' ? go(chunks, DATA_LF) : PEN_REASON_CHUNK_END;
    case DATA_LF:
        return c == '\n' ? go(chunks, SIZE_FIRST) : PEN_REASON_CHUNK_END;
    case TRAILER_FIRST:
    case TRAILER_NAME:
    case TRAILER_VALUE:
        return trailer_step(chunks, c);
    case TRAILER_LF:
        return end_line(chunks, TRAILER_FIRST, c);
    case END_LF:
        return end_line(chunks, COMPLETE, c);
    case DATA:
    case COMPLETE:
        break; /* never a single step */
    }
    return PEN_REASON_CHUNK_END;
}

enum pen_wire_result pen_wire_chunks_next(struct pen_wire_chunks *chunks, struct pen_str in,
                                          size_t *consumed, struct pen_str *data,
                                          struct pen_wire_refusal *refusal)
{
    size_t at = 0;
    *data = (struct pen_str){in.ptr, 0};
    while (at < in.len && chunks->state != DATA && chunks->state != COMPLETE) {
        const enum pen_wire_reason reason = step(chunks, in.ptr[at]);
        if (reason != PEN_REASON_NONE) {
            *consumed = at;
            return pen_wire_refuse(reason, false, refusal);
        }
        at++;
    }
    if (chunks->state == DATA) {
        const size_t room = in.len - at;
        const size_t take = chunks->left < room ? (size_t)chunks->left : room;
        *data = (struct pen_str){in.ptr + at, take};
        at += take;
        chunks->left -= take;
        if (chunks->left == 0) chunks->state = DATA_CR;
    }
    *consumed = at;
    return chunks->state == COMPLETE ? PEN_WIRE_DONE : PEN_WIRE_MORE;
}

/** Counts of bytes; the few magic numbers that matter to what looks at texts. */
#include "filters/core/codec/texture.h"

#include <string.h>

#include "filters/core/codec/inflate.h"
#include "filters/core/utf8.h"

static bool is_printable(char c)
{
    return c >= 0x20 && c < 0x7f;
}

static bool is_white(char c)
{
    return c >= '\t' && c <= '\r';
}

static bool is_high(char c)
{
    return ((unsigned char)c & 0x80) != 0;
}

/* Length of the UTF-8 sequence of more than one byte at `at`; 0 when there is none. */
static size_t sequence(struct pen_str bytes, size_t at)
{
    if (!is_high(bytes.ptr[at])) return 0;

    /* Up to four bytes, of which the first character is asked for. */
    const struct pen_str few = pen_str_slice(bytes, at, at + 4);
    for (size_t length = 2; length <= few.len; length++) {
        if (pen_utf8_valid(pen_str_slice(few, 0, length))) return length;
    }
    return 0;
}

/* Java's stream, .NET's BinaryFormatter, Python's pickle from protocol 2 on, Ruby's Marshal. */
static bool is_object(struct pen_str bytes)
{
    static const char ruby[] = "[{oIu:\"c@eCUS";
    if (pen_str_starts(bytes, (struct pen_str)PEN_STR("\xac\xed\x00\x05"))) return true;
    if (pen_str_starts(bytes, (struct pen_str)PEN_STR("\x00\x01\x00\x00\x00\xff\xff\xff\xff"))) {
        return true;
    }
    if (bytes.len < 3) return false;
    if (bytes.ptr[0] == '\x04' && bytes.ptr[1] == '\x08') {
        return memchr(ruby, bytes.ptr[2], sizeof(ruby) - 1) != NULL;
    }
    /* Every pickle ends in STOP. */
    return bytes.ptr[0] == '\x80' && bytes.ptr[1] >= 2 && bytes.ptr[1] <= 5
           && bytes.ptr[bytes.len - 1] == '.';
}

/* CMF and FLG: deflate, a window of at most 32 KiB, the check right, no dictionary. */
static bool is_zlib(struct pen_str bytes)
{
    if (bytes.len < 8) return false;

    const unsigned cmf = (unsigned char)bytes.ptr[0];
    const unsigned flg = (unsigned char)bytes.ptr[1];
    return (cmf & 0x0f) == 8 && cmf >> 4 <= 7 && (cmf << 8 | flg) % 31 == 0 && (flg & 0x20) == 0;
}

static bool is_text(struct pen_str bytes)
{
    const size_t most = bytes.len / 10; /* bytes that belong to no text */
    size_t odd = 0;
    for (size_t at = 0; at < bytes.len;) {
        if (is_printable(bytes.ptr[at]) || is_white(bytes.ptr[at])) {
            at++;
            continue;
        }
        const size_t length = sequence(bytes, at);
        if (length == 0 && ++odd > most) return false;
        at += length == 0 ? 1 : length;
    }
    return bytes.len > 0;
}

enum pen_texture pen_texture(struct pen_str bytes)
{
    if (pen_inflate_is_gzip(bytes)) return PEN_TEXTURE_GZIP;
    if (is_object(bytes)) return PEN_TEXTURE_OBJECT;
    if (is_text(bytes)) return PEN_TEXTURE_TEXT;
    return is_zlib(bytes) ? PEN_TEXTURE_ZLIB : PEN_TEXTURE_BINARY;
}

/* A run, found and perhaps written. */
struct run {
    size_t end;   /* behind it in `bytes` */
    size_t ascii; /* printable characters */
    size_t made;  /* bytes that it gives */
};

/* "a\0b\0c", from its first letter on. */
static struct run wide_run(struct pen_str bytes, size_t at, char *out)
{
    struct run run = {.end = at};
    while (run.end < bytes.len && (is_printable(bytes.ptr[run.end]) || is_white(bytes.ptr[run.end]))
           && (run.end + 1 == bytes.len || bytes.ptr[run.end + 1] == '\0')) {
        if (is_printable(bytes.ptr[run.end])) run.ascii++;
        if (out != NULL) out[run.made] = bytes.ptr[run.end];
        run.made++;
        run.end = bytes.len - run.end > 2 ? run.end + 2 : bytes.len;
    }
    return run;
}

static struct run narrow_run(struct pen_str bytes, size_t at, char *out)
{
    struct run run = {.end = at};
    bool odd = true; /* the byte before belongs to no text, or there is none */
    while (run.end < bytes.len) {
        const char c = bytes.ptr[run.end];
        const size_t length = is_printable(c) || is_white(c) ? 1 : sequence(bytes, run.end);
        if (length == 0 && (odd || !is_high(c))) break;
        odd = length == 0;
        if (is_printable(c)) run.ascii++;
        run.end += length == 0 ? 1 : length;
    }
    run.made = run.end - at;
    if (out != NULL) memcpy(out, bytes.ptr + at, run.made);
    return run;
}

static bool begins_wide(struct pen_str bytes, size_t at)
{
    return bytes.len - at > 3 && bytes.ptr[at + 1] == '\0' && is_printable(bytes.ptr[at + 2])
           && bytes.ptr[at + 3] == '\0';
}

enum pen_status pen_texture_strings(struct pen_str bytes, size_t least, struct pen_arena *arena,
                                    struct pen_str *out)
{
    char *const text = pen_arena_bytes(arena, bytes.len);
    if (text == NULL) return PEN_ERR_NOMEM;

    size_t length = 0;
    for (size_t at = 0; at < bytes.len;) {
        if (!is_printable(bytes.ptr[at]) && !is_white(bytes.ptr[at])) {
            at++;
            continue;
        }
        /* Behind a run lies a byte that is left out: room for the line break. */
        const bool wide = begins_wide(bytes, at);
        const struct run run = wide ? wide_run(bytes, at, NULL) : narrow_run(bytes, at, NULL);
        if (run.ascii >= least) {
            if (length > 0) text[length++] = '\n';
            (void)(wide ? wide_run(bytes, at, text + length)
                        : narrow_run(bytes, at, text + length));
            length += run.made;
        }
        at = run.end > at ? run.end : at + 1;
    }
    pen_arena_trim(arena, text, bytes.len, length);
    *out = (struct pen_str){text, length};
    return PEN_OK;
}

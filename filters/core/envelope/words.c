/**
 * As mail libraries read them: also in the middle of a text, and longer than the standard's 75
 * characters.
 */
#include "filters/core/envelope/words.h"

#include "filters/core/codec.h"
#include "filters/core/utf8.h"

/* Where the parts of "=?charset?encoding?text?=" lie. */
struct word {
    struct pen_str charset;
    char encoding; /* 'b' or 'q' */
    struct pen_str text;
    size_t end; /* behind it */
};

static bool read_word(struct pen_str in, size_t at, struct word *out)
{
    if (in.len - at < 2 || in.ptr[at] != '=' || in.ptr[at + 1] != '?') return false;

    const size_t charset_end = pen_str_find(in, '?', at + 2);
    const size_t text = charset_end + 3; /* '?', the encoding's letter, '?' */
    if (text > in.len || in.ptr[text - 1] != '?') return false;

    const size_t text_end = pen_str_find(in, '?', text);
    if (in.len - text_end < 2 || in.ptr[text_end + 1] != '=') return false;

    /* RFC 2231 section 5: a language may follow the charset behind a '*'. */
    const struct pen_str charset = pen_str_slice(in, at + 2, charset_end);
    out->charset = pen_str_slice(charset, 0, pen_str_find(charset, '*', 0));
    out->encoding = pen_to_lower(in.ptr[charset_end + 1]);
    out->text = pen_str_slice(in, text, text_end);
    out->end = text_end + 2;
    return out->encoding == 'b' || out->encoding == 'q';
}

/* Section 4.2: '_' is a space, '=' begins two digits; what is no escape stays. */
static struct pen_str decode_q(struct pen_str in, char *memory)
{
    size_t length = 0;
    for (size_t i = 0; i < in.len; i++) {
        const int high = in.ptr[i] == '=' && in.len - i > 2 ? pen_hex_value(in.ptr[i + 1]) : -1;
        const int low = high < 0 ? -1 : pen_hex_value(in.ptr[i + 2]);
        if (low >= 0) {
            memory[length++] = (char)(high * 16 + low);
            i += 2;
        } else {
            memory[length++] = in.ptr[i] == '_' ? ' ' : in.ptr[i];
        }
    }
    return (struct pen_str){memory, length};
}

static void put_latin1(struct pen_buf *out, struct pen_str bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        const unsigned char byte = (unsigned char)bytes.ptr[i];
        if (byte < 0x80) {
            pen_buf_byte(out, (char)byte);
        } else {
            pen_buf_byte(out, (char)(0xc0 | byte >> 6));
            pen_buf_byte(out, (char)(0x80 | (byte & 0x3f)));
        }
    }
}

static bool is_latin1(struct pen_str charset)
{
    return pen_str_equal_fold(charset, PEN_S("iso-8859-1"))
           || pen_str_equal_fold(charset, PEN_S("windows-1252"));
}

/* Can the bytes be written as the text that they are in this charset? */
static bool is_readable(struct pen_str charset, struct pen_str bytes)
{
    if (is_latin1(charset)) return true;
    return (pen_str_equal_fold(charset, PEN_S("utf-8"))
            || pen_str_equal_fold(charset, PEN_S("us-ascii")))
           && pen_utf8_valid(bytes);
}

/* PEN_ERR_SYNTAX: it is none that can be read. */
static enum pen_status decode_word(const struct word *word, struct pen_arena *arena,
                                   struct pen_str *bytes)
{
    if (word->encoding == 'q') {
        char *const memory = pen_arena_bytes(arena, word->text.len);
        if (memory == NULL) return PEN_ERR_NOMEM;
        *bytes = decode_q(word->text, memory);
    } else {
        PEN_TRY(pen_codec_base64_lenient(word->text, arena, bytes));
    }
    return is_readable(word->charset, *bytes) ? PEN_OK : PEN_ERR_SYNTAX;
}

enum pen_status pen_words_decode(struct pen_str in, struct pen_arena *arena, struct pen_str *out)
{
    if (pen_str_find_str(in, PEN_S("=?")) == in.len) {
        *out = in;
        return PEN_OK;
    }
    /* A byte of Latin 1 becomes two, and takes one at least. */
    char *const memory = in.len > SIZE_MAX / 2 ? NULL : pen_arena_bytes(arena, in.len * 2);
    if (memory == NULL) return PEN_ERR_NOMEM;

    struct pen_buf text = pen_buf_over(memory, in.len * 2);
    size_t copied = 0; /* of `in` */
    for (size_t at = pen_str_find(in, '=', 0); at < in.len; at = pen_str_find(in, '=', at)) {
        struct word word;
        struct pen_str bytes;
        const enum pen_status status =
            read_word(in, at, &word) ? decode_word(&word, arena, &bytes) : PEN_ERR_SYNTAX;
        if (status == PEN_ERR_NOMEM) return status;
        if (status != PEN_OK) {
            at++;
            continue;
        }
        const struct pen_str between = pen_str_slice(in, copied, at);
        const bool is_white = pen_str_skip_space(between, 0) == between.len;
        if (copied == 0 || !is_white) pen_buf_put(&text, between);
        if (is_latin1(word.charset)) {
            put_latin1(&text, bytes);
        } else {
            pen_buf_put(&text, bytes);
        }
        copied = at = word.end;
    }
    pen_buf_put(&text, pen_str_slice(in, copied, in.len));
    *out = copied > 0 ? pen_buf_str(&text) : in;
    return PEN_OK;
}

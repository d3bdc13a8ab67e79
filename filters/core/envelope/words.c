/**
 * As mail libraries read them: also in the middle of a text, and longer than the standard's 75
 * characters.
 */
#include "filters/core/envelope/words.h"

#include "filters/core/codec.h"
#include "filters/core/codec/utf16.h"
#include "filters/core/utf8.h"

/* Where the parts of "=?charset?encoding?text?=" lie. */
struct word {
    struct pen_str charset;
    char encoding; /* 'b' or 'q' */
    struct pen_str text;
    size_t end; /* behind it */
};

/* `mark` is where a "?=" stands at or behind some earlier place: looked for once, however many
   words begin before it. */
static bool read_word(struct pen_str in, size_t at, size_t *mark, struct word *out)
{
    if (in.len - at < 2 || in.ptr[at] != '=' || in.ptr[at + 1] != '?') return false;

    const size_t charset_end = pen_str_find(in, '?', at + 2);
    const size_t text = charset_end + 3; /* '?', the encoding's letter, '?' */
    if (text > in.len || in.ptr[text - 1] != '?') return false;

    /* Python's text goes on over a '?' that ends nothing. */
    if (*mark < text) {
        *mark = text + pen_str_find_str(pen_str_slice(in, text, in.len), PEN_S("?="));
    }
    if (*mark == in.len) return false;

    /* RFC 2231 section 5: a language may follow the charset behind a '*'. */
    const struct pen_str charset = pen_str_slice(in, at + 2, charset_end);
    out->charset = pen_str_slice(charset, 0, pen_str_find(charset, '*', 0));
    out->encoding = pen_to_lower(in.ptr[charset_end + 1]);
    out->text = pen_str_slice(in, text, *mark);
    out->end = *mark + 2;
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

/* Two or four bytes a letter. */
static bool is_wide(struct pen_str charset)
{
    static const struct pen_str wide[] = {PEN_STR("utf-16"),   PEN_STR("utf-32"), PEN_STR("utf16"),
                                          PEN_STR("utf32"),    PEN_STR("utf_16"), PEN_STR("utf_32"),
                                          PEN_STR("u16"),      PEN_STR("u32"),    PEN_STR("ucs"),
                                          PEN_STR("iso-10646")};
    for (size_t i = 0; i < PEN_COUNT_OF(wide); i++) {
        if (pen_str_starts_fold(charset, wide[i])) return true;
    }
    return false;
}

/* The names that IANA, Java and Python have for EBCDIC's Latin code pages. */
static bool is_ebcdic(struct pen_str charset)
{
    static const struct pen_str pages[] = {
        PEN_STR("037"),  PEN_STR("1026"), PEN_STR("1047"), PEN_STR("1140"), PEN_STR("1141"),
        PEN_STR("1142"), PEN_STR("1143"), PEN_STR("1144"), PEN_STR("1145"), PEN_STR("1146"),
        PEN_STR("1147"), PEN_STR("1148"), PEN_STR("1149"), PEN_STR("273"),  PEN_STR("277"),
        PEN_STR("278"),  PEN_STR("280"),  PEN_STR("284"),  PEN_STR("285"),  PEN_STR("297"),
        PEN_STR("424"),  PEN_STR("500"),  PEN_STR("870"),  PEN_STR("871"),  PEN_STR("875"),
    };
    if (pen_str_contains_fold(charset, PEN_S("ebcdic"))) return true;
    size_t digit = 0;
    while (digit < charset.len && !pen_is_digit(charset.ptr[digit])) {
        digit++;
    }
    const struct pen_str lead = pen_str_slice(charset, 0, digit);
    const bool is_page = lead.len == 0 || pen_str_starts_fold(lead, PEN_S("cp"))
                         || pen_str_starts_fold(lead, PEN_S("ibm"))
                         || pen_str_starts_fold(lead, PEN_S("csibm"))
                         || pen_str_starts_fold(lead, PEN_S("x-ibm"));
    struct pen_str page = pen_str_slice(charset, digit, charset.len);
    if (page.len > 3 && page.ptr[0] == '0') page = pen_str_slice(page, 1, page.len);
    return is_page && pen_str_is_among(page, pages, PEN_COUNT_OF(pages));
}

/* PEN_ERR_SYNTAX: nothing that could be read. */
static enum pen_status undo(const struct word *word, struct pen_arena *arena, struct pen_str *bytes)
{
    if (word->encoding == 'b') {
        const enum pen_status status = pen_codec_base64_lenient(word->text, arena, bytes);
        if (status != PEN_ERR_SYNTAX) return status;
        return pen_codec_base64_skipping(word->text, PEN_BASE64_URL, arena, bytes);
    }
    char *const memory = pen_arena_bytes(arena, word->text.len);
    if (memory == NULL) return PEN_ERR_NOMEM;
    *bytes = decode_q(word->text, memory);
    return PEN_OK;
}

static enum pen_status put_wide(struct pen_buf *out, struct pen_str bytes, struct pen_str charset,
                                struct pen_arena *arena)
{
    enum pen_utf16 order = pen_codec_utf16_look(bytes);
    if (order == PEN_UTF16_NONE) {
        const bool little = pen_str_ends_fold(charset, PEN_S("le"));
        order = little ? PEN_UTF16_LITTLE : PEN_UTF16_BIG;
    }
    struct pen_str text;
    PEN_TRY(pen_codec_utf16(bytes, order, arena, &text));
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '\0') pen_buf_byte(out, text.ptr[i]); /* the zeros are UTF-32's */
    }
    return PEN_OK;
}

static enum pen_status put_word(struct pen_buf *out, struct pen_str bytes, struct pen_str charset,
                                struct pen_arena *arena)
{
    if (is_wide(charset)) return put_wide(out, bytes, charset, arena);
    if (is_latin1(charset) || !pen_utf8_valid(bytes)) {
        put_latin1(out, bytes);
    } else {
        pen_buf_put(out, bytes);
    }
    return PEN_OK;
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
    size_t mark = 0;
    for (size_t at = pen_str_find(in, '=', 0); at < in.len; at = pen_str_find(in, '=', at)) {
        struct word word;
        struct pen_str bytes;
        const bool is_word = read_word(in, at, &mark, &word);
        if (is_word && is_ebcdic(word.charset)) return PEN_ERR_SYNTAX;
        const enum pen_status status = is_word ? undo(&word, arena, &bytes) : PEN_ERR_SYNTAX;
        if (status == PEN_ERR_NOMEM) return status;
        if (status != PEN_OK) {
            at++;
            continue;
        }
        const struct pen_str between = pen_str_slice(in, copied, at);
        const bool is_white = pen_str_skip_space(between, 0) == between.len;
        if (copied == 0 || !is_white) pen_buf_put(&text, between);
        PEN_TRY(put_word(&text, bytes, word.charset, arena));
        copied = at = word.end;
    }
    pen_buf_put(&text, pen_str_slice(in, copied, in.len));
    *out = copied > 0 ? pen_buf_str(&text) : in;
    return PEN_OK;
}

/**
 * Every codec: what it gives lies in its bounds, is the input itself when nothing was encoded, and
 * is the same twice; what is encoded again decodes to the same bytes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "filters/core/codec.h"
#include "filters/core/codec/digits.h"
#include "filters/core/codec/inflate.h"
#include "filters/core/codec/look.h"
#include "filters/core/codec/texture.h"
#include "filters/core/codec/utf16.h"
#include "filters/core/json.h"
#include "filters/core/json_mend.h"
#include "filters/core/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef enum pen_status codec(struct pen_str in, struct pen_arena *arena, struct pen_str *out);

static struct pen_arena *arena;

static void require(bool condition)
{
    if (!condition) abort();
}

static enum pen_status percent(struct pen_str in, struct pen_arena *memory, struct pen_str *out)
{
    return pen_codec_percent_lenient(in, false, memory, out);
}

static enum pen_status form(struct pen_str in, struct pen_arena *memory, struct pen_str *out)
{
    return pen_codec_percent_lenient(in, true, memory, out);
}

/* Codecs that take any text; `looks`: bytes of which there must be one for anything to be undone.
 */
static const struct {
    codec *decode;
    unsigned looks;
} texts[] = {
    {percent, PEN_LOOK_PERCENT},
    {form, PEN_LOOK_PERCENT | PEN_LOOK_PLUS},
    {pen_codec_percent_u, PEN_LOOK_PERCENT},
    {pen_codec_entity, PEN_LOOK_AND},
    {pen_codec_escape, PEN_LOOK_BACKSLASH},
    {pen_codec_utf7, PEN_LOOK_PLUS},
    {pen_codec_zeros, PEN_LOOK_ZERO},
    {pen_codec_fold, PEN_LOOK_HIGH},
};

static void check_text_codecs(struct pen_str in)
{
    const unsigned seen = pen_look(in);
    for (size_t i = 0; i < PEN_COUNT_OF(texts); i++) {
        struct pen_str out = {0};
        struct pen_str again = {0};
        require(texts[i].decode(in, arena, &out) == PEN_OK);
        require(texts[i].decode(in, arena, &again) == PEN_OK);
        require(pen_str_equal(out, again));
        require(out.len <= in.len + in.len / 8);
        require(out.len <= in.len || texts[i].decode == pen_codec_utf7);
        /* The cheap look must never hide from a codec what it would undo. */
        if ((seen & texts[i].looks) == 0) require(out.ptr == in.ptr && out.len == in.len);
        if (out.ptr == in.ptr) require(out.len == in.len);
        /* What was valid UTF-8 stays so, but where bytes are spelled. */
        if (texts[i].decode == pen_codec_entity && pen_utf8_valid(in)) require(pen_utf8_valid(out));
    }
}

static void check_digits(struct pen_str in)
{
    struct pen_str strict = {0};
    struct pen_str lenient = {0};
    const enum pen_status status = pen_codec_base64(in, arena, &strict);
    require(status == PEN_OK || status == PEN_ERR_SYNTAX);
    const enum pen_status second = pen_codec_base64_lenient(in, arena, &lenient);
    if (status == PEN_OK) require(second == PEN_OK && pen_str_equal(strict, lenient));
    if (second == PEN_OK) {
        require(lenient.len <= in.len / 4 * 3 + 3);
        /* Encoded again and decoded: the same. */
        const size_t room = (lenient.len + 2) / 3 * 4;
        struct pen_buf buf = {.ptr = pen_arena_bytes(arena, room), .cap = room};
        require(buf.ptr != NULL);
        pen_codec_base64url_put(&buf, lenient);
        require(!buf.full);
        require(pen_codec_base64url(pen_buf_str(&buf), arena, &strict) == PEN_OK);
        require(pen_str_equal(strict, lenient));
    }
    struct pen_str bytes = {0};
    if (pen_codec_hex(in, arena, &bytes) == PEN_OK) {
        require(bytes.len <= in.len / 2);
        lenient = bytes;
    }
    /* What is passed over at once holds neither a text nor a run of one; a UUID may. */
    if (in.len != 36 && pen_digits_hold_nothing(in) && lenient.len > 0) {
        require(pen_texture(lenient) == PEN_TEXTURE_BINARY);
        require(pen_texture_strings(lenient, PEN_DIGITS_RUN, arena, &bytes) == PEN_OK);
        require(bytes.len == 0);
    }
}

/* What is skipped in base64 that most readers take is nothing. */
static void check_skipping(struct pen_str in)
{
    const struct pen_base64_look look = pen_codec_base64_look(in);
    struct pen_str lenient = {0};
    const bool is_read = pen_codec_base64_lenient(in, arena, &lenient) == PEN_OK;
    for (unsigned how = 0; how < 4; how++) {
        struct pen_str out = {0};
        const enum pen_status status = pen_codec_base64_skipping(in, how, arena, &out);
        require(status == PEN_OK || status == PEN_ERR_SYNTAX);
        require(out.len <= in.len / 4 * 3 + 3);
        const bool same =
            is_read && lenient.len > 0 && ((how & PEN_BASE64_URL) != 0 || look.url == 0);
        if (same) require(status == PEN_OK && pen_str_equal(out, lenient));
    }
    if (is_read) require(look.foreign == 0 && !look.restarts);
}

static void check_utf16(struct pen_str in)
{
    for (enum pen_utf16 order = PEN_UTF16_LITTLE; order <= PEN_UTF16_BIG; order++) {
        struct pen_str out = {0};
        require(pen_codec_utf16(in, order, arena, &out) == PEN_OK);
        require(pen_utf8_valid(out) && out.len <= in.len / 2 * 3);
    }
    require(pen_codec_utf16_look(in) <= PEN_UTF16_BIG);
}

/* What is JSON once it is mended needs no more of it; JSON needs none, and stays what it is. */
static void check_mending(struct pen_str in)
{
    struct pen_str out = {0};
    struct pen_str again = {0};
    const struct pen_json *root = NULL;
    const enum pen_status status = pen_json_mend(in, arena, &out);
    require(status == PEN_OK || status == PEN_ERR_SYNTAX);
    if (status == PEN_OK) {
        require(out.len <= 6 * in.len);
        if (pen_json_read(out, NULL, arena, &root, NULL) == PEN_OK) {
            require(pen_json_mend(out, arena, &again) == PEN_OK && pen_str_equal(out, again));
        }
    }
    if (pen_json_read(in, NULL, arena, &root, NULL) == PEN_OK) {
        require(status == PEN_OK && pen_json_read(out, NULL, arena, &root, NULL) == PEN_OK);
    }
}

static void check_bytes(struct pen_str in)
{
    for (size_t least = 1; least <= 8; least += 7) {
        struct pen_str runs = {0};
        require(pen_texture_strings(in, least, arena, &runs) == PEN_OK);
        require(runs.len <= in.len);
        require(pen_str_find(runs, '\0', 0) == runs.len);
        if (pen_texture_is_nothing(in, least)) {
            require(runs.len == 0 && pen_texture(in) == PEN_TEXTURE_BINARY);
        }
    }
    require(pen_texture(in) <= PEN_TEXTURE_BINARY);

    const struct pen_inflate_limits limits = {.bytes = (size_t)1 << 20};
    const enum pen_deflate forms[] = {PEN_DEFLATE_GZIP, PEN_DEFLATE_ZLIB, PEN_DEFLATE_BARE};
    for (size_t i = 0; i < PEN_COUNT_OF(forms); i++) {
        struct pen_str whole = {0};
        struct pen_str found = {0};
        const enum pen_status strict = pen_inflate(in, forms[i], &limits, arena, &whole);
        const enum pen_status lenient = pen_inflate_found(in, forms[i], &limits, arena, &found);
        require(lenient != PEN_ERR_SYNTAX && lenient != PEN_ERR_INTERNAL);
        if (lenient == PEN_OK) require(found.len <= limits.bytes);
        /* What strict readers take is what lenient ones take. */
        if (strict == PEN_OK) require(lenient == PEN_OK && pen_str_equal(whole, found));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (arena == NULL) {
        require(pen_arena_create((size_t)256 << 20, 1 << 20, &arena) == PEN_OK);
    }
    pen_arena_reset(arena);
    const struct pen_str in = {(const char *)data, size};
    check_text_codecs(in);
    check_digits(in);
    check_skipping(in);
    check_utf16(in);
    check_mending(in);
    check_bytes(in);
    return 0;
}

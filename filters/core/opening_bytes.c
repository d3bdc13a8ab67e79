/**
 * Data behind base64 or hexadecimal digits: a text, something compressed, an object, or bytes in
 * which runs of characters are looked for.
 */
#include "filters/core/body/body.h"
#include "filters/core/codec.h"
#include "filters/core/codec/digits.h"
#include "filters/core/codec/inflate.h"
#include "filters/core/codec/texture.h"
#include "filters/core/codec/token.h"
#include "filters/core/opening_steps.h"

#define FOREIGN_SHARE 8   /* of a guessed base64 one byte in so many is foreign, */
#define FOREIGN_MORE  2   /* and so many more: prose has a space in every sixth */
#define DATA_HEAD     256 /* of a data: URL: a media type with its parameters */
#define RUN_DECLARED  4   /* printable characters in a row that are a text in binary data */
#define RUN_FOUND     PEN_DIGITS_RUN
/* Logs repeat themselves: a batch of them is 50 to 200 times its gzip, and no large text. */
#define RATIO      200
#define RATIO_FROM ((size_t)256 << 10) /* below it only event.opened counts */

/* A step that is no leaf: nobody looks at compressed or binary data as it is. */
static const struct pen_leaf *unlisted(struct pen_opening *o, const struct pen_leaf *leaf,
                                       struct pen_str text, enum pen_coding coding)
{
    struct pen_leaf *const step = pen_arena_alloc(o->leaves->arena, sizeof(*step));
    if (step == NULL) return NULL;

    *step = *leaf;
    step->text = text;
    step->from = leaf;
    step->coding = coding;
    return step;
}

static enum pen_status add_strings(struct pen_opening *o, const struct pen_leaf *leaf,
                                   struct pen_str bytes, enum pen_coding coding, size_t least,
                                   uint32_t layer)
{
    struct pen_str text;
    if (pen_texture_strings(bytes, least, o->leaves->arena, &text) != PEN_OK) {
        return pen_opening_no_memory(o->leaves);
    }
    if (text.len == 0) return PEN_OK;

    const struct pen_leaf *const step = unlisted(o, leaf, bytes, coding);
    if (step == NULL) return pen_opening_no_memory(o->leaves);
    return pen_opening_found(o, step, text, PEN_CODING_STRINGS, layer);
}

static enum pen_status inflate(struct pen_opening *o, struct pen_str bytes, enum pen_deflate form,
                               struct pen_str *out)
{
    struct pen_leaves *const leaves = o->leaves;
    const struct pen_inflate_limits limits = {
        .bytes = leaves->opened_limit - leaves->opened_bytes,
        .ratio = RATIO,
        .ratio_from = RATIO_FROM,
    };
    const enum pen_status status = pen_inflate_found(bytes, form, &limits, leaves->arena, out);
    if (status == PEN_ERR_LIMIT) return pen_opening_fail(leaves, status, "event.opened");
    if (status == PEN_ERR_INVALID) return pen_opening_fail(leaves, PEN_ERR_LIMIT, "event.ratio");
    return status == PEN_OK ? PEN_OK : pen_opening_no_memory(leaves);
}

/* `bytes` is what `coding` undoes of `leaf`: itself a form, or what it holds is. */
static enum pen_status add_bytes(struct pen_opening *o, const struct pen_leaf *leaf,
                                 struct pen_str bytes, enum pen_coding coding, size_t least,
                                 uint32_t layer)
{
    if (pen_texture_is_nothing(bytes, least)) return PEN_OK;

    const enum pen_texture texture = pen_texture(bytes);
    switch (texture) {
    case PEN_TEXTURE_TEXT:
    case PEN_TEXTURE_OBJECT:
        return pen_opening_form(o, leaf, bytes, coding, layer);
    case PEN_TEXTURE_BINARY:
        return add_strings(o, leaf, bytes, coding, least, layer);
    case PEN_TEXTURE_GZIP:
    case PEN_TEXTURE_ZLIB:
        break;
    }
    struct pen_str text;
    const enum pen_deflate form = texture == PEN_TEXTURE_GZIP ? PEN_DEFLATE_GZIP : PEN_DEFLATE_ZLIB;
    PEN_TRY(inflate(o, bytes, form, &text));
    /* Two bytes made it zlib's: then it has to be a text, too. */
    if (text.len == 0 || (form == PEN_DEFLATE_ZLIB && pen_texture(text) != PEN_TEXTURE_TEXT)) {
        return add_strings(o, leaf, bytes, coding, least, layer);
    }
    const struct pen_leaf *const step = unlisted(o, leaf, bytes, coding);
    if (step == NULL) return pen_opening_no_memory(o->leaves);

    /* The bytes, like every other layer, count; and the layers of gzip in gzip have an end. */
    PEN_TRY(pen_leaves_deepen(o->leaves, bytes.len, layer));
    return add_bytes(o, step, text, PEN_CODING_GZIP, RUN_DECLARED, layer + 1);
}

/* Base64 with something foreign in it, which every decoder skips in its own way. That it is any is
   a guess, so what it gives must be a text or what its first bytes tell; runs within are looked for
   only where the format says base64. `is_read`: most functions take it as it is. */
static enum pen_status open_broken_base64(struct pen_opening *o, const struct pen_leaf *leaf,
                                          const struct pen_base64_look *look, bool declared,
                                          bool is_read, uint32_t layer)
{
    static const unsigned ways[] = {PEN_BASE64_URL, 0, PEN_BASE64_URL | PEN_BASE64_RESTART,
                                    PEN_BASE64_RESTART};
    const bool scattered = look->foreign > leaf->text.len / FOREIGN_SHARE + FOREIGN_MORE;
    if (!declared && scattered && !pen_digits_are_scattered(leaf->text)) return PEN_OK;
    for (size_t i = 0; i < PEN_COUNT_OF(ways); i++) {
        const bool url = (ways[i] & PEN_BASE64_URL) != 0;
        const bool restarts = (ways[i] & PEN_BASE64_RESTART) != 0;
        if ((!url && !look->url) || (restarts && !look->restarts)) continue;
        if (is_read && url && !restarts) continue;
        if (!declared && !restarts && pen_codec_base64_skips_to_noise(leaf->text, url)) continue;

        struct pen_str bytes;
        const enum pen_status status =
            pen_codec_base64_skipping(leaf->text, ways[i], o->leaves->arena, &bytes);
        if (status == PEN_ERR_SYNTAX) continue;
        if (status != PEN_OK) return pen_opening_no_memory(o->leaves);
        const enum pen_texture texture = pen_texture(bytes);
        if (!declared && (texture == PEN_TEXTURE_BINARY || texture == PEN_TEXTURE_ZLIB)) {
            pen_arena_trim(o->leaves->arena, bytes.ptr, bytes.len, 0);
            continue;
        }
        PEN_TRY(add_bytes(o, leaf, bytes, PEN_CODING_BASE64, RUN_FOUND, layer));
    }
    return PEN_OK;
}

/* Base64 that most functions take, and what others make of it. */
enum pen_status pen_opening_base64(struct pen_opening *o, const struct pen_leaf *leaf,
                                   bool declared, uint32_t layer)
{
    const struct pen_base64_look look = pen_codec_base64_look(leaf->text);
    if (!declared && pen_codec_base64_is_noise(leaf->text, &look)) return PEN_OK;

    const bool readable = pen_codec_base64_is_readable(leaf->text, &look);
    struct pen_str bytes;
    const enum pen_status status =
        readable ? pen_codec_base64_lenient(leaf->text, o->leaves->arena, &bytes) : PEN_ERR_SYNTAX;
    if (status == PEN_ERR_NOMEM) return pen_opening_no_memory(o->leaves);
    if (status == PEN_OK) {
        const size_t least = declared ? RUN_DECLARED : RUN_FOUND;
        PEN_TRY(add_bytes(o, leaf, bytes, PEN_CODING_BASE64, least, layer));
    }
    return open_broken_base64(o, leaf, &look, declared, status == PEN_OK, layer);
}

/* "data:image/png;base64,iVBO...", as pages and webhooks carry files (RFC 2397). Without base64 it
   is percent-encoded, which every text may be. */
enum pen_status pen_opening_data_url(struct pen_opening *o, const struct pen_leaf *leaf,
                                     uint32_t layer)
{
    const struct pen_str head = pen_str_slice(leaf->text, 0, DATA_HEAD);
    const size_t comma = pen_str_find(head, ',', 0);
    if (comma == head.len || !pen_str_ends_fold(pen_str_slice(head, 0, comma), PEN_S(";base64"))) {
        return PEN_OK;
    }
    const struct pen_str digits = pen_str_slice(leaf->text, comma + 1, leaf->text.len);
    const struct pen_leaf *const data = unlisted(o, leaf, digits, PEN_CODING_DATA);
    return data == NULL ? pen_opening_no_memory(o->leaves)
                        : pen_opening_base64(o, data, false, layer);
}

/* What a token says of itself and of its subject; a function reads both before it knows whether
   they are signed by anybody. */
static enum pen_status open_token(struct pen_opening *o, const struct pen_leaf *leaf,
                                  uint32_t layer)
{
    if (!pen_token_begins(leaf->text)) return PEN_OK;

    const struct pen_token token = pen_token(leaf->text);
    for (size_t i = 0; i < token.count; i++) {
        const struct pen_leaf *const part = unlisted(o, leaf, token.parts[i], PEN_CODING_TOKEN);
        if (part == NULL) return pen_opening_no_memory(o->leaves);
        PEN_TRY(pen_opening_base64(o, part, false, layer));
    }
    return PEN_OK;
}

/* Sixteen hexadecimal digits and more are no base64, whose other digits are forty of sixty-four. */
enum pen_status pen_opening_digits(struct pen_opening *o, const struct pen_leaf *leaf,
                                   uint32_t layer)
{
    struct pen_str bytes;
    const enum pen_status status = pen_codec_hex(leaf->text, o->leaves->arena, &bytes);
    if (status == PEN_OK) return add_bytes(o, leaf, bytes, PEN_CODING_HEX, RUN_FOUND, layer);
    if (status != PEN_ERR_SYNTAX) return pen_opening_no_memory(o->leaves);
    if (leaf->text.len < PEN_LOOK_DIGITS) return PEN_OK;
    PEN_TRY(open_token(o, leaf, layer));
    return pen_opening_base64(o, leaf, false, layer);
}

/**
 * application/x-www-form-urlencoded, of bodies and of queries.
 *
 * A name that stands there twice is data: pages send one field for each ticked box. Readers take
 * the first, the last or all of them, so each is a leaf of its own.
 */
#include "filters/core/body/body.h"
#include "filters/core/codec.h"
#include "filters/core/utf8.h"

/* What is wrong, in a form and in a query. */
enum fault { FAULT_SYNTAX, FAULT_SEMICOLON, FAULT_UTF8, FAULT_NUL, FAULT_CHARSET, FAULT_FIELDS };

static const char *const codes[][2] = {
    [FAULT_SYNTAX] = {"form.syntax", "query.syntax"},
    [FAULT_SEMICOLON] = {"form.semicolon", "query.semicolon"},
    [FAULT_UTF8] = {"form.utf8", "query.utf8"},
    [FAULT_NUL] = {"form.nul", "query.nul"},
    [FAULT_CHARSET] = {"form.charset", "query.charset"},
    [FAULT_FIELDS] = {"form.fields", "query.fields"},
};

static enum pen_status fail(struct pen_leaves *leaves, enum pen_status status,
                            enum pen_origin origin, enum fault fault)
{
    leaves->code = codes[fault][origin == PEN_ORIGIN_QUERY];
    return status;
}

static enum pen_status out_of_memory(struct pen_leaves *leaves)
{
    leaves->code = "event.memory";
    return PEN_ERR_NOMEM;
}

/* A '%' that is not followed by two digits means something else to every decoder. */
static bool is_well_encoded(struct pen_str text, size_t *at)
{
    for (size_t i = pen_str_find(text, '%', 0); i < text.len; i = pen_str_find(text, '%', i + 1)) {
        if (text.len - i < 3 || pen_hex_value(text.ptr[i + 1]) < 0
            || pen_hex_value(text.ptr[i + 2]) < 0) {
            *at = i;
            return false;
        }
    }
    return true;
}

/* ';' is data here, and parts pairs for Perl, older Python and Ruby. Where a '=' follows they see a
 * field that we do not; encoded, it is data to all. */
static bool has_second_pair(struct pen_str pair)
{
    const size_t semicolon = pen_str_find(pair, ';', 0);
    return semicolon < pair.len && pen_str_find(pair, '=', semicolon) < pair.len;
}

/* Can decoding give anything but ASCII without NUL? */
static bool is_plain(struct pen_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x80 || c == '\0') return false;
        if (c != '%') continue;
        const int high = pen_hex_value(text.ptr[i + 1]);
        if (high >= 8 || (high == 0 && text.ptr[i + 2] == '0')) return false;
    }
    return true;
}

/* Overlong forms of '/' and quotes are no UTF-8 either: "%c0%af". */
static enum pen_status check_text(struct pen_leaves *leaves, struct pen_str text,
                                  enum pen_origin origin)
{
    if (is_plain(text)) return PEN_OK;

    struct pen_str decoded;
    if (pen_codec_percent(text, true, leaves->arena, &decoded) != PEN_OK) {
        return out_of_memory(leaves);
    }
    const bool is_utf8 = pen_utf8_valid(decoded);
    const bool has_nul = pen_str_find(decoded, '\0', 0) < decoded.len;
    if (decoded.ptr != text.ptr) {
        pen_arena_trim(leaves->arena, decoded.ptr, decoded.len, 0);
    }
    if (!is_utf8) return fail(leaves, PEN_ERR_SYNTAX, origin, FAULT_UTF8);
    if (has_nul) return fail(leaves, PEN_ERR_SYNTAX, origin, FAULT_NUL);
    return PEN_OK;
}

struct pair {
    struct pen_str name;  /* as sent */
    struct pen_str value; /* as sent; ptr NULL: no '=' */
    struct pen_span place;
    struct pen_str decoded_name;
};

static enum pen_status check_pair(struct pen_leaves *leaves, struct pair *pair,
                                  enum pen_origin origin)
{
    PEN_TRY(check_text(leaves, pair->name, origin));
    PEN_TRY(check_text(leaves, pair->value, origin));
    if (pen_codec_percent(pair->name, true, leaves->arena, &pair->decoded_name) != PEN_OK) {
        return out_of_memory(leaves);
    }
    /* HTML section 4.10.21.5: it tells the reader which charset the form is in. */
    if (pen_str_equal(pair->decoded_name, PEN_S("_charset_"))
        && !pen_str_equal_fold(pair->value, PEN_S("utf-8"))) {
        return fail(leaves, PEN_ERR_SYNTAX, origin, FAULT_CHARSET);
    }
    return PEN_OK;
}

static enum pen_status add_pair(struct pen_leaves *leaves, const struct pair *pair,
                                enum pen_origin origin)
{
    struct pen_leaf leaf = {
        .text = pair->name,
        .place = pen_place_of(pair->place.start, pair->place.start + pair->name.len),
        .name = pair->decoded_name,
        .origin = origin,
        .is_name = true,
    };
    if (pair->name.len > 0) PEN_TRY(pen_leaves_add(leaves, &leaf, PEN_EXPECT_FORM));
    if (pair->value.len == 0) return PEN_OK;

    leaf.text = pair->value;
    leaf.place = pen_place_of(pair->place.end - pair->value.len, pair->place.end);
    leaf.is_name = false;
    return pen_leaves_add(leaves, &leaf, PEN_EXPECT_FORM);
}

static struct pair split(struct pen_str text, size_t start, size_t end)
{
    const size_t equals = pen_str_find(pen_str_slice(text, 0, end), '=', start);
    struct pair pair = {.name = pen_str_slice(text, start, equals), .place = {start, end}};
    if (equals < end) pair.value = pen_str_slice(text, equals + 1, end);
    return pair;
}

enum pen_status pen_body_add_pairs(struct pen_leaves *leaves, struct pen_str text,
                                   enum pen_origin origin, size_t *offset)
{
    if (!is_well_encoded(text, offset)) {
        return fail(leaves, PEN_ERR_SYNTAX, origin, FAULT_SYNTAX);
    }
    uint32_t count = 0;
    for (size_t start = 0; start < text.len;) {
        const size_t end = pen_str_find(text, '&', start);
        *offset = start;
        if (end > start && count++ == leaves->fields) {
            return fail(leaves, PEN_ERR_LIMIT, origin, FAULT_FIELDS);
        }
        if (has_second_pair(pen_str_slice(text, start, end))) {
            return fail(leaves, PEN_ERR_SYNTAX, origin, FAULT_SEMICOLON);
        }
        struct pair pair = split(text, start, end);
        PEN_TRY(check_pair(leaves, &pair, origin));
        PEN_TRY(add_pair(leaves, &pair, origin));
        start = end + 1;
    }
    return PEN_OK;
}

/** application/x-www-form-urlencoded, of bodies and of queries: names and values, percent-encoding
 * strict. */
#include "filters/core/body/body.h"
#include "filters/core/codec.h"

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

enum pen_status pen_body_add_pairs(struct pen_leaves *leaves, struct pen_str text,
                                   enum pen_origin origin, const char *syntax, size_t *offset)
{
    if (!is_well_encoded(text, offset)) {
        leaves->code = syntax;
        return PEN_ERR_SYNTAX;
    }

    for (size_t start = 0; start < text.len;) {
        const size_t end = pen_str_find(text, '&', start);
        const struct pen_str pair = pen_str_slice(text, start, end);
        const size_t equals = pen_str_find(pair, '=', 0);
        struct pen_str name;
        if (pen_codec_percent(pen_str_slice(pair, 0, equals), true, leaves->arena, &name)
            != PEN_OK) {
            leaves->code = "event.memory";
            return PEN_ERR_NOMEM;
        }
        struct pen_leaf leaf = {
            .text = pen_str_slice(pair, 0, equals),
            .place = {start, start + equals},
            .name = name,
            .origin = origin,
            .is_name = true,
        };
        if (leaf.text.len > 0) PEN_TRY(pen_leaves_add(leaves, &leaf, PEN_EXPECT_FORM));
        if (equals < pair.len) {
            leaf.text = pen_str_slice(pair, equals + 1, pair.len);
            leaf.place = (struct pen_span){start + equals + 1, end};
            leaf.is_name = false;
            PEN_TRY(pen_leaves_add(leaves, &leaf, PEN_EXPECT_FORM));
        }
        start = end + 1;
    }
    return PEN_OK;
}

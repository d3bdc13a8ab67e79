/** text/plain: one leaf, UTF-8 without NUL. */
#include "filters/core/body/body.h"
#include "filters/core/utf8.h"

enum pen_status pen_body_add_text(struct pen_leaves *leaves, struct pen_str body, size_t *offset)
{
    if (body.len == 0) return PEN_OK;

    *offset = pen_utf8_valid_prefix(body);
    if (*offset < body.len) {
        leaves->code = "text.utf8";
        return PEN_ERR_SYNTAX;
    }
    /* Data to most readers, the end of the text to those that stop at it. */
    *offset = pen_str_find(body, '\0', 0);
    if (*offset < body.len) {
        leaves->code = "text.nul";
        return PEN_ERR_SYNTAX;
    }
    const struct pen_leaf leaf = {
        .text = body, .place = pen_place_of(0, body.len), .origin = PEN_ORIGIN_BODY};
    return pen_leaves_add(leaves, &leaf, PEN_EXPECT_NOTHING);
}

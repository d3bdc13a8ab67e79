/**
 * The decode graph of a leaf.
 *
 * One look at all bytes tells which codecs could apply; an ordinary text has none of their bytes
 * and is done with. Each text that a codec gives is opened in turn, so texts are undone in every
 * order; the same text reached twice counts once. Where more than PEN_OPENING_FORMS different ones
 * appear the event is refused: a form that is not looked at would be the place to hide in.
 */
#include "filters/core/opening.h"

#include "filters/core/codec.h"
#include "filters/core/codec/texture.h"
#include "filters/core/opening_steps.h"

static enum pen_status open_form(struct pen_opening *o, const struct pen_leaf *leaf, unsigned seen,
                                 uint32_t layer);

/* Forms. */

static bool is_known(const struct pen_opening *o, struct pen_str text)
{
    for (uint32_t i = 0; i < o->count; i++) {
        if (pen_str_equal(o->texts[i], text)) return true;
    }
    return false;
}

enum pen_status pen_opening_found(struct pen_opening *o, const struct pen_leaf *leaf,
                                  struct pen_str text, enum pen_coding coding, uint32_t layer)
{
    if (is_known(o, text)) {
        pen_arena_trim(o->leaves->arena, text.ptr, text.len, 0);
        return PEN_OK;
    }
    if (o->count > PEN_OPENING_FORMS) {
        return pen_opening_fail(o->leaves, PEN_ERR_LIMIT, "event.forms");
    }
    PEN_TRY(pen_leaves_deepen(o->leaves, text.len, layer));
    o->texts[o->count++] = text;

    struct pen_leaf form = *leaf;
    form.text = text;
    form.from = leaf;
    form.coding = coding;
    const struct pen_leaf *added = NULL;
    PEN_TRY(pen_leaves_push(o->leaves, &form, &added));
    return open_form(o, added, pen_look(text), layer + 1);
}

/* What a codec made of `leaf`: the same memory when it made nothing. */
enum pen_status pen_opening_form(struct pen_opening *o, const struct pen_leaf *leaf,
                                 struct pen_str text, enum pen_coding coding, uint32_t layer)
{
    if (text.ptr == leaf->text.ptr || text.len == 0) return PEN_OK;
    return pen_opening_found(o, leaf, text, coding, layer);
}

enum pen_status pen_opening_percent(struct pen_str in, struct pen_arena *arena, struct pen_str *out)
{
    return pen_codec_percent_lenient(in, false, arena, out);
}

static enum pen_status undo(struct pen_opening *o, const struct pen_leaf *leaf,
                            pen_opening_codec *decode, enum pen_coding coding, uint32_t layer)
{
    struct pen_str text;
    if (decode(leaf->text, o->leaves->arena, &text) != PEN_OK) {
        return pen_opening_no_memory(o->leaves);
    }
    return pen_opening_form(o, leaf, text, coding, layer);
}

/* Choosing codecs. */

static enum pen_status open_encoded(struct pen_opening *o, const struct pen_leaf *leaf,
                                    unsigned seen, uint32_t layer)
{
    if ((seen & PEN_LOOK_PERCENT) != 0) {
        PEN_TRY(undo(o, leaf, pen_opening_percent, PEN_CODING_PERCENT, layer));
        PEN_TRY(undo(o, leaf, pen_codec_percent_u, PEN_CODING_PERCENT_U, layer));
    }
    if ((seen & PEN_LOOK_AND) != 0) {
        PEN_TRY(undo(o, leaf, pen_codec_entity, PEN_CODING_ENTITY, layer));
    }
    if ((seen & PEN_LOOK_BACKSLASH) != 0) {
        PEN_TRY(undo(o, leaf, pen_codec_escape, PEN_CODING_ESCAPE, layer));
    }
    if ((seen & PEN_LOOK_PLUS) != 0) PEN_TRY(undo(o, leaf, pen_codec_utf7, PEN_CODING_UTF7, layer));
    /* Zeros of a serialised object are its numbers. */
    if ((seen & PEN_LOOK_ZERO) != 0 && pen_texture(leaf->text) != PEN_TEXTURE_OBJECT) {
        PEN_TRY(undo(o, leaf, pen_codec_zeros, PEN_CODING_ZEROS, layer));
    }
    if ((seen & PEN_LOOK_HIGH) == 0) return PEN_OK;
    return undo(o, leaf, pen_codec_fold, PEN_CODING_FOLD, layer);
}

static bool may_be_document(struct pen_str text, unsigned seen)
{
    return (seen & PEN_LOOK_OPENS) != 0 || pen_opening_behind_mark(text).ptr != text.ptr
           || pen_graphql_begins(text);
}

static enum pen_status open_form(struct pen_opening *o, const struct pen_leaf *leaf, unsigned seen,
                                 uint32_t layer)
{
    bool is_document = false;
    if (may_be_document(leaf->text, seen)) {
        PEN_TRY(pen_opening_document(o, leaf, seen, layer, &is_document));
    }
    if (is_document) return PEN_OK;

    if ((seen & PEN_LOOK_DATA) != 0) PEN_TRY(pen_opening_data_url(o, leaf, layer));
    if ((seen & PEN_LOOK_CODED) != 0) PEN_TRY(pen_opening_digits(o, leaf, layer));
    return open_encoded(o, leaf, seen, layer);
}

/* What the format declares. */

/* Percent-encoding: once undone, what was sent is nothing that a function sees. */
static enum pen_status open_declared_percent(struct pen_opening *o, const struct pen_leaf *leaf,
                                             unsigned seen, bool plus, uint32_t layer)
{
    struct pen_str text;
    if (pen_codec_percent_lenient(leaf->text, plus, o->leaves->arena, &text) != PEN_OK) {
        return pen_opening_no_memory(o->leaves);
    }
    if (text.ptr == leaf->text.ptr || pen_str_equal(text, leaf->text)) {
        return open_form(o, leaf, seen, layer);
    }
    PEN_TRY(pen_opening_form(o, leaf, text, plus ? PEN_CODING_FORM : PEN_CODING_PERCENT, layer));
    /* A '+' that somebody forgot to encode still is a digit of base64 to lenient functions. */
    return plus && (seen & PEN_LOOK_CODED) != 0 ? pen_opening_digits(o, leaf, layer) : PEN_OK;
}

/* Base64 by the format's word; whoever declared the format asks for one strict reading. What is
   none may be any other text, too. */
static enum pen_status open_expected_base64(struct pen_opening *o, const struct pen_leaf *leaf,
                                            unsigned seen, uint32_t layer)
{
    const struct pen_base64_look look = pen_codec_base64_look(leaf->text);
    if (look.foreign > 0 || look.restarts) PEN_TRY(open_form(o, leaf, seen, layer));
    return pen_opening_base64(o, leaf, true, layer);
}

enum pen_status pen_leaf_open_seen(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                                   enum pen_expect expect, unsigned seen, uint32_t layer)
{
    struct pen_opening o; /* its other texts are written before they count: clearing them is dear */
    o.leaves = leaves;
    o.texts[0] = leaf->text;
    o.count = 1;
    bool found = false;
    switch (expect) {
    case PEN_EXPECT_NOTHING:
        return open_form(&o, leaf, seen, layer);
    case PEN_EXPECT_FORM:
        return open_declared_percent(&o, leaf, seen, true, layer);
    case PEN_EXPECT_PERCENT:
        return open_declared_percent(&o, leaf, seen, false, layer);
    case PEN_EXPECT_BASE64:
        return open_expected_base64(&o, leaf, seen, layer);
    case PEN_EXPECT_JSON:
        return pen_opening_json(&o, leaf, true, layer, &found);
    case PEN_EXPECT_FIELDS:
        return pen_opening_fields(&o, leaf, layer);
    }
    return open_form(&o, leaf, seen, layer);
}

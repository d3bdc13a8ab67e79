/**
 * Both texts are walked at once. Where they part, a piece of the text is looked for in the form,
 * and the walk goes on from there. Whether that is where the decoder went on does not matter: what
 * is passed as equal is equal.
 */
#include "filters/core/parts.h"

#include <string.h>

#define PIECE  32 /* bytes that tell where both go on: two lines seldom share as many by chance */
#define STRIDE 32
#define LOOK   1024 /* bytes that may stand encoded in a row */
#define MARGIN 64   /* a word's end is looked for; what is longer is none */

static size_t equal_bytes(struct pen_str a, struct pen_str b)
{
    const size_t most = a.len < b.len ? a.len : b.len;
    size_t count = 0;
    while (most - count >= PIECE && memcmp(a.ptr + count, b.ptr + count, PIECE) == 0) {
        count += PIECE;
    }
    while (count < most && a.ptr[count] == b.ptr[count]) {
        count++;
    }
    return count;
}

/* Where the rests of both go on alike: `in_text` and `in_form` bytes farther. At the end of both
   the whole rest differs. */
static bool meet_again(struct pen_str text, struct pen_str form, size_t *in_text, size_t *in_form)
{
    for (size_t passed = 0; passed <= LOOK && text.len >= passed + PIECE; passed += STRIDE) {
        const struct pen_str piece = pen_str_slice(text, passed, passed + PIECE);
        /* Decoding gives fewer bytes, or (UTF-7) an eighth more. */
        const struct pen_str near = pen_str_slice(form, 0, passed + passed / 8 + 2 * PIECE);
        const size_t at = pen_str_find_str(near, piece);
        if (at == near.len) continue;
        *in_text = passed;
        *in_form = at;
        return true;
    }
    *in_text = text.len;
    *in_form = form.len;
    return text.len <= LOOK && form.len <= LOOK + LOOK / 8;
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* Back to the first letter of a word, so that the part begins with nothing that a text would not:
   neither "=" nor half a character. */
static size_t word_before(struct pen_str form, size_t at)
{
    for (size_t i = at; i > 0 && at - i < MARGIN; i--) {
        if (form.ptr[i - 1] == ' ' && pen_is_alpha(form.ptr[i])) return i;
    }
    while (at > 0 && is_continuation(form.ptr[at])) {
        at--;
    }
    return at;
}

static size_t word_behind(struct pen_str form, size_t at)
{
    for (size_t i = at; i < form.len && i - at < MARGIN; i++) {
        if (form.ptr[i] == ' ') return i;
    }
    while (at < form.len && is_continuation(form.ptr[at])) {
        at++;
    }
    return at;
}

/* `changed`: what differs; empty where something was left out. */
static bool add(struct pen_parts *parts, struct pen_str form, struct pen_span changed)
{
    const size_t start = changed.start < PEN_PARTS_REACH ? 0 : changed.start - PEN_PARTS_REACH;
    const size_t left = form.len - changed.end;
    const size_t end = left < PEN_PARTS_REACH ? form.len : changed.end + PEN_PARTS_REACH;
    struct pen_span *const last = parts->count == 0 ? NULL : &parts->spans[parts->count - 1];
    if (last != NULL && start <= last->end + MARGIN) {
        last->end = end;
        return true;
    }
    if (parts->count == PEN_PARTS_MOST) return false;
    parts->spans[parts->count++] = (struct pen_span){start, end};
    return true;
}

/* To whole words; true: together they are less than half of the form. */
static bool finish(struct pen_parts *parts, struct pen_str form)
{
    size_t bytes = 0;
    size_t count = 0;
    for (size_t i = 0; i < parts->count; i++) {
        const size_t start = word_before(form, parts->spans[i].start);
        const size_t end = word_behind(form, parts->spans[i].end);
        if (count > 0 && start <= parts->spans[count - 1].end) {
            parts->spans[count - 1].end = end;
        } else {
            parts->spans[count++] = (struct pen_span){start, end};
        }
    }
    parts->count = count;
    for (size_t i = 0; i < count; i++) {
        bytes += parts->spans[i].end - parts->spans[i].start;
    }
    return bytes < form.len / 2;
}

bool pen_parts_find(struct pen_str text, struct pen_str form, struct pen_parts *out)
{
    out->count = 0;
    if (form.len < PEN_PARTS_LEAST || text.len < PEN_PARTS_LEAST) return false;

    size_t at = 0;
    size_t in = 0;
    while (in < form.len || at < text.len) {
        const struct pen_str text_left = pen_str_slice(text, at, text.len);
        const struct pen_str form_left = pen_str_slice(form, in, form.len);
        const size_t equal = equal_bytes(text_left, form_left);
        at += equal;
        in += equal;
        if (in == form.len && at == text.len) break;

        size_t in_text = 0;
        size_t in_form = 0;
        if (!meet_again(pen_str_slice(text, at, text.len), pen_str_slice(form, in, form.len),
                        &in_text, &in_form)
            || !add(out, form, (struct pen_span){in, in + in_form})) {
            return false;
        }
        at += in_text;
        in += in_form;
    }
    return finish(out, form);
}

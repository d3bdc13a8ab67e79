/** Told by its first two digits, which spell a brace, and by what stands between the dots. */
#include "filters/core/codec/token.h"

#include "filters/core/codec.h"

#define SCHEME 16 /* places within which a blank ends the name of a scheme */

/* Behind "Bearer " or the like. */
static struct pen_str behind_scheme(struct pen_str text)
{
    const struct pen_str head = pen_str_slice(text, 0, SCHEME);
    const size_t blank = pen_str_find(head, ' ', 0);
    return blank < head.len ? pen_str_slice(text, blank + 1, text.len) : text;
}

/* '{' is "e" and a digit of the next byte: "y" before a quote or blank, "w" before other white
   space. */
static bool begins_as_object(struct pen_str digits)
{
    return digits.len > 1 && digits.ptr[0] == 'e' && (digits.ptr[1] == 'y' || digits.ptr[1] == 'w');
}

bool pen_token_begins(struct pen_str text)
{
    const struct pen_str token = begins_as_object(text) ? text : behind_scheme(text);
    return begins_as_object(token) && pen_str_find(token, '.', 0) < token.len;
}

static bool are_digits(struct pen_str part)
{
    return pen_codec_base64_look(part).foreign == 0;
}

struct pen_token pen_token(struct pen_str text)
{
    struct pen_token token = {0};
    const struct pen_str whole = begins_as_object(text) ? text : behind_scheme(text);
    for (size_t start = 0; token.count < PEN_TOKEN_PARTS && start < whole.len;) {
        const size_t dot = pen_str_find(whole, '.', start);
        const struct pen_str part = pen_str_slice(whole, start, dot);
        /* The last one is no JSON. */
        if (dot == whole.len || !begins_as_object(part) || !are_digits(part)) break;
        token.parts[token.count++] = part;
        start = dot + 1;
    }
    return token;
}

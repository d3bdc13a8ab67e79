/** A JSON string's inside (RFC 8259 section 7): escapes undone, UTF-8 checked in the same pass. */
#ifndef PEN_CORE_JSON_STRING_H
#define PEN_CORE_JSON_STRING_H

#include "filters/core/arena.h"
#include "filters/core/block16.h"

/** The end of the run of ASCII that stands for itself: a quote, backslash, control or high byte. */
static inline const char *pen_json_plain_end(const char *p, const char *end)
{
    for (; end - p >= PEN_BLOCK; p += PEN_BLOCK) {
        const size_t length = pen_block_plain(p);
        if (length < PEN_BLOCK) return p + length;
    }
    while (p < end && (unsigned char)*p >= 0x20 && (unsigned char)*p < 0x80 && *p != '"'
           && *p != '\\') {
        p++;
    }
    return p;
}

/** The same without '%', '&' and '+', which units of encodings begin with. */
static inline const char *pen_json_bare_end(const char *p, const char *end)
{
    for (; end - p >= PEN_BLOCK; p += PEN_BLOCK) {
        const size_t length = pen_block_bare(p);
        if (length < PEN_BLOCK) return p + length;
    }
    const char *const stop = pen_json_plain_end(p, end);
    while (p < stop && *p != '%' && *p != '&' && *p != '+') {
        p++;
    }
    return p;
}

/**
 * Read on to behind the closing quote.
 *
 * @param start  behind the opening quote
 * @param at     in: pen_json_plain_end of `start`; out: behind the closing quote, or where reading
 *               stopped
 * @param out    points into the source when nothing was escaped, else into the arena
 * @param code   the reason on errors, as pen_json_error.code
 *
 * Errors: PEN_ERR_SYNTAX, PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_json_string(const char *start, const char **at, const char *end,
                                             struct pen_arena *arena, struct pen_str *out,
                                             const char **code);

#endif

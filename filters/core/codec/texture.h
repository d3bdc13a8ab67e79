/**
 * What decoded bytes are: a text, data that is known by its first bytes, or something binary, in
 * which only printable runs can be looked at. Pure; any thread.
 */
#ifndef PEN_CORE_CODEC_TEXTURE_H
#define PEN_CORE_CODEC_TEXTURE_H

#include "filters/core/arena.h"

enum pen_texture {
    PEN_TEXTURE_TEXT,   /* nine bytes of ten are printable or belong to UTF-8 */
    PEN_TEXTURE_GZIP,   /* RFC 1952 */
    PEN_TEXTURE_ZLIB,   /* RFC 1950; by two bytes, so only a look inside tells */
    PEN_TEXTURE_OBJECT, /* serialised by Java, .NET, Python or Ruby */
    PEN_TEXTURE_BINARY,
};

/** Linear, and soon done with what is random. Nothing is PEN_TEXTURE_BINARY. */
enum pen_texture pen_texture(struct pen_str bytes);

/**
 * Is it sure that data of `length` bytes that begins so is PEN_TEXTURE_BINARY or PEN_TEXTURE_ZLIB?
 *
 * @param head  at most PEN_BLOCK bytes; as many may be read
 */
bool pen_texture_is_noise(struct pen_str head, size_t length);

/** May it be gzip or an object, by its first two bytes? */
static inline bool pen_texture_begins_known(char first, char second)
{
    switch (first) {
    case '\x1f':
        return second == '\x8b';
    case '\xac':
        return second == '\xed';
    case '\0':
        return second == '\x01';
    case '\x04':
        return second == '\x08';
    case '\x80':
        return second >= 2 && second <= 5;
    default:
        return false;
    }
}

/** Of `odd`, a bit for each byte that belongs to no text: are they too many for one? */
static inline bool pen_texture_are_many(uint64_t odd, size_t length)
{
    size_t most = length / 10;
    for (; odd != 0 && most > 0; most--) {
        odd &= odd - 1;
    }
    return odd != 0;
}

/**
 * Is it told at once that `bytes` are PEN_TEXTURE_BINARY without a run of `least` characters, as
 * identifiers of a few bytes are? False = perhaps.
 */
bool pen_texture_is_nothing(struct pen_str bytes, size_t least);

/* The most bytes that it sees through. */
#define PEN_TEXTURE_SHORT 64

/** The same of PEN_TEXTURE_SHORT bytes at most, where PEN_TEXTURE_SHORT may be read. */
bool pen_texture_short_is_nothing(struct pen_str bytes, size_t least);

/** Is it sure that they are PEN_TEXTURE_BINARY or PEN_TEXTURE_ZLIB? As many may be read. */
bool pen_texture_short_is_data(struct pen_str bytes);

/**
 * The printable runs of `bytes`, a line break between two of them.
 *
 * A run is printable ASCII, white space and UTF-8, in which single other bytes above 0x7F may lie;
 * or ASCII in UTF-16 or UTF-32, of either byte order.
 *
 * @param least  printable characters of ASCII that a run must have; 1 or more
 * @param out    at most as many bytes as there are in `bytes`; empty when there is no run, and a
 *               piece of `bytes` when there is one of a byte each
 *
 * Ownership: `out` lives as long as `arena` and `bytes`.
 * Errors: PEN_ERR_NOMEM; `out` is untouched
 */
PEN_MUST_USE enum pen_status pen_texture_strings(struct pen_str bytes, size_t least,
                                                 struct pen_arena *arena, struct pen_str *out);

#endif

/**
 * Encodings that hide a text in another, each undone one layer at a time.
 *
 * One layer, because the layer count is evidence: "%2527" in a query is evasion, "%27" is an
 * apostrophe. Pure; any thread.
 */
#ifndef PEN_CORE_CODEC_H
#define PEN_CORE_CODEC_H

#include "filters/core/arena.h"

/**
 * Decode percent-encoding once: "%2527" becomes "%27", not "'". (RFC 3986 section 2.1)
 *
 * @param plus  also turn '+' into a space (application/x-www-form-urlencoded)
 * @param out   the same memory as `in` when nothing was encoded
 *
 * Errors: PEN_ERR_SYNTAX  a '%' without two hexadecimal digits
 *         PEN_ERR_NOMEM   the arena's limit; `out` is untouched on every error
 */
PEN_MUST_USE enum pen_status pen_codec_percent(struct pen_str in, bool plus,
                                               struct pen_arena *arena, struct pen_str *out);

/** As above, but a '%' without two digits stays as it is, as most functions' decoders do. */
PEN_MUST_USE enum pen_status pen_codec_percent_lenient(struct pen_str in, bool plus,
                                                       struct pen_arena *arena,
                                                       struct pen_str *out);

/**
 * As IIS and JavaScript's unescape() read it: "%uXXXX" is a UTF-16 unit, "%XX" a byte.
 *
 * @param out  at most as long as `in`; the same memory when there is no "%uXXXX"
 *
 * Errors: PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_codec_percent_u(struct pen_str in, struct pen_arena *arena,
                                                 struct pen_str *out);

/**
 * Strict base64url without padding (RFC 7515 section 2): alphabet A-Z a-z 0-9 - _ only, no length
 * of 1 mod 4, unused low bits of the last character zero.
 *
 * Errors: PEN_ERR_SYNTAX, PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_codec_base64url(struct pen_str in, struct pen_arena *arena,
                                                 struct pen_str *out);

/** Strict base64 with padding (RFC 4648 section 4), canonical tail. Errors as above. */
PEN_MUST_USE enum pen_status pen_codec_base64(struct pen_str in, struct pen_arena *arena,
                                              struct pen_str *out);

/**
 * Base64 as functions read it: both alphabets, line breaks within, padding or none, any spare bits.
 *
 * Errors: PEN_ERR_SYNTAX  no function would take it for base64
 *         PEN_ERR_NOMEM   the arena's limit; `out` is untouched on every error
 */
PEN_MUST_USE enum pen_status pen_codec_base64_lenient(struct pen_str in, struct pen_arena *arena,
                                                      struct pen_str *out);

/** What stands in a text that may be base64. */
struct pen_base64_look {
    size_t foreign; /* neither a digit nor padding nor a line break */
    bool url;       /* '-' or '_': digits to some, foreign to others */
    bool restarts;  /* digits stand behind padding */
    bool bare;      /* nothing but digits */
};

/** Linear. */
struct pen_base64_look pen_codec_base64_look(struct pen_str in);

/** How what is foreign in base64 is passed over; or'ed. */
enum pen_base64_skip {
    PEN_BASE64_URL = 1,     /* '-' and '_' are digits; else they are skipped */
    PEN_BASE64_RESTART = 2, /* behind padding begins another base64; else padding is skipped */
};

/**
 * Base64 as the most forgiving functions read it, skipping whatever is none: Node's Buffer.from and
 * Python's urlsafe_b64decode with PEN_BASE64_URL; Python's b64decode, PHP's base64_decode and
 * Java's MIME decoder without. Of digits that are left over what makes no byte is dropped.
 *
 * Errors: PEN_ERR_SYNTAX  no two digits
 *         PEN_ERR_NOMEM   the arena's limit; `out` is untouched on every error
 */
PEN_MUST_USE enum pen_status pen_codec_base64_skipping(struct pen_str in, unsigned how,
                                                       struct pen_arena *arena,
                                                       struct pen_str *out);

/** Does pen_codec_base64_lenient take it? One digit of four more is none of a byte: lenient
 * functions take it for a broken text. */
bool pen_codec_base64_is_readable(struct pen_str in, const struct pen_base64_look *look);

/**
 * Do the first digits tell that no function makes a text of `in`, or anything that is known by its
 * first bytes? It is none to pen_codec_base64_lenient, and whatever pen_codec_base64_skipping gives
 * is PEN_TEXTURE_BINARY or PEN_TEXTURE_ZLIB. So are most words, dates and identifiers that begin
 * with as many digits as base64 does. `look` is what pen_codec_base64_look gave.
 */
bool pen_codec_base64_is_noise(struct pen_str in, const struct pen_base64_look *look);

/** The same of pen_codec_base64_skipping alone, '-' and '_' being digits or not, without restarts.
 */
bool pen_codec_base64_skips_to_noise(struct pen_str in, bool url);

/**
 * The same of a text that begins with the sixteen bytes at `block`, of which those are skipped that
 * have a bit in `dropped`, and that gives `most` bytes at most; whatever is skipped behind them.
 */
bool pen_codec_base64_block_is_noise(const char *block, unsigned dropped, size_t most);

/** The same of the first `count` of sixteen bytes, which are digits. */
bool pen_codec_base64_head_is_noise(const char *digits, size_t count, size_t most);

/**
 * Two hexadecimal digits a byte, the whole text, after "0x" or not.
 *
 * Errors: PEN_ERR_SYNTAX, PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_codec_hex(struct pen_str in, struct pen_arena *arena,
                                           struct pen_str *out);

/*
 * The following take any text and undo one layer. `out` is the same memory as `in` when nothing was
 * encoded. Linear. Errors: PEN_ERR_NOMEM; `out` is untouched.
 */

/** HTML character references: "&#39;", "&#x27", "&lt;", "&lt". At most as long as `in`. */
PEN_MUST_USE enum pen_status pen_codec_entity(struct pen_str in, struct pen_arena *arena,
                                              struct pen_str *out);

/**
 * Backslash escapes, where at least one spells a character by its number: "\u0027", "\u{27}",
 * "\U00000027", "\x27", "\47"; then "\'", "\n" and the like, too. At most as long as `in`.
 */
PEN_MUST_USE enum pen_status pen_codec_escape(struct pen_str in, struct pen_arena *arena,
                                              struct pen_str *out);

/** UTF-7 where it hides ASCII: "+ADw-". At most 9/8 of `in`. (RFC 2152) */
PEN_MUST_USE enum pen_status pen_codec_utf7(struct pen_str in, struct pen_arena *arena,
                                            struct pen_str *out);

/**
 * Overlong UTF-8 and look-alikes (full width, compatibility forms, typographic quotes) as the ASCII
 * that they are taken for. Dashes, and apostrophes within words, are folded only beside others.
 * Default-ignorable code points are left out between ASCII, or what is taken for it. At most as
 * long as `in`.
 */
PEN_MUST_USE enum pen_status pen_codec_fold(struct pen_str in, struct pen_arena *arena,
                                            struct pen_str *out);

/** Without its NULs: UTF-16 and UTF-32 whose bytes were taken for characters, and what ignores NUL.
 */
PEN_MUST_USE enum pen_status pen_codec_zeros(struct pen_str in, struct pen_arena *arena,
                                             struct pen_str *out);

/** base64url without padding into `buf`; look at `buf->full`. */
void pen_codec_base64url_put(struct pen_buf *buf, struct pen_str bytes);

#endif

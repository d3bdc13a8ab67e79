/**
 * The two pattern engines: many literals in one pass (Vectorscan, block mode) for the prefilter,
 * and one expression at a time (PCRE2, compiled to machine code) where no grammar makes sense.
 *
 * What is compiled is immutable and serves any thread; a scratch belongs to one thread.
 */
#ifndef PEN_CORE_PATTERN_H
#define PEN_CORE_PATTERN_H

#include "filters/core/arena.h"

struct pen_patterns;
struct pen_scratch;

struct pen_pattern {
    struct pen_str literal; /* one byte or more, no NUL */
    bool caseless;          /* of ASCII letters */
    uint32_t id;            /* given back with each match */
};

/** Errors: PEN_ERR_INVALID a literal does not compile (`err` names it), PEN_ERR_NOMEM. */
PEN_MUST_USE enum pen_status pen_patterns_create(const struct pen_pattern *patterns, size_t count,
                                                 struct pen_patterns **out, struct pen_error *err);
void pen_patterns_destroy(struct pen_patterns *patterns);

/** Memory that one thread needs to scan with `patterns`. Errors: PEN_ERR_NOMEM. */
PEN_MUST_USE enum pen_status pen_patterns_scratch(const struct pen_patterns *patterns,
                                                  struct pen_scratch **out);
/** Room for one more set of patterns in the same scratch. Errors: PEN_ERR_NOMEM. */
PEN_MUST_USE enum pen_status pen_patterns_scratch_grow(const struct pen_patterns *patterns,
                                                       struct pen_scratch *scratch);
void pen_patterns_scratch_destroy(struct pen_scratch *scratch);

/**
 * Call `found` for every place of every literal, by its id and the offset behind its last byte.
 *
 * Errors: PEN_ERR_LIMIT text longer than 4 GiB, PEN_ERR_INTERNAL
 */
PEN_MUST_USE enum pen_status pen_patterns_scan(
    const struct pen_patterns *patterns, struct pen_scratch *scratch, struct pen_str text,
    void (*found)(void *context, uint32_t id, size_t end), void *context);

struct pen_regex;

/**
 * One expression over bytes: no Unicode classes, '.' matches every byte, NUL included.
 *
 * Errors: PEN_ERR_INVALID  it does not compile (`err` names it and the place)
 *         PEN_ERR_LIMIT    it is too large for the library
 *         PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_regex_create(struct pen_str expression, bool caseless,
                                              struct pen_regex **out, struct pen_error *err);

/**
 * The same, case counting, without machine code: it finds what the other finds, but is compiled in
 * the twentieth part of the time and a sixteenth of the memory. Errors: as pen_regex_create().
 */
PEN_MUST_USE enum pen_status pen_regex_parse(struct pen_str expression, struct pen_regex **out,
                                             struct pen_error *err);

/**
 * Make machine code of it, where the machine has a compiler for that, while nobody searches with
 * it; the code's size is added to `bytes`. Errors: PEN_ERR_NOMEM.
 */
PEN_MUST_USE enum pen_status pen_regex_hasten(struct pen_regex *regex, size_t *bytes);

/**
 * One expression over valid UTF-8: '.' matches every character, classes and \p{...} know all of
 * Unicode, \b and \w only ASCII; what a group has not matched is referred to as empty. It searches
 * only texts that are known to be valid UTF-8, from places between two characters: on others the
 * library reads beyond their end. In front of a reference to group N is to stand (?CN), for which
 * the search pays what that group holds.
 *
 * Errors: PEN_ERR_INVALID  it does not compile (`err` names it and the place)
 *         PEN_ERR_LIMIT    it is too large for the library
 *         PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_regex_create_text(struct pen_str expression,
                                                   struct pen_regex **out, struct pen_error *err);

void pen_regex_destroy(struct pen_regex *regex);

/**
 * The first match at or after `from`.
 *
 * An engine that goes back and forth can be made to do so for ever, by a text of a few bytes and an
 * expression that looks innocent. Every item that it tries and every byte that it moves over is
 * therefore paid for; match, depth and memory limits are set beside that.
 *
 * @param steps_left  what the search may spend, and what is left of it: pen_scan.steps_left
 * @param out         the place of the whole match; {text.len, text.len} when there is none
 *
 * Errors: PEN_ERR_LIMIT  steps, depth or memory are used up: nothing is known about the text, so
 *                        whoever asks refuses it
 *         PEN_ERR_INTERNAL
 */
PEN_MUST_USE enum pen_status pen_regex_find(const struct pen_regex *regex,
                                            struct pen_scratch *scratch, struct pen_str text,
                                            size_t from, uint64_t *steps_left,
                                            struct pen_span *out);

/** Whether there is a match anywhere, be it an empty one at the end. Errors as pen_regex_find(). */
PEN_MUST_USE enum pen_status pen_regex_matches(const struct pen_regex *regex,
                                               struct pen_scratch *scratch, struct pen_str text,
                                               uint64_t *steps_left, bool *out);

#endif

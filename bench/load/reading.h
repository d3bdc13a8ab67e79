/** What the files that read a scenario share: scenario.c, read_tokens.c, read_kinds.c. */
#ifndef PEN_BENCH_LOAD_READING_H
#define PEN_BENCH_LOAD_READING_H

#include "bench/load/scenario.h"
#include "gateway/config/reader.h"

/** The root of what is read; the reader's functions get it as their target. */
struct load_reading {
    struct load_scenario scenario; /* first: the tables' offsets are its fields' */
    struct load_tokens *tokens;
    size_t token_count;
};

/** `tokens`: read before the kinds that name them. */
PEN_MUST_USE enum pen_status load_read_tokens(struct pen_reader *reader,
                                              const struct pen_json *value, void *target);

/** `mix` */
PEN_MUST_USE enum pen_status load_read_mix(struct pen_reader *reader, const struct pen_json *value,
                                           void *target);

/**
 * A file that a key names, whole, into the reader's arena.
 *
 * @param value  the name, relative to the scenario's folder
 */
PEN_MUST_USE enum pen_status load_read_file(struct pen_reader *reader, const struct pen_json *value,
                                            struct pen_str *out);

/** The lines of a text that are neither empty nor begin with '#'; `out` holds at least one. */
PEN_MUST_USE enum pen_status load_split_lines(struct pen_reader *reader,
                                              const struct pen_json *value, struct pen_str text,
                                              const struct pen_str **out, size_t *count);

#endif

/**
 * `penstock scan --explain`: what the gateway saw of an event, for people.
 *
 * A line for each text with the way to it, decoded forms and what a document holds indented below
 * the text they were made of, findings below the text they were made in, the verdict at the end.
 * Known envelopes are named where their document begins, and what whoever causes the event writes
 * into them has an asterisk.
 */
#ifndef PEN_GATEWAY_CLI_EXPLAIN_H
#define PEN_GATEWAY_CLI_EXPLAIN_H

#include <stdio.h>

#include "gateway/inspect.h"

struct pen_explain_view {
    FILE *out;
    size_t width; /* columns of a line; long texts are cut */
    bool colour;
    bool all; /* the names, too, in which nothing was found and that hold nothing */
    const struct pen_envelope *const *expected; /* by the function; none: any event */
    size_t expected_count;
};

/** How to show it on `out`: as wide as the terminal, in its colours unless NO_COLOR is set. */
struct pen_explain_view pen_explain_view_for(FILE *out);

/**
 * @param title  what the event is called: its file; empty for none
 * @param body   what was inspected
 *
 * Writes to view->out, whose error flag tells whether it could.
 */
void pen_explain(const struct pen_explain_view *view, struct pen_str title, struct pen_str body,
                 const struct pen_inspection *inspection, const struct pen_scan *scan);

#endif

/**
 * Commands that reach a shell by way of another language: calls that run them, server-side
 * includes, Bash's function variables, PowerShell's loaders, options that run what they are given.
 *
 * Pure; any thread; linear.
 */
#ifndef PEN_FILTERS_CMDI_CALLS_H
#define PEN_FILTERS_CMDI_CALLS_H

#include "filters/core/str.h"

/** What was found; rule NULL: nothing. */
struct pen_cmdi_evidence {
    const char *rule;
    uint32_t score;
    struct pen_span span;
};

/** The strongest evidence of all of them. */
struct pen_cmdi_evidence pen_cmdi_calls(struct pen_str text);

#endif

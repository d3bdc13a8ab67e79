/**
 * Tags and attributes with the power to run a program, wherever they come out of a text.
 *
 * Pure; any thread.
 */
#ifndef PEN_FILTERS_XSS_TAGS_H
#define PEN_FILTERS_XSS_TAGS_H

#include "filters/xss_script.h"

/** What was found; rule NULL: nothing. */
struct pen_xss_evidence {
    const char *rule;
    uint32_t score; /* where the text is nothing but the payload */
    struct pen_span span;
};

static inline struct pen_xss_evidence pen_xss_found(const char *rule, uint32_t score, size_t start,
                                                    size_t end)
{
    return (struct pen_xss_evidence){.rule = rule, .score = score, .span = {start, end}};
}

struct pen_xss_evidence pen_xss_stronger(struct pen_xss_evidence a, struct pen_xss_evidence b);

/** Where a text has ended the value that it was put into: attributes follow. */
struct pen_xss_exit {
    size_t at;
    uint32_t most;       /* no attribute behind it is worth more */
    uint32_t most_later; /* nor one behind the first two, which is no more than that */
};

#define PEN_XSS_EXITS 4 /* each kind of quote, and none */

struct pen_xss_exits {
    struct pen_xss_exit exit[PEN_XSS_EXITS];
    size_t count;
};

/**
 * The strongest evidence among the tags of a text that is pasted between others, and among the
 * attributes behind each of these exits. They are read side by side: as soon as two readers stand
 * at the same byte they see the same, and one goes on.
 *
 * @param sight     of the whole text; NULL: it is looked for where a tag asks for it
 * @param known     what values could do, for other readers of the same text; begins as zeroes
 * @param doubtful  readers that differ from browsers may see other tags: pen_xss_loose_tags
 */
struct pen_xss_evidence pen_xss_tags(struct pen_str text, const struct pen_js_sight *sight,
                                     const struct pen_xss_exits *exits, struct pen_js_known *known,
                                     bool *doubtful);

/** Tags as readers see them that differ from browsers, or that see the text twice: within comments,
 * values and raw content they count. (Mutation XSS, cleaners that are fooled by each) */
struct pen_xss_evidence pen_xss_loose_tags(struct pen_str text, const struct pen_js_sight *sight,
                                           struct pen_js_known *known);

#endif

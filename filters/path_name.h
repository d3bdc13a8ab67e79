/**
 * Reading a text as the name of a file, the way an operating system, a URL library and a careless
 * decoder would, all at once.
 *
 * Both slashes separate; every spelling of dot and slash is undone (overlong UTF-8 of any length,
 * %u, 0x2e, half-encoded and mis-encoded percent signs); control bytes and path parameters (";x")
 * do not count. One pass, no allocation: of the resolved name only the last segments are kept, and
 * nothing of a text is left out, however long it is. Pure; any thread.
 */
#ifndef PEN_FILTERS_PATH_NAME_H
#define PEN_FILTERS_PATH_NAME_H

#include "filters/core/str.h"

#define PEN_PATH_KEPT    8 /* segments of the resolved name: the longest that is looked for has 5 */
#define PEN_PATH_SEGMENT 64  /* bytes kept of one; longer names are none that is looked for */
#define PEN_PATH_HEAD    32  /* bytes kept of the start, as spelled out */
#define PEN_PATH_LONGEST 255 /* NAME_MAX: a longer segment is padding */

struct pen_path_name {
    char kept[PEN_PATH_KEPT][PEN_PATH_SEGMENT]; /* a ring of the resolved name's segments */
    size_t kept_length[PEN_PATH_KEPT];
    size_t kept_count;
    size_t depth; /* segments of the resolved name */

    char head[PEN_PATH_HEAD]; /* lower case, '/' for both slashes */
    size_t head_length;

    size_t up;           /* segments that lead up */
    size_t above;        /* how far above the start they lead */
    size_t wild;         /* segments of two dots of which '?' stands for one or both */
    size_t here;         /* segments of one dot */
    size_t dots;         /* segments of three dots and more: "....//" is "../" once it is cleaned */
    size_t most_dots;    /* in one of these */
    size_t dotted;       /* segments of three leading dots and more, and a name */
    size_t names;        /* all others */
    size_t empty;        /* between two slashes */
    size_t separators;   /* slashes of both kinds */
    size_t respelled;    /* dots and slashes that were spelled in another way */
    bool slash;          /* a plain one occurs */
    bool backslash;      /* a plain one occurs */
    bool nul;            /* a NUL occurs */
    bool control;        /* another control byte than white space occurs */
    bool space;          /* white space occurs */
    bool padded;         /* a segment longer than PEN_PATH_LONGEST stands before a step up */
    bool starts_with_up; /* the first segment leads up */
};

/** Read the whole text. Linear. */
void pen_path_read(struct pen_str text, struct pen_path_name *out);

/** The last segments of the resolved name, joined by '/', into `buf`: at most PEN_PATH_KEPT. */
void pen_path_tail(const struct pen_path_name *name, struct pen_buf *buf);

#endif

/**
 * HTML taken apart as a browser does it (WHATWG 13.2.5), from any place in it: tags with their
 * attributes, and what stands within elements whose content is no markup.
 *
 * A text that is pasted into a page has neither beginning nor end of its own, so a tag that the
 * text's end cuts is a tag: the page goes on behind it. One pass, no allocation. Pure.
 */
#ifndef PEN_FILTERS_HTML_LEXER_H
#define PEN_FILTERS_HTML_LEXER_H

#include "filters/html_text.h"

enum pen_html_kind {
    PEN_HTML_EOF,
    PEN_HTML_OPEN,      /* "<name": its attributes follow */
    PEN_HTML_ATTRIBUTE, /* name and value */
    PEN_HTML_OPEN_END,  /* ">" of a start tag, or the text's end */
    PEN_HTML_CLOSE,     /* "</name": attributes do not count */
    PEN_HTML_RAW,       /* all that stands in a script, style, title, textarea, ... */
    PEN_HTML_COMMENT,   /* comment, doctype, processing instruction; text is its inside */
};

struct pen_html_token {
    enum pen_html_kind kind;
    struct pen_span span; /* of the whole in the text */
    struct pen_str name;  /* of tag or attribute, as spelled */
    struct pen_str value; /* of an attribute, as spelled, or the inside of RAW and COMMENT */
    char quote;           /* of an attribute's value; 0: none */
    bool open;            /* the text ends within the quotes */
    bool has_value;       /* an equals sign stands behind the attribute's name */
    bool cut;             /* OPEN_END: the text ended; RAW: no end tag follows */
};

struct pen_html {
    struct pen_str text;
    size_t at;
    struct pen_str raw; /* name of the element whose content is to be read raw; len 0: none */
    bool in_tag;        /* attributes are to be read */
    bool loose;         /* whatever looks like a tag is one: in comments, values and raw content */
    bool doubtful;      /* so far a loose reader may have seen something else */
    bool plus;          /* '+' is a space: a form's encoding that nobody has undone */
};

/** Begin at byte `from`, in markup or (`in_tag`) among the attributes of a tag. */
struct pen_html pen_html_at(struct pen_str text, size_t from, bool in_tag, bool loose);

/** The next token; false at the end. */
bool pen_html_next(struct pen_html *html, struct pen_html_token *out);

/** Does a tag begin here: '<' and a letter (or a NUL or letter that passes for one)? */
bool pen_html_tag_starts(struct pen_str text, size_t at);

#endif

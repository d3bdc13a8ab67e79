/**
 * One tag while it is read: what its attributes say and do. Used by the walk over tags only; pure.
 */
#ifndef PEN_FILTERS_XSS_ATTRIBUTES_H
#define PEN_FILTERS_XSS_ATTRIBUTES_H

#include "filters/html_lexer.h"
#include "filters/xss_names.h"
#include "filters/xss_tags.h"

struct pen_xss_tag {
    enum pen_xss_element element;
    size_t start;
    struct pen_js_known *known;   /* what values could do, for all readers of the text */
    uint32_t floor;               /* what weighs no more adds nothing to what is found already */
    struct pen_xss_evidence best; /* among its attributes */
    struct pen_xss_evidence held; /* counts when the tag is a meta refresh */
    bool bare : 1;                /* no tag: attributes behind a value that the text has ended */
    bool closes : 1;              /* an end tag: its attributes are dropped */
    bool odd : 1;                 /* its name is "script" for some readers only */
    bool source : 1;              /* it loads something from elsewhere */
    bool script_type : 1;         /* its type is one of JavaScript's */
    bool no_script : 1;           /* a script element whose type is none of JavaScript's */
    bool refresh : 1;
    bool import : 1;
    bool bare_source : 1; /* its address stands without quotes, as tools write none */
    bool animates : 1;    /* the address of a link */
    bool waits : 1;       /* the attribute before was a handler without a value */
    size_t part;          /* bytes of "script" that its name is, when it is no more than a part */
    bool linked : 1;      /* has an xlink:href */
    bool flash : 1;       /* a plug-in that runs programs */
    bool sized : 1;       /* says how it is to be shown, as embedded videos do */
    bool elsewhere : 1;   /* its address is another site's */
    bool open_source : 1; /* its address is not closed: the text ends in it */
    bool player : 1;      /* its address is one that sites offer for embedding */
    bool styles : 1;      /* a link to a style sheet */
    bool events : 1;      /* in the name space of XML events */
    bool handles : 1;     /* names a program for one */
    bool disguised : 1; /* its name is another one's for some readers: letters that fold to ASCII */
    bool plugin : 1;    /* says which plug-in is to run, or that it may use scripts */
};

/** Scores by what a program could do: nothing, something, names a sink, calls it. */
struct pen_xss_scale {
    uint32_t idle;
    uint32_t acts;
    uint32_t names;
    uint32_t harms;
};

/** Evidence of this score would count: reading for it is worth while. */
static inline bool pen_xss_gains(const struct pen_xss_tag *tag, uint32_t score)
{
    return score > tag->floor && score > tag->best.score;
}

/** 0 where no program could add to what is found already. */
uint32_t pen_xss_weigh(const struct pen_xss_tag *tag, struct pen_xss_scale scale,
                       struct pen_str program);

/** Keep it when it is the strongest so far; a score of 0 is nothing. */
void pen_xss_add(struct pen_xss_evidence *best, const char *rule, uint32_t score,
                 struct pen_span span);

/** From the tag's start to the attribute's end. */
static inline struct pen_span pen_xss_up_to(const struct pen_xss_tag *tag,
                                            const struct pen_html_token *attribute)
{
    return (struct pen_span){tag->start, attribute->span.end};
}

/** An address with a host of its own. */
bool pen_xss_leads_elsewhere(struct pen_str value);

/** Note what an attribute tells about its element. */
void pen_xss_note(struct pen_xss_tag *tag, enum pen_xss_role role,
                  const struct pen_html_token *attribute);

/** Judge a processing instruction; other comments are nothing. */
struct pen_xss_evidence pen_xss_instruction(const struct pen_html_token *comment,
                                            struct pen_str text);

/** Judge one attribute of `tag` by itself, and note what it tells about its element. */
void pen_xss_attribute(struct pen_xss_tag *tag, const struct pen_html_token *attribute);

#endif

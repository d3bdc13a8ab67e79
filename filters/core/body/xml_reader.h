/** What the parts of the XML reader share: where it stands and what it has built. */
#ifndef PEN_CORE_BODY_XML_READER_H
#define PEN_CORE_BODY_XML_READER_H

#include "filters/core/body/xml.h"
#include "filters/core/body/xml_chars.h"
#include "filters/core/body/xml_names.h"
#include "filters/core/json_grow.h"

/* A text that grows: a piece of the source while it is one, then a copy. */
struct pen_xml_text {
    struct pen_str bytes;
    bool copied;
};

/* The text between two tags. */
struct pen_xml_run {
    struct pen_xml_text text;
    struct pen_place place; /* in the source, from its first byte to its last */
    bool begun;
    /* The piece that comments, PIs and CDATA sections divide off. */
    size_t piece;        /* where it begins in the text */
    uint32_t piece_from; /* and in the source */
    bool has_first;      /* a piece that stays alone is no node of its own */
    bool divided;        /* there were several */
    struct pen_str first;
    struct pen_place first_place;
};

struct pen_xml_reader {
    const char *begin;
    const char *at;
    const char *end;
    struct pen_json_limits limits;
    struct pen_json_growing tree; /* open: the innermost element, or the document */
    struct pen_xml_scope *scope;
    bool decoded;    /* the source is a string: an encoding that it declares is moot */
    bool has_prefix; /* the start tag being read has one, or declares a namespace */
    struct pen_xml_run run;
    /* Where copied text goes. What is decoded is never longer than what it is decoded from, so
       room for the rest of the source is enough, and taken once. */
    char *room;
    size_t room_left;
    const char *code; /* of the error */
};

/* How far the source goes along with a word. */
enum pen_xml_match { PEN_XML_DIFFERS, PEN_XML_MATCHES, PEN_XML_ENDS };

/* xml_reader.c */

enum pen_status pen_xml_fail(struct pen_xml_reader *r, enum pen_status status, const char *code);
/** At `where`, which the error's offset then tells. */
enum pen_status pen_xml_fail_at(struct pen_xml_reader *r, size_t where, const char *code);
/** What should have come did not: "xml.truncated" at the end, else "xml.syntax". */
enum pen_status pen_xml_unexpected(struct pen_xml_reader *r);

static inline uint32_t pen_xml_here(const struct pen_xml_reader *r)
{
    return (uint32_t)(r->at - r->begin);
}

static inline struct pen_str pen_xml_rest(const struct pen_xml_reader *r)
{
    return (struct pen_str){r->at, (size_t)(r->end - r->at)};
}

/** Compare and stay. */
enum pen_xml_match pen_xml_peek(const struct pen_xml_reader *r, struct pen_str word);
/** `word` must come. */
PEN_MUST_USE enum pen_status pen_xml_expect(struct pen_xml_reader *r, struct pen_str word);
/** White space; false where there was none. */
bool pen_xml_skip_space(struct pen_xml_reader *r);
/** A Name; with `qualified` a QName. Errors: "xml.name", "xml.truncated", "xml.string" */
PEN_MUST_USE enum pen_status pen_xml_name(struct pen_xml_reader *r, bool qualified,
                                          struct pen_str *out);
/** S? '=' S? and the quote that opens a value. */
PEN_MUST_USE enum pen_status pen_xml_equals(struct pen_xml_reader *r, char *quote);
PEN_MUST_USE enum pen_status pen_xml_check_length(struct pen_xml_reader *r, size_t bytes);
/** A node, last child of what is open. */
PEN_MUST_USE enum pen_status pen_xml_node(struct pen_xml_reader *r, enum pen_json_type type,
                                          struct pen_str name, struct pen_json **out);
/** Room for copied text, of what begins at `from` and all that follows. */
PEN_MUST_USE enum pen_status pen_xml_room(struct pen_xml_reader *r, const char *from);

/* xml_text.c */

/** Bytes of the source. */
PEN_MUST_USE enum pen_status pen_xml_append(struct pen_xml_reader *r, struct pen_xml_text *text,
                                            const char *from, const char *to);
/** Bytes from elsewhere; `from` is where in the source their text begins. */
PEN_MUST_USE enum pen_status pen_xml_append_copy(struct pen_xml_reader *r,
                                                 struct pen_xml_text *text, struct pen_str bytes,
                                                 const char *from);
/** "&lt;", "&#60;" at the reader's place. Errors: "xml.entity", "xml.reference" */
PEN_MUST_USE enum pen_status pen_xml_reference(struct pen_xml_reader *r, char out[4],
                                               size_t *length);
/** Characters and references up to the next '<'. */
PEN_MUST_USE enum pen_status pen_xml_characters(struct pen_xml_reader *r);
/** A CDATA section; the reader stands behind its "<![CDATA[". */
PEN_MUST_USE enum pen_status pen_xml_cdata(struct pen_xml_reader *r);
/** A comment or PI stands here: the text goes on behind it, in pieces. */
PEN_MUST_USE enum pen_status pen_xml_divide(struct pen_xml_reader *r);
/** A tag stands here: the text becomes a node. */
PEN_MUST_USE enum pen_status pen_xml_end_text(struct pen_xml_reader *r);
/** Of an element that ends: its texts joined, where it has several. */
PEN_MUST_USE enum pen_status pen_xml_join_texts(struct pen_xml_reader *r);

/* xml_markup.c */

/** "<?xml ...?>", where the document begins with one. */
PEN_MUST_USE enum pen_status pen_xml_declaration(struct pen_xml_reader *r);
/** At "<!--". */
PEN_MUST_USE enum pen_status pen_xml_comment(struct pen_xml_reader *r);
/** At "<?". */
PEN_MUST_USE enum pen_status pen_xml_instruction(struct pen_xml_reader *r);
/** At "<!" that is neither comment nor CDATA section: always an error. */
PEN_MUST_USE enum pen_status pen_xml_refuse_markup(struct pen_xml_reader *r);

/* xml_tag.c */

/** At '<' of a start or empty-element tag. */
PEN_MUST_USE enum pen_status pen_xml_start_tag(struct pen_xml_reader *r);
/** At "</". */
PEN_MUST_USE enum pen_status pen_xml_end_tag(struct pen_xml_reader *r);

#endif

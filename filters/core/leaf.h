/**
 * A leaf: one text that a function would see, value or name, in one decoded form.
 *
 * "%2527" gives three leaves, each linked to the less decoded one it came from. A leaf is a value;
 * it lives as long as its event's arena.
 */
#ifndef PEN_CORE_LEAF_H
#define PEN_CORE_LEAF_H

#include "filters/core/json.h"

/** Where in the request a leaf was found. */
enum __attribute__((packed)) pen_origin {
    PEN_ORIGIN_BODY,      /* path "/Records/0/s3/object/key" */
    PEN_ORIGIN_QUERY,     /* path "query:/name" */
    PEN_ORIGIN_FORM,      /* path "form:/name" */
    PEN_ORIGIN_MULTIPART, /* path "multipart:/avatar", "multipart:/avatar/filename" */
    PEN_ORIGIN_XML,       /* path "xml:/order/item[2]/@id" */
    PEN_ORIGIN_GRAPHQL,   /* path "graphql:/query/user/(id)"; "graphql:" the whole document */
    PEN_ORIGIN_HEADER,    /* path "header:/user-agent" */
    PEN_ORIGIN_PATH,      /* path "path:/2": the second segment; "path:" the whole path */
};

/** Which decoding led from `from` to this leaf. */
enum __attribute__((packed)) pen_coding {
    PEN_CODING_NONE,      /* as the format gives it: JSON escapes are undone */
    PEN_CODING_PERCENT,   /* RFC 3986 */
    PEN_CODING_FORM,      /* percent and '+' */
    PEN_CODING_PERCENT_U, /* "%u0027", as IIS and JavaScript's unescape() read it */
    PEN_CODING_BASE64,    /* RFC 4648, either alphabet */
    PEN_CODING_HEX,       /* two hexadecimal digits a byte */
    PEN_CODING_ENTITY,    /* HTML character references */
    PEN_CODING_ESCAPE,    /* backslash escapes of JSON, JavaScript, C: "\u0027", "\x27" */
    PEN_CODING_UTF7,      /* RFC 2152: "+ADw-" */
    PEN_CODING_FOLD,      /* overlong UTF-8 and look-alikes taken for the ASCII they stand for */
    PEN_CODING_GZIP,      /* RFC 1952, and zlib's format (RFC 1950) */
    PEN_CODING_STRINGS,   /* the printable runs of binary data */
    PEN_CODING_WORDS,     /* encoded words of mail headers, RFC 2047 */
    PEN_CODING_UTF16,     /* of either byte order */
    PEN_CODING_DATA,      /* what a "data:" URL carries, RFC 2397 */
    PEN_CODING_ZEROS,     /* without its NULs: letters of two or four bytes each, taken for one */
    PEN_CODING_TOKEN,     /* a part of a token, RFC 7515 */
    /* From here on `from` is a document, and this leaf a value or name of it. */
    PEN_CODING_JSON,
    PEN_CODING_FIELDS, /* form-encoded "a=1&b=2"; `name` is the field's */
    PEN_CODING_MULTIPART,
    PEN_CODING_XML,
    PEN_CODING_GRAPHQL,
};

struct pen_leaf {
    struct pen_str text;
    struct pen_place place; /* of the raw text in the body, target or field value */
    struct pen_str name;    /* of the query parameter, field, part or header; empty for the body */
    const struct pen_json
        *node; /* the value in a tree (or whose name it is); NULL outside of one */
    const struct pen_leaf *from; /* the less decoded leaf; NULL for the first form */
    uint32_t segment;            /* path leaves: 1-based segment, 0 = the whole path */
    enum pen_origin origin;
    enum pen_coding coding;
    bool is_name; /* the member's or field's name, not its value; path ends in '#' */
};

/** The step's name in findings: "percent", "base64", "json". Never NULL. */
const char *pen_coding_name(enum pen_coding coding);

/** Does this step lead into a document that the text is? */
bool pen_coding_is_document(enum pen_coding coding);

/**
 * The path as findings and exceptions name it: the body's leaves by JSON Pointer (RFC 6901), others
 * with their origin before a colon; a name by a trailing '#', as Relative JSON Pointer does. Where
 * a text is a document the pointer within it follows behind its kind:
 * "/Records/0/body|json/Message".
 */
void pen_leaf_path(const struct pen_leaf *leaf, struct pen_buf *buf);

/** The decodings from the wire to this leaf, oldest first, joined by '|': "percent|percent". */
void pen_leaf_codings(const struct pen_leaf *leaf, struct pen_buf *buf);

#endif

/**
 * A strict JSON reader (RFC 8259, I-JSON's rules of RFC 7493 where they are stricter): one pass,
 * byte ranges for every value, strings decoded, numbers kept as their text.
 *
 * Refused rather than guessed at: duplicate names (after escape decoding), lone surrogates, invalid
 * UTF-8, a byte-order mark, NUL as a byte, numbers that no double holds, anything after the value.
 * `\u0000` is data and stays.
 * The tree is immutable once read; any thread may read it. The same node type carries YAML
 * configuration (gateway/config/yaml.h), so that one set of accessors serves both.
 */
#ifndef PEN_CORE_JSON_H
#define PEN_CORE_JSON_H

#include "filters/core/arena.h"

enum __attribute__((packed)) pen_json_type {
    PEN_JSON_NULL,
    PEN_JSON_FALSE,
    PEN_JSON_TRUE,
    PEN_JSON_NUMBER,
    PEN_JSON_STRING,
    PEN_JSON_ARRAY,
    PEN_JSON_OBJECT,
};

/** One value. Children hang in document order from `first` over `next`. */
struct pen_json {
    struct pen_str name; /* decoded member name; ptr NULL for the root and array elements */
    struct pen_str text; /* a string decoded, a number as written; empty otherwise */
    const struct pen_json *parent;
    const struct pen_json *next;
    const struct pen_json *first;
    struct pen_place place;      /* of the value in the source, quotes included */
    struct pen_place name_place; /* of the name in the source, quotes included */
    uint32_t count;              /* children */
    uint32_t index;              /* position among the parent's children */
    enum pen_json_type type;
    bool plain_text; /* known to be ASCII without a byte that units of encodings begin with: */
    bool plain_name; /* PEN_LOOK_PERCENT to PEN_LOOK_HIGH of filters/core/codec/look.h */
    uint8_t name_id; /* the same for members with the same name, where the reader knows; else 0 */
};

/** Hard ceilings of the reader. 0 in a field = the default named beside it. */
struct pen_json_limits {
    uint32_t depth;      /* nested arrays and objects; 128 */
    uint32_t nodes;      /* values in all; 1,000,000 */
    size_t string_bytes; /* decoded, names included; unlimited within the source */
    size_t number_bytes; /* digits of one number as written; 1,024 */
    bool any_number;     /* also numbers that no double holds, for who computes with all digits */
};

/** What was wrong and where, as stable codes: `json.duplicate_name`. */
struct pen_json_error {
    const char *code; /* "json.syntax", "json.duplicate_name", "json.utf8", "json.surrogate",
                         "json.depth", "json.nodes", "json.number", "json.number_range",
                         "json.string", "json.trailing", "json.bom", "json.empty", "json.truncated",
                         "json.control", "json.memory" */
    size_t offset;    /* byte in the source where reading stopped */
};

/**
 * Read one whole document.
 *
 * @param source  kept by reference: strings without escapes point into it; below 4 GiB
 * @param limits  NULL for the defaults
 * @param error   filled on every error; may be NULL
 *
 * Ownership: the tree lives as long as `arena` and `source`.
 * Errors:    PEN_ERR_SYNTAX, PEN_ERR_LIMIT, PEN_ERR_NOMEM; `out` untouched
 * Cost:      linear; duplicate detection at worst O(n log n) in the members of one object
 */
PEN_MUST_USE enum pen_status pen_json_read(struct pen_str source,
                                           const struct pen_json_limits *limits,
                                           struct pen_arena *arena, const struct pen_json **out,
                                           struct pen_json_error *error);

/** The largest of what a sparse tree does not show. 0 = there is none. */
struct pen_json_left_out {
    uint32_t depth;      /* of nested arrays and objects, the root's own being 1 */
    uint32_t children;   /* of one array */
    size_t number_bytes; /* of one number */
};

/**
 * The same for whoever looks for texts: an array's elements are left out when they hold none, be it
 * a number, word, empty string or what is made of such arrays alone. A node each is most of what
 * such elements cost, and more than fits in a cache. Kept are an array's first number or word,
 * every member of an object, and the `count` and `index` that each would have in the whole tree.
 */
PEN_MUST_USE enum pen_status pen_json_read_sparse(
    struct pen_str source, const struct pen_json_limits *limits, struct pen_arena *arena,
    const struct pen_json **out, struct pen_json_left_out *left_out, struct pen_json_error *error);

/**
 * Read several documents that stand in one source, at ascending places, as the elements of one
 * array: places count from the source's start, limits hold for all of them together. As
 * pen_json_read in everything else.
 */
PEN_MUST_USE enum pen_status pen_json_read_texts(struct pen_str source,
                                                 const struct pen_span *texts, size_t count,
                                                 const struct pen_json_limits *limits,
                                                 struct pen_arena *arena,
                                                 const struct pen_json **out,
                                                 struct pen_json_error *error);

/** The member called `name`, or NULL; also NULL when `object` is NULL or no object. */
const struct pen_json *pen_json_member(const struct pen_json *object, struct pen_str name);

/** The text of a string value, or `fallback` when `value` is NULL or no string. */
struct pen_str pen_json_string_or(const struct pen_json *value, struct pen_str fallback);

/** A non-negative integer written without fraction and exponent. Errors: PEN_ERR_INVALID, _LIMIT.
 */
PEN_MUST_USE enum pen_status pen_json_to_u64(const struct pen_json *value, uint64_t *out);

/**
 * A finite number as seconds, the fraction cut: "1700000000.5" is 1700000000 (RFC 7519
 * NumericDate). Errors: PEN_ERR_INVALID  no number; PEN_ERR_LIMIT  outside (-2^53, 2^53)
 */
PEN_MUST_USE enum pen_status pen_json_to_seconds(const struct pen_json *value, int64_t *out);

/**
 * The value's JSON Pointer (RFC 6901), `/Records/0/s3/object/key`; the root is empty.
 * Written to `buf`; look at `buf->full`.
 */
void pen_json_pointer(const struct pen_json *value, struct pen_buf *buf);

/** The value at a JSON Pointer, or NULL. Array elements by index without leading zero. */
const struct pen_json *pen_json_resolve(const struct pen_json *root, struct pen_str pointer);

#endif

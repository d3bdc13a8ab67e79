/**
 * The typed reader: from the tree of a YAML file into structs, by tables.
 *
 * A shape is the table of the keys that a mapping may have: for each its kind and where its value
 * goes. What is allowed, conf/penstock.schema.json says, and judge.h has seen to it before anything
 * is read; a test holds the two together. What only code can tell is judged here: ranges of
 * quantities, files, references, words that other readers of YAML take for something else. Every
 * error names line, column, the place as a JSON Pointer, what was expected and what was read. One
 * thread.
 */
#ifndef PEN_GATEWAY_READER_H
#define PEN_GATEWAY_READER_H

#include "filters/core/nearest.h"
#include "gateway/config/config.h"

enum pen_key_kind {
    PEN_KEY_TEXT,         /* struct pen_str */
    PEN_KEY_FILE,         /* struct pen_str: a file that exists and can be read */
    PEN_KEY_FLAG,         /* bool */
    PEN_KEY_NUMBER,       /* uint32_t */
    PEN_KEY_MILLISECONDS, /* uint32_t, of "30s" */
    PEN_KEY_SECONDS,      /* uint32_t, of "30s"; no fractions */
    PEN_KEY_SIZE,         /* uint64_t, of "1MiB" */
    PEN_KEY_RATE,         /* uint32_t, of "500B/s" */
    PEN_KEY_WORD,         /* an enum or int, by `words` */
    PEN_KEY_SHAPE,        /* a mapping with `shape`, into the struct at `offset` */
    PEN_KEY_READ,         /* whatever `read` makes of it */
};

enum pen_key_flag {
    PEN_KEY_REFERENCE = 1 << 0, /* ${NAME} may occur; "file:" too unless it is PEN_KEY_FILE */
    PEN_KEY_PRIVATE = 1 << 1,   /* a file that others must not be able to read */
};

/** One of the words that a value may be. */
struct pen_word {
    struct pen_str name;
    int value;
};

struct pen_reader;
struct pen_shape;

struct pen_key {
    struct pen_str name;
    enum pen_key_kind kind;
    unsigned flags; /* set of pen_key_flag */
    size_t offset;  /* of the value in the struct that the shape fills */
    uint64_t least; /* durations in ms, sizes and rates in bytes; the schema knows the rest */
    uint64_t most;
    const struct pen_word *words;
    size_t word_count;
    const struct pen_shape *shape; /* of a PEN_KEY_SHAPE, and of what `read` reads if it has one */
    enum pen_status (*read)(struct pen_reader *reader, const struct pen_json *value, void *target);
};

struct pen_shape {
    const char *schema; /* JSON Pointer of the mapping in penstock.schema.json */
    const struct pen_key *keys;
    size_t key_count;     /* at most PEN_SHAPE_KEYS */
    const void *defaults; /* a filled-in struct, for documentation's sake; NULL = none */
    size_t size;          /* of that struct */
};

#define PEN_SHAPE_KEYS 24

/** Offset of a field whose type must be `is`, so that a table cannot write over its neighbour. */
#define PEN_FIELD(type, field, is) _Generic(((type *)NULL)->field, is : offsetof(type, field))

struct pen_reader {
    struct pen_str source;
    const size_t *lines; /* where each of the source's lines begins */
    size_t line_count;
    struct pen_str folder;
    const struct pen_config_options *options;
    struct pen_arena *arena;
    struct pen_config *config;           /* filled so far */
    struct pen_config_function defaults; /* what functions start from */
    struct pen_error *err;               /* never NULL */
};

/**
 * Note where the source's lines begin; before any place is asked for. Errors: PEN_ERR_NOMEM, told.
 */
PEN_MUST_USE enum pen_status pen_reader_count_lines(struct pen_reader *reader);

/** Where a member of a mapping stands; the mapping itself when it has none of this name. */
struct pen_config_place pen_reader_place(const struct pen_reader *reader,
                                         const struct pen_json *mapping, struct pen_str name);

/** Refuse a value: the sentence after its place. Returns PEN_ERR_INVALID. */
PEN_MUST_USE enum pen_status pen_reader_fail(struct pen_reader *reader,
                                             const struct pen_json *value, const char *format, ...)
    PEN_PRINTF(3, 4);

/** The same, pointing at a byte of the source within the value. */
PEN_MUST_USE enum pen_status pen_reader_fail_at(struct pen_reader *reader,
                                                const struct pen_json *value, size_t offset,
                                                const char *format, ...) PEN_PRINTF(4, 5);

/** The same, pointing at the value's name. */
PEN_MUST_USE enum pen_status pen_reader_fail_name(struct pen_reader *reader,
                                                  const struct pen_json *value, const char *format,
                                                  ...) PEN_PRINTF(3, 4);

/** "expected a list, read the text 'abc'". Returns PEN_ERR_INVALID. */
PEN_MUST_USE enum pen_status pen_reader_expected(struct pen_reader *reader,
                                                 const struct pen_json *value, const char *what);

/** A scalar that looks like something else to us or to another reader: say so, ask for quotes. */
PEN_MUST_USE enum pen_status pen_reader_unquoted(struct pen_reader *reader,
                                                 const struct pen_json *value);

/**
 * A value that the schema lets through and no reader takes: a mistake of ours, which ends here.
 * Returns PEN_ERR_INTERNAL.
 */
PEN_MUST_USE enum pen_status pen_reader_misjudged(struct pen_reader *reader,
                                                  const struct pen_json *value);

/** Out of memory, as an error with a sentence. Returns PEN_ERR_NOMEM. */
PEN_MUST_USE enum pen_status pen_reader_no_memory(struct pen_reader *reader);

/** Read a mapping by its table, keys in the order of the table. */
PEN_MUST_USE enum pen_status pen_reader_mapping(struct pen_reader *reader,
                                                const struct pen_json *value,
                                                const struct pen_shape *shape, void *target);

/** A text, not empty, without control characters; references resolved when `flags` allows. */
PEN_MUST_USE enum pen_status pen_reader_text(struct pen_reader *reader,
                                             const struct pen_json *value, unsigned flags,
                                             struct pen_str *out);

/** One text or a list of texts. */
PEN_MUST_USE enum pen_status pen_reader_texts(struct pen_reader *reader,
                                              const struct pen_json *value, unsigned flags,
                                              const struct pen_str **out, size_t *count);

/** The value of a word; the schema lets no other one through. */
PEN_MUST_USE enum pen_status pen_reader_word(struct pen_reader *reader,
                                             const struct pen_json *value,
                                             const struct pen_word *words, size_t word_count,
                                             int *out);

/** The name of a member, unless another reader of YAML would see no text in it. */
PEN_MUST_USE enum pen_status pen_reader_name(struct pen_reader *reader,
                                             const struct pen_json *value, struct pen_str *out);

/** `text` as it may be printed: cut, and without control characters. */
struct pen_excerpt {
    char text[72];
};
struct pen_excerpt pen_reader_excerpt(struct pen_str text);

#endif

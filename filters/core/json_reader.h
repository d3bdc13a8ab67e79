/** The JSON reader's own: what its parts share. */
#ifndef PEN_CORE_JSON_READER_H
#define PEN_CORE_JSON_READER_H

#include "filters/core/json_names.h"
#include "filters/core/json_nodes.h"

/* A name of up to two blocks, its quotes and colon, and the first block of its value. */
#define PEN_JSON_ROOM 64

/** Where reading is. Each function takes the place where it begins and returns the place behind
 * what it read, or NULL when it has refused: a place in a register instead of one in memory is a
 * third of the speed. */
struct pen_json_reader {
    const char *begin;
    const char *end;
    const char *roomy; /* before it a name and a value may be read by blocks: PEN_JSON_ROOM */
    struct pen_arena *arena;
    struct pen_json_limits limits;
    struct pen_json_nodes nodes;
    uint32_t depth;
    bool sparse;           /* what holds no text is left out */
    struct pen_json *open; /* innermost open container; its `next` is the sibling before it */
    struct pen_json *last; /* its last child so far, of those that are kept */
    /* Of the row before the open object, the member that has the next one's name. */
    const struct pen_json *expected;
    struct pen_str string; /* the newest that was not quiet */
    bool is_plain;         /* as pen_json.plain_text of it */
    uint8_t name_ids;      /* given so far */
    bool alike; /* so far it has that row's names, which differ; none of them is in `names` */
    struct pen_json *outer; /* what holds the values of several texts; NULL for a single one */
    struct pen_json_names names;
    struct pen_json_left_out left_out;
    enum pen_status status; /* of a refusal */
    const char *code;
    const char *at; /* where reading stopped */
};

/** Returns NULL. */
static inline const char *pen_json_refuse(struct pen_json_reader *r, const char *at,
                                          enum pen_status status, const char *code)
{
    r->status = status;
    r->code = code;
    r->at = at;
    return NULL;
}

/** Something else should stand here, or nothing at all stands here. */
static inline const char *pen_json_unexpected(struct pen_json_reader *r, const char *at)
{
    return pen_json_refuse(r, at, PEN_ERR_SYNTAX, at == r->end ? "json.truncated" : "json.syntax");
}

static inline const char *pen_json_no_memory(struct pen_json_reader *r, const char *at)
{
    return pen_json_refuse(r, at, PEN_ERR_NOMEM, "json.memory");
}

static inline uint32_t pen_json_offset(const struct pen_json_reader *r, const char *p)
{
    return (uint32_t)(p - r->begin);
}

#endif

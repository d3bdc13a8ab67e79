/**
 * What an evaluation spends: steps, depth, memory for marks. Shared by both evaluators.
 *
 * A trouble of ours is kept in `status` and everything that returns a verdict then returns false:
 * whoever turns a false into something else ("not", "anyOf") looks at `status` first.
 */
#ifndef PEN_SCHEMA_WORK_H
#define PEN_SCHEMA_WORK_H

#include "filters/schema/schema.h"

/* Schemas within schemas while evaluating. An event is as deep as its reader allows (128), and a
 * handful of references and applicators lie on the way to each level; a frame is some 300 bytes. */
#define PEN_SCHEMA_DEPTH 1024

struct pen_bits_block {
    struct pen_bits_block *next;
    size_t room;
    uint64_t words[];
};

struct pen_schema_work {
    struct pen_arena *arena;
    struct pen_scratch *scratch;
    uint64_t steps_left;
    enum pen_status status;
    uint32_t depth;
    struct pen_bits_block *bits; /* the block in use */
    struct pen_bits_block *first_bits;
    size_t bits_used;                   /* words of it */
    struct pen_schema_values *harmless; /* NULL = nobody asks */
    size_t harmless_room;
};

/** Where the marks' memory was: what is taken later is given back together. */
struct pen_bits_place {
    struct pen_bits_block *block;
    size_t used;
};

static inline struct pen_schema_work pen_schema_work_of(const struct pen_schema_run *run)
{
    return (struct pen_schema_work){
        .arena = run->arena, .scratch = run->scratch, .steps_left = *run->steps_left};
}

/** Note a trouble. Always false. */
static inline bool pen_schema_stop(struct pen_schema_work *work, enum pen_status status)
{
    if (work->status == PEN_OK) work->status = status;
    return false;
}

/** False: the steps are used up. */
static inline bool pen_schema_pay(struct pen_schema_work *work, uint64_t steps)
{
    if (__builtin_expect(work->steps_left < steps, 0)) {
        work->steps_left = 0;
        return pen_schema_stop(work, PEN_ERR_LIMIT);
    }
    work->steps_left -= steps;
    return true;
}

static inline struct pen_bits_place pen_bits_here(const struct pen_schema_work *work)
{
    return (struct pen_bits_place){work->bits, work->bits_used};
}

static inline void pen_bits_back(struct pen_schema_work *work, struct pen_bits_place place)
{
    work->bits = place.block;
    work->bits_used = place.used;
}

/** Cleared words, each paid for; NULL: memory or steps are used up. */
uint64_t *pen_bits_take(struct pen_schema_work *work, size_t words);

/** The schema makes this value harmless. Errors are kept in `status`. */
void pen_schema_note_harmless(struct pen_schema_work *work, const struct pen_json *value);

/** Which children of one value were evaluated. */
struct pen_marks {
    uint64_t *bits;
    size_t words;
    uint64_t few; /* the bits themselves where there are up to 64 */
};

/** False: memory or steps are used up. The marks stay where they are: `bits` may point inside. */
static inline bool pen_marks_init(struct pen_marks *marks, struct pen_schema_work *work,
                                  uint32_t count)
{
    marks->few = 0;
    marks->words = ((size_t)count + 63) / 64;
    marks->bits = count <= 64 ? &marks->few : pen_bits_take(work, marks->words);
    return marks->bits != NULL;
}

static inline void pen_marks_set(struct pen_marks *marks, uint32_t index)
{
    marks->bits[index / 64] |= UINT64_C(1) << (index % 64);
}

static inline bool pen_marks_has(const struct pen_marks *marks, uint32_t index)
{
    return (marks->bits[index / 64] >> (index % 64) & 1) != 0;
}

static inline void pen_marks_join(struct pen_marks *into, const struct pen_marks *from)
{
    for (size_t i = 0; i < into->words; i++) {
        into->bits[i] |= from->bits[i];
    }
}

#endif

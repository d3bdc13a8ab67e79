/**
 * Lowering from inside: one subschema's instructions, gathered before they are put in order.
 *
 * lower.c goes through the subschemas and draws in what they apply to the same value; lower_rules.c
 * fuses the keywords about one type of value.
 */
#ifndef PEN_SCHEMA_LOWER_H
#define PEN_SCHEMA_LOWER_H

#include "filters/schema/compile.h"

struct pen_lowering {
    struct pen_compiler *compiler;
    struct pen_arena *arena;  /* of the program */
    struct pen_arena *making; /* of what is needed meanwhile */
    struct pen_node *nodes;
    struct pen_instruction *instructions;
    uint32_t instruction_count;
    uint32_t instruction_room;
    bool is_dynamic;
    /* of the subschema at work: */
    struct pen_node *node;
    struct pen_instruction *drafts; /* in any order */
    enum pen_group *groups;         /* of each */
    uint32_t draft_count;
    uint32_t draft_room;
    uint32_t group_room;
};

/** The use of a keyword in a subschema; NULL = it is not there. */
const struct pen_use *pen_lower_use(const struct pen_subschema *subschema,
                                    enum pen_keyword keyword);

/** Its single subschema; PEN_NONE = none. */
uint32_t pen_lower_node(const struct pen_subschema *subschema, enum pen_keyword keyword);

/** One more instruction of the subschema at work. Errors: PEN_ERR_NOMEM. */
PEN_MUST_USE enum pen_status pen_lower_add(struct pen_lowering *lowering, enum pen_group group,
                                           struct pen_instruction instruction);

/** All keywords about numbers, strings, arrays and objects. Errors: PEN_ERR_LIMIT, PEN_ERR_NOMEM.
 */
PEN_MUST_USE enum pen_status pen_lower_rules(struct pen_lowering *lowering,
                                             const struct pen_subschema *subschema);

#endif

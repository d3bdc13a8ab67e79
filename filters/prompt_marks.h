/** Fixed marks in a text for a language model, where a grammar makes no sense. Pure; any thread. */
#ifndef PEN_FILTERS_PROMPT_MARKS_H
#define PEN_FILTERS_PROMPT_MARKS_H

#include "filters/core/str.h"

/** The strongest of each kind; a score of 0 = none. */
struct pen_prompt_marks {
    struct pen_span persona; /* "do anything now", two weaker ones together */
    struct pen_span turn;    /* "<|im_start|>", "### System:" */
    struct pen_span exfil;   /* "![x](https://a.example/?q=" */
    struct pen_span hidden;  /* instructions in an HTML comment */
    struct pen_span chinese; /* the same as "ignore previous instructions", without spaces */
    uint32_t persona_score;
    uint32_t turn_score;
    uint32_t exfil_score;
    uint32_t hidden_score;
    uint32_t chinese_score;
};

/** Find them. Linear. */
void pen_prompt_marks(struct pen_str text, struct pen_prompt_marks *out);

#endif

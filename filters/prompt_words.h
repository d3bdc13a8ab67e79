/** The words that instructions to a language model are made of. Pure; any thread. */
#ifndef PEN_FILTERS_PROMPT_WORDS_H
#define PEN_FILTERS_PROMPT_WORDS_H

#include "filters/core/str.h"

enum pen_prompt_word {
    PEN_PROMPT_OTHER,
    PEN_PROMPT_OVERRIDE,    /* "ignore", "vergiss", "olvida" */
    PEN_PROMPT_LEAK,        /* "repeat", "show", "what" */
    PEN_PROMPT_SCOPE,       /* "previous", "above" */
    PEN_PROMPT_OWNER,       /* "your", "system" */
    PEN_PROMPT_MINE,        /* "my": somebody corrects what was theirs */
    PEN_PROMPT_QUALIFIER,   /* "initial", "hidden" */
    PEN_PROMPT_INSTRUCTION, /* "instructions", "rules" */
    PEN_PROMPT_POLICY,      /* "policy", "filters": a model's only with a guard or an owner */
    PEN_PROMPT_PROMPT,
    PEN_PROMPT_TEXT,    /* "everything", "words" */
    PEN_PROMPT_FILLER,  /* "all", "the", "of" */
    PEN_PROMPT_NEGATOR, /* "not", "they", "users": what follows is told, not asked for */
    PEN_PROMPT_ALL,     /* "all": as good as a scope, of instructions */
    PEN_PROMPT_GUARD,   /* "safety": whose rules these are */
    PEN_PROMPT_ARTICLE, /* "a": one of somebody's own */
    PEN_PROMPT_FOLLOW,  /* "follow": what "stop" and "do not" turn into its opposite */
    PEN_PROMPT_STOP,
    PEN_PROMPT_TO,
    PEN_PROMPT_YOU,
};

/** The kind of `word`, in any case of its ASCII letters. */
enum pen_prompt_word pen_prompt_word(struct pen_str word);

#endif

/**
 * Values of a program as far as they can be known without running it: texts put together, names,
 * and what a value leads to; and what a call of one is worth.
 *
 * Pure; any thread.
 */
#ifndef PEN_FILTERS_CODE_VALUES_H
#define PEN_FILTERS_CODE_VALUES_H

#include "filters/code_names.h"

#define PEN_CODE_TEXT  64 /* bytes of a text that are kept: names and commands show within */
#define PEN_CODE_TEXTS 16 /* of one call that are looked at */

/** How surely a call is an attack, from nothing to what is one wherever it stands. */
enum pen_code_strength {
    PEN_CODE_NONE,
    PEN_CODE_BARE,    /* only behind a break-out: print(7), eval(x) */
    PEN_CODE_HINT,    /* evaluates or runs a value: eval(a + b) */
    PEN_CODE_PROBE,   /* sleep(5), require('child_process') */
    PEN_CODE_STRONG,  /* system('id') */
    PEN_CODE_CERTAIN, /* __import__('os').system('id') */
    PEN_CODE_SHELL,   /* runs what is sent or hidden: eval(base64_decode('...')) */
};

enum pen_code_shape {
    PEN_CODE_NOTHING,
    PEN_CODE_NAMED,
    PEN_CODE_HELD, /* by a variable: "$f" */
    PEN_CODE_TEXTUAL,
    PEN_CODE_NUMERIC,
    PEN_CODE_RESULT,
};

struct pen_code_value {
    enum pen_code_shape shape;
    const struct pen_code_name *name; /* of what is named, or of its last member */
    unsigned leads;                   /* PEN_CODE_COMMANDS and so on */
    unsigned number;
    uint8_t length; /* of `text` */
    uint8_t steps;  /* from an object to its class, base, globals */
    bool owned;     /* is a member of an object that nothing is known of */
    bool literal;   /* is a literal, or its member */
    char text[PEN_CODE_TEXT];
};

/* What the arguments of a call hold. */
#define PEN_CODE_HAS_TEXT    0x0001U
#define PEN_CODE_HAS_NUMBER  0x0002U
#define PEN_CODE_HAS_VALUE   0x0004U /* a variable, call or member, not a bare word alone */
#define PEN_CODE_HAS_COMMAND 0x0008U /* a text that is a command line */
#define PEN_CODE_HAS_CODE    0x0010U /* a text that may be a program */
#define PEN_CODE_HAS_CALL    0x0020U /* a text with a dangerous call in it */
#define PEN_CODE_HAS_SECRET  0x0040U /* a text that names a file of secrets */
#define PEN_CODE_HAS_STREAM  0x0080U /* php://, data:, expect:// */
#define PEN_CODE_HAS_REMOTE  0x0100U /* ldap:, rmi: */
#define PEN_CODE_HAS_URL     0x0200U
#define PEN_CODE_HAS_PIPE    0x0400U /* "|id" */
#define PEN_CODE_HAS_SINK    0x0800U /* a text that is the name of a dangerous function */
#define PEN_CODE_HAS_PAGE    0x1000U /* a text with "<?php" or "<%" in it */
#define PEN_CODE_HAS_SCRIPT  0x2000U /* a text that names a file of code */
#define PEN_CODE_HAS_E       0x4000U /* a pattern with the modifier that evaluates */

#define PEN_CODE_CHARACTER_MOST 24

struct pen_code_arguments {
    uint32_t count;
    unsigned has;
    unsigned leads;                    /* of all of them */
    unsigned module;                   /* what the first text leads to when it is loaded */
    const struct pen_code_name *named; /* the entry that a text is the name of */
    struct pen_code_value first;
    uint8_t characters; /* numbers, as chr() takes them */
    char character[PEN_CODE_CHARACTER_MOST];
};

static inline struct pen_str pen_code_text_of(const struct pen_code_value *value)
{
    return (struct pen_str){value->text, value->length};
}

/** A text, or a list that is known by its first text. */
static inline bool pen_code_holds_text(const struct pen_code_value *value)
{
    return value->shape == PEN_CODE_TEXTUAL
           || (value->shape == PEN_CODE_RESULT && value->literal && value->length > 0);
}

/** Nothing, as before the first token; `text` stays and does not count. */
static inline void pen_code_clear(struct pen_code_value *value)
{
    value->shape = PEN_CODE_NOTHING;
    value->name = NULL;
    value->leads = 0;
    value->number = 0;
    value->length = 0;
    value->steps = 0;
    value->owned = false;
    value->literal = false;
}

/** Without the bytes of `text` that do not count: a value has just been written, part by part, and
 * to copy it whole waits for that. */
static inline void pen_code_copy(struct pen_code_value *to, const struct pen_code_value *from)
{
    to->shape = from->shape;
    to->name = from->name;
    to->leads = from->leads;
    to->number = from->number;
    to->length = from->length;
    to->steps = from->steps;
    to->owned = from->owned;
    to->literal = from->literal;
    for (size_t i = 0; i < from->length; i++) {
        to->text[i] = from->text[i];
    }
}

/** A string's content, escapes undone, behind the text that `value` has; what is too long is left.
 */
void pen_code_append(struct pen_code_value *value, struct pen_str content);

/** A list: of its texts the first one is kept, which is the command when the list is run. */
static inline void pen_code_become_list(struct pen_code_value *list,
                                        const struct pen_code_value *first)
{
    list->shape = PEN_CODE_RESULT;
    list->literal = true;
    list->length = first->shape == PEN_CODE_TEXTUAL ? first->length : 0;
    for (size_t i = 0; i < list->length; i++) {
        list->text[i] = first->text[i];
    }
}

/** None, as before the first. */
static inline void pen_code_no_arguments(struct pen_code_arguments *arguments)
{
    arguments->count = 0;
    arguments->has = arguments->leads = arguments->module = 0;
    arguments->named = NULL;
    arguments->first.leads = 0;
    arguments->characters = 0;
}

/** One more argument; `texts`: what texts are good for counts. */
void pen_code_add_argument(struct pen_code_arguments *arguments, const struct pen_code_value *value,
                           bool texts);

/** `a.word`, `a["word"]`: becomes the member. @return what naming it is worth */
enum pen_code_strength pen_code_member(struct pen_code_value *value, struct pen_str word);

/** `a(...)`: becomes the result. @return what the call is worth */
enum pen_code_strength pen_code_call(struct pen_code_value *value,
                                     const struct pen_code_arguments *arguments);

/** Is `name` a function that runs a command or a program, whatever is called so? */
bool pen_code_is_sink(const struct pen_code_name *name);

/** Does a shell take the text for a command that attackers are after? */
bool pen_code_is_command(struct pen_str text);

#endif

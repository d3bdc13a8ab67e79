/**
 * The open brackets of a program that is being read, each with its operands; what statements,
 * arguments and calls come to when they end. Part of code_reader.c.
 */
#ifndef PEN_FILTERS_CODE_STACK_H
#define PEN_FILTERS_CODE_STACK_H

#include "filters/code_lexer.h"
#include "filters/code_reader.h"

#define PEN_CODE_DEEPEST    32 /* brackets in each other whose contents are known */
#define PEN_CODE_NAMES_HELD 8  /* names that were given a value worth to remember */

enum pen_code_join {
    PEN_CODE_JOIN_NONE,
    PEN_CODE_JOIN_MEMBER, /* a name is to come: "a." */
    PEN_CODE_JOIN_TEXT,   /* "a" + */
};

/* What one pair of brackets holds, or the statement itself. */
struct pen_code_level {
    char open;      /* '\0' the statement's */
    bool call;      /* the operand before it is called with what it holds */
    bool index;     /* the operand before it is the object whose member it names */
    bool control;   /* of a key word: "if (" */
    bool commanded; /* `callee` is called with the operand at hand: "include $x" */
    bool wanted;    /* what is called is known: its texts matter */
    bool operand;   /* `value` is complete */
    bool concealed; /* texts are joined by signs that scramble them */
    enum pen_code_join join;
    size_t start;          /* of the operand before it */
    struct pen_str target; /* what the value is given to */
    struct pen_str word;   /* the operand at hand, where it is one name */
    struct pen_code_value value;
    struct pen_code_value left; /* to be joined to `value` */
    struct pen_code_value callee;
    struct pen_code_arguments arguments;
};

struct pen_code_stack {
    struct pen_code_lexer lexer;
    enum pen_code_place place;
    struct pen_code_evidence found;
    struct pen_code_level levels[PEN_CODE_DEEPEST]; /* that of `depth` at depth modulo DEEPEST */
    size_t depth;
    size_t floor;         /* outer levels below it have been overwritten */
    size_t operand_start; /* of the operand at hand in the statement */
    size_t tokens;        /* of the statement */
    size_t statements;
    const struct pen_code_name *first; /* the key word that the statement began with */
    bool key;                          /* the last token was a key word */
    bool controlled;                   /* the last token closed a key word's parentheses */
    bool declared;  /* two words began the statement: a type and a name, if '=' follows */
    bool builds;    /* the statement is of a kind that only whole programs have */
    bool calls;     /* the statement calls what nothing is known of */
    bool dangerous; /* the statement holds a call that is worth something */
    struct {
        struct pen_str name;
        unsigned leads;
    } held[PEN_CODE_NAMES_HELD];
    size_t held_count;
    size_t share;    /* of the text, that is left: a token is one, to look at a text some */
    unsigned loaded; /* what modules that the program has loaded by name lead to */
    bool done;
};

static inline struct pen_code_level *pen_code_top(struct pen_code_stack *r)
{
    return &r->levels[r->depth % PEN_CODE_DEEPEST];
}

static inline void pen_code_broken(struct pen_code_stack *r)
{
    r->found.broken = true;
    r->done = true;
}

/* False: there are not as many left, and reading ends here. */
static inline bool pen_code_spend(struct pen_code_stack *r, size_t steps)
{
    if (r->share <= steps) {
        r->share = 0;
        pen_code_broken(r);
        return false;
    }
    r->share -= steps;
    return true;
}

/** A text of so many bytes is going to be read as a shell would: as much work as some tokens. */
void pen_code_spend_bytes(struct pen_code_stack *r, size_t bytes);

/** What a text may be good for is going to be asked: as much work as some tokens. */
void pen_code_spend_text(struct pen_code_stack *r, const struct pen_code_value *value);

static inline bool pen_code_is_block(const struct pen_code_level *level)
{
    return level->open == '\0' || level->open == '{';
}

/* Nothing of the text has been read yet that could stand on its own. */
static inline bool pen_code_at_start(const struct pen_code_stack *r)
{
    return r->tokens == 0 && r->statements == 0 && r->depth == 0;
}

/** A call or member of this strength, from `start` to where the lexer is. */
void pen_code_note(struct pen_code_stack *r, enum pen_code_strength strength, size_t start);

static inline void pen_code_clear_operands(struct pen_code_level *level)
{
    pen_code_clear(&level->value);
    pen_code_clear(&level->left);
    level->word.len = 0;
    level->operand = false;
    level->join = PEN_CODE_JOIN_NONE;
}

/** What a key word or command's name left is no operand of what follows. */
static inline void pen_code_drop_key(struct pen_code_stack *r)
{
    if (r->key) pen_code_clear_operands(pen_code_top(r));
    r->key = false;
}

/** Part of pen_code_join(): both are there. */
void pen_code_join_texts(struct pen_code_stack *r, struct pen_code_level *level);

/** The operand is complete: join it to the one before. */
static inline void pen_code_join(struct pen_code_stack *r, struct pen_code_level *level)
{
    if (level->join == PEN_CODE_JOIN_TEXT) pen_code_join_texts(r, level);
}

/** What the value that `name` was given leads to; 0: nothing is known of it. */
unsigned pen_code_held_by(const struct pen_code_stack *r, struct pen_str name);

/** `callee` is called and becomes the result. */
void pen_code_call_value(struct pen_code_stack *r, struct pen_code_value *callee,
                         const struct pen_code_arguments *arguments, size_t start);

/** PHP joins texts by the sign that others have for members: what was to be a member is joined. */
void pen_code_member_is_text(struct pen_code_level *level);

/** The end of an argument or element, by a comma, an operator or the bracket. */
void pen_code_end_argument(struct pen_code_stack *r, struct pen_code_level *level);

/** The end of a statement, by a line break or otherwise. */
void pen_code_end_statement(struct pen_code_stack *r, bool line);

/** An opening bracket: a call, an index, a block or a group, by what stands before it. */
void pen_code_push(struct pen_code_stack *r, const struct pen_code_token *token);

/** A closing bracket; '\0' where the text has ended. */
void pen_code_pop(struct pen_code_stack *r, char close);

#endif

/** What is known of a value travels outwards with it: from an argument to its call, from a list to
 * what it is given to. */
#include "filters/code_stack.h"

#include <string.h>

/* Of looking at a text; one word is looked up, others are read as a shell would. */
#define WORD_STEPS 3
#define TEXT_STEPS 8 /* and three for every four bytes */

void pen_code_note(struct pen_code_stack *r, enum pen_code_strength strength, size_t start)
{
    if (strength > PEN_CODE_BARE) r->dangerous = true;
    if (strength <= r->found.strength) return;
    r->found.strength = strength;
    r->found.span = (struct pen_span){start, r->lexer.at};
}

/* The operand is complete: join it to the one before. */
void pen_code_join_texts(struct pen_code_stack *r, struct pen_code_level *level)
{
    level->join = PEN_CODE_JOIN_NONE;
    struct pen_code_value *const left = &level->left;
    struct pen_code_value *const right = &level->value;
    const unsigned leads = left->leads | right->leads;
    const bool texts =
        left->shape == PEN_CODE_TEXTUAL
        && (right->shape == PEN_CODE_TEXTUAL || (right->shape == PEN_CODE_NAMED && !right->owned));
    if (texts) {
        pen_code_append(left, pen_code_text_of(right));
        pen_code_copy(right, left);
        r->found.spelled = true;
    } else if (left->shape != PEN_CODE_NOTHING) {
        const bool numbers = left->shape == PEN_CODE_NUMERIC && right->shape == PEN_CODE_NUMERIC;
        right->shape = numbers ? PEN_CODE_NUMERIC : PEN_CODE_RESULT;
        right->name = NULL;
    }
    right->leads = leads | (level->concealed && texts ? PEN_CODE_DECODED : 0U);
    pen_code_clear(left);
}

void pen_code_call_value(struct pen_code_stack *r, struct pen_code_value *callee,
                         const struct pen_code_arguments *arguments, size_t start)
{
    const struct pen_code_name *const name = callee->name;
    const bool named = callee->shape == PEN_CODE_NAMED;
    /* "await sleep(5)": a function of the program's own. */
    if (name != NULL && name->kind == PEN_CODE_WAITS && r->first != NULL) callee->name = NULL;
    const bool harmless =
        name != NULL && (name->kind == PEN_CODE_SHOWS || name->kind == PEN_CODE_DECODES);
    if (named && name != NULL && name->kind == PEN_CODE_RUNS) {
        callee->leads |= r->loaded & (PEN_CODE_COMMANDS | PEN_CODE_MACHINE_LEAD);
    }
    if (named && !harmless && (name == NULL || (callee->owned && callee->leads == 0))) {
        r->calls = true;
    }
    pen_code_note(r, pen_code_call(callee, arguments), start);
    if (name != NULL && name->kind == PEN_CODE_LOADS) r->loaded |= callee->leads;
}

void pen_code_spend_bytes(struct pen_code_stack *r, size_t bytes)
{
    (void)pen_code_spend(r, TEXT_STEPS + bytes - bytes / 4);
}

void pen_code_spend_text(struct pen_code_stack *r, const struct pen_code_value *value)
{
    if (value->shape != PEN_CODE_TEXTUAL || value->length == 0) return;
    bool word = true;
    for (size_t i = 0; i < value->length && word; i++) {
        word = pen_is_alnum(value->text[i]);
    }
    if (word) {
        (void)pen_code_spend(r, WORD_STEPS);
    } else {
        pen_code_spend_bytes(r, value->length);
    }
}

/* The operand at hand is whole. */
static void end_operand(struct pen_code_stack *r, struct pen_code_level *level)
{
    pen_code_join(r, level);
    if (!level->commanded) return;
    level->commanded = false;
    if (!level->operand) return;
    struct pen_code_arguments arguments;
    pen_code_no_arguments(&arguments);
    pen_code_spend_text(r, &level->value);
    pen_code_add_argument(&arguments, &level->value, true);
    pen_code_copy(&level->value, &level->callee);
    pen_code_call_value(r, &level->value, &arguments, level->start);
}

/* A name is given a value: remember what that leads to. */
static void hold(struct pen_code_stack *r, struct pen_code_level *level)
{
    const struct pen_code_value *const value = &level->value;
    const struct pen_str target = level->target;
    level->target = (struct pen_str){NULL, 0};
    if (target.len == 0 || !level->operand) return;
    unsigned leads = value->leads;
    if (value->shape == PEN_CODE_TEXTUAL
        && pen_code_is_sink(pen_code_name_of(pen_code_text_of(value)))) {
        leads |= PEN_CODE_DECODED;
    }
    if (leads == 0 || r->held_count == PEN_CODE_NAMES_HELD) return;
    r->held[r->held_count].name = target;
    r->held[r->held_count++].leads = leads;
}

unsigned pen_code_held_by(const struct pen_code_stack *r, struct pen_str name)
{
    for (size_t i = 0; i < r->held_count; i++) {
        if (pen_str_equal(r->held[i].name, name)) return r->held[i].leads;
    }
    return 0;
}

void pen_code_end_argument(struct pen_code_stack *r, struct pen_code_level *level)
{
    end_operand(r, level);
    hold(r, level);
    /* The last of a group is its value: (1,eval)(...) */
    if (level->operand && level->open == '(' && !level->call) level->arguments.count = 0;
    if (level->operand && !pen_code_is_block(level)) {
        if (level->wanted && level->arguments.count < PEN_CODE_TEXTS) {
            pen_code_spend_text(r, &level->value);
        }
        pen_code_add_argument(&level->arguments, &level->value, level->wanted);
    }
    pen_code_clear_operands(level);
}

void pen_code_end_statement(struct pen_code_stack *r, bool line)
{
    struct pen_code_level *const level = pen_code_top(r);
    end_operand(r, level);
    hold(r, level);
    /* "1;": a value was to stand here, and more follows. */
    const bool value = r->tokens == 1 && r->statements == 0 && r->depth == 0 && level->operand;
    if (value && !line && r->place == PEN_CODE_WHOLE) r->found.breaks_out = true;
    if (r->tokens > 0) {
        r->statements++;
        r->found.lines += line;
        r->found.others += !r->dangerous && (r->calls || r->builds);
    }
    pen_code_clear_operands(level);
    pen_code_no_arguments(&level->arguments);
    r->tokens = 0;
    r->first = NULL;
    r->key = r->controlled = r->declared = r->builds = r->calls = r->dangerous = false;
}

/* PHP joins texts by the sign that others have for members. */
void pen_code_member_is_text(struct pen_code_level *level)
{
    if (level->join != PEN_CODE_JOIN_MEMBER || !level->operand) return;
    pen_code_copy(&level->left, &level->value);
    /* It takes a constant that nobody has defined for its name: "sy.(st).em". */
    if (level->left.shape == PEN_CODE_NAMED && !level->left.owned) {
        level->left.shape = PEN_CODE_TEXTUAL;
    }
    level->join = PEN_CODE_JOIN_TEXT;
    level->operand = false;
    pen_code_clear(&level->value);
}

void pen_code_push(struct pen_code_stack *r, const struct pen_code_token *token)
{
    struct pen_code_level *const level = pen_code_top(r);
    if (token->sign != '(') pen_code_drop_key(r);
    if (token->sign == '(') pen_code_member_is_text(level);
    if (level->operand && token->line && pen_code_is_block(level) && token->sign != '{') {
        pen_code_end_statement(r, true);
    }
    const bool follows = level->operand && token->sign != '{';
    /* "if (", "return (", "function (": no call. */
    const bool control = follows && r->key && level->value.name != NULL
                         && (level->value.name->kind == PEN_CODE_KEYWORD
                             || (level->value.name->flags & PEN_CODE_CAPITAL) != 0);
    r->key = false;
    if (!follows && r->depth == 0 && level->join == PEN_CODE_JOIN_NONE)
        r->operand_start = token->start;
    if (control || (token->sign == '{' && level->operand)) {
        end_operand(r, level);
        pen_code_clear_operands(level);
        if (token->sign == '{') r->builds = true;
    }
    struct pen_code_level *const inner = &r->levels[(r->depth + 1) % PEN_CODE_DEEPEST];
    inner->open = token->sign;
    inner->control = control;
    inner->call = follows && !control && token->sign == '(';
    inner->index = follows && token->sign == '[';
    inner->commanded = inner->concealed = false;
    inner->start = r->operand_start;
    inner->target = (struct pen_str){NULL, 0};
    pen_code_no_arguments(&inner->arguments);
    const bool known = level->value.name != NULL
                           ? level->value.name->kind != PEN_CODE_SHOWS
                           : level->value.shape != PEN_CODE_NAMED || level->value.leads != 0;
    /* Behind a strong call another one changes little, and describing texts costs. */
    const bool settled = r->found.strength >= PEN_CODE_STRONG;
    inner->wanted = settled       ? false
                    : inner->call ? known
                                  : token->sign == '[' && !inner->index && level->wanted;
    pen_code_clear_operands(inner);
    r->depth++;
    if (r->depth - r->floor == PEN_CODE_DEEPEST) r->floor++;
}

/* Closes a bracket that the text has not opened: what it is put into ends. */
static void close_outside(struct pen_code_stack *r)
{
    if (r->statements > 0 || r->tokens > 1) {
        pen_code_broken(r);
        return;
    }
    r->found.breaks_out = true;
    pen_code_clear_operands(pen_code_top(r));
    r->tokens = 0;
}

/* A list, group or object gives its value to what it stands in. */
static void become_value(struct pen_code_level *outer, const struct pen_code_level *inner)
{
    const struct pen_code_arguments *const held = &inner->arguments;
    if (held->count == 1 && inner->open == '(') {
        pen_code_copy(&outer->value, &held->first);
    } else {
        pen_code_clear(&outer->value);
        outer->value.shape = PEN_CODE_RESULT;
        outer->value.literal = true;
        outer->value.leads = held->leads;
        if (inner->open == '[' && held->count > 0) {
            pen_code_become_list(&outer->value, &held->first);
        }
        /* What a list holds, the call that it is given to holds: ["sh", "-c"]. */
        if (inner->open != '{') outer->arguments.has |= held->has;
        if (outer->arguments.named == NULL) outer->arguments.named = held->named;
    }
    outer->operand = true;
}

/* So deep was the text that nothing is known any more of what stands around: some value. */
static void forget(struct pen_code_stack *r, struct pen_code_level *level)
{
    r->floor = r->depth;
    level->open = r->depth == 0 ? '\0' : '(';
    level->call = level->index = level->control = level->commanded = false;
    level->wanted = level->concealed = false;
    level->target = (struct pen_str){NULL, 0};
    pen_code_clear_operands(level);
    pen_code_no_arguments(&level->arguments);
    level->value.shape = PEN_CODE_RESULT;
    level->operand = true;
}

void pen_code_pop(struct pen_code_stack *r, char close)
{
    if (r->depth == 0) {
        if (close == '}' && r->place == PEN_CODE_SPLICED) {
            r->done = true;
        } else {
            close_outside(r);
        }
        return;
    }
    struct pen_code_level *const inner = pen_code_top(r);
    pen_code_end_argument(r, inner);
    r->key = false;
    r->depth--;
    struct pen_code_level *const outer = pen_code_top(r);
    if (r->depth < r->floor) {
        forget(r, outer);
        return;
    }
    const struct pen_code_arguments *const held = &inner->arguments;
    if (inner->control) {
        r->controlled = true;
    } else if (inner->call) {
        pen_code_call_value(r, &outer->value, held, inner->start);
    } else if (inner->index) {
        if (held->count == 1 && held->first.shape == PEN_CODE_TEXTUAL) {
            pen_code_note(r, pen_code_member(&outer->value, pen_code_text_of(&held->first)),
                          inner->start);
        } else {
            outer->value.name = NULL;
            outer->value.leads |= held->leads & PEN_CODE_SENT;
            outer->value.owned = true;
        }
        if ((outer->value.leads & PEN_CODE_SENT) != 0) outer->value.shape = PEN_CODE_RESULT;
    } else if (inner->open == '{' && pen_code_is_block(outer) && r->builds) {
        pen_code_end_statement(r, false);
    } else {
        become_value(outer, inner);
    }
}

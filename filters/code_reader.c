/**
 * One function a kind of token. Operands and operators must alternate; that is all the grammar
 * there is.
 */
#include "filters/code_reader.h"

#include <string.h>

#include "filters/code_stack.h"

/* A new operand is to begin; false: one stands there already, and the text is no program. */
static bool begin_operand(struct pen_code_stack *r, const struct pen_code_token *token)
{
    struct pen_code_level *const level = pen_code_top(r);
    pen_code_drop_key(r);
    if (level->operand) {
        const struct pen_code_name *const name = level->value.name;
        const bool commands = level->value.shape == PEN_CODE_NAMED && name != NULL
                              && (name->flags & PEN_CODE_COMMAND) != 0 && !level->commanded;
        if (token->line && pen_code_is_block(level)) {
            pen_code_end_statement(r, true);
        } else if (r->controlled && pen_code_is_block(level)) {
            pen_code_clear_operands(level); /* if (a) b */
        } else if (commands) {
            pen_code_copy(&level->callee, &level->value);
            level->commanded = true;
            level->start = r->operand_start;
            pen_code_clear_operands(level);
        } else if (r->tokens == 1 && token->kind == PEN_CODE_WORD && r->depth == 0
                   && level->value.shape == PEN_CODE_NAMED) {
            r->declared = true;
            pen_code_clear_operands(level);
        } else {
            pen_code_broken(r);
            return false;
        }
    }
    if (r->depth == 0 && level->join == PEN_CODE_JOIN_NONE && !level->commanded) {
        r->operand_start = token->start;
    }
    return true;
}

static void set_named(struct pen_code_level *level, const struct pen_code_name *name,
                      struct pen_str word)
{
    struct pen_code_value *const value = &level->value;
    pen_code_clear(value);
    value->shape = PEN_CODE_NAMED;
    value->name = name;
    pen_code_append(value, word);
    level->operand = true;
    if (name == NULL || name->kind == PEN_CODE_DECODES || name->kind == PEN_CODE_EVALUATES) return;
    if (name->kind == PEN_CODE_WALKS && (name->flags & PEN_CODE_LEADS) != 0) return; /* Class */
    value->leads = name->leads;
    value->steps = name->kind == PEN_CODE_WALKS;
}

/* A key word, or a word of English that may be one. @return it was taken as such */
static bool take_key_word(struct pen_code_stack *r, const struct pen_code_name *name,
                          const struct pen_code_token *token)
{
    struct pen_code_level *const level = pen_code_top(r);
    const bool capital = token->text.ptr[0] >= 'A' && token->text.ptr[0] <= 'Z';
    const bool infix = (name->flags & PEN_CODE_INFIX) != 0;
    const bool loose = (name->flags & PEN_CODE_LOOSE) != 0;
    if (capital) return false;
    pen_code_drop_key(r);
    if (level->operand && !(token->line && pen_code_is_block(level))) {
        const bool fits = !loose || !pen_code_is_block(level)
                          || (r->first != NULL && (r->first->flags & PEN_CODE_LOOSE));
        if (!infix || !fits) {
            if (!r->controlled) return false;
            pen_code_clear_operands(level); /* if (a) return b */
        } else {
            pen_code_end_argument(r, level);
            return true;
        }
    }
    if (infix && !loose && pen_code_at_start(r) && r->place == PEN_CODE_CLOSED) {
        r->found.breaks_out = true; /* ' and die(...) or ' */
        return true;
    }
    if ((name->flags & PEN_CODE_LEADS) == 0) return false;
    if (level->operand) pen_code_end_statement(r, true);
    if (r->tokens == 0) r->first = name;
    if ((name->flags & PEN_CODE_BUILDS) != 0) r->builds = true;
    if (r->depth == 0 && level->join == PEN_CODE_JOIN_NONE) r->operand_start = token->start;
    set_named(level, name, token->text); /* echo('x'), import('fs') are calls */
    r->key = true;
    return true;
}

static void take_word(struct pen_code_stack *r, const struct pen_code_token *token)
{
    struct pen_code_level *level = pen_code_top(r);
    if (level->join == PEN_CODE_JOIN_MEMBER && level->operand) {
        level->join = PEN_CODE_JOIN_NONE;
        r->key = false;
        pen_code_note(r, pen_code_member(&level->value, token->text), r->operand_start);
        return;
    }
    const struct pen_code_name *name = pen_code_name_of(token->text);
    const bool variable = token->kind == PEN_CODE_VARIABLE;
    if (name != NULL && !variable && take_key_word(r, name, token)) return;
    if (!begin_operand(r, token)) return;

    level = pen_code_top(r);
    set_named(level, name, token->text);
    if (name == NULL || (variable && name->kind != PEN_CODE_INPUT)) {
        if (variable) level->value.shape = PEN_CODE_HELD;
        level->value.name = NULL;
        level->value.leads = pen_code_held_by(r, token->text);
        level->word = token->text;
    }
}

/* `system "id"`, `print "x"`: the argument of a command. */
static bool takes_command_argument(struct pen_code_stack *r, const struct pen_code_value *text)
{
    struct pen_code_level *const level = pen_code_top(r);
    const struct pen_code_name *const name = level->value.name;
    if (!level->operand || level->join != PEN_CODE_JOIN_NONE || level->value.shape != PEN_CODE_NAMED
        || name == NULL) {
        return false;
    }
    const bool takes =
        (name->flags & PEN_CODE_COMMAND) != 0 || (r->key && name->kind != PEN_CODE_KEYWORD);
    if (!takes) return false;

    struct pen_code_arguments arguments;
    pen_code_no_arguments(&arguments);
    pen_code_spend_text(r, text);
    pen_code_add_argument(&arguments, text, true);
    /* Perl's `eval "require X; 1"` is how modules are asked for. */
    if (name->kind == PEN_CODE_EVALUATES) arguments.has &= ~PEN_CODE_HAS_CODE;
    r->key = false;
    pen_code_call_value(r, &level->value, &arguments, r->operand_start);
    return true;
}

static void take_text(struct pen_code_stack *r, const struct pen_code_token *token)
{
    struct pen_code_level *level = pen_code_top(r);
    struct pen_code_value text;
    pen_code_clear(&text);
    text.shape = PEN_CODE_TEXTUAL;
    text.literal = true;
    pen_code_append(&text, token->text);
    if (!token->closed) r->found.incomplete = true;
    pen_code_member_is_text(level);
    if (takes_command_argument(r, &text)) return;
    if (level->operand && level->value.shape == PEN_CODE_TEXTUAL && !token->line) {
        pen_code_append(&level->value, token->text); /* 'a' 'b' */
        r->found.spelled = true;
        return;
    }
    if (!begin_operand(r, token)) return;
    level = pen_code_top(r);
    pen_code_copy(&level->value, &text);
    level->operand = true;
}

/* One line that is no template of JavaScript's. */
static bool is_command_line(struct pen_str text)
{
    return pen_str_find(text, '\n', 0) == text.len
           && pen_str_find_str(text, PEN_S("${")) == text.len && pen_code_is_command(text);
}

/* What a shell runs, where more than the text itself says that it is code: `id` is Markdown. */
static void take_ticks(struct pen_code_stack *r, const struct pen_code_token *token)
{
    struct pen_code_level *const level = pen_code_top(r);
    const bool tagged = level->operand && !token->spaced && !r->key
                        && level->value.shape == PEN_CODE_NAMED && level->value.name != NULL;
    if (tagged) { /* require`fs` */
        struct pen_code_arguments arguments;
        pen_code_no_arguments(&arguments);
        struct pen_code_value text;
        pen_code_clear(&text);
        text.shape = PEN_CODE_TEXTUAL;
        pen_code_append(&text, token->text);
        pen_code_spend_text(r, &text);
        pen_code_add_argument(&arguments, &text, true);
        pen_code_call_value(r, &level->value, &arguments, r->operand_start);
        return;
    }
    const bool quoted = r->lexer.text.ptr[token->start] == '`';
    const bool alone =
        quoted && pen_code_at_start(r) && r->place == PEN_CODE_WHOLE && !r->found.breaks_out;
    if (!alone && token->closed && token->text.len > 0) {
        if (pen_str_starts(token->text, PEN_S("$_")))
            pen_code_note(r, PEN_CODE_SHELL, token->start);
        pen_code_spend_bytes(r, token->text.len);
        if (is_command_line(token->text)) pen_code_note(r, PEN_CODE_STRONG, token->start);
    }
    take_text(r, token);
}

static void take_number(struct pen_code_stack *r, const struct pen_code_token *token)
{
    struct pen_code_level *level = pen_code_top(r);
    pen_code_member_is_text(level);
    if (!begin_operand(r, token)) return;

    level = pen_code_top(r);
    pen_code_clear(&level->value);
    level->value.shape = PEN_CODE_NUMERIC;
    level->value.literal = true;
    for (size_t i = 0; i < token->text.len && pen_is_digit(token->text.ptr[i]) && i < 6; i++) {
        level->value.number = level->value.number * 10 + (unsigned)(token->text.ptr[i] - '0');
    }
    level->operand = true;
}

/* What a text begins with only where it goes on with what it is put into. */
static bool goes_on(const struct pen_code_stack *r, char sign)
{
    const char next = r->lexer.at < r->lexer.text.len ? r->lexer.text.ptr[r->lexer.at] : '\0';
    const bool blank = next == ' ' || next == '\t' || next == '\n' || next == '\0';
    if (sign == ';') return true;
    if (sign == ',') return r->place == PEN_CODE_CLOSED || !blank;
    if (sign != '.' && sign != '+' && sign != '^' && sign != 'o') return false;
    return r->place == PEN_CODE_CLOSED || !blank;
}

/* "<b>", "> quoted", "- item", "+ added": markup, lists, changes; or a string that has not ended.
 */
static bool is_no_start(const struct pen_code_stack *r, const struct pen_code_token *token)
{
    const char c = token->text.len > 0 ? token->text.ptr[0] : token->sign;
    if (c == '<' || c == '>') return true;
    if (goes_on(r, token->sign)) return false;
    if (r->place == PEN_CODE_CLOSED) return memchr(")]}", token->sign, 3) == NULL;
    return token->sign == 'o' || token->sign == '+' || token->sign == ',';
}

static void take_member_sign(struct pen_code_stack *r)
{
    struct pen_code_level *const level = pen_code_top(r);
    r->key = false;
    if (level->operand) {
        pen_code_join(r, level);
    } else if (r->found.breaks_out && pen_code_at_start(r)) {
        return; /* ".system('id')." behind a string */
    } else {
        pen_code_clear(&level->value);
        level->value.shape = PEN_CODE_RESULT;
        level->value.owned = true;
        level->operand = true;
    }
    level->join = PEN_CODE_JOIN_MEMBER;
}

/* os:cmd("id") of Erlang, (clojure.java.shell/sh "id"): the sign before a module's function. */
static bool is_module_sign(const struct pen_code_stack *r, const struct pen_code_level *level,
                           const struct pen_code_token *token)
{
    const char c = token->text.ptr[0];
    if ((c != ':' && c != '/') || token->text.len > 1 || token->spaced || !level->operand
        || level->value.shape != PEN_CODE_NAMED || r->lexer.at == r->lexer.text.len
        || !pen_is_alpha(r->lexer.text.ptr[r->lexer.at])) {
        return false;
    }
    return pen_str_equal(pen_code_text_of(&level->value),
                         c == ':' ? PEN_S("os") : PEN_S("clojure"));
}

/* Seq("sh", "-c", "id").! and "id".!! of Scala. */
static void run_text(struct pen_code_stack *r, const struct pen_code_level *level)
{
    pen_code_spend_bytes(r, level->value.length);
    if (pen_code_is_command(pen_code_text_of(&level->value))) {
        pen_code_note(r, PEN_CODE_STRONG, r->operand_start);
    }
}

static void take_operator(struct pen_code_stack *r, const struct pen_code_token *token)
{
    struct pen_code_level *const level = pen_code_top(r);
    if (is_module_sign(r, level, token)) {
        take_member_sign(r);
        return;
    }
    const bool runs = token->text.ptr[0] == '!' && token->text.len == 1 && !token->spaced
                      && level->join == PEN_CODE_JOIN_MEMBER && level->operand;
    if (runs && pen_code_holds_text(&level->value)) run_text(r, level);
    pen_code_drop_key(r);
    if (!level->operand) {
        level->join = PEN_CODE_JOIN_NONE;
        return;
    }
    const bool value = r->depth == 0 && r->tokens == 1 && r->statements == 0
                       && level->value.shape == PEN_CODE_NUMERIC;
    if (value && r->place == PEN_CODE_WHOLE) r->found.breaks_out = true; /* 1+sleep(5) */
    if (token->sign == '^') level->concealed = true;
    if (token->sign == '+' || token->sign == '^') {
        pen_code_join(r, level);
        pen_code_copy(&level->left, &level->value);
        level->join = PEN_CODE_JOIN_TEXT;
        level->operand = false;
        pen_code_clear(&level->value);
    } else {
        pen_code_end_argument(r, level);
    }
}

static void take_sign(struct pen_code_stack *r, const struct pen_code_token *token)
{
    struct pen_code_level *const level = pen_code_top(r);
    if (pen_code_at_start(r) && r->place != PEN_CODE_PAGE) {
        if (is_no_start(r, token)) {
            pen_code_broken(r);
            return;
        }
        if (goes_on(r, token->sign)) r->found.breaks_out = true;
    }
    switch (token->sign) {
    case '(':
    case '[':
    case '{':
        pen_code_push(r, token);
        return;
    case ')':
    case ']':
    case '}':
        pen_code_pop(r, token->sign);
        return;
    case ';':
        if (pen_code_is_block(level)) {
            pen_code_end_statement(r, false);
        } else {
            pen_code_end_argument(r, level);
        }
        return;
    case ',':
        pen_code_drop_key(r);
        pen_code_end_argument(r, level);
        return;
    case '=':
        level->target = level->word;
        r->declared = false;
        r->key = false;
        pen_code_clear_operands(level);
        return;
    case '.':
        take_member_sign(r);
        return;
    case '@': /* @system(), or a member: @java.lang.Runtime@getRuntime() */
        if (level->operand && !token->spaced) level->join = PEN_CODE_JOIN_MEMBER;
        return;
    case '~':
        if (!level->operand) level->concealed = true;
        return;
    case '$': /* ${'a'}, $$a */
    case '#':
    case '\\':
        return;
    default:
        take_operator(r, token);
        return;
    }
}

static void take(struct pen_code_stack *r, const struct pen_code_token *token)
{
    const bool is_sign = token->kind == PEN_CODE_SIGN;
    const bool controlled = r->controlled;
    if (r->declared && !(is_sign && token->sign == '=')) {
        pen_code_broken(r);
        return;
    }
    switch (token->kind) {
    case PEN_CODE_WORD:
    case PEN_CODE_VARIABLE:
        take_word(r, token);
        break;
    case PEN_CODE_NUMBER:
        take_number(r, token);
        break;
    case PEN_CODE_STRING:
        take_text(r, token);
        break;
    case PEN_CODE_TICKS:
        take_ticks(r, token);
        break;
    case PEN_CODE_SIGN:
        take_sign(r, token);
        break;
    case PEN_CODE_PROSE:
        pen_code_broken(r);
        break;
    case PEN_CODE_END:
        r->done = true;
        break;
    }
    if (controlled) r->controlled = false;
    if (!is_sign || token->sign != ';') r->tokens++;
}

struct pen_code_evidence pen_code_read(struct pen_str text, size_t from, enum pen_code_place place,
                                       size_t *share)
{
    struct pen_code_stack r;
    struct pen_code_level *const statement = &r.levels[0];
    r.lexer = (struct pen_code_lexer){.text = text, .at = from};
    r.place = place;
    r.share = *share;
    r.found = (struct pen_code_evidence){.strength = PEN_CODE_NONE};
    r.depth = r.floor = r.tokens = r.statements = r.held_count = 0;
    r.operand_start = from;
    r.first = NULL;
    r.key = r.controlled = r.declared = r.builds = r.calls = r.dangerous = r.done = false;
    r.loaded = 0;
    statement->open = '\0';
    statement->call = statement->index = statement->control = statement->commanded = false;
    statement->wanted = statement->concealed = false;
    statement->start = from;
    statement->target = (struct pen_str){NULL, 0};
    pen_code_clear_operands(statement);
    pen_code_no_arguments(&statement->arguments);
    while (!r.done) {
        r.lexer.operand = pen_code_top(&r)->operand && !r.key;
        struct pen_code_token token;
        if (!pen_code_spend(&r, 1)) break;
        pen_code_next(&r.lexer, &token);
        take(&r, &token);
        /* Behind a quote only what goes on with a program shows that a string has ended. */
        if (place == PEN_CODE_CLOSED && !r.found.breaks_out && !r.done) pen_code_broken(&r);
    }
    if (!r.found.broken) {
        while (r.depth > r.floor) {
            pen_code_pop(&r, '\0');
        }
        if (r.depth == 0) pen_code_end_statement(&r, false);
    }
    *share = r.share;
    r.found.end = r.lexer.at;
    r.found.cut = r.lexer.cut;
    r.found.spelled = r.found.spelled || r.lexer.spelled;
    return r.found;
}

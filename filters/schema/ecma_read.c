/**
 * Terms, groups and quantifiers of ECMA-262 expressions.
 *
 * What matters later is counted while reading: how long a term's matches are and whether it may
 * match nothing, as PCRE2's lookbehind and loops depend on it.
 */
#include "filters/schema/ecma_reader.h"

#include "filters/core/utf8.h"

#define LONGEST_BEHIND 255 /* characters; PCRE2 goes back as many, by steps that nothing counts */

static enum pen_status read_alternatives(struct pen_ecma_reader *r, struct pen_ecma_node *owner);

enum pen_status pen_ecma_fail(struct pen_ecma_reader *r, enum pen_status status, size_t at,
                              const char *sentence)
{
    pen_error_set(r->err, "expression \"%.*s\", at %zu: %s", PEN_STR_ARGS(r->source), at, sentence);
    return status;
}

uint32_t pen_ecma_take(struct pen_ecma_reader *r)
{
    const unsigned char *const p = (const unsigned char *)r->source.ptr + r->at;
    uint32_t code = *p;
    r->at += code < 0x80 ? 1 : (size_t)(pen_ecma_take_wide(p, &code) - p);
    return code;
}

/* Lengths are only of interest where they are short. */
static uint32_t add_lengths(uint32_t a, uint32_t b)
{
    if (a > LONGEST_BEHIND || b > LONGEST_BEHIND) return PEN_ECMA_ANY_LENGTH;
    return a + b > LONGEST_BEHIND ? PEN_ECMA_ANY_LENGTH : a + b;
}

static uint32_t repeated_length(uint32_t length, uint32_t min, uint32_t max)
{
    if (max == 0) return 0;
    if (min != max || length > LONGEST_BEHIND || min > LONGEST_BEHIND) return PEN_ECMA_ANY_LENGTH;
    return length * min > LONGEST_BEHIND ? PEN_ECMA_ANY_LENGTH : length * min;
}

static struct pen_ecma_node *make_node(struct pen_ecma_reader *r, enum pen_ecma_kind kind,
                                       size_t place)
{
    struct pen_ecma_node *const node = pen_arena_calloc(r->arena, 1, sizeof(*node));
    if (node == NULL) return NULL;
    *node = (struct pen_ecma_node){
        .kind = kind,
        .place = place,
        .min = 1,
        .max = 1,
        .length = kind == PEN_ECMA_SET         ? 1
                  : kind == PEN_ECMA_REFERENCE ? PEN_ECMA_ANY_LENGTH
                                               : 0,
        .depth = r->depth,
        .nullable = kind != PEN_ECMA_SET,
    };
    return node;
}

/* Without a tree there are no nodes: NULL stands for every one of them. */
static enum pen_status make(struct pen_ecma_reader *r, enum pen_ecma_kind kind, size_t place,
                            struct pen_ecma_node **out)
{
    *out = r->arena == NULL ? NULL : make_node(r, kind, place);
    return *out == NULL && r->arena != NULL ? PEN_ERR_NOMEM : PEN_OK;
}

static enum pen_status make_set(struct pen_ecma_reader *r, struct pen_ecma_set **out)
{
    *out = r->arena == NULL ? NULL : pen_arena_calloc(r->arena, 1, sizeof(**out));
    return *out == NULL && r->arena != NULL ? PEN_ERR_NOMEM : PEN_OK;
}

static enum pen_status make_alternative(struct pen_ecma_reader *r, struct pen_ecma_node *owner,
                                        struct pen_ecma_alternative **out)
{
    *out = NULL;
    if (r->arena == NULL) return PEN_OK;
    struct pen_ecma_alternative *const made = pen_arena_calloc(r->arena, 1, sizeof(*made));
    if (made == NULL) return PEN_ERR_NOMEM;
    made->owner = owner;
    made->nullable = true;
    *out = made;
    return PEN_OK;
}

/* The term is complete, with its quantifier. */
static void append(struct pen_ecma_alternative *alternative, struct pen_ecma_node *term)
{
    if (term == NULL) return;
    term->within = alternative;
    term->body_nullable = term->nullable;
    term->nullable_loop |= term->body_nullable && term->max > 1;
    term->nullable |= term->min == 0;
    term->length = repeated_length(term->length, term->min, term->max);
    if (alternative->last == NULL) {
        alternative->first = term;
    } else {
        alternative->last->next = term;
    }
    alternative->last = term;
    alternative->length = add_lengths(alternative->length, term->length);
    alternative->nullable &= term->nullable;
    alternative->nullable_loop |= term->nullable_loop;
}

/* An alternative of it is complete. */
static void adopt(struct pen_ecma_node *owner, struct pen_ecma_alternative *last,
                  struct pen_ecma_alternative *alternative)
{
    if (owner == NULL) return;
    owner->nullable_loop |= alternative->nullable_loop;
    if (last == NULL) owner->alternatives = alternative;
    if (last != NULL) last->next = alternative;
    if (pen_ecma_looks_around(owner)) return;

    owner->nullable =
        last == NULL ? alternative->nullable : owner->nullable | alternative->nullable;
    if (last == NULL) {
        owner->length = alternative->length;
    } else if (owner->length != alternative->length) {
        owner->length = PEN_ECMA_ANY_LENGTH;
    }
}

/* Capped: no text has PEN_ECMA_ENDLESS characters. */
static bool take_number(struct pen_ecma_reader *r, uint32_t *out)
{
    const size_t start = r->at;
    uint64_t value = 0;
    for (; pen_is_digit(pen_ecma_peek(r, 0)); r->at++) {
        value = value * 10 + (uint64_t)(pen_ecma_peek(r, 0) - '0');
        if (value > PEN_ECMA_ENDLESS) value = PEN_ECMA_ENDLESS;
    }
    *out = (uint32_t)value;
    return r->at > start;
}

/* {n} {n,} {n,m}; false: none, and nothing was read. */
static bool take_braces(struct pen_ecma_reader *r, uint32_t *min, uint32_t *max)
{
    const size_t start = r->at;
    r->at++;
    bool good = take_number(r, min);
    *max = *min;
    if (good && pen_ecma_peek(r, 0) == ',') {
        r->at++;
        if (!take_number(r, max)) *max = PEN_ECMA_ENDLESS;
    }
    good = good && pen_ecma_peek(r, 0) == '}';
    r->at = good ? r->at + 1 : start;
    return good;
}

/* False: there is none. */
static bool take_quantifier(struct pen_ecma_reader *r, uint32_t *min, uint32_t *max)
{
    switch (pen_ecma_peek(r, 0)) {
    case '*':
    case '+':
    case '?':
        *min = pen_ecma_peek(r, 0) == '+' ? 1 : 0;
        *max = pen_ecma_peek(r, 0) == '?' ? 1 : PEN_ECMA_ENDLESS;
        r->at++;
        return true;
    case '{':
        return take_braces(r, min, max);
    default:
        return false;
    }
}

/* Behind an atom. */
static enum pen_status read_quantifier(struct pen_ecma_reader *r, struct pen_ecma_node *node,
                                       bool repeatable)
{
    const size_t at = r->at;
    uint32_t min = 1;
    uint32_t max = 1;
    if (!take_quantifier(r, &min, &max)) return PEN_OK;
    if (!repeatable) {
        return pen_ecma_fail(r, PEN_ERR_SYNTAX, at, "what stands before cannot be repeated");
    }
    if (max < min) return pen_ecma_fail(r, PEN_ERR_SYNTAX, at, "the numbers are out of order");
    const bool lazy = pen_ecma_peek(r, 0) == '?';
    if (lazy) r->at++;
    if (node != NULL) {
        node->min = min;
        node->max = max;
        node->lazy = lazy;
    }
    return PEN_OK;
}

/* Behind '(': which kind of group it is; up to its first alternative. */
static enum pen_status read_group_head(struct pen_ecma_reader *r, enum pen_ecma_kind *kind,
                                       bool *captures)
{
    static const struct {
        struct pen_str head;
        enum pen_ecma_kind kind;
    } heads[] = {
        {PEN_STR("?:"), PEN_ECMA_GROUP},       {PEN_STR("?="), PEN_ECMA_AHEAD},
        {PEN_STR("?!"), PEN_ECMA_NOT_AHEAD},   {PEN_STR("?<="), PEN_ECMA_BEHIND},
        {PEN_STR("?<!"), PEN_ECMA_NOT_BEHIND},
    };
    *captures = false;
    for (size_t i = 0; i < PEN_COUNT_OF(heads); i++) {
        if (!pen_str_stands(r->source, r->at, heads[i].head)) continue;
        *kind = heads[i].kind;
        r->at += heads[i].head.len;
        return PEN_OK;
    }
    *kind = PEN_ECMA_GROUP;
    *captures = true;
    if (pen_str_stands(r->source, r->at, PEN_S("?<"))) {
        r->at += 2;
        struct pen_str name;
        return pen_ecma_read_name(r, &name);
    }
    if (pen_ecma_peek(r, 0) != '?') return PEN_OK;
    return pen_ecma_fail(r, PEN_ERR_SYNTAX, r->at - 1,
                         "a kind of group that ECMA-262 (2024) has not");
}

static enum pen_status read_group(struct pen_ecma_reader *r, struct pen_ecma_node **out,
                                  bool *repeatable)
{
    const size_t at = r->at++;
    enum pen_ecma_kind kind;
    bool captures;
    PEN_TRY(read_group_head(r, &kind, &captures));
    if (r->depth == PEN_ECMA_GROUPS_DEEP) {
        return pen_ecma_fail(r, PEN_ERR_LIMIT, at, "groups are nested too deeply");
    }
    PEN_TRY(make(r, kind, at, out));
    if (captures) {
        if (r->groups_begun == r->group_count) return PEN_ERR_INTERNAL; /* counted otherwise */
        r->groups_begun++;
        if (*out != NULL) {
            (*out)->number = r->groups_begun;
            r->tree->groups[r->groups_begun] = *out;
        }
    }
    r->depth++;
    PEN_TRY(read_alternatives(r, *out));
    r->depth--;
    if (pen_ecma_peek(r, 0) != ')') {
        return pen_ecma_fail(r, PEN_ERR_SYNTAX, at, "a group without its ')'");
    }
    r->at++;
    /* Annex B: what looks ahead may be repeated. */
    const bool ahead = kind == PEN_ECMA_AHEAD || kind == PEN_ECMA_NOT_AHEAD;
    *repeatable = kind == PEN_ECMA_GROUP || (ahead && !r->strict);
    return PEN_OK;
}

static enum pen_status read_escape_term(struct pen_ecma_reader *r, struct pen_ecma_node **out,
                                        bool *repeatable)
{
    const size_t at = r->at++;
    struct pen_ecma_set *set;
    struct pen_ecma_atom atom;
    PEN_TRY(make_set(r, &set));
    PEN_TRY(pen_ecma_read_escape(r, set, &atom));
    if (atom.is_boundary) {
        *repeatable = false;
        return make(r, atom.code == 'b' ? PEN_ECMA_BOUNDARY : PEN_ECMA_NOT_BOUNDARY, at, out);
    }
    if (atom.group > 0) {
        PEN_TRY(make(r, PEN_ECMA_REFERENCE, at, out));
        if (*out == NULL) return PEN_OK;
        (*out)->number = atom.group;
        (*out)->next_reference = r->tree->references;
        r->tree->references = *out;
        return PEN_OK;
    }
    if (!atom.is_class) PEN_TRY(pen_ecma_set_add(set, atom.code, atom.code, r->arena));
    PEN_TRY(pen_ecma_set_seal(set, false, r->arena));
    PEN_TRY(make(r, PEN_ECMA_SET, at, out));
    if (*out != NULL) (*out)->set = set;
    return PEN_OK;
}

static enum pen_status read_set_term(struct pen_ecma_reader *r, struct pen_ecma_node **out)
{
    const size_t at = r->at;
    struct pen_ecma_set *set;
    PEN_TRY(make_set(r, &set));
    PEN_TRY(make(r, PEN_ECMA_SET, at, out));
    if (*out != NULL) (*out)->set = set;
    const uint32_t code = pen_ecma_take(r);
    if (code == '[') return pen_ecma_read_class(r, set);
    if (code == '.') {
        PEN_TRY(pen_ecma_set_add_dot(set, r->arena));
    } else {
        PEN_TRY(pen_ecma_set_add(set, code, code, r->arena));
    }
    return pen_ecma_set_seal(set, false, r->arena);
}

/* Annex B: '{', '}' and ']' are themselves where they can be nothing else. */
static enum pen_status check_bracket(struct pen_ecma_reader *r, char c)
{
    if (r->strict) {
        return pen_ecma_fail(r, PEN_ERR_SYNTAX, r->at, "a bracket that nothing opens or closes");
    }
    uint32_t min;
    uint32_t max;
    const size_t at = r->at;
    if (c == '{' && take_braces(r, &min, &max)) {
        return pen_ecma_fail(r, PEN_ERR_SYNTAX, at, "nothing to repeat");
    }
    /* [[:alpha:]] would be a class, then "]": nobody means that. */
    if (c == ']' && at >= 2 && pen_str_stands(r->source, at - 2, PEN_S(":]"))) {
        return pen_ecma_fail(r, PEN_ERR_SYNTAX, at, "ECMA-262 has no classes like [:alpha:]");
    }
    return PEN_OK;
}

static enum pen_status read_term(struct pen_ecma_reader *r,
                                 struct pen_ecma_alternative *alternative)
{
    struct pen_ecma_node *node = NULL;
    bool repeatable = true;
    const char c = pen_ecma_peek(r, 0);
    const size_t at = r->at;
    switch (c) {
    case '^':
    case '$':
        r->at++;
        repeatable = false;
        PEN_TRY(make(r, c == '^' ? PEN_ECMA_START : PEN_ECMA_END, at, &node));
        break;
    case '(':
        PEN_TRY(read_group(r, &node, &repeatable));
        break;
    case '\\':
        PEN_TRY(read_escape_term(r, &node, &repeatable));
        break;
    case '*':
    case '+':
    case '?':
        return pen_ecma_fail(r, PEN_ERR_SYNTAX, at, "nothing to repeat");
    case '{':
    case '}':
    case ']':
        PEN_TRY(check_bracket(r, c));
        PEN_TRY(read_set_term(r, &node));
        break;
    default:
        PEN_TRY(read_set_term(r, &node));
        break;
    }
    PEN_TRY(read_quantifier(r, node, repeatable));
    append(alternative, node);
    return PEN_OK;
}

static enum pen_status read_alternatives(struct pen_ecma_reader *r, struct pen_ecma_node *owner)
{
    struct pen_ecma_alternative *last = NULL;
    for (;;) {
        struct pen_ecma_alternative *alternative;
        PEN_TRY(make_alternative(r, owner, &alternative));
        while (r->at < r->source.len && pen_ecma_peek(r, 0) != '|' && pen_ecma_peek(r, 0) != ')') {
            PEN_TRY(read_term(r, alternative));
        }
        adopt(owner, last, alternative);
        last = alternative;
        if (pen_ecma_peek(r, 0) != '|') return PEN_OK;
        r->at++;
    }
}

static enum pen_status note_name(struct pen_ecma_reader *r)
{
    const size_t at = r->at;
    struct pen_str name;
    PEN_TRY(pen_ecma_read_name(r, &name));
    for (uint32_t i = 0; i < r->name_count; i++) {
        if (pen_str_equal(r->names[i].text, name)) {
            return pen_ecma_fail(r, PEN_ERR_SYNTAX, at, "two groups of the same name");
        }
    }
    if (r->name_count == PEN_ECMA_NAMES) {
        return pen_ecma_fail(r, PEN_ERR_LIMIT, at, "too many groups with names");
    }
    r->names[r->name_count++] = (struct pen_ecma_name){.text = name, .number = r->group_count};
    return PEN_OK;
}

/* References may stand before their groups, so these are counted first. Where the source is no
   expression the count may be wrong; it is refused then all the same. */
static enum pen_status count_groups(struct pen_ecma_reader *r)
{
    bool in_class = false;
    for (r->at = 0; r->at < r->source.len; r->at++) {
        const char c = pen_ecma_peek(r, 0);
        if (c == '\\') {
            if (r->at + 1 < r->source.len) r->at++;
        } else if (c == '[' || c == ']') {
            in_class = c == '[';
        } else if (c == '(' && !in_class && pen_ecma_peek(r, 1) != '?') {
            r->group_count++;
        } else if (c == '(' && !in_class && pen_ecma_peek(r, 2) == '<' && pen_ecma_peek(r, 3) != '='
                   && pen_ecma_peek(r, 3) != '!') {
            r->group_count++;
            r->at += 3;
            PEN_TRY(note_name(r));
            r->at--;
        }
    }
    r->at = 0;
    return PEN_OK;
}

static enum pen_status make_tree(struct pen_ecma_reader *r)
{
    if (r->arena == NULL) return PEN_OK;
    r->tree = pen_arena_calloc(r->arena, 1, sizeof(*r->tree));
    if (r->tree == NULL) return PEN_ERR_NOMEM;
    r->tree->groups =
        pen_arena_calloc(r->arena, (size_t)r->group_count + 1, sizeof(struct pen_ecma_node *));
    r->tree->root = make_node(r, PEN_ECMA_GROUP, 0);
    r->tree->source = r->source;
    r->tree->group_count = r->group_count;
    return r->tree->groups != NULL && r->tree->root != NULL ? PEN_OK : PEN_ERR_NOMEM;
}

enum pen_status pen_ecma_read(struct pen_ecma_reader *r)
{
    if (r->source.len >= UINT32_MAX) return PEN_ERR_LIMIT;
    if (!pen_utf8_valid(r->source)) {
        return pen_ecma_fail(r, PEN_ERR_SYNTAX, pen_utf8_valid_prefix(r->source), "no valid UTF-8");
    }
    PEN_TRY(count_groups(r));
    PEN_TRY(make_tree(r));
    struct pen_ecma_node *const root = r->tree != NULL ? r->tree->root : NULL;
    PEN_TRY(read_alternatives(r, root));
    if (r->at < r->source.len) {
        return pen_ecma_fail(r, PEN_ERR_SYNTAX, r->at, "')' without its '('");
    }
    return PEN_OK;
}

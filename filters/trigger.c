/**
 * Alternatives are spelled out on the expression's text, then the text of each form is read into
 * items, and the rarest run of them becomes the factor.
 */
#include "filters/trigger.h"

#include <string.h>

#include "filters/trigger_items.h"

#define MOST_FORMS  2048 /* of one expression */
#define MOST_DEPTH  64   /* rewritings, one of the other */
#define MOST_SPREAD 4    /* bytes of a class that is spelled out to make a literal */

/* How rare a byte is, in bits: in JSON, names and running text. Only their order matters. */
#define BITS_COMMON 3
#define BITS_LETTER 5
#define BITS_DIGIT  4
#define BITS_MARK   7
#define BITS_SPARSE 8
#define BITS_ENOUGH 4 /* a factor below these stands everywhere */

struct expansion {
    struct pen_arena *arena;
    bool caseless;
    enum pen_status (*emit)(void *context, const struct pen_trigger_form *form);
    void *context;
    struct pen_error *err;
    struct pen_str whole; /* for messages */
    size_t forms;
};

bool pen_trigger_is_sparse(unsigned char byte)
{
    const char c = (char)byte;
    return !pen_is_alpha(c) && !pen_is_digit(c) && c != ' ' && c != '_' && c != '-' && c != ','
           && c != '.' && c != PEN_TRIGGER_GAP;
}

static enum pen_status complain(const struct expansion *it, const char *what)
{
    pen_error_set(it->err, "trigger \"%.*s\": %s", PEN_STR_ARGS(it->whole), what);
    return PEN_ERR_INVALID;
}

/* The next '|' outside of groups, from `at` on; s.len when there is none. */
static size_t find_bar(struct pen_str s, size_t at)
{
    size_t depth = 0;
    while (at < s.len) {
        if (s.ptr[at] == '(') depth++;
        if (s.ptr[at] == ')' && depth > 0) depth--;
        if (s.ptr[at] == '|' && depth == 0) return at;
        at = pen_trigger_skip(s, at);
    }
    return s.len;
}

/* The first group: its parentheses. */
static bool find_group(struct pen_str s, struct pen_span *out)
{
    size_t depth = 0;
    for (size_t at = 0; at < s.len; at = pen_trigger_skip(s, at)) {
        if (s.ptr[at] == '(' && depth++ == 0) out->start = at;
        if (s.ptr[at] == ')' && depth > 0 && --depth == 0) {
            out->end = at + 1;
            return true;
        }
    }
    return false;
}

static enum pen_status join(struct expansion *it, struct pen_str a, struct pen_str b,
                            struct pen_str c, struct pen_str *out)
{
    char *const text = pen_arena_bytes(it->arena, a.len + b.len + c.len + 1);
    if (text == NULL) return PEN_ERR_NOMEM;

    memcpy(text, a.ptr, a.len);
    memcpy(text + a.len, b.ptr, b.len);
    memcpy(text + a.len + b.len, c.ptr, c.len);
    *out = (struct pen_str){text, a.len + b.len + c.len};
    return PEN_OK;
}

static unsigned member_count(const struct pen_trigger_item *item)
{
    unsigned count = 0;
    for (size_t word = 0; word < 4; word++) {
        count += (unsigned)__builtin_popcountll(item->set[word]);
    }
    return count;
}

static bool is_one_byte(const struct pen_trigger_item *item)
{
    return item->kind == PEN_TRIGGER_CLASS && item->least == 1 && item->most == 1;
}

/* The smallest member: of a letter in both cases the capital. */
static int first_member(const struct pen_trigger_item *item, int from)
{
    for (int byte = from; byte <= UINT8_MAX; byte++) {
        if (pen_trigger_has(item, (unsigned char)byte)) return byte;
    }
    return -1;
}

/* One byte always, or a letter in either case. Not NUL, at which the engine's literals end. */
static bool is_literal(const struct pen_trigger_item *item)
{
    if (!is_one_byte(item) || pen_trigger_has(item, 0)) return false;

    const unsigned count = member_count(item);
    const int byte = first_member(item, 0);
    return count == 1
           || (count == 2 && byte >= 'A' && byte <= 'Z'
               && pen_trigger_has(item, (unsigned char)(byte - 'A' + 'a')));
}

static unsigned bits_of(unsigned char byte)
{
    const char c = pen_to_lower((char)byte);
    if (c == ' ' || (pen_is_alpha(c) && memchr("etaoinsrhldc", c, 12) != NULL)) return BITS_COMMON;
    if (pen_is_alpha(c)) return BITS_LETTER;
    if (pen_is_digit(c)) return BITS_DIGIT;
    return memchr(":/=()'\"", c, 7) != NULL ? BITS_MARK : BITS_SPARSE;
}

/* How rare a class of rare bytes is; 0 = it is no factor. */
static unsigned class_bits(const struct pen_trigger_item *item)
{
    if (item->kind != PEN_TRIGGER_CLASS || item->least != 1 || item->most != 1) return 0;

    for (int byte = first_member(item, 0); byte >= 0; byte = first_member(item, byte + 1)) {
        if (!pen_trigger_is_sparse((unsigned char)byte)) return 0;
    }
    const unsigned count = member_count(item);
    if (count == 0) return 0;
    if (count == 1) return bits_of((unsigned char)first_member(item, 0));
    return BITS_SPARSE - (count > 16 ? 4 : count > 7 ? 3 : count > 3 ? 2 : 1);
}

struct factor {
    size_t at;
    size_t length;
    unsigned bits;
};

static struct factor choose_factor(const struct pen_trigger_items *sequence)
{
    struct factor best = {0};
    for (size_t i = 0; i < sequence->count; i++) {
        const unsigned alone = class_bits(&sequence->items[i]);
        if (alone > best.bits) best = (struct factor){i, 1, alone};

        struct factor run = {.at = i};
        while (i + run.length < sequence->count && is_literal(&sequence->items[i + run.length])) {
            run.bits += bits_of((unsigned char)first_member(&sequence->items[i + run.length], 0));
            run.length++;
        }
        /* Rare bytes are found for nothing; a literal of two is dear, as it ends at every other. */
        const bool worth =
            run.length > 2
            || (run.length == 2 && alone == 0 && class_bits(&sequence->items[i + 1]) == 0);
        if (worth && run.bits > best.bits) best = run;
        if (worth) i += run.length - 1;
    }
    return best;
}

static enum pen_status emit_form(struct expansion *it, const struct pen_trigger_items *sequence,
                                 struct factor factor)
{
    if (++it->forms > MOST_FORMS) return complain(it, "it has too many alternatives");

    struct pen_trigger_item *items =
        pen_arena_alloc(it->arena, sequence->count * sizeof(sequence->items[0]));
    char *const literal = pen_arena_bytes(it->arena, factor.length + 1);
    if (items == NULL || literal == NULL) return PEN_ERR_NOMEM;

    memcpy(items, sequence->items, sequence->count * sizeof(sequence->items[0]));
    bool caseless = false;
    for (size_t i = 0; i < factor.length; i++) {
        literal[i] = (char)first_member(&items[factor.at + i], 0);
        caseless = caseless || member_count(&items[factor.at + i]) > 1;
    }
    const struct pen_trigger_form form = {
        .items = items,
        .count = sequence->count,
        .at = factor.at,
        .length = factor.length,
        .literal = {literal, factor.length > 1 ? factor.length : 0},
        .caseless = caseless,
    };
    return it->emit(it->context, &form);
}

/* A class of a few bytes beside a byte: spelled out, they are literals of two. */
static enum pen_status spread(struct expansion *it, const struct pen_trigger_items *sequence)
{
    size_t best = sequence->count;
    for (size_t i = 0; i < sequence->count; i++) {
        const struct pen_trigger_item *const item = &sequence->items[i];
        if (!is_one_byte(item) || is_literal(item) || member_count(item) > 2 * MOST_SPREAD)
            continue;
        const bool beside =
            (i > 0 && is_one_byte(item - 1)) || (i + 1 < sequence->count && is_one_byte(item + 1));
        if (beside
            && (best == sequence->count
                || member_count(item) < member_count(&sequence->items[best]))) {
            best = i;
        }
    }
    if (best == sequence->count) return complain(it, "nothing in it is rare enough to look for");

    const struct pen_trigger_item *const item = &sequence->items[best];
    for (int byte = first_member(item, 0); byte >= 0; byte = first_member(item, byte + 1)) {
        if (it->caseless && byte >= 'a' && byte <= 'z') continue; /* its capital was */
        struct pen_trigger_items copy = *sequence;
        struct pen_trigger_item *const one = &copy.items[best];
        memset(one->set, 0, sizeof(one->set));
        pen_trigger_add_byte(one, (unsigned char)byte);
        if (it->caseless) pen_trigger_fold(one);

        const struct factor factor = choose_factor(&copy);
        PEN_TRY(factor.bits < BITS_ENOUGH ? spread(it, &copy) : emit_form(it, &copy, factor));
    }
    return PEN_OK;
}

static enum pen_status finish(struct expansion *it, struct pen_str s)
{
    struct pen_trigger_items sequence;
    const char *const problem = pen_trigger_read(s, it->caseless, &sequence);
    if (problem != NULL) return complain(it, problem);

    const struct factor factor = choose_factor(&sequence);
    return factor.bits < BITS_ENOUGH ? spread(it, &sequence) : emit_form(it, &sequence, factor);
}

static enum pen_status expand(struct expansion *it, struct pen_str s, unsigned depth);

/* Each alternative of the group between `before` and `behind`. */
static enum pen_status expand_group(struct expansion *it, struct pen_str before,
                                    struct pen_str group, struct pen_str behind, unsigned depth)
{
    for (size_t start = 0; start <= group.len;) {
        const size_t end = find_bar(group, start);
        struct pen_str one;
        PEN_TRY(join(it, before, pen_str_slice(group, start, end), behind, &one));
        PEN_TRY(expand(it, one, depth + 1));
        start = end + 1;
    }
    return PEN_OK;
}

static enum pen_status expand(struct expansion *it, struct pen_str s, unsigned depth)
{
    if (depth > MOST_DEPTH) return complain(it, "it is nested too deep");
    if (find_bar(s, 0) < s.len) return expand_group(it, PEN_S(""), s, PEN_S(""), depth);

    struct pen_span place;
    if (!find_group(s, &place)) return finish(it, s);

    const struct pen_str before = pen_str_slice(s, 0, place.start);
    struct pen_str group = pen_str_slice(s, place.start + 1, place.end - 1);
    if (pen_str_starts(group, PEN_S("?:"))) group = pen_str_slice(group, 2, group.len);
    size_t at = place.end;
    uint8_t least = 1;
    uint8_t most = 1;
    if (!pen_trigger_read_count(s, &at, &least, &most))
        return complain(it, "a count is not understood");

    struct pen_str behind = pen_str_slice(s, at, s.len);
    if (most == 1) {
        if (least == 0) {
            struct pen_str without;
            PEN_TRY(join(it, before, behind, PEN_S(""), &without));
            PEN_TRY(expand(it, without, depth + 1));
        }
        return expand_group(it, before, group, behind, depth);
    }
    /* So often at least; what is behind more of them cannot be told. */
    if (least == 0) return expand(it, before, depth + 1);
    if (most > least) behind = PEN_S("");
    for (uint8_t i = 1; i < least; i++) {
        struct pen_str again;
        PEN_TRY(join(it, PEN_S("("), group, PEN_S(")"), &again));
        PEN_TRY(join(it, again, behind, PEN_S(""), &behind));
    }
    return expand_group(it, before, group, behind, depth);
}

enum pen_status pen_trigger_compile(struct pen_str expression, bool caseless,
                                    struct pen_arena *arena,
                                    enum pen_status (*emit)(void *context,
                                                            const struct pen_trigger_form *form),
                                    void *context, struct pen_error *err)
{
    struct expansion it = {.arena = arena,
                           .caseless = caseless,
                           .emit = emit,
                           .context = context,
                           .err = err,
                           .whole = expression};
    return expand(&it, expression, 0);
}

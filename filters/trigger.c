/**
 * Alternatives are spelled out on the expression's text, then the text of each form is read into
 * items, and of the runs of them the one that costs least becomes the factor.
 *
 * Marks and beginnings of words are found at some instructions a place, whatever is looked for
 * there. Literals cost for every other place between letters, or for every byte of every text.
 */
#include "filters/trigger.h"

#include <string.h>

#include "filters/trigger_items.h"

#define MOST_FORMS  2048 /* of one expression */
#define MOST_DEPTH  64   /* rewritings, one of the other */
#define MOST_SPREAD 4    /* bytes of a class that is spelled out to make a literal */

/* What looking for a literal costs beside what is found of it, as a share of the places in a text.
   Of those of four letters three are looked up; what else there is goes to the engine, which steps
   by four bytes as long as the shortest literal has as many. */
#define LITERAL_COST  0.01
#define SHORT_COST    1.0
#define GAP_COST      0.02 /* of a mark: every word before a row of blanks is looked for behind them */
#define SHORT_LITERAL 4

struct expansion {
    struct pen_arena *arena;
    bool caseless;
    enum pen_status (*emit)(void *context, const struct pen_trigger_form *form);
    void *context;
    struct pen_error *err;
    struct pen_str whole; /* for messages */
    size_t forms;
};

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

static bool is_mark(unsigned char byte)
{
    const char c = (char)byte;
    return !pen_is_alpha(c) && !pen_is_digit(c) && c != ' ' && c != ',' && c != PEN_TRIGGER_GAP;
}

/* How much of names, values and running text a byte is. Only the order of what comes out matters.
 */
static double share_of_byte(unsigned char byte)
{
    const char c = (char)byte;
    if (c == ' ') return 0.12;
    if (c >= 'a' && c <= 'z') return memchr("etaoinsrhldc", c, 12) != NULL ? 0.05 : 0.015;
    if (pen_is_alpha(c)) return 0.005;
    if (pen_is_digit(c)) return 0.02;
    if (memchr(".-_/:", c, 5) != NULL) return 0.02;
    return memchr("'\"()@&+=\n", c, 9) != NULL ? 0.003 : 0.001;
}

static double share_of(const struct pen_trigger_item *item)
{
    double share = 0;
    for (int byte = first_member(item, 0); byte >= 0; byte = first_member(item, byte + 1)) {
        share += share_of_byte((unsigned char)byte);
    }
    return share < 1 ? share : 1;
}

/* A repeat that may be left out, of which the bytes beside a mark tell little. */
static bool is_gap(const struct pen_trigger_item *item)
{
    return item->kind == PEN_TRIGGER_CLASS && item->least == 0 && item->most > 1;
}

/* What stands beside a factor tells most places apart. */
static double share_beside(const struct pen_trigger_item *first, size_t count, int step)
{
    struct pen_trigger_item beside = {.least = 1, .most = 1};
    pen_trigger_beside(first, count, step, 1, beside.set);
    return share_of(&beside);
}

struct factor {
    size_t at;
    size_t length; /* 0 = there is none */
    enum pen_trigger_factor kind;
    double cost;
};

static void consider(struct factor *best, struct factor other)
{
    if (best->length == 0 || other.cost < best->cost) *best = other;
}

static void consider_mark(const struct pen_trigger_items *sequence, size_t i, struct factor *best)
{
    const struct pen_trigger_item *const item = &sequence->items[i];
    if (!is_one_byte(item) || member_count(item) == 0) return;
    for (int byte = first_member(item, 0); byte >= 0; byte = first_member(item, byte + 1)) {
        if (!is_mark((unsigned char)byte)) return;
    }
    const double before = share_beside(item - (i > 0), i, -1);
    const double behind = share_beside(item + 1, sequence->count - i - 1, 1);
    const bool gap = i > 0 && is_gap(item - 1);
    const double cost = share_of(item) * before * behind + (gap ? GAP_COST : 0);
    consider(best, (struct factor){i, 1, PEN_TRIGGER_MARK, cost});
}

/* Does what stands before item `i` end without a letter? */
static bool begins_word(const struct pen_trigger_items *sequence, size_t i)
{
    if (i == 0) return false;
    const struct pen_trigger_item *const item = &sequence->items[i - 1];
    if (item->kind != PEN_TRIGGER_CLASS) return true; /* '^', or "\b" before a letter */
    if (item->least == 0) return false;
    for (unsigned c = 'A'; c <= 'Z'; c++) {
        if (pen_trigger_has(item, (unsigned char)c)) return false;
        if (pen_trigger_has(item, (unsigned char)(c - 'A' + 'a'))) return false;
    }
    return true;
}

static void consider_word(const struct pen_trigger_items *sequence, size_t i, struct factor *best)
{
    if (!begins_word(sequence, i)) return;
    if (!pen_is_alpha((char)first_member(&sequence->items[i], 0))) return;
    struct factor word = {i, 0, PEN_TRIGGER_WORD, 1};
    while (i + word.length < sequence->count && word.length < PEN_TRIGGER_WORD_MOST
           && is_literal(&sequence->items[i + word.length])) {
        word.cost *= share_of(&sequence->items[i + word.length]);
        word.length++;
    }
    if (word.length >= PEN_TRIGGER_WORD_LEAST) consider(best, word);
}

/* The whole run of literal bytes from `i` on; its length. */
static size_t consider_literal(const struct pen_trigger_items *sequence, size_t i,
                               struct factor *best)
{
    struct factor run = {i, 0, PEN_TRIGGER_LITERAL, 1};
    while (i + run.length < sequence->count && is_literal(&sequence->items[i + run.length])) {
        run.cost *= share_of(&sequence->items[i + run.length]);
        run.length++;
    }
    run.cost += run.length < SHORT_LITERAL ? SHORT_COST : LITERAL_COST;
    if (run.length >= 2) consider(best, run);
    return run.length;
}

static struct factor choose_factor(const struct pen_trigger_items *sequence)
{
    struct factor best = {.length = 0};
    size_t behind = 0; /* the last run of literal bytes */
    for (size_t i = 0; i < sequence->count; i++) {
        consider_mark(sequence, i, &best);
        consider_word(sequence, i, &best);
        if (i >= behind) behind = i + consider_literal(sequence, i, &best);
    }
    return best;
}

static bool are_alike(const struct pen_trigger_item *a, const struct pen_trigger_item *b)
{
    return a->kind == PEN_TRIGGER_CLASS && b->kind == PEN_TRIGGER_CLASS
           && memcmp(a->set, b->set, sizeof(a->set)) == 0;
}

/* Copy `count` items, none of them the factor's. Those that were written out in front of their
   repeat become part of it again: fewer ways to go wrong when the surroundings are looked at. How
   many are left. */
static size_t copy_joined(const struct pen_trigger_item *items, size_t count,
                          struct pen_trigger_item *out)
{
    size_t joined = 0;
    for (size_t i = 0; i < count;) {
        unsigned least = 0;
        unsigned most = 0;
        size_t end = i;
        for (; end < count && (end == i || are_alike(&items[i], &items[end])); end++) {
            least += items[end].least;
            most += items[end].most;
        }
        if (least == most || least >= UINT8_MAX) end = i + 1; /* as it is */
        out[joined] = items[i];
        if (end > i + 1) {
            out[joined].least = (uint8_t)least;
            out[joined].most = most < UINT8_MAX ? (uint8_t)most : UINT8_MAX;
        }
        joined++;
        i = end;
    }
    return joined;
}

static enum pen_status emit_form(struct expansion *it, const struct pen_trigger_items *sequence,
                                 struct factor factor)
{
    if (++it->forms > MOST_FORMS) return complain(it, "it has too many alternatives");

    struct pen_trigger_item *items =
        pen_arena_alloc(it->arena, sequence->count * sizeof(sequence->items[0]));
    char *const literal = pen_arena_bytes(it->arena, factor.length + 1);
    if (items == NULL || literal == NULL) return PEN_ERR_NOMEM;

    const size_t behind = factor.at + factor.length;
    const size_t before = copy_joined(sequence->items, factor.at, items);
    memcpy(items + before, sequence->items + factor.at, factor.length * sizeof(items[0]));
    const size_t count = before + factor.length
                         + copy_joined(sequence->items + behind, sequence->count - behind,
                                       items + before + factor.length);
    factor.at = before;
    bool caseless = false;
    for (size_t i = 0; i < factor.length; i++) {
        literal[i] = (char)first_member(&items[factor.at + i], 0);
        caseless = caseless || member_count(&items[factor.at + i]) > 1;
    }
    const struct pen_trigger_form form = {
        .items = items,
        .count = count,
        .at = factor.at,
        .length = factor.length,
        .literal = {literal, factor.kind == PEN_TRIGGER_MARK ? 0 : factor.length},
        .caseless = caseless,
        .factor = factor.kind,
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
        PEN_TRY(factor.length == 0 ? spread(it, &copy) : emit_form(it, &copy, factor));
    }
    return PEN_OK;
}

static enum pen_status finish(struct expansion *it, struct pen_str s)
{
    struct pen_trigger_items sequence;
    const char *const problem = pen_trigger_read(s, it->caseless, &sequence);
    if (problem != NULL) return complain(it, problem);

    const struct factor factor = choose_factor(&sequence);
    return factor.length == 0 ? spread(it, &sequence) : emit_form(it, &sequence, factor);
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

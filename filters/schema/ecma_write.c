/**
 * ECMA-262 expressions in PCRE2's spelling.
 *
 * Nothing is copied: every character is written as itself or by its number, every set as a class,
 * so no syntax that only PCRE2 knows can come out. Groups that no reference needs do not capture.
 */
#include "filters/schema/ecma.h"
#include "filters/schema/ecma_reader.h"
#include "filters/schema/ecma_reference.h"

#define MOST_REPEATS 65535 /* PCRE2's */
#define AT_ONCE      256   /* characters that PCRE2 may go over unpaid before it fails */
#define MOST_GROUPS  254   /* that are referred to: numbers of callouts */
#define FIRST_ROOM   256
#define PIECE        64 /* the longest that is written at once, a property's name in a class */

struct writer {
    struct pen_arena *arena;
    struct pen_buf buf; /* grows */
    size_t source_place;
    const char *reason;
    uint32_t groups; /* captures written */
    bool no_memory;
    uint32_t *numbers; /* of groups as PCRE2 counts them, by ECMA-262's */
};

static void write_alternatives(struct writer *w, const struct pen_ecma_node *owner);

static bool make_room(struct writer *w)
{
    if (w->buf.cap - w->buf.len >= PIECE) return true;
    const size_t cap = w->buf.cap == 0 ? FIRST_ROOM : w->buf.cap * 2;
    char *const memory = pen_arena_bytes(w->arena, cap);
    w->no_memory = memory == NULL;
    if (memory == NULL) return false;
    struct pen_buf grown = pen_buf_over(memory, cap);
    pen_buf_put(&grown, pen_buf_str(&w->buf));
    w->buf = grown;
    return true;
}

static void put(struct writer *w, struct pen_str text)
{
    if (!w->no_memory && make_room(w)) pen_buf_put(&w->buf, text);
}

static void put_code(struct writer *w, uint32_t code)
{
    if (w->no_memory || !make_room(w)) return;
    if (code < 0x80 && pen_is_alnum((char)code)) {
        pen_buf_byte(&w->buf, (char)code);
    } else {
        pen_buf_format(&w->buf, "\\x{%x}", code);
    }
}

static void refuse(struct writer *w, size_t place, const char *reason)
{
    if (w->reason != NULL) return;
    w->reason = reason;
    w->source_place = place;
}

static void put_class(struct writer *w, const struct pen_ecma_set *set)
{
    put(w, set->negated ? PEN_S("[^") : PEN_S("["));
    for (size_t i = 0; i < set->count; i++) {
        put_code(w, set->ranges[i].first);
        if (set->ranges[i].last == set->ranges[i].first) continue;
        put(w, PEN_S("-"));
        put_code(w, set->ranges[i].last);
    }
    for (const struct pen_ecma_member *m = set->members; m != NULL; m = m->next) {
        put(w, m->negated ? PEN_S("\\P{") : PEN_S("\\p{"));
        put(w, m->prefix);
        put(w, m->written);
        put(w, PEN_S("}"));
    }
    put(w, PEN_S("]"));
}

static bool is_of_all(const struct pen_ecma_set *set)
{
    /* Without the surrogates in between. */
    return set->count == 2 && set->ranges[0].first == 0 && set->ranges[0].last == 0xd7ff
           && set->ranges[1].first == 0xe000 && set->ranges[1].last == PEN_LAST_CODE_POINT;
}

static void put_set(struct writer *w, const struct pen_ecma_set *set)
{
    if (set->members != NULL) {
        put_class(w, set);
    } else if (set->count == 0) {
        put(w, PEN_S("[^\\x{0}-\\x{10ffff}]"));
    } else if (is_of_all(set)) {
        put(w, PEN_S(".")); /* PCRE2_DOTALL */
    } else if (set->count == 1 && set->ranges[0].first == set->ranges[0].last) {
        put_code(w, set->ranges[0].first);
    } else {
        put_class(w, set);
    }
}

static void put_bounds(struct writer *w, uint32_t min, uint32_t max, bool lazy)
{
    if ((min == 1 && max == 1) || w->no_memory || !make_room(w)) return;
    if (max == PEN_ECMA_ENDLESS) {
        pen_buf_format(&w->buf, "{%u,}", min);
    } else {
        pen_buf_format(&w->buf, "{%u,%u}", min, max);
    }
    if (lazy) pen_buf_byte(&w->buf, '?');
}

static bool is_repeatable(struct writer *w, const struct pen_ecma_node *node)
{
    const bool good =
        node->min <= MOST_REPEATS && (node->max <= MOST_REPEATS || node->max == PEN_ECMA_ENDLESS);
    if (!good) refuse(w, node->place, "repeated more often than 65,535 times");
    return good;
}

static void put_quantifier(struct writer *w, const struct pen_ecma_node *node)
{
    if (is_repeatable(w, node)) put_bounds(w, node->min, node->max, node->lazy);
}

static void put_group(struct writer *w, const struct pen_ecma_node *node)
{
    if (node->captures) {
        w->numbers[node->number] = ++w->groups;
        put(w, PEN_S("("));
    } else {
        put(w, PEN_S("(?:"));
    }
    write_alternatives(w, node);
    put(w, PEN_S(")"));
    put_quantifier(w, node);
}

/* Repetitions of a character are one item to PCRE2, and it pays between items alone: what must be
   there is cut into parts, as in (?:a{256,256}){3,3}a{232,}, so that it pays as it goes. */
static void put_repeated_set(struct writer *w, const struct pen_ecma_node *node)
{
    const uint32_t parts = is_repeatable(w, node) ? node->min / AT_ONCE : 0;
    const uint32_t done = parts * AT_ONCE;
    if (parts > 0) {
        put(w, PEN_S("(?:"));
        put_set(w, node->set);
        put_bounds(w, AT_ONCE, AT_ONCE, false);
        put(w, PEN_S(")"));
        put_bounds(w, parts, parts, false);
    }
    if (parts > 0 && node->max == done) return;
    put_set(w, node->set);
    put_bounds(w, node->min - done,
               node->max == PEN_ECMA_ENDLESS ? PEN_ECMA_ENDLESS : node->max - done, node->lazy);
}

/* Once is as good as often: it moves nowhere. */
static void put_look(struct writer *w, const struct pen_ecma_node *node, struct pen_str head)
{
    put(w, head);
    write_alternatives(w, node);
    put(w, PEN_S(")"));
}

static void put_look_behind(struct writer *w, const struct pen_ecma_node *node, struct pen_str head)
{
    for (const struct pen_ecma_alternative *a = node->alternatives; a != NULL; a = a->next) {
        if (a->length == PEN_ECMA_ANY_LENGTH) {
            refuse(w, node->place,
                   "PCRE2 looks behind only for alternatives of a fixed length, of 255 at most");
        }
    }
    put_look(w, node, head);
}

static void put_reference(struct writer *w, const struct pen_ecma_node *node)
{
    if (node->always_empty || w->no_memory || !make_room(w)) return;
    const uint32_t number = w->numbers[node->number];
    if (number > MOST_GROUPS) {
        refuse(w, node->place, "more than 254 groups that are referred to");
        return;
    }
    /* The callout pays for what the group holds, which is compared in one go. All in a group, as
       the machine code of PCRE2 10.42 fails where an empty reference itself is repeated. */
    pen_buf_format(&w->buf, "(?:(?C%u)\\g{%u})", number, number);
    put_quantifier(w, node);
}

static void put_node(struct writer *w, const struct pen_ecma_node *node)
{
    switch (node->kind) {
    case PEN_ECMA_SET:
        put_repeated_set(w, node);
        break;
    case PEN_ECMA_START:
        put(w, PEN_S("\\A"));
        break;
    case PEN_ECMA_END:
        put(w, PEN_S("\\z"));
        break;
    case PEN_ECMA_BOUNDARY:
        put(w, PEN_S("\\b"));
        break;
    case PEN_ECMA_NOT_BOUNDARY:
        put(w, PEN_S("\\B"));
        break;
    case PEN_ECMA_GROUP:
        put_group(w, node);
        break;
    case PEN_ECMA_AHEAD:
        put_look(w, node, PEN_S("(?="));
        break;
    case PEN_ECMA_NOT_AHEAD:
        put_look(w, node, PEN_S("(?!"));
        break;
    case PEN_ECMA_BEHIND:
        put_look_behind(w, node, PEN_S("(?<="));
        break;
    case PEN_ECMA_NOT_BEHIND:
        put_look_behind(w, node, PEN_S("(?<!"));
        break;
    case PEN_ECMA_REFERENCE:
        put_reference(w, node);
        break;
    }
}

static void write_alternatives(struct writer *w, const struct pen_ecma_node *owner)
{
    for (const struct pen_ecma_alternative *a = owner->alternatives; a != NULL; a = a->next) {
        if (a != owner->alternatives) put(w, PEN_S("|"));
        for (const struct pen_ecma_node *node = a->first; node != NULL; node = node->next) {
            if (!pen_ecma_is_skipped(node)) put_node(w, node);
        }
    }
}

static enum pen_status fail(struct pen_error *err, struct pen_str source, size_t place,
                            const char *reason)
{
    pen_error_set(err, "expression \"%.*s\", at %zu: %s", PEN_STR_ARGS(source), place, reason);
    return PEN_ERR_UNSUPPORTED;
}

enum pen_status pen_ecma_write(const struct pen_ecma_tree *tree, struct pen_arena *arena,
                               struct pen_str *out, struct pen_error *err)
{
    struct writer w = {.arena = arena};
    w.numbers = pen_arena_calloc(arena, (size_t)tree->group_count + 1, sizeof(*w.numbers));
    if (w.numbers == NULL) return PEN_ERR_NOMEM;
    write_alternatives(&w, tree->root);
    if (w.reason != NULL) return fail(err, tree->source, w.source_place, w.reason);
    if (w.no_memory) return PEN_ERR_NOMEM;
    *out = pen_buf_str(&w.buf);
    return PEN_OK;
}

enum pen_status pen_ecma_parse(struct pen_str source, struct pen_arena *arena,
                               const struct pen_ecma_tree **out, struct pen_error *err)
{
    struct pen_ecma_reader r = {.source = source, .arena = arena, .err = err};
    PEN_TRY(pen_ecma_read(&r));
    size_t place = 0;
    if (pen_ecma_references(r.tree, &place) != PEN_OK) {
        return fail(err, source, place, "PCRE2 may remember this group longer than ECMA-262 does");
    }
    *out = r.tree;
    return PEN_OK;
}

enum pen_status pen_ecma_translate(struct pen_str source, struct pen_arena *arena,
                                   struct pen_str *out, struct pen_error *err)
{
    const struct pen_ecma_tree *tree;
    PEN_TRY(pen_ecma_parse(source, arena, &tree, err));
    return pen_ecma_write(tree, arena, out, err);
}

bool pen_ecma_is_expression(struct pen_str source)
{
    struct pen_ecma_reader r = {.source = source, .strict = true};
    return pen_ecma_read(&r) == PEN_OK;
}

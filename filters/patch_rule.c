/** Rules are copied, so that they outlive the configuration that they were read from. */
#include "filters/patch_rule.h"

#include <string.h>

#define TEXTS 8 /* of a rule */
#define LISTS 6

/* All texts and lists of a rule, for those who copy or compare them. */
static void texts_of(struct pen_patch_rule *rule, struct pen_str *into[TEXTS])
{
    into[0] = &rule->id;
    into[1] = &rule->title;
    into[2] = &rule->reason;
    into[3] = &rule->leaf;
    into[4] = &rule->key;
    into[5] = &rule->url;
    into[6] = &rule->header;
    into[7] = &rule->value;
}

struct list {
    const struct pen_str *const *texts;
    size_t count;
};

static void lists_of(const struct pen_patch_rule *rule, struct list into[LISTS])
{
    into[0] = (struct list){&rule->paths, rule->path_count};
    into[1] = (struct list){&rule->functions, rule->function_count};
    into[2] = (struct list){&rule->envelopes, rule->envelope_count};
    into[3] = (struct list){&rule->methods, rule->method_count};
    into[4] = (struct list){&rule->wakes, rule->wake_count};
    into[5] = (struct list){&rule->references, rule->reference_count};
}

static enum pen_status copy_list(struct pen_arena *arena, const struct pen_str **list, size_t count)
{
    struct pen_str *const copies = pen_arena_calloc(arena, count + 1, sizeof(*copies));
    if (copies == NULL) return PEN_ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        PEN_TRY(pen_arena_copy(arena, (*list)[i], &copies[i]));
    }
    *list = copies;
    return PEN_OK;
}

static enum pen_status copy_rule(struct pen_arena *arena, struct pen_patch_rule *rule)
{
    struct pen_str *texts[TEXTS];
    texts_of(rule, texts);
    for (size_t i = 0; i < PEN_COUNT_OF(texts); i++) {
        PEN_TRY(pen_arena_copy(arena, *texts[i], texts[i]));
    }
    PEN_TRY(copy_list(arena, &rule->paths, rule->path_count));
    PEN_TRY(copy_list(arena, &rule->functions, rule->function_count));
    PEN_TRY(copy_list(arena, &rule->envelopes, rule->envelope_count));
    PEN_TRY(copy_list(arena, &rule->methods, rule->method_count));
    PEN_TRY(copy_list(arena, &rule->references, rule->reference_count));
    return copy_list(arena, &rule->wakes, rule->wake_count);
}

static void destroy_regex(void *regex)
{
    pen_regex_destroy(regex);
}

static enum pen_status compile_one(struct pen_str expression, struct pen_arena *arena,
                                   struct pen_regex **out, struct pen_error *err)
{
    if (expression.len == 0) return PEN_OK;
    PEN_TRY(pen_regex_parse(expression, out, err));
    return pen_arena_defer(arena, destroy_regex, *out);
}

bool pen_patch_is_about_leaves(const struct pen_patch_rule *rule)
{
    return rule->leaf.len > 0 || rule->key.len > 0 || rule->url.len > 0;
}

const struct pen_regex *pen_patch_main(const struct pen_patch *patch)
{
    if (patch->leaf != NULL) return patch->leaf;
    if (patch->key != NULL) return patch->key;
    return patch->url != NULL ? patch->url : patch->value;
}

static struct pen_str main_expression(const struct pen_patch_rule *rule)
{
    if (rule->leaf.len > 0) return rule->leaf;
    if (rule->key.len > 0) return rule->key;
    return rule->url.len > 0 ? rule->url : rule->value;
}

bool pen_patch_looks_always(const struct pen_patch *patch)
{
    return patch->literals.count == 0 && pen_patch_main(patch) != NULL;
}

static enum pen_status take_wakes(struct pen_patch *patch, struct pen_error *err)
{
    const struct pen_patch_rule *const rule = &patch->rule;
    struct pen_literals *const literals = &patch->literals;
    literals->caseless = true;
    for (size_t i = 0; i < rule->wake_count; i++) {
        struct pen_literal *const literal = &literals->list[literals->count];
        if (i == PEN_LITERALS_MOST || rule->wakes[i].len > PEN_LITERAL_BYTES
            || rule->wakes[i].len < PEN_LITERAL_LEAST
            || pen_str_find(rule->wakes[i], '\0', 0) < rule->wakes[i].len) {
            pen_error_set(err, "'wake' takes up to %d texts of %d to %d bytes", PEN_LITERALS_MOST,
                          PEN_LITERAL_LEAST, PEN_LITERAL_BYTES);
            return PEN_ERR_INVALID;
        }
        memcpy(literal->bytes, rule->wakes[i].ptr, rule->wakes[i].len);
        literal->len = (uint8_t)rule->wakes[i].len;
        literals->count++;
    }
    if (rule->wake_count > 0 || rule->wake_any) return PEN_OK;
    if (pen_literals_take(main_expression(rule), literals)) return PEN_OK;
    /* A field is looked for by its name, so that events without it pay nothing. */
    if (!pen_patch_is_about_leaves(rule)) return PEN_OK;

    pen_error_set(err,
                  "no text of %d bytes or more stands in all that the expression matches, so "
                  "nothing wakes it; add 'wake: [...]' with texts of which one does, or 'wake: "
                  "any' to have it look at every text of every event",
                  PEN_LITERAL_LEAST);
    return PEN_ERR_INVALID;
}

enum pen_status pen_patch_compile(const struct pen_patch_rule *rule, struct pen_arena *arena,
                                  struct pen_patch **out, struct pen_error *err)
{
    struct pen_patch *const patch = pen_arena_calloc(arena, 1, sizeof(*patch));
    const size_t room = sizeof("patch.") + rule->id.len;
    struct pen_buf id = {.ptr = pen_arena_bytes(arena, room), .cap = room};
    pen_error_set(err, "not enough memory for a patch");
    if (patch == NULL || id.ptr == NULL) return PEN_ERR_NOMEM;

    patch->rule = *rule;
    PEN_TRY(copy_rule(arena, &patch->rule));
    pen_buf_put(&id, PEN_S("patch."));
    pen_buf_put(&id, patch->rule.id);
    pen_buf_byte(&id, '\0');
    patch->rule_id = id.ptr;
    patch->title = patch->rule.title.ptr;
    PEN_TRY(compile_one(patch->rule.leaf, arena, &patch->leaf, err));
    PEN_TRY(compile_one(patch->rule.key, arena, &patch->key, err));
    PEN_TRY(compile_one(patch->rule.url, arena, &patch->url, err));
    PEN_TRY(compile_one(patch->rule.value, arena, &patch->value, err));
    PEN_TRY(take_wakes(patch, err));
    *out = patch;
    return PEN_OK;
}

enum pen_status pen_patch_hasten(struct pen_patch *patch, size_t *bytes)
{
    struct pen_regex *const all[] = {patch->leaf, patch->key, patch->url, patch->value};
    for (size_t i = 0; i < PEN_COUNT_OF(all); i++) {
        if (all[i] != NULL) PEN_TRY(pen_regex_hasten(all[i], bytes));
    }
    return PEN_OK;
}

static bool same_texts(const struct pen_str *a, const struct pen_str *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!pen_str_equal(a[i], b[i])) return false;
    }
    return true;
}

static bool same_rule(struct pen_patch_rule a, struct pen_patch_rule b)
{
    struct pen_str *texts_a[TEXTS];
    struct pen_str *texts_b[TEXTS];
    struct list lists_a[LISTS];
    struct list lists_b[LISTS];
    texts_of(&a, texts_a);
    texts_of(&b, texts_b);
    for (size_t i = 0; i < PEN_COUNT_OF(texts_a); i++) {
        if (!pen_str_equal(*texts_a[i], *texts_b[i])) return false;
    }
    lists_of(&a, lists_a);
    lists_of(&b, lists_b);
    for (size_t i = 0; i < PEN_COUNT_OF(lists_a); i++) {
        if (lists_a[i].count != lists_b[i].count) return false;
        if (!same_texts(*lists_a[i].texts, *lists_b[i].texts, lists_a[i].count)) return false;
    }
    return a.wake_any == b.wake_any && a.flags_only == b.flags_only && a.until == b.until;
}

bool pen_patch_rule_same(const struct pen_patch_rule *a, const struct pen_patch_rule *b)
{
    return same_rule(*a, *b);
}

/** All rules in one arena, and by whom they are asked for: texts, fields, functions. */
#include "filters/patch_set.h"

#include <stdlib.h>

#include "filters/patch_fields.h"

/* Sixteen thousand rules with expressions of some hundred bytes take sixty. */
#define ARENA_BYTES ((size_t)256 << 20)
#define BLOCK_BYTES ((size_t)4096)

/* An expression of fifty bytes is nine KiB of machine code: thousands have it, and beyond they are
 * interpreted, which finds the same, later. */
#define CODE_BYTES ((size_t)64 << 20)

_Static_assert(PEN_PATCHES_MOST <= PEN_PATCH_BITS, "a bit for each rule");

/* A rule that names a function. */
struct naming {
    struct pen_str function;
    uint32_t rule;
};

struct pen_patch_set {
    struct pen_arena *arena; /* owns everything but itself */
    struct pen_patch **patches;
    size_t count;
    struct pen_wake *leaf_wakes;
    size_t leaf_wake_count;
    struct pen_wakes *by_leaf;
    struct pen_wakes *by_field;
    struct pen_patch_fields *fields;
    uint32_t always[PEN_PATCHES_ALWAYS_MOST]; /* rules that look at every leaf */
    size_t always_count;
    struct pen_str *functions; /* that are named, once for each rule, sorted */
    uint32_t *naming;          /* the rule that names it */
    size_t naming_count;
    bool concerns_all;
};

/* While the wakes are listed. */
struct listing {
    struct pen_wake *field_wakes;
    size_t field_wake_count;
    struct pen_patch_field *fields;
    size_t field_count;
};

static void list_rule(struct pen_patch_set *set, uint32_t index, struct listing *into)
{
    const struct pen_patch *const patch = set->patches[index];
    const bool about_leaves = pen_patch_is_about_leaves(&patch->rule);
    const bool wakes = patch->literals.count > 0 && pen_patch_main(patch) != NULL;
    if (!about_leaves) {
        into->fields[into->field_count++] =
            (struct pen_patch_field){.name = patch->rule.header, .rule = index, .unasked = !wakes};
    } else if (!wakes) {
        set->always[set->always_count++] = index;
    }
    for (size_t i = 0; wakes && i < patch->literals.count; i++) {
        const struct pen_literal *const literal = &patch->literals.list[i];
        const struct pen_wake wake = {.literal = {literal->bytes, literal->len},
                                      .caseless = patch->literals.caseless,
                                      .rule = index};
        if (about_leaves) {
            set->leaf_wakes[set->leaf_wake_count++] = wake;
        } else {
            into->field_wakes[into->field_wake_count++] = wake;
        }
    }
}

static enum pen_status create_wakes(struct pen_patch_set *set, struct listing *listing,
                                    struct pen_error *err)
{
    for (uint32_t i = 0; i < set->count; i++) {
        list_rule(set, i, listing);
    }
    PEN_TRY(
        pen_wakes_create(set->leaf_wakes, set->leaf_wake_count, set->arena, &set->by_leaf, err));
    PEN_TRY(pen_wakes_create(listing->field_wakes, listing->field_wake_count, set->arena,
                             &set->by_field, err));
    return pen_patch_fields_create(listing->fields, listing->field_count, set->arena, &set->fields);
}

static enum pen_status list_wakes(struct pen_patch_set *set, struct pen_error *err)
{
    size_t literals = 0;
    size_t always = 0;
    for (size_t i = 0; i < set->count; i++) {
        literals += set->patches[i]->literals.count;
        always += pen_patch_looks_always(set->patches[i]);
    }
    if (always > PEN_PATCHES_ALWAYS_MOST) {
        pen_error_set(err, "%zu patches look at every text; at most %d may", always,
                      PEN_PATCHES_ALWAYS_MOST);
        return PEN_ERR_INVALID;
    }
    set->leaf_wakes = pen_arena_calloc(set->arena, literals + 1, sizeof(*set->leaf_wakes));
    struct listing listing = {
        .field_wakes = calloc(literals + 1, sizeof(*listing.field_wakes)),
        .fields = calloc(set->count + 1, sizeof(*listing.fields)),
    };
    enum pen_status status = PEN_ERR_NOMEM;
    if (set->leaf_wakes != NULL && listing.field_wakes != NULL && listing.fields != NULL) {
        status = create_wakes(set, &listing, err);
    }
    free(listing.fields);
    free(listing.field_wakes);
    return status;
}

static int by_function(const void *a, const void *b)
{
    const struct naming *const left = a;
    const struct naming *const right = b;
    const int functions = pen_str_compare(left->function, right->function);
    if (functions != 0) return functions;
    return (left->rule > right->rule) - (left->rule < right->rule);
}

static void fill_functions(struct pen_patch_set *set, struct naming *list)
{
    size_t count = 0;
    for (uint32_t i = 0; i < set->count; i++) {
        const struct pen_patch_rule *const rule = &set->patches[i]->rule;
        for (size_t k = 0; k < rule->function_count; k++) {
            list[count++] = (struct naming){rule->functions[k], i};
        }
    }
    if (count > 0) qsort(list, count, sizeof(*list), by_function);
    for (size_t i = 0; i < count; i++) {
        set->functions[i] = list[i].function;
        set->naming[i] = list[i].rule;
    }
    set->naming_count = count;
}

static enum pen_status list_functions(struct pen_patch_set *set)
{
    size_t most = 0;
    for (size_t i = 0; i < set->count; i++) {
        most += set->patches[i]->rule.function_count;
        set->concerns_all = set->concerns_all || set->patches[i]->rule.function_count == 0;
    }
    struct naming *const list = calloc(most + 1, sizeof(*list));
    set->functions = pen_arena_calloc(set->arena, most + 1, sizeof(*set->functions));
    set->naming = pen_arena_calloc(set->arena, most + 1, sizeof(*set->naming));
    const bool room = list != NULL && set->functions != NULL && set->naming != NULL;
    if (room) fill_functions(set, list);
    free(list);
    return room ? PEN_OK : PEN_ERR_NOMEM;
}

bool pen_patch_set_concerns_all(const struct pen_patch_set *set)
{
    return set->concerns_all;
}

/* The first named function that is not before this one. */
static size_t first_naming(const struct pen_patch_set *set, struct pen_str function)
{
    size_t low = 0;
    size_t high = set->naming_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (pen_str_compare(set->functions[middle], function) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const uint32_t *pen_patch_set_naming(const struct pen_patch_set *set, struct pen_str function,
                                     size_t *count)
{
    const size_t first = first_naming(set, function);
    size_t end = first;
    while (end < set->naming_count && pen_str_equal(set->functions[end], function)) {
        end++;
    }
    *count = end - first;
    return set->naming + first;
}

static enum pen_status fill(struct pen_patch_set *set, const struct pen_patch_rule *rules,
                            struct pen_error *err)
{
    size_t code_bytes = 0;
    set->patches = pen_arena_calloc(set->arena, set->count + 1, sizeof(struct pen_patch *));
    if (set->patches == NULL) return PEN_ERR_NOMEM;

    for (size_t i = 0; i < set->count; i++) {
        PEN_TRY(pen_patch_compile(&rules[i], set->arena, &set->patches[i], err));
        /* Those that always look are few, and the ones that time counts for. */
        if (code_bytes < CODE_BYTES || pen_patch_looks_always(set->patches[i])) {
            PEN_TRY(pen_patch_hasten(set->patches[i], &code_bytes));
        }
    }
    PEN_TRY(list_wakes(set, err));
    return list_functions(set);
}

enum pen_status pen_patch_set_create(const struct pen_patch_rule *rules, size_t count,
                                     struct pen_patch_set **out, struct pen_error *err)
{
    struct pen_patch_set *const set = calloc(1, sizeof(*set));
    pen_error_set(err, "not enough memory for patches");
    if (set == NULL) return PEN_ERR_NOMEM;

    enum pen_status status = PEN_ERR_INVALID;
    if (count > PEN_PATCHES_MOST) {
        pen_error_set(err, "there are %zu patches; at most %d are taken", count, PEN_PATCHES_MOST);
    } else {
        status = pen_arena_create(ARENA_BYTES, BLOCK_BYTES, &set->arena);
    }
    set->count = count;
    if (status == PEN_OK) status = fill(set, rules, err);
    if (status != PEN_OK) {
        pen_patch_set_destroy(set);
        return status;
    }
    err->text[0] = '\0';
    *out = set;
    return PEN_OK;
}

void pen_patch_set_destroy(struct pen_patch_set *set)
{
    if (set == NULL) return;

    pen_arena_destroy(set->arena);
    free(set);
}

bool pen_patch_set_is(const struct pen_patch_set *set, const struct pen_patch_rule *rules,
                      size_t count)
{
    if (set->count != count) return false;
    for (size_t i = 0; i < count; i++) {
        if (!pen_patch_rule_same(&set->patches[i]->rule, &rules[i])) return false;
    }
    return true;
}

size_t pen_patch_set_count(const struct pen_patch_set *set)
{
    return set->count;
}

const struct pen_patch *pen_patch_set_at(const struct pen_patch_set *set, size_t index)
{
    return set->patches[index];
}

bool pen_patch_set_wakes_always(const struct pen_patch_set *set)
{
    return set->always_count > 0;
}

const struct pen_wake *pen_patch_set_wakes(const struct pen_patch_set *set, size_t *count)
{
    *count = set->leaf_wake_count;
    return set->leaf_wakes;
}

enum pen_status pen_patch_set_prepare(const struct pen_patch_set *set, struct pen_scratch *scratch)
{
    PEN_TRY(pen_wakes_prepare(set->by_leaf, scratch));
    return pen_wakes_prepare(set->by_field, scratch);
}

enum pen_status pen_patch_set_wake(const struct pen_patch_set *set, uint64_t bit,
                                   struct pen_event *event, struct pen_scratch *scratch,
                                   uint64_t *steps_left)
{
    return pen_wakes_parts(set->by_leaf, scratch, event->text, event->text_ends, event->leaf_count,
                           steps_left, bit, event->wake);
}

static enum pen_status woken_by(const struct pen_wakes *wakes, struct pen_scan *scan,
                                struct pen_str text, struct pen_patch_bits *out)
{
    PEN_TRY(pen_scan_spend(scan, text.len));
    return pen_wakes_rules(wakes, scan->scratch, text, &scan->steps_left, out);
}

enum pen_status pen_patch_set_woken(const struct pen_patch_set *set, struct pen_scan *scan,
                                    struct pen_str text, struct pen_patch_bits *out)
{
    pen_patch_bits_clear(out);
    for (size_t i = 0; i < set->always_count; i++) {
        (void)pen_patch_bits_add(out, set->always[i]);
    }
    return woken_by(set->by_leaf, scan, text, out);
}

enum pen_status pen_patch_set_woken_by_field(const struct pen_patch_set *set, struct pen_scan *scan,
                                             const struct pen_event_field *field,
                                             struct pen_patch_bits *out)
{
    const struct pen_patch_name *const name = pen_patch_fields_of(set->fields, field->name);
    pen_patch_bits_clear(out);
    if (name == NULL) return PEN_OK;

    for (size_t i = 0; i < name->unasked_count; i++) {
        (void)pen_patch_bits_add(out, name->unasked[i]);
    }
    return name->asks ? woken_by(set->by_field, scan, field->value, out) : PEN_OK;
}

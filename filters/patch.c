/**
 * Virtual patches: a known hole in what a function uses, kept from being reached until it is
 * mended.
 *
 * Where no grammar makes sense there are patterns, written by people who know the hole. They are
 * the operator's (filters/patch_set.h, docs/patches.md), so the filter's rules are known only when
 * the configuration is: "patch.<id>" for each. What a pattern finds is certain, because whoever
 * wrote it said so; it refuses, or only flags where the rule says that.
 *
 * A leaf woken by some rule's text is shown to those rules alone. Header fields are looked at by
 * name in the event as it came: some, such as Content-Type, are no leaves. Fields of the same name
 * are looked at one by one.
 */
#include "filters/patch.h"

#include <stdlib.h>

#include "filters/core/envelope/envelope.h"
#include "filters/exception.h"
#include "filters/filter.h"

#define CERTAIN 100

#define LOOK_STEPS 8 /* what is asked of an event before an expression is tried on it */

/* The rules of one function: those that name none, and `naming`. */
struct view {
    const struct pen_patch_set *set;
    const uint32_t *naming; /* by index, ascending */
    size_t naming_count;
};

static bool is_among(const struct pen_str *texts, size_t count, struct pen_str text)
{
    for (size_t i = 0; i < count; i++) {
        if (pen_str_equal(texts[i], text)) return true;
    }
    return count == 0;
}

enum pen_status pen_patch_view(const struct pen_patch_set *set, struct pen_str function,
                               struct pen_arena *arena, void **out)
{
    size_t count = 0;
    const uint32_t *const naming = pen_patch_set_naming(set, function, &count);
    *out = NULL;
    if (count == 0 && !pen_patch_set_concerns_all(set)) return PEN_OK;

    struct view *const view = pen_arena_alloc(arena, sizeof(*view));
    if (view == NULL) return PEN_ERR_NOMEM;
    *view = (struct view){.set = set, .naming = naming, .naming_count = count};
    *out = view;
    return PEN_OK;
}

static int compare_indexes(const void *left, const void *right)
{
    const uint32_t a = *(const uint32_t *)left;
    const uint32_t b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static bool is_concerned(const struct view *view, uint32_t index)
{
    if (pen_patch_set_at(view->set, index)->rule.function_count == 0) return true;
    if (view->naming_count == 0) return false;
    return bsearch(&index, view->naming, view->naming_count, sizeof(index), compare_indexes)
           != NULL;
}

/* The next of the rules that were woken and are this function's; NULL: there is none. */
static enum pen_status next_rule(const struct view *view, struct pen_patch_bits *woken,
                                 struct pen_scan *scan, const struct pen_patch **out)
{
    uint32_t index = 0;
    *out = NULL;
    while (pen_patch_bits_take(woken, &index)) {
        PEN_TRY(pen_scan_spend(scan, LOOK_STEPS));
        if (!is_concerned(view, index)) continue;
        *out = pen_patch_set_at(view->set, index);
        break;
    }
    return PEN_OK;
}

static bool comes_in(const struct pen_event *event, const struct pen_patch_rule *rule)
{
    if (rule->envelope_count == 0) return true;
    if (event->envelope == NULL) return false;
    if (is_among(rule->envelopes, rule->envelope_count, event->envelope->name)) return true;
    for (const struct pen_event_document *one = event->documents; one != NULL; one = one->next) {
        if (is_among(rule->envelopes, rule->envelope_count, one->envelope->name)) return true;
    }
    return false;
}

/* What is cheap to know, first. */
static bool holds_for_event(const struct pen_patch_rule *rule, const struct pen_scan *scan)
{
    if (rule->until != 0 && scan->now >= rule->until) return false;
    return is_among(rule->methods, rule->method_count, scan->event->method)
           && comes_in(scan->event, rule);
}

static bool is_at_one_of(const struct pen_patch_rule *rule, const struct pen_leaf *leaf)
{
    char memory[PEN_EXCEPTION_PATH];
    struct pen_buf path = pen_buf_over(memory, sizeof(memory));
    if (rule->path_count == 0) return true;

    pen_leaf_path(leaf, &path);
    for (size_t i = 0; i < rule->path_count; i++) {
        if (pen_exception_path_fits(rule->paths[i], pen_buf_str(&path))) return true;
    }
    return path.full; /* too long to be known: look */
}

/* Of an array's element: the name of the array. */
static struct pen_str name_of(const struct pen_leaf *leaf)
{
    if (leaf->is_name) return (struct pen_str){"", 0};
    for (const struct pen_json *node = leaf->node; node != NULL; node = node->parent) {
        if (node->name.ptr != NULL) return node->name;
    }
    return leaf->name;
}

static enum pen_status search(const struct pen_regex *regex, struct pen_scan *scan,
                              struct pen_str text, struct pen_span *span)
{
    return pen_regex_find(regex, scan->scratch, text, 0, &scan->steps_left, span);
}

static enum pen_status matches(const struct pen_regex *regex, struct pen_scan *scan,
                               struct pen_str text, bool *out)
{
    struct pen_span span = {0, 0};
    *out = true;
    if (regex == NULL) return PEN_OK;
    PEN_TRY(search(regex, scan, text, &span));
    /* An empty match at the very end looks like none: no expression needs it. */
    *out = span.start < text.len;
    return PEN_OK;
}

static bool is_request_path(const struct pen_leaf *leaf)
{
    return leaf->origin == PEN_ORIGIN_PATH && leaf->segment == 0;
}

static enum pen_status path_matches(const struct pen_patch *patch, struct pen_scan *scan, bool *out)
{
    *out = patch->url == NULL;
    if (!*out) PEN_TRY(pen_scan_spend(scan, scan->event->leaf_count));
    for (uint32_t i = 0; !*out && i < scan->event->leaf_count; i++) {
        const struct pen_leaf *const leaf = pen_event_leaf(scan->event, i);
        if (is_request_path(leaf)) PEN_TRY(matches(patch->url, scan, leaf->text, out));
    }
    return PEN_OK;
}

static enum pen_status field_matches(const struct pen_patch *patch, struct pen_scan *scan,
                                     bool *out)
{
    const struct pen_event *const event = scan->event;
    *out = patch->rule.header.len == 0;
    for (size_t i = 0; !*out && i < event->field_count; i++) {
        if (!pen_str_equal_fold(event->fields[i].name, patch->rule.header)) continue;
        PEN_TRY(matches(patch->value, scan, event->fields[i].value, out));
    }
    return PEN_OK;
}

/* Is this leaf of the kind that the rule is about? */
static bool is_about(const struct pen_patch *patch, const struct pen_leaf *leaf)
{
    if (patch->leaf != NULL) return patch->key == NULL || !leaf->is_name;
    if (patch->key != NULL) return leaf->is_name;
    return is_request_path(leaf);
}

static enum pen_status look(const struct pen_patch *patch, const struct pen_leaf *leaf,
                            struct pen_scan *scan)
{
    struct pen_span span = {0, 0};
    bool holds = true;
    if (!is_about(patch, leaf) || !holds_for_event(&patch->rule, scan)) return PEN_OK;
    if (!is_at_one_of(&patch->rule, leaf)) return PEN_OK;

    if (patch->leaf != NULL) PEN_TRY(matches(patch->key, scan, name_of(leaf), &holds));
    if (!holds) return PEN_OK;
    PEN_TRY(search(pen_patch_main(patch), scan, leaf->text, &span));
    if (span.start == leaf->text.len) return PEN_OK;
    if (!is_request_path(leaf)) PEN_TRY(path_matches(patch, scan, &holds));
    if (holds) PEN_TRY(field_matches(patch, scan, &holds));
    if (holds) {
        pen_scan_report_as(scan, patch->rule_id, patch->title, span, CERTAIN,
                           patch->rule.flags_only);
    }
    return PEN_OK;
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    const struct view *const view = state;
    const struct pen_patch *patch = NULL;
    struct pen_patch_bits woken;
    PEN_TRY(pen_patch_set_woken(view->set, scan, leaf->text, &woken));
    PEN_TRY(next_rule(view, &woken, scan, &patch));
    while (patch != NULL) {
        PEN_TRY(look(patch, leaf, scan));
        PEN_TRY(next_rule(view, &woken, scan, &patch));
    }
    return PEN_OK;
}

/* A leaf of its own: the field may be none of the event's. */
static enum pen_status report_field(const struct pen_patch *patch,
                                    const struct pen_event_field *field, struct pen_span span,
                                    struct pen_scan *scan)
{
    struct pen_leaf *const leaf = pen_arena_alloc(scan->arena, sizeof(*leaf));
    if (leaf == NULL) return PEN_ERR_NOMEM;

    *leaf = (struct pen_leaf){.text = field->value,
                              .place = pen_place_of(0, field->value.len),
                              .name = field->name,
                              .origin = PEN_ORIGIN_HEADER};
    scan->leaf = leaf;
    pen_scan_report_as(scan, patch->rule_id, patch->title, span, CERTAIN, patch->rule.flags_only);
    scan->leaf = NULL;
    return PEN_OK;
}

static enum pen_status look_at_field(const struct pen_patch *patch,
                                     const struct pen_event_field *field, struct pen_scan *scan)
{
    struct pen_span span = {0, field->value.len};
    if (!pen_str_equal_fold(field->name, patch->rule.header)) return PEN_OK;
    if (!holds_for_event(&patch->rule, scan)) return PEN_OK;

    if (patch->value != NULL) {
        PEN_TRY(search(patch->value, scan, field->value, &span));
        if (span.start == field->value.len) return PEN_OK;
    }
    return report_field(patch, field, span, scan);
}

static enum pen_status inspect_event(const void *state, const struct pen_event *event,
                                     struct pen_scan *scan)
{
    const struct view *const view = state;
    const struct pen_patch *patch = NULL;
    struct pen_patch_bits woken;
    for (size_t i = 0; i < event->field_count; i++) {
        const struct pen_event_field *const field = &event->fields[i];
        PEN_TRY(pen_patch_set_woken_by_field(view->set, scan, field, &woken));
        PEN_TRY(next_rule(view, &woken, scan, &patch));
        while (patch != NULL) {
            PEN_TRY(look_at_field(patch, field, scan));
            PEN_TRY(next_rule(view, &woken, scan, &patch));
        }
    }
    return PEN_OK;
}

const struct pen_filter pen_filter_patch = {
    .name = "patch",
    .summary = "known holes, closed until what has them is mended",
    .is_patches = true,
    .inspect_leaf = inspect_leaf,
    .inspect_event = inspect_event,
};

/**
 * `exceptions`: which findings of a function do not count.
 *
 * Each stands for one place and has a reason, or is refused; so is one that another has made
 * superfluous, because whoever removes that one later would not know what still rests on it.
 */
#include "filters/exception.h"
#include "gateway/config/shapes.h"
#include "gateway/config/units.h"

static enum pen_status unknown_rule(struct pen_reader *reader, const struct pen_json *value,
                                    const struct pen_filter *filter, struct pen_str rule)
{
    struct pen_nearest nearest;
    pen_nearest_init(&nearest, rule);
    for (size_t i = 0; i < filter->rule_count; i++) {
        pen_nearest_consider(&nearest, pen_str_from_c(filter->rules[i].id));
    }
    return pen_reader_fail(reader, value, "the filter %s has no rule '%s'%s", filter->name,
                           pen_reader_excerpt(rule).text, pen_nearest_hint(&nearest));
}

/* "patch.cve-2021-44228" */
static enum pen_status find_patch(struct pen_reader *reader, const struct pen_json *value,
                                  struct pen_str rule)
{
    const struct pen_config *const config = reader->config;
    const struct pen_str id = pen_str_slice(rule, pen_str_find(rule, '.', 0) + 1, rule.len);
    struct pen_nearest nearest;
    pen_nearest_init(&nearest, id);
    for (size_t i = 0; i < config->patch_count; i++) {
        if (pen_str_equal(config->patches[i].id, id)) return PEN_OK;
        pen_nearest_consider(&nearest, config->patches[i].id);
    }
    return pen_reader_fail(reader, value, "there is no patch '%s'%s", pen_reader_excerpt(id).text,
                           pen_nearest_hint(&nearest));
}

static enum pen_status read_rule(struct pen_reader *reader, const struct pen_json *value,
                                 void *target)
{
    struct pen_exception *exception = target;
    size_t index;
    PEN_TRY(pen_reader_text(reader, value, 0, &exception->rule));
    const struct pen_str rule = exception->rule;
    const size_t dot = pen_str_find(rule, '.', 0);
    if (dot == rule.len && pen_registry_find(rule) < pen_registry_count()) {
        return pen_reader_fail(reader, value,
                               "'%s' is a filter, not a rule of one: write `filter: %s`, or a rule "
                               "as findings name it",
                               pen_reader_excerpt(rule).text, pen_reader_excerpt(rule).text);
    }
    if (dot == rule.len) {
        return pen_reader_expected(reader, value, "a rule as findings name it: sqli.tautology");
    }
    PEN_TRY(pen_read_filter_name(reader, value, pen_str_slice(rule, 0, dot), false, &index));
    const struct pen_filter *const filter = pen_registry_at(index);
    if (filter->is_patches) return find_patch(reader, value, rule);
    for (size_t i = 0; i < filter->rule_count; i++) {
        if (pen_str_equal(pen_str_from_c(filter->rules[i].id), rule)) return PEN_OK;
    }
    return unknown_rule(reader, value, filter, rule);
}

static enum pen_status read_filter(struct pen_reader *reader, const struct pen_json *value,
                                   void *target)
{
    struct pen_exception *exception = target;
    size_t index;
    PEN_TRY(pen_reader_text(reader, value, 0, &exception->filter));
    return pen_read_filter_name(reader, value, exception->filter, false, &index);
}

/* As pen_leaf_path writes it: a JSON Pointer, for other leaves than the body's behind an origin. */
static enum pen_status read_path(struct pen_reader *reader, const struct pen_json *value,
                                 void *target)
{
    struct pen_exception *exception = target;
    exception->path = PEN_S(""); /* the whole body, when it is one text */
    if (value->text.len == 0) return PEN_OK;
    PEN_TRY(pen_reader_text(reader, value, 0, &exception->path));
    const char *const problem = pen_exception_path_problem(exception->path);
    if (problem == NULL && !pen_exception_path_is_narrow(exception->path)) {
        return pen_reader_fail(reader, value,
                               "the path '%s' names nothing but '*': it is wider than one place; "
                               "name the member",
                               pen_reader_excerpt(exception->path).text);
    }
    if (problem == NULL) return PEN_OK;
    return pen_reader_fail(reader, value, "the path '%s' %s",
                           pen_reader_excerpt(exception->path).text, problem);
}

enum pen_status pen_read_until(struct pen_reader *reader, const struct pen_json *value,
                               int64_t *out)
{
    if (pen_units_date(value->text, out) == PEN_OK) return PEN_OK;
    return pen_reader_expected(reader, value, "a date such as 2027-01-31");
}

static enum pen_status read_until(struct pen_reader *reader, const struct pen_json *value,
                                  void *target)
{
    return pen_read_until(reader, value, &((struct pen_exception *)target)->until);
}

static const struct pen_key exception_keys[] = {
    {PEN_STR("filter"), .kind = PEN_KEY_READ, .read = read_filter},
    {PEN_STR("rule"), .kind = PEN_KEY_READ, .read = read_rule},
    {PEN_STR("path"), .kind = PEN_KEY_READ, .read = read_path},
    {PEN_STR("reason"), .kind = PEN_KEY_TEXT,
     .offset = PEN_FIELD(struct pen_exception, reason, struct pen_str)},
    {PEN_STR("until"), .kind = PEN_KEY_READ, .read = read_until},
};

const struct pen_shape pen_shape_exception = {
    .schema = "/$defs/exception",
    .keys = exception_keys,
    .key_count = PEN_COUNT_OF(exception_keys),
};

static struct pen_str filter_of(const struct pen_exception *exception)
{
    if (exception->rule.len == 0) return exception->filter;
    return pen_str_slice(exception->rule, 0, pen_str_find(exception->rule, '.', 0));
}

/* Does `wide` excuse all that `narrow` does, for as long? */
static bool makes_superfluous(const struct pen_exception *wide, const struct pen_exception *narrow)
{
    if (wide->until != 0 && (narrow->until == 0 || narrow->until > wide->until)) return false;
    if (wide->rule.len > 0 && !pen_str_equal(wide->rule, narrow->rule)) return false;
    return pen_str_equal(filter_of(wide), filter_of(narrow))
           && pen_exception_path_fits(wide->path, narrow->path);
}

static enum pen_status check_item(struct pen_reader *reader, const struct pen_json *item,
                                  const struct pen_exception *all, uint32_t index)
{
    const struct pen_exception *const one = &all[index];
    for (uint32_t i = 0; i < index; i++) {
        if (!makes_superfluous(&all[i], one) && !makes_superfluous(one, &all[i])) continue;
        return pen_reader_fail_name(reader, item,
                                    "this one and number %u excuse the same at one place; keep the "
                                    "narrower, if that is enough",
                                    (unsigned)i);
    }
    return PEN_OK;
}

enum pen_status pen_read_exceptions(struct pen_reader *reader, const struct pen_json *value,
                                    void *target)
{
    struct pen_policy *policy = NULL;
    PEN_TRY(pen_reader_policy(reader, target, &policy));
    struct pen_exception *exceptions =
        pen_arena_calloc(reader->arena, value->count, sizeof(*exceptions));
    if (exceptions == NULL) return pen_reader_no_memory(reader);

    for (const struct pen_json *item = value->first; item != NULL; item = item->next) {
        PEN_TRY(pen_reader_mapping(reader, item, &pen_shape_exception, &exceptions[item->index]));
        PEN_TRY(check_item(reader, item, exceptions, item->index));
    }
    policy->exceptions = exceptions;
    policy->exception_count = value->count;
    return PEN_OK;
}

enum pen_status pen_check_exceptions(struct pen_reader *reader, const struct pen_json *value,
                                     const struct pen_policy *policy)
{
    const struct pen_json *item = value == NULL ? NULL : value->first;
    for (size_t i = 0; item != NULL && i < policy->exception_count; i++) {
        const size_t index = pen_registry_find(filter_of(&policy->exceptions[i]));
        const char *const name = pen_registry_at(index)->name;
        if (policy->modes[index] == PEN_MODE_OFF) {
            return pen_reader_fail_name(reader, item,
                                        "the filter %s is off here, so there is nothing to excuse; "
                                        "remove the exception",
                                        name);
        }
        if (pen_registry_at(index)->inspect_leaf == NULL) {
            return pen_reader_fail_name(reader, item,
                                        "what the filter %s finds is about an event as a whole, at "
                                        "no path; its own keys say what may pass",
                                        name);
        }
        item = item->next;
    }
    return PEN_OK;
}

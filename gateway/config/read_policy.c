/** `filters`, `thresholds`, `sinks` and `exceptions`: what the chain makes of an event. */
#include "gateway/config/shapes.h"
#include "gateway/config/units.h"

/* What a filter compiles from its own mapping while it is only checked. */
#define TRIAL_BYTES ((size_t)16 << 20)

static const struct pen_word modes[] = {
    {PEN_STR("enforce"), PEN_MODE_ENFORCE},
    {PEN_STR("detect"), PEN_MODE_DETECT},
    {PEN_STR("off"), PEN_MODE_OFF},
};

static enum pen_status read_mode(struct pen_reader *reader, const struct pen_json *value,
                                 enum pen_mode *out)
{
    int mode;
    PEN_TRY(pen_reader_word(reader, value, modes, PEN_COUNT_OF(modes), &mode));
    *out = (enum pen_mode)mode;
    return PEN_OK;
}

static void consider_filters(struct pen_nearest *nearest)
{
    for (size_t i = 0; i < pen_registry_count(); i++) {
        pen_nearest_consider(nearest, pen_str_from_c(pen_registry_at(i)->name));
    }
}

static enum pen_status find_filter(struct pen_reader *reader, const struct pen_json *value,
                                   struct pen_str name, bool at_name, size_t *out)
{
    *out = pen_registry_find(name);
    if (*out < pen_registry_count()) return PEN_OK;

    struct pen_nearest nearest;
    pen_nearest_init(&nearest, name);
    consider_filters(&nearest);
    const struct pen_excerpt text = pen_reader_excerpt(name);
    const char *const hint = pen_nearest_hint(&nearest);
    if (at_name) {
        return pen_reader_fail_name(reader, value, "unknown filter '%s'%s", text.text, hint);
    }
    return pen_reader_fail(reader, value, "unknown filter '%s'%s", text.text, hint);
}

/* The filter's mapping without `mode`, which is ours: the filter would not know it. */
static enum pen_status own_config(struct pen_reader *reader, const struct pen_json *value,
                                  const struct pen_json **out)
{
    struct pen_json *config = pen_arena_alloc(reader->arena, sizeof(*config));
    struct pen_json *members = pen_arena_calloc(reader->arena, value->count, sizeof(*members));
    if (config == NULL || members == NULL) return pen_reader_no_memory(reader);

    *config = *value;
    config->first = NULL;
    config->count = 0;
    for (const struct pen_json *member = value->first; member != NULL; member = member->next) {
        if (pen_str_equal(member->name, PEN_S("mode"))) continue;

        struct pen_json *const copy = &members[config->count];
        *copy = *member;
        copy->next = NULL;
        copy->index = config->count;
        if (config->count > 0) members[config->count - 1].next = copy;
        if (config->count == 0) config->first = copy;
        config->count++;
    }
    *out = config->count > 0 ? config : NULL;
    return PEN_OK;
}

/* Let the filter itself say whether it understands its mapping. */
static enum pen_status try_config(struct pen_reader *reader, const struct pen_json *value,
                                  const struct pen_filter *filter, const struct pen_json *config)
{
    if (filter->compile == NULL) {
        return pen_reader_fail_name(reader, value, "the filter '%s' has no keys but 'mode'",
                                    filter->name);
    }
    struct pen_arena *arena;
    if (pen_arena_create(TRIAL_BYTES, 4096, &arena) != PEN_OK) return pen_reader_no_memory(reader);

    struct pen_error why = {.text = "the filter does not accept its keys"};
    void *state = NULL;
    const enum pen_status status = filter->compile(config, arena, &state, &why);
    if (status == PEN_OK && filter->dispose != NULL) filter->dispose(state);
    pen_arena_destroy(arena);
    if (status == PEN_OK) return PEN_OK;
    if (status == PEN_ERR_NOMEM) return pen_reader_no_memory(reader);
    return pen_reader_fail_name(reader, value, "%s", why.text);
}

static enum pen_status read_filter(struct pen_reader *reader, const struct pen_json *value,
                                   struct pen_policy *policy)
{
    size_t index;
    PEN_TRY(find_filter(reader, value, value->name, true, &index));
    if (value->type == PEN_JSON_STRING) return read_mode(reader, value, &policy->modes[index]);
    if (value->type != PEN_JSON_OBJECT) {
        return pen_reader_expected(reader, value, "enforce, detect, off, or a mapping");
    }
    const struct pen_json *const mode = pen_json_member(value, PEN_S("mode"));
    if (mode != NULL) PEN_TRY(read_mode(reader, mode, &policy->modes[index]));

    const struct pen_json *config = NULL;
    PEN_TRY(own_config(reader, value, &config));
    if (config == NULL) return PEN_OK;
    PEN_TRY(try_config(reader, value, pen_registry_at(index), config));
    policy->configs[index] = config;
    return PEN_OK;
}

enum pen_status pen_read_filters(struct pen_reader *reader, const struct pen_json *value,
                                 void *target)
{
    struct pen_policy *const policy = &((struct pen_config_function *)target)->policy;
    if (value->type == PEN_JSON_STRING) {
        enum pen_mode mode;
        PEN_TRY(read_mode(reader, value, &mode));
        for (size_t i = 0; i < pen_registry_count(); i++) {
            policy->modes[i] = mode;
        }
        return PEN_OK;
    }
    PEN_TRY(pen_reader_named(reader, value,
                             "enforce, detect, off, or a mapping from filters to these"));
    for (const struct pen_json *item = value->first; item != NULL; item = item->next) {
        PEN_TRY(read_filter(reader, item, policy));
    }
    return PEN_OK;
}

enum pen_status pen_read_sinks(struct pen_reader *reader, const struct pen_json *value,
                               void *target)
{
    struct pen_policy *const policy = &((struct pen_config_function *)target)->policy;
    PEN_TRY(pen_reader_texts(reader, value, 0, &policy->sinks, &policy->sink_count));
    const struct pen_json *item = value->type == PEN_JSON_ARRAY ? value->first : value;
    for (size_t i = 0; i < policy->sink_count; i++) {
        if (!pen_registry_knows_sink(policy->sinks[i])) {
            struct pen_nearest nearest;
            pen_nearest_init(&nearest, policy->sinks[i]);
            for (size_t sink = 0; sink < pen_registry_sink_count(); sink++) {
                pen_nearest_consider(&nearest, pen_registry_sink_at(sink));
            }
            return pen_reader_fail(reader, item, "unknown sink '%s'%s",
                                   pen_reader_excerpt(policy->sinks[i]).text,
                                   pen_nearest_hint(&nearest));
        }
        item = item->next;
    }
    return PEN_OK;
}

static const struct pen_policy policy_defaults = {.block_score = 70, .flag_score = 40};

#define SCORE(key, field)                                                                  \
    {                                                                                      \
        PEN_STR(key), .kind = PEN_KEY_NUMBER,                                              \
                      .offset = PEN_FIELD(struct pen_policy, field, uint32_t), .least = 1, \
                      .most = 100                                                          \
    }

static const struct pen_key threshold_keys[] = {
    SCORE("block", block_score),
    SCORE("flag", flag_score),
};

const struct pen_shape pen_shape_thresholds = {
    .schema = "/$defs/thresholds",
    .keys = threshold_keys,
    .key_count = PEN_COUNT_OF(threshold_keys),
    .defaults = &policy_defaults,
    .size = sizeof(policy_defaults),
};

enum pen_status pen_read_thresholds(struct pen_reader *reader, const struct pen_json *value,
                                    void *target)
{
    struct pen_policy *const policy = &((struct pen_config_function *)target)->policy;
    PEN_TRY(pen_reader_mapping(reader, value, &pen_shape_thresholds, policy));
    /* 0 leaves the choice to the chain; see filters/chain.h. */
    const uint32_t block =
        policy->block_score == 0 ? policy_defaults.block_score : policy->block_score;
    const uint32_t flag = policy->flag_score == 0 ? policy_defaults.flag_score : policy->flag_score;
    if (flag <= block) return PEN_OK;
    return pen_reader_fail_name(
        reader, value, "'flag' (%u) is above 'block' (%u): nothing would be flagged", flag, block);
}

static enum pen_status read_exception_filter(struct pen_reader *reader,
                                             const struct pen_json *value, void *target)
{
    struct pen_exception *exception = target;
    size_t index;
    PEN_TRY(pen_reader_text(reader, value, 0, &exception->filter));
    return find_filter(reader, value, exception->filter, false, &index);
}

/* As pen_leaf_path writes it: a JSON Pointer, for other leaves than the body's behind an origin. */
static enum pen_status read_exception_path(struct pen_reader *reader, const struct pen_json *value,
                                           void *target)
{
    static const struct pen_str origins[] = {
        PEN_STR(""), PEN_STR("query:"), PEN_STR("form:"), PEN_STR("header:"), PEN_STR("path:"),
    };
    struct pen_exception *exception = target;
    PEN_TRY(pen_reader_text(reader, value, 0, &exception->path));
    for (size_t i = 0; i < PEN_COUNT_OF(origins); i++) {
        if (!pen_str_starts(exception->path, origins[i])) continue;
        const struct pen_str rest =
            pen_str_slice(exception->path, origins[i].len, exception->path.len);
        if (rest.len == 0 || rest.ptr[0] == '/') return PEN_OK;
    }
    return pen_reader_expected(reader, value,
                               "a path as findings name it: /note, query:/name, header:/name");
}

static enum pen_status read_until(struct pen_reader *reader, const struct pen_json *value,
                                  void *target)
{
    struct pen_exception *exception = target;
    if (value->type == PEN_JSON_STRING
        && pen_units_date(value->text, &exception->until) == PEN_OK) {
        return PEN_OK;
    }
    return pen_reader_expected(reader, value, "a date such as 2027-01-31");
}

static const struct pen_key exception_keys[] = {
    {PEN_STR("filter"), .kind = PEN_KEY_READ, .flags = PEN_KEY_REQUIRED,
     .read = read_exception_filter},
    {PEN_STR("path"), .kind = PEN_KEY_READ, .flags = PEN_KEY_REQUIRED, .read = read_exception_path},
    {PEN_STR("reason"), .kind = PEN_KEY_TEXT, .flags = PEN_KEY_REQUIRED,
     .offset = PEN_FIELD(struct pen_exception, reason, struct pen_str)},
    {PEN_STR("until"), .kind = PEN_KEY_READ, .read = read_until},
};

const struct pen_shape pen_shape_exception = {
    .schema = "/$defs/exception",
    .keys = exception_keys,
    .key_count = PEN_COUNT_OF(exception_keys),
};

enum pen_status pen_read_exceptions(struct pen_reader *reader, const struct pen_json *value,
                                    void *target)
{
    struct pen_policy *const policy = &((struct pen_config_function *)target)->policy;
    PEN_TRY(pen_reader_list(reader, value, "exceptions, each behind a '-'"));
    struct pen_exception *exceptions =
        pen_arena_calloc(reader->arena, value->count, sizeof(*exceptions));
    if (exceptions == NULL) return pen_reader_no_memory(reader);

    for (const struct pen_json *item = value->first; item != NULL; item = item->next) {
        PEN_TRY(pen_reader_mapping(reader, item, &pen_shape_exception, &exceptions[item->index]));
    }
    policy->exceptions = exceptions;
    policy->exception_count = value->count;
    return PEN_OK;
}

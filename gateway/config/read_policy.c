/** `filters`, `thresholds` and `sinks`: what the chain makes of an event. */
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

enum pen_status pen_read_filter_name(struct pen_reader *reader, const struct pen_json *value,
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

/* The filter's mapping without `mode` and `thresholds`, which are ours. */
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
        if (pen_str_equal(member->name, PEN_S("thresholds"))) continue;

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
        return pen_reader_fail_name(
            reader, value, "the filter '%s' has no keys but 'mode' and 'thresholds'", filter->name);
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
    if (why.offset > 0) return pen_reader_fail_at(reader, value, why.offset, "%s", why.text);
    return pen_reader_fail_name(reader, value, "%s", why.text);
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

enum pen_status pen_reader_policy(struct pen_reader *reader, struct pen_config_function *function,
                                  struct pen_policy **out)
{
    if (function != &reader->defaults && function->policy == reader->defaults.policy) {
        struct pen_policy *const own = pen_arena_alloc(reader->arena, sizeof(*own));
        if (own == NULL) return pen_reader_no_memory(reader);
        *own = *function->policy;
        function->policy = own;
    }
    *out = function->policy;
    return PEN_OK;
}

static enum pen_status read_scores(struct pen_reader *reader, const struct pen_json *value,
                                   struct pen_policy *policy)
{
    PEN_TRY(pen_reader_mapping(reader, value, &pen_shape_thresholds, policy));
    /* 0 leaves the choice to the chain; see filters/chain.h. */
    const uint32_t block =
        policy->block_score == 0 ? policy_defaults.block_score : policy->block_score;
    const uint32_t flag = policy->flag_score == 0 ? policy_defaults.flag_score : policy->flag_score;
    if (flag <= block) return PEN_OK;
    return pen_reader_fail_name(
        reader, value, "'flag' (%u) is above 'block' (%u): nothing would be flagged", flag, block);
}

enum pen_status pen_read_thresholds(struct pen_reader *reader, const struct pen_json *value,
                                    void *target)
{
    struct pen_policy *policy = NULL;
    PEN_TRY(pen_reader_policy(reader, target, &policy));
    return read_scores(reader, value, policy);
}

/* One filter's own: as a function's, and for it alone. */
static enum pen_status read_filter_thresholds(struct pen_reader *reader,
                                              const struct pen_json *value,
                                              struct pen_policy *policy, size_t index)
{
    struct pen_policy *const own = pen_arena_calloc(reader->arena, 1, sizeof(*own));
    if (own == NULL) return pen_reader_no_memory(reader);

    PEN_TRY(read_scores(reader, value, own));
    policy->filter_block_scores[index] = own->block_score;
    policy->filter_flag_scores[index] = own->flag_score;
    return PEN_OK;
}

static enum pen_status read_filter(struct pen_reader *reader, const struct pen_json *value,
                                   struct pen_policy *policy)
{
    size_t index;
    PEN_TRY(pen_read_filter_name(reader, value, value->name, true, &index));
    if (value->type == PEN_JSON_STRING) return read_mode(reader, value, &policy->modes[index]);
    const struct pen_json *const mode = pen_json_member(value, PEN_S("mode"));
    if (mode != NULL) PEN_TRY(read_mode(reader, mode, &policy->modes[index]));
    const struct pen_json *const scores = pen_json_member(value, PEN_S("thresholds"));
    if (scores != NULL) PEN_TRY(read_filter_thresholds(reader, scores, policy, index));

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
    struct pen_policy *policy = NULL;
    PEN_TRY(pen_reader_policy(reader, target, &policy));
    if (value->type == PEN_JSON_STRING) {
        enum pen_mode mode;
        PEN_TRY(read_mode(reader, value, &mode));
        pen_policy_set_modes(policy, mode);
        return PEN_OK;
    }
    for (const struct pen_json *item = value->first; item != NULL; item = item->next) {
        PEN_TRY(read_filter(reader, item, policy));
    }
    return PEN_OK;
}

enum pen_status pen_read_sinks(struct pen_reader *reader, const struct pen_json *value,
                               void *target)
{
    struct pen_policy *policy = NULL;
    PEN_TRY(pen_reader_policy(reader, target, &policy));
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

/** Only what differs from what a function has that says nothing, in the configuration's words. */
#include "gateway/cli/check_policy.h"

#include "gateway/config/units.h"

static struct pen_str mode_name(enum pen_mode mode)
{
    switch (mode) {
    case PEN_MODE_ENFORCE:
        return PEN_S("enforce");
    case PEN_MODE_DETECT:
        return PEN_S("detect");
    case PEN_MODE_OFF:
        return PEN_S("off");
    }
    return PEN_S("");
}

static const char *response_mode_name(enum pen_response_mode mode)
{
    switch (mode) {
    case PEN_RESPONSE_OFF:
        return "off";
    case PEN_RESPONSE_DETECT:
        return "detect";
    case PEN_RESPONSE_REDACT:
        return "redact";
    case PEN_RESPONSE_ENFORCE:
        return "enforce";
    }
    return "";
}

/* The mode that all filters have; PEN_MODE_ENFORCE when they differ. */
static enum pen_mode common_mode(const struct pen_policy *policy)
{
    for (size_t i = 1; i < pen_registry_count(); i++) {
        if (policy->modes[i] != policy->modes[0]) return PEN_MODE_ENFORCE;
    }
    return policy->modes[0];
}

static void put_modes(struct pen_buf *buf, const struct pen_policy *policy)
{
    const enum pen_mode common = common_mode(policy);
    pen_buf_put(buf, mode_name(common));
    for (size_t i = 0; i < pen_registry_count(); i++) {
        if (policy->modes[i] == common) continue;
        pen_buf_format(buf, ", %s %.*s", pen_registry_at(i)->name,
                       PEN_STR_ARGS(mode_name(policy->modes[i])));
    }
}

static struct pen_buf *next(struct pen_buf *buf)
{
    pen_buf_put(buf, PEN_S("; "));
    return buf;
}

static void put_sinks(struct pen_buf *buf, const struct pen_policy *policy)
{
    for (size_t i = 0; i < policy->sink_count; i++) {
        pen_buf_put(buf, i > 0 ? PEN_S(" and ") : PEN_S("; sinks "));
        pen_buf_put(buf, policy->sinks[i]);
    }
}

static void put_scores(struct pen_buf *buf, const char *filter, uint32_t block, uint32_t flag)
{
    if (block == 0 && flag == 0) return;
    pen_buf_put(next(buf), pen_str_from_c(filter));
    if (block > 0) pen_buf_format(buf, "%sblock %u", filter[0] != '\0' ? " " : "", block);
    if (block > 0 && flag > 0) pen_buf_put(buf, PEN_S(" and"));
    if (flag > 0) pen_buf_format(buf, "%sflag %u", filter[0] != '\0' || block > 0 ? " " : "", flag);
}

/* Its keys by name; their values stand in the file. */
static void put_filter(struct pen_buf *buf, const struct pen_policy *policy, size_t filter)
{
    const char *const name = pen_registry_at(filter)->name;
    const struct pen_json *const config = policy->configs[filter];
    put_scores(buf, name, policy->filter_block_scores[filter], policy->filter_flag_scores[filter]);
    if (config == NULL) return;
    pen_buf_format(next(buf), "%s with", name);
    for (const struct pen_json *key = config->first; key != NULL; key = key->next) {
        pen_buf_put(buf, key == config->first ? PEN_S(" ") : PEN_S(" and "));
        pen_buf_put(buf, key->name);
    }
}

static void put_response(struct pen_buf *buf, const struct pen_config_response *response)
{
    if (!response->any) return;
    pen_buf_put(next(buf), PEN_S("response"));
    const struct {
        const char *name;
        enum pen_response_mode mode;
    } looks[] = {
        {"secrets", response->secrets},
        {"traces", response->traces},
        {"errors", response->errors},
    };
    bool first = true;
    for (size_t i = 0; i < PEN_COUNT_OF(looks); i++) {
        if (looks[i].mode == PEN_RESPONSE_OFF) continue;
        pen_buf_format(buf, "%s %s %s", first ? "" : " and", looks[i].name,
                       response_mode_name(looks[i].mode));
        first = false;
    }
}

static void put_schemas(struct pen_buf *buf, const struct pen_config_function *function)
{
    const struct pen_config_schema *const schema = &function->schema;
    for (size_t i = 0; i < schema->use_count; i++) {
        pen_buf_put(i == 0 ? next(buf) : buf, i == 0 ? PEN_S("schema ") : PEN_S(" and "));
        pen_buf_put(buf, schema->uses[i].file);
    }
    if (schema->dataschema != PEN_DATASCHEMA_IGNORE) {
        pen_buf_put(next(buf), schema->dataschema == PEN_DATASCHEMA_USE
                                   ? PEN_S("dataschema used")
                                   : PEN_S("dataschema required"));
    }
    if (function->openapi.file.len > 0) {
        pen_buf_put(next(buf), PEN_S("openapi "));
        pen_buf_put(buf, function->openapi.file);
    }
    if (schema->detects) pen_buf_put(buf, PEN_S(" (detect)"));
    if (function->response_schema.use.file.len > 0) {
        pen_buf_put(next(buf), PEN_S("response schema "));
        pen_buf_put(buf, function->response_schema.use.file);
        pen_buf_put(buf, function->response_schema.enforces ? PEN_S(" enforce") : PEN_S(" detect"));
    }
}

void pen_check_put_policy(struct pen_buf *buf, const struct pen_config_function *function)
{
    const struct pen_policy *const policy = function->policy;
    put_modes(buf, policy);
    put_sinks(buf, policy);
    put_scores(buf, "", policy->block_score, policy->flag_score);
    for (size_t i = 0; i < pen_registry_count(); i++) {
        put_filter(buf, policy, i);
    }
    put_response(buf, &function->response);
    put_schemas(buf, function);
    if (policy->exception_count == 0) return;
    pen_buf_format(next(buf), "%zu exception%s", policy->exception_count,
                   policy->exception_count == 1 ? "" : "s");
}

bool pen_check_has_settings(const struct pen_policy *policy, size_t filter)
{
    return policy->configs[filter] != NULL || policy->filter_block_scores[filter] > 0
           || policy->filter_flag_scores[filter] > 0;
}

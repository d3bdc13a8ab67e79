/** One pass over what has an end: a series for each, a sentence for each that is over. */
#include "gateway/policy_dates.h"

#include "gateway/log.h"

#define SERIES_BYTES     2048
#define EXCEPTIONS       "penstock_exception_expiry_seconds"
#define EXCEPTIONS_ENDED "penstock_exceptions_ended"
#define PATCHES          "penstock_patch_expiry_seconds"
#define PATCHES_ENDED    "penstock_patches_ended"

/* What has been seen of ends so far. */
struct ends {
    struct pen_metrics *metrics;
    int64_t now_s;
    int64_t next_s;
};

static void put_label(struct pen_buf *buf, const char *name, struct pen_str text)
{
    pen_buf_put(buf, pen_str_from_c(name));
    pen_buf_put(buf, PEN_S("=\""));
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        if (c == '\\' || c == '"') pen_buf_byte(buf, '\\');
        pen_buf_byte(buf, c);
    }
    pen_buf_byte(buf, '"');
}

static struct pen_str subject_of(const struct pen_exception *exception)
{
    return exception->rule.len > 0 ? exception->rule : exception->filter;
}

static void publish(const struct ends *ends, struct pen_buf *series, int64_t until_s)
{
    pen_buf_byte(series, '}');
    pen_buf_byte(series, '\0');
    if (!series->full) pen_metrics_info(ends->metrics, series->ptr, (double)until_s);
}

/* Whether it is over; what is not is waited for. */
static bool has_ended(struct ends *ends, int64_t until_s)
{
    if (until_s <= ends->now_s) return true;
    if (until_s < ends->next_s) ends->next_s = until_s;
    return false;
}

static size_t tell_exceptions(struct ends *ends, const struct pen_config_function *function)
{
    size_t ended = 0;
    for (size_t i = 0; i < function->policy->exception_count; i++) {
        const struct pen_exception *const exception = &function->policy->exceptions[i];
        const struct pen_str subject = subject_of(exception);
        char memory[SERIES_BYTES];
        struct pen_buf series = pen_buf_over(memory, sizeof(memory));
        if (exception->until == 0) continue;

        pen_buf_put(&series, PEN_S(EXCEPTIONS "{"));
        put_label(&series, "function", function->name);
        put_label(&series, ",rule", subject);
        put_label(&series, ",path", exception->path);
        publish(ends, &series, exception->until);
        if (!has_ended(ends, exception->until)) continue;
        ended++;
        pen_log(PEN_LOG_WARNING,
                "function %.*s: the exception of %.*s at %.*s has ended and excuses nothing",
                PEN_STR_ARGS(function->name), PEN_STR_ARGS(subject), PEN_STR_ARGS(exception->path));
    }
    return ended;
}

static size_t tell_patches(struct ends *ends, const struct pen_config *config)
{
    size_t ended = 0;
    for (size_t i = 0; i < config->patch_count; i++) {
        const struct pen_patch_rule *const rule = &config->patches[i];
        char memory[SERIES_BYTES];
        struct pen_buf series = pen_buf_over(memory, sizeof(memory));
        if (rule->until == 0) continue;

        pen_buf_put(&series, PEN_S(PATCHES "{"));
        put_label(&series, "patch", rule->id);
        publish(ends, &series, rule->until);
        if (!has_ended(ends, rule->until)) continue;
        ended++;
        pen_log(PEN_LOG_WARNING, "the patch %.*s (%.*s) has ended and keeps nothing out",
                PEN_STR_ARGS(rule->id), PEN_STR_ARGS(rule->title));
    }
    return ended;
}

int64_t pen_policy_dates_publish(const struct pen_snapshot *snapshot, struct pen_metrics *metrics,
                                 int64_t now_s)
{
    const struct pen_config *const config = snapshot->config;
    struct ends ends = {.metrics = metrics, .now_s = now_s, .next_s = INT64_MAX};
    size_t exceptions = 0;
    pen_metrics_forget(metrics, EXCEPTIONS);
    pen_metrics_forget(metrics, PATCHES);
    for (size_t i = 0; i < config->function_count; i++) {
        exceptions += tell_exceptions(&ends, &config->functions[i]);
    }
    pen_metrics_info(metrics, EXCEPTIONS_ENDED, (double)exceptions);
    pen_metrics_info(metrics, PATCHES_ENDED, (double)tell_patches(&ends, config));
    return ends.next_s;
}

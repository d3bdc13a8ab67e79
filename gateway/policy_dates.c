/** One pass over what has an end: a series for each, a sentence for each that is over. */
#include "gateway/policy_dates.h"

#include "gateway/log.h"

#define SERIES_BYTES 2048
#define EXCEPTIONS   "penstock_exception_expiry_seconds"
#define ENDED        "penstock_exceptions_ended"

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

static void publish_exception(struct pen_metrics *metrics, struct pen_str function,
                              const struct pen_exception *exception)
{
    char memory[SERIES_BYTES];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory) - 1);
    pen_buf_put(&buf, PEN_S(EXCEPTIONS "{"));
    put_label(&buf, "function", function);
    put_label(&buf, ",rule", subject_of(exception));
    put_label(&buf, ",path", exception->path);
    pen_buf_byte(&buf, '}');
    if (buf.full) return;

    memory[buf.len] = '\0';
    pen_metrics_info(metrics, memory, (double)exception->until);
}

int64_t pen_policy_dates_publish(const struct pen_snapshot *snapshot, struct pen_metrics *metrics,
                                 int64_t now_s)
{
    const struct pen_config *const config = snapshot->config;
    int64_t next = INT64_MAX;
    size_t ended = 0;
    pen_metrics_forget(metrics, EXCEPTIONS);
    for (size_t i = 0; i < config->function_count; i++) {
        const struct pen_config_function *const function = &config->functions[i];
        for (size_t k = 0; k < function->policy.exception_count; k++) {
            const struct pen_exception *const exception = &function->policy.exceptions[k];
            if (exception->until == 0) continue;
            publish_exception(metrics, function->name, exception);
            if (exception->until > now_s) {
                next = exception->until < next ? exception->until : next;
                continue;
            }
            ended++;
            pen_log(PEN_LOG_WARNING,
                    "function %.*s: the exception of %.*s at %.*s has ended and excuses nothing",
                    PEN_STR_ARGS(function->name), PEN_STR_ARGS(subject_of(exception)),
                    PEN_STR_ARGS(exception->path));
        }
    }
    pen_metrics_info(metrics, ENDED, (double)ended);
    return next;
}

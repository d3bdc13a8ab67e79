/** What a configuration comes to, as tables, and what in it deserves a second look. */
#include "filters/core/envelope/envelope.h"
#include "gateway/cli/check_command.h"
#include "gateway/cli/check_patches.h"
#include "gateway/cli/check_policy.h"
#include "gateway/cli/table.h"
#include "gateway/config/endpoint.h"
#include "gateway/config/units.h"

#define HS_ALGORITHMS ((uint32_t)(PEN_JWS_HS256 | PEN_JWS_HS384 | PEN_JWS_HS512))

/* A cell in the making. */
struct line {
    char memory[2000];
    struct pen_buf buf;
};

static struct pen_buf *line_start(struct line *line)
{
    line->buf = pen_buf_over(line->memory, sizeof(line->memory));
    return &line->buf;
}

static void line_end(struct pen_table *table, const struct line *line)
{
    pen_table_cell(table, "%.*s", PEN_STR_ARGS(pen_buf_str(&line->buf)));
}

static void put_list(struct pen_buf *buf, const struct pen_str *texts, size_t count,
                     const char *between)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0) pen_buf_put(buf, pen_str_from_c(between));
        pen_buf_put(buf, texts[i]);
    }
}

static const char *client_auth_words(enum pen_client_auth auth)
{
    switch (auth) {
    case PEN_CLIENT_AUTH_OFF:
        return "";
    case PEN_CLIENT_AUTH_OPTIONAL:
        return ", client certificate optional";
    case PEN_CLIENT_AUTH_REQUIRED:
        return ", client certificate required";
    }
    return "";
}

static void list_listeners(struct pen_table *table, const struct pen_config *config)
{
    for (size_t i = 0; i < config->listen_count; i++) {
        const struct pen_config_listen *const listen = &config->listens[i];
        pen_table_row(table);
        pen_table_cell(table, "%.*s", PEN_STR_ARGS(listen->address));
        if (listen->tls) {
            pen_table_cell(table, "TLS 1.%d or later%s", listen->min_version - 10,
                           client_auth_words(listen->client_auth));
        } else {
            pen_table_cell(table, "plain HTTP");
        }
    }
    if (!config->admin) return;
    pen_table_row(table);
    pen_table_cell(table, "%.*s", PEN_STR_ARGS(config->admin_listen.address));
    pen_table_cell(table, "admin: metrics and health");
}

static const char *plural(int64_t count)
{
    return count == 1 || count == -1 ? "" : "s";
}

/* The ones that end first stand first. */
static void list_dates(struct pen_table *table, const struct pen_check_dates *dates, int64_t now)
{
    for (size_t i = 0; i < dates->count; i++) {
        const struct pen_tls_date *const date = &dates->list[i];
        const int64_t days = pen_tls_date_days(date, now);
        pen_table_row(table);
        pen_table_cell(table, "%.*s", PEN_STR_ARGS(date->file));
        pen_table_cell(table, "%s", pen_tls_date_word(date->kind));
        if (date->until_s <= now) {
            pen_table_cell(table, "ended %lld day%s ago", (long long)-days, plural(days));
        } else {
            pen_table_cell(table, "%lld day%s left", (long long)days, plural(days));
        }
    }
}

static void warn_about_dates(struct pen_table *table, const struct pen_check_dates *dates,
                             int64_t now)
{
    for (size_t i = 0; i < dates->count; i++) {
        const struct pen_tls_date *const date = &dates->list[i];
        if (!pen_tls_date_is_near(date, now)) continue;

        const int64_t days = pen_tls_date_days(date, now);
        pen_table_row(table);
        if (date->until_s <= now) {
            pen_table_cell(table, "%.*s: this %s has ended", PEN_STR_ARGS(date->file),
                           pen_tls_date_word(date->kind));
        } else {
            pen_table_cell(table, "%.*s: this %s ends in %lld day%s", PEN_STR_ARGS(date->file),
                           pen_tls_date_word(date->kind), (long long)days, plural(days));
        }
    }
}

static void list_issuers(struct pen_table *table, const struct pen_config *config)
{
    for (size_t i = 0; i < config->issuer_count; i++) {
        const struct pen_config_issuer *const issuer = &config->issuers[i];
        struct line line;
        pen_table_row(table);
        pen_table_cell(table, "%.*s", PEN_STR_ARGS(issuer->name));
        pen_table_cell(table, "%.*s", PEN_STR_ARGS(issuer->issuer));
        put_list(line_start(&line), issuer->audiences, issuer->audience_count, ", ");
        line_end(table, &line);
        pen_table_cell(
            table, "keys from %.*s",
            PEN_STR_ARGS(issuer->jwks_file.len > 0 ? issuer->jwks_file : issuer->jwks_url));
    }
}

static void list_upstreams(struct pen_table *table, const struct pen_config *config)
{
    for (size_t i = 0; i < config->upstream_count; i++) {
        const struct pen_config_upstream *const upstream = &config->upstreams[i];
        struct line line;
        pen_table_row(table);
        pen_table_cell(table, "%.*s", PEN_STR_ARGS(upstream->name));
        switch (upstream->scheme) {
        case PEN_UPSTREAM_UNIX:
            pen_table_cell(table, "unix:%.*s", PEN_STR_ARGS(upstream->unix_path));
            pen_table_cell(table, "plain HTTP");
            break;
        case PEN_UPSTREAM_HTTP:
            pen_table_cell(table, "http://%.*s%.*s", PEN_STR_ARGS(upstream->authority),
                           PEN_STR_ARGS(upstream->base_path));
            pen_table_cell(table, "plain HTTP");
            break;
        case PEN_UPSTREAM_HTTPS:
            pen_table_cell(table, "https://%.*s%.*s", PEN_STR_ARGS(upstream->authority),
                           PEN_STR_ARGS(upstream->base_path));
            pen_table_cell(table, "%s",
                           upstream->identity.certificate.len > 0 ? "mutual TLS" : "TLS");
            break;
        }
        struct pen_buf *const timeout = line_start(&line);
        pen_buf_put(timeout, PEN_S("at most "));
        pen_units_put_duration(timeout, upstream->timeout_ms);
        line_end(table, &line);
    }
}

static void put_names(struct pen_buf *buf, const struct pen_config_allow *allow)
{
    pen_buf_put(buf, allow->name_count == 0 ? PEN_S("any client certificate")
                                            : PEN_S("certificate of "));
    for (size_t i = 0; i < allow->name_count; i++) {
        if (i > 0) pen_buf_put(buf, PEN_S(" or "));
        pen_buf_put(buf, pen_tls_name_word(allow->names[i].kind));
        pen_buf_byte(buf, ':');
        pen_buf_put(buf, allow->names[i].text);
    }
}

static void put_callers(struct pen_buf *buf, const struct pen_config_function *function)
{
    const struct pen_config_allow *const allow = &function->allow;
    if (!function->has_allow) {
        pen_buf_put(buf, PEN_S("nobody"));
        return;
    }
    if (allow->anyone) {
        pen_buf_put(buf, PEN_S("anyone"));
        return;
    }
    if (allow->certificate) put_names(buf, allow);
    if (allow->certificate && (allow->issuer_count > 0 || allow->sns)) {
        pen_buf_put(buf, PEN_S(", and "));
    }
    if (allow->sns) pen_buf_put(buf, PEN_S("SNS by its signature"));
    for (size_t i = 0; i < allow->issuer_count; i++) {
        if (i > 0) pen_buf_put(buf, PEN_S(" or "));
        pen_buf_put(buf, allow->issuers[i]->name);
    }
    if (allow->scope_count > 0) pen_buf_put(buf, PEN_S(", scope "));
    put_list(buf, allow->scopes, allow->scope_count, " and ");
    if (allow->subject_count > 0) {
        pen_buf_format(buf, ", one of %zu subject%s", allow->subject_count,
                       allow->subject_count == 1 ? "" : "s");
    }
    for (size_t i = 0; i < allow->claim_count; i++) {
        pen_buf_put(buf, i == 0 ? PEN_S(", claim ") : PEN_S(" and "));
        pen_buf_put(buf, allow->claims[i].claim);
    }
}

/* "json, form, gzip: aws.sqs, github": what it takes, and which events. */
static void put_bodies(struct pen_buf *buf, const struct pen_config_function *function)
{
    for (size_t i = 0; i < function->body_count; i++) {
        if (i > 0) pen_buf_put(buf, PEN_S(", "));
        pen_buf_put(buf, pen_config_body_name(function->bodies[i]));
    }
    if ((function->codings & PEN_CONTENT_GZIP) != 0) pen_buf_put(buf, PEN_S(", gzip"));
    if ((function->codings & PEN_CONTENT_DEFLATE) != 0) pen_buf_put(buf, PEN_S(", deflate"));
    for (size_t i = 0; i < function->event_count; i++) {
        pen_buf_put(buf, i > 0 ? PEN_S(", ") : PEN_S(": "));
        pen_buf_put(buf, function->events[i]->name);
    }
}

static void list_functions(struct pen_table *table, const struct pen_config *config)
{
    for (size_t i = 0; i < config->function_count; i++) {
        const struct pen_config_function *const function = &config->functions[i];
        struct line line;
        pen_table_row(table);
        pen_table_cell(table, "%.*s", PEN_STR_ARGS(function->name));
        pen_table_cell(table, "%.*s %.*s%.*s", PEN_STR_ARGS(function->allow_field),
                       PEN_STR_ARGS(function->host), PEN_STR_ARGS(function->route));
        pen_table_cell(table, "-> %.*s%s%.*s", PEN_STR_ARGS(function->upstream->name),
                       function->target.len > 0 ? " " : "", PEN_STR_ARGS(function->target));
        put_callers(line_start(&line), function);
        line_end(table, &line);
        put_bodies(line_start(&line), function);
        line_end(table, &line);
        pen_check_put_policy(line_start(&line), function);
        line_end(table, &line);
    }
}

static void warn_about_process(struct pen_table *table, const struct pen_config *config)
{
    for (size_t i = 0; i < config->listen_count; i++) {
        if (!config->listens[i].plaintext) continue;
        pen_table_row(table);
        pen_table_cell(table, "%.*s: tokens cross the network in the clear (plaintext: true)",
                       PEN_STR_ARGS(config->listens[i].address));
    }
    for (size_t i = 0; i < config->issuer_count; i++) {
        if ((config->issuers[i].algorithms & HS_ALGORITHMS) == 0) continue;
        pen_table_row(table);
        pen_table_cell(table, "issuer %.*s: whoever knows its shared secret can sign tokens",
                       PEN_STR_ARGS(config->issuers[i].name));
    }
    for (size_t i = 0; i < config->upstream_count; i++) {
        const struct pen_config_upstream *const upstream = &config->upstreams[i];
        if (upstream->scheme != PEN_UPSTREAM_HTTP || pen_endpoint_is_loopback(upstream->host)) {
            continue;
        }
        pen_table_row(table);
        pen_table_cell(table, "upstream %.*s: events cross the network in the clear",
                       PEN_STR_ARGS(upstream->name));
    }
    if (config->audit.file.len > 0) return;
    pen_table_row(table);
    pen_table_cell(table, "no audit: nothing is recorded");
}

/* Whoever gives such a filter keys may take it for switched on. */
static void warn_about_idle_settings(struct pen_table *table,
                                     const struct pen_config_function *function, size_t filter)
{
    if (!pen_check_has_settings(function->policy, filter)) return;
    pen_table_row(table);
    pen_table_cell(table,
                   "function %.*s: filter %s has settings, but records only (detect) without "
                   "'mode: enforce'",
                   PEN_STR_ARGS(function->name), pen_registry_at(filter)->name);
}

static void warn_about_policy(struct pen_table *table, const struct pen_config_function *function,
                              int64_t now)
{
    for (size_t i = 0; i < pen_registry_count(); i++) {
        const enum pen_mode mode = function->policy->modes[i];
        if (mode == PEN_MODE_ENFORCE) continue;
        if (mode == PEN_MODE_DETECT && pen_registry_at(i)->detects) {
            warn_about_idle_settings(table, function, i);
            continue;
        }
        pen_table_row(table);
        pen_table_cell(table, "function %.*s: filter %s %s", PEN_STR_ARGS(function->name),
                       pen_registry_at(i)->name,
                       mode == PEN_MODE_DETECT ? "records only (detect)" : "is off");
    }
    for (size_t i = 0; i < function->policy->exception_count; i++) {
        const struct pen_exception *const exception = &function->policy->exceptions[i];
        if (exception->until == 0 || exception->until > now) continue;
        pen_table_row(table);
        pen_table_cell(table, "function %.*s: the exception of %.*s at %.*s has ended",
                       PEN_STR_ARGS(function->name),
                       PEN_STR_ARGS(exception->rule.len > 0 ? exception->rule : exception->filter),
                       PEN_STR_ARGS(exception->path.len > 0 ? exception->path : PEN_S("\"\"")));
    }
}

static bool asks_for_certificates(const struct pen_config *config)
{
    for (size_t i = 0; i < config->listen_count; i++) {
        if (config->listens[i].client_auth != PEN_CLIENT_AUTH_OFF) return true;
    }
    return false;
}

static void warn_about_functions(struct pen_table *table, const struct pen_config *config,
                                 int64_t now)
{
    for (size_t i = 0; i < config->function_count; i++) {
        const struct pen_config_function *const function = &config->functions[i];
        if (!function->has_allow || function->allow.anyone) {
            pen_table_row(table);
            pen_table_cell(table, "function %.*s: %s", PEN_STR_ARGS(function->name),
                           function->has_allow ? "anyone may call it, without a token"
                                               : "unreachable, it has no 'allow'");
        }
        if (function->webhook.certificates.len > 0) {
            pen_table_row(table);
            pen_table_cell(table,
                           "function %.*s: SNS messages are proven by a certificate of your own, "
                           "Amazon's are refused",
                           PEN_STR_ARGS(function->name));
        }
        if (function->webhook.confirm && function->webhook.topic_count == 0) {
            pen_table_row(table);
            pen_table_cell(table, "function %.*s: it has no webhook topics, so none is confirmed",
                           PEN_STR_ARGS(function->name));
        }
        if (function->allow.certificate && !asks_for_certificates(config)) {
            pen_table_row(table);
            pen_table_cell(table,
                           "function %.*s: unreachable, no listener asks for client certificates",
                           PEN_STR_ARGS(function->name));
        }
        for (size_t kind = 0; kind < function->body_count; kind++) {
            if (function->bodies[kind] != PEN_BODY_OPAQUE) continue;
            pen_table_row(table);
            pen_table_cell(table, "function %.*s: opaque bodies pass without being looked into",
                           PEN_STR_ARGS(function->name));
        }
        if (function->schema.detects) {
            pen_table_row(table);
            pen_table_cell(table, "function %.*s: its schema records only (detect)",
                           PEN_STR_ARGS(function->name));
        }
        warn_about_policy(table, function, now);
    }
}

static void warn_about_schemas(struct pen_table *table, struct pen_schemas_doubts doubts)
{
    size_t told = 0;
    for (const struct pen_schema_doubt *one = doubts.list; one != NULL; one = one->next, told++) {
        pen_table_row(table);
        pen_table_cell(table, "%.*s", PEN_STR_ARGS(one->text));
    }
    if (doubts.count == told) return;
    pen_table_row(table);
    pen_table_cell(table, "schemas: %zu more members like these", doubts.count - told);
}

enum pen_status pen_check_summary(const struct pen_config *config,
                                  const struct pen_schemas *schemas,
                                  const struct pen_check_dates *dates, int64_t now, FILE *out)
{
    struct pen_table tables[7] = {{0}};
    const char *const headings[] = {"Listeners", "Issuers",      "Upstreams", "Functions",
                                    "Patches",   "Certificates", "Look twice"};
    struct pen_arena *arena;
    PEN_TRY(pen_arena_create((size_t)256 << 20, (size_t)64 << 10, &arena));
    for (size_t i = 0; i < PEN_COUNT_OF(tables); i++) {
        tables[i].arena = arena;
    }
    list_listeners(&tables[0], config);
    list_issuers(&tables[1], config);
    list_upstreams(&tables[2], config);
    list_functions(&tables[3], config);
    pen_check_list_patches(&tables[4], config, now);
    list_dates(&tables[5], dates, now);
    warn_about_dates(&tables[6], dates, now);
    warn_about_process(&tables[6], config);
    pen_check_warn_about_patches(&tables[6], config, now);
    warn_about_functions(&tables[6], config, now);
    warn_about_schemas(&tables[6], pen_schemas_doubts(schemas));

    enum pen_status status = PEN_OK;
    for (size_t i = 0; i < PEN_COUNT_OF(tables); i++) {
        if (tables[i].failed) status = PEN_ERR_NOMEM;
    }
    for (size_t i = 0; i < PEN_COUNT_OF(tables) && status == PEN_OK; i++) {
        pen_table_print(&tables[i], headings[i], out);
    }
    pen_arena_destroy(arena);
    return status;
}

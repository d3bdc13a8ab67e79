/**
 * The file as a whole: its top level, what concerns the process, loading and letting go.
 *
 * The text is read into a tree (yaml.c), the tree by tables into structs (reader.c, read_*.c); both
 * live in one arena, the tree because filters keep their own mappings as nodes of it.
 */
#include "gateway/config/config.h"

#include <assert.h>
#include <stdlib.h>

#include "gateway/config/judge.h"
#include "gateway/config/reference.h"
#include "gateway/config/shapes.h"
#include "gateway/config/yaml.h"
#include "gateway/file.h"

#define CONFIG(field, is)   PEN_FIELD(struct pen_config, field, is)
#define TIMEOUTS(field, is) PEN_FIELD(struct pen_config_timeouts, field, is)

/* Ten thousand functions take forty; a tree that wants more is no configuration. */
#define ARENA_BYTES ((size_t)256 << 20)
#define BLOCK_BYTES ((size_t)64 << 10)

#define HOUR ((uint64_t)3600000)

#define ANSWER_MS 60000 /* for the end of an answer that a function has given already */

_Static_assert(sizeof(size_t) == sizeof(uint64_t), "sizes are read as uint64_t into size_t");

static const struct pen_config config_defaults = {
    .timeouts = {.handshake_ms = 5000,
                 .head_ms = 10000,
                 .body_ms = 60000,
                 .idle_ms = 60000,
                 .linger_ms = 5000,
                 .drain_ms = 30000,
                 .body_min_rate = 500,
                 .reply_min_rate = 500},
    .connections = 10000,
    .connection_requests = 1000,
    .hsts_s = 365 * 86400,
    .memory_bytes = (size_t)256 << 20,
};

static enum pen_status read_audit_file(struct pen_reader *reader, const struct pen_json *value,
                                       void *target)
{
    struct pen_config_audit *audit = target;
    struct pen_str name;
    PEN_TRY(pen_reader_text(reader, value, PEN_KEY_REFERENCE, &name));
    if (pen_str_equal(name, PEN_S("-"))) {
        audit->file = name;
        return PEN_OK;
    }
    PEN_TRY(pen_reference_resolve(reader, name, &audit->file));
    return pen_reference_check_output(reader, value, audit->file);
}

static const struct pen_word full_words[] = {{PEN_STR("drop"), 0}, {PEN_STR("refuse"), 1}};

static enum pen_status read_on_full(struct pen_reader *reader, const struct pen_json *value,
                                    void *target)
{
    struct pen_config_audit *audit = target;
    int refuse;
    PEN_TRY(pen_reader_word(reader, value, full_words, PEN_COUNT_OF(full_words), &refuse));
    audit->refuse_when_full = refuse == 1;
    return PEN_OK;
}

static enum pen_status read_redact(struct pen_reader *reader, const struct pen_json *value,
                                   void *target)
{
    struct pen_config_audit *audit = target;
    return pen_reader_texts(reader, value, 0, &audit->redact, &audit->redact_count);
}

static const struct pen_key audit_keys[] = {
    {PEN_STR("file"), .kind = PEN_KEY_READ, .read = read_audit_file},
    {PEN_STR("on_full"), .kind = PEN_KEY_READ, .words = full_words,
     .word_count = PEN_COUNT_OF(full_words), .read = read_on_full},
    {PEN_STR("redact"), .kind = PEN_KEY_READ, .read = read_redact},
};

const struct pen_shape pen_shape_audit = {
    .schema = "/$defs/audit",
    .keys = audit_keys,
    .key_count = PEN_COUNT_OF(audit_keys),
};

#define TIMEOUT(key, field)                                                              \
    {                                                                                    \
        PEN_STR(key), .kind = PEN_KEY_MILLISECONDS, .offset = TIMEOUTS(field, uint32_t), \
                      .least = 10, .most = HOUR                                          \
    }

static const struct pen_key timeout_keys[] = {
    TIMEOUT("handshake", handshake_ms),
    TIMEOUT("head", head_ms),
    TIMEOUT("body", body_ms),
    TIMEOUT("idle", idle_ms),
    TIMEOUT("linger", linger_ms),
    TIMEOUT("drain", drain_ms),
    {PEN_STR("exchange"), .kind = PEN_KEY_MILLISECONDS, .offset = TIMEOUTS(exchange_ms, uint32_t),
     .least = 10, .most = 24 * HOUR},
    {PEN_STR("body_rate"), .kind = PEN_KEY_RATE, .offset = TIMEOUTS(body_min_rate, uint32_t),
     .most = (uint64_t)1 << 30},
    {PEN_STR("reply_rate"), .kind = PEN_KEY_RATE, .offset = TIMEOUTS(reply_min_rate, uint32_t),
     .most = (uint64_t)1 << 30},
};

const struct pen_shape pen_shape_timeouts = {
    .schema = "/$defs/timeouts",
    .keys = timeout_keys,
    .key_count = PEN_COUNT_OF(timeout_keys),
    .defaults = &config_defaults.timeouts,
    .size = sizeof(config_defaults.timeouts),
};

/* In the order in which they are read: functions name issuers and upstreams, and their exceptions
 * patches. */
static const struct pen_key root_keys[] = {
    {PEN_STR("listen"), .kind = PEN_KEY_READ, .shape = &pen_shape_listen, .read = pen_read_listens},
    {PEN_STR("trusted_proxies"), .kind = PEN_KEY_READ, .read = pen_read_trusted_proxies},
    {PEN_STR("admin"), .kind = PEN_KEY_READ, .shape = &pen_shape_admin, .read = pen_read_admin},
    {PEN_STR("workers"), .kind = PEN_KEY_NUMBER, .offset = CONFIG(workers, uint32_t)},
    {PEN_STR("connections"), .kind = PEN_KEY_NUMBER, .offset = CONFIG(connections, uint32_t)},
    {PEN_STR("connections_per_address"), .kind = PEN_KEY_NUMBER,
     .offset = CONFIG(address_connections, uint32_t)},
    {PEN_STR("requests_per_connection"), .kind = PEN_KEY_NUMBER,
     .offset = CONFIG(connection_requests, uint32_t)},
    {PEN_STR("hsts"), .kind = PEN_KEY_SECONDS, .offset = CONFIG(hsts_s, uint32_t),
     .most = 3650 * 24 * HOUR},
    {PEN_STR("memory"), .kind = PEN_KEY_SIZE, .offset = CONFIG(memory_bytes, size_t),
     .least = (uint64_t)1 << 20, .most = (uint64_t)1 << 40},
    {PEN_STR("process_memory"), .kind = PEN_KEY_SIZE, .offset = CONFIG(process_bytes, size_t),
     .least = 1 << 20, .most = (uint64_t)1 << 50},
    {PEN_STR("timeouts"), .kind = PEN_KEY_SHAPE,
     .offset = CONFIG(timeouts, struct pen_config_timeouts), .shape = &pen_shape_timeouts},
    {PEN_STR("audit"), .kind = PEN_KEY_SHAPE, .offset = CONFIG(audit, struct pen_config_audit),
     .shape = &pen_shape_audit},
    {PEN_STR("issuers"), .kind = PEN_KEY_READ, .shape = &pen_shape_issuer,
     .read = pen_read_issuers},
    {PEN_STR("upstreams"), .kind = PEN_KEY_READ, .shape = &pen_shape_upstream,
     .read = pen_read_upstreams},
    {PEN_STR("defaults"), .kind = PEN_KEY_READ, .shape = &pen_shape_defaults,
     .read = pen_read_defaults},
    {PEN_STR("schemas"), .kind = PEN_KEY_READ, .read = pen_read_mappings},
    {PEN_STR("patches"), .kind = PEN_KEY_READ, .shape = &pen_shape_patch, .read = pen_read_patches},
    {PEN_STR("functions"), .kind = PEN_KEY_READ, .shape = &pen_shape_function,
     .read = pen_read_functions},
};

const struct pen_shape pen_shape_root = {
    .schema = "",
    .keys = root_keys,
    .key_count = PEN_COUNT_OF(root_keys),
    .defaults = &config_defaults,
    .size = sizeof(config_defaults),
};

const struct pen_shape *const *pen_config_shapes(size_t *count)
{
    static const struct pen_shape *const shapes[] = {
        &pen_shape_root,          &pen_shape_listen,      &pen_shape_listen_tls,
        &pen_shape_certificate,   &pen_shape_admin,       &pen_shape_issuer,
        &pen_shape_jwks,          &pen_shape_upstream,    &pen_shape_upstream_tls,
        &pen_shape_upstream_mtls, &pen_shape_function,    &pen_shape_defaults,
        &pen_shape_limits,        &pen_shape_thresholds,  &pen_shape_exception,
        &pen_shape_webhook,       &pen_shape_response,    &pen_shape_allow,
        &pen_shape_schema,        &pen_shape_schema_use,  &pen_shape_response_schema,
        &pen_shape_openapi,       &pen_shape_audit,       &pen_shape_timeouts,
        &pen_shape_patch,         &pen_shape_patch_match, &pen_shape_patch_header,
        &pen_shape_patch_when,
    };
    *count = PEN_COUNT_OF(shapes);
    return shapes;
}

static const char *environment(const char *name)
{
    return getenv(name);
}

static const struct pen_config_options ordinary = {
    .variable = environment,
    .look_at_files = true,
};

static enum pen_status read_all(struct pen_reader *reader)
{
    struct pen_config *config = pen_arena_alloc(reader->arena, sizeof(*config));
    if (config == NULL) return pen_reader_no_memory(reader);

    *config = config_defaults;
    config->arena = reader->arena;
    reader->config = config;
    PEN_TRY(pen_read_start(reader));
    const struct pen_json *root;
    PEN_TRY(pen_yaml_read(reader->source, reader->arena, &root, reader->err));
    PEN_TRY(pen_reader_count_lines(reader));
    PEN_TRY(pen_judge(reader, root, PEN_JUDGE_WHOLE));
    PEN_TRY(pen_reader_mapping(reader, root, &pen_shape_root, config));
    return pen_check_patches(reader, root);
}

enum pen_status pen_config_parse_with(struct pen_str yaml, struct pen_str folder,
                                      const struct pen_config_options *options,
                                      struct pen_config **out, struct pen_error *err)
{
    struct pen_error unread;
    struct pen_reader reader = {
        .source = yaml,
        .folder = folder,
        .options = options,
        .err = err == NULL ? &unread : err,
    };
    const size_t limit = options->memory_bytes == 0 ? ARENA_BYTES : options->memory_bytes;
    if (pen_arena_create(limit, BLOCK_BYTES, &reader.arena) != PEN_OK) {
        pen_error_set(reader.err, "not enough memory to read the configuration");
        return PEN_ERR_NOMEM;
    }
    const enum pen_status status = read_all(&reader);
    if (status == PEN_OK) {
        *out = reader.config;
        return PEN_OK;
    }
    pen_arena_destroy(reader.arena);
    /* The sentence is what counts; a file too large or too deep is simply invalid. */
    return status == PEN_ERR_LIMIT ? PEN_ERR_INVALID : status;
}

enum pen_status pen_config_parse(struct pen_str yaml, struct pen_str folder,
                                 struct pen_config **out, struct pen_error *err)
{
    return pen_config_parse_with(yaml, folder, &ordinary, out, err);
}

/* "conf/edge.yaml" is in "conf", "edge.yaml" in the working directory. */
static struct pen_str folder_of(struct pen_str file)
{
    size_t end = file.len;
    while (end > 0 && file.ptr[end - 1] != '/') {
        end--;
    }
    return pen_str_slice(file, 0, end);
}

enum pen_status pen_config_load(struct pen_str file, struct pen_config **out, struct pen_error *err)
{
    struct pen_config *config = NULL;
    struct pen_str text;
    const enum pen_status read = pen_file_read(file, PEN_YAML_BYTES, &text, err);
    if (read != PEN_OK) return read == PEN_ERR_NOMEM ? read : PEN_ERR_IO;

    const enum pen_status status = pen_config_parse(text, folder_of(file), &config, err);
    pen_file_wipe(&text);
    if (status != PEN_OK) return status;

    assert(config != NULL);
    if (pen_arena_copy(config->arena, file, &config->file) != PEN_OK) {
        pen_error_set(err, "out of memory");
        pen_config_destroy(config);
        return PEN_ERR_NOMEM;
    }
    *out = config;
    return PEN_OK;
}

static uint32_t longer(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

uint64_t pen_config_exchange_ms(const struct pen_config *config)
{
    const struct pen_config_timeouts *const timeouts = &config->timeouts;
    if (timeouts->exchange_ms > 0) return timeouts->exchange_ms;

    uint32_t function_ms = 0;
    for (size_t i = 0; i < config->upstream_count; i++) {
        function_ms = longer(function_ms, config->upstreams[i].timeout_ms);
    }
    for (size_t i = 0; i < config->function_count; i++) {
        function_ms = longer(function_ms, config->functions[i].timeout_ms);
    }
    return (uint64_t)timeouts->head_ms + timeouts->body_ms + function_ms + ANSWER_MS;
}

enum pen_status pen_config_placed(enum pen_status status, struct pen_config_place place,
                                  struct pen_error *err)
{
    if (status == PEN_OK || err == NULL || err->line > 0) return status;

    err->line = place.line;
    err->column = place.column;
    return status;
}

struct pen_policy pen_config_policy(const struct pen_config_function *function)
{
    struct pen_policy policy = *function->policy;
    policy.function = function->name;
    return policy;
}

struct pen_str pen_config_proven_name(const struct pen_config_upstream *upstream)
{
    return upstream->server_name.len > 0 ? upstream->server_name : upstream->host;
}

void pen_config_destroy(struct pen_config *config)
{
    if (config != NULL) pen_arena_destroy(config->arena);
}

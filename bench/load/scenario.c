/** The scenario's own keys, and the files that it names. */
#include "bench/load/scenario.h"

#include <stdlib.h>

#include "bench/load/reading.h"
#include "gateway/config/judge.h"
#include "gateway/config/reference.h"
#include "gateway/config/yaml.h"
#include "gateway/file.h"

#define SCENARIO_BYTES ((size_t)4 << 20)
#define FILE_BYTES     ((size_t)64 << 20)  /* a corpus of events */
#define MEMORY_BYTES   ((size_t)512 << 20) /* with the tokens of 100,000 callers */
#define BLOCK_BYTES    ((size_t)64 << 10)

#define FIELD(field, is) PEN_FIELD(struct load_scenario, field, is)

static const struct pen_word arrival_words[] = {
    {PEN_STR("poisson"), LOAD_POISSON},
    {PEN_STR("constant"), LOAD_CONSTANT},
};
static const struct pen_word connection_words[] = {
    {PEN_STR("kept"), LOAD_KEPT},
    {PEN_STR("fresh"), LOAD_FRESH},
    {PEN_STR("resumed"), LOAD_RESUMED},
};

bool load_target_read(struct pen_str url, struct pen_str *out)
{
    const size_t scheme = pen_str_starts(url, PEN_S("https://"))  ? 8
                          : pen_str_starts(url, PEN_S("http://")) ? 7
                                                                  : 0;
    const size_t slash = pen_str_find(url, '/', scheme);
    if (scheme == 0 || slash == scheme || scheme == url.len || slash + 1 < url.len) return false;
    *out = pen_str_slice(url, 0, slash);
    return true;
}

static enum pen_status read_target(struct pen_reader *reader, const struct pen_json *value,
                                   void *target)
{
    struct load_scenario *const scenario = target;
    struct pen_str url;
    PEN_TRY(pen_reader_text(reader, value, PEN_KEY_REFERENCE, &url));
    if (load_target_read(url, &scenario->target)) return PEN_OK;
    return pen_reader_expected(reader, value,
                               "https:// or http://, host and port, such as "
                               "https://127.0.0.1:8443; paths stand in `mix`");
}

/* What a scenario may say: scenario.schema.json, written here by CMake. */
static const unsigned char schema_bytes[] = {
#include "bench/load/scenario_schema.def"
};

/* The table is walked in its order: tokens before the mix that names them. */
static const struct pen_key scenario_keys[] = {
    {PEN_STR("about"), .kind = PEN_KEY_TEXT, .offset = FIELD(about, struct pen_str)},
    {PEN_STR("target"), .kind = PEN_KEY_READ, .read = read_target},
    {PEN_STR("socket"), .kind = PEN_KEY_TEXT, .flags = PEN_KEY_REFERENCE,
     .offset = FIELD(unix_socket, struct pen_str)},
    {PEN_STR("ca"), .kind = PEN_KEY_FILE, .offset = FIELD(ca, struct pen_str)},
    {PEN_STR("certificate"), .kind = PEN_KEY_FILE, .offset = FIELD(certificate, struct pen_str)},
    {PEN_STR("key"), .kind = PEN_KEY_FILE, .offset = FIELD(key, struct pen_str)},
    {PEN_STR("rate"), .kind = PEN_KEY_NUMBER, .offset = FIELD(rate, uint32_t)},
    {PEN_STR("arrivals"), .kind = PEN_KEY_WORD, .offset = FIELD(arrival, enum load_arrival),
     .words = arrival_words, .word_count = PEN_COUNT_OF(arrival_words)},
    {PEN_STR("connections"), .kind = PEN_KEY_NUMBER, .offset = FIELD(at_once, uint32_t)},
    {PEN_STR("connection"), .kind = PEN_KEY_WORD, .offset = FIELD(connection, enum load_connection),
     .words = connection_words, .word_count = PEN_COUNT_OF(connection_words)},
    {PEN_STR("duration"), .kind = PEN_KEY_MILLISECONDS, .offset = FIELD(duration_ms, uint32_t),
     .least = 100, .most = LOAD_MS_MOST},
    {PEN_STR("warmup"), .kind = PEN_KEY_MILLISECONDS, .offset = FIELD(warmup_ms, uint32_t),
     .most = LOAD_MS_MOST},
    {PEN_STR("timeout"), .kind = PEN_KEY_MILLISECONDS, .offset = FIELD(timeout_ms, uint32_t),
     .least = 10, .most = LOAD_MS_MOST},
    {PEN_STR("tokens"), .kind = PEN_KEY_READ, .read = load_read_tokens},
    {PEN_STR("mix"), .kind = PEN_KEY_READ, .read = load_read_mix},
};

static const struct pen_shape scenario_shape = {
    .schema = "",
    .keys = scenario_keys,
    .key_count = PEN_COUNT_OF(scenario_keys),
};

enum pen_status load_read_file(struct pen_reader *reader, const struct pen_json *value,
                               struct pen_str *out)
{
    struct pen_str name;
    struct pen_str path;
    struct pen_str bytes;
    struct pen_error err = {.text = ""};
    PEN_TRY(pen_reader_text(reader, value, PEN_KEY_REFERENCE, &name));
    if (!reader->options->look_at_files) return pen_reader_fail(reader, value, "no file is read");
    PEN_TRY(pen_reference_resolve(reader, name, &path));
    if (pen_file_read(path, FILE_BYTES, &bytes, &err) != PEN_OK) {
        return pen_reader_fail(reader, value, "%s", err.text);
    }
    const enum pen_status status = pen_arena_copy(reader->arena, bytes, out);
    pen_file_wipe(&bytes);
    return status == PEN_OK ? PEN_OK : pen_reader_no_memory(reader);
}

enum pen_status load_split_lines(struct pen_reader *reader, const struct pen_json *value,
                                 struct pen_str text, const struct pen_str **out, size_t *count)
{
    size_t most = 1;
    for (size_t at = 0; (at = pen_str_find(text, '\n', at)) < text.len; at++) {
        most++;
    }
    struct pen_str *const lines = pen_arena_calloc(reader->arena, most, sizeof(*lines));
    if (lines == NULL) return pen_reader_no_memory(reader);

    size_t kept = 0;
    for (size_t at = 0; at < text.len;) {
        const size_t end = pen_str_find(text, '\n', at);
        const struct pen_str line = pen_str_trim(pen_str_slice(text, at, end));
        if (line.len > 0 && line.ptr[0] != '#') lines[kept++] = line;
        at = end + 1;
    }
    if (kept == 0) return pen_reader_fail(reader, value, "this file has no line to send");
    *out = lines;
    *count = kept;
    return PEN_OK;
}

static struct pen_str folder_of(struct pen_str file)
{
    size_t end = file.len;
    while (end > 0 && file.ptr[end - 1] != '/') {
        end--;
    }
    return end == 0 ? PEN_S(".") : pen_str_slice(file, 0, end);
}

static const char *variable(const char *name)
{
    return getenv(name);
}

static enum pen_status read_all(struct pen_str text, struct pen_str folder, bool with_files,
                                struct load_reading *reading, struct pen_error *err)
{
    const struct pen_config_options options = {.variable = variable, .look_at_files = with_files};
    const struct pen_json *root;
    struct pen_reader reader = {.source = text,
                                .folder = folder,
                                .options = &options,
                                .arena = reading->scenario.arena,
                                .err = err};
    const struct pen_str schema = {(const char *)schema_bytes, sizeof(schema_bytes)};
    PEN_TRY(pen_yaml_read(text, reader.arena, &root, err));
    PEN_TRY(pen_reader_count_lines(&reader));
    PEN_TRY(pen_judge_by(&reader, root, schema, ""));
    PEN_TRY(pen_reader_mapping(&reader, root, &scenario_shape, reading));
    if ((reading->scenario.certificate.len > 0) == (reading->scenario.key.len > 0)) return PEN_OK;
    return pen_reader_fail(&reader, root, "`certificate` and `key` are given both or not at all");
}

enum pen_status load_scenario_parse(struct pen_str text, struct pen_str folder, bool with_files,
                                    struct load_scenario *out, struct pen_error *err)
{
    struct load_reading reading = {
        .scenario = {.at_once = 32, .duration_ms = 10000, .warmup_ms = 1000, .timeout_ms = 10000}};
    PEN_TRY(pen_arena_create(MEMORY_BYTES, BLOCK_BYTES, &reading.scenario.arena));
    const enum pen_status status = read_all(text, folder, with_files, &reading, err);
    if (status != PEN_OK) {
        pen_arena_destroy(reading.scenario.arena);
        return status;
    }
    *out = reading.scenario;
    return PEN_OK;
}

enum pen_status load_scenario_read(struct pen_str file, struct load_scenario *out,
                                   struct pen_error *err)
{
    struct pen_str text;
    PEN_TRY(pen_file_read(file, SCENARIO_BYTES, &text, err));
    const enum pen_status status = load_scenario_parse(text, folder_of(file), true, out, err);
    pen_file_wipe(&text);
    return status;
}

void load_scenario_release(struct load_scenario *scenario)
{
    pen_arena_destroy(scenario->arena);
    *scenario = (struct load_scenario){.arena = NULL};
}

bool load_scenario_is_local(const struct load_scenario *scenario)
{
    if (scenario->unix_socket.len > 0) return true;
    const size_t scheme = pen_str_find_str(scenario->target, PEN_S("://"));
    const struct pen_str authority =
        pen_str_slice(scenario->target, scheme + 3, scenario->target.len);
    /* A name before '@' is not the host; nobody needs it here. */
    if (pen_str_find(authority, '@', 0) < authority.len) return false;
    if (pen_str_starts(authority, PEN_S("["))) {
        return pen_str_starts(authority, PEN_S("[::1]"))
               && (authority.len == 5 || authority.ptr[5] == ':');
    }
    const struct pen_str host = pen_str_slice(authority, 0, pen_str_find(authority, ':', 0));
    if (pen_str_equal_fold(host, PEN_S("localhost"))) return true;
    if (!pen_str_starts(host, PEN_S("127."))) return false;
    /* "127.example.com" is a name, and whose it is nobody knows. */
    for (size_t i = 0; i < host.len; i++) {
        if (!pen_is_digit(host.ptr[i]) && host.ptr[i] != '.') return false;
    }
    return true;
}

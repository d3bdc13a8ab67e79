/**
 * Any request held against schemas of each of its parts: a second look finds the same, what is told
 * is bounded and can be printed, and what is harmless is in the order in which it is looked up.
 *
 * The first byte chooses the kind of body and the mode of CloudEvents; then, each up to a NUL, a
 * query and a header field's value; the rest is the body.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/schema/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Branches, references to itself, what is counted and what is compared. */
static const char body_schema[] =
    "{\"$defs\":{\"node\":{\"type\":[\"object\",\"array\",\"string\",\"number\"],\"properties\":{"
    "\"id\":{\"format\":\"uuid\"},\"day\":{\"format\":\"date\"},\"n\":{\"type\":\"integer\","
    "\"multipleOf\":3},\"word\":{\"pattern\":\"^[a-z]+$\"},\"kind\":{\"enum\":[\"a\",\"b\",1]}},"
    "\"additionalProperties\":{\"anyOf\":[{\"$ref\":\"#/$defs/node\"},{\"type\":\"null\"}]},"
    "\"items\":{\"$ref\":\"#/$defs/node\"},\"uniqueItems\":true,\"maxItems\":8}},"
    "\"$ref\":\"#/$defs/node\"}";
static const char texts_schema[] =
    "{\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":{\"type\":\"array\",\"items\":{\"type\":"
    "\"boolean\"}},\"x-a\":{\"type\":[\"number\",\"null\",\"string\"],\"pattern\":\"^[^b]*c?$\"}},"
    "\"maxProperties\":4}";

static struct pen_arena *arena;
static struct pen_arena *schema_arena;
static struct pen_scratch *scratch;
static struct pen_held held[7];
static const struct pen_config_schema policy = {.shows_values = true};
static struct pen_function_schemas schemas = {
    .policy = &policy, .held = held, .held_count = PEN_COUNT_OF(held), .whole = true};

static void require(bool condition)
{
    if (!condition) abort();
}

static void hold(size_t index, const char *text, enum pen_part part, const char *at)
{
    const struct pen_schema_options options = {.assert_format = true};
    const struct pen_json *root = NULL;
    require(pen_json_read(pen_str_from_c(text), NULL, schema_arena, &root, NULL) == PEN_OK);
    held[index] = (struct pen_held){
        .typed = {root, root}, .file = PEN_STR("s.json"), .part = part, .at = pen_str_from_c(at)};
    require(pen_schema_compile(root, &options, schema_arena, &held[index].schema, NULL) == PEN_OK);
}

static void set_up(void)
{
    struct pen_patterns *patterns = NULL;
    require(pen_patterns_create(NULL, 0, &patterns, NULL) == PEN_OK);
    require(pen_patterns_scratch(patterns, &scratch) == PEN_OK);
    pen_patterns_destroy(patterns);
    require(pen_arena_create((size_t)64 << 20, 65536, &arena) == PEN_OK);
    require(pen_arena_create((size_t)16 << 20, 65536, &schema_arena) == PEN_OK);
    hold(0, body_schema, PEN_PART_BODY, "");
    hold(1, body_schema, PEN_PART_DATA, "");
    hold(2, body_schema, PEN_PART_RECORDS, "");
    hold(3, body_schema, PEN_PART_AT, "/*/a|json/b|json");
    hold(4, body_schema, PEN_PART_AT, "|json/*");
    hold(5, texts_schema, PEN_PART_QUERY, "");
    hold(6, texts_schema, PEN_PART_HEADERS, "");
}

static void check_harmless(const struct pen_event *event)
{
    for (size_t i = 1; i < event->harmless_count; i++) {
        require((uintptr_t)event->harmless[i - 1].ptr <= (uintptr_t)event->harmless[i].ptr);
    }
}

static size_t check_violations(const struct pen_violations *violations)
{
    char memory[65536];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    if (violations == NULL) return 0;

    require(violations->reason != NULL && violations->count <= PEN_VIOLATIONS);
    pen_violations_put(violations, true, &buf);
    require(!buf.full);
    const struct pen_str list = pen_buf_str(&buf);
    for (uint32_t i = 0; i < violations->count; i++) {
        require(violations->list[i].pointer.len <= PEN_VIOLATION_PATH);
        require(violations->list[i].schema.len <= PEN_VIOLATION_PATH);
        require(violations->list[i].value.len <= PEN_VIOLATION_VALUE);
    }
    return list.len + 1;
}

static size_t look(const struct pen_event_input *input)
{
    const struct pen_event_limits limits = {.json = {.depth = 32, .nodes = 20000}};
    struct pen_event event = {.body = input->body};
    pen_arena_reset(arena);
    if (pen_event_decode(input, &limits, arena, &event, NULL) != PEN_OK) return 0;

    const struct pen_check check = {
        .schemas = &schemas,
        .input = input,
        .event = &event,
        .limits = &limits.json,
        .arena = arena,
        .scratch = scratch,
        .room = (size_t)64 << 20,
    };
    const size_t sum = check_violations(pen_check_event(&check));
    check_harmless(&event);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum pen_body_kind kinds[] = {PEN_BODY_JSON, PEN_BODY_NDJSON, PEN_BODY_FORM,
                                               PEN_BODY_TEXT};
    static const struct pen_str types[] = {PEN_STR("application/json"),
                                           PEN_STR("application/cloudevents+json"),
                                           PEN_STR("application/cloudevents-batch+json")};
    if (arena == NULL) set_up();
    if (size < 3) return 0;

    const struct pen_str rest = {(const char *)data + 1, size - 1};
    const size_t query = pen_str_find(rest, '\0', 0);
    const size_t field = pen_str_find(rest, '\0', query + 1);
    const struct pen_event_field fields[] = {
        {PEN_STR("content-type"), types[data[0] / 16 % PEN_COUNT_OF(types)]},
        {PEN_STR("X-A"), pen_str_slice(rest, query + 1, field)},
    };
    const struct pen_event_input input = {
        .method = PEN_STR("POST"),
        .query = pen_str_slice(rest, 0, query),
        .fields = fields,
        .field_count = PEN_COUNT_OF(fields),
        .body = pen_str_slice(rest, field + 1, rest.len),
        .body_kind = kinds[data[0] % PEN_COUNT_OF(kinds)],
        .whole = true,
    };
    const size_t sum = look(&input);
    require(look(&input) == sum);
    return 0;
}

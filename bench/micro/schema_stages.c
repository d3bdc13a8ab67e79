/** An S3 notice held against the schema that bench/schema compares with Ajv's. */
#include "bench/micro/stages.h"
#include "filters/schema/schema.h"

#define SCHEMA_BYTES 16384
#define EVENT_BYTES  4096

static struct {
    char schema_bytes[SCHEMA_BYTES];
    char event_bytes[EVENT_BYTES];
    struct pen_arena *lasting; /* the schema, and the event read once */
    struct pen_arena *arena;   /* the event's */
    struct pen_scratch *scratch;
    const struct pen_schema *schema;
    struct pen_str event;
    const struct pen_json *tree;
} s;

static bool read_json(struct pen_str text, struct pen_arena *arena, const struct pen_json **tree)
{
    return pen_json_read(text, NULL, arena, tree, NULL) == PEN_OK;
}

static void set_up(void)
{
    struct pen_patterns *none = NULL;
    stage_require(pen_patterns_create(NULL, 0, &none, NULL) == PEN_OK
                      && pen_patterns_scratch(none, &s.scratch) == PEN_OK
                      && pen_arena_create((size_t)4 << 20, (size_t)256 << 10, &s.lasting) == PEN_OK
                      && pen_arena_create((size_t)4 << 20, (size_t)256 << 10, &s.arena) == PEN_OK,
                  "no memory");
    pen_patterns_destroy(none);

    const struct pen_json *document = NULL;
    const struct pen_schema_options options = {.assert_format = true};
    struct pen_schema_error err = {0};
    stage_require(read_json(stage_read("bench/schemas/aws.s3.json", s.schema_bytes, SCHEMA_BYTES),
                            s.lasting, &document)
                      && pen_schema_compile(document, &options, s.lasting, &s.schema, &err)
                             == PEN_OK,
                  "the schema does not compile");
    s.event = stage_read("bench/events/aws.s3.json", s.event_bytes, EVENT_BYTES);
    stage_require(read_json(s.event, s.lasting, &s.tree), "the notice is no JSON");
}

static void tear_down(void)
{
    pen_patterns_scratch_destroy(s.scratch);
    pen_arena_destroy(s.arena);
    pen_arena_destroy(s.lasting);
}

static bool is_valid(const struct pen_json *tree)
{
    uint64_t steps = pen_schema_steps(s.event.len);
    const struct pen_schema_run run = {
        .arena = s.arena, .scratch = s.scratch, .steps_left = &steps};
    bool valid = false;
    return pen_schema_is_valid(s.schema, tree, &run, &valid) == PEN_OK && valid;
}

static bool verdict(void)
{
    pen_arena_reset(s.arena);
    return is_valid(s.tree);
}

static bool bytes_to_verdict(void)
{
    pen_arena_reset(s.arena);
    const struct pen_json *tree = NULL;
    return read_json(s.event, s.arena, &tree) && is_valid(tree);
}

static const struct stage stages[] = {
    {"schema: verdict, S3 notice", verdict},
    {"schema: bytes to verdict, S3 notice", bytes_to_verdict},
};

const struct stage_list schema_stages = {
    .stages = stages, .count = PEN_COUNT_OF(stages), .set_up = set_up, .tear_down = tear_down};

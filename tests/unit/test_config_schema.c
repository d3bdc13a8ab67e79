/**
 * conf/penstock.schema.json against the reader's tables: the same keys, the same words and
 * defaults, a description for each, and all that readers take for granted. The schema is read with
 * our own reader.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/config/shapes.h"
#include "gateway/config/units.h"
#include "gateway/config/yaml.h"
#include "gateway/file.h"

static struct pen_arena *arena;
static const struct pen_json *schema;

static int set_up(void **state)
{
    (void)state;
    struct pen_str text;
    struct pen_error err = {.text = ""};
    if (pen_arena_create((size_t)16 << 20, 4096, &arena) != PEN_OK) return -1;
    if (pen_file_read(PEN_S(PEN_SOURCE_DIR "/conf/penstock.schema.json"), 1 << 20, &text, &err)
        != PEN_OK) {
        return -1;
    }
    const enum pen_status status = pen_yaml_read(text, arena, &schema, &err);
    if (status != PEN_OK) fprintf(stderr, "%zu:%zu: %s\n", err.line, err.column, err.text);
    pen_file_wipe(&text);
    return status == PEN_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

static const struct pen_json *schema_of(const struct pen_shape *shape)
{
    const struct pen_json *const found = pen_json_resolve(schema, pen_str_from_c(shape->schema));
    if (found == NULL) fail_msg("the schema has no %s", shape->schema);
    return found;
}

static const struct pen_json *property_of(const struct pen_shape *shape, const struct pen_key *key)
{
    const struct pen_json *const properties =
        pen_json_member(schema_of(shape), PEN_S("properties"));
    return pen_json_member(properties, key->name);
}

/* What says what a value is: the property itself, or what it refers to. */
static const struct pen_json *meaning_of(const struct pen_json *property)
{
    const struct pen_str reference =
        pen_json_string_or(pen_json_member(property, PEN_S("$ref")), PEN_S(""));
    if (reference.len == 0) return property;
    return pen_json_resolve(schema, pen_str_slice(reference, 1, reference.len));
}

static void each_key_of_the_reader_is_documented(void **state)
{
    (void)state;
    size_t count;
    const struct pen_shape *const *const shapes = pen_config_shapes(&count);
    for (size_t i = 0; i < count; i++) {
        assert_in_range(shapes[i]->key_count, 1, PEN_SHAPE_KEYS);
        for (size_t k = 0; k < shapes[i]->key_count; k++) {
            const struct pen_key *const key = &shapes[i]->keys[k];
            const struct pen_json *const property = property_of(shapes[i], key);
            const struct pen_str said =
                pen_json_string_or(pen_json_member(property, PEN_S("description")), PEN_S(""));
            if (said.len < 10) {
                fail_msg("%s/%.*s is not documented", shapes[i]->schema, PEN_STR_ARGS(key->name));
            }
        }
    }
}

static void each_documented_key_is_known_to_the_reader(void **state)
{
    (void)state;
    size_t count;
    const struct pen_shape *const *const shapes = pen_config_shapes(&count);
    for (size_t i = 0; i < count; i++) {
        const struct pen_json *const object = schema_of(shapes[i]);
        const struct pen_json *const others =
            pen_json_member(object, PEN_S("additionalProperties"));
        assert_true(others != NULL && others->type == PEN_JSON_FALSE);
        const struct pen_json *const properties = pen_json_member(object, PEN_S("properties"));
        /* As many as the table has, and each of the table is there: the same set. What is only
         * refused needs no reader. */
        size_t documented = 0;
        for (const struct pen_json *one = properties->first; one != NULL; one = one->next) {
            documented += pen_json_member(one, PEN_S("not")) == NULL;
        }
        if (documented != shapes[i]->key_count) {
            fail_msg("%s: %zu keys documented, %zu known", shapes[i]->schema, documented,
                     shapes[i]->key_count);
        }
    }
    /* And no mapping that no table reads. */
    size_t mappings = 1;
    const struct pen_json *const definitions = pen_json_member(schema, PEN_S("$defs"));
    for (const struct pen_json *one = definitions->first; one != NULL; one = one->next) {
        mappings += pen_json_member(one, PEN_S("properties")) != NULL;
    }
    assert_int_equal(mappings, count);
}

static bool allows_word(const struct pen_json *words, struct pen_str word)
{
    for (const struct pen_json *item = words == NULL ? NULL : words->first; item != NULL;
         item = item->next) {
        if (pen_str_equal(item->text, word)) return true;
    }
    return false;
}

static void words_are_the_same(void **state)
{
    (void)state;
    size_t count;
    const struct pen_shape *const *const shapes = pen_config_shapes(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < shapes[i]->key_count; k++) {
            const struct pen_key *const key = &shapes[i]->keys[k];
            if (key->words == NULL) continue;

            const struct pen_json *const property = property_of(shapes[i], key);
            const struct pen_json *const items = pen_json_member(property, PEN_S("items"));
            const struct pen_json *const words =
                pen_json_member(items != NULL ? items : property, PEN_S("enum"));
            assert_non_null(words);
            assert_int_equal(words->count, key->word_count);
            for (size_t w = 0; w < key->word_count; w++) {
                if (allows_word(words, key->words[w].name)) continue;
                fail_msg("%s/%.*s: '%.*s'", shapes[i]->schema, PEN_STR_ARGS(key->name),
                         PEN_STR_ARGS(key->words[w].name));
            }
        }
    }
}

static void numbers_fit_their_fields(void **state)
{
    (void)state;
    size_t count;
    const struct pen_shape *const *const shapes = pen_config_shapes(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < shapes[i]->key_count; k++) {
            const struct pen_key *const key = &shapes[i]->keys[k];
            const bool narrow = key->kind == PEN_KEY_MILLISECONDS || key->kind == PEN_KEY_RATE;
            if (narrow) assert_in_range(key->most, 1, UINT32_MAX);
            if (key->kind == PEN_KEY_SECONDS) {
                assert_in_range(key->most, 1000, UINT32_MAX * (uint64_t)1000);
            }
            if (key->kind != PEN_KEY_NUMBER) continue;

            uint64_t least;
            uint64_t most;
            const struct pen_json *const property = property_of(shapes[i], key);
            assert_int_equal(pen_json_to_u64(pen_json_member(property, PEN_S("minimum")), &least),
                             PEN_OK);
            assert_int_equal(pen_json_to_u64(pen_json_member(property, PEN_S("maximum")), &most),
                             PEN_OK);
            assert_in_range(most, least, UINT32_MAX);
        }
    }
}

/* "From 10ms to 1h": a schema cannot hold a quantity to a range, so its description tells it. */
static bool tells_range(const struct pen_json *property, const struct pen_key *key)
{
    char memory[80];
    struct pen_buf range = pen_buf_over(memory, sizeof(memory));
    const bool size = key->kind == PEN_KEY_SIZE || key->kind == PEN_KEY_RATE;
    const struct pen_str per = key->kind == PEN_KEY_RATE ? PEN_S("/s") : PEN_S("");
    void (*const put)(struct pen_buf *, uint64_t) =
        size ? pen_units_put_size : pen_units_put_duration;
    pen_buf_put(&range, PEN_S("From "));
    put(&range, key->least);
    pen_buf_put(&range, per);
    pen_buf_put(&range, PEN_S(" to "));
    put(&range, key->most);
    pen_buf_put(&range, per);
    pen_buf_put(&range, PEN_S("."));
    const struct pen_str said =
        pen_json_string_or(pen_json_member(property, PEN_S("description")), PEN_S(""));
    if (pen_str_find_str(said, pen_buf_str(&range)) < said.len) return true;
    print_error("%.*s: %.*s\n", PEN_STR_ARGS(key->name), PEN_STR_ARGS(pen_buf_str(&range)));
    return false;
}

static bool has_type(const struct pen_json *meaning, struct pen_str type)
{
    return pen_str_equal(pen_json_string_or(pen_json_member(meaning, PEN_S("type")), PEN_S("")),
                         type);
}

static bool is_definition(const struct pen_json *meaning, const char *name)
{
    return meaning->name.ptr != NULL && pen_str_equal(meaning->name, pen_str_from_c(name));
}

/* Does the schema hold the value to all that the key's reader takes for granted? */
static bool is_held(const struct pen_json *property, const struct pen_key *key)
{
    const struct pen_json *const meaning = meaning_of(property);
    switch (key->kind) {
    case PEN_KEY_TEXT:
    case PEN_KEY_FILE:
        return has_type(meaning, PEN_S("string"))
               && pen_json_member(meaning, PEN_S("minLength")) != NULL;
    case PEN_KEY_FLAG:
        return has_type(meaning, PEN_S("boolean"));
    case PEN_KEY_NUMBER:
        return has_type(meaning, PEN_S("integer"));
    case PEN_KEY_MILLISECONDS:
    case PEN_KEY_SECONDS:
        return is_definition(meaning, "duration") && tells_range(property, key);
    case PEN_KEY_SIZE:
        return is_definition(meaning, "size") && tells_range(property, key);
    case PEN_KEY_RATE:
        return is_definition(meaning, "rate") && tells_range(property, key);
    case PEN_KEY_WORD:
        return pen_json_member(meaning, PEN_S("enum")) != NULL;
    case PEN_KEY_SHAPE:
        return meaning == schema_of(key->shape);
    case PEN_KEY_READ:
        return true; /* test_config_errors.c has what these take */
    }
    return false;
}

static void what_readers_take_for_granted_the_schema_demands(void **state)
{
    (void)state;
    size_t count;
    size_t bad = 0;
    const struct pen_shape *const *const shapes = pen_config_shapes(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < shapes[i]->key_count; k++) {
            const struct pen_key *const key = &shapes[i]->keys[k];
            if (is_held(property_of(shapes[i], key), key)) continue;
            print_error("%s/%.*s\n", shapes[i]->schema, PEN_STR_ARGS(key->name));
            bad++;
        }
    }
    assert_int_equal(bad, 0);
}

/* The value of a field in its shape's defaults, in the unit of its text: ms, bytes, number. */
static uint64_t default_of(const struct pen_shape *shape, const struct pen_key *key)
{
    const char *const field = (const char *)shape->defaults + key->offset;
    uint64_t wide;
    uint32_t narrow;
    bool flag;
    if (key->kind == PEN_KEY_SIZE) {
        memcpy(&wide, field, sizeof(wide));
        return wide;
    }
    if (key->kind == PEN_KEY_FLAG) {
        memcpy(&flag, field, sizeof(flag));
        return flag;
    }
    memcpy(&narrow, field, sizeof(narrow));
    return key->kind == PEN_KEY_SECONDS ? (uint64_t)narrow * 1000 : narrow;
}

static uint64_t word_value(const struct pen_key *key, struct pen_str word)
{
    for (size_t w = 0; w < key->word_count; w++) {
        if (pen_str_equal(key->words[w].name, word)) return (uint64_t)key->words[w].value;
    }
    fail_msg("'%.*s' is no word", PEN_STR_ARGS(word));
    return 0;
}

static uint64_t documented(const struct pen_key *key, const struct pen_json *value)
{
    uint64_t number = UINT64_MAX;
    enum pen_status status = PEN_ERR_INTERNAL;
    switch (key->kind) {
    case PEN_KEY_FLAG:
        return value->type == PEN_JSON_TRUE;
    case PEN_KEY_NUMBER:
        status = pen_json_to_u64(value, &number);
        break;
    case PEN_KEY_MILLISECONDS:
    case PEN_KEY_SECONDS:
        status = pen_units_duration(value->text, &number);
        break;
    case PEN_KEY_SIZE:
        status = pen_units_size(value->text, &number);
        break;
    case PEN_KEY_RATE:
        status = pen_units_rate(value->text, &number);
        break;
    case PEN_KEY_WORD:
        return word_value(key, value->text);
    case PEN_KEY_TEXT:
    case PEN_KEY_FILE:
    case PEN_KEY_SHAPE:
    case PEN_KEY_READ:
        break;
    }
    assert_int_equal(status, PEN_OK);
    return number;
}

static void defaults_are_what_the_documentation_says(void **state)
{
    (void)state;
    size_t count;
    size_t compared = 0;
    const struct pen_shape *const *const shapes = pen_config_shapes(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; shapes[i]->defaults != NULL && k < shapes[i]->key_count; k++) {
            const struct pen_key *const key = &shapes[i]->keys[k];
            const bool text = key->kind == PEN_KEY_TEXT || key->kind == PEN_KEY_FILE;
            const bool own = key->kind == PEN_KEY_SHAPE || key->kind == PEN_KEY_READ;
            if (text || own) continue;

            const struct pen_json *const value =
                pen_json_member(property_of(shapes[i], key), PEN_S("default"));
            const uint64_t real = default_of(shapes[i], key);
            if (value == NULL && real != 0) {
                fail_msg("%s/%.*s has an undocumented default", shapes[i]->schema,
                         PEN_STR_ARGS(key->name));
            }
            if (value != NULL && documented(key, value) != real) {
                fail_msg("%s/%.*s: %.*s", shapes[i]->schema, PEN_STR_ARGS(key->name),
                         PEN_STR_ARGS(value->text));
            }
            compared++;
        }
    }
    assert_in_range(compared, 30, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_key_of_the_reader_is_documented),
        cmocka_unit_test(each_documented_key_is_known_to_the_reader),
        cmocka_unit_test(words_are_the_same),
        cmocka_unit_test(numbers_fit_their_fields),
        cmocka_unit_test(what_readers_take_for_granted_the_schema_demands),
        cmocka_unit_test(defaults_are_what_the_documentation_says),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

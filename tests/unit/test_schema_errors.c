/** Schemas that are none: refused with the schema's own path, the keyword and a sentence. */
#include <stdio.h>
#include <string.h>

#include "schema_case.h"

static void names_the_place_of_what_is_wrong(void **state)
{
    struct schema_case *const c = *state;
    static const struct {
        const char *schema;
        enum pen_status status;
        const char *path;
        const char *keyword;
        const char *sentence;
    } rows[] = {
        {"{\"properties\":{\"a\":{\"minLength\":-1}}}", PEN_ERR_INVALID, "#/properties/a/minLength",
         "minLength", "must be at least 0"},
        {"{\"type\":\"strin\"}", PEN_ERR_INVALID, "#/type", "type",
         "must be one of \"array\", \"boolean\", \"integer\", \"null\", \"number\", \"object\" or "
         "\"string\""},
        {"{\"items\":[{}]}", PEN_ERR_INVALID, "#/items", "items", NULL},
        {"{\"required\":[\"a\",\"a\"]}", PEN_ERR_INVALID, "#/required", "required",
         "elements 0 and 1 must not be equal"},
        {"{\"allOf\":[]}", PEN_ERR_INVALID, "#/allOf", "allOf", "must have at least 1 elements"},
        {"{\"multipleOf\":0}", PEN_ERR_INVALID, "#/multipleOf", "multipleOf",
         "must be more than 0"},
        {"{\"pattern\":\"(\"}", PEN_ERR_SYNTAX, "#/pattern", "pattern", NULL},
        {"{\"patternProperties\":{\"[\":true}}", PEN_ERR_SYNTAX, "#/patternProperties/[",
         "patternProperties", NULL},
        {"{\"$id\":\"https://a.example/s\",\"not\":{\"$ref\":\"#/x\"}}", PEN_ERR_NOT_FOUND,
         "https://a.example/s#/not/$ref", "$ref", "\"#/x\" leads nowhere"},
        {"{\"$ref\":\"https://a.example/other\"}", PEN_ERR_NOT_FOUND, "#/$ref", "$ref",
         "\"https://a.example/other\" leads to no document that is mapped"},
        {"{\"$ref\":\"#/const\",\"const\":3}", PEN_ERR_INVALID, "#/$ref", "$ref",
         "leads to what is no schema"},
        {"{\"$defs\":{\"a\":{\"$id\":\"urn:x\"},\"b\":{\"$id\":\"urn:x\"}}}", PEN_ERR_INVALID, NULL,
         "$id", "\"urn:x\" is the name of another schema, too"},
        {"{\"$defs\":{\"a\":{\"$anchor\":\"x\"},\"b\":{\"$anchor\":\"x\"}}}", PEN_ERR_INVALID, NULL,
         "$anchor", "another schema is called \"#x\", too"},
        {"{\"allOf\":[{\"$ref\":\"#\"}]}", PEN_ERR_INVALID, "#", "$ref", NULL},
        {"{\"$defs\":{\"a\":{\"anyOf\":[{\"type\":\"null\"},{\"not\":{\"$ref\":\"#/$defs/a\"}}]}},"
         "\"$ref\":\"#/$defs/a\"}",
         PEN_ERR_INVALID, "#/$defs/a", "$ref", NULL},
        {"{\"$schema\":\"https://json-schema.org/draft/2019-09/schema\"}", PEN_ERR_UNSUPPORTED,
         "#/$schema", "$schema", NULL},
        {"{\"$schema\":\"https://a.example/meta\"}", PEN_ERR_NOT_FOUND, "#/$schema", "$schema",
         NULL},
        {"[]", PEN_ERR_INVALID, "#", "", "must be an object, true or false"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const enum pen_status status = schema_case_try(c, rows[i].schema, NULL);
        if (status != rows[i].status
            || (rows[i].path != NULL && strcmp(c->error.path, rows[i].path) != 0)
            || strcmp(c->error.keyword, rows[i].keyword) != 0 || c->error.sentence[0] == '\0'
            || (rows[i].sentence != NULL && strcmp(c->error.sentence, rows[i].sentence) != 0)) {
            fail_msg("%s: %s %s, %s: %s", rows[i].schema, pen_status_name(status), c->error.path,
                     c->error.keyword, c->error.sentence);
        }
    }
}

static void what_only_a_pointer_leads_to_is_checked_too(void **state)
{
    struct schema_case *const c = *state;
    assert_int_equal(
        schema_case_try(c, "{\"$ref\":\"#/x-parts/a\",\"x-parts\":{\"a\":{\"title\":3}}}", NULL),
        PEN_ERR_INVALID);
    assert_string_equal(c->error.path, "#/x-parts/a/title");
    assert_string_equal(c->error.sentence, "must be of type string");
}

static enum pen_status find_meta(void *context, struct pen_str uri, const struct pen_json **out)
{
    struct schema_case *const c = context;
    if (pen_str_equal(uri, PEN_S("https://a.example/strict"))) {
        *out = schema_case_json(
            c->arena, "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"$id\":"
                      "\"https://a.example/strict\",\"$dynamicAnchor\":\"meta\",\"allOf\":[{"
                      "\"$ref\":\"https://json-schema.org/draft/2020-12/schema\"}],"
                      "\"required\":[\"title\"]}");
        return PEN_OK;
    }
    if (!pen_str_equal(uri, PEN_S("https://a.example/foreign"))) return PEN_ERR_NOT_FOUND;
    *out = schema_case_json(c->arena, "{\"$id\":\"https://a.example/foreign\",\"$vocabulary\":{"
                                      "\"https://a.example/vocabulary\":true}}");
    return PEN_OK;
}

static void a_meta_schema_of_ones_own_is_obeyed(void **state)
{
    struct schema_case *const c = *state;
    const struct pen_schema_documents documents = {.find = find_meta, .context = c};
    const struct pen_schema_options options = {.documents = &documents};
    schema_case_with(c,
                     "{\"$schema\":\"https://a.example/strict\",\"title\":\"t\",\"items\":{"
                     "\"title\":\"u\"}}",
                     &options);
    assert_int_equal(schema_case_try(c,
                                     "{\"$schema\":\"https://a.example/strict\",\"title\":\"t\","
                                     "\"items\":{}}",
                                     &options),
                     PEN_ERR_INVALID);
    assert_string_equal(c->error.path, "#/items");
    assert_int_equal(schema_case_try(c, "{\"$schema\":\"https://a.example/foreign\"}", &options),
                     PEN_ERR_UNSUPPORTED);
}

static void a_schema_may_not_have_more_parts_than_allowed(void **state)
{
    struct schema_case *const c = *state;
    const struct pen_schema_options options = {.nodes = 3};
    schema_case_with(c, "{\"allOf\":[{},{}]}", &options);
    assert_int_equal(schema_case_try(c, "{\"allOf\":[{},{},{}]}", &options), PEN_ERR_LIMIT);
}

/* Each resolved on its own, and larger than the steps in which the arena grows. */
static void long_names_are_no_mistake_where_memory_ends(void **state)
{
    struct schema_case *const c = *state;
    char name[1501];
    char text[8192];
    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    (void)snprintf(text, sizeof(text),
                   "{\"$id\":\"https://a.example/%s\",\"$ref\":\"#%%6e%s\","
                   "\"$defs\":{\"a\":{\"$id\":\"%s/b\"},\"b\":{\"$anchor\":\"n%s\"}}}",
                   name, name, name, name);
    const struct pen_json *const schema = schema_case_json(c->arena, text);
    enum pen_status status = PEN_ERR_NOMEM;
    for (size_t limit = 1024; status == PEN_ERR_NOMEM; limit += 997) {
        struct pen_arena *arena = NULL;
        const struct pen_schema *out = NULL;
        assert_int_equal(pen_arena_create(limit, 512, &arena), PEN_OK);
        status = pen_schema_compile(schema, NULL, arena, &out, NULL);
        pen_arena_destroy(arena);
    }
    assert_int_equal(status, PEN_OK);
}

static void compiling_copes_with_any_arena(void **state)
{
    struct schema_case *const c = *state;
    const struct pen_json *const schema = schema_case_json(
        c->arena,
        "{\"properties\":{\"a\":{\"enum\":[1,\"x\",{}],\"pattern\":\"^(a|b)$\"},\"b\":{"
        "\"$ref\":\"#/$defs/b\"}},\"$defs\":{\"b\":{\"$dynamicRef\":\"#d\"},\"d\":{"
        "\"$dynamicAnchor\":\"d\",\"minimum\":3}},\"dependentRequired\":{\"a\":[\"b\"]}}");
    bool done = false;
    for (size_t limit = 0; !done; limit += 997) {
        struct pen_arena *arena = NULL;
        const struct pen_schema *out = NULL;
        assert_int_equal(pen_arena_create(1024 + limit, 512, &arena), PEN_OK);
        const enum pen_status status = pen_schema_compile(schema, NULL, arena, &out, NULL);
        assert_true(status == PEN_OK || status == PEN_ERR_NOMEM);
        done = status == PEN_OK;
        pen_arena_destroy(arena);
    }
}

/* Doubts as one text: "#/itms items; #/a/dependencies -; ". */
struct heard {
    char memory[1024];
    struct pen_buf buf;
};

static void hear(void *context, const struct pen_schema_error *doubt)
{
    struct pen_buf *const buf = &((struct heard *)context)->buf;
    pen_buf_format(buf, "%s: %s; ", doubt->path, doubt->sentence);
}

static void doubts_members_that_look_like_keywords(void **state)
{
    struct schema_case *const c = *state;
    static const struct {
        const char *schema;
        const char *doubts;
    } rows[] = {
        {"{\"proprties\":{\"a\":{}}}",
         "#/proprties: is no keyword and holds nothing; did you mean 'properties'?; "},
        {"{\"items\":{\"maxlength\":3}}",
         "#/items/maxlength: is no keyword and holds nothing; did you mean 'maxLength'?; "},
        {"{\"additionalItems\":false}",
         "#/additionalItems: is no keyword of draft 2020-12 and holds nothing; "},
        {"{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"prefixItems\":[{}]}",
         "#/prefixItems: is no keyword of draft 07 and holds nothing; "},
        /* Remarks of one's own, of OpenAPI 3.0, and names of properties. */
        {"{\"note\":1,\"unit\":1,\"name\":1,\"x-types\":1,\"nullable\":true,\"example\":1,"
         "\"xml\":{},\"tite\":1,\"content\":1,\"meta\":1,\"label\":1,\"order\":1}",
         ""},
        {"{\"properties\":{\"proprties\":{},\"itms\":{}},\"const\":{\"itms\":1}}", ""},
        {"{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"additionalItems\":false,"
         "\"dependencies\":{}}",
         ""},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct heard heard = {.buf = {0}};
        heard.buf = pen_buf_over(heard.memory, sizeof(heard.memory) - 1);
        const struct pen_schema_doubts doubts = {.tell = hear, .context = &heard};
        const struct pen_schema_options options = {.doubts = &doubts};
        schema_case_with(c, rows[i].schema, &options);
        heard.memory[heard.buf.len] = '\0';
        assert_string_equal(heard.memory, rows[i].doubts);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCHEMA_TEST(names_the_place_of_what_is_wrong),
        SCHEMA_TEST(what_only_a_pointer_leads_to_is_checked_too),
        SCHEMA_TEST(a_meta_schema_of_ones_own_is_obeyed),
        SCHEMA_TEST(a_schema_may_not_have_more_parts_than_allowed),
        SCHEMA_TEST(long_names_are_no_mistake_where_memory_ends),
        SCHEMA_TEST(compiling_copes_with_any_arena),
        SCHEMA_TEST(doubts_members_that_look_like_keywords),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

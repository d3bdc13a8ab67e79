/** Taking an event apart: which leaves there are, how they are named, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "filters/core/event.h"

#define DEEP8  "[[[[[[[["
#define SHUT8  "]]]]]]]]"
#define DEEP64 DEEP8 DEEP8 DEEP8 DEEP8 DEEP8 DEEP8 DEEP8 DEEP8
#define SHUT64 SHUT8 SHUT8 SHUT8 SHUT8 SHUT8 SHUT8 SHUT8 SHUT8
#define DEEP   DEEP64 DEEP64 DEEP8 SHUT8 SHUT64 SHUT64

static struct pen_arena *arena;

static int set_up(void **state)
{
    (void)state;
    return pen_arena_create((size_t)4 << 20, 4096, &arena) == PEN_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

static struct pen_event decode(const struct pen_event_input *input)
{
    struct pen_event event;
    struct pen_json_error error = {0};
    if (pen_event_decode(input, NULL, arena, &event, &error) != PEN_OK) {
        fail_msg("%s at %zu", error.code, error.offset);
    }
    return event;
}

/* Every leaf as "path=text|codings;", in order. */
static struct pen_str spell(const struct pen_event *event)
{
    struct pen_buf buf = {.ptr = pen_arena_bytes(arena, 8192), .cap = 8192};
    assert_non_null(buf.ptr);
    for (uint32_t i = 0; i < event->leaf_count; i++) {
        pen_leaf_path(pen_event_leaf(event, i), &buf);
        pen_buf_byte(&buf, '=');
        pen_buf_put(&buf, pen_event_leaf(event, i)->text);
        if (pen_event_leaf(event, i)->from != NULL) pen_buf_byte(&buf, '|');
        pen_leaf_codings(pen_event_leaf(event, i), &buf);
        pen_buf_byte(&buf, ';');
    }
    assert_false(buf.full);
    return pen_buf_str(&buf);
}

static void names_every_leaf_by_its_path(void **state)
{
    (void)state;
    const struct pen_event_field fields[] = {
        {PEN_STR("User-Agent"), PEN_STR("curl")},
        {PEN_STR("Authorization"), PEN_STR("Bearer secret")},
        {PEN_STR("Ce-Subject"), PEN_STR("a%20b")},
        {PEN_STR("ACCEPT"), PEN_STR("*/*")},
    };
    const struct {
        const char *why;
        struct pen_event_input input;
        struct pen_str leaves;
    } rows[] = {
        {"nothing", {.path = PEN_STR("/")}, PEN_STR("")},
        {"names and values of JSON",
         {.body = PEN_STR("{\"a\":{\"b\":[\"x\",1,true,\"\"]}}"), .body_kind = PEN_BODY_JSON},
         PEN_STR("/a#=a;/a/b#=b;/a/b/0=x;")},
        {"a lone string", {.body = PEN_STR("\"x\""), .body_kind = PEN_BODY_JSON}, PEN_STR("=x;")},
        {"each decoding is a leaf",
         {.body = PEN_STR("[\"%2527\"]"), .body_kind = PEN_BODY_JSON},
         PEN_STR("/0=%2527;/0=%27|percent;/0='|percent|percent;")},
        {"JSON in a string",
         {.body = PEN_STR("{\"b\":\"{\\\"k\\\":[1,\\\"v\\\"]}\"}"), .body_kind = PEN_BODY_JSON},
         PEN_STR("/b#=b;/b={\"k\":[1,\"v\"]};/b|json/k#=k|json;/b|json/k/1=v|json;")},
        {"JSON in JSON in a form",
         {.body = PEN_STR("payload=%7B%22m%22:%22[%5C%22x%5C%22]%22%7D"),
          .body_kind = PEN_BODY_FORM},
         PEN_STR("form:/payload#=payload;form:/payload=%7B%22m%22:%22[%5C%22x%5C%22]%22%7D;"
                 "form:/payload={\"m\":\"[\\\"x\\\"]\"}|form;form:/payload|json/m#=m|form|json;"
                 "form:/payload|json/m=[\"x\"]|form|json;"
                 "form:/payload|json/m|json/0=x|form|json|json;")},
        {"what only begins as JSON",
         {.body = PEN_STR("[\"{a:}\",\"[1\",\"{\\\"a\\\":1;}\"]"), .body_kind = PEN_BODY_JSON},
         PEN_STR("/0={a:};/1=[1;/2={\"a\":1;};")},
        {"base64 of a text",
         {.body = PEN_STR("[\"JyBPUiAxPTEgLS0gYWJj\"]"), .body_kind = PEN_BODY_JSON},
         PEN_STR("/0=JyBPUiAxPTEgLS0gYWJj;/0=' OR 1=1 -- abc|base64;")},
        {"base64 of JSON, without padding",
         {.body = PEN_STR("[\"eyJrIjoidmFsdWUgMSJ9\"]"), .body_kind = PEN_BODY_JSON},
         PEN_STR("/0=eyJrIjoidmFsdWUgMSJ9;/0={\"k\":\"value 1\"}|base64;/0|json/k#=k|base64|json;"
                 "/0|json/k=value 1|base64|json;")},
        {"ids and words are not base64",
         {.body = PEN_STR("[\"0a1b2c3d4e5f60718293a4b5\",\"internationalisation\",\"c3RvcnQ=\"]"),
          .body_kind = PEN_BODY_JSON},
         PEN_STR("/0=0a1b2c3d4e5f60718293a4b5;/1=internationalisation;/2=c3RvcnQ=;")},
        {"plus is a space once",
         {.query = PEN_STR("q=a+b%2Bc")},
         PEN_STR("query:/q#=q;query:/q=a+b%2Bc;query:/q=a b+c|form;")},
        {"a name is decoded for its path",
         {.query = PEN_STR("a%5Bb%5D=1&&=2&c")},
         PEN_STR("query:/a[b]#=a%5Bb%5D;query:/a[b]#=a[b]|form;query:/a[b]=1;query:/=2;"
                 "query:/c#=c;")},
        {"a form",
         {.body = PEN_STR("x=1;2"), .body_kind = PEN_BODY_FORM},
         PEN_STR("form:/x#=x;form:/x=1;2;")},
        {"fields that are data",
         {.fields = fields, .field_count = PEN_COUNT_OF(fields)},
         PEN_STR("header:/user-agent=curl;header:/ce-subject=a%20b;"
                 "header:/ce-subject=a b|percent;")},
        {"the path and its segments",
         {.path = PEN_STR("/f/a%2eb")},
         PEN_STR("path:=/f/a%2eb;path:=/f/a.b|percent;path:/1=f;path:/2=a%2eb;"
                 "path:/2=a.b|percent;")},
        {"text", {.body = PEN_STR("hi"), .body_kind = PEN_BODY_TEXT}, PEN_STR("=hi;")},
        {"opaque", {.body = PEN_STR("\xff\xff"), .body_kind = PEN_BODY_OPAQUE}, PEN_STR("")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event event = decode(&rows[i].input);
        const struct pen_str spelled = spell(&event);
        if (!pen_str_equal(spelled, rows[i].leaves)) {
            fail_msg("%s: %.*s", rows[i].why, PEN_STR_ARGS(spelled));
        }
    }
}

static void check_layout(const struct pen_event *event)
{
    size_t start = 0;
    size_t bytes = 0;
    uint32_t repeats = 0;
    for (uint32_t i = 0; i < event->leaf_count; i++) {
        const struct pen_leaf *const leaf = pen_event_leaf(event, i);
        bytes += leaf->text.len + 1;
        if (repeats < event->repeat_count && pen_event_repeat(event, repeats)->leaf == i) {
            const uint32_t first = pen_event_repeat(event, repeats++)->first;
            assert_true(first < i && leaf->is_name && pen_event_leaf(event, first)->is_name);
            assert_true(pen_str_equal(leaf->text, pen_event_leaf(event, first)->text));
            assert_int_equal(event->text_ends[i], event->text_ends[i - 1]);
            continue;
        }
        const struct pen_str laid = pen_str_slice(event->text, start, event->text_ends[i]);
        assert_true(pen_str_equal(laid, leaf->text));
        assert_int_equal(event->text.ptr[event->text_ends[i]], PEN_EVENT_GAP);
        start = event->text_ends[i] + 1;
    }
    assert_int_equal(start, event->text.len);
    assert_int_equal(bytes, event->leaf_bytes);
    assert_int_equal(repeats, event->repeat_count);
}

/* A batch of `count` records with a name of each length, and one that is different in each. */
static struct pen_event decode_batch(size_t count, struct pen_buf *body)
{
    for (size_t i = 0; i < count; i++) {
        pen_buf_format(body,
                       "%s{\"a\":\"x\",\"bc\":\"y\",\"sku\":\"z\",\"title\":\"t\",\"quantity\":1,"
                       "\"datacontenttype\":\"d\",\"a name of seventeen\":2,\"n%zu\":3,"
                       "\"longer than any name that is to be remembered\":4,\"o%%6Fh\":5}",
                       i == 0 ? "[" : ",", i);
    }
    pen_buf_byte(body, ']');
    assert_false(body->full);
    const struct pen_event_input input = {.body = pen_buf_str(body), .body_kind = PEN_BODY_JSON};
    return decode(&input);
}

static void lays_names_that_repeat_out_once(void **state)
{
    (void)state;
    static char body[32768];
    struct pen_buf buf = pen_buf_over(body, sizeof(body));
    const struct pen_event event = decode_batch(100, &buf);
    check_layout(&event);
    /* Seven of each record, but for those of the first block and the one after. */
    assert_in_range(event.repeat_count, 7 * 80, 7 * 100);
    for (uint32_t k = 0; k < event.repeat_count; k++) {
        const struct pen_leaf *const leaf =
            pen_event_leaf(&event, pen_event_repeat(&event, k)->leaf);
        char memory[64];
        struct pen_buf path = pen_buf_over(memory, sizeof(memory));
        pen_leaf_path(leaf, &path);
        assert_true(pen_str_starts(pen_buf_str(&path), PEN_S("/")));
        assert_ptr_equal(leaf->text.ptr, event.body.ptr + leaf->place.start + 1);
    }
}

/* Whoever asks for one first gets the leaf that any other name has. */
static void writes_what_repeats_for_who_asks(void **state)
{
    (void)state;
    static char body[32768];
    struct pen_buf buf = pen_buf_over(body, sizeof(body));
    for (int i = 0; i < 200; i++) {
        pen_buf_format(&buf, "%s{\"top\":\"{\\\"sku\\\":\\\"a%d\\\"}\"}", i == 0 ? "[" : ",", i);
    }
    pen_buf_byte(&buf, ']');
    assert_false(buf.full);
    const struct pen_event_input input = {.body = pen_buf_str(&buf), .body_kind = PEN_BODY_JSON};
    const struct pen_event event = decode(&input);
    assert_int_equal(event.leaf_count, 200 * 4);
    assert_in_range(event.repeat_count, 300, 400);
    assert_false(*event.written);
    for (uint32_t i = event.leaf_count; i-- > 0;) {
        const struct pen_leaf *const leaf = pen_event_leaf(&event, i);
        char memory[64];
        char expected[64];
        struct pen_buf path = pen_buf_over(memory, sizeof(memory));
        struct pen_buf wanted = pen_buf_over(expected, sizeof(expected));
        pen_leaf_path(leaf, &path);
        pen_buf_format(&wanted, "/%u/top%s%s", (unsigned)i / 4, i % 4 >= 2 ? "|json/sku" : "",
                       i % 2 == 0 ? "#" : "");
        assert_true(pen_str_equal(pen_buf_str(&path), pen_buf_str(&wanted)));
        assert_int_equal(leaf->is_name, i % 2 == 0);
        assert_int_equal(leaf->coding, i % 4 >= 2 ? PEN_CODING_JSON : PEN_CODING_NONE);
        assert_ptr_equal(leaf->from, i % 4 >= 2 ? pen_event_leaf(&event, i - i % 4 + 1) : NULL);
    }
    assert_true(*event.written);
    check_layout(&event);
}

static void looks_at_each_name_that_may_hold_more(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str name;
    } rows[] = {
        {"a password in a URL", PEN_STR("s://u:p@h")},
        {"a number of somebody", PEN_STR("4111-1111-111")},
        {"encoded", PEN_STR("%61b")},
        {"a document", PEN_STR("[1]")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        static char body[16384];
        struct pen_buf buf = pen_buf_over(body, sizeof(body));
        for (size_t k = 0; k < 300; k++) {
            pen_buf_format(&buf, "%s{\"%.*s\":\"v\"}", k == 0 ? "[" : ",",
                           PEN_STR_ARGS(rows[i].name));
        }
        pen_buf_byte(&buf, ']');
        assert_false(buf.full);
        const struct pen_event_input input = {.body = pen_buf_str(&buf),
                                              .body_kind = PEN_BODY_JSON};
        const struct pen_event event = decode(&input);
        check_layout(&event);
        if (event.repeat_count > 0) fail_msg("shared: %s", rows[i].why);
    }
}

static void shows_the_whole_tree_to_who_asks_for_it(void **state)
{
    (void)state;
    const struct {
        enum pen_body_kind kind;
        struct pen_str body;
        struct pen_str last;
    } rows[] = {
        {PEN_BODY_JSON, PEN_STR("{\"a\":[\"x\",1,\"\",[2,3,[]]]}"), PEN_STR("/a/3/2")},
        {PEN_BODY_JSON, PEN_STR("[1,2,3]"), PEN_STR("/2")},
        {PEN_BODY_NDJSON, PEN_STR("[1,2,3]\n[4,5]\n"), PEN_STR("/1/1")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_event_input input = {.body = rows[i].body, .body_kind = rows[i].kind};
        const struct pen_event sparse = decode(&input);
        input.whole = true;
        const struct pen_event whole = decode(&input);
        if (pen_json_resolve(whole.root, rows[i].last) == NULL) fail_msg("row %zu", i);
        assert_int_equal(whole.left_out.children, 0);
        assert_int_equal(whole.left_out.depth, 0);
        assert_true(pen_str_equal(spell(&whole), spell(&sparse)));
    }
}

static void lays_all_texts_in_one_buffer_with_gaps(void **state)
{
    (void)state;
    const struct pen_event_input input = {
        .body = PEN_STR("{\"a\":\"xy\"}"), .body_kind = PEN_BODY_JSON, .query = PEN_STR("q=%41")};
    const struct pen_event event = decode(&input);
    check_layout(&event);
}

static void lays_texts_of_every_length(void **state)
{
    (void)state;
    char body[8192];
    struct pen_buf buf = pen_buf_over(body, sizeof(body));
    for (size_t length = 1; length < 100; length++) {
        pen_buf_put(&buf, length == 1 ? PEN_S("[\"") : PEN_S(",\""));
        for (size_t i = 0; i < length; i++) {
            pen_buf_byte(&buf, "ab c."[(i + length) % 5]);
        }
        pen_buf_byte(&buf, '"');
    }
    pen_buf_byte(&buf, ']');
    assert_false(buf.full);
    const struct pen_event_input input = {.body = pen_buf_str(&buf), .body_kind = PEN_BODY_JSON};
    const struct pen_event event = decode(&input);
    assert_int_equal(event.leaf_count, 99);
    check_layout(&event);
}

static void lays_out_more_than_was_received(void **state)
{
    (void)state;
    /* Each is decoded six times: their texts are longer than the body, in many blocks of leaves. */
    char body[16384];
    struct pen_buf buf = pen_buf_over(body, sizeof(body));
    for (int i = 0; i < 400; i++) {
        pen_buf_format(&buf, "%s\"%%252525252527 %d\"", i == 0 ? "[" : ",", i);
    }
    pen_buf_byte(&buf, ']');
    assert_false(buf.full);
    const struct pen_event_input input = {.body = pen_buf_str(&buf), .body_kind = PEN_BODY_JSON};
    const struct pen_event event = decode(&input);
    assert_int_equal(event.leaf_count, 400 * 7);
    assert_true(event.leaf_count > 4 * PEN_EVENT_BLOCK);
    assert_true(event.text.len > 2 * input.body.len);
    check_layout(&event);
    for (uint32_t i = 0; i < event.leaf_count; i++) {
        const struct pen_leaf *const leaf = pen_event_leaf(&event, i);
        if (i % 7 == 0) {
            assert_null(leaf->from);
        } else {
            assert_ptr_equal(leaf->from, pen_event_leaf(&event, i - 1));
        }
    }
}

static const char *limit_code(const struct pen_event_input *input, struct pen_arena *memory)
{
    struct pen_event event;
    struct pen_json_error error = {0};
    assert_int_equal(pen_event_decode(input, NULL, memory, &event, &error), PEN_ERR_LIMIT);
    return error.code;
}

static void refuses_what_is_wrapped_too_deep(void **state)
{
    (void)state;
    const struct pen_event_input six = {.query = PEN_STR("a=%252525252527")};
    const struct pen_event_input seven = {.query = PEN_STR("a=%25252525252527")};
    const struct pen_event event = decode(&six);
    assert_true(pen_str_equal(pen_event_leaf(&event, event.leaf_count - 1)->text, PEN_S("'")));
    assert_string_equal(limit_code(&seven, arena), "event.layers");
    const struct pen_event_input deep = {.body = PEN_STR("[\"" DEEP "\"]"),
                                         .body_kind = PEN_BODY_JSON};
    assert_string_equal(limit_code(&deep, arena), "json.depth");
}

/* The text as the only string of a JSON document. */
static struct pen_str wrap(struct pen_str text, struct pen_arena *memory)
{
    struct pen_buf buf = {.ptr = pen_arena_bytes(memory, 2 * text.len + 4),
                          .cap = 2 * text.len + 4};
    assert_non_null(buf.ptr);
    pen_buf_put(&buf, PEN_S("[\""));
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\') pen_buf_byte(&buf, '\\');
        pen_buf_byte(&buf, text.ptr[i]);
    }
    pen_buf_put(&buf, PEN_S("\"]"));
    assert_false(buf.full);
    return pen_buf_str(&buf);
}

static void opens_no_more_than_a_multiple_of_what_came(void **state)
{
    (void)state;
    struct pen_arena *memory = NULL;
    const size_t length = 900000;
    assert_int_equal(pen_arena_create((size_t)64 << 20, 65536, &memory), PEN_OK);
    char *const text = pen_arena_bytes(memory, length);
    assert_non_null(text);
    memset(text, '.', length);
    struct pen_str body = {text, length};
    for (int i = 0; i < 5; i++) {
        body = wrap(body, memory);
    }
    const struct pen_event_input five = {.body = body, .body_kind = PEN_BODY_JSON};
    struct pen_event event;
    assert_int_equal(pen_event_decode(&five, NULL, memory, &event, NULL), PEN_OK);
    const struct pen_event_input seven = {.body = wrap(wrap(body, memory), memory),
                                          .body_kind = PEN_BODY_JSON};
    assert_string_equal(limit_code(&seven, memory), "event.opened");
    pen_arena_destroy(memory);
}

static void refuses_what_it_cannot_read_in_one_way(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_event_input input;
        const char *code;
    } rows[] = {
        {"JSON", {.body = PEN_STR("{"), .body_kind = PEN_BODY_JSON}, "json.truncated"},
        {"form", {.body = PEN_STR("a=%4"), .body_kind = PEN_BODY_FORM}, "form.syntax"},
        {"query", {.query = PEN_STR("a=%zz")}, "query.syntax"},
        {"text", {.body = PEN_STR("\xff"), .body_kind = PEN_BODY_TEXT}, "text.utf8"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_event event;
        struct pen_json_error error = {0};
        assert_int_equal(pen_event_decode(&rows[i].input, NULL, arena, &event, &error),
                         PEN_ERR_SYNTAX);
        if (strcmp(error.code, rows[i].code) != 0) fail_msg("%s: %s", rows[i].why, error.code);
    }
}

static void counts_leaves_against_the_limit(void **state)
{
    (void)state;
    const struct pen_event_input input = {.body = PEN_STR("[\"a\",\"b\",\"c\"]"),
                                          .body_kind = PEN_BODY_JSON};
    struct pen_event event;
    struct pen_json_error error = {0};
    struct pen_event_limits limits = {.leaves = 3};
    assert_int_equal(pen_event_decode(&input, &limits, arena, &event, &error), PEN_OK);
    limits.leaves = 2;
    assert_int_equal(pen_event_decode(&input, &limits, arena, &event, &error), PEN_ERR_LIMIT);
    assert_string_equal(error.code, "event.leaves");
}

static void survives_every_shortage_of_memory(void **state)
{
    (void)state;
    const struct pen_event_input input = {
        .body = PEN_STR("{\"a\":\"%41\"}"), .body_kind = PEN_BODY_JSON, .query = PEN_STR("q=%41")};
    for (size_t limit = 0;; limit += 256) {
        struct pen_arena *small = NULL;
        struct pen_event event;
        struct pen_json_error error = {0};
        assert_int_equal(pen_arena_create(limit, 256, &small), PEN_OK);
        const enum pen_status status = pen_event_decode(&input, NULL, small, &event, &error);
        pen_arena_destroy(small);
        if (status == PEN_OK) break;
        assert_int_equal(status, PEN_ERR_NOMEM);
        assert_non_null(error.code);
        assert_true(limit < 1 << 20);
    }
}

static void refuses_what_says_that_it_is_a_cloudevent_and_is_none(void **state)
{
    (void)state;
    const struct pen_event_field structured = {PEN_STR("Content-Type"),
                                               PEN_STR("application/cloudevents+json")};
    const struct pen_event_field xml = {PEN_STR("Content-Type"),
                                        PEN_STR("application/cloudevents+xml")};
    const struct pen_event_field binary = {PEN_STR("ce-specversion"), PEN_STR("1.0")};
    const struct {
        const struct pen_event_field *field;
        enum pen_body_kind kind;
        const char *body;
        enum pen_status status;
        const char *code;
        size_t offset;
    } rows[] = {
        {&structured, PEN_BODY_JSON, "{\"specversion\":\"2\"}", PEN_ERR_SYNTAX,
         "cloudevents.specversion", 15},
        {&structured, PEN_BODY_NONE, "", PEN_ERR_SYNTAX, "cloudevents.event", 0},
        {&structured, PEN_BODY_OPAQUE, "{}", PEN_OK, NULL, 0},
        {&xml, PEN_BODY_OPAQUE, "{}", PEN_ERR_UNSUPPORTED, "cloudevents.format", 0},
        {&binary, PEN_BODY_JSON, "{}", PEN_ERR_SYNTAX, "cloudevents.id", 0},
        {NULL, PEN_BODY_JSON, "{\"specversion\":\"2\"}", PEN_OK, NULL, 0},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input input = {.body = pen_str_from_c(rows[i].body),
                                              .body_kind = rows[i].kind,
                                              .fields = rows[i].field,
                                              .field_count = rows[i].field == NULL ? 0 : 1};
        struct pen_event event;
        struct pen_json_error error = {0};
        assert_int_equal(pen_event_decode(&input, NULL, arena, &event, &error), rows[i].status);
        if (rows[i].code == NULL) continue;
        assert_string_equal(error.code, rows[i].code);
        assert_int_equal(error.offset, rows[i].offset);
    }
}

static void takes_an_attribute_out_of_its_quotes(void **state)
{
    (void)state;
    const struct pen_event_field fields[] = {
        {PEN_STR("ce-specversion"), PEN_STR("1.0")},
        {PEN_STR("ce-id"), PEN_STR("a")},
        {PEN_STR("ce-source"), PEN_STR("/s")},
        {PEN_STR("ce-type"), PEN_STR("t")},
        {PEN_STR("ce-subject"), PEN_STR("\"a\\%2e%2e\"")},
        {PEN_STR("x-note"), PEN_STR("\"b\"")},
    };
    const struct pen_event_input input = {.fields = fields, .field_count = PEN_COUNT_OF(fields)};
    const struct pen_event event = decode(&input);
    assert_int_equal(event.cloudevents, PEN_CLOUDEVENTS_BINARY);
    const struct pen_str spelled = spell(&event);
    const struct pen_str expected = PEN_S("header:/ce-subject=a%2e%2e|escape;"
                                          "header:/ce-subject=a..|escape|percent;");
    if (pen_str_find_str(spelled, expected) == spelled.len) {
        fail_msg("%.*s", PEN_STR_ARGS(spelled));
    }
    const struct pen_str plain = PEN_S("header:/x-note=b");
    assert_int_equal(pen_str_find_str(spelled, plain), spelled.len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(refuses_what_says_that_it_is_a_cloudevent_and_is_none,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(takes_an_attribute_out_of_its_quotes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_every_leaf_by_its_path, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lays_names_that_repeat_out_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(writes_what_repeats_for_who_asks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(looks_at_each_name_that_may_hold_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(shows_the_whole_tree_to_who_asks_for_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lays_all_texts_in_one_buffer_with_gaps, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lays_texts_of_every_length, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lays_out_more_than_was_received, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_it_cannot_read_in_one_way, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_is_wrapped_too_deep, set_up, tear_down),
        cmocka_unit_test(opens_no_more_than_a_multiple_of_what_came),
        cmocka_unit_test_setup_teardown(counts_leaves_against_the_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_every_shortage_of_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/** XML bodies as events: the leaves a function would see, and how their places are named. */
#include <stdlib.h>
#include <string.h>

#include "filters/core/event.h"
#include "tests/unit/arena_case.h"

/* "path=text|codings;" for each leaf. */
static struct pen_str spell_input(const struct pen_event_input *input)
{
    static char memory[8192];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    struct pen_event event;
    struct pen_json_error error = {0};
    if (pen_event_decode(input, NULL, arena, &event, &error) != PEN_OK) {
        fail_msg("%.*s: %s at %zu", PEN_STR_ARGS(input->body), error.code, error.offset);
    }
    for (uint32_t i = 0; i < event.leaf_count; i++) {
        const struct pen_leaf *const leaf = pen_event_leaf(&event, i);
        pen_leaf_path(leaf, &buf);
        pen_buf_byte(&buf, '=');
        pen_buf_put(&buf, leaf->text);
        if (leaf->from != NULL) pen_buf_byte(&buf, '|');
        pen_leaf_codings(leaf, &buf);
        pen_buf_byte(&buf, ';');
    }
    assert_false(buf.full);
    return pen_buf_str(&buf);
}

static struct pen_str spell(struct pen_str body)
{
    const struct pen_event_input input = {.body = body, .body_kind = PEN_BODY_XML};
    return spell_input(&input);
}

static void gives_names_values_texts_and_comments(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str body;
        struct pen_str leaves;
    } rows[] = {
        {"an element's name is the document's choice", PEN_STR("<order/>"),
         PEN_STR("xml:/order#=order;")},
        {"attributes, texts, indexes", PEN_STR("<o><i id='7'>x</i><i>y</i></o>"),
         PEN_STR("xml:/o#=o;xml:/o/i[1]#=i;xml:/o/i[1]/@id#=id;xml:/o/i[1]/@id=7;xml:/o/i[1]=x;"
                 "xml:/o/i[2]#=i;xml:/o/i[2]=y;")},
        {"empty ones are left out", PEN_STR("<o a=''><!----> </o>"),
         PEN_STR("xml:/o#=o;xml:/o/@a#=a;")},
        {"comments and instructions", PEN_STR("<!--c--><o/><?php echo?>"),
         PEN_STR("xml:/#comment=c;xml:/o#=o;xml:/?php#=php;xml:/?php=echo;")},
        {"divided and joined", PEN_STR("<o>&lt;scr<![CDATA[ipt>]]></o>"),
         PEN_STR("xml:/o#=o;xml:/o/#part[1]=<scr;xml:/o/#part[2]=ipt>;xml:/o=<script>;")},
        {"around a child", PEN_STR("<o>1<b/>2</o>"),
         PEN_STR("xml:/o#=o;xml:/o/#text[1]=1;xml:/o/b#=b;xml:/o/#text[2]=2;xml:/o/#joined=12;")},
        {"encoded within", PEN_STR("<o>%2527</o>"),
         PEN_STR("xml:/o#=o;xml:/o=%2527;xml:/o=%27|percent;xml:/o='|percent|percent;")},
        {"JSON within", PEN_STR("<o><![CDATA[{\"k\":\"v\"}]]></o>"),
         PEN_STR("xml:/o#=o;xml:/o={\"k\":\"v\"};xml:/o|json/k#=k|json;xml:/o|json/k=v|json;")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_str leaves = spell(rows[i].body);
        if (!pen_str_equal(leaves, rows[i].leaves)) {
            fail_msg("%s: %.*s", rows[i].why, PEN_STR_ARGS(leaves));
        }
    }
}

static void opens_documents_in_texts_of_other_formats(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_event_input input;
        struct pen_str leaves;
    } rows[] = {
        {"in JSON",
         {.body = PEN_STR("{\"body\":\" <a b='c'>d</a>\"}"), .body_kind = PEN_BODY_JSON},
         PEN_STR("/body#=body;/body= <a b='c'>d</a>;/body|xml/a#=a|xml;/body|xml/a/@b#=b|xml;"
                 "/body|xml/a/@b=c|xml;/body|xml/a=d|xml;")},
        {"in XML",
         {.body = PEN_STR("<a><![CDATA[<b>c</b>]]></a>"), .body_kind = PEN_BODY_XML},
         PEN_STR("xml:/a#=a;xml:/a=<b>c</b>;xml:/a|xml/b#=b|xml;xml:/a|xml/b=c|xml;")},
        {"what whole texts encode is undone, too",
         {.body = PEN_STR("[\"<a>%27</a>\"]"), .body_kind = PEN_BODY_JSON},
         PEN_STR("/0=<a>%27</a>;/0|xml/a#=a|xml;/0|xml/a=%27|xml;/0|xml/a='|xml|percent;"
                 "/0=<a>'</a>|percent;/0|xml/a#=a|percent|xml;/0|xml/a='|percent|xml;")},
        {"a DOCTYPE is a text's own affair",
         {.body = PEN_STR("[\"<!DOCTYPE a><a/>\"]"), .body_kind = PEN_BODY_JSON},
         PEN_STR("/0=<!DOCTYPE a><a/>;")},
        {"markup that is not XML",
         {.body = PEN_STR("[\"<p>a<br>b</p>\",\"<3>\"]"), .body_kind = PEN_BODY_JSON},
         PEN_STR("/0=<p>a<br>b</p>;/1=<3>;")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_str leaves = spell_input(&rows[i].input);
        if (!pen_str_equal(leaves, rows[i].leaves)) {
            fail_msg("%s: %.*s", rows[i].why, PEN_STR_ARGS(leaves));
        }
    }
}

static void says_where_leaves_stand_in_the_body(void **state)
{
    (void)state;
    const struct pen_event_input input = {.body = PEN_STR("<a b = 'c'>d</a>"),
                                          .body_kind = PEN_BODY_XML};
    struct pen_event event;
    assert_int_equal(pen_event_decode(&input, NULL, arena, &event, NULL), PEN_OK);
    const struct pen_str places[] = {PEN_STR("a"), PEN_STR("b"), PEN_STR("'c'"), PEN_STR("d")};
    assert_int_equal(event.leaf_count, PEN_COUNT_OF(places));
    for (uint32_t i = 0; i < event.leaf_count; i++) {
        const struct pen_place place = pen_event_leaf(&event, i)->place;
        assert_true(pen_str_equal(pen_str_slice(input.body, place.start, place.end), places[i]));
    }
    assert_null(event.root);
}

static void refuses_with_the_readers_code_and_place(void **state)
{
    (void)state;
    const struct {
        struct pen_str body;
        enum pen_status status;
        const char *code;
        size_t offset;
    } rows[] = {
        {PEN_STR(""), PEN_ERR_SYNTAX, "xml.empty", 0},
        {PEN_STR("<a><b></a>"), PEN_ERR_SYNTAX, "xml.mismatch", 8},
        {PEN_STR("<!DOCTYPE a SYSTEM 'http://x/'><a/>"), PEN_ERR_SYNTAX, "xml.doctype", 0},
        {PEN_STR("<a><b><c/></b></a>"), PEN_ERR_LIMIT, "xml.depth", 6},
        {PEN_STR("<a><b/><b/><b/><b/></a>"), PEN_ERR_LIMIT, "event.leaves", 0},
    };
    const struct pen_event_limits limits = {.json = {.depth = 2}, .leaves = 4};
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input input = {.body = rows[i].body, .body_kind = PEN_BODY_XML};
        struct pen_event event;
        struct pen_json_error error = {0};
        assert_int_equal(pen_event_decode(&input, &limits, arena, &event, &error), rows[i].status);
        assert_string_equal(error.code, rows[i].code);
        assert_int_equal(error.offset, rows[i].offset);
    }
}

static void says_so_when_memory_ends(void **state)
{
    (void)state;
    const struct pen_event_input input = {
        .body = PEN_STR("<p:a xmlns:p='u' p:b='&lt;'>x<!--\r-->y<c/>z%27</p:a>"),
        .body_kind = PEN_BODY_XML};
    enum pen_status status = PEN_ERR_NOMEM;
    for (size_t limit = 0; status != PEN_OK; limit += 64) {
        struct pen_arena *small;
        struct pen_event event;
        struct pen_json_error error = {0};
        assert_int_equal(pen_arena_create(limit, 0, &small), PEN_OK);
        status = pen_event_decode(&input, NULL, small, &event, &error);
        if (status != PEN_OK) {
            assert_int_equal(status, PEN_ERR_NOMEM);
            assert_true(strcmp(error.code, "xml.memory") == 0
                        || strcmp(error.code, "event.memory") == 0);
        }
        pen_arena_destroy(small);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_names_values_texts_and_comments),
        cmocka_unit_test(opens_documents_in_texts_of_other_formats),
        cmocka_unit_test(says_where_leaves_stand_in_the_body),
        cmocka_unit_test(refuses_with_the_readers_code_and_place),
        cmocka_unit_test(says_so_when_memory_ends),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

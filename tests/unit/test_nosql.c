/** NoSQL injection: operators and scripts where values belong, and all the other dollar signs. */
#include "tests/unit/filter_alone.h"

static void blocks_operators_and_scripts(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        const char *rule;
        struct pen_str text;
    } rows[] = {
        {"an operator for a value", "nosql.operator", PEN_STR("{\"a\":{\"$ne\":1}}")},
        {"escaped", "nosql.operator", PEN_STR("{\"a\":{\"\\u0024gt\":\"\"}}")},
        {"JavaScript on the server", "nosql.operator", PEN_STR("{\"$where\":\"1\"}")},
        {"brackets", "nosql.bracket", PEN_STR("a[$ne]=1")},
        {"brackets with quotes", "nosql.bracket", PEN_STR("a['$ne']=1")},
        {"brackets and more of them", "nosql.bracket", PEN_STR("a[$nin][][0]=1")},
        {"keys without quotes", "nosql.condition", PEN_STR("{ $ne: 1 }")},
        {"spaces of a URL", "nosql.condition", PEN_STR("{\"a\":+{\"$ne\":+null}")},
        {"a condition alone", "nosql.condition", PEN_STR("$where: '1 == 1'")},
        {"the string ends and a condition follows", "nosql.break_out",
         PEN_STR("x', $or: [ {}, { 'a':'a")},
        {"the object ends, too", "nosql.break_out", PEN_STR("' } ], $comment: 'x'")},
        {"a statement", "nosql.script", PEN_STR("'; return true; var x='")},
        {"double quotes", "nosql.script", PEN_STR("\";return(true);var x=\"a")},
        {"back-ticks", "nosql.script", PEN_STR("`;return this.a;//")},
        {"behind an apostrophe", "nosql.script", PEN_STR("O'Brien'; return true; var x='")},
        {"a number ends", "nosql.script", PEN_STR("0;return true")},
        {"an operator", "nosql.script", PEN_STR("' && this.password.match(/.*/)//")},
        {"a tautology of JavaScript", "nosql.script", PEN_STR("' || '1'=='1")},
        {"time", "nosql.script", PEN_STR("';sleep(5000);'")},
        {"time without sleep", "nosql.script",
         PEN_STR("';x=new Date();do{y=new Date()}while(y-x<9)")},
        {"a clause behind a string", "nosql.cypher",
         PEN_STR("' RETURN 1 UNION MATCH (u:User) RETURN u.password //")},
        {"behind a pattern", "nosql.cypher",
         PEN_STR("'}) WITH 1 as x LOAD CSV FROM 'http://a.example/' AS l RETURN l //")},
        {"behind a name", "nosql.cypher", PEN_STR("x' OR 1=1 CALL db.labels() YIELD label //")},
        {"double quotes of Cypher", "nosql.cypher",
         PEN_STR("x\"}) MATCH (n {a: 1}) DETACH DELETE n //")},
        {"the graph is emptied", "nosql.cypher", PEN_STR("MATCH (n) DETACH DELETE n;")},
        {"a frame of Redis", "nosql.frame", PEN_STR("a\r\n*1\r\n$8\r\nFLUSHALL\r\n")},
        {"a line of Redis", "nosql.frame", PEN_STR("a\r\nCONFIG SET dir /var/www\r\n")},
        {"a line of memcached", "nosql.frame", PEN_STR("a\r\nset b 0 0 1\r\nc\r\n")},
        {"the shell", "nosql.shell", PEN_STR("db.users.insert({a:1});")},
        {"the shell, cut off", "nosql.shell", PEN_STR("1;db.a.mapReduce(function() { emit(1")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_judgement judgement = filter_case_text(&it, rows[i].text);
        bool found = false;
        for (uint32_t f = 0; f < it.scan.finding_count; f++) {
            found = found || strcmp(it.scan.findings[f].rule, rows[i].rule) == 0;
        }
        if (judgement.verdict != PEN_BLOCK || !found) {
            fail_msg("%s: %s %s", rows[i].why, pen_verdict_name(judgement.verdict),
                     judgement.reason);
        }
    }
}

static void stays_silent_on_other_dollar_signs_and_quotes(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct pen_str text;
    } rows[] = {
        {"a price", PEN_STR("{\"price\":\"$10\"}")},
        {"a price in a sentence", PEN_STR("It was $in the end$: 5")},
        {"JSON Schema", PEN_STR("{\"$ref\":\"#/a\",\"$comment\":\"b\",\"$id\":\"c\"}")},
        {"extended JSON", PEN_STR("{\"a\":{\"$oid\":\"507f1f77bcf86cd799439011\"}}")},
        {"a value that is a word with a dollar", PEN_STR("{\"op\":\"$ne\"}")},
        {"OData", PEN_STR("$filter=a lt 5&$top=5")},
        {"GraphQL", PEN_STR("query($id:ID!,$where:UserFilter){a(where:$where){b}}")},
        {"SCSS", PEN_STR("$size: 12px;")},
        {"PHP", PEN_STR("$a[$in] = 1;")},
        {"Perl", PEN_STR("my ($in, $out) = @_;")},
        {"a shell", PEN_STR("test 'x' && return 0; sleep 5; while true; do ls; done")},
        {"a name", PEN_STR("O'Brien; return to sender")},
        {"two names", PEN_STR("O'Brien & O'Neill; if they come")},
        {"JavaScript", PEN_STR("foo('bar'); return true;")},
        {"more of it", PEN_STR("isOpen && this.close();")},
        {"and comparisons", PEN_STR("if (a == 'b' && c == 'd') return 'e';")},
        {"a method in a sentence", PEN_STR("db.users.find() is slow")},
        {"another library's database", PEN_STR("db.session.commit();")},
        {"quotes with little between", PEN_STR("split(';') || join(',')")},
        {"an empty string", PEN_STR("x = ''; y = \"\";")},
        {"a program's piece", PEN_STR("        }\n        let position = 0;")},
        {"advice", PEN_STR("To empty it:\r\nFLUSHALL\r\n")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        (void)filter_case_text(&it, rows[i].text);
        const uint32_t score = filter_case_score(&it, "nosql");
        if (score >= 40) fail_msg("%s: %u", rows[i].why, score);
    }
}

static void names_the_member_and_the_parameter(void **state)
{
    (void)state;
    static const struct {
        struct pen_event_input input;
        const char *path;
    } rows[] = {
        {{.body = PEN_STR("{\"user\":{\"pin\":{\"$ne\":0}}}"), .body_kind = PEN_BODY_JSON},
         "/user/pin/$ne#"},
        {{.body = PEN_STR("pin%5B%24ne%5D=0"), .body_kind = PEN_BODY_FORM}, "form:/pin[$ne]#"},
        {{.query = PEN_STR("a=1&pin[$regex]=.*")}, "query:/pin[$regex]#"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_judgement judgement = filter_case_event(&it, &rows[i].input);
        assert_int_equal(judgement.verdict, PEN_BLOCK);
        char text[64];
        struct pen_buf path = pen_buf_over(text, sizeof(text) - 1);
        pen_leaf_path(judgement.finding->leaf, &path);
        text[path.len] = '\0';
        assert_string_equal(text, rows[i].path);
    }
}

static void a_declared_sink_refuses_what_else_means_something_else(void **state)
{
    (void)state;
    const struct pen_str sinks[] = {PEN_STR("nosql")};
    const struct pen_policy policy = {.sinks = sinks, .sink_count = 1};
    struct filter_case strict;
    filter_case_open(&strict, &policy);
    static const struct pen_str rows[] = {
        PEN_STR("{\"$set\":{\"role\":\"admin\"}}"),
        PEN_STR("{\"a\":{\"$size\":0}}"),
        PEN_STR("db.users.find({});"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        assert_int_equal(filter_case_text(&it, rows[i]).verdict, PEN_FLAG);
        assert_int_equal(filter_case_text(&strict, rows[i]).verdict, PEN_BLOCK);
    }
    assert_int_equal(filter_case_text(&strict, PEN_S("{\"$id\":\"a\",\"b\":\"$10\"}")).verdict,
                     PEN_PASS);
    filter_case_close(&strict);
}

/* A page that explains operators is no attack, an issue that quotes code neither. */
static void flags_in_prose_at_most(void **state)
{
    (void)state;
    static const struct pen_str rows[] = {
        PEN_STR("Use { $ne: 1 } to find documents whose field is different. The operator compares "
                "values of any type, and documents without the field match, too."),
        PEN_STR("db.users.find({age: {$gt: 18}}) returns adults"),
        PEN_STR("price: {$gte: 5}"),
        PEN_STR("query: {age: {$gte: 18, $lt: 65}}"),
        PEN_STR("{ price: { $gt: 5 } } matches all above five"),
        PEN_STR("the query 'MATCH (n) RETURN n' is slow"),
        PEN_STR("'MATCH (n) DETACH DELETE n' empties the graph"),
        PEN_STR("O'Neil said: match (a) with (b), and set it"),
        PEN_STR("MATCH (u:User) RETURN u.name"),
        PEN_STR("it isn't a match (see below)"),
        PEN_STR("the cat's and match (n) of it"),
        PEN_STR("When the form is sent as user[$ne]=x the library makes an object of it. We "
                "have seen that in the logs of last week."),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        assert_int_not_equal(filter_case_text(&it, rows[i]).verdict, PEN_BLOCK);
    }
}

static void long_texts_cost_no_more_for_each_byte(void **state)
{
    (void)state;
    static char memory[65536];
    static const char *const rows[] = {"a[$ne]", "[$ne][", "{$ne:", "'",        "db.a(",
                                       "(((",    "$",      "';",    "1;return "};
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        while (!buf.full) {
            pen_buf_put(&buf, pen_str_from_c(rows[i]));
        }
        (void)filter_case_text(&it, pen_buf_str(&buf));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(blocks_operators_and_scripts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stays_silent_on_other_dollar_signs_and_quotes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(names_the_member_and_the_parameter, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_declared_sink_refuses_what_else_means_something_else,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(flags_in_prose_at_most, set_up, tear_down),
        cmocka_unit_test_setup_teardown(long_texts_cost_no_more_for_each_byte, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

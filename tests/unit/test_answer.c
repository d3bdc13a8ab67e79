/** What answers give away, found where it stands and struck out so that the rest stays whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "filters/answer.h"
#include "filters/answer_escapes.h"
#include "filters/core/json.h"
#include "tests/unit/secrets_case.h"

#define ALL 7U

struct seen {
    char *body; /* NULL: nothing is struck out */
    struct pen_answer_cursor cursors[2];
    bool is_json;
    size_t count;
    size_t body_len;
    char rules[16][32];
};

static void on_found(void *context, const struct pen_answer_finding *finding)
{
    struct seen *const seen = context;
    assert_true(finding->span.start < finding->span.end);
    assert_true(finding->span.end <= seen->body_len);
    assert_non_null(finding->sentence);
    struct pen_buf rule = pen_buf_over(seen->rules[seen->count % 16], 31);
    pen_buf_put(&rule, pen_str_from_c(finding->rule));
    rule.ptr[rule.len] = '\0';
    seen->count++;
    if (seen->body == NULL) return;
    struct pen_answer_cursor *const cursor = &seen->cursors[finding->class != PEN_ANSWER_SECRETS];
    pen_answer_strike(seen->body, finding->span, seen->is_json ? cursor : NULL);
}

static struct seen look(struct pen_str body, unsigned classes)
{
    struct seen seen = {.body_len = body.len};
    pen_answer_look(body, classes, on_found, &seen);
    return seen;
}

static bool has(const struct seen *seen, const char *rule)
{
    for (size_t i = 0; i < seen->count && i < 16; i++) {
        if (strcmp(seen->rules[i], rule) == 0) return true;
    }
    return false;
}

static void finds_frames_and_errors_of_every_kind(void **state)
{
    (void)state;
    static const struct {
        const char *rule;
        struct pen_str body;
    } rows[] = {
        {"traces.java",
         PEN_STR("java.lang.NullPointerException\n\tat com.shop.Orders.get(Orders.java:42)\n")},
        {"traces.java", PEN_STR("{\"trace\":\"x\\n\\tat com.shop.Orders.get(Orders.kt:42)\\n\"}")},
        {"traces.python",
         PEN_STR("Traceback (most recent call last):\n  File \"/srv/a.py\", line 3, in f\n")},
        {"traces.python", PEN_STR("{\"e\":\"  File \\\"/srv/a.py\\\", line 3, in f\"}")},
        {"traces.node", PEN_STR("TypeError: x\n    at get (/srv/app/orders.js:12:34)\n")},
        {"traces.node", PEN_STR("{\"stack\":\"Error: x\\n    at /srv/app/orders.ts:12:34\\n\"}")},
        {"traces.dotnet",
         PEN_STR("   at Shop.Orders.Get(Int32 id) in C:\\src\\Orders.cs:line 42\r\n")},
        {"traces.php",
         PEN_STR("<b>Warning</b>:  include(): in <b>/var/www/a.php</b> on line <b>3</b>")},
        {"traces.php", PEN_STR("#0 /var/www/a.php(12): f()\n")},
        {"traces.go",
         PEN_STR("panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t/srv/a.go:12 +0x1d\n")},
        {"traces.ruby", PEN_STR("app/models/order.rb:7:in `find'\n")},
        {"errors.mysql", PEN_STR("You have an error in your SQL syntax; check the manual")},
        {"errors.mysql", PEN_STR("SQLSTATE[42000]: Syntax error or access violation")},
        {"errors.postgresql", PEN_STR("{\"error\":\"syntax error at or near \\\"'\\\"\"}")},
        {"errors.oracle", PEN_STR("ORA-00933: SQL command not properly ended")},
        {"errors.mssql", PEN_STR("Unclosed quotation mark after the character string ''.")},
        {"errors.sqlite", PEN_STR("sqlite3.OperationalError: near \"x\": syntax error")},
        {"errors.phpinfo", PEN_STR("<html><head><title>phpinfo()</title>")},
        {"errors.listing", PEN_STR("<title>Index of /backup</title>")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct seen seen = look(rows[i].body, ALL);
        if (!has(&seen, rows[i].rule))
            fail_msg("no %s in %.*s", rows[i].rule, PEN_STR_ARGS(rows[i].body));
    }
}

static void stays_silent_on_ordinary_answers(void **state)
{
    (void)state;
    static const struct pen_str rows[] = {
        PEN_STR(""),
        PEN_STR("{\"ok\":true,\"items\":[{\"id\":4539578763621486,\"price\":39.9}]}"),
        PEN_STR("{\"at\":\"2026-11-27T15:46:13.123Z\",\"file\":\"Orders.java\",\"line\":42}"),
        PEN_STR("See Orders.java:42 and main.js:3 for more."),
        PEN_STR("app.js:12:34 is where it is; main.ts:1:2, too"),
        PEN_STR("<script src=\"/a.js?v=1:2\"></script><a href=\"x.php\">on line</a>"),
        PEN_STR("a.py, line 3; a.php on lines 3"),
        PEN_STR("goroutine leaks are found by the tracer"),
        PEN_STR("ORA-tor, ORA-1: no"),
        PEN_STR("We meet at the office (at 10:30) in room B.cs: line up"),
        PEN_STR("The index of /dev/null; PHP version; syntax errors happen"),
        PEN_STR("SQLSTATE and SQLITE are words"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct seen seen = look(rows[i], ALL);
        if (seen.count > 0) fail_msg("%s in %.*s", seen.rules[0], PEN_STR_ARGS(rows[i]));
    }
}

static void looks_for_the_classes_that_are_asked_for(void **state)
{
    (void)state;
    const struct pen_str body = PEN_STR("4111 1111 1111 1111 x.rb:7:in `f' SQLSTATE[1]");
    assert_int_equal(look(body, 0).count, 0);
    assert_int_equal(look(body, 1U << PEN_ANSWER_SECRETS).count, 1);
    assert_int_equal(look(body, 1U << PEN_ANSWER_TRACES).count, 1);
    const struct seen errors = look(PEN_S("SQLSTATE[1]"), 1U << PEN_ANSWER_ERRORS);
    assert_true(has(&errors, "errors.mysql"));
    assert_string_equal(pen_answer_class_name(PEN_ANSWER_TRACES), "traces");
}

/* Strikes everything out, and reads what is left. */
static void strike(struct pen_str body, bool is_json, char *out)
{
    memcpy(out, body.ptr, body.len);
    struct seen seen = {.body = out, .is_json = is_json, .body_len = body.len};
    pen_answer_look((struct pen_str){out, body.len}, ALL, on_found, &seen);
    assert_true(seen.count > 0);
}

static void leaves_json_that_is_json(void **state)
{
    (void)state;
    static const struct pen_str rows[] = {
        PEN_STR("{\"trace\":\"x\\n\\tat com.shop.Orders.get(Orders.java:42)\\n\",\"b\":\"\\\"c\"}"),
        PEN_STR("{\"e\":\"  File \\\"/srv/a.py\\\", line 3, in f\\n\"}"),
        PEN_STR("{\"e\":\"C:\\\\new\\\\nab\\\\Orders.cs:line 42 \\u00e9\"}"),
        PEN_STR("{\"e\":\"syntax error at or near \\\"'\\\"\"}"),
        PEN_STR("{\"card\":4539578763621486}"),
        PEN_STR("[\"a\\\"b\",{\"card\":4539578763621486,\"card2\":\"4539578763621486\"}]"),
        PEN_STR("{\"u\":\"postgres:\\/\\/a\",\"v\":\"postgres://app:"
                "Tr0ub4dor@db/x\"}"),
    };
    struct pen_arena *arena;
    assert_int_equal(pen_arena_create(1 << 20, 4096, &arena), PEN_OK);
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char out[512];
        const struct pen_json *root;
        struct pen_json_error error = {.code = ""};
        strike(rows[i], true, out);
        const struct pen_str left = {out, rows[i].len};
        if (pen_json_read(left, NULL, arena, &root, &error) != PEN_OK) {
            fail_msg("%s: %.*s", error.code, PEN_STR_ARGS(left));
        }
    }
    pen_arena_destroy(arena);
}

static void strikes_out_every_secret_and_nothing_else(void **state)
{
    (void)state;
    char text[512];
    char out[512];
    struct pen_buf buf = pen_buf_over(text, sizeof(text));
    pen_buf_put(&buf, PEN_S("token=dop"
                            "_v1_"));
    secrets_random(&buf, OF_HEX, 64, 1);
    pen_buf_put(&buf, PEN_S("; card 4539578763621486; end"));
    strike(pen_buf_str(&buf), false, out);
    assert_memory_equal(out, "token=***", 9);
    assert_memory_equal(out + 77, "; card ****************; end", 28);
}

static void takes_no_longer_the_more_there_is(void **state)
{
    (void)state;
    static const struct pen_str pieces[] = {
        PEN_STR("x.js:1:2 "),     PEN_STR("\tat x.java:1)"),
        PEN_STR(".rb:1:in "),     PEN_STR("SQLSTATE["),
        PEN_STR("goroutine 1 ["), PEN_STR(".php on line "),
        PEN_STR(".py\", line 1"), PEN_STR("\\n"),
    };
    static char body[1 << 18];
    for (size_t i = 0; i < PEN_COUNT_OF(pieces); i++) {
        struct pen_buf buf = pen_buf_over(body, sizeof(body));
        while (!buf.full) {
            pen_buf_put(&buf, pieces[i]);
        }
        struct seen seen = {.body = body, .is_json = true, .body_len = buf.len};
        pen_answer_look(pen_buf_str(&buf), ALL, on_found, &seen);
    }
}

/* Every escape undone is found again where it stood. */
static void undoes_escapes_and_knows_the_way_back(void **state)
{
    (void)state;
    static const struct {
        struct pen_str body;
        struct pen_str text;
    } rows[] = {
        {PEN_STR("{\"a\":\"b\"}"), PEN_STR("{\"a\":\"b\"}")},
        {PEN_STR("\"a\\/b\\u002Bc\""), PEN_STR("\"a/b+c\"")},
        {PEN_STR("\"\\u0041\\u0042\""), PEN_STR("\"AB\"")},
        {PEN_STR("\"\\\\/ \\\\u0041 \\/\""), PEN_STR("\"\\\\/ \\\\u0041 /\"")},
        {PEN_STR("\"\\n\\\"\\u000a\\/\""), PEN_STR("\"\\n\\\"\n/\"")},
        {PEN_STR("\"\\u00e9\\u0000\\uD83D\\/\""), PEN_STR("\"\\u00e9\\u0000\\uD83D/\"")},
        {PEN_STR("\\/\\u004"), PEN_STR("/\\u004")},
        {PEN_STR("\\/\\"), PEN_STR("/\\")},
        {PEN_STR(""), PEN_STR("")},
    };
    struct pen_arena *arena;
    assert_int_equal(pen_arena_create(1 << 20, 4096, &arena), PEN_OK);
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_answer_plain plain;
        assert_int_equal(pen_answer_unescape(rows[i].body, arena, &plain), PEN_OK);
        if (!pen_str_equal(plain.text, rows[i].text)) {
            fail_msg("%.*s of %.*s", PEN_STR_ARGS(plain.text), PEN_STR_ARGS(rows[i].body));
        }
        size_t end = 0;
        for (size_t at = 0; at < plain.text.len; at++) {
            const struct pen_span place = pen_answer_place(&plain, (struct pen_span){at, at + 1});
            assert_int_equal(place.start, end);
            end = place.end;
        }
        assert_int_equal(end, rows[i].body.len);
    }
    pen_arena_destroy(arena);
}

static void finds_the_way_back_in_a_long_text(void **state)
{
    (void)state;
    static char body[3000];
    for (size_t i = 0; i < 1000; i++) {
        memcpy(body + 3 * i, "a\\/", 3);
    }
    struct pen_arena *arena;
    assert_int_equal(pen_arena_create(1 << 20, 4096, &arena), PEN_OK);
    struct pen_answer_plain plain;
    assert_int_equal(pen_answer_unescape((struct pen_str){body, 3000}, arena, &plain), PEN_OK);
    assert_int_equal(plain.text.len, 2000);
    for (size_t i = 0; i < 1000; i++) {
        const struct pen_span place = pen_answer_place(&plain, (struct pen_span){2 * i, 2 * i + 2});
        assert_int_equal(place.start, 3 * i);
        assert_int_equal(place.end, 3 * i + 3);
    }
    pen_arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_frames_and_errors_of_every_kind),
        cmocka_unit_test(stays_silent_on_ordinary_answers),
        cmocka_unit_test(looks_for_the_classes_that_are_asked_for),
        cmocka_unit_test(leaves_json_that_is_json),
        cmocka_unit_test(strikes_out_every_secret_and_nothing_else),
        cmocka_unit_test(takes_no_longer_the_more_there_is),
        cmocka_unit_test(undoes_escapes_and_knows_the_way_back),
        cmocka_unit_test(finds_the_way_back_in_a_long_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/** Content-Type: which reader it names, what it says beside that, and what has no one reading. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "filters/core/body/charset.h"
#include "filters/core/body/media_type.h"

static void names_a_reader(void **state)
{
    (void)state;
    const struct {
        struct pen_str field;
        enum pen_body_kind kind;
        struct pen_str boundary;
        bool is_ascii;
    } rows[] = {
        {PEN_STR("application/json"), PEN_BODY_JSON, PEN_STR(""), false},
        {PEN_STR("Application/JSON; charset=UTF-8"), PEN_BODY_JSON, PEN_STR(""), false},
        {PEN_STR("application/json;charset=\"utf-8\""), PEN_BODY_JSON, PEN_STR(""), false},
        {PEN_STR("application/json ;\tcharset=us-ascii"), PEN_BODY_JSON, PEN_STR(""), true},
        {PEN_STR("application/cloudevents+json"), PEN_BODY_JSON, PEN_STR(""), false},
        {PEN_STR("application/json; profile=\"a;b=\\\"c\\\\\""), PEN_BODY_JSON, PEN_STR(""), false},
        {PEN_STR("application/x-www-form-urlencoded"), PEN_BODY_FORM, PEN_STR(""), false},
        {PEN_STR("application/x-ndjson"), PEN_BODY_NDJSON, PEN_STR(""), false},
        {PEN_STR("application/json-seq"), PEN_BODY_NDJSON, PEN_STR(""), false},
        {PEN_STR("text/xml"), PEN_BODY_XML, PEN_STR(""), false},
        {PEN_STR("application/soap+xml; action=\"x\""), PEN_BODY_XML, PEN_STR(""), false},
        {PEN_STR("text/plain; format=flowed"), PEN_BODY_TEXT, PEN_STR(""), false},
        {PEN_STR("text/plain; boundary=x"), PEN_BODY_TEXT, PEN_STR(""), false},
        {PEN_STR("multipart/form-data; boundary=x"), PEN_BODY_MULTIPART, PEN_STR("x"), false},
        {PEN_STR("Multipart/Form-Data; charset=utf-8; Boundary=\"a'()+_,-./:=?\""),
         PEN_BODY_MULTIPART, PEN_STR("a'()+_,-./:=?"), false},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_media_type type = {.kind = PEN_BODY_NONE};
        const char *code = "none";
        const enum pen_status status = pen_media_type_read(rows[i].field, &type, &code);
        if (status != PEN_OK || type.kind != rows[i].kind || type.is_ascii != rows[i].is_ascii
            || !pen_str_equal(type.boundary, rows[i].boundary)) {
            fail_msg("%.*s: %s %s", PEN_STR_ARGS(rows[i].field), pen_status_name(status), code);
        }
    }
}

/* 70 bytes, and one more. */
#define SEVENTY "0123456789012345678901234567890123456789012345678901234567890123456789"

static void refuses_what_has_no_one_reading(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str field;
        const char *code;
    } rows[] = {
        {"nothing", PEN_STR(""), "type.malformed"},
        {"no subtype", PEN_STR("json"), "type.malformed"},
        {"an empty subtype", PEN_STR("text/"), "type.malformed"},
        {"an empty type", PEN_STR("/json"), "type.malformed"},
        {"two types", PEN_STR("application/json, text/plain"), "type.malformed"},
        {"two types without a space", PEN_STR("application/json,text/plain"), "type.malformed"},
        {"a parameter that is none", PEN_STR("application/json;"), "type.malformed"},
        {"an empty one between", PEN_STR("text/plain; ; charset=utf-8"), "type.malformed"},
        {"no value", PEN_STR("application/json; charset"), "type.malformed"},
        {"an empty value", PEN_STR("application/json; charset="), "type.malformed"},
        {"space before '='", PEN_STR("text/plain; charset =utf-8"), "type.malformed"},
        {"space behind '='", PEN_STR("text/plain; charset= utf-8"), "type.malformed"},
        {"space in the type", PEN_STR("application /json"), "type.malformed"},
        {"a quote that does not end", PEN_STR("text/plain; charset=\"utf-8"), "type.malformed"},
        {"text behind a quote", PEN_STR("text/plain; charset=\"utf-8\"x"), "type.malformed"},
        {"an escape that escapes nothing", PEN_STR("text/plain; a=\"\\"), "type.malformed"},
        {"NUL", PEN_STR("text/plain; a=\"\0\""), "type.malformed"},
        {"more parameters than anybody needs",
         PEN_STR("text/plain; a=1; b=1; c=1; d=1; e=1; f=1; g=1; h=1; i=1"), "type.malformed"},
        {"a charset twice", PEN_STR("application/json; charset=utf-8; charset=utf-16"),
         "type.parameter"},
        {"a charset twice, the same", PEN_STR("text/plain; charset=utf-8; CHARSET=utf-8"),
         "type.parameter"},
        {"a boundary twice", PEN_STR("multipart/form-data; boundary=a; boundary=b"),
         "type.parameter"},
        {"a boundary in pieces", PEN_STR("multipart/form-data; boundary*0=a; boundary*1=b"),
         "type.parameter"},
        {"a boundary in a charset", PEN_STR("multipart/form-data; boundary*=utf-8''a"),
         "type.parameter"},
        {"a boundary with an escape", PEN_STR("multipart/form-data; boundary=\"a\\b\""),
         "type.parameter"},
        {"a charset with an escape", PEN_STR("text/plain; charset=\"utf\\-8\""), "type.parameter"},
        {"no boundary", PEN_STR("multipart/form-data"), "multipart.boundary"},
        {"an empty boundary", PEN_STR("multipart/form-data; boundary=\"\""), "multipart.boundary"},
        {"a boundary with a space", PEN_STR("multipart/form-data; boundary=\"a b\""),
         "multipart.boundary"},
        {"a boundary of other bytes", PEN_STR("multipart/form-data; boundary=a*b"),
         "multipart.boundary"},
        {"a boundary that is too long", PEN_STR("multipart/form-data; boundary=" SEVENTY "0"),
         "multipart.boundary"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_media_type type = {.kind = PEN_BODY_NONE};
        const char *code = "none";
        const enum pen_status status = pen_media_type_read(rows[i].field, &type, &code);
        if (status != PEN_ERR_SYNTAX || strcmp(code, rows[i].code) != 0
            || type.kind != PEN_BODY_NONE) {
            fail_msg("%s: %s %s", rows[i].why, pen_status_name(status), code);
        }
    }
}

static void tells_what_has_no_reader(void **state)
{
    (void)state;
    const struct {
        struct pen_str field;
        const char *code;
    } rows[] = {
        {PEN_STR("application/jsonp"), "type.unsupported"},
        {PEN_STR("application/+json"), "type.unsupported"},
        {PEN_STR("text/json"), "type.unsupported"},
        {PEN_STR("multipart/mixed; boundary=x"), "type.unsupported"},
        {PEN_STR("application/octet-stream"), "type.unsupported"},
        {PEN_STR("application/json; charset=utf-16"), "charset.unsupported"},
        {PEN_STR("application/json; charset=ibm037"), "charset.unsupported"},
        {PEN_STR("text/plain; charset=utf-7"), "charset.unsupported"},
        {PEN_STR("text/plain; charset=iso-8859-1"), "charset.unsupported"},
        {PEN_STR("text/plain; charset=\"\""), "charset.unsupported"},
        {PEN_STR("application/x-www-form-urlencoded; charset=shift_jis"), "charset.unsupported"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_media_type type = {.kind = PEN_BODY_NONE};
        const char *code = "none";
        const enum pen_status status = pen_media_type_read(rows[i].field, &type, &code);
        if (status != PEN_ERR_UNSUPPORTED || strcmp(code, rows[i].code) != 0) {
            fail_msg("%.*s: %s", PEN_STR_ARGS(rows[i].field), code);
        }
    }
}

static void takes_a_boundary_of_seventy_bytes(void **state)
{
    (void)state;
    struct pen_media_type type;
    const char *code = "none";
    assert_int_equal(
        pen_media_type_read(PEN_S("multipart/form-data; boundary=" SEVENTY), &type, &code), PEN_OK);
    assert_int_equal(type.boundary.len, 70);
}

static void is_said_in_accept_by_its_first_name(void **state)
{
    (void)state;
    assert_true(pen_str_equal(pen_media_type_name(PEN_BODY_JSON), PEN_S("application/json")));
    assert_true(
        pen_str_equal(pen_media_type_name(PEN_BODY_MULTIPART), PEN_S("multipart/form-data")));
    assert_int_equal(pen_media_type_name(PEN_BODY_OPAQUE).len, 0);
}

static void knows_texts_and_nests(void **state)
{
    (void)state;
    const struct {
        struct pen_str name;
        bool is_text;
        bool is_nest;
    } rows[] = {
        {PEN_STR("text/csv"), true, false},
        {PEN_STR("TEXT/HTML"), true, false},
        {PEN_STR("image/svg+xml"), true, false},
        {PEN_STR("application/xml"), true, false},
        {PEN_STR("application/octet-stream"), false, false},
        {PEN_STR("image/png"), false, false},
        {PEN_STR("multipart/mixed"), false, true},
        {PEN_STR("message/rfc822"), false, true},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_media_type type = {.name = rows[i].name};
        if (pen_media_type_is_text(&type) != rows[i].is_text
            || pen_media_type_is_nest(&type) != rows[i].is_nest) {
            fail_msg("%.*s", PEN_STR_ARGS(rows[i].name));
        }
    }
}

static void refuses_texts_that_some_take_for_another_charset(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str text;
        bool is_ascii;
        const char *code; /* NULL: passes */
        size_t offset;
    } rows[] = {
        {"nothing", PEN_STR(""), true, NULL, 0},
        {"a letter", PEN_STR("a"), true, NULL, 0},
        {"ASCII", PEN_STR("plain"), true, NULL, 0},
        {"UTF-8",
         PEN_STR("O\xe2\x80\x99"
                 "Brien"),
         false, NULL, 0},
        {"a NUL further on is another's business", PEN_STR("ab\0"), false, NULL, 0},
        {"a mark of UTF-8", PEN_STR("\xef\xbb\xbf{}"), false, "charset.bom", 0},
        {"a mark of UTF-16", PEN_STR("\xfe\xff\0a"), false, "charset.utf16", 0},
        {"the other way round",
         PEN_STR("\xff\xfe"
                 "a\0"),
         false, "charset.utf16", 0},
        {"a mark of UTF-32", PEN_STR("\0\0\xfe\xff"), false, "charset.utf16", 0},
        {"UTF-16 without a mark", PEN_STR("a\0=\0"), false, "charset.utf16", 0},
        {"the other way round, too", PEN_STR("\0a\0="), false, "charset.utf16", 0},
        {"UTF-32 without a mark", PEN_STR("\0\0\0a"), false, "charset.utf16", 0},
        {"more than it said", PEN_STR("ab\xc3\xa4"), true, "charset.ascii", 2},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const char *code = NULL;
        size_t offset = 0;
        const enum pen_status status =
            pen_charset_check(rows[i].text, rows[i].is_ascii, &code, &offset);
        const bool same = code == NULL || rows[i].code == NULL ? code == rows[i].code
                                                               : strcmp(code, rows[i].code) == 0;
        if (!same || offset != rows[i].offset
            || status != (rows[i].code == NULL ? PEN_OK : PEN_ERR_SYNTAX)) {
            fail_msg("%s: %s at %zu", rows[i].why, code == NULL ? "passed" : code, offset);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_a_reader),
        cmocka_unit_test(refuses_what_has_no_one_reading),
        cmocka_unit_test(tells_what_has_no_reader),
        cmocka_unit_test(takes_a_boundary_of_seventy_bytes),
        cmocka_unit_test(is_said_in_accept_by_its_first_name),
        cmocka_unit_test(knows_texts_and_nests),
        cmocka_unit_test(refuses_texts_that_some_take_for_another_charset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

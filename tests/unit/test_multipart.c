/** multipart/form-data: what parts say, and every way in which two readers would part it. */
#include "tests/unit/body_case.h"

#include <stdlib.h>

#define NAMED(name)         "Content-Disposition: form-data; name=\"" name "\"\r\n"
#define PART(head, content) PEN_STR("--b\r\n" head "\r\n" content "\r\n--b--\r\n")

#define DISPOSED(text)       PART("Content-Disposition: " text "\r\n", "x")
#define TYPED(type, content) PART(NAMED("a") "Content-Type: " type "\r\n", content)
#define FILED(type, content)                                      \
    PART("Content-Disposition: form-data; name=a; filename=f\r\n" \
         "Content-Type: " type "\r\n",                            \
         content)

static struct pen_arena *arena;

static int set_up(void **state)
{
    (void)state;
    return pen_arena_create((size_t)16 << 20, 4096, &arena) == PEN_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

static struct pen_event_input body_of(struct pen_str body)
{
    return (struct pen_event_input){
        .body = body, .body_kind = PEN_BODY_MULTIPART, .boundary = PEN_STR("b")};
}

static void reads_parts(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str body;
        struct pen_str leaves;
    } rows[] = {
        {"a field", PART(NAMED("a"), "text"), PEN_STR("multipart:/a#=a;multipart:/a=text;")},
        {"an empty field", PART(NAMED("a"), ""), PEN_STR("multipart:/a#=a;")},
        {"no parts: an empty form", PEN_STR("--b--\r\n"), PEN_STR("")},
        {"no line break at the end", PEN_STR("--b\r\n" NAMED("a") "\r\nx\r\n--b--"),
         PEN_STR("multipart:/a#=a;multipart:/a=x;")},
        {"a line break of an empty preamble", PEN_STR("\r\n--b\r\n" NAMED("a") "\r\nx\r\n--b--"),
         PEN_STR("multipart:/a#=a;multipart:/a=x;")},
        {"two parts of one name",
         PEN_STR("--b\r\n" NAMED("a") "\r\n1\r\n--b\r\n" NAMED("a") "\r\n2\r\n--b--\r\n"),
         PEN_STR("multipart:/a#=a;multipart:/a=1;multipart:/a#=a;multipart:/a=2;")},
        {"line breaks in a value are its own", PART(NAMED("a"), "\r\nx\ny\r\n"),
         PEN_STR("multipart:/a#=a;multipart:/a=\r\nx\ny\r\n;")},
        {"dashes and the boundary's text without them", PART(NAMED("a"), "--\r\nb --a"),
         PEN_STR("multipart:/a#=a;multipart:/a=--\r\nb --a;")},
        {"a name without quotes, in other case",
         PART("CONTENT-DISPOSITION: Form-Data;NAME=a\r\n", "x"),
         PEN_STR("multipart:/a#=a;multipart:/a=x;")},
        {"a file",
         PART("Content-Disposition: form-data; name=\"f\"; filename=\"../x.txt\"\r\n"
              "Content-Type: text/plain\r\n",
              "hello"),
         PEN_STR("multipart:/f#=f;multipart:/f/filename=../x.txt;"
                 "multipart:/f/content-type=text/plain;multipart:/f=hello;")},
        {"a file input that nobody filled in",
         PART("Content-Disposition: form-data; name=\"f\"; filename=\"\"\r\n"
              "Content-Type: application/octet-stream\r\n",
              ""),
         PEN_STR("multipart:/f#=f;multipart:/f/content-type=application/octet-stream;")},
        {"binary is typed and bounded",
         PART("Content-Disposition: form-data; name=\"f\"; filename=\"a.png\"\r\n"
              "Content-Type: image/png\r\n",
              "\x89PNG\r\n\x1a\n\0\xff"),
         PEN_STR("multipart:/f#=f;multipart:/f/filename=a.png;"
                 "multipart:/f/content-type=image/png;")},
        {"a picture that is text is text, too",
         PART("Content-Disposition: form-data; name=\"f\"; filename=\"a.svg\"\r\n"
              "Content-Type: image/svg+xml\r\n",
              "<svg onload='x'/>"),
         PEN_STR("multipart:/f#=f;multipart:/f/filename=a.svg;"
                 "multipart:/f/content-type=image/svg+xml;multipart:/f=<svg onload='x'/>;"
                 "multipart:/f|xml/svg#=svg|xml;multipart:/f|xml/svg/@onload#=onload|xml;"
                 "multipart:/f|xml/svg/@onload=x|xml;")},
        {"a file without a type",
         PART("Content-Disposition: form-data; name=f; filename=x\r\n", "\xff\xfe\0"),
         PEN_STR("multipart:/f#=f;multipart:/f/filename=x;")},
        {"a mark at the start of a file",
         PART("Content-Disposition: form-data; name=f; filename=x\r\nContent-Type: text/csv\r\n",
              "\xef\xbb\xbf"
              "a;b"),
         PEN_STR("multipart:/f#=f;multipart:/f/filename=x;multipart:/f/content-type=text/csv;"
                 "multipart:/f=\xef\xbb\xbf"
                 "a;b;")},
        {"JSON is read as JSON",
         PART(NAMED("o") "Content-Type: application/json\r\n", "{\"k\":[\"v\"]}"),
         PEN_STR("multipart:/o#=o;multipart:/o/content-type=application/json;"
                 "multipart:/o={\"k\":[\"v\"]};multipart:/o|json/k#=k|json;"
                 "multipart:/o|json/k/0=v|json;")},
        {"JSON in a text is opened", PART(NAMED("o"), "{\"k\":\"v\"}"),
         PEN_STR("multipart:/o#=o;multipart:/o={\"k\":\"v\"};multipart:/o|json/k#=k|json;"
                 "multipart:/o|json/k=v|json;")},
        {"XML is read as XML", FILED("application/xml", "<a>v</a>"),
         PEN_STR("multipart:/a#=a;multipart:/a/filename=f;"
                 "multipart:/a/content-type=application/xml;multipart:/a=<a>v</a>;"
                 "multipart:/a|xml/a#=a|xml;multipart:/a|xml/a=v|xml;")},
        {"a name with a slash and a tilde", PART(NAMED("a/b~c"), "x"),
         PEN_STR("multipart:/a~1b~0c#=a/b~c;multipart:/a~1b~0c=x;")},
        {"what browsers make of a quote in a name", PART(NAMED("a%22b"), "x"),
         PEN_STR("multipart:/a%22b#=a%22b;multipart:/a%22b#=a\"b|percent;multipart:/a%22b=x;")},
        {"a name beyond ASCII", PART(NAMED("n\xc3\xa4me"), "x"),
         PEN_STR("multipart:/n\xc3\xa4me#=n\xc3\xa4me;multipart:/n\xc3\xa4me=x;")},
        {"fields of its own", PART(NAMED("a") "X-Note: one\r\nx-note:\ttwo \r\n", "x"),
         PEN_STR("multipart:/a#=a;multipart:/a/x-note=one;multipart:/a/x-note=two;"
                 "multipart:/a=x;")},
        {"more parameters of its disposition",
         PART("Content-Disposition: form-data; name=a; size=3\r\n", "x"),
         PEN_STR("multipart:/a#=a;"
                 "multipart:/a/content-disposition=form-data; name=a; size=3;multipart:/a=x;")},
        {"encodings that change nothing",
         PART(NAMED("a") "Content-Transfer-Encoding: Binary\r\nContent-Length: 3\r\n", "xyz"),
         PEN_STR("multipart:/a#=a;multipart:/a/content-transfer-encoding=Binary;"
                 "multipart:/a/content-length=3;multipart:/a=xyz;")},
        {"its charset, said", PART(NAMED("_charset_"), "UTF-8"),
         PEN_STR("multipart:/_charset_#=_charset_;multipart:/_charset_=UTF-8;")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input input = body_of(rows[i].body);
        expect_leaves(rows[i].why, &input, rows[i].leaves, arena);
    }
}

static void refuses_boundaries_that_part_readers(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str body;
        const char *code;
    } rows[] = {
        {"text", PEN_STR("a=b"), "multipart.missing"},
        {"another boundary", PEN_STR("--c\r\n" NAMED("a") "\r\nx\r\n--c--\r\n"),
         "multipart.missing"},
        {"other case", PEN_STR("--B\r\n" NAMED("a") "\r\nx\r\n--B--\r\n"), "multipart.missing"},
        {"text before it", PEN_STR("hello\r\n--b\r\n" NAMED("a") "\r\nx\r\n--b--\r\n"),
         "multipart.preamble"},
        {"two line breaks before it", PEN_STR("\r\n\r\n--b--"), "multipart.preamble"},
        {"a bare line break before it", PEN_STR("\n--b--"), "multipart.preamble"},
        {"text behind it", PEN_STR("--b--\r\nmore"), "multipart.epilogue"},
        {"a second body behind it", PEN_STR("--b--\r\n--b\r\n" NAMED("a") "\r\nx\r\n--b--"),
         "multipart.epilogue"},
        {"two line breaks behind it", PEN_STR("--b--\r\n\r\n"), "multipart.epilogue"},
        {"a bare line break behind it", PEN_STR("--b--\n"), "multipart.epilogue"},
        {"no end", PEN_STR("--b\r\n" NAMED("a") "\r\nx"), "multipart.truncated"},
        {"no end, but a line break", PEN_STR("--b\r\n" NAMED("a") "\r\nx\r\n"),
         "multipart.truncated"},
        {"no part behind the last", PEN_STR("--b\r\n" NAMED("a") "\r\nx\r\n--b\r\n"),
         "multipart.truncated"},
        {"half of its end", PEN_STR("--b\r\n" NAMED("a") "\r\nx\r\n--b-"), "multipart.truncated"},
        {"more behind the boundary", PEN_STR("--bX\r\n" NAMED("a") "\r\nx\r\n--b--"),
         "multipart.lookalike"},
        {"more behind a later one", PART(NAMED("a"), "x\r\n--bX\r\ny"), "multipart.lookalike"},
        {"a space behind it", PEN_STR("--b \r\n" NAMED("a") "\r\nx\r\n--b--"),
         "multipart.lookalike"},
        {"within a line", PART(NAMED("a"), "x --b\r\n y"), "multipart.lookalike"},
        {"at the start of a value", PART(NAMED("a"), "--b y"), "multipart.header"},
        {"in a field", PART(NAMED("a") "X-A: --b\r\n", "y"), "multipart.lookalike"},
        {"three dashes", PART(NAMED("a"), "x\r\n---b\r\ny"), "multipart.lookalike"},
        {"behind a bare line feed", PART(NAMED("a"), "x\n--b\r\n" NAMED("c") "\r\ny"),
         "multipart.line_break"},
        {"behind a bare carriage return", PART(NAMED("a"), "x\r--b\r\ny"), "multipart.line_break"},
        {"before a bare line feed", PEN_STR("--b\n" NAMED("a") "\r\nx\r\n--b--"),
         "multipart.line_break"},
        {"lines of bare line feeds alone",
         PEN_STR("--b\nContent-Disposition: form-data; name=a\n\nx\n--b--\n"),
         "multipart.line_break"},
        {"a part of nothing", PEN_STR("--b\r\n--b--\r\n"), "multipart.header"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input input = body_of(rows[i].body);
        expect_refusal(rows[i].why, &input, PEN_ERR_SYNTAX, rows[i].code, arena);
    }
}

static void refuses_fields_that_part_readers(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str body;
        const char *code;
    } rows[] = {
        {"no fields", PART("", "x"), "multipart.disposition"},
        {"no disposition", PART("Content-Type: text/plain\r\n", "x"), "multipart.disposition"},
        {"another disposition", DISPOSED("attachment; name=\"a\""), "multipart.disposition"},
        {"an empty one", DISPOSED(""), "multipart.disposition"},
        {"a comma", DISPOSED("form-data, name=a"), "multipart.disposition"},
        {"a parameter that is none", DISPOSED("form-data; name=a;"), "multipart.disposition"},
        {"a value with a space", DISPOSED("form-data; name=a b"), "multipart.disposition"},
        {"space around '='", DISPOSED("form-data; name = a"), "multipart.disposition"},
        {"a quote that does not end", DISPOSED("form-data; name=\"a"), "multipart.disposition"},
        {"text behind a quote", DISPOSED("form-data; name=\"a\"b"), "multipart.disposition"},
        {"single quotes with a ';'", DISPOSED("form-data; name='a;b'"), "multipart.disposition"},
        {"no name", DISPOSED("form-data; filename=\"a\""), "multipart.name"},
        {"an empty name", DISPOSED("form-data; name=\"\""), "multipart.name"},
        {"two dispositions", PART(NAMED("a") NAMED("b"), "x"), "multipart.header_repeated"},
        {"two types",
         PART(NAMED("a") "Content-Type: text/plain\r\ncontent-type: text/html\r\n", "x"),
         "multipart.header_repeated"},
        {"two names", DISPOSED("form-data; name=a; name=b"), "multipart.parameter_repeated"},
        {"two file names", DISPOSED("form-data; name=a; filename=a.png; FILENAME=a.php"),
         "multipart.parameter_repeated"},
        {"filename*", DISPOSED("form-data; name=a; filename=a.png; filename*=UTF-8''a.php"),
         "multipart.extended"},
        {"filename* alone", DISPOSED("form-data; name=a; filename*=UTF-8''a"),
         "multipart.extended"},
        {"name*", DISPOSED("form-data; name*=UTF-8''a"), "multipart.extended"},
        {"a file name in pieces", DISPOSED("form-data; name=a; filename*0=a; filename*1=b"),
         "multipart.extended"},
        {"an escaped quote", DISPOSED("form-data; name=\"a\\\"; filename=\\\"b\""),
         "multipart.escape"},
        {"a backslash of a path", DISPOSED("form-data; name=a; filename=\"C:\\x\""),
         "multipart.escape"},
        {"a folded field", PART("Content-Disposition: form-data;\r\n name=\"a\"\r\n", "x"),
         "multipart.folded"},
        {"a field before any", PART(" X: y\r\n" NAMED("a"), "x"), "multipart.folded"},
        {"a line feed within a field", PART(NAMED("a") "X: y\nZ: w\r\n", "x"),
         "multipart.line_break"},
        {"a carriage return within a field", PART(NAMED("a") "X: y\rZ: w\r\n", "x"),
         "multipart.line_break"},
        {"an empty line of a line feed", PEN_STR("--b\r\n" NAMED("a") "\nx\r\n--b--"),
         "multipart.line_break"},
        {"no empty line", PEN_STR("--b\r\n" NAMED("a") "\r\n--b--\r\n"), "multipart.header"},
        {"no colon", PART(NAMED("a") "X\r\n", "x"), "multipart.header"},
        {"space before the colon", PART(NAMED("a") "X : y\r\n", "x"), "multipart.header"},
        {"no name of a field", PART(NAMED("a") ": y\r\n", "x"), "multipart.header"},
        {"a control in a field", PART(NAMED("a") "X: \x01\r\n", "x"), "multipart.header"},
        {"NUL in a name", PART(NAMED("a\0b"), "x"), "multipart.nul"},
        {"NUL in a field", PART(NAMED("a") "X: \0\r\n", "x"), "multipart.nul"},
        {"a name in Latin-1", PART(NAMED("n\xe4me"), "x"), "multipart.utf8"},
        {"an overlong name", PART(NAMED("\xc0\xaf"), "x"), "multipart.utf8"},
        {"base64", PART(NAMED("a") "Content-Transfer-Encoding: base64\r\n", "eA=="),
         "multipart.encoding"},
        {"quoted-printable",
         PART(NAMED("a") "Content-Transfer-Encoding: quoted-printable\r\n", "=27"),
         "multipart.encoding"},
        {"an encoding twice",
         PART(NAMED("a") "Content-Transfer-Encoding: 7bit\r\n"
                         "Content-Transfer-Encoding: base64\r\n",
              "x"),
         "multipart.header_repeated"},
        {"a type that is none", TYPED("text", "x"), "multipart.content_type"},
        {"two types in one", TYPED("text/plain, image/png", "x"), "multipart.content_type"},
        {"parts within", TYPED("multipart/mixed; boundary=c", "--c--"), "multipart.nested"},
        {"form-data within", TYPED("multipart/form-data; boundary=c", "--c--"), "multipart.nested"},
        {"a message within", TYPED("message/rfc822", "x"), "multipart.nested"},
        {"a length that is not its own", PART(NAMED("a") "Content-Length: 1\r\n", "xyz"),
         "multipart.length"},
        {"a length that is none", PART(NAMED("a") "Content-Length: 0x3\r\n", "xyz"),
         "multipart.length"},
        {"another charset for all", PART(NAMED("_charset_"), "utf-7"), "multipart.charset_field"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input input = body_of(rows[i].body);
        expect_refusal(rows[i].why, &input, PEN_ERR_SYNTAX, rows[i].code, arena);
    }
    const struct pen_event_input latin =
        body_of((struct pen_str)TYPED("text/plain; charset=latin1", "x"));
    expect_refusal("another charset", &latin, PEN_ERR_UNSUPPORTED, "multipart.charset", arena);
}

static void refuses_content_that_is_not_what_its_type_says(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str body;
        const char *code;
    } rows[] = {
        {"a page as a picture", FILED("image/png", "<!DOCTYPE html><p>"), "multipart.type"},
        {"a script as a picture", FILED("image/gif", "\r\n <ScRiPt>x"), "multipart.type"},
        {"SVG as another picture", FILED("image/png", "<svg onload=x>"), "multipart.type"},
        {"PHP as a picture", FILED("image/jpeg", "<?php x();"), "multipart.type"},
        {"a shell script as a picture", FILED("image/png", "#!/bin/sh\n"), "multipart.type"},
        {"ELF as a film",
         FILED("video/mp4", "\x7f"
                            "ELF\2\1\1"),
         "multipart.type"},
        {"PE as a PDF", FILED("application/pdf", "MZ\x90\0\3"), "multipart.type"},
        {"a class as an archive", FILED("application/zip", "\xca\xfe\xba\xbe\0\0"),
         "multipart.type"},
        {"a field that is no UTF-8", PART(NAMED("a"), "x\xff"), "multipart.utf8"},
        {"a text file that is no UTF-8", FILED("text/csv", "M\xfcller"), "multipart.utf8"},
        {"XML that is no UTF-8", FILED("application/xml", "<a>\xff</a>"), "xml.utf8"},
        {"a field with NUL", PART(NAMED("a"), "ab\0c"), "multipart.nul"},
        {"a field in UTF-16", PART(NAMED("a"), "a\0b\0"), "charset.utf16"},
        {"an SVG in UTF-16", FILED("image/svg+xml", "\xff\xfe<\0s\0"), "charset.utf16"},
        {"a mark at the start of a field", PART(NAMED("a"), "\xef\xbb\xbfx"), "charset.bom"},
        {"more than ASCII", TYPED("text/plain; charset=us-ascii", "\xc3\xa4"), "charset.ascii"},
        {"JSON that is none", TYPED("application/json", "{\"a\":1,}"), "json.syntax"},
        {"nothing where JSON is said", TYPED("application/json", ""), "json.empty"},
        {"JSON with a name twice", FILED("application/ld+json", "{\"a\":1,\"a\":2}"),
         "json.duplicate_name"},
        {"XML with a DOCTYPE", FILED("application/xml", "<!DOCTYPE a><a/>"), "xml.doctype"},
        {"JSON with a mark", TYPED("application/json", "\xef\xbb\xbf{}"), "json.bom"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input input = body_of(rows[i].body);
        expect_refusal(rows[i].why, &input, PEN_ERR_SYNTAX, rows[i].code, arena);
    }
}

static void passes_content_that_only_looks_odd(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str body;
    } rows[] = {
        {"a JPEG called PNG", FILED("image/png", "\xff\xd8\xff\xe0\0\x10JFIF")},
        {"a picture of no known kind", FILED("image/x-raw", "\0\1\2\3")},
        {"sound that begins as a script does", FILED("audio/amr", "#!AMR\n<\xff")},
        {"a program that claims nothing", FILED("application/octet-stream", "MZ\x90\0")},
        {"a page as a page", FILED("text/html", "<html><p>hello")},
        {"text that begins with MZ", FILED("text/plain", "MZ is short for Mainz.")},
        {"protobuf without a file name", TYPED("application/x-protobuf", "\x08\x96\x01\xff")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input input = body_of(rows[i].body);
        struct pen_event event;
        struct pen_json_error error = {0};
        if (pen_event_decode(&input, NULL, arena, &event, &error) != PEN_OK) {
            fail_msg("%s: %s", rows[i].why, error.code);
        }
    }
}

/* Functions sniff what kind of file they have got. */
static void judges_files_that_are_texts_and_say_nothing(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str body;
        struct pen_str text; /* empty: none is looked at */
    } rows[] = {
        {"UTF-16 with a mark", FILED("application/octet-stream", "\xff\xfe'\0 \0o\0r\0\xe6\x03"),
         PEN_STR("' or\xcf\xa6")},
        {"UTF-16 without", FILED("application/octet-stream", "\0'\0 \0o\0r\0 \0\x31"),
         PEN_STR("' or 1")},
        {"called a picture", FILED("image/png", "<\0b\0>\0x\0"), PEN_STR("<b>x")},
        {"UTF-32", FILED("application/octet-stream", "\xff\xfe\0\0'\0\0\0o\0\0\0r\0\0\0"),
         PEN_STR("'or")},
        {"zeros within", FILED("application/octet-stream", "' or\0 1=1\0"), PEN_STR("' or 1=1")},
        {"Latin 1", FILED("application/octet-stream", "M\xfcller und S\xf6hne"),
         PEN_STR("M\xfcller und S\xf6hne")},
        {"Cyrillic", FILED("application/octet-stream", "\xcf\xf0\xe8\xe2\xe5\xf2 ' or 1"),
         PEN_STR("\xcf\xf0\xe8\xe2\xe5\xf2 ' or 1")},
        {"a picture", FILED("image/png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), {0}},
        {"a picture that claims nothing",
         FILED("application/octet-stream", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
         {0}},
        {"numbers", FILED("application/octet-stream", "\1\0\0\0\2\0\0\0\3\0\0\0"), {0}},
        {"anything", FILED("application/octet-stream", "\x93\x17\xf0\x02\x9a\xcc\x31\x05"), {0}},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input input = body_of(rows[i].body);
        struct pen_event event;
        struct pen_json_error error = {0};
        if (pen_event_decode(&input, NULL, arena, &event, &error) != PEN_OK) {
            fail_msg("%s: %s", rows[i].why, error.code);
        }
        const struct pen_leaf *const last = pen_event_leaf(&event, event.leaf_count - 1);
        const struct pen_str text =
            pen_str_equal(last->name, PEN_S("a")) && !last->is_name ? last->text : PEN_S("");
        if (!pen_str_equal(text, rows[i].text)) {
            fail_msg("%s: %.*s", rows[i].why, PEN_STR_ARGS(text));
        }
    }
}

static void undoes_encoded_words_in_file_names(void **state)
{
    (void)state;
    const struct pen_event_input input =
        body_of((struct pen_str)PART("Content-Disposition: form-data; name=\"a\"; "
                                     "filename=\"=?iso-8859-1?q?=2E=2E=2Fx?=\"\r\n",
                                     "x"));
    struct pen_event event;
    assert_int_equal(pen_event_decode(&input, NULL, arena, &event, NULL), PEN_OK);
    assert_true(pen_str_equal(pen_event_leaf(&event, 2)->text, PEN_S("../x")));
    assert_int_equal(pen_event_leaf(&event, 2)->coding, PEN_CODING_WORDS);
}

static void bounds_the_number_of_parts_and_fields(void **state)
{
    (void)state;
    const size_t room = (size_t)64 << 10;
    struct pen_buf buf = pen_buf_over(pen_arena_bytes(arena, room), room);
    for (size_t i = 0; i < 257; i++) {
        pen_buf_put(&buf, PEN_S("--b\r\n" NAMED("a") "\r\nx\r\n"));
    }
    pen_buf_put(&buf, PEN_S("--b--\r\n"));
    assert_false(buf.full);
    const struct pen_event_input parts = body_of(pen_buf_str(&buf));
    expect_refusal("one part too many", &parts, PEN_ERR_LIMIT, "multipart.parts", arena);
    const struct pen_event_limits more = {.fields = 257};
    struct pen_event event;
    assert_int_equal(pen_event_decode(&parts, &more, arena, &event, NULL), PEN_OK);

    buf.len = 0;
    pen_buf_put(&buf, PEN_S("--b\r\n" NAMED("a")));
    for (size_t i = 0; i < 15; i++) {
        pen_buf_put(&buf, PEN_S("X: y\r\n"));
    }
    const size_t sixteen = buf.len;
    pen_buf_put(&buf, PEN_S("\r\nx\r\n--b--\r\n"));
    const struct pen_event_input fields = body_of(pen_buf_str(&buf));
    assert_int_equal(pen_event_decode(&fields, NULL, arena, &event, NULL), PEN_OK);
    buf.len = sixteen;
    pen_buf_put(&buf, PEN_S("X: y\r\n\r\nx\r\n--b--\r\n"));
    const struct pen_event_input over = body_of(pen_buf_str(&buf));
    expect_refusal("one field too many", &over, PEN_ERR_LIMIT, "multipart.headers", arena);
}

static const struct pen_str whole = PEN_STR(
    "\r\n--b\r\n" NAMED("a") "Content-Type: application/json\r\n\r\n{\"k\":\"v\"}\r\n--b\r\n"
                             "Content-Disposition: form-data; name=\"f/\"; "
                             "filename=\"a.png\"\r\nContent-Type: image/png\r\n"
                             "X-Note: 1\r\n\r\n\x89PNG\r\n\x1a\n\0\r\n--b--\r\n");

static void is_refused_when_cut_anywhere(void **state)
{
    (void)state;
    for (size_t length = 0; length < whole.len; length++) {
        /* A copy of just this length, so that a look behind its end is seen. */
        char *const copy = malloc(length == 0 ? 1 : length);
        assert_non_null(copy);
        memcpy(copy, whole.ptr, length);
        const struct pen_event_input input = body_of((struct pen_str){copy, length});
        struct pen_event event;
        struct pen_json_error error = {0};
        const enum pen_status status = pen_event_decode(&input, NULL, arena, &event, &error);
        free(copy);
        /* Its last line break may be missing, and nothing else. */
        if (length == whole.len - 2) {
            assert_int_equal(status, PEN_OK);
        } else if (status != PEN_ERR_SYNTAX || error.code == NULL) {
            fail_msg("cut at %zu: %s", length, pen_status_name(status));
        }
    }
}

static void gives_up_at_the_arenas_limit(void **state)
{
    (void)state;
    const struct pen_event_input input = body_of(whole);
    enum pen_status status = PEN_ERR_NOMEM;
    for (size_t limit = 0; status != PEN_OK; limit += 128) {
        struct pen_arena *small = NULL;
        struct pen_event event;
        struct pen_json_error error = {0};
        assert_int_equal(pen_arena_create(limit, 128, &small), PEN_OK);
        status = pen_event_decode(&input, NULL, small, &event, &error);
        pen_arena_destroy(small);
        if (status != PEN_OK) assert_int_equal(status, PEN_ERR_NOMEM);
        if (status != PEN_OK) assert_non_null(error.code);
        assert_true(limit < 1 << 20);
    }
}

static void refuses_a_boundary_that_no_type_gives(void **state)
{
    (void)state;
    static const char long_one[71] = {'a'};
    struct pen_event_input input = {.body = PEN_STR("----"), .body_kind = PEN_BODY_MULTIPART};
    expect_refusal("none", &input, PEN_ERR_SYNTAX, "multipart.boundary", arena);
    input.boundary = (struct pen_str){long_one, sizeof(long_one)};
    expect_refusal("too long", &input, PEN_ERR_SYNTAX, "multipart.boundary", arena);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_parts),
        TEST(refuses_boundaries_that_part_readers),
        TEST(refuses_fields_that_part_readers),
        TEST(refuses_content_that_is_not_what_its_type_says),
        TEST(passes_content_that_only_looks_odd),
        TEST(judges_files_that_are_texts_and_say_nothing),
        TEST(undoes_encoded_words_in_file_names),
        TEST(bounds_the_number_of_parts_and_fields),
        TEST(is_refused_when_cut_anywhere),
        TEST(gives_up_at_the_arenas_limit),
        TEST(refuses_a_boundary_that_no_type_gives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

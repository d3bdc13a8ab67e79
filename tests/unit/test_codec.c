/** Codecs: each undoes one layer, says so by memory of its own, and leaves ordinary texts alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "filters/core/codec.h"
#include "filters/core/codec/texture.h"
#include "filters/core/utf8.h"

typedef enum pen_status codec(struct pen_str in, struct pen_arena *arena, struct pen_str *out);

struct row {
    const char *why;
    struct pen_str in;
    struct pen_str out; /* ptr NULL: nothing is encoded */
};

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

static enum pen_status percent(struct pen_str in, struct pen_arena *memory, struct pen_str *out)
{
    return pen_codec_percent_lenient(in, false, memory, out);
}

static void check(codec *decode, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct pen_str out = {0};
        assert_int_equal(decode(rows[i].in, arena, &out), PEN_OK);
        const bool same = out.ptr == rows[i].in.ptr && out.len == rows[i].in.len;
        if (rows[i].out.ptr == NULL ? !same : same || !pen_str_equal(out, rows[i].out)) {
            fail_msg("%s: %.*s", rows[i].why, PEN_STR_ARGS(out));
        }
    }
}

static void undoes_one_layer_of_percent_encoding(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"nothing encoded", PEN_STR("50 off"), {0}},
        {"empty", PEN_STR(""), {0}},
        {"one layer of two", PEN_STR("%2527"), PEN_STR("%27")},
        {"both cases", PEN_STR("%2f%2F"), PEN_STR("//")},
        {"what is no digit stays", PEN_STR("%zz%41%4"), PEN_STR("%zzA%4")},
    };
    check(percent, rows, PEN_COUNT_OF(rows));
}

static void undoes_percent_u_with_percent(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"percent alone is another codec's", PEN_STR("%27%zz"), {0}},
        {"no four digits", PEN_STR("%u002 %uzzzz %u"), {0}},
        {"a quote", PEN_STR("%u0027"), PEN_STR("'")},
        {"both at once, either case", PEN_STR("%U003cb%3E"), PEN_STR("<b>")},
        {"full width stays what it is", PEN_STR("%uff07"), PEN_STR("\xef\xbc\x87")},
        {"a pair", PEN_STR("%ud83d%ude00!"), PEN_STR("\xf0\x9f\x98\x80!")},
        {"half a pair stays", PEN_STR("%ud83d%u0041"), PEN_STR("%ud83dA")},
        {"half a pair alone", PEN_STR("%ude00"), {0}},
    };
    check(pen_codec_percent_u, rows, PEN_COUNT_OF(rows));
}

static void undoes_character_references(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"prose", PEN_STR("AT&T, R&D & more &c;"), {0}},
        {"a query", PEN_STR("a=1&b=2&lang=de"), {0}},
        {"decimal", PEN_STR("&#39;"), PEN_STR("'")},
        {"decimal without its end", PEN_STR("&#39 or &#60b"), PEN_STR("' or <b")},
        {"leading zeros", PEN_STR("&#0000000000000000060;"), PEN_STR("<")},
        {"hexadecimal, both cases", PEN_STR("&#x3c;&#X3E&#x0027;"), PEN_STR("<>'")},
        {"names", PEN_STR("&lt;a&Tab;b&NewLine;c&colon;d&lpar;1&rpar;&apos;&quot;"),
         PEN_STR("<a\tb\nc:d(1)'\"")},
        {"names of HTML 4 without their end", PEN_STR("&ltscript&gt&ampx"), PEN_STR("<script>&x")},
        {"newer names need it", PEN_STR("&colon &lpar"), {0}},
        {"names have a case", PEN_STR("&Lt; &LT;"), PEN_STR("&Lt; <")},
        {"one layer", PEN_STR("&amp;lt;"), PEN_STR("&lt;")},
        {"C1 as windows-1252", PEN_STR("&#146;&#x80;"), PEN_STR("\xe2\x80\x99\xe2\x82\xac")},
        {"no character", PEN_STR("&#0;&#xd800;&#x110000;&#99999999999999999999;"),
         PEN_STR("\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd")},
        {"no digits", PEN_STR("&#; &#x; &#xg; &"), {0}},
        {"a letter with an accent", PEN_STR("caf&eacute;"), PEN_STR("caf\xc3\xa9")},
    };
    check(pen_codec_entity, rows, PEN_COUNT_OF(rows));
}

static void undoes_escapes_by_number(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"a path of Windows", PEN_STR("C:\\users\\new\\table\\x.txt"), {0}},
        {"a regular expression", PEN_STR("^\\d+\\s*(\\w)\\1\\.$"), {0}},
        {"quotes and lines of code", PEN_STR("print(\"it\\'s\\n\")"), {0}},
        {"JSON's", PEN_STR("\\u0027"), PEN_STR("'")},
        {"and the simple ones beside it", PEN_STR("\\u003c\\/b\\n\\\"\\'\\\\"),
         PEN_STR("</b\n\"'\\")},
        {"JavaScript's braces", PEN_STR("\\u{27}\\u{00000027}\\u{1F600}"),
         PEN_STR("''\xf0\x9f\x98\x80")},
        {"braces without a character", PEN_STR("\\u{} \\u{110000} \\u{27"), {0}},
        {"hexadecimal bytes", PEN_STR("\\x27\\xc0\\xae"), PEN_STR("'\xc0\xae")},
        {"Python's", PEN_STR("\\U00000027"), PEN_STR("'")},
        {"octal", PEN_STR("\\47\\047\\0471"), PEN_STR("'''1")},
        {"octal ends where a byte does", PEN_STR("\\474"), PEN_STR("'4")},
        {"a pair", PEN_STR("\\ud83d\\ude00"), PEN_STR("\xf0\x9f\x98\x80")},
        {"half a pair", PEN_STR("\\ud83d \\ude00"), {0}},
        {"a line goes on", PEN_STR("a\\\nb\\x41"), PEN_STR("abA")},
        {"an escaped backslash does not hide", PEN_STR("\\\\x27"), PEN_STR("\\x27")},
        {"cut short", PEN_STR("\\u002 \\x2 \\"), {0}},
    };
    check(pen_codec_escape, rows, PEN_COUNT_OF(rows));
}

static void undoes_utf7_that_hides_ascii(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"sums and numbers", PEN_STR("a+b, C++, +4915123456789, 1+1=2"), {0}},
        {"base64 of text", PEN_STR("JyBP+UiAxPTEgLS0gYWJj+Q=="), {0}},
        {"RFC 2152: not equal to Alpha", PEN_STR("A+ImIDkQ."), {0}},
        {"RFC 2152: Hi Mom -smile-!", PEN_STR("Hi Mom -+Jjo--!"), {0}},
        {"a tag", PEN_STR("+ADw-script+AD4-"), PEN_STR("<script>")},
        {"without its end", PEN_STR("+ADw script"), PEN_STR("< script")},
        {"behind another character", PEN_STR("+AOkAPA-b"), PEN_STR("\xc3\xa9<b")},
        {"a plus sign beside it", PEN_STR("1+-1 +ADw-"), PEN_STR("1+1 <")},
        {"half a pair", PEN_STR("+2D0APA-"), {0}},
        {"bits left over", PEN_STR("+ADx-"), {0}},
        {"three bytes a unit", PEN_STR("+YjBiMGIwYjBiMGIwYjBiMGIwYjBiMAA8-"),
         PEN_STR("\xe6\x88\xb0\xe6\x88\xb0\xe6\x88\xb0\xe6\x88\xb0\xe6\x88\xb0\xe6\x88\xb0"
                 "\xe6\x88\xb0\xe6\x88\xb0\xe6\x88\xb0\xe6\x88\xb0\xe6\x88\xb0<")},
    };
    check(pen_codec_utf7, rows, PEN_COUNT_OF(rows));
}

static void folds_what_is_taken_for_ascii(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"ASCII", PEN_STR("it's"), {0}},
        {"letters of other scripts", PEN_STR("caf\xc3\xa9 \xe6\x97\xa5\xe6\x9c\xac \xd0\x94"), {0}},
        {"an apostrophe in a word", PEN_STR("don\xe2\x80\x99t"), {0}},
        {"dashes",
         PEN_STR("1939\xe2\x80\x93"
                 "1945 \xe2\x80\x94"),
         {0}},
        {"East Asian commas", PEN_STR("\xe4\xbd\xa0\xef\xbc\x8c\xe5\xa5\xbd\xef\xbc\x81"), {0}},
        {"overlong dot and slash", PEN_STR("\xc0\xae\xc0\xae\xc0\xaf"), PEN_STR("../")},
        {"overlong in three and four", PEN_STR("\xe0\x80\xaf\xf0\x80\x80\xaf"), PEN_STR("//")},
        {"overlong in five and six", PEN_STR("\xf8\x80\x80\x80\xaf\xfc\x80\x80\x80\x80\xaf"),
         PEN_STR("//")},
        {"CVE-2000-0884", PEN_STR("..\xc1\x1c.."), PEN_STR("..\\..")},
        {"Latin-1 is no overlong form", PEN_STR("\xc0 la carte \xc1r"), {0}},
        {"cut short", PEN_STR("\xc0"), {0}},
        {"full width", PEN_STR("\xef\xbc\x9cscript\xef\xbc\x9e\xef\xbc\x87"), PEN_STR("<script>'")},
        {"quotes", PEN_STR("\xe2\x80\x98 \xe2\x80\x99 \xca\xbc \xe2\x80\xb2 \xe2\x80\x9c"),
         PEN_STR("' ' ' ' \"")},
        {"two dots in one", PEN_STR("\xe2\x80\xa5/"), PEN_STR("../")},
        {"letters of mathematics", PEN_STR("\xf0\x9d\x90\xac\xf0\x9d\x9f\x8f"), PEN_STR("s1")},
        {"letters in circles", PEN_STR("\xe2\x93\x94\xe2\x91\xa0\xe2\x93\xaa"), PEN_STR("e10")},
        {"long s",
         PEN_STR("\xc5\xbf"
                 "elect"),
         PEN_STR("select")},
        {"a soft hyphen", PEN_STR("UNI\xc2\xadON"), PEN_STR("UNION")},
        {"marks in a row", PEN_STR("a\xcd\x8f\xef\xb8\x8f\xe1\xa0\x8e\xf3\xa0\x81\x81 b"),
         PEN_STR("a b")},
        {"the first and the last of a range",
         PEN_STR("a\xe2\x80\x8b.\xe2\x80\x8f.\xf0\x9b\xb2\xa3/"), PEN_STR("a../")},
        {"beside a range", PEN_STR("a\xe1\xa0\x90.\xf0\x9b\xb2\xa4/"), {0}},
        {"between what is taken for ASCII", PEN_STR("\xef\xbc\xb5\xe2\x80\x8b\xef\xbc\xae"),
         PEN_STR("UN")},
        {"between emoji",
         PEN_STR("\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9 \xe2\x9d\xa4\xef\xb8\x8f x"),
         {0}},
        {"a keycap", PEN_STR("1\xef\xb8\x8f\xe2\x83\xa3"), {0}},
        {"Persian", PEN_STR("\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae"), {0}},
        {"at either end", PEN_STR("\xef\xbb\xbfname\xe2\x80\x8b"), {0}},
        {"beside a letter of another script",
         PEN_STR("stra\xc3\x9f\xe2\x80\x8b"
                 "en"),
         {0}},
        {"cut short within one", PEN_STR("a\xe2\x80"), {0}},
        {"line breaks by their low byte", PEN_STR("\xe5\x98\x8d\xe5\x98\x8a"), PEN_STR("\r\n")},
    };
    check(pen_codec_fold, rows, PEN_COUNT_OF(rows));
}

/* The first and the last of each row of Unicode that has look-alikes. */
static void folds_look_alikes_of_every_row(void **state)
{
    (void)state;
    const struct {
        uint32_t scalar;
        char ascii;
    } rows[] = {
        {0x0085, '\n'}, {0x00b4, '\''}, {0x0131, 'i'},  {0x017f, 's'},  {0x02b9, '\''},
        {0x02bd, '\''}, {0x02c8, '\''}, {0x02cb, '`'},  {0x037e, ';'},  {0x2000, ' '},
        {0x203a, '>'},  {0x2044, '/'},  {0x207e, ')'},  {0x208a, '+'},  {0x208e, ')'},
        {0x212a, 'K'},  {0x2215, '/'},  {0x2236, ':'},  {0x2329, '<'},  {0x232a, '>'},
        {0x2460, '1'},  {0x2468, '9'},  {0x24b6, 'A'},  {0x24bf, 'J'},  {0x24c0, 'K'},
        {0x24ea, '0'},  {0x2758, '|'},  {0x275e, '"'},  {0x29f5, '\\'}, {0x29f8, '/'},
        {0x3000, ' '},  {0x301e, '"'},  {0x560a, '\n'}, {0x563e, '>'},  {0xfe52, '.'},
        {0xfe6b, '@'},  {0xff02, '"'},  {0xff3f, '_'},  {0xff40, '`'},  {0xff61, '.'},
        {0x1d400, 'A'}, {0x1d6a3, 'z'}, {0x1d7ce, '0'}, {0x1d7ff, '9'},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char text[4];
        const struct pen_str in = {text, pen_utf8_encode(rows[i].scalar, text)};
        struct pen_str out = {0};
        assert_int_equal(pen_codec_fold(in, arena, &out), PEN_OK);
        if (!pen_str_equal(out, (struct pen_str){&rows[i].ascii, 1})) {
            fail_msg("U+%04x", rows[i].scalar);
        }
    }
}

static void undoes_hexadecimal_as_a_whole(void **state)
{
    (void)state;
    struct pen_str out = {0};
    assert_int_equal(pen_codec_hex(PEN_S("0x276F72"), arena, &out), PEN_OK);
    assert_true(pen_str_equal(out, PEN_S("'or")));
    assert_int_equal(pen_codec_hex(PEN_S("276f72"), arena, &out), PEN_OK);
    assert_true(pen_str_equal(out, PEN_S("'or")));
    const struct pen_str wrong[] = {PEN_STR(""), PEN_STR("0x"), PEN_STR("276"), PEN_STR("27 6f"),
                                    PEN_STR("276g")};
    for (size_t i = 0; i < PEN_COUNT_OF(wrong); i++) {
        assert_int_equal(pen_codec_hex(wrong[i], arena, &out), PEN_ERR_SYNTAX);
    }
}

/* RFC 4648 section 10. */
static void reads_base64_as_published(void **state)
{
    (void)state;
    const struct {
        struct pen_str text;
        struct pen_str padded;
        struct pen_str bare;
    } rows[] = {
        {PEN_STR(""), PEN_STR(""), PEN_STR("")},
        {PEN_STR("f"), PEN_STR("Zg=="), PEN_STR("Zg")},
        {PEN_STR("fo"), PEN_STR("Zm8="), PEN_STR("Zm8")},
        {PEN_STR("foo"), PEN_STR("Zm9v"), PEN_STR("Zm9v")},
        {PEN_STR("foob"), PEN_STR("Zm9vYg=="), PEN_STR("Zm9vYg")},
        {PEN_STR("fooba"), PEN_STR("Zm9vYmE="), PEN_STR("Zm9vYmE")},
        {PEN_STR("foobar"), PEN_STR("Zm9vYmFy"), PEN_STR("Zm9vYmFy")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_str out = {0};
        assert_int_equal(pen_codec_base64(rows[i].padded, arena, &out), PEN_OK);
        assert_true(pen_str_equal(out, rows[i].text));
        assert_int_equal(pen_codec_base64url(rows[i].bare, arena, &out), PEN_OK);
        assert_true(pen_str_equal(out, rows[i].text));
        assert_int_equal(pen_codec_base64_lenient(rows[i].bare, arena, &out), PEN_OK);
        assert_true(pen_str_equal(out, rows[i].text));
    }
}

static void reads_base64_as_functions_do(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str in;
        enum pen_status status;
        struct pen_str out;
    } rows[] = {
        {"padded", PEN_STR("Zm9vYg=="), PEN_OK, PEN_STR("foob")},
        {"without padding", PEN_STR("Zm9vYg"), PEN_OK, PEN_STR("foob")},
        {"lines as in mail", PEN_STR("Zm9v\r\nYg==\r\n"), PEN_OK, PEN_STR("foob")},
        {"a line ends within four", PEN_STR("Zm\n9vYmFy"), PEN_OK, PEN_STR("foobar")},
        {"both alphabets", PEN_STR("+/-_"), PEN_OK, PEN_STR("\xfb\xff\xbf")},
        {"bits to spare", PEN_STR("Zh=="), PEN_OK, PEN_STR("f")},
        {"a space", PEN_STR("Zm9v Yg=="), PEN_ERR_SYNTAX, {0}},
        {"more behind the padding", PEN_STR("Zg==Zg=="), PEN_ERR_SYNTAX, {0}},
        {"one digit too many", PEN_STR("Zm9vY"), PEN_ERR_SYNTAX, {0}},
        {"no base64", PEN_STR("{\"a\":1}"), PEN_ERR_SYNTAX, {0}},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_str out = {0};
        const enum pen_status status = pen_codec_base64_lenient(rows[i].in, arena, &out);
        if (status != rows[i].status || !pen_str_equal(out, rows[i].out)) {
            fail_msg("%s: %s %.*s", rows[i].why, pen_status_name(status), PEN_STR_ARGS(out));
        }
    }
}

static void tells_text_from_data(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str bytes;
        enum pen_texture texture;
    } rows[] = {
        {"nothing", PEN_STR(""), PEN_TEXTURE_BINARY},
        {"ASCII", PEN_STR("a\tb\r\n"), PEN_TEXTURE_TEXT},
        {"white space that SQL skips", PEN_STR("'\x0bOR\x0c"), PEN_TEXTURE_TEXT},
        {"UTF-8", PEN_STR("\xd0\x94\xd0\xb0 \xf0\x9f\x98\x80"), PEN_TEXTURE_TEXT},
        {"one odd byte of ten", PEN_STR("123456789\xff"), PEN_TEXTURE_TEXT},
        {"one of nine", PEN_STR("12345678\xff"), PEN_TEXTURE_BINARY},
        {"controls", PEN_STR("a\x01\x02"), PEN_TEXTURE_BINARY},
        {"gzip", PEN_STR("\x1f\x8b\x08\0\0\0\0\0\0\x03\0\0\0\0\0\0\0\0\0\0"), PEN_TEXTURE_GZIP},
        {"zlib", PEN_STR("\x78\x9c\x4b\x04\0\0\x62\0\x62"), PEN_TEXTURE_ZLIB},
        {"Java", PEN_STR("\xac\xed\0\x05sr"), PEN_TEXTURE_OBJECT},
        {"pickle", PEN_STR("\x80\x04\x95\x0b."), PEN_TEXTURE_OBJECT},
        {"Ruby", PEN_STR("\x04\x08o:"), PEN_TEXTURE_OBJECT},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        if (pen_texture(rows[i].bytes) != rows[i].texture) fail_msg("%s", rows[i].why);
    }
}

static void finds_printable_runs(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"nothing", PEN_STR("\x01\x02"), PEN_STR("")},
        {"runs of four and more",
         PEN_STR("\x01"
                 "abc\x02"
                 "abcd\x03"
                 "efghi"),
         PEN_STR("abcd\nefghi")},
        {"single bytes above ASCII within", PEN_STR("'\240OR\2401=1"), PEN_STR("'\240OR\2401=1")},
        {"two of them end it",
         PEN_STR("abcd\xff\xff"
                 "efgh"),
         PEN_STR("abcd\xff\nefgh")},
        {"two of them far behind its beginning",
         PEN_STR("\x01"
                 "a single byte\240here and there\240, then\xff\xff"
                 "efgh"),
         PEN_STR("a single byte\240here and there\240, then\xff\nefgh")},
        {"a control character there",
         PEN_STR("\x01"
                 "0123456789abcdef0123456789\x02\xff"
                 "xyz"),
         PEN_STR("0123456789abcdef0123456789")},
        {"UTF-8 across sixteen bytes",
         PEN_STR("0123456789abcdef0123456789abcde\xc3\xaf\xff"
                 "0123456789"),
         PEN_STR("0123456789abcdef0123456789abcde\xc3\xaf\xff"
                 "0123456789")},
        {"UTF-8 within", PEN_STR("\x01na\xc3\xafve\x01"), PEN_STR("na\xc3\xafve")},
        {"UTF-16, little end first", PEN_STR("i\0d\0;\0l\0s\0"), PEN_STR("id;ls")},
        {"UTF-16, big end first", PEN_STR("\0i\0d\0;\0l\0s"), PEN_STR("id;ls")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_str out = {0};
        assert_int_equal(pen_texture_strings(rows[i].in, 4, arena, &out), PEN_OK);
        if (!pen_str_equal(out, rows[i].out)) {
            fail_msg("%s: %.*s", rows[i].why, PEN_STR_ARGS(out));
        }
    }
}

static void takes_nothing_when_memory_is_short(void **state)
{
    (void)state;
    const struct {
        codec *decode;
        struct pen_str in;
    } rows[] = {
        {percent, PEN_STR("%41")},
        {pen_codec_percent_u, PEN_STR("%u0041")},
        {pen_codec_base64_lenient, PEN_STR("Zm9v")},
        {pen_codec_hex, PEN_STR("4142")},
        {pen_codec_entity, PEN_STR("&lt;")},
        {pen_codec_escape, PEN_STR("\\x41")},
        {pen_codec_utf7, PEN_STR("+ADw-")},
        {pen_codec_fold, PEN_STR("\xc0\xaf")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_arena *none = NULL;
        struct pen_str out = PEN_STR("untouched");
        assert_int_equal(pen_arena_create(0, 0, &none), PEN_OK);
        assert_int_equal(rows[i].decode(rows[i].in, none, &out), PEN_ERR_NOMEM);
        assert_true(pen_str_equal(out, PEN_S("untouched")));
        pen_arena_destroy(none);
    }
}

/* Whatever its length, a text with something encoded at its end is read to there and no further. */
static void reads_what_is_cut_short(void **state)
{
    (void)state;
    codec *const codecs[] = {percent,        pen_codec_percent_u, pen_codec_base64_lenient,
                             pen_codec_hex,  pen_codec_entity,    pen_codec_escape,
                             pen_codec_utf7, pen_codec_fold};
    const struct pen_str whole =
        PEN_STR("%u0041%41\\u0041\\u{41}\\x41\\101&#x41;&lt;&colon;+ADw-"
                "\xc0\xaf\xe0\x80\xaf\xf0\x80\x80\xaf\xef\xbc\x9c.\xf3\xa0\x81\x81.");
    for (size_t length = 0; length <= whole.len; length++) {
        /* In memory of its own, so that a byte too many shows. */
        struct pen_arena *memory = NULL;
        assert_int_equal(pen_arena_create(length, length, &memory), PEN_OK);
        char *const copy = pen_arena_bytes(memory, length);
        assert_non_null(copy);
        memcpy(copy, whole.ptr, length);
        for (size_t i = 0; i < PEN_COUNT_OF(codecs); i++) {
            struct pen_str out = {0};
            const enum pen_status status = codecs[i]((struct pen_str){copy, length}, arena, &out);
            assert_true(status == PEN_OK || status == PEN_ERR_SYNTAX);
            assert_true(out.len <= length);
        }
        pen_arena_destroy(memory);
        pen_arena_reset(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(undoes_one_layer_of_percent_encoding),
        cmocka_unit_test(undoes_percent_u_with_percent),
        cmocka_unit_test(undoes_character_references),
        cmocka_unit_test(undoes_escapes_by_number),
        cmocka_unit_test(undoes_utf7_that_hides_ascii),
        cmocka_unit_test(folds_what_is_taken_for_ascii),
        cmocka_unit_test(folds_look_alikes_of_every_row),
        cmocka_unit_test(undoes_hexadecimal_as_a_whole),
        cmocka_unit_test(reads_base64_as_published),
        cmocka_unit_test(reads_base64_as_functions_do),
        cmocka_unit_test(tells_text_from_data),
        cmocka_unit_test(finds_printable_runs),
        cmocka_unit_test(takes_nothing_when_memory_is_short),
        cmocka_unit_test(reads_what_is_cut_short),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/** The strict front end: one spelling of a token, and a header that means one thing. */
#include "gateway/auth/jws.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/tokens.h"

/* {"alg":"RS256"} . {} . four bytes */
#define HEADER    "eyJhbGciOiJSUzI1NiJ9"
#define PAYLOAD   "e30"
#define SIGNATURE "AAAAAA"

static struct tokens stage;

static int make_keys(void **state)
{
    (void)state;
    tokens_init(&stage);
    return 0;
}

static int drop_keys(void **state)
{
    (void)state;
    tokens_deinit(&stage);
    return 0;
}

static int reset_arena(void **state)
{
    (void)state;
    pen_arena_reset(stage.arena);
    return 0;
}

static void expect(const char *why, struct pen_str token, enum pen_token_result wanted)
{
    /* An exact copy, so that the sanitizer sees a read past the end. */
    char *const copy = malloc(token.len > 0 ? token.len : 1);
    assert_non_null(copy);
    if (token.len > 0) memcpy(copy, token.ptr, token.len);
    struct pen_jws jws;
    const enum pen_token_result got =
        pen_jws_read((struct pen_str){copy, token.len}, stage.arena, &jws);
    free(copy);
    if (got != wanted) {
        fail_msg("%s: %s instead of %s", why, pen_token_result_code(got),
                 pen_token_result_code(wanted));
    }
}

static void takes_a_token_apart(void **state)
{
    (void)state;
    struct pen_jws jws;
    const struct pen_str token = PEN_STR(HEADER "." PAYLOAD "." SIGNATURE);
    assert_int_equal(pen_jws_read(token, stage.arena, &jws), PEN_TOKEN_OK);
    assert_true(pen_str_equal(jws.header_segment, PEN_S(HEADER)));
    assert_true(pen_str_equal(jws.payload_segment, PEN_S(PAYLOAD)));
    assert_true(pen_str_equal(jws.signed_text, PEN_S(HEADER "." PAYLOAD)));
    assert_true(pen_str_equal(jws.payload, PEN_S("{}")));
    assert_true(pen_str_equal(jws.signature, PEN_S("\0\0\0\0")));
    assert_int_equal(jws.alg, PEN_JWS_RS256);
    assert_null(jws.kid.ptr);
    assert_int_equal(jws.typ.len, 0);
}

static void refuses_every_other_spelling(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str token;
        enum pen_token_result result;
    } rows[] = {
        {"nothing", PEN_STR(""), PEN_TOKEN_MALFORMED},
        {"one segment", PEN_STR(HEADER), PEN_TOKEN_MALFORMED},
        {"two segments", PEN_STR(HEADER "." PAYLOAD), PEN_TOKEN_MALFORMED},
        {"four segments", PEN_STR(HEADER "." PAYLOAD "." SIGNATURE ".AAAA"), PEN_TOKEN_MALFORMED},
        {"a trailing dot", PEN_STR(HEADER "." PAYLOAD "." SIGNATURE "."), PEN_TOKEN_MALFORMED},
        {"a leading dot", PEN_STR("." HEADER "." PAYLOAD "." SIGNATURE), PEN_TOKEN_MALFORMED},
        {"five segments: a JWE", PEN_STR(HEADER ".AAAA.AAAA.AAAA.AAAA"), PEN_TOKEN_ENCRYPTED},
        {"a JWE with an empty key", PEN_STR(HEADER "..AAAA.AAAA.AAAA"), PEN_TOKEN_ENCRYPTED},
        {"six segments", PEN_STR("a.b.c.d.e.f"), PEN_TOKEN_MALFORMED},
        {"dots alone: libjwt writes past its memory", PEN_STR(".."), PEN_TOKEN_MALFORMED},
        {"no header", PEN_STR("." PAYLOAD "." SIGNATURE), PEN_TOKEN_MALFORMED},
        {"no payload", PEN_STR(HEADER ".." SIGNATURE), PEN_TOKEN_MALFORMED},
        {"no signature", PEN_STR(HEADER "." PAYLOAD "."), PEN_TOKEN_MALFORMED},
        {"padding on the signature", PEN_STR(HEADER "." PAYLOAD "." SIGNATURE "=="),
         PEN_TOKEN_MALFORMED},
        {"padding on the payload", PEN_STR(HEADER "." PAYLOAD "=." SIGNATURE), PEN_TOKEN_MALFORMED},
        {"the other alphabet: +", PEN_STR(HEADER "." PAYLOAD ".AAA+AA"), PEN_TOKEN_MALFORMED},
        {"the other alphabet: /", PEN_STR(HEADER "." PAYLOAD ".AAA/AA"), PEN_TOKEN_MALFORMED},
        {"a space inside", PEN_STR(HEADER "." PAYLOAD ".AAA AA"), PEN_TOKEN_MALFORMED},
        {"a line break inside", PEN_STR(HEADER "." PAYLOAD ".AAA\nAA"), PEN_TOKEN_MALFORMED},
        {"a space before", PEN_STR(" " HEADER "." PAYLOAD "." SIGNATURE), PEN_TOKEN_MALFORMED},
        {"a line break behind", PEN_STR(HEADER "." PAYLOAD "." SIGNATURE "\n"),
         PEN_TOKEN_MALFORMED},
        {"junk inside", PEN_STR(HEADER "." PAYLOAD ".AA!AAA"), PEN_TOKEN_MALFORMED},
        {"a NUL inside", PEN_STR(HEADER "." PAYLOAD ".AAA\0AA"), PEN_TOKEN_MALFORMED},
        {"a NUL behind", PEN_STR(HEADER "." PAYLOAD "." SIGNATURE "\0"), PEN_TOKEN_MALFORMED},
        {"not ASCII", PEN_STR(HEADER "." PAYLOAD ".AAA\xc3\xa4"), PEN_TOKEN_MALFORMED},
        {"unused bits set in the last character", PEN_STR(HEADER "." PAYLOAD ".AAAAAB"),
         PEN_TOKEN_MALFORMED},
        {"unused bits set in the payload", PEN_STR(HEADER ".e31." SIGNATURE), PEN_TOKEN_MALFORMED},
        {"a length that base64 cannot have", PEN_STR(HEADER "." PAYLOAD ".AAAAA"),
         PEN_TOKEN_MALFORMED},
        {"percent-encoded", PEN_STR(HEADER "%2E" PAYLOAD "." SIGNATURE), PEN_TOKEN_MALFORMED},
        {"JSON serialisation, flattened",
         PEN_STR("{\"protected\":\"" HEADER "\",\"payload\":\"e30\",\"signature\":\"AAAA\"}"),
         PEN_TOKEN_MALFORMED},
        {"JSON serialisation with dots",
         PEN_STR("{\"payload\":\"e30\",\"signatures\":[{\"a\":\"x.y.z\"}]}"), PEN_TOKEN_MALFORMED},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        expect(rows[i].why, rows[i].token, rows[i].result);
    }
}

static void refuses_headers_with_another_meaning(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str header;
        enum pen_token_result result;
    } rows[] = {
        {"plain", PEN_STR("{\"alg\":\"RS256\"}"), PEN_TOKEN_OK},
        {"what an identity provider sends",
         PEN_STR("{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"k\",\"x5t\":\"abc\"}"),
         PEN_TOKEN_OK},
        {"an unknown member is ignored (RFC 7515 4)", PEN_STR("{\"alg\":\"RS256\",\"x\":1}"),
         PEN_TOKEN_OK},
        {"another content type is a remark", PEN_STR("{\"alg\":\"RS256\",\"cty\":\"json\"}"),
         PEN_TOKEN_OK},

        {"no object", PEN_STR("[]"), PEN_TOKEN_BAD_HEADER},
        {"a string", PEN_STR("\"RS256\""), PEN_TOKEN_BAD_HEADER},
        {"no JSON", PEN_STR("alg=RS256"), PEN_TOKEN_BAD_HEADER},
        {"cut off", PEN_STR("{\"alg\":\"RS256\""), PEN_TOKEN_BAD_HEADER},
        {"no alg", PEN_STR("{}"), PEN_TOKEN_BAD_HEADER},
        {"alg a number", PEN_STR("{\"alg\":256}"), PEN_TOKEN_BAD_HEADER},
        {"alg null", PEN_STR("{\"alg\":null}"), PEN_TOKEN_BAD_HEADER},
        {"alg a list", PEN_STR("{\"alg\":[\"RS256\"]}"), PEN_TOKEN_BAD_HEADER},
        {"alg twice", PEN_STR("{\"alg\":\"none\",\"alg\":\"RS256\"}"), PEN_TOKEN_BAD_HEADER},
        {"alg twice, once escaped", PEN_STR("{\"\\u0061lg\":\"none\",\"alg\":\"RS256\"}"),
         PEN_TOKEN_BAD_HEADER},
        {"kid twice", PEN_STR("{\"alg\":\"RS256\",\"kid\":\"a\",\"kid\":\"b\"}"),
         PEN_TOKEN_BAD_HEADER},
        {"alg none", PEN_STR("{\"alg\":\"none\"}"), PEN_TOKEN_ALGORITHM},
        {"alg None", PEN_STR("{\"alg\":\"None\"}"), PEN_TOKEN_ALGORITHM},
        {"alg NONE", PEN_STR("{\"alg\":\"NONE\"}"), PEN_TOKEN_ALGORITHM},
        {"alg nOnE", PEN_STR("{\"alg\":\"nOnE\"}"), PEN_TOKEN_ALGORITHM},
        {"alg empty", PEN_STR("{\"alg\":\"\"}"), PEN_TOKEN_ALGORITHM},
        {"alg lower case", PEN_STR("{\"alg\":\"rs256\"}"), PEN_TOKEN_ALGORITHM},
        {"alg with a space", PEN_STR("{\"alg\":\"RS256 \"}"), PEN_TOKEN_ALGORITHM},
        {"alg with a NUL", PEN_STR("{\"alg\":\"RS256\\u0000\"}"), PEN_TOKEN_ALGORITHM},
        {"ES256K is another curve", PEN_STR("{\"alg\":\"ES256K\"}"), PEN_TOKEN_ALGORITHM},
        {"a key encryption algorithm", PEN_STR("{\"alg\":\"RSA-OAEP\"}"), PEN_TOKEN_ALGORITHM},
        {"PBES2 in three segments", PEN_STR("{\"alg\":\"PBES2-HS256+A128KW\",\"p2c\":2147483648}"),
         PEN_TOKEN_ALGORITHM},

        {"crit with an unknown extension", PEN_STR("{\"alg\":\"RS256\",\"crit\":[\"x-foo\"]}"),
         PEN_TOKEN_BAD_HEADER},
        {"crit empty", PEN_STR("{\"alg\":\"RS256\",\"crit\":[]}"), PEN_TOKEN_BAD_HEADER},
        {"crit null", PEN_STR("{\"alg\":\"RS256\",\"crit\":null}"), PEN_TOKEN_BAD_HEADER},
        {"crit names itself", PEN_STR("{\"alg\":\"RS256\",\"crit\":[\"crit\"]}"),
         PEN_TOKEN_BAD_HEADER},
        {"unencoded payload", PEN_STR("{\"alg\":\"RS256\",\"crit\":[\"b64\"],\"b64\":false}"),
         PEN_TOKEN_BAD_HEADER},
        {"b64 without crit", PEN_STR("{\"alg\":\"RS256\",\"b64\":false}"), PEN_TOKEN_BAD_HEADER},
        {"b64 true", PEN_STR("{\"alg\":\"RS256\",\"b64\":true}"), PEN_TOKEN_BAD_HEADER},
        {"compressed", PEN_STR("{\"alg\":\"RS256\",\"zip\":\"DEF\"}"), PEN_TOKEN_BAD_HEADER},
        {"a JWE's header", PEN_STR("{\"alg\":\"RS256\",\"enc\":\"A128GCM\"}"),
         PEN_TOKEN_BAD_HEADER},
        {"nested JWT", PEN_STR("{\"alg\":\"RS256\",\"cty\":\"JWT\"}"), PEN_TOKEN_BAD_HEADER},
        {"nested jwt in small letters", PEN_STR("{\"alg\":\"RS256\",\"cty\":\"jwt\"}"),
         PEN_TOKEN_BAD_HEADER},
        {"typ a number", PEN_STR("{\"alg\":\"RS256\",\"typ\":1}"), PEN_TOKEN_BAD_HEADER},
        {"typ empty", PEN_STR("{\"alg\":\"RS256\",\"typ\":\"\"}"), PEN_TOKEN_BAD_HEADER},

        {"keys from loopback", PEN_STR("{\"alg\":\"RS256\",\"jku\":\"http://127.0.0.1/k\"}"),
         PEN_TOKEN_FORBIDDEN_HEADER},
        {"keys from the cloud's metadata",
         PEN_STR("{\"alg\":\"RS256\",\"x5u\":\"http://169.254.169.254/latest\"}"),
         PEN_TOKEN_FORBIDDEN_HEADER},
        {"keys from a file", PEN_STR("{\"alg\":\"RS256\",\"jku\":\"file:///etc/passwd\"}"),
         PEN_TOKEN_FORBIDDEN_HEADER},
        {"jku null", PEN_STR("{\"alg\":\"RS256\",\"jku\":null}"), PEN_TOKEN_FORBIDDEN_HEADER},
        {"its own key", PEN_STR("{\"alg\":\"RS256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AA\"}}"),
         PEN_TOKEN_FORBIDDEN_HEADER},
        {"its own certificate", PEN_STR("{\"alg\":\"RS256\",\"x5c\":[\"MIIB\"]}"),
         PEN_TOKEN_FORBIDDEN_HEADER},
        {"jku in escapes", PEN_STR("{\"alg\":\"RS256\",\"\\u006aku\":\"http://x\"}"),
         PEN_TOKEN_FORBIDDEN_HEADER},

        {"kid a number", PEN_STR("{\"alg\":\"RS256\",\"kid\":1}"), PEN_TOKEN_BAD_HEADER},
        {"kid an object", PEN_STR("{\"alg\":\"RS256\",\"kid\":{\"$ne\":1}}"), PEN_TOKEN_BAD_HEADER},
        {"kid empty", PEN_STR("{\"alg\":\"RS256\",\"kid\":\"\"}"), PEN_TOKEN_BAD_HEADER},
        {"a path as kid is a name like another",
         PEN_STR("{\"alg\":\"RS256\",\"kid\":\"../../dev/null\"}"), PEN_TOKEN_OK},
        {"bytes after a NUL", PEN_STR("{\"alg\":\"RS256\"}\0{}"), PEN_TOKEN_BAD_HEADER},
        {"a byte-order mark", PEN_STR("\xef\xbb\xbf{\"alg\":\"RS256\"}"), PEN_TOKEN_BAD_HEADER},
        {"invalid UTF-8", PEN_STR("{\"alg\":\"RS256\",\"x\":\"\xff\"}"), PEN_TOKEN_BAD_HEADER},
        {"overlong UTF-8", PEN_STR("{\"alg\":\"RS256\",\"x\":\"\xc0\xaf\"}"), PEN_TOKEN_BAD_HEADER},
        {"two values", PEN_STR("{\"alg\":\"RS256\"}{\"alg\":\"RS256\"}"), PEN_TOKEN_BAD_HEADER},
        {"seventeen deep", PEN_STR("{\"alg\":\"RS256\",\"x\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}"),
         PEN_TOKEN_BAD_HEADER},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_str parts[] = {tokens_encode(&stage, rows[i].header),
                                        PEN_STR("." PAYLOAD "." SIGNATURE)};
        expect(rows[i].why, tokens_join(&stage, parts, PEN_COUNT_OF(parts)), rows[i].result);
    }
}

/* `prefix`, `fill` times 'A', `suffix`. */
static struct pen_str filled(struct pen_str prefix, size_t fill, struct pen_str suffix)
{
    char *const bytes = pen_arena_bytes(stage.arena, fill);
    assert_non_null(bytes);
    memset(bytes, 'A', fill);
    const struct pen_str parts[] = {prefix, {bytes, fill}, suffix};
    return tokens_join(&stage, parts, PEN_COUNT_OF(parts));
}

static void expect_header(const char *why, struct pen_str header, enum pen_token_result wanted)
{
    const struct pen_str parts[] = {tokens_encode(&stage, header),
                                    PEN_STR("." PAYLOAD "." SIGNATURE)};
    expect(why, tokens_join(&stage, parts, PEN_COUNT_OF(parts)), wanted);
}

static void bounds_every_size(void **state)
{
    (void)state;
    const struct pen_str kid = PEN_STR("{\"alg\":\"RS256\",\"kid\":\"");
    const struct pen_str member = PEN_STR("{\"alg\":\"RS256\",\"x\":\"");
    const struct pen_str end = PEN_STR("\"}");
    expect_header("a kid of 256 bytes", filled(kid, 256, end), PEN_TOKEN_OK);
    expect_header("a kid of 257 bytes", filled(kid, 257, end), PEN_TOKEN_BAD_HEADER);
    expect_header("a header of 2,048 bytes", filled(member, 2048 - member.len - end.len, end),
                  PEN_TOKEN_OK);
    expect_header("a header of 2,049 bytes", filled(member, 2049 - member.len - end.len, end),
                  PEN_TOKEN_TOO_LARGE);

    const struct pen_str head = PEN_STR(HEADER ".");
    const struct pen_str payload = filled(head, 8000, PEN_S("."));
    const struct pen_str tail = PEN_STR(".AAAA");
    expect("8,192 bytes in all", filled(payload, 8192 - payload.len, PEN_S("")), PEN_TOKEN_OK);
    expect("8,193 bytes in all", filled(payload, 8193 - payload.len, PEN_S("")),
           PEN_TOKEN_TOO_LARGE);
    expect("a megabyte", filled(head, 1 << 20, tail), PEN_TOKEN_TOO_LARGE);
}

static void survives_truncation_at_every_byte(void **state)
{
    (void)state;
    const struct pen_str token =
        tokens_sign(&stage, stage.rs256, PEN_S("{\"alg\":\"RS256\",\"kid\":\"rs256\"}"),
                    PEN_S("{" TOKENS_CLAIMS "}"));
    const size_t second_dot = pen_str_find(token, '.', pen_str_find(token, '.', 0) + 1);
    for (size_t len = 0; len < token.len; len++) {
        char *const copy = malloc(len > 0 ? len : 1);
        assert_non_null(copy);
        if (len > 0) memcpy(copy, token.ptr, len);
        struct pen_jws jws;
        const enum pen_token_result result =
            pen_jws_read((struct pen_str){copy, len}, stage.arena, &jws);
        if (len <= second_dot + 1 && result == PEN_TOKEN_OK) fail_msg("accepted %zu bytes", len);
        free(copy);
    }
}

static void refuses_when_memory_is_short_at_every_point(void **state)
{
    (void)state;
    const struct pen_str token =
        PEN_STR("eyJhbGciOiJSUzI1NiIsImtpZCI6Ilx1MDA2MSJ9." PAYLOAD "." SIGNATURE);
    enum pen_token_result result = PEN_TOKEN_INTERNAL;
    for (size_t limit = 1; limit < 65536 && result != PEN_TOKEN_OK; limit++) {
        struct pen_arena *arena;
        struct pen_jws jws;
        assert_int_equal(pen_arena_create(limit, 1, &arena), PEN_OK);
        result = pen_jws_read(token, arena, &jws);
        pen_arena_destroy(arena);
        if (result != PEN_TOKEN_OK && result != PEN_TOKEN_INTERNAL) {
            fail_msg("%zu bytes: %s", limit, pen_token_result_code(result));
        }
    }
    assert_int_equal(result, PEN_TOKEN_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(takes_a_token_apart, reset_arena),
        cmocka_unit_test_setup(refuses_every_other_spelling, reset_arena),
        cmocka_unit_test_setup(refuses_headers_with_another_meaning, reset_arena),
        cmocka_unit_test_setup(bounds_every_size, reset_arena),
        cmocka_unit_test_setup(survives_truncation_at_every_byte, reset_arena),
        cmocka_unit_test_setup(refuses_when_memory_is_short_at_every_point, reset_arena),
    };
    return cmocka_run_group_tests_name("jws", tests, make_keys, drop_keys);
}

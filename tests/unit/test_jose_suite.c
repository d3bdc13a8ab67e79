/**
 * Public JWS and JWK vectors: Wycheproof's two sets and the JOSE cookbook of RFC 7520, 7797 and
 * 8037. Most payloads are no claims, so the vectors go through front end, key choice and signature
 * only. They lie outside the project: without them a test is skipped, and says so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "filters/core/json.h"
#include "gateway/auth/jws.h"
#include "gateway/auth/prover.h"
#include "gateway/file.h"

#define ALL_ALGORITHMS 0xffffffffU

static struct pen_arena *arena;
static struct pen_prover *prover;

static int make_prover(void **state)
{
    (void)state;
    assert_int_equal(pen_arena_create((size_t)64 << 20, 65536, &arena), PEN_OK);
    assert_int_equal(pen_prover_create(&prover), PEN_OK);
    return 0;
}

static int drop_prover(void **state)
{
    (void)state;
    pen_prover_destroy(prover);
    pen_arena_destroy(arena);
    return 0;
}

/* A file of the suite, in the arena; skips the test when it is not there. */
static struct pen_str read_suite(const char *file)
{
    const char *const set = getenv("PEN_SUITES");
    char path[4096];
    const int len = snprintf(path, sizeof(path), "%s/jose/%s",
                             set != NULL ? set : PEN_SOURCE_DIR "/../shared/suites", file);
    assert_in_range(len, 1, sizeof(path) - 1);
    struct pen_str contents;
    struct pen_str copy;
    if (pen_file_read((struct pen_str){path, (size_t)len}, (size_t)8 << 20, &contents, NULL)
        != PEN_OK) {
        printf("skipped: no JOSE vectors at %s\n", path);
        skip();
    }
    assert_int_equal(pen_arena_copy(arena, contents, &copy), PEN_OK);
    pen_file_wipe(&contents);
    return copy;
}

static const struct pen_json *parse(struct pen_str text)
{
    const struct pen_json *root;
    struct pen_json_error error = {0};
    if (pen_json_read(text, NULL, arena, &root, &error) != PEN_OK) {
        fail_msg("%s at %zu", error.code, error.offset);
    }
    return root;
}

static struct pen_str text_member(const struct pen_json *object, struct pen_str name)
{
    return pen_json_string_or(pen_json_member(object, name), PEN_S(""));
}

static struct pen_str joined(struct pen_str before, struct pen_str middle, struct pen_str after)
{
    const size_t len = before.len + middle.len + after.len;
    struct pen_buf buf = pen_buf_over(pen_arena_bytes(arena, len), len);
    pen_buf_put(&buf, before);
    pen_buf_put(&buf, middle);
    pen_buf_put(&buf, after);
    assert_false(buf.full);
    return pen_buf_str(&buf);
}

/* Front end, key, signature: what the verifier does before it reads claims. */
static bool proves(const struct pen_keyset *set, struct pen_str token)
{
    struct pen_jws jws;
    if (pen_jws_read(token, arena, &jws) != PEN_TOKEN_OK) return false;

    const struct pen_key *const key = pen_keyset_find(set, jws.kid, jws.alg);
    return key != NULL
           && pen_prover_check(prover, key, jws.alg, jws.signed_text, jws.signature) == PEN_OK;
}

/* A vector that we decide otherwise than its authors, with the reason. */
struct exception {
    uint64_t id;
    const char *why;
};

static bool is_exception(const struct exception *list, size_t count, uint64_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i].id == id) return true;
    }
    return false;
}

static void run_group(const struct pen_json *group, struct pen_str document,
                      const struct exception *exceptions, size_t exception_count, size_t *count)
{
    struct pen_keyset *set = NULL;
    struct pen_error err;
    const enum pen_status status = pen_keyset_parse(document, ALL_ALGORITHMS, &set, NULL, &err);
    const struct pen_json *const tests = pen_json_member(group, PEN_S("tests"));
    assert_non_null(tests);
    for (const struct pen_json *one = tests->first; one != NULL; one = one->next) {
        uint64_t id;
        assert_int_equal(pen_json_to_u64(pen_json_member(one, PEN_S("tcId")), &id), PEN_OK);
        const bool valid = pen_str_equal(text_member(one, PEN_S("result")), PEN_S("valid"));
        const bool wanted = valid != is_exception(exceptions, exception_count, id);
        const bool got = status == PEN_OK && proves(set, text_member(one, PEN_S("jws")));
        if (got != wanted) {
            fail_msg("vector %llu (%.*s) %s", (unsigned long long)id,
                     PEN_STR_ARGS(text_member(one, PEN_S("comment"))),
                     got ? "accepted" : "refused");
        }
        ++*count;
    }
    pen_keyset_release(set);
}

static const struct pen_json *key_of(const struct pen_json *group)
{
    const struct pen_json *const key = pen_json_member(group, PEN_S("public"));
    return key != NULL ? key : pen_json_member(group, PEN_S("private"));
}

static void agrees_with_the_signature_vectors(void **state)
{
    (void)state;
    static const struct exception exceptions[] = {
        {259, "an empty payload holds no claims"},
        {264, "an empty payload"},
        {268, "an empty payload"},
        {272, "an empty payload"},
        {320, "an empty payload"},
        {325, "an empty payload"},
        {346, "PS384 asked of a key whose own \"alg\" is PS256"},
        {347, "a key whose \"alg\" is ES521: no such algorithm"},
        {350, "as 346"},
        {351, "as 347"},
        {367, "its padding is lost in the file: the same bytes as 357, which is valid"},
        {370, "as 367"},
        {372, "a '?' in the header, which RFC 7515 section 2 does not know"},
        {373, "a '?' in the payload"},
    };
    const struct pen_str file = read_suite("json_web_signature_test.json");
    const struct pen_json *const groups = pen_json_member(parse(file), PEN_S("testGroups"));
    assert_non_null(groups);
    size_t count = 0;
    for (const struct pen_json *group = groups->first; group != NULL; group = group->next) {
        const struct pen_json *const key = key_of(group);
        assert_non_null(key);
        const struct pen_str jwk = pen_str_slice(file, key->place.start, key->place.end);
        run_group(group, joined(PEN_S("{\"keys\":["), jwk, PEN_S("]}")), exceptions,
                  PEN_COUNT_OF(exceptions), &count);
    }
    printf("%zu signature vectors\n", count);
    assert_true(count > 300);
}

static void agrees_with_the_key_vectors(void **state)
{
    (void)state;
    static const struct exception exceptions[] = {
        {4, "the second key of that kid is not canonical base64url: left out, one remains"},
    };
    const struct pen_str file = read_suite("json_web_key_test.json");
    const struct pen_json *const groups = pen_json_member(parse(file), PEN_S("testGroups"));
    assert_non_null(groups);
    size_t count = 0;
    for (const struct pen_json *group = groups->first; group != NULL; group = group->next) {
        const struct pen_json *const set = key_of(group);
        assert_non_null(set);
        run_group(group, pen_str_slice(file, set->place.start, set->place.end), exceptions,
                  PEN_COUNT_OF(exceptions), &count);
    }
    printf("%zu key vectors\n", count);
    assert_true(count > 20);
}

/* The cookbook's keys are private ones; this is their public half. */
static struct pen_str public_set(const struct pen_json *key)
{
    static const struct pen_str members[] = {PEN_STR("kty"), PEN_STR("kid"), PEN_STR("crv"),
                                             PEN_STR("x"),   PEN_STR("y"),   PEN_STR("n"),
                                             PEN_STR("e"),   PEN_STR("k")};
    struct pen_buf buf = pen_buf_over(pen_arena_bytes(arena, 8192), 8192);
    pen_buf_put(&buf, PEN_S("{\"keys\":[{\"use\":\"sig\""));
    for (size_t i = 0; i < PEN_COUNT_OF(members); i++) {
        const struct pen_str text = text_member(key, members[i]);
        if (text.len == 0) continue;
        pen_buf_format(&buf, ",\"%s\":\"", members[i].ptr);
        pen_buf_json(&buf, text);
        pen_buf_byte(&buf, '"');
    }
    pen_buf_put(&buf, PEN_S("}]}"));
    assert_false(buf.full);
    return pen_buf_str(&buf);
}

static void agrees_with_the_cookbook(void **state)
{
    (void)state;
    const struct {
        const char *file;
        bool accepted;
        const char *why;
    } rows[] = {
        {"cookbook/4_1.rsa_v15_signature.json", true, "RS256"},
        {"cookbook/4_2.rsa-pss_signature.json", true, "PS384"},
        {"cookbook/4_3.ecdsa_signature.json", true, "ES512"},
        {"cookbook/4_4.hmac-sha2_integrity_protection.json", true, "HS256"},
        {"cookbook/jws.json", true, "Ed25519"},
        {"cookbook/hmac-sha2_b64_false.json", false, "unencoded payload"},
        {"cookbook/4.2.hmac-sha2_b64_false.json", false, "unencoded payload, detached"},
        {"cookbook/4_5.signature_with_detached_content.json", false, "no payload"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_json *const root = parse(read_suite(rows[i].file));
        const struct pen_json *const key = pen_json_resolve(root, PEN_S("/input/key"));
        const struct pen_str compact =
            pen_json_string_or(pen_json_resolve(root, PEN_S("/output/compact")), PEN_S(""));
        assert_non_null(key);
        struct pen_keyset *set;
        struct pen_error err;
        if (pen_keyset_parse(public_set(key), ALL_ALGORITHMS, &set, NULL, &err) != PEN_OK) {
            fail_msg("%s: %s", rows[i].file, err.text);
        }
        const bool accepted = proves(set, compact);
        pen_keyset_release(set);
        if (accepted != rows[i].accepted || (rows[i].accepted && compact.len == 0)) {
            fail_msg("%s (%s)", rows[i].file, rows[i].why);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_signature_vectors),
        cmocka_unit_test(agrees_with_the_key_vectors),
        cmocka_unit_test(agrees_with_the_cookbook),
    };
    return cmocka_run_group_tests_name("jose_suite", tests, make_prover, drop_prover);
}

/** The cache of proven tokens: what comes back, what leaves, and that memory stays bounded. */
#include "gateway/auth/token_cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/auth/claims.h"
#include "gateway/auth/claims_pack.h"
#include "gateway/auth/jws.h"

#define NOW 1000000

static struct pen_arena *arena;

static int make_arena(void **state)
{
    (void)state;
    return pen_arena_create((size_t)32 << 20, 65536, &arena) == PEN_OK ? 0 : -1;
}

static int drop_arena(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

static int reset_arena(void **state)
{
    (void)state;
    pen_arena_reset(arena);
    return 0;
}

static struct pen_token_cache *new_cache(size_t entries)
{
    struct pen_token_cache *cache;
    assert_int_equal(pen_token_cache_create(entries, &cache), PEN_OK);
    pen_token_cache_generation(cache, 1);
    return cache;
}

static const struct pen_json *claims_of(struct pen_str text)
{
    const struct pen_json *claims;
    assert_int_equal(pen_claims_read(text, arena, &claims), PEN_TOKEN_OK);
    return claims;
}

/* A key that differs for every number, in bucket and beyond. */
static const unsigned char *hash_of(uint32_t number)
{
    unsigned char *const hash = pen_arena_calloc(arena, 1, PEN_SHA256_BYTES);
    assert_non_null(hash);
    const uint32_t mixed = number * 2654435761U;
    memcpy(hash, &mixed, sizeof(mixed));
    memcpy(hash + 20, &number, sizeof(number));
    return hash;
}

static void put(struct pen_token_cache *cache, uint32_t number, const struct pen_json *claims)
{
    const struct pen_token_proof proof = {
        .issuer = 3, .expires = NOW + 500, .until = NOW + 60, .claims = claims};
    pen_token_cache_put(cache, hash_of(number), &proof, NOW);
}

static bool has(struct pen_token_cache *cache, uint32_t number)
{
    struct pen_token_proof proof;
    const enum pen_status status =
        pen_token_cache_get(cache, hash_of(number), 3, NOW, arena, &proof);
    assert_true(status == PEN_OK || status == PEN_ERR_NOT_FOUND);
    return status == PEN_OK;
}

static bool same_span(struct pen_place a, struct pen_place b)
{
    return a.start == b.start && a.end == b.end;
}

static void assert_same_tree(const struct pen_json *a, const struct pen_json *b)
{
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->index, b->index);
    assert_true(pen_str_equal(a->text, b->text));
    assert_true(pen_str_equal(a->name, b->name));
    assert_int_equal(a->name.ptr == NULL, b->name.ptr == NULL);
    assert_true(same_span(a->place, b->place));
    assert_true(same_span(a->name_place, b->name_place));
    const struct pen_json *other = b->first;
    for (const struct pen_json *child = a->first; child != NULL; child = child->next) {
        assert_non_null(other);
        assert_ptr_equal(child->parent, a);
        assert_ptr_equal(other->parent, b);
        assert_same_tree(child, other);
        other = other->next;
    }
    assert_null(other);
}

static void gives_back_the_same_claims(void **state)
{
    (void)state;
    struct pen_token_cache *const cache = new_cache(16);
    const struct pen_str texts[] = {
        PEN_STR("{}"),
        PEN_STR("{\"a\":1}"),
        PEN_STR("{\"iss\":\"x\",\"aud\":[\"a\",\"b\"],\"o\":{\"p\":{\"q\":[]},\"\":null},"
                "\"t\":true,\"f\":false,\"n\":-1.5e3,\"u\":\"\\u00e9\\n\\u0000\",\"z\":\"\"}"),
        PEN_STR("{\"deep\":[[[[[[[[[[[[[[1]]]]]]]]]]]]]]}"),
    };
    for (uint32_t i = 0; i < PEN_COUNT_OF(texts); i++) {
        const struct pen_json *const claims = claims_of(texts[i]);
        struct pen_token_proof proof;
        put(cache, i, claims);
        assert_int_equal(pen_token_cache_get(cache, hash_of(i), 3, NOW, arena, &proof), PEN_OK);
        assert_int_equal(proof.issuer, 3);
        assert_int_equal(proof.expires, NOW + 500);
        assert_same_tree(claims, proof.claims);
    }
    /* What was given out is a copy: it outlives the cache. */
    struct pen_token_proof proof;
    assert_int_equal(pen_token_cache_get(cache, hash_of(2), 3, NOW, arena, &proof), PEN_OK);
    pen_token_cache_destroy(cache);
    assert_same_tree(claims_of(texts[2]), proof.claims);
}

static void keeps_the_largest_claims_that_the_front_end_passes(void **state)
{
    (void)state;
    /* As many values as are allowed, then as many bytes. */
    struct pen_buf many = pen_buf_over(pen_arena_bytes(arena, 8192), 8192);
    pen_buf_put(&many, PEN_S("{\"a\":[1"));
    for (int i = 3; i < PEN_TOKEN_MAX_NODES; i++) {
        pen_buf_put(&many, PEN_S(",1"));
    }
    pen_buf_put(&many, PEN_S("]}"));
    struct pen_buf wide = pen_buf_over(pen_arena_bytes(arena, 8192), 8192);
    pen_buf_put(&wide, PEN_S("{\"a\":\""));
    while (wide.len < PEN_CLAIMS_MAX_BYTES - 2) {
        pen_buf_byte(&wide, 'x');
    }
    pen_buf_put(&wide, PEN_S("\"}"));
    const struct pen_str texts[] = {pen_buf_str(&many), pen_buf_str(&wide)};
    struct pen_token_cache *const cache = new_cache(1);
    for (uint32_t i = 0; i < PEN_COUNT_OF(texts); i++) {
        const struct pen_json *const claims = claims_of(texts[i]);
        struct pen_token_proof proof;
        put(cache, i, claims);
        assert_int_equal(pen_token_cache_get(cache, hash_of(i), 3, NOW, arena, &proof), PEN_OK);
        assert_same_tree(claims, proof.claims);
        assert_int_equal(pen_token_cache_count(cache), 1);
    }
    pen_token_cache_destroy(cache);
}

static void knows_entries_by_hash_issuer_and_generation(void **state)
{
    (void)state;
    struct pen_token_cache *const cache = new_cache(16);
    struct pen_token_proof proof;
    put(cache, 1, claims_of(PEN_S("{\"a\":1}")));
    assert_true(has(cache, 1));
    assert_false(has(cache, 2));
    assert_int_equal(pen_token_cache_get(cache, hash_of(1), 4, NOW, arena, &proof),
                     PEN_ERR_NOT_FOUND);

    pen_token_cache_generation(cache, 1);
    assert_true(has(cache, 1));
    pen_token_cache_generation(cache, 2);
    assert_false(has(cache, 1));
    assert_int_equal(pen_token_cache_count(cache), 0);
    /* Going back does not bring anything back. */
    pen_token_cache_generation(cache, 1);
    assert_false(has(cache, 1));
    pen_token_cache_destroy(cache);
}

static void serves_an_entry_only_within_its_time(void **state)
{
    (void)state;
    const struct {
        const char *why;
        int64_t now;
        bool found;
    } rows[] = {
        {"at once", NOW, true},
        {"at its last second", NOW + 59, true},
        {"at its end", NOW + 60, false},
        {"long after", NOW + 100000, false},
        {"the clock was set back", NOW - 1, false},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_token_cache *const cache = new_cache(4);
        struct pen_token_proof proof;
        put(cache, 1, claims_of(PEN_S("{}")));
        const enum pen_status status =
            pen_token_cache_get(cache, hash_of(1), 3, rows[i].now, arena, &proof);
        if ((status == PEN_OK) != rows[i].found) fail_msg("%s", rows[i].why);
        /* Once out of its time an entry is gone for good. */
        assert_int_equal(has(cache, 1), rows[i].found);
        pen_token_cache_destroy(cache);
    }
    struct pen_token_cache *const cache = new_cache(4);
    const struct pen_token_proof over = {.until = NOW, .claims = claims_of(PEN_S("{}"))};
    pen_token_cache_put(cache, hash_of(1), &over, NOW);
    assert_int_equal(pen_token_cache_count(cache), 0);
    pen_token_cache_destroy(cache);
}

static void drops_the_least_recently_used(void **state)
{
    (void)state;
    struct pen_token_cache *const cache = new_cache(4);
    const struct pen_json *const claims = claims_of(PEN_S("{\"a\":1}"));
    for (uint32_t i = 0; i < 4; i++) {
        put(cache, i, claims);
    }
    assert_true(has(cache, 0)); /* now 1 is the oldest */
    put(cache, 4, claims);
    assert_int_equal(pen_token_cache_count(cache), 4);
    assert_false(has(cache, 1));
    assert_true(has(cache, 0));
    assert_true(has(cache, 2));
    assert_true(has(cache, 3));
    assert_true(has(cache, 4));
    put(cache, 4, claims); /* again: replaces, drops nobody */
    assert_true(has(cache, 0));
    assert_int_equal(pen_token_cache_count(cache), 4);
    pen_token_cache_destroy(cache);
}

/* A model with the same rule beside it: after thousands of random steps both agree. */
static void agrees_with_a_simple_model(void **state)
{
    (void)state;
    enum { ENTRIES = 8, NUMBERS = 24 };
    struct pen_token_cache *const cache = new_cache(ENTRIES);
    uint64_t used[NUMBERS] = {0}; /* when last used; 0 = not kept */
    uint64_t step = 0;
    uint32_t random = 12345;
    for (int round = 0; round < 5000; round++) {
        pen_arena_reset(arena);
        random = random * 1664525U + 1013904223U;
        const uint32_t number = (random >> 8) % NUMBERS;
        step++;
        if ((random >> 20) % 2 == 0) {
            size_t kept = 0;
            size_t oldest = 0;
            for (size_t i = 0; i < NUMBERS; i++) {
                if (used[i] == 0) continue;
                if (kept == 0 || used[i] < used[oldest]) oldest = i;
                kept++;
            }
            if (used[number] == 0 && kept == ENTRIES) used[oldest] = 0;
            put(cache, number, claims_of(PEN_S("{\"n\":[1,2,3],\"s\":\"text\"}")));
            used[number] = step;
        } else {
            const bool found = has(cache, number);
            if (found != (used[number] != 0)) fail_msg("round %d, number %u", round, number);
            if (found) used[number] = step;
        }
    }
    pen_token_cache_destroy(cache);
}

static void makes_room_for_large_claims_by_dropping_small_ones(void **state)
{
    (void)state;
    struct pen_token_cache *const cache = new_cache(64);
    const struct pen_json *const small = claims_of(PEN_S("{\"a\":1}"));
    struct pen_buf text = pen_buf_over(pen_arena_bytes(arena, 8192), 8192);
    pen_buf_put(&text, PEN_S("{\"a\":[\"x\""));
    for (int i = 0; i < 900; i++) {
        pen_buf_put(&text, PEN_S(",\"xx\""));
    }
    pen_buf_put(&text, PEN_S("]}"));
    const struct pen_json *const large = claims_of(pen_buf_str(&text));
    for (uint32_t round = 0; round < 20; round++) {
        for (uint32_t i = 0; i < 64; i++) {
            put(cache, round * 1000 + i, small);
        }
        for (uint32_t i = 0; i < 8; i++) {
            put(cache, round * 1000 + 100 + i, large);
            assert_true(has(cache, round * 1000 + 100 + i));
        }
        assert_true(pen_token_cache_count(cache) <= 64);
    }
    pen_token_cache_destroy(cache);
}

static void says_when_the_arena_is_full(void **state)
{
    (void)state;
    struct pen_token_cache *const cache = new_cache(4);
    put(cache, 1, claims_of(PEN_S("{\"a\":[1,2,{\"b\":\"c\"}]}")));
    enum pen_status status = PEN_ERR_NOMEM;
    for (size_t limit = 1; limit < 8192 && status != PEN_OK; limit++) {
        struct pen_arena *tight;
        struct pen_token_proof proof;
        assert_int_equal(pen_arena_create(limit, 1, &tight), PEN_OK);
        status = pen_token_cache_get(cache, hash_of(1), 3, NOW, tight, &proof);
        assert_true(status == PEN_OK || status == PEN_ERR_NOMEM);
        pen_arena_destroy(tight);
    }
    assert_int_equal(status, PEN_OK);
    pen_token_cache_destroy(cache);
}

static void refuses_to_be_absurdly_large(void **state)
{
    (void)state;
    struct pen_token_cache *cache = NULL;
    assert_int_equal(pen_token_cache_create(PEN_TOKEN_CACHE_MOST + 1, &cache), PEN_ERR_LIMIT);
    assert_null(cache);
    pen_token_cache_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(gives_back_the_same_claims, reset_arena),
        cmocka_unit_test_setup(keeps_the_largest_claims_that_the_front_end_passes, reset_arena),
        cmocka_unit_test_setup(knows_entries_by_hash_issuer_and_generation, reset_arena),
        cmocka_unit_test_setup(serves_an_entry_only_within_its_time, reset_arena),
        cmocka_unit_test_setup(drops_the_least_recently_used, reset_arena),
        cmocka_unit_test_setup(agrees_with_a_simple_model, reset_arena),
        cmocka_unit_test_setup(makes_room_for_large_claims_by_dropping_small_ones, reset_arena),
        cmocka_unit_test_setup(says_when_the_arena_is_full, reset_arena),
        cmocka_unit_test_setup(refuses_to_be_absurdly_large, reset_arena),
    };
    return cmocka_run_group_tests_name("token_cache", tests, make_arena, drop_arena);
}

/** Arenas and the stock that they share: bounds, reuse, and that nothing is kept beyond them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "filters/core/arena.h"

#define KIB ((size_t)1 << 10)
#define MIB ((size_t)1 << 20)

static struct pen_arena *new_arena(size_t limit, size_t block, struct pen_stock *stock)
{
    struct pen_arena *arena = NULL;
    assert_int_equal(pen_arena_create(limit, block, &arena), PEN_OK);
    if (stock != NULL) pen_arena_share(arena, stock);
    return arena;
}

static struct pen_stock *new_stock(size_t keep)
{
    struct pen_stock *stock = NULL;
    assert_int_equal(pen_stock_create(keep, &stock), PEN_OK);
    return stock;
}

/* All of it is written to, so that the sanitizer sees what is too short. */
static char *take(struct pen_arena *arena, size_t size)
{
    char *const bytes = pen_arena_alloc(arena, size);
    if (bytes != NULL) memset(bytes, 0xa5, size);
    return bytes;
}

static void gives_what_fits_its_limit_and_nothing_more(void **state)
{
    (void)state;
    struct pen_arena *const arena = new_arena(64 * KIB, KIB, NULL);
    assert_non_null(take(arena, 32 * KIB));
    assert_null(take(arena, 64 * KIB));
    assert_non_null(take(arena, 16 * KIB));
    assert_null(pen_arena_calloc(arena, SIZE_MAX / 2, 4));
    pen_arena_reset(arena);
    assert_int_equal(pen_arena_used(arena), 0);
    assert_non_null(take(arena, 60 * KIB));
    pen_arena_destroy(arena);
}

static void gives_back_the_tail_of_the_newest_text_only(void **state)
{
    (void)state;
    struct pen_arena *const arena = new_arena(KIB, KIB, NULL);
    char *const first = pen_arena_bytes(arena, 100);
    pen_arena_trim(arena, first, 100, 10);
    char *const second = pen_arena_bytes(arena, 100);
    assert_ptr_equal(second, first + 10);
    pen_arena_trim(arena, first, 10, 0); /* no longer the newest */
    assert_int_equal(pen_arena_used(arena), 110);
    pen_arena_destroy(arena);
}

static void keeps_large_blocks_for_the_next_arena(void **state)
{
    (void)state;
    struct pen_stock *const stock = new_stock(4 * MIB);
    struct pen_arena *const one = new_arena(16 * MIB, KIB, stock);
    struct pen_arena *const other = new_arena(16 * MIB, KIB, stock);
    const char *const large = take(one, 2 * MIB);
    assert_non_null(large);
    assert_int_equal(pen_stock_bytes(stock), 0);
    pen_arena_reset(one);
    assert_int_equal(pen_stock_bytes(stock), 2 * MIB);
    assert_ptr_equal(take(other, 2 * MIB), large);
    assert_int_equal(pen_stock_bytes(stock), 0);
    pen_arena_destroy(other);
    assert_int_equal(pen_stock_bytes(stock), 2 * MIB);
    pen_arena_destroy(one);
    pen_stock_destroy(stock);
}

static void keeps_no_more_than_it_is_told(void **state)
{
    (void)state;
    const struct {
        const char *why;
        size_t keep;
        size_t sizes[4];
        size_t kept;
    } rows[] = {
        {"nothing is to be kept", 0, {MIB}, 0},
        {"all of it fits", 4 * MIB, {2 * MIB, 2 * MIB}, 4 * MIB},
        {"a block beyond the bound", 4 * MIB, {5 * MIB}, 0},
        {"the oldest make room", 4 * MIB, {2 * MIB, 2 * MIB, 3 * MIB}, 3 * MIB},
        {"a block too large pushes none out", 4 * MIB, {3 * MIB, 5 * MIB}, 3 * MIB},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_stock *const stock = new_stock(rows[i].keep);
        struct pen_arena *const arena = new_arena(64 * MIB, KIB, stock);
        for (size_t n = 0; n < PEN_COUNT_OF(rows[i].sizes) && rows[i].sizes[n] > 0; n++) {
            assert_non_null(take(arena, rows[i].sizes[n]));
        }
        pen_arena_reset(arena);
        if (pen_stock_bytes(stock) != rows[i].kept) {
            fail_msg("%s: %zu", rows[i].why, pen_stock_bytes(stock));
        }
        pen_stock_empty(stock);
        assert_int_equal(pen_stock_bytes(stock), 0);
        pen_arena_destroy(arena);
        pen_stock_destroy(stock);
    }
}

static void gives_back_what_is_needed_no_longer(void **state)
{
    (void)state;
    struct pen_stock *const stock = new_stock(4 * MIB);
    struct pen_arena *const arena = new_arena(4 * MIB, KIB, stock);
    for (int turn = 0; turn < 3; turn++) {
        assert_non_null(take(arena, MIB));
        pen_arena_reset(arena);
        assert_false(pen_stock_rest(stock)); /* it was taken from, or left something in */
        assert_int_equal(pen_stock_bytes(stock), MIB);
    }
    assert_true(pen_stock_rest(stock));
    assert_int_equal(pen_stock_bytes(stock), 0);
    assert_true(pen_stock_rest(stock));
    pen_arena_destroy(arena);
    pen_stock_destroy(stock);
}

static void keeps_no_more_however_many_arenas_share_it(void **state)
{
    (void)state;
    struct pen_stock *const stock = new_stock(4 * MIB);
    struct pen_arena *arenas[100];
    for (size_t i = 0; i < PEN_COUNT_OF(arenas); i++) {
        arenas[i] = new_arena(4 * MIB, KIB, stock);
        assert_non_null(take(arenas[i], 100 * KIB));
    }
    for (size_t i = 0; i < PEN_COUNT_OF(arenas); i++) {
        pen_arena_reset(arenas[i]);
        assert_true(pen_stock_bytes(stock) <= 4 * MIB);
    }
    for (size_t i = 0; i < PEN_COUNT_OF(arenas); i++) {
        assert_non_null(take(arenas[i], 50 * KIB));
        pen_arena_destroy(arenas[i]);
    }
    pen_stock_destroy(stock);
}

static void takes_no_block_beyond_the_arenas_own_limit(void **state)
{
    (void)state;
    struct pen_stock *const stock = new_stock(4 * MIB);
    struct pen_arena *const large = new_arena(4 * MIB, KIB, stock);
    struct pen_arena *const small = new_arena(100 * KIB, KIB, stock);
    assert_non_null(take(large, 2 * MIB));
    pen_arena_reset(large);
    assert_non_null(take(small, 64 * KIB));
    assert_int_equal(pen_stock_bytes(stock), 2 * MIB);
    assert_null(take(small, 64 * KIB));
    pen_arena_destroy(small);
    pen_arena_destroy(large);
    pen_stock_destroy(stock);
}

static void count(void *handle)
{
    ++*(int *)handle;
}

static void calls_what_was_deferred_at_each_reset_once(void **state)
{
    (void)state;
    int calls = 0;
    struct pen_arena *const arena = new_arena(KIB, KIB, NULL);
    assert_int_equal(pen_arena_defer(arena, count, &calls), PEN_OK);
    assert_int_equal(pen_arena_defer(arena, count, &calls), PEN_OK);
    pen_arena_reset(arena);
    pen_arena_reset(arena);
    assert_int_equal(calls, 2);
    assert_non_null(pen_arena_bytes(arena, KIB));
    assert_int_equal(pen_arena_defer(arena, count, &calls), PEN_ERR_NOMEM);
    assert_int_equal(calls, 3);
    pen_arena_destroy(arena);
}

static void goes_back_to_a_mark_and_no_further(void **state)
{
    (void)state;
    int early = 0;
    int late = 0;
    struct pen_arena *const arena = new_arena(8 * KIB, KIB, NULL);
    char *const kept = pen_arena_bytes(arena, 100);
    assert_non_null(kept);
    memset(kept, 'k', 100);
    assert_int_equal(pen_arena_defer(arena, count, &early), PEN_OK);
    const size_t used = pen_arena_used(arena);

    const char *first = NULL;
    for (int round = 1; round <= 3; round++) {
        const struct pen_arena_mark mark = pen_arena_mark(arena);
        char *const again = pen_arena_bytes(arena, 50);
        /* All of the limit: were a block of the round before still held, it would not fit. */
        char *const large = pen_arena_bytes(arena, 7 * KIB);
        assert_non_null(again);
        if (first == NULL) first = again;
        assert_true(again == first);
        assert_non_null(large);
        memset(again, 'x', 50);
        memset(large, 'x', 7 * KIB);
        assert_null(pen_arena_bytes(arena, KIB));
        pen_arena_rewind(arena, mark);
        assert_int_equal(pen_arena_used(arena), used);
    }
    assert_int_equal(kept[0], 'k');
    assert_int_equal(kept[99], 'k');

    const struct pen_arena_mark mark = pen_arena_mark(arena);
    assert_int_equal(pen_arena_defer(arena, count, &late), PEN_OK);
    pen_arena_rewind(arena, mark);
    assert_int_equal(late, 1);
    assert_int_equal(early, 0);
    pen_arena_destroy(arena);
    assert_int_equal(late, 1);
    assert_int_equal(early, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_what_fits_its_limit_and_nothing_more),
        cmocka_unit_test(gives_back_the_tail_of_the_newest_text_only),
        cmocka_unit_test(keeps_large_blocks_for_the_next_arena),
        cmocka_unit_test(keeps_no_more_than_it_is_told),
        cmocka_unit_test(gives_back_what_is_needed_no_longer),
        cmocka_unit_test(keeps_no_more_however_many_arenas_share_it),
        cmocka_unit_test(takes_no_block_beyond_the_arenas_own_limit),
        cmocka_unit_test(calls_what_was_deferred_at_each_reset_once),
        cmocka_unit_test(goes_back_to_a_mark_and_no_further),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

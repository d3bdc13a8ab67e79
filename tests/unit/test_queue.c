/** The queue between a worker and the writer: order, limits, wrapping, two threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "gateway/record/queue.h"

static bool put(struct pen_queue *queue, struct pen_str text)
{
    char *const memory = pen_queue_reserve(queue, text.len);
    if (memory == NULL) return false;
    if (text.len > 0) memcpy(memory, text.ptr, text.len);
    pen_queue_commit(queue, text.len);
    return true;
}

static void gives_records_back_in_order(void **state)
{
    (void)state;
    struct pen_queue *queue = NULL;
    struct pen_str record;
    assert_int_equal(pen_queue_create(1, &queue), PEN_OK);
    assert_false(pen_queue_peek(queue, &record));
    assert_true(put(queue, PEN_S("first")));
    assert_true(put(queue, PEN_S("")));
    assert_true(put(queue, PEN_S("third")));
    assert_true(pen_queue_peek(queue, &record));
    assert_true(pen_str_equal(record, PEN_S("first")));
    pen_queue_drop(queue);
    assert_true(pen_queue_peek(queue, &record));
    assert_int_equal(record.len, 0);
    pen_queue_drop(queue);
    assert_true(pen_queue_peek(queue, &record));
    assert_true(pen_str_equal(record, PEN_S("third")));
    pen_queue_drop(queue);
    assert_false(pen_queue_peek(queue, &record));
    assert_int_equal(pen_queue_waiting(queue), 0);
    pen_queue_destroy(queue);
}

static void keeps_only_what_was_used_of_a_reservation(void **state)
{
    (void)state;
    struct pen_queue *queue = NULL;
    struct pen_str record;
    assert_int_equal(pen_queue_create(4096, &queue), PEN_OK);
    char *const memory = pen_queue_reserve(queue, 1000);
    assert_non_null(memory);
    memcpy(memory, "abc", 3);
    pen_queue_commit(queue, 3);
    assert_true(pen_queue_waiting(queue) < 64);
    assert_true(pen_queue_peek(queue, &record));
    assert_true(pen_str_equal(record, PEN_S("abc")));
    pen_queue_destroy(queue);
}

static void says_when_it_is_full_and_recovers(void **state)
{
    (void)state;
    struct pen_queue *queue = NULL;
    struct pen_str record;
    char text[500];
    memset(text, 'x', sizeof(text));
    assert_int_equal(pen_queue_create(4096, &queue), PEN_OK);
    assert_null(pen_queue_reserve(queue, 4096));
    for (int round = 0; round < 50; round++) {
        size_t count = 0;
        while (put(queue, (struct pen_str){text, sizeof(text) - (size_t)round})) {
            count++;
        }
        assert_true(count >= 6 && count <= 8);
        for (size_t i = 0; i < count; i++) {
            assert_true(pen_queue_peek(queue, &record));
            assert_int_equal(record.len, sizeof(text) - (size_t)round);
            pen_queue_drop(queue);
        }
        assert_false(pen_queue_peek(queue, &record));
    }
    pen_queue_destroy(queue);
}

enum { RECORDS = 200000 };

static void *produce(void *argument)
{
    struct pen_queue *const queue = argument;
    for (uint32_t i = 0; i < RECORDS; i++) {
        /* Different lengths make the ring wrap at every place. */
        char text[64];
        const size_t length = sizeof(i) + i % 50;
        memset(text, (int)(i & 0x7f), sizeof(text));
        memcpy(text, &i, sizeof(i));
        while (!put(queue, (struct pen_str){text, length})) {
            (void)sched_yield();
        }
    }
    return NULL;
}

static void passes_whole_records_between_two_threads(void **state)
{
    (void)state;
    struct pen_queue *queue = NULL;
    pthread_t producer;
    assert_int_equal(pen_queue_create(4096, &queue), PEN_OK);
    assert_int_equal(pthread_create(&producer, NULL, produce, queue), 0);
    for (uint32_t expected = 0; expected < RECORDS;) {
        struct pen_str record;
        if (!pen_queue_peek(queue, &record)) {
            (void)sched_yield();
            continue;
        }
        uint32_t number = 0;
        memcpy(&number, record.ptr, sizeof(number));
        assert_int_equal(number, expected);
        assert_int_equal(record.len, sizeof(number) + expected % 50);
        if (record.len > sizeof(number)) {
            assert_int_equal(record.ptr[record.len - 1], (char)(expected & 0x7f));
        }
        pen_queue_drop(queue);
        expected++;
    }
    assert_int_equal(pthread_join(producer, NULL), 0);
    pen_queue_destroy(queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_records_back_in_order),
        cmocka_unit_test(keeps_only_what_was_used_of_a_reservation),
        cmocka_unit_test(says_when_it_is_full_and_recovers),
        cmocka_unit_test(passes_whole_records_between_two_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

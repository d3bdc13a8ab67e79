/**
 * Names told apart by fingerprints: what happens where these are chosen to be alike.
 *
 * A caller cannot know the seed; the test does, and undoes the fingerprint to get names for it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "filters/core/json_names.h"

#define SEED  UINT64_C(0x7f3a12345678)
#define NAMES 200

static struct pen_arena *arena;

static int set_up(void **state)
{
    (void)state;
    return pen_arena_create((size_t)1 << 20, 4096, &arena) == PEN_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

/* An object of names with eight bytes each, as the reader would leave it. */
struct object {
    struct pen_json_names names;
    struct pen_json node;
    struct pen_json members[NAMES];
    uint64_t bytes[NAMES];
};

static void begin(struct object *o)
{
    *o = (struct object){.names = {.seed = SEED}, .node = {.type = PEN_JSON_OBJECT}};
}

static uint64_t add(struct object *o, uint64_t bytes)
{
    const uint32_t index = o->node.count++;
    o->bytes[index] = bytes;
    struct pen_json *const member = &o->members[index];
    member->name = (struct pen_str){(const char *)&o->bytes[index], sizeof(bytes)};
    member->index = index;
    member->parent = &o->node;
    if (index == 0) {
        o->node.first = member;
    } else {
        o->members[index - 1].next = member;
    }
    assert_true(pen_json_names_add(&o->names, member->name, member->name.len, arena));
    return o->names.prints[o->names.count - 1];
}

static const struct pen_json *duplicate_of(struct object *o)
{
    const struct pen_json *duplicate = NULL;
    assert_int_equal(pen_json_names_close(&o->names, &o->node, arena, &duplicate), PEN_OK);
    assert_int_equal(o->names.count, 0);
    return duplicate;
}

static const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);

/* x with x * odd = 1, by Newton's method. */
static uint64_t inverse_of_odd(void)
{
    uint64_t x = odd;
    for (int i = 0; i < 6; i++) {
        x *= 2 - odd * x;
    }
    return x;
}

static uint64_t mix(uint64_t print, uint64_t word)
{
    print = (print ^ word) * odd;
    return print ^ (print >> 32);
}

static uint64_t unmix(uint64_t print)
{
    return (print ^ (print >> 32)) * inverse_of_odd();
}

/* The eight bytes whose fingerprint, before its lowest bit is set, is `print`. */
static uint64_t name_for(uint64_t print)
{
    const uint64_t zeros = 0; /* behind the eight */
    return unmix(unmix(print) ^ zeros) ^ mix(SEED, 8);
}

static void tells_names_with_equal_prints_apart(void **state)
{
    (void)state;
    struct object o;
    for (size_t others = 0; others <= 30; others += 30) {
        begin(&o);
        for (size_t i = 0; i < others; i++) {
            add(&o, i);
        }
        const uint64_t first = add(&o, name_for(UINT64_C(0x1122334455667788)));
        const uint64_t second = add(&o, name_for(UINT64_C(0x1122334455667789)));
        assert_true(first == second); /* else this test shows nothing */
        assert_null(duplicate_of(&o));
    }
}

static void finds_the_duplicate_among_names_with_equal_prints(void **state)
{
    (void)state;
    struct object o;
    begin(&o);
    add(&o, name_for(UINT64_C(0x1122334455667788)));
    add(&o, name_for(UINT64_C(0x1122334455667789)));
    add(&o, name_for(UINT64_C(0x1122334455667788)));
    assert_ptr_equal(duplicate_of(&o), &o.members[2]);
}

static void decides_where_all_names_crowd_into_one_place(void **state)
{
    (void)state;
    struct object o;
    for (int twice = 0; twice < 2; twice++) {
        begin(&o);
        for (uint64_t i = 0; o.node.count < NAMES - 1; i++) {
            /* Its product with `odd` begins with 24 zeros: the first place of every table. */
            const uint64_t print = i * inverse_of_odd();
            if ((print & 1) != 0) assert_true(add(&o, name_for(print)) == print);
        }
        add(&o, twice ? o.bytes[7] : name_for(UINT64_C(0x1122334455667789)));
        const struct pen_json *const duplicate = duplicate_of(&o);
        if (twice) {
            assert_ptr_equal(duplicate, &o.members[NAMES - 1]);
        } else {
            assert_null(duplicate);
        }
    }
}

static void survives_every_shortage_of_memory(void **state)
{
    (void)state;
    struct object o;
    for (size_t limit = 0;; limit += 64) {
        struct pen_arena *small = NULL;
        assert_int_equal(pen_arena_create(limit, 64, &small), PEN_OK);
        begin(&o);
        bool added = true;
        for (uint64_t i = 0; added && i < 100; i++) {
            o.members[i].name = PEN_S("x");
            added = pen_json_names_add(&o.names, PEN_S("x"), 1, small);
        }
        o.node.count = 100;
        const struct pen_json *duplicate = NULL;
        for (size_t i = 0; i < 100; i++) {
            o.members[i].next = i < 99 ? &o.members[i + 1] : NULL;
        }
        o.node.first = &o.members[0];
        const bool closed =
            added && pen_json_names_close(&o.names, &o.node, small, &duplicate) == PEN_OK;
        pen_arena_destroy(small);
        if (closed) {
            assert_non_null(duplicate);
            break;
        }
        assert_true(limit < 1 << 16);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tells_names_with_equal_prints_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(finds_the_duplicate_among_names_with_equal_prints, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(decides_where_all_names_crowd_into_one_place, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(survives_every_shortage_of_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

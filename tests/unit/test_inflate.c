/** DEFLATE undone: one member, whole and checked, within its bounds, or a status that says why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "filters/core/codec/inflate.h"

#define ROOM ((size_t)1 << 20)

static const struct pen_inflate_limits plenty = {.bytes = (size_t)8 << 20};

static struct pen_arena *arena;
static char packed[ROOM];

static int set_up(void **state)
{
    (void)state;
    return pen_arena_create((size_t)64 << 20, 4096, &arena) == PEN_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

static int bits_of(enum pen_deflate form)
{
    return form == PEN_DEFLATE_GZIP ? 31 : form == PEN_DEFLATE_ZLIB ? 15 : -15;
}

/* `text` in `form`, in the static buffer. */
static struct pen_str pack(struct pen_str text, enum pen_deflate form)
{
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, bits_of(form), 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    stream.next_in = (unsigned char *)(uintptr_t)text.ptr;
    stream.avail_in = (unsigned)text.len;
    stream.next_out = (unsigned char *)packed;
    stream.avail_out = sizeof(packed);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    const size_t length = stream.total_out;
    deflateEnd(&stream);
    return (struct pen_str){packed, length};
}

static enum pen_status undo(struct pen_str in, enum pen_deflate form, struct pen_str *out)
{
    return pen_inflate(in, form, &plenty, arena, out);
}

static void undoes_each_form(void **state)
{
    (void)state;
    char *const large = malloc(ROOM);
    assert_non_null(large);
    uint32_t random = 1;
    for (size_t i = 0; i < ROOM; i++) {
        random = random * 1664525 + 1013904223; /* one letter of four, in no order: 4:1 */
        large[i] = (char)('a' + (random >> 30));
    }
    const struct {
        const char *why;
        struct pen_str text;
    } rows[] = {
        {"nothing", PEN_STR("")},
        {"a byte", PEN_STR("x")},
        {"a document", PEN_STR("{\"note\":\"' OR 1=1 --\"}")},
        {"what needs more room than was guessed", {large, ROOM}},
    };
    for (int form = PEN_DEFLATE_GZIP; form <= PEN_DEFLATE_BARE; form++) {
        for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
            struct pen_str out = {NULL, 0};
            const struct pen_str in = pack(rows[i].text, (enum pen_deflate)form);
            const enum pen_status status = undo(in, (enum pen_deflate)form, &out);
            if (status != PEN_OK || out.ptr == NULL || !pen_str_equal(out, rows[i].text)) {
                fail_msg("%s, form %d: %s", rows[i].why, form, pen_status_name(status));
            }
        }
    }
    free(large);
}

static void refuses_what_is_cut_or_followed(void **state)
{
    (void)state;
    struct pen_str out = {NULL, 0};
    for (int form = PEN_DEFLATE_GZIP; form <= PEN_DEFLATE_BARE; form++) {
        struct pen_str in = pack(PEN_S("one member and no more"), (enum pen_deflate)form);
        for (size_t length = 0; length < in.len; length++) {
            const struct pen_str cut = {in.ptr, length};
            assert_int_equal(undo(cut, (enum pen_deflate)form, &out), PEN_ERR_SYNTAX);
        }
        packed[in.len++] = '\0';
        assert_int_equal(undo(in, (enum pen_deflate)form, &out), PEN_ERR_SYNTAX);
        in = pack(PEN_S("twice"), (enum pen_deflate)form);
        memcpy(packed + in.len, packed, in.len);
        in.len *= 2;
        assert_int_equal(undo(in, (enum pen_deflate)form, &out), PEN_ERR_SYNTAX);
    }
    assert_null(out.ptr);
}

static void refuses_each_damaged_byte_of_a_check(void **state)
{
    (void)state;
    for (int form = PEN_DEFLATE_GZIP; form <= PEN_DEFLATE_ZLIB; form++) {
        const struct pen_str in = pack(PEN_S("checked"), (enum pen_deflate)form);
        const size_t check = form == PEN_DEFLATE_GZIP ? 8 : 4;
        for (size_t i = in.len - check; i < in.len; i++) {
            struct pen_str out = {NULL, 0};
            packed[i] = (char)(packed[i] ^ 0x40);
            assert_int_equal(undo(in, (enum pen_deflate)form, &out), PEN_ERR_SYNTAX);
            packed[i] = (char)(packed[i] ^ 0x40);
        }
    }
}

static void refuses_what_is_none(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str in;
        enum pen_deflate form;
    } rows[] = {
        {"nothing", PEN_STR(""), PEN_DEFLATE_GZIP},
        {"text", PEN_STR("nothing is packed in here"), PEN_DEFLATE_GZIP},
        {"its magic alone", PEN_STR("\x1f\x8b\x08"), PEN_DEFLATE_GZIP},
        {"its magic and ones, as long as can be said",
         PEN_STR("\x1f\x8b\x08\0\0\0\0\0\0\3\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
         PEN_DEFLATE_GZIP},
        {"a reserved flag", PEN_STR("\x1f\x8b\x08\x80\0\0\0\0\0\3\3\0\0\0\0\0\0\0\0\0"),
         PEN_DEFLATE_GZIP},
        {"a dictionary that nobody has", PEN_STR("\x78\xbb\0\0\0\1\3\0\0\0\0\1"), PEN_DEFLATE_ZLIB},
        {"bare where zlib is said", PEN_STR("\x4b\x04\x00"), PEN_DEFLATE_ZLIB},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_str out = {NULL, 0};
        if (undo(rows[i].in, rows[i].form, &out) != PEN_ERR_SYNTAX) fail_msg("%s", rows[i].why);
    }
}

static void bounds_what_comes_out(void **state)
{
    (void)state;
    char *const zeros = calloc(1, ROOM);
    assert_non_null(zeros);
    for (int form = PEN_DEFLATE_GZIP; form <= PEN_DEFLATE_BARE; form++) {
        struct pen_str out = {NULL, 0};
        struct pen_str in = pack((struct pen_str){zeros, ROOM}, (enum pen_deflate)form);
        const size_t before = pen_arena_used(arena);
        assert_int_equal(undo(in, (enum pen_deflate)form, &out), PEN_ERR_INVALID);
        /* What a bomb may cost is what the ratio allows, twice where room had to grow. */
        assert_true(pen_arena_used(arena) - before <= 200 * in.len);

        const struct pen_inflate_limits wide = {.bytes = ROOM, .ratio = 2000};
        assert_int_equal(pen_inflate(in, (enum pen_deflate)form, &wide, arena, &out), PEN_OK);
        assert_int_equal(out.len, ROOM);
        const struct pen_inflate_limits narrow = {.bytes = ROOM - 1, .ratio = 2000};
        assert_int_equal(pen_inflate(in, (enum pen_deflate)form, &narrow, arena, &out),
                         PEN_ERR_LIMIT);

        /* Small texts that repeat are no bombs. */
        in = pack((struct pen_str){zeros, 60 << 10}, (enum pen_deflate)form);
        assert_int_equal(undo(in, (enum pen_deflate)form, &out), PEN_OK);
        const struct pen_inflate_limits none = {.bytes = 0};
        assert_int_equal(pen_inflate(in, (enum pen_deflate)form, &none, arena, &out),
                         PEN_ERR_LIMIT);
    }
    free(zeros);
}

static void gives_up_at_the_arenas_limit(void **state)
{
    (void)state;
    const struct pen_str in = pack(PEN_S("packed, and longer than the arena"), PEN_DEFLATE_ZLIB);
    struct pen_str out = {NULL, 0};
    enum pen_status status = PEN_ERR_NOMEM;
    for (size_t limit = 0; status != PEN_OK; limit += 64) {
        struct pen_arena *small = NULL;
        assert_int_equal(pen_arena_create(limit, 64, &small), PEN_OK);
        status = pen_inflate(in, PEN_DEFLATE_ZLIB, &plenty, small, &out);
        if (status != PEN_OK) {
            assert_int_equal(status, PEN_ERR_NOMEM);
            assert_null(out.ptr);
        }
        pen_arena_destroy(small);
    }
}

static void knows_gzip_by_its_first_bytes(void **state)
{
    (void)state;
    assert_true(pen_inflate_is_gzip(pack(PEN_S(""), PEN_DEFLATE_GZIP)));
    assert_false(pen_inflate_is_gzip(PEN_S("\x1f\x8b\x08 too short")));
    assert_false(pen_inflate_is_gzip(pack(PEN_S("some longer text here"), PEN_DEFLATE_ZLIB)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(undoes_each_form),
        cmocka_unit_test(refuses_what_is_cut_or_followed),
        cmocka_unit_test(refuses_each_damaged_byte_of_a_check),
        cmocka_unit_test(refuses_what_is_none),
        cmocka_unit_test(bounds_what_comes_out),
        cmocka_unit_test(gives_up_at_the_arenas_limit),
        cmocka_unit_test(knows_gzip_by_its_first_bytes),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

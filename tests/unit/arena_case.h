/** An arena of its own for each test of a file. */
#ifndef PEN_TEST_ARENA_CASE_H
#define PEN_TEST_ARENA_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "filters/core/arena.h"

static struct pen_arena *arena;

static inline int set_up(void **state)
{
    (void)state;
    return pen_arena_create((size_t)16 << 20, 4096, &arena) == PEN_OK ? 0 : -1;
}

static inline int tear_down(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

#endif

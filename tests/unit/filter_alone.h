/** One case for all tests of a program, in the default policy: most detectors want no other. */
#ifndef PEN_TEST_FILTER_ALONE_H
#define PEN_TEST_FILTER_ALONE_H

#include "tests/unit/filter_case.h"

static struct filter_case it;

static inline int set_up(void **state)
{
    (void)state;
    filter_case_open(&it, NULL);
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    filter_case_close(&it);
    return 0;
}

#endif

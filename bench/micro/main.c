/**
 * Runs each stage a number of times under callgrind and has its instructions written apart from
 * everything else; bench/micro/run starts this and reads them.
 *
 *   stages [TIMES]
 *
 * Prints a line "TIMES NAME" for each stage in the order of the dumps. Without callgrind it only
 * shows that every stage comes out as it should.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench/micro/stages.h"
#include "filters/core/str.h"

#if defined(__has_include)
#    if __has_include(<valgrind/callgrind.h>)
#        include <valgrind/callgrind.h>
#    endif
#endif
#ifndef CALLGRIND_START_INSTRUMENTATION
#    define CALLGRIND_START_INSTRUMENTATION (void)0
#    define CALLGRIND_STOP_INSTRUMENTATION  (void)0
#    define CALLGRIND_ZERO_STATS            (void)0
#    define CALLGRIND_DUMP_STATS_AT(name)   (void)(name)
#    define CANNOT_COUNT                    true
#else
#    define CANNOT_COUNT false
#endif

#define TIMES 100
#define WARM  20 /* the token is known, tables are filled, arenas have grown */

void stage_require(bool holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "stages: %s\n", what);
    exit(1);
}

struct pen_str stage_read(const char *name, char *memory, size_t room)
{
    char path[512];
    const int length = snprintf(path, sizeof(path), "%s/%s", PEN_SOURCE_DIR, name);
    stage_require(length > 0 && (size_t)length < sizeof(path), "path");
    FILE *const file = fopen(path, "rb");
    stage_require(file != NULL, path);
    const size_t size = fread(memory, 1, room, file);
    stage_require(fclose(file) == 0 && size > 0 && size < room, path);
    return (struct pen_str){memory, size};
}

static void repeat(const struct stage *stage, uint64_t times)
{
    for (uint64_t i = 0; i < times; i++) {
        stage_require(stage->once(), stage->name);
    }
}

/* Instructions are counted between start and stop only: set-up compiles patterns for long. */
static void count(const struct stage *stage, uint64_t times)
{
    repeat(stage, WARM);
    CALLGRIND_START_INSTRUMENTATION;
    CALLGRIND_ZERO_STATS;
    repeat(stage, times);
    CALLGRIND_DUMP_STATS_AT(stage->name);
    CALLGRIND_STOP_INSTRUMENTATION;
    printf("%llu %s\n", (unsigned long long)times, stage->name);
}

int main(int argc, char **argv)
{
    const struct stage_list *const lists[] = {&wire_stages, &token_stages, &schema_stages,
                                              &event_stages};
    uint64_t times = TIMES;
    if (argc > 2
        || (argc == 2
            && (pen_str_to_u64(pen_str_from_c(argv[1]), &times) != PEN_OK || times == 0))) {
        fprintf(stderr, "usage: stages [TIMES]\n");
        return 2;
    }
    if (CANNOT_COUNT) {
        fprintf(stderr, "stages: built without valgrind/callgrind.h, so nothing is counted\n");
    }
    for (size_t i = 0; i < PEN_COUNT_OF(lists); i++) {
        if (lists[i]->set_up != NULL) lists[i]->set_up();
        for (size_t j = 0; j < lists[i]->count; j++) {
            count(&lists[i]->stages[j], times);
        }
        if (lists[i]->tear_down != NULL) lists[i]->tear_down();
    }
    return fflush(stdout) == 0 ? 0 : 1;
}

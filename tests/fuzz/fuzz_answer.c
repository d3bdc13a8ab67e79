/**
 * The look at answers over any bytes: spans lie inside, each class comes in order, what is struck
 * out is as long as it was, and JSON that was JSON still is.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "filters/answer.h"
#include "filters/core/json.h"

#define BODY_BYTES 65536
#define ALL        ((1U << PEN_ANSWER_CLASSES) - 1)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct pen_arena *arena;

static void require(bool condition)
{
    if (!condition) abort();
}

struct striking {
    char body[BODY_BYTES];
    size_t length;
    struct pen_answer_cursor cursors[2];
    size_t reached[2];
};

static void on_found(void *context, const struct pen_answer_finding *finding)
{
    struct striking *const striking = context;
    const size_t which = finding->class != PEN_ANSWER_SECRETS;
    require(finding->span.start < finding->span.end && finding->span.end <= striking->length);
    require(finding->span.end > striking->reached[which]);
    require(finding->score > 0 && finding->score <= 100);
    require(finding->rule != NULL && finding->sentence != NULL);
    striking->reached[which] = finding->span.end;
    pen_answer_strike(striking->body, finding->span, &striking->cursors[which]);
}

static bool is_json(const char *body, size_t length)
{
    const struct pen_json *root = NULL;
    struct pen_json_error error = {.code = NULL};
    pen_arena_reset(arena);
    return pen_json_read((struct pen_str){body, length}, NULL, arena, &root, &error) == PEN_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct striking striking;
    if (arena == NULL) require(pen_arena_create((size_t)32 << 20, 65536, &arena) == PEN_OK);
    if (size > BODY_BYTES) return 0;

    striking = (struct striking){.length = size};
    if (size > 0) memcpy(striking.body, data, size);
    const bool was_json = is_json(striking.body, size);
    pen_answer_look((struct pen_str){striking.body, size}, ALL, on_found, &striking);
    /* A name may be struck out so that it is another's: all that may go wrong. */
    struct pen_json_error error = {.code = NULL};
    const struct pen_json *root = NULL;
    pen_arena_reset(arena);
    const enum pen_status status =
        pen_json_read((struct pen_str){striking.body, size}, NULL, arena, &root, &error);
    require(!was_json || status == PEN_OK || strcmp(error.code, "json.duplicate_name") == 0);
    return 0;
}

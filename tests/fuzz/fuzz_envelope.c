/**
 * Envelopes: whatever is done to an event, its leaves lie where they say, its paths can be printed,
 * its documents hold what they are said to hold, and a second look finds the same.
 *
 * The first byte chooses what the function declares (none, or entry n - 1 of the list), the second
 * how the rest travels; the rest up to the first NUL is a header field, what follows the body.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "filters/core/envelope/envelope.h"
#include "filters/core/envelope/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct pen_arena *arena;

static void require(bool condition)
{
    if (!condition) abort();
}

static void check_path(const struct pen_leaf *leaf)
{
    char memory[2048];
    struct pen_buf path = pen_buf_over(memory, sizeof(memory));
    pen_leaf_path(leaf, &path);
    require(path.full || path.len > 0 || leaf->node != NULL || leaf->origin == PEN_ORIGIN_BODY);
    pen_leaf_codings(leaf, &path);
}

/* A node lies below the root of the document that its leaf is of. */
static void check_document(const struct pen_event *event, const struct pen_leaf *leaf)
{
    if (leaf->node == NULL) return;
    const struct pen_json *root = leaf->node;
    while (root->parent != NULL) {
        root = root->parent;
    }
    for (const struct pen_event_document *d = event->documents; d != NULL; d = d->next) {
        require(d->envelope != NULL && d->root->parent == NULL);
        if (d->root == root && d->holder == NULL)
            require(leaf->node != NULL && root == event->root);
    }
}

static size_t check(const struct pen_event *event, const struct pen_event_input *input)
{
    size_t sum = event->leaf_count;
    size_t start = 0;
    uint32_t repeats = 0;
    for (uint32_t i = 0; i < event->leaf_count; i++) {
        const struct pen_leaf *const leaf = pen_event_leaf(event, i);
        if (repeats < event->repeat_count && pen_event_repeat(event, repeats)->leaf == i) {
            const uint32_t first = pen_event_repeat(event, repeats++)->first;
            require(first < i && event->text_ends[i] == start - 1);
            require(pen_str_equal(pen_event_leaf(event, first)->text, leaf->text));
        } else {
            require(event->text_ends[i] >= start && event->text_ends[i] < event->text.len);
            require(
                pen_str_equal(pen_str_slice(event->text, start, event->text_ends[i]), leaf->text));
        }
        require(leaf->place.start <= leaf->place.end);
        if (leaf->origin == PEN_ORIGIN_BODY || leaf->origin == PEN_ORIGIN_FORM) {
            require(leaf->place.end <= input->body.len);
        }
        require((leaf->from == NULL) == (leaf->coding == PEN_CODING_NONE));
        if (i < 200) {
            check_path(leaf);
            check_document(event, leaf);
        }
        sum = sum * 31 + leaf->text.len;
        start = event->text_ends[i] + 1;
    }
    return sum;
}

static size_t decode(const struct pen_event_input *input, enum pen_status *status)
{
    struct pen_event event = {0};
    struct pen_json_error error = {0};
    pen_arena_reset(arena);
    *status = pen_event_decode(input, NULL, arena, &event, &error);
    if (*status != PEN_OK) {
        require(error.code != NULL);
        return 0;
    }
    return check(&event, input);
}

/* What is taken with a declaration is taken without one, too, and is one of that name. */
static void check_declared(const struct pen_event_input *input, const struct pen_envelope *envelope)
{
    struct pen_event event = {0};
    pen_arena_reset(arena);
    require(pen_event_decode(input, NULL, arena, &event, NULL) == PEN_OK);
    require(event.envelope == NULL || pen_str_equal(event.envelope->name, envelope->name));
    struct pen_event_input undeclared = *input;
    undeclared.expected_count = 0;
    enum pen_status status = PEN_OK;
    decode(&undeclared, &status);
    require(status == PEN_OK || status == PEN_ERR_LIMIT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (arena == NULL) require(pen_arena_create((size_t)64 << 20, 65536, &arena) == PEN_OK);
    if (size < 3) return 0;

    static const enum pen_body_kind kinds[] = {PEN_BODY_JSON, PEN_BODY_FORM, PEN_BODY_TEXT};
    const struct pen_envelope *const expected =
        data[0] == UINT8_MAX ? &pen_envelope_graphql : pen_envelope_entry((size_t)data[0] - 1);
    const struct pen_str rest = {(const char *)data + 2, size - 2};
    const size_t nul = pen_str_find(rest, '\0', 0);
    const struct pen_str line = pen_str_slice(rest, 0, nul);
    const size_t colon = pen_str_find(line, ':', 0);
    const struct pen_event_field field = {pen_str_slice(line, 0, colon),
                                          pen_str_slice(line, colon + 1, line.len)};
    const struct pen_event_input input = {
        .body = pen_str_slice(rest, nul + 1, rest.len),
        .body_kind = kinds[data[1] % PEN_COUNT_OF(kinds)],
        .fields = &field,
        .field_count = 1,
        .expected = &expected,
        .expected_count = expected == NULL ? 0 : 1,
    };
    enum pen_status status = PEN_OK;
    enum pen_status again = PEN_OK;
    const size_t first = decode(&input, &status);
    require(decode(&input, &again) == first && again == status);
    if (status == PEN_OK && expected != NULL) check_declared(&input, expected);

    struct pen_str words;
    pen_arena_reset(arena);
    require(pen_words_decode(rest, arena, &words) == PEN_OK);
    require(words.len <= rest.len * 2);
    return 0;
}

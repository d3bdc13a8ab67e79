/** `event`: the envelopes that a function's events may come in. */
#include "filters/core/envelope/envelope.h"
#include "gateway/config/shapes.h"

static enum pen_status unknown(struct pen_reader *reader, const struct pen_json *value,
                               struct pen_str name)
{
    struct pen_nearest nearest;
    const struct pen_envelope *known;
    pen_nearest_init(&nearest, name);
    pen_nearest_consider(&nearest, pen_envelope_graphql.name);
    for (size_t i = 0; (known = pen_envelope_entry(i)) != NULL; i++) {
        pen_nearest_consider(&nearest, known->name);
    }
    const char *const hint = pen_nearest_hint(&nearest);
    return pen_reader_fail(reader, value, "no event format is called '%s'%s",
                           pen_reader_excerpt(name).text,
                           *hint != '\0' ? hint : "; docs/events/envelopes.md names them all");
}

enum pen_status pen_read_envelope(struct pen_reader *reader, const struct pen_json *value,
                                  struct pen_str name, const struct pen_envelope **out)
{
    *out = pen_envelope_find(name);
    return *out != NULL ? PEN_OK : unknown(reader, value, name);
}

enum pen_status pen_read_event(struct pen_reader *reader, const struct pen_json *value,
                               void *target)
{
    struct pen_config_function *function = target;
    const struct pen_str *names;
    size_t count;
    PEN_TRY(pen_reader_texts(reader, value, 0, &names, &count));
    const struct pen_envelope **const events =
        pen_arena_calloc(reader->arena, count, sizeof(*events));
    if (events == NULL) return pen_reader_no_memory(reader);

    const struct pen_json *item = value->type == PEN_JSON_ARRAY ? value->first : value;
    for (size_t i = 0; i < count; i++) {
        /* No envelope: nothing is expected. */
        if (pen_str_equal(names[i], PEN_S("json"))) {
            if (count == 1) return PEN_OK;
            return pen_reader_fail(reader, item,
                                   "'json' is any event, so the others say nothing; "
                                   "remove it, or them");
        }
        PEN_TRY(pen_read_envelope(reader, item, names[i], &events[i]));
        item = item->next;
    }
    function->events = events;
    function->event_count = count;
    return PEN_OK;
}

/** What a record says of an event's envelopes. */
#include "filters/core/envelope/envelope.h"
#include "filters/core/event.h"

size_t pen_event_envelopes(const struct pen_event *event,
                           const struct pen_envelope *list[PEN_EVENT_ENVELOPES])
{
    if (event->envelope == NULL) return 0;

    size_t count = 0;
    list[count++] = event->envelope;
    for (const struct pen_event_document *one = event->documents;
         one != NULL && count < PEN_EVENT_ENVELOPES; one = one->next) {
        /* One kind may be written in several ways. */
        if (!pen_str_equal(one->envelope->name, list[count - 1]->name))
            list[count++] = one->envelope;
    }
    return count;
}

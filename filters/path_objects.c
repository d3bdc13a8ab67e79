/**
 * A store takes an object's name as it is: dots are no steps to it, so nobody's tool writes them,
 * and a name that climbs waits for a function that makes a file of it. The name begins behind the
 * container, where a reader of the whole path would see it climb within the path only.
 *
 * Source: Amazon S3 event message structure; Azure Blob Storage as Event Grid source ("subject");
 * Eventarc, Cloud Storage ("subject": objects/...); ARNs, s3: and gs: addresses.
 */
#include "filters/path_objects.h"

static bool is_named(const struct pen_json *node, struct pen_str name)
{
    return node != NULL && pen_str_equal(node->name, name);
}

/* {"s3": {"object": {"key": ...}}} */
static bool is_key(const struct pen_leaf *leaf)
{
    const struct pen_json *const node = leaf->node;
    return !leaf->is_name && is_named(node, PEN_S("key"))
           && is_named(node->parent, PEN_S("object"));
}

struct pen_str pen_path_object(const struct pen_leaf *leaf)
{
    static const struct {
        struct pen_str start;
        struct pen_str mark; /* the first of these behind it ends the container */
    } resources[] = {
        {PEN_STR("/blobServices/default/containers/"), PEN_STR("/blobs/")},
        {PEN_STR("arn:aws:s3:::"), PEN_STR("/")},
        {PEN_STR("s3://"), PEN_STR("/")},
        {PEN_STR("gs://"), PEN_STR("/")},
    };
    const struct pen_str text = leaf->text;
    if (is_key(leaf)) return text;
    if (is_named(leaf->node, PEN_S("subject")) && pen_str_starts(text, PEN_S("objects/"))) {
        return pen_str_slice(text, sizeof("objects/") - 1, text.len);
    }
    for (size_t i = 0; i < PEN_COUNT_OF(resources); i++) {
        if (!pen_str_starts(text, resources[i].start)) continue;
        const struct pen_str rest = pen_str_slice(text, resources[i].start.len, text.len);
        const size_t at = pen_str_find_str(rest, resources[i].mark);
        if (at < rest.len) return pen_str_slice(rest, at + resources[i].mark.len, rest.len);
    }
    return pen_str_slice(text, 0, 0);
}

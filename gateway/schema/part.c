/**
 * Ways through an event, step by step: a member, all of them, the document in a text.
 *
 * The leaf of a text is looked up for two reasons: encodings below it are undone already, and a
 * document read from the leaf's own bytes has texts at the addresses of the leaves, by which those
 * that a schema makes harmless are known again (event.h).
 */
#include "gateway/schema/part.h"

#include "filters/core/codec.h"
#include "filters/core/envelope/envelope.h"

/* They come in the event's order, so one look finds nearly each. What has to be looked for among
 * all leaves again and again was made to. */
#define LOOKS_A_LEAF 16
#define LOOKS_MORE   65536

/* Where a walk is. */
struct spot {
    const struct pen_json *value;
    const struct pen_leaf *holder;
};

static enum pen_status give(const struct pen_part_walk *walk, struct spot spot)
{
    const struct pen_instance instance = {.value = spot.value, .holder = spot.holder};
    return walk->visit(walk->context, &instance);
}

static enum pen_status miss(const struct pen_part_walk *walk, struct spot nearest)
{
    const struct pen_instance instance = {.nearest = nearest.value, .holder = nearest.holder};
    return walk->visit(walk->context, &instance);
}

/* The first form of the text at `spot`, or of a body that is one text. */
static bool is_leaf_of(const struct pen_leaf *leaf, struct spot spot)
{
    if (leaf->is_name || leaf->origin != PEN_ORIGIN_BODY || leaf->from != spot.holder) return false;
    if (spot.value == NULL) return leaf->node == NULL;
    if (leaf->node == NULL) return false;
    if (spot.holder == NULL) return leaf->node == spot.value;
    return leaf->coding == PEN_CODING_JSON && leaf->node->place.start == spot.value->place.start;
}

static enum pen_status find_leaf(struct pen_part_walk *walk, struct spot spot, uint32_t *out)
{
    const uint32_t count = walk->event->leaf_count;
    const bool is_text =
        spot.value == NULL || (spot.value->type == PEN_JSON_STRING && spot.value->text.len > 0);
    for (uint32_t i = 0; i < count && is_text; i++) {
        if (walk->looks_left == 0) return PEN_ERR_LIMIT;
        walk->looks_left--;
        const uint32_t behind = walk->cursor + i;
        const uint32_t index = behind < count ? behind : behind - count;
        if (!is_leaf_of(pen_event_leaf(walk->event, index), spot)) continue;
        walk->cursor = index;
        *out = index;
        return PEN_OK;
    }
    return PEN_ERR_NOT_FOUND;
}

/* 123 is a document, and base64 of three bytes. */
static bool begins_document(struct pen_str text)
{
    const size_t start = pen_str_skip_space(text, 0);
    return start < text.len
           && (text.ptr[start] == '{' || text.ptr[start] == '[' || text.ptr[start] == '"');
}

static enum pen_status read_text(const struct pen_part_walk *walk, struct pen_str text,
                                 const struct pen_leaf *leaf, struct spot *out)
{
    const struct pen_json *root = NULL;
    const enum pen_status status = pen_json_read(text, walk->limits, walk->arena, &root, NULL);
    if (status == PEN_ERR_NOMEM) return status;
    if (status != PEN_OK) return PEN_ERR_NOT_FOUND;
    *out = (struct spot){root, leaf};
    return PEN_OK;
}

static enum pen_status read_document(const struct pen_part_walk *walk, const struct pen_leaf *leaf,
                                     struct spot *out)
{
    return read_text(walk, leaf->text, leaf, out);
}

/* Base64 that is too short for anybody to guess that it is some; who wrote the path knows. */
static enum pen_status read_base64(const struct pen_part_walk *walk, const struct pen_leaf *leaf,
                                   struct spot *out)
{
    struct pen_str decoded;
    const enum pen_status status = pen_codec_base64(leaf->text, walk->arena, &decoded);
    if (status == PEN_ERR_SYNTAX) return PEN_ERR_NOT_FOUND;
    return status == PEN_OK ? read_text(walk, decoded, leaf, out) : status;
}

/* Base64 of which all decoders make the same. What some skip and some stop at would let a text that
 * is one document to the function be another one here. */
static bool is_clean_base64(struct pen_str text)
{
    const struct pen_base64_look look = pen_codec_base64_look(text);
    return look.foreign == 0 && !look.restarts;
}

/* What was made of the text by undoing what envelopes encode with. */
static bool is_made_of(const struct pen_leaf *leaf, const struct pen_leaf *text)
{
    while (leaf != text && leaf != NULL) {
        if (leaf->coding == PEN_CODING_BASE64) {
            if (!is_clean_base64(leaf->from->text)) return false;
        } else if (leaf->coding != PEN_CODING_GZIP) {
            return false;
        }
        leaf = leaf->from;
    }
    return leaf == text;
}

static bool leads_to(const struct pen_leaf *text, const struct pen_leaf *leaf)
{
    while (leaf != NULL && leaf != text) {
        leaf = leaf->from;
    }
    return leaf != NULL;
}

/* The document in what is encoded. Where '-' and '_' are digits to some and nothing to others,
 * there may be two: then nobody knows which one the function reads, and there is none. */
static enum pen_status enter_coded(const struct pen_part_walk *walk, uint32_t index,
                                   struct spot *out)
{
    const struct pen_leaf *const text = pen_event_leaf(walk->event, index);
    const struct pen_leaf *last = text;
    enum pen_status found = PEN_ERR_NOT_FOUND;
    for (uint32_t i = index + 1; i < walk->event->leaf_count; i++) {
        const struct pen_leaf *const leaf = pen_event_leaf(walk->event, i);
        if (!leads_to(text, leaf)) break;
        /* What only leads to a document is no leaf of the list itself. */
        const struct pen_leaf *const form = leaf->coding == PEN_CODING_JSON ? leaf->from : leaf;
        if (form == last || form->is_name || !is_made_of(form, text)) continue;
        last = form;
        struct spot spot;
        const enum pen_status status = read_document(walk, form, &spot);
        if (status == PEN_ERR_NOT_FOUND) continue;
        if (status != PEN_OK || found == PEN_OK)
            return status == PEN_OK ? PEN_ERR_NOT_FOUND : status;
        found = PEN_OK;
        *out = spot;
    }
    return found;
}

/* The document in a text, be it encoded. PEN_ERR_NOT_FOUND: there is none. */
static enum pen_status enter_text(struct pen_part_walk *walk, struct spot spot, struct spot *out)
{
    uint32_t index = 0;
    PEN_TRY(find_leaf(walk, spot, &index));

    const struct pen_leaf *const text = pen_event_leaf(walk->event, index);
    if (begins_document(text->text)) return read_document(walk, text, out);
    enum pen_status status = enter_coded(walk, index, out);
    if (status == PEN_ERR_NOT_FOUND) status = read_document(walk, text, out);
    return status == PEN_ERR_NOT_FOUND ? read_base64(walk, text, out) : status;
}

/* Where the outermost document begins: in the body, or in the text that the body is. */
static enum pen_status outermost(struct pen_part_walk *walk, struct spot *out)
{
    *out = (struct spot){walk->event->root, NULL};
    return out->value != NULL ? PEN_OK : enter_text(walk, (struct spot){NULL, NULL}, out);
}

/* Is it the name that the segment of a JSON Pointer spells (RFC 6901 section 4)? */
static bool is_spelled(struct pen_str segment, struct pen_str name)
{
    size_t at = 0;
    for (size_t i = 0; i < segment.len; i++, at++) {
        char c = segment.ptr[i];
        if (c == '~' && i + 1 < segment.len) c = segment.ptr[++i] == '1' ? '/' : '~';
        if (at == name.len || name.ptr[at] != c) return false;
    }
    return at == name.len;
}

static const struct pen_json *child_of(const struct pen_json *value, struct pen_str segment)
{
    uint64_t index = UINT64_MAX;
    if (value->type != PEN_JSON_OBJECT && value->type != PEN_JSON_ARRAY) return NULL;
    if (value->type == PEN_JSON_ARRAY && pen_str_to_u64(segment, &index) != PEN_OK) return NULL;

    for (const struct pen_json *child = value->first; child != NULL; child = child->next) {
        const bool found = value->type == PEN_JSON_ARRAY ? child->index == index
                                                         : is_spelled(segment, child->name);
        if (found) return child;
    }
    return NULL;
}

static bool is_container(const struct pen_json *value)
{
    return value->type == PEN_JSON_OBJECT || value->type == PEN_JSON_ARRAY;
}

/* Up to the next step: a slash, or "|json" as a whole. */
static size_t step_end(struct pen_str path)
{
    for (size_t i = 1; i < path.len; i++) {
        if (path.ptr[i] == '/') return i;
        const struct pen_str rest = pen_str_slice(path, i, path.len);
        if (pen_str_equal(rest, PEN_S("|json")) || pen_str_starts(rest, PEN_S("|json/"))
            || pen_str_starts(rest, PEN_S("|json|"))) {
            return i;
        }
    }
    return path.len;
}

/* Recursion is no deeper than the configured path has steps. */
static enum pen_status follow(struct pen_part_walk *walk, struct spot spot, struct pen_str path)
{
    if (path.len == 0) return give(walk, spot);

    const size_t end = step_end(path);
    const struct pen_str step = pen_str_slice(path, 0, end);
    const struct pen_str rest = pen_str_slice(path, end, path.len);
    if (pen_str_equal(step, PEN_S("|json"))) {
        struct spot inside;
        const enum pen_status status = enter_text(walk, spot, &inside);
        if (status == PEN_ERR_NOT_FOUND) return miss(walk, spot);
        PEN_TRY(status);
        return follow(walk, inside, rest);
    }
    const struct pen_str segment = pen_str_slice(step, 1, step.len);
    if (!pen_str_equal(segment, PEN_S("*"))) {
        const struct pen_json *const child = child_of(spot.value, segment);
        if (child == NULL) return miss(walk, spot);
        return follow(walk, (struct spot){child, spot.holder}, rest);
    }
    if (!is_container(spot.value)) return miss(walk, spot);
    for (const struct pen_json *child = spot.value->first; child != NULL; child = child->next) {
        PEN_TRY(follow(walk, (struct spot){child, spot.holder}, rest));
    }
    return PEN_OK;
}

/* `path` begins with "|json" where the body is a text, else in its tree. */
static enum pen_status follow_from_body(struct pen_part_walk *walk, struct pen_str path)
{
    struct spot root = {walk->event->root, NULL};
    if (root.value == NULL && pen_str_starts(path, PEN_S("|json"))) {
        const enum pen_status status = outermost(walk, &root);
        if (status == PEN_ERR_NOT_FOUND) return miss(walk, root);
        PEN_TRY(status);
        return follow(walk, root, pen_str_slice(path, 5, path.len));
    }
    return root.value == NULL ? miss(walk, root) : follow(walk, root, path);
}

/* Where the records of envelopes are that hand several over in a way of their own. */
static const struct {
    struct pen_str envelope;
    struct pen_str member; /* by which variants are told apart */
    struct pen_str path;
} lists[] = {
    {PEN_STR("aws.firehose"), PEN_STR("records"), PEN_STR("/records/*")},
    {PEN_STR("aws.firehose.http"), PEN_STR("records"), PEN_STR("/records/*")},
    {PEN_STR("aws.kafka"), PEN_STR("records"), PEN_STR("/records/*/*")},
    {PEN_STR("aws.mq"), PEN_STR("messages"), PEN_STR("/messages/*")},
    {PEN_STR("aws.mq"), PEN_STR("rmqMessagesByQueue"), PEN_STR("/rmqMessagesByQueue/*/*")},
    {PEN_STR("aws.cloudwatch_logs.batch"), PEN_STR("logEvents"), PEN_STR("/logEvents/*")},
    {PEN_STR("kafka.rest"), PEN_STR("records"), PEN_STR("/records/*")},
};

static struct pen_str records_path(const struct pen_envelope *envelope, const struct pen_json *root)
{
    switch (envelope->at) {
    case PEN_AT_RECORD:
        return PEN_S("/Records/*");
    case PEN_AT_ELEMENT:
        return root->type == PEN_JSON_ARRAY ? PEN_S("/*") : PEN_S("");
    case PEN_AT_ROOT:
        break;
    }
    for (size_t i = 0; i < PEN_COUNT_OF(lists); i++) {
        if (pen_str_equal(lists[i].envelope, envelope->name)
            && pen_json_member(root, lists[i].member) != NULL) {
            return lists[i].path;
        }
    }
    return PEN_S("");
}

static enum pen_status each_record(struct pen_part_walk *walk)
{
    struct spot root;
    const enum pen_status status = outermost(walk, &root);
    if (status == PEN_ERR_NOT_FOUND || (status == PEN_OK && walk->event->envelope == NULL)) {
        return miss(walk, root);
    }
    PEN_TRY(status);
    return follow(walk, root, records_path(walk->event->envelope, root.value));
}

static void begin(struct pen_part_walk *walk)
{
    walk->cursor = 0;
    walk->looks_left = LOOKS_MORE + (uint64_t)walk->event->leaf_count * LOOKS_A_LEAF;
}

static enum pen_status data_of(struct pen_part_walk *walk, const struct pen_json *event)
{
    const struct pen_json *const data = pen_json_member(event, PEN_S("data"));
    const struct spot spot = {event, NULL};
    if (data != NULL) return give(walk, (struct spot){data, NULL});
    if (pen_json_member(event, PEN_S("data_base64")) == NULL) return miss(walk, spot);
    return follow(walk, spot, PEN_S("/data_base64|json"));
}

static enum pen_status each_body(struct pen_part_walk *walk)
{
    struct spot root;
    const enum pen_status status = outermost(walk, &root);
    if (status == PEN_ERR_NOT_FOUND) return miss(walk, root);
    PEN_TRY(status);
    return walk->is_lines ? follow(walk, root, PEN_S("/*")) : give(walk, root);
}

static enum pen_status each_data(struct pen_part_walk *walk)
{
    const struct spot root = {walk->event->root, NULL};
    if (root.value == NULL) return miss(walk, root);
    switch (walk->event->cloudevents) {
    case PEN_CLOUDEVENTS_NONE:
        return miss(walk, root);
    case PEN_CLOUDEVENTS_BINARY:
        return give(walk, root);
    case PEN_CLOUDEVENTS_STRUCTURED:
        return data_of(walk, root.value);
    case PEN_CLOUDEVENTS_BATCH_MODE:
        break;
    }
    for (const struct pen_json *event = root.value->first; event != NULL; event = event->next) {
        PEN_TRY(data_of(walk, event));
    }
    return PEN_OK;
}

enum pen_status pen_part_each(struct pen_part_walk *walk, enum pen_part part, struct pen_str at)
{
    begin(walk);
    switch (part) {
    case PEN_PART_BODY:
        return each_body(walk);
    case PEN_PART_DATA:
        return each_data(walk);
    case PEN_PART_RECORDS:
        return each_record(walk);
    case PEN_PART_AT:
        return follow_from_body(walk, at);
    case PEN_PART_QUERY:
    case PEN_PART_HEADERS:
        break;
    }
    return PEN_ERR_INTERNAL;
}

enum pen_status pen_part_data(struct pen_part_walk *walk, const struct pen_json *event)
{
    begin(walk);
    return event == NULL ? each_data(walk) : data_of(walk, event);
}

void pen_part_path(const struct pen_leaf *holder, const struct pen_json *value, struct pen_buf *buf)
{
    if (holder != NULL) {
        pen_leaf_path(holder, buf);
        pen_buf_put(buf, PEN_S("|json"));
    }
    if (value != NULL) pen_json_pointer(value, buf);
}

/**
 * Leaves in blocks that never move, each followed by what it holds.
 */
#include "filters/core/event_leaves.h"

#include <string.h>

#include "filters/core/envelope/coded.h"
#include "filters/core/envelope/marks.h"
#include "filters/core/graphql_leaves.h"
#include "filters/core/json_texts.h"
#include "filters/core/opening.h"

#define FIRST_ROOM 4   /* blocks */
#define LEAST_TEXT 512 /* bytes: gaps, and what little is decoded */

#define REST 32 /* bytes moved at once: most texts are not longer */

static enum pen_status fail(struct pen_leaves *leaves, enum pen_status status, const char *code)
{
    leaves->code = code;
    return status;
}

static enum pen_status out_of_memory(struct pen_leaves *leaves)
{
    return fail(leaves, PEN_ERR_NOMEM, "event.memory");
}

static uint32_t blocks_of(uint32_t count)
{
    return count / PEN_EVENT_BLOCK + (count % PEN_EVENT_BLOCK > 0);
}

/* Room for twice as many blocks, and for where the texts of their leaves end. */
static bool add_room(struct pen_leaves *leaves)
{
    const size_t room = leaves->block_room == 0 ? FIRST_ROOM : (size_t)leaves->block_room * 2;
    struct pen_leaf **blocks = pen_arena_alloc(leaves->arena, room * sizeof(struct pen_leaf *));
    size_t *ends = pen_arena_alloc(leaves->arena, room * PEN_EVENT_BLOCK * sizeof(*ends));
    struct pen_event_repeat **repeats = pen_arena_alloc(leaves->arena, room * sizeof(*repeats));
    if (blocks == NULL || ends == NULL || repeats == NULL) return false;

    if (leaves->block_count > 0) {
        memcpy(blocks, leaves->blocks, leaves->block_count * sizeof(struct pen_leaf *));
        memcpy(ends, leaves->ends, leaves->count * sizeof(*ends));
        memcpy(repeats, leaves->repeats, blocks_of(leaves->repeat_count) * sizeof(*repeats));
    }
    leaves->blocks = blocks;
    leaves->ends = ends;
    leaves->repeats = repeats;
    leaves->block_room = (uint32_t)room;
    return true;
}

static bool begin_names(struct pen_leaves *leaves)
{
    leaves->names = pen_arena_alloc(leaves->arena, sizeof(*leaves->names));
    if (leaves->names == NULL) return false;

    pen_known_begin(leaves->names);
    return true;
}

static bool add_block(struct pen_leaves *leaves)
{
    if (leaves->block_count == 1 && !begin_names(leaves)) return false;
    if (leaves->block_count == leaves->block_room && !add_room(leaves)) return false;

    struct pen_leaf *block = pen_arena_alloc(leaves->arena, PEN_EVENT_BLOCK * sizeof(*block));
    if (block == NULL) return false;

    leaves->blocks[leaves->block_count++] = block;
    leaves->place = block;
    return true;
}

/* Most texts are short: two moves that may overlap, instead of a call. */
static inline void put_text(char *to, struct pen_str text)
{
    const size_t n = text.len;
    to[n] = PEN_EVENT_GAP;
    if (n > 32) {
        memcpy(to, text.ptr, n);
    } else if (n >= 16) {
        memcpy(to, text.ptr, 16);
        memcpy(to + n - 16, text.ptr + n - 16, 16);
    } else if (n >= 8) {
        memcpy(to, text.ptr, 8);
        memcpy(to + n - 8, text.ptr + n - 8, 8);
    } else if (n >= 4) {
        memcpy(to, text.ptr, 4);
        memcpy(to + n - 4, text.ptr + n - 4, 4);
    } else {
        for (size_t i = 0; i < n; i++) {
            to[i] = text.ptr[i];
        }
    }
}

/* The same where REST bytes more may be read and written than the text has: nobody has to guess how
 * long it is. */
static inline void put_roomy_text(char *to, struct pen_str text)
{
    memcpy(to, text.ptr, REST);
    for (size_t at = REST; at < text.len; at += REST) {
        memcpy(to + at, text.ptr + at, REST);
    }
    to[text.len] = PEN_EVENT_GAP;
}

static enum pen_status add_block_within(struct pen_leaves *leaves)
{
    if (leaves->count == leaves->limit) return fail(leaves, PEN_ERR_LIMIT, "event.leaves");
    if (!add_block(leaves)) return out_of_memory(leaves);

    const uint32_t room = leaves->block_count * PEN_EVENT_BLOCK;
    leaves->ready = room < leaves->limit ? room : leaves->limit;
    return PEN_OK;
}

/* For one more leaf. */
static inline enum pen_status make_room(struct pen_leaves *leaves)
{
    return leaves->count < leaves->ready ? PEN_OK : add_block_within(leaves);
}

/* Do REST bytes follow the text in `source`? */
static inline bool is_roomy(struct pen_str source, struct pen_str text)
{
    const uintptr_t start = (uintptr_t)text.ptr - (uintptr_t)source.ptr;
    return start < source.len && source.len - start >= text.len + REST;
}

/* A leaf that is not at the next place yet does not count. */
static inline void count_leaf(struct pen_leaves *leaves, size_t end)
{
    leaves->ends[leaves->count++] = end;
    leaves->place++;
}

/* The leaf at the next place is whole: its text joins the others. `source`: what may be read. */
static inline void settle_from(struct pen_leaves *leaves, struct pen_str text,
                               struct pen_str source)
{
    const size_t at = leaves->text_bytes;
    const size_t end = at + text.len;
    count_leaf(leaves, end);
    leaves->text_bytes = end + 1;
    if (end + REST < leaves->text_room && is_roomy(source, text)) {
        put_roomy_text(leaves->text + at, text);
    } else if (end < leaves->text_room) {
        put_text(leaves->text + at, text);
    }
}

static inline void settle(struct pen_leaves *leaves, struct pen_str text)
{
    const size_t at = leaves->text_bytes;
    const size_t end = at + text.len;
    count_leaf(leaves, end);
    leaves->text_bytes = end + 1;
    if (end < leaves->text_room) put_text(leaves->text + at, text);
}

enum pen_status pen_leaves_push(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                                const struct pen_leaf **out)
{
    PEN_TRY(make_room(leaves));
    struct pen_leaf *const place = leaves->place;
    *place = *leaf;
    settle(leaves, leaf->text);
    *out = place;
    return PEN_OK;
}

enum pen_status pen_leaves_deepen(struct pen_leaves *leaves, size_t bytes, uint32_t layer)
{
    if (layer >= leaves->layers) return fail(leaves, PEN_ERR_LIMIT, "event.layers");
    if (bytes > leaves->opened_limit - leaves->opened_bytes) {
        return fail(leaves, PEN_ERR_LIMIT, "event.opened");
    }
    leaves->opened_bytes += bytes;
    return PEN_OK;
}

enum pen_status pen_leaves_begin(struct pen_leaves *leaves, size_t received)
{
    leaves->text_room = received + received / 8 + LEAST_TEXT;
    leaves->text = pen_arena_bytes(leaves->arena, leaves->text_room);
    return leaves->text != NULL ? PEN_OK : out_of_memory(leaves);
}

/* All texts into a buffer that has room for them. */
static enum pen_status lay_out_anew(struct pen_leaves *leaves, const struct pen_event *event)
{
    leaves->text = pen_arena_bytes(leaves->arena, leaves->text_bytes);
    if (leaves->text == NULL) return out_of_memory(leaves);

    for (uint32_t i = 0; i < event->leaf_count; i++) {
        if (pen_event_is_repeat(event, i)) continue;
        const struct pen_str text = pen_event_place(event, i)->text;
        put_text(leaves->text + leaves->ends[i] - text.len, text);
    }
    return PEN_OK;
}

enum pen_status pen_leaves_end(struct pen_leaves *leaves, struct pen_event *event)
{
    event->graphql = leaves->graphql;
    event->envelope = leaves->envelope;
    event->documents = leaves->documents;
    event->blocks = leaves->blocks;
    event->leaf_count = leaves->count;
    event->text_ends = leaves->ends;
    event->repeats = leaves->repeats;
    event->repeat_count = leaves->repeat_count;
    event->leaf_bytes = leaves->text_bytes + leaves->repeat_bytes;
    event->written = leaves->repeat_count == 0
                         ? NULL
                         : pen_arena_calloc(leaves->arena, 1, sizeof(*event->written));
    if (leaves->repeat_count > 0 && event->written == NULL) return out_of_memory(leaves);
    event->wake = pen_arena_calloc(leaves->arena, leaves->count, sizeof(*event->wake));
    event->awake = pen_arena_alloc(leaves->arena, leaves->count * sizeof(*event->awake));
    event->touched =
        pen_arena_calloc(leaves->arena, (leaves->count + 63) / 64, sizeof(*event->touched));
    if (event->wake == NULL || event->awake == NULL || event->touched == NULL) {
        return out_of_memory(leaves);
    }
    if (leaves->text_bytes > leaves->text_room) PEN_TRY(lay_out_anew(leaves, event));

    event->text = (struct pen_str){leaves->text, leaves->text_bytes};
    return PEN_OK;
}

/* What all leaves of a document share. */
static struct pen_leaf common_of(const struct pen_leaf *holder)
{
    if (holder == NULL) return (struct pen_leaf){.origin = PEN_ORIGIN_BODY};
    struct pen_leaf common = *holder;
    common.from = holder;
    common.coding = PEN_CODING_JSON;
    return common;
}

void pen_event_write_repeat(const struct pen_event *event, const struct pen_event_repeat *repeat)
{
    struct pen_leaf *const leaf =
        &event->blocks[repeat->leaf / PEN_EVENT_BLOCK][repeat->leaf % PEN_EVENT_BLOCK];
    *leaf = common_of(repeat->holder);
    leaf->text = repeat->node->name;
    if (repeat->holder == NULL) leaf->place = repeat->node->name_place;
    leaf->node = repeat->node;
    leaf->is_name = true;
}

void pen_event_write_repeats(const struct pen_event *event)
{
    for (uint32_t k = 0; k < event->repeat_count; k++) {
        pen_event_write_repeat(event, pen_event_repeat(event, k));
    }
    *event->written = true;
}

enum pen_status pen_leaves_add_within(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                                      enum pen_expect expect, uint32_t layer)
{
    const struct pen_leaf *added = NULL;
    PEN_TRY(pen_leaves_push(leaves, leaf, &added));
    return pen_leaf_open(leaves, added, expect, layer);
}

enum pen_status pen_leaves_add(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                               enum pen_expect expect)
{
    return pen_leaves_add_within(leaves, leaf, expect, 0);
}

/* A document while its nodes are added. */
struct tree {
    struct pen_leaves *leaves;
    const struct pen_leaf *holder;
    struct pen_leaf common; /* what all leaves of it share */
    struct pen_str source;  /* of its texts, those without escapes */
    uint32_t layer;
    bool noted;       /* among the event's documents */
    uint32_t records; /* entered of a batch, and those before that have nothing to look at */
    struct pen_marks marks;
};

static struct tree begin_tree(struct pen_leaves *leaves, const struct pen_leaf *holder,
                              uint32_t layer)
{
    struct tree tree = {
        .leaves = leaves, .holder = holder, .layer = layer, .common = common_of(holder)};
    if (holder != NULL) {
        tree.source = holder->text;
    } else if (leaves->input != NULL) {
        tree.source = leaves->input->body;
    }
    return tree;
}

/* Apart from where it is called: what few texts need must not cost the others registers. */
__attribute__((noinline)) static enum pen_status open_text(struct tree *tree,
                                                           const struct pen_leaf *leaf, bool plain,
                                                           bool *holds)
{
    const unsigned seen = plain ? pen_look_plain(leaf->text) : pen_look(leaf->text);
    *holds = seen != 0 || pen_graphql_begins(leaf->text);
    if (!*holds) return PEN_OK;
    return pen_leaf_open_seen(tree->leaves, leaf, PEN_EXPECT_NOTHING, seen, tree->layer);
}

static enum pen_status add_repeat_block(struct pen_leaves *leaves)
{
    struct pen_event_repeat *const block =
        pen_arena_alloc(leaves->arena, PEN_EVENT_BLOCK * sizeof(*block));
    if (block == NULL) return out_of_memory(leaves);

    leaves->repeats[leaves->repeat_count / PEN_EVENT_BLOCK] = block;
    leaves->next_repeat = block;
    return PEN_OK;
}

/* Written where it stays: there are as many as names and values, and copying one takes longer. */
__attribute__((always_inline)) static inline struct pen_leaf *put_leaf(struct tree *tree,
                                                                       const struct pen_json *node,
                                                                       struct pen_str text,
                                                                       struct pen_place place,
                                                                       bool is_name)
{
    struct pen_leaf *const leaf = tree->leaves->place;
    leaf->text = text;
    leaf->place = tree->holder == NULL ? place : tree->common.place;
    leaf->name = tree->common.name;
    leaf->node = node;
    leaf->from = tree->common.from;
    leaf->segment = tree->common.segment;
    leaf->origin = tree->common.origin;
    leaf->coding = tree->common.coding;
    leaf->is_name = is_name;
    return leaf;
}

__attribute__((always_inline)) static inline enum pen_status add_value(struct tree *tree,
                                                                       const struct pen_json *node)
{
    PEN_TRY(make_room(tree->leaves));
    const struct pen_str text = node->text;
    struct pen_leaf *const leaf = put_leaf(tree, node, text, node->place, false);
    settle_from(tree->leaves, text, tree->source);
    const bool plain = node->plain_text;
    bool holds = false;
    return plain && pen_look_passes(text) ? PEN_OK : open_text(tree, leaf, plain, &holds);
}

/* Most names of a batch by far, so little is done for each: its leaf can be written later. */
__attribute__((always_inline)) static inline enum pen_status add_repeat(struct tree *tree,
                                                                        const struct pen_json *node,
                                                                        uint32_t first)
{
    struct pen_leaves *const leaves = tree->leaves;
    PEN_TRY(make_room(leaves));
    if (leaves->repeat_count % PEN_EVENT_BLOCK == 0) PEN_TRY(add_repeat_block(leaves));
    *leaves->next_repeat++ = (struct pen_event_repeat){
        .node = node, .holder = tree->holder, .leaf = leaves->count, .first = first};
    leaves->repeat_count++;
    leaves->repeat_bytes += node->name.len + 1;
    count_leaf(leaves, leaves->text_bytes - 1); /* where the last text ends */
    return PEN_OK;
}

/* A name that may be known, but not to the reader. */
static enum pen_status add_name(struct tree *tree, const struct pen_json *node)
{
    struct pen_leaves *const leaves = tree->leaves;
    const struct pen_str name = node->name;
    uint8_t *head = NULL;
    if (leaves->names != NULL) {
        const struct pen_known_name *const known = pen_known_find(leaves->names, name, &head);
        if (known != NULL) {
            if (tree->holder == NULL) pen_known_as(leaves->names, node->name_id, known);
            return add_repeat(tree, node, known->leaf);
        }
    }
    PEN_TRY(make_room(leaves));
    const uint32_t index = leaves->count;
    struct pen_leaf *const leaf = put_leaf(tree, node, name, node->name_place, true);
    settle_from(leaves, name, tree->source);
    const bool plain = node->plain_name;
    bool holds = false;
    if (!plain || !pen_look_passes(name)) PEN_TRY(open_text(tree, leaf, plain, &holds));
    /* Its bytes alone tell that it holds nothing. */
    if (head != NULL && !holds) pen_known_put(leaves->names, head, name, index);
    return PEN_OK;
}

/* Its name, if the reader has met it before. Ids are those of one reader: the body's. */
static inline const struct pen_known_name *known_by_id(const struct tree *tree,
                                                       const struct pen_json *node)
{
    const struct pen_known_names *const names = tree->leaves->names;
    if (names == NULL || tree->holder != NULL) return NULL;
    return pen_known_of(names, node->name_id);
}

/* A text or an array of bytes that an envelope encodes. */
static enum pen_status add_coded(struct tree *tree, const struct pen_json *node,
                                 const struct pen_envelope_leaf *row)
{
    struct pen_leaf leaf = tree->common;
    leaf.text = node->text;
    if (tree->holder == NULL) leaf.place = node->place;
    leaf.node = node;
    leaf.is_name = false;
    return pen_envelope_add_leaf(tree->leaves, &leaf, row, tree->marks.expected_count > 0,
                                 tree->layer);
}

static bool may_be_bytes(const struct pen_json *node)
{
    return node->type == PEN_JSON_ARRAY && node->first != NULL
           && node->first->type == PEN_JSON_NUMBER;
}

static enum pen_status add_node(struct tree *tree, const struct pen_json *node)
{
    if (node->name.len > 0) {
        const struct pen_known_name *const known = known_by_id(tree, node);
        PEN_TRY(known != NULL ? add_repeat(tree, node, known->leaf) : add_name(tree, node));
    }

    const bool is_text = node->type == PEN_JSON_STRING && node->text.len > 0;
    if (!is_text && !may_be_bytes(node)) return PEN_OK;

    const struct pen_envelope_leaf *const row = pen_marks_of(&tree->marks, node);
    if (row != NULL) return add_coded(tree, node, row);
    return is_text ? add_value(tree, node) : PEN_OK;
}

/* Whose envelope is the event's: the body, or the document that a text or a form's "payload" is. */
static bool is_outermost(const struct pen_leaf *holder)
{
    if (holder == NULL) return true;
    if (holder->is_name || holder->node != NULL) return false;
    if (holder->origin == PEN_ORIGIN_BODY) return holder->from == NULL;
    return holder->origin == PEN_ORIGIN_FORM && !pen_coding_is_document(holder->coding)
           && pen_str_equal(holder->name, PEN_S("payload"));
}

static enum pen_status envelope_error(struct pen_leaves *leaves, enum pen_status status)
{
    return fail(leaves, status, status == PEN_ERR_LIMIT ? "event.envelopes" : "event.shape");
}

/* The first envelope that a document is found to be stands for it. */
static enum pen_status note(struct tree *tree, const struct pen_json *root)
{
    struct pen_leaves *const leaves = tree->leaves;
    if (tree->noted || tree->marks.first == NULL) return PEN_OK;

    struct pen_event_document *const document = pen_arena_alloc(leaves->arena, sizeof(*document));
    if (document == NULL) return fail(leaves, PEN_ERR_NOMEM, "event.memory");
    *document = (struct pen_event_document){
        .root = root, .holder = tree->holder, .envelope = tree->marks.first};
    if (leaves->last_document == NULL) {
        leaves->documents = document;
    } else {
        leaves->last_document->next = document;
    }
    leaves->last_document = document;
    tree->noted = true;
    if (leaves->envelope == NULL && is_outermost(tree->holder)) {
        leaves->envelope = tree->marks.first;
    }
    return PEN_OK;
}

/* A body with the shape of a request is one where requests are declared; where nothing else is,
 * what has not is to be told so. Its other readings are looked for as in any event. */
static void take_as_graphql(struct tree *tree, const struct pen_json *root)
{
    struct pen_leaves *const leaves = tree->leaves;
    const struct pen_event_input *const input = leaves->input;
    if (tree->holder != NULL || input == NULL) return;
    if (!pen_envelope_is_expected(&pen_envelope_graphql, input)) return;
    if (input->expected_count > 1 && !pen_graphql_is_request(root)) return;

    leaves->is_graphql = true;
    leaves->met = true;
    tree->marks.first = &pen_envelope_graphql;
    tree->marks.expected_count = 0;
}

/* `tree` is as pen_leaves_add_tree begins it. */
static enum pen_status recognise(struct tree *tree, const struct pen_json *root)
{
    struct pen_leaves *const leaves = tree->leaves;
    struct pen_marks *const marks = &tree->marks;
    if (leaves->input != NULL && is_outermost(tree->holder)) {
        marks->fields = leaves->input->fields;
        marks->field_count = leaves->input->field_count;
        marks->expected = leaves->input->expected;
        marks->expected_count = leaves->input->expected_count;
        take_as_graphql(tree, root);
    }
    enum pen_status status = pen_marks_begin(marks, root);
    if (status == PEN_ERR_INVALID && tree->holder != NULL) {
        /* Another text may be what is expected: pen_event_decode asks at the end. */
        marks->expected_count = 0;
        status = pen_marks_begin(marks, root);
    }
    if (status != PEN_OK) return envelope_error(leaves, status);
    leaves->met = leaves->met || marks->expected_count > 0;
    return note(tree, root);
}

/* Numbers, words and empty strings are no records that anything could be expected of. */
static enum pen_status skip_records(struct tree *tree, uint32_t until)
{
    const bool skips = tree->records != until;
    tree->records = until;
    if (!skips || !pen_marks_miss(&tree->marks)) return PEN_OK;
    return envelope_error(tree->leaves, PEN_ERR_INVALID);
}

static enum pen_status enter_record(struct tree *tree, const struct pen_json *root,
                                    const struct pen_json *record)
{
    PEN_TRY(skip_records(tree, record->index));
    tree->records++;
    const enum pen_status status = pen_marks_enter(&tree->marks, record);
    if (status != PEN_OK) return envelope_error(tree->leaves, status);
    return note(tree, root);
}

enum pen_status pen_leaves_add_tree(struct pen_leaves *leaves, const struct pen_json *root,
                                    const struct pen_leaf *holder, uint32_t layer)
{
    struct tree tree = begin_tree(leaves, holder, layer);
    PEN_TRY(recognise(&tree, root));
    struct pen_json_texts texts = pen_json_texts(root);
    const struct pen_json *node = NULL;
    while ((node = pen_json_texts_next(&texts)) != NULL) {
        if (tree.marks.batch != NULL && node->parent == tree.marks.batch) {
            PEN_TRY(enter_record(&tree, root, node));
        }
        PEN_TRY(add_node(&tree, node));
    }
    return tree.marks.batch == NULL ? PEN_OK : skip_records(&tree, tree.marks.batch->count);
}

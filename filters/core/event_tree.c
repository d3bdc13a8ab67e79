/**
 * The names and texts of a JSON document as leaves, each written where it stays.
 *
 * Most nodes of a batch have a name that is known and perhaps a short text: what more others need
 * is kept apart.
 */
#include <string.h>

#include "filters/core/envelope/coded.h"
#include "filters/core/envelope/marks.h"
#include "filters/core/event_leaves.h"
#include "filters/core/graphql_leaves.h"
#include "filters/core/json_texts.h"
#include "filters/core/opening.h"

#define REST 32 /* bytes moved at once: most texts are not longer */

static enum pen_status fail(struct pen_leaves *leaves, enum pen_status status, const char *code)
{
    leaves->code = code;
    return status;
}

/* REST bytes more may be read and written than the text has: nobody has to guess how long it is. */
static inline void put_roomy_text(char *to, struct pen_str text)
{
    memcpy(to, text.ptr, REST);
    for (size_t at = REST; at < text.len; at += REST) {
        memcpy(to + at, text.ptr + at, REST);
    }
    to[text.len] = PEN_EVENT_GAP;
}

/* Do REST bytes follow the text in `source`? */
static inline bool is_roomy(struct pen_str source, struct pen_str text)
{
    const uintptr_t start = (uintptr_t)text.ptr - (uintptr_t)source.ptr;
    return start < source.len && source.len - start >= text.len + REST;
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

/* A document while its nodes are added. */
struct tree {
    struct pen_leaves *leaves;
    const struct pen_leaf *holder;
    struct pen_leaf common; /* what all leaves of it share */
    struct pen_str source;  /* of its texts, those without escapes */
    const uint32_t *by_id;  /* leaves of names that are known; see ids_of */
    uint32_t layer;
    bool noted;       /* among the event's documents */
    uint32_t records; /* entered of a batch, and those before that have nothing to look at */
    struct pen_marks marks;
};

/* The leaves of names by the reader's name_id, 0 where none is known. Ids are those of one reader:
 * the body's. */
static const uint32_t *ids_of(const struct pen_leaves *leaves, const struct pen_leaf *holder)
{
    static const uint32_t none[PEN_KNOWN_IDS];
    return holder == NULL && leaves->names != NULL ? leaves->names->by_id : none;
}

static struct tree begin_tree(struct pen_leaves *leaves, const struct pen_leaf *holder,
                              uint32_t layer)
{
    struct tree tree = {.leaves = leaves,
                        .holder = holder,
                        .by_id = ids_of(leaves, holder),
                        .layer = layer,
                        .common = common_of(holder)};
    if (holder != NULL) {
        tree.source = holder->text;
    } else if (leaves->input != NULL) {
        tree.source = leaves->input->body;
    }
    return tree;
}

static enum pen_status open_text(struct tree *tree, const struct pen_leaf *leaf, unsigned seen)
{
    if (seen == 0 && !pen_graphql_begins(leaf->text)) return PEN_OK;
    return pen_leaf_open_seen(tree->leaves, leaf, PEN_EXPECT_NOTHING, seen, tree->layer);
}

/* Apart from where they are called: what few texts need must not cost the others registers. */
__attribute__((noinline)) static enum pen_status open_plain(struct tree *tree,
                                                            const struct pen_leaf *leaf)
{
    return pen_look_passes(leaf->text) ? PEN_OK : open_text(tree, leaf, pen_look_plain(leaf->text));
}

__attribute__((noinline)) static enum pen_status open_any(struct tree *tree,
                                                          const struct pen_leaf *leaf)
{
    return open_text(tree, leaf, pen_look(leaf->text));
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

/* Opened when there is anything to open. Before the call is made most are passed over. */
static inline enum pen_status open_added(struct tree *tree, const struct pen_leaf *leaf, bool plain)
{
    if (!plain) return open_any(tree, leaf);
    return pen_look_passes_short(leaf->text) ? PEN_OK : open_plain(tree, leaf);
}

/* A text or name of a node, where there may be no room for it, or nothing to be read behind it. */
__attribute__((noinline)) static enum pen_status add_any(struct tree *tree,
                                                         const struct pen_json *node, bool is_name)
{
    struct pen_leaf leaf = tree->common;
    const struct pen_leaf *added = NULL;
    leaf.text = is_name ? node->name : node->text;
    if (tree->holder == NULL) leaf.place = is_name ? node->name_place : node->place;
    leaf.node = node;
    leaf.is_name = is_name;
    PEN_TRY(pen_leaves_push(tree->leaves, &leaf, &added));
    return open_added(tree, added, is_name ? node->plain_name : node->plain_text);
}

/* What nearly all nodes come to ends in all that it calls, and so needs no stack. */
__attribute__((always_inline)) static inline enum pen_status add_text(struct tree *tree,
                                                                      const struct pen_json *node,
                                                                      struct pen_str text,
                                                                      struct pen_place place,
                                                                      bool is_name)
{
    struct pen_leaves *const leaves = tree->leaves;
    const bool is_easy = pen_leaves_has_room(leaves) && is_roomy(tree->source, text)
                         && leaves->text_bytes + text.len + REST < leaves->text_room;
    if (!is_easy) return add_any(tree, node, is_name);

    struct pen_leaf *const leaf = put_leaf(tree, node, text, place, is_name);
    const size_t at = leaves->text_bytes;
    pen_leaves_count(leaves, at + text.len);
    leaves->text_bytes = at + text.len + 1;
    put_roomy_text(leaves->text + at, text);
    return open_added(tree, leaf, is_name ? node->plain_name : node->plain_text);
}

__attribute__((noinline)) static enum pen_status add_value(struct tree *tree,
                                                           const struct pen_json *node)
{
    return add_text(tree, node, node->text, node->place, false);
}

__attribute__((noinline)) static enum pen_status add_new_name(struct tree *tree,
                                                              const struct pen_json *node)
{
    return add_text(tree, node, node->name, node->name_place, true);
}

static enum pen_status make_room_for_repeat(struct pen_leaves *leaves)
{
    PEN_TRY(pen_leaves_make_room(leaves));
    if (leaves->next_repeat != leaves->repeats_end) return PEN_OK;
    struct pen_event_repeat *const block =
        pen_arena_alloc(leaves->arena, PEN_EVENT_BLOCK * sizeof(*block));
    if (block == NULL) return fail(leaves, PEN_ERR_NOMEM, "event.memory");

    leaves->repeats[leaves->repeat_blocks++] = block;
    leaves->next_repeat = block;
    leaves->repeats_end = block + PEN_EVENT_BLOCK;
    return PEN_OK;
}

/* Most names of a batch by far, so little is done for each: its leaf can be written later. */
static inline void put_repeat(struct tree *tree, const struct pen_json *node, uint32_t first)
{
    struct pen_leaves *const leaves = tree->leaves;
    *leaves->next_repeat++ = (struct pen_event_repeat){
        .node = node, .holder = tree->holder, .leaf = leaves->count, .first = first};
    leaves->repeat_bytes += node->name.len + 1;
    pen_leaves_count(leaves, leaves->text_bytes - 1); /* where the last text ends */
}

__attribute__((noinline)) static enum pen_status make_room_and_put(struct tree *tree,
                                                                   const struct pen_json *node,
                                                                   uint32_t first)
{
    PEN_TRY(make_room_for_repeat(tree->leaves));
    put_repeat(tree, node, first);
    return PEN_OK;
}

__attribute__((noinline)) static enum pen_status add_repeat(struct tree *tree,
                                                            const struct pen_json *node,
                                                            uint32_t first)
{
    const struct pen_leaves *const leaves = tree->leaves;
    if (!pen_leaves_has_room(leaves) || leaves->next_repeat == leaves->repeats_end) {
        return make_room_and_put(tree, node, first);
    }
    put_repeat(tree, node, first);
    return PEN_OK;
}

/* Do its bytes alone tell that nothing is opened? */
static bool holds_nothing(const struct pen_json *node)
{
    const struct pen_str name = node->name;
    if (node->plain_name && pen_look_passes(name)) return true;
    const unsigned seen = node->plain_name ? pen_look_plain(name) : pen_look(name);
    return seen == 0 && !pen_graphql_begins(name);
}

/* A name that may be known, but not by its id. */
__attribute__((noinline)) static enum pen_status add_name(struct tree *tree,
                                                          const struct pen_json *node)
{
    struct pen_leaves *const leaves = tree->leaves;
    const struct pen_str name = node->name;
    uint8_t *head = NULL;
    tree->by_id = ids_of(leaves, tree->holder);
    const struct pen_known_name *const known = pen_known_find(leaves->names, name, &head);
    if (known != NULL) {
        if (tree->holder == NULL) pen_known_as(leaves->names, node->name_id, known);
        return add_repeat(tree, node, known->leaf);
    }
    const uint32_t index = leaves->count;
    PEN_TRY(add_new_name(tree, node));
    if (head != NULL && holds_nothing(node)) pen_known_put(leaves->names, head, name, index);
    return PEN_OK;
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
        const uint32_t first = tree->by_id[node->name_id];
        PEN_TRY(first != 0                    ? add_repeat(tree, node, first)
                : tree->leaves->names == NULL ? add_new_name(tree, node)
                                              : add_name(tree, node));
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

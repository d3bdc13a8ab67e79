/**
 * A document's tree in its order, without recursion.
 *
 * Names are leaves without a look at what they hold: letters, digits and '_' encode nothing that a
 * server would undo. Comments and what else a document has between its tokens stay where they are:
 * in the text that the document is, which is a leaf, too.
 */
#include "filters/core/graphql_leaves.h"

#include "filters/core/body/body.h"

static enum pen_status fail(struct pen_leaves *leaves, enum pen_status status, const char *code)
{
    leaves->code = code;
    return status;
}

struct pen_leaf pen_graphql_leaf(const struct pen_leaf *holder, const struct pen_json *node)
{
    struct pen_leaf leaf = *holder;
    leaf.text = node->text;
    leaf.node = node;
    leaf.is_name = false;
    const bool is_body = holder->origin == PEN_ORIGIN_GRAPHQL && holder->from == NULL
                         && holder->node->parent == NULL; /* and no string of it */
    if (is_body) {
        leaf.place = node->place;
        return leaf;
    }
    leaf.from = holder;
    leaf.coding = PEN_CODING_GRAPHQL;
    return leaf;
}

static enum pen_status add_name(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                                struct pen_str name)
{
    const struct pen_leaf *added = NULL;
    struct pen_leaf copy = *leaf;
    copy.text = name;
    if (copy.from == NULL) copy.place = leaf->node->name_place;
    copy.is_name = true;
    return pen_leaves_push(leaves, &copy, &added);
}

static enum pen_status add_node(struct pen_leaves *leaves, const struct pen_json *node,
                                const struct pen_leaf *holder, uint32_t layer)
{
    const enum pen_graphql_part part = pen_graphql_part_of(node);
    const struct pen_leaf leaf = pen_graphql_leaf(holder, node);
    const struct pen_str name = pen_graphql_bare_name(node);
    if (name.len > 0 && part != PEN_GRAPHQL_OPERATION) PEN_TRY(add_name(leaves, &leaf, name));
    if (node->type != PEN_JSON_STRING || node->text.len == 0) return PEN_OK;

    return pen_leaves_add_within(leaves, &leaf, PEN_EXPECT_NOTHING, layer);
}

static enum pen_status add_tree(struct pen_leaves *leaves, const struct pen_json *root,
                                const struct pen_leaf *holder, uint32_t layer)
{
    const struct pen_json *node = root;
    for (;;) {
        PEN_TRY(add_node(leaves, node, holder, layer));
        if (node->first != NULL) {
            node = node->first;
            continue;
        }
        while (node != root && node->next == NULL) {
            node = node->parent;
        }
        if (node == root) return PEN_OK;
        node = node->next;
    }
}

static enum pen_status add_document(struct pen_leaves *leaves, const struct pen_graphql *graphql,
                                    const struct pen_leaf *holder, uint32_t layer)
{
    struct pen_graphql_document *const document = pen_arena_alloc(leaves->arena, sizeof(*document));
    if (document == NULL) return fail(leaves, PEN_ERR_NOMEM, "event.memory");

    *document = (struct pen_graphql_document){.graphql = *graphql, .holder = holder};
    if (leaves->last_graphql == NULL) {
        leaves->graphql = document;
    } else {
        leaves->last_graphql->next = document;
    }
    leaves->last_graphql = document;
    return add_tree(leaves, graphql->root, holder, layer);
}

enum pen_status pen_graphql_open(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                                 uint32_t layer, bool *found)
{
    if (!pen_graphql_begins(leaf->text)) return PEN_OK;

    struct pen_graphql graphql;
    struct pen_json_error error = {0};
    const enum pen_status status =
        pen_graphql_read(leaf->text, leaves->json, leaves->arena, &graphql, &error);
    if (status == PEN_ERR_SYNTAX) return PEN_OK;
    if (status == PEN_ERR_NOMEM) return fail(leaves, status, "event.memory");
    if (status != PEN_OK) return fail(leaves, status, error.code);

    *found = true;
    if (layer == leaves->layers) return fail(leaves, PEN_ERR_LIMIT, "event.layers");
    if (leaf->text.len > leaves->opened_limit - leaves->opened_bytes) {
        return fail(leaves, PEN_ERR_LIMIT, "event.opened");
    }
    leaves->opened_bytes += leaf->text.len;
    return add_document(leaves, &graphql, leaf, layer + 1);
}

enum pen_status pen_body_add_graphql(struct pen_leaves *leaves, struct pen_str body, size_t *offset)
{
    struct pen_graphql graphql;
    struct pen_json_error error = {0};
    const enum pen_status status =
        pen_graphql_read(body, leaves->json, leaves->arena, &graphql, &error);
    if (status != PEN_OK) {
        *offset = error.offset;
        return fail(leaves, status, status == PEN_ERR_NOMEM ? "event.memory" : error.code);
    }
    const struct pen_leaf whole = {
        .text = body,
        .place = pen_place_of(0, body.len),
        .node = graphql.root,
        .origin = PEN_ORIGIN_GRAPHQL,
    };
    const struct pen_leaf *holder = NULL;
    PEN_TRY(pen_leaves_push(leaves, &whole, &holder));
    return add_document(leaves, &graphql, holder, 0);
}

/* GraphQL requests in JSON. */

static bool is_request_member(struct pen_str name)
{
    static const struct pen_str names[] = {
        PEN_STR("query"),      PEN_STR("variables"), PEN_STR("operationName"),
        PEN_STR("extensions"), PEN_STR("id"),        PEN_STR("documentId"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(names); i++) {
        if (pen_str_equal(name, names[i])) return true;
    }
    return false;
}

static bool is_request(const struct pen_json *value)
{
    if (value->type != PEN_JSON_OBJECT || value->count == 0) return false;

    for (const struct pen_json *m = value->first; m != NULL; m = m->next) {
        if (!is_request_member(m->name)) return false;
    }
    const struct pen_json *const query = pen_json_member(value, PEN_S("query"));
    return query == NULL || query->type == PEN_JSON_STRING || query->type == PEN_JSON_NULL;
}

bool pen_graphql_is_request(const struct pen_json *root)
{
    const bool batch = root->type == PEN_JSON_ARRAY && root->first != NULL;
    return is_request(batch ? root->first : root);
}

static enum pen_status refuse(struct pen_json_error *error, enum pen_status status,
                              const char *code, const struct pen_json *value)
{
    *error = (struct pen_json_error){.code = code, .offset = value->place.start};
    return status;
}

/* One request; `document` is the first that may be its own, and moves behind that. */
static enum pen_status require_request(const struct pen_json *request,
                                       const struct pen_graphql_document **document,
                                       struct pen_json_error *error)
{
    if (!is_request(request)) return refuse(error, PEN_ERR_INVALID, "graphql.request", request);

    const struct pen_json *const query = pen_json_member(request, PEN_S("query"));
    if (query == NULL || query->type == PEN_JSON_NULL) return PEN_OK;

    /* Documents stand in the order of the body: each is looked at once. */
    const struct pen_graphql_document *d = *document;
    while (d != NULL && (d->holder->node != query || d->holder->from != NULL)) {
        d = d->next;
    }
    if (d == NULL) return refuse(error, PEN_ERR_SYNTAX, "graphql.syntax", query);
    *document = d->next;
    return PEN_OK;
}

enum pen_status pen_graphql_require(const struct pen_event *event, struct pen_json_error *error)
{
    const struct pen_json *const root = event->root;
    const struct pen_graphql_document *document = event->graphql;
    if (root == NULL || root->type != PEN_JSON_ARRAY) {
        static const struct pen_json nothing;
        return require_request(root == NULL ? &nothing : root, &document, error);
    }
    if (root->count == 0) return refuse(error, PEN_ERR_INVALID, "graphql.request", root);

    for (const struct pen_json *request = root->first; request != NULL; request = request->next) {
        PEN_TRY(require_request(request, &document, error));
    }
    return PEN_OK;
}

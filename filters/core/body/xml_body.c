/** application/xml, text/xml, +xml, and documents in texts: their names, values, texts, comments.
 */
#include "filters/core/body/body.h"
#include "filters/core/body/xml.h"

/* Names that the document chose, without the tree's marks: an element's, "@name", "?target". */
static struct pen_str chosen_name(const struct pen_json *node)
{
    if (node->type == PEN_JSON_OBJECT) return node->name;
    return pen_str_slice(node->name, node->name.ptr[0] == '#' ? node->name.len : 1, node->name.len);
}

static enum pen_status add_node(struct pen_leaves *leaves, const struct pen_json *node,
                                const struct pen_leaf *holder, uint32_t layer)
{
    struct pen_leaf leaf = {.origin = PEN_ORIGIN_XML};
    if (holder != NULL) {
        leaf = *holder;
        leaf.from = holder;
        leaf.coding = PEN_CODING_XML;
    }
    leaf.node = node;
    leaf.text = chosen_name(node);
    if (leaf.text.len > 0) {
        leaf.is_name = true;
        if (holder == NULL) leaf.place = node->name_place;
        PEN_TRY(pen_leaves_add_within(leaves, &leaf, PEN_EXPECT_NOTHING, layer));
    }
    if (node->type != PEN_JSON_STRING || node->text.len == 0) return PEN_OK;

    leaf.text = node->text;
    leaf.is_name = false;
    if (holder == NULL) leaf.place = node->place;
    return pen_leaves_add_within(leaves, &leaf, PEN_EXPECT_NOTHING, layer);
}

/* Document order, without recursion. */
enum pen_status pen_leaves_add_xml(struct pen_leaves *leaves, const struct pen_json *document,
                                   const struct pen_leaf *holder, uint32_t layer)
{
    const struct pen_json *node = document;
    while (node->first != NULL || node != document) {
        if (node->first != NULL) {
            node = node->first;
        } else {
            while (node != document && node->next == NULL) {
                node = node->parent;
            }
            if (node == document) break;
            node = node->next;
        }
        PEN_TRY(add_node(leaves, node, holder, layer));
    }
    return PEN_OK;
}

enum pen_status pen_body_add_xml(struct pen_leaves *leaves, struct pen_str body, size_t *offset)
{
    const struct pen_json *document = NULL;
    struct pen_json_error error = {0};
    const enum pen_status status =
        pen_xml_read(body, leaves->json, leaves->arena, &document, &error);
    if (status == PEN_OK) return pen_leaves_add_xml(leaves, document, NULL, 0);

    leaves->code = error.code;
    *offset = error.offset;
    return status;
}

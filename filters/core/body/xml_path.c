/** Where a node of an XML tree stands, for people and for exceptions. */
#include "filters/core/body/xml.h"

#define MAX_DEPTH 1024 /* deeper than any reader's limit, as of a JSON pointer */

/* Siblings of the node's name: how many stand before it, and how many there are. */
static void count_alike(const struct pen_json *node, uint32_t *before, uint32_t *all)
{
    *before = 0;
    *all = 0;
    for (const struct pen_json *s = node->parent->first; s != NULL; s = s->next) {
        if (s == node) *before = *all;
        if (s->type == node->type && pen_str_equal(s->name, node->name)) (*all)++;
    }
}

static void put_step(const struct pen_json *node, struct pen_buf *buf)
{
    uint32_t before;
    uint32_t all;
    count_alike(node, &before, &all);
    if (all == 1 && pen_str_equal(node->name, PEN_S("#text"))) return;

    pen_buf_byte(buf, '/');
    pen_buf_put(buf, node->name);
    if (all == 1) return;

    pen_buf_byte(buf, '[');
    pen_buf_u64(buf, (uint64_t)before + 1);
    pen_buf_byte(buf, ']');
}

void pen_xml_path(const struct pen_json *node, struct pen_buf *buf)
{
    const struct pen_json *chain[MAX_DEPTH];
    size_t depth = 0;
    for (const struct pen_json *n = node; n->parent != NULL; n = n->parent) {
        if (depth == MAX_DEPTH) {
            buf->full = true;
            return;
        }
        chain[depth++] = n;
    }
    while (depth > 0) {
        put_step(chain[--depth], buf);
    }
}

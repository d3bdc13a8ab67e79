/**
 * Nodes in document order with 16-bit references, then all their strings.
 *
 * In document order a node's first child follows it at once, and `next` alone has to be kept. The
 * payload's size (PEN_CLAIMS_MAX_BYTES) bounds every place and the strings together, for decoding
 * an escape never makes it longer.
 */
#include "gateway/auth/claims_pack.h"

#include <string.h>

#include "gateway/auth/jws.h"

#define NOTHING 0xFFFF /* no node: above PEN_TOKEN_MAX_NODES */

struct packed_text {
    uint16_t start; /* among the strings */
    uint16_t len;
};

struct packed_span {
    uint16_t start;
    uint16_t end;
};

struct packed_node {
    struct packed_text name;
    struct packed_text text;
    struct packed_span place;
    struct packed_span name_place;
    uint16_t parent;
    uint16_t next;
    uint16_t count;
    uint16_t index;
    uint16_t type;
};

struct packed_head {
    uint16_t node_count;
    uint16_t string_bytes;
};

_Static_assert(sizeof(struct packed_head) + PEN_TOKEN_MAX_NODES * sizeof(struct packed_node)
                       + PEN_CLAIMS_MAX_BYTES
                   <= PEN_CLAIMS_PACK_MAX,
               "every tree of the front end fits");
_Static_assert(PEN_TOKEN_MAX_NODES < NOTHING && PEN_CLAIMS_MAX_BYTES < 0xFFFF,
               "16-bit references suffice");

static size_t count_nodes(const struct pen_json *node)
{
    size_t count = 1;
    for (const struct pen_json *child = node->first; child != NULL; child = child->next) {
        count += count_nodes(child);
        if (count > PEN_TOKEN_MAX_NODES) break;
    }
    return count;
}

struct packing {
    struct packed_node *nodes;
    size_t count;
    char *strings;
    size_t used;
    bool full;
};

static struct packed_text pack_text(struct packing *packing, struct pen_str text)
{
    if (text.len > PEN_CLAIMS_MAX_BYTES - packing->used) {
        packing->full = true;
        return (struct packed_text){0};
    }
    const struct packed_text packed = {.start = (uint16_t)packing->used, .len = (uint16_t)text.len};
    if (text.len > 0) memcpy(packing->strings + packing->used, text.ptr, text.len);
    packing->used += text.len;
    return packed;
}

static struct packed_span pack_span(struct packing *packing, struct pen_place span)
{
    if (span.start > PEN_CLAIMS_MAX_BYTES || span.end > PEN_CLAIMS_MAX_BYTES) packing->full = true;
    return (struct packed_span){(uint16_t)span.start, (uint16_t)span.end};
}

/* Bounded by the front end's depth. */
static void pack_node(struct packing *packing, const struct pen_json *node, uint16_t parent)
{
    const uint16_t self = (uint16_t)packing->count++;
    packing->nodes[self] = (struct packed_node){
        .name = pack_text(packing, node->name),
        .text = pack_text(packing, node->text),
        .place = pack_span(packing, node->place),
        .name_place = pack_span(packing, node->name_place),
        .parent = parent,
        .next = NOTHING,
        .count = (uint16_t)node->count,
        .index = (uint16_t)node->index,
        .type = (uint16_t)node->type,
    };
    uint16_t before = NOTHING;
    for (const struct pen_json *child = node->first; child != NULL; child = child->next) {
        const uint16_t here = (uint16_t)packing->count;
        if (before != NOTHING) packing->nodes[before].next = here;
        pack_node(packing, child, self);
        before = here;
    }
}

enum pen_status pen_claims_pack(const struct pen_json *claims, void *out, size_t *size)
{
    const size_t count = count_nodes(claims);
    if (count > PEN_TOKEN_MAX_NODES) return PEN_ERR_LIMIT;

    struct packed_head *const head = out;
    struct packing packing = {.nodes = (struct packed_node *)(head + 1)};
    packing.strings = (char *)(packing.nodes + count);
    pack_node(&packing, claims, NOTHING);
    if (packing.full) return PEN_ERR_LIMIT;

    *head = (struct packed_head){(uint16_t)count, (uint16_t)packing.used};
    *size = sizeof(*head) + count * sizeof(*packing.nodes) + packing.used;
    return PEN_OK;
}

/* A name is NULL where the tree is an array's element or the root. */
static struct pen_str unpack_text(const char *strings, struct packed_text text, bool present)
{
    return present ? (struct pen_str){strings + text.start, text.len} : (struct pen_str){0};
}

static struct pen_place unpack_span(struct packed_span span)
{
    return (struct pen_place){span.start, span.end};
}

enum pen_status pen_claims_unpack(const void *bytes, struct pen_arena *arena,
                                  const struct pen_json **out)
{
    const struct packed_head *const head = bytes;
    const struct packed_node *const packed = (const struct packed_node *)(head + 1);
    const char *const strings = (const char *)(packed + head->node_count);
    struct pen_json *const nodes = pen_arena_alloc(arena, head->node_count * sizeof(*nodes));
    if (nodes == NULL) return PEN_ERR_NOMEM;

    for (size_t i = 0; i < head->node_count; i++) {
        const struct packed_node *const from = &packed[i];
        const struct pen_json *const parent = from->parent != NOTHING ? &nodes[from->parent] : NULL;
        const bool is_member = parent != NULL && parent->type == PEN_JSON_OBJECT;
        nodes[i] = (struct pen_json){
            .name = unpack_text(strings, from->name, is_member),
            .text = unpack_text(strings, from->text, true),
            .place = unpack_span(from->place),
            .name_place = unpack_span(from->name_place),
            .parent = parent,
            .next = from->next != NOTHING ? &nodes[from->next] : NULL,
            .first = from->count > 0 ? &nodes[i + 1] : NULL,
            .count = from->count,
            .index = from->index,
            .type = (enum pen_json_type)from->type,
        };
    }
    *out = nodes;
    return PEN_OK;
}

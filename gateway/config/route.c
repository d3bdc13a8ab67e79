/**
 * Routing: one hash of hosts, one of exact paths, and a trie of segments for the rest.
 *
 * The trie's edges hang in a hash of their own, keyed by node and segment, so that a node with ten
 * thousand children costs no more than one with two. A look-up hashes the path once whole and once
 * by segments. Where a literal and a `{name}` both fit, the literal is tried first and the other
 * only if it leads nowhere; how often that happens depends on how routes share their beginnings,
 * never on how many there are.
 */
#include "gateway/config/route.h"

#include <string.h>

#include "gateway/config/route_text.h"

#define NOWHERE   UINT32_MAX
#define ANY_HOST  0   /* node: the trie of functions without host */
#define HOST_MOST 255 /* bytes of a host name, RFC 1035 section 2.3.4 */

struct slot {
    const char *text; /* NULL: free */
    uint32_t length;  /* of it: a configuration file is smaller than 4 GiB */
    uint32_t hash;
    uint32_t scope;
    uint32_t value;
};

/* Open addressing; at most half full. */
struct table {
    struct slot *slots;
    size_t mask;
};

struct node {
    const struct pen_config_function *end;  /* the path ends with this segment */
    const struct pen_config_function *rest; /* a '*' follows */
    uint32_t capture;                       /* node behind a {name}; NOWHERE = none */
};

struct pen_router {
    struct table hosts; /* host -> node */
    struct table exact; /* (host's node, path) -> function */
    struct table edges; /* (node, segment) -> node */
    struct node *nodes;
    uint32_t node_count;
    const struct pen_config_function *functions;
};

/* FNV-1a, then mixed so that its low bits depend on every byte. What is stored is the
   configuration's, so a caller can choose what is looked up but not make chains longer. */
static uint32_t hash_of(uint32_t scope, struct pen_str text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ scope;
    for (size_t i = 0; i < text.len; i++) {
        hash = (hash ^ (unsigned char)text.ptr[i]) * UINT64_C(0x100000001b3);
    }
    hash ^= hash >> 32;
    return (uint32_t)(hash * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

static enum pen_status table_init(struct table *table, size_t entries, struct pen_arena *arena)
{
    size_t size = 8;
    while (size / 2 < entries) {
        if (size > SIZE_MAX / 4) return PEN_ERR_NOMEM;
        size *= 2;
    }
    table->slots = pen_arena_calloc(arena, size, sizeof(*table->slots));
    table->mask = size - 1;
    return table->slots == NULL ? PEN_ERR_NOMEM : PEN_OK;
}

/* The slot that holds the key, or the free one where it belongs. */
static struct slot *table_slot(const struct table *table, uint32_t scope, struct pen_str text,
                               uint32_t hash)
{
    size_t at = hash & table->mask;
    for (; table->slots[at].text != NULL; at = (at + 1) & table->mask) {
        struct slot *const slot = &table->slots[at];
        const struct pen_str own = {slot->text, slot->length};
        if (slot->hash == hash && slot->scope == scope && pen_str_equal(own, text)) break;
    }
    return &table->slots[at];
}

static uint32_t table_find(const struct table *table, uint32_t scope, struct pen_str text)
{
    const struct slot *const slot = table_slot(table, scope, text, hash_of(scope, text));
    return slot->text != NULL ? slot->value : NOWHERE;
}

static void table_put(const struct table *table, uint32_t scope, struct pen_str text,
                      uint32_t value)
{
    const uint32_t hash = hash_of(scope, text);
    *table_slot(table, scope, text, hash) = (struct slot){
        .text = text.ptr,
        .length = (uint32_t)text.len,
        .hash = hash,
        .scope = scope,
        .value = value,
    };
}

static uint32_t new_node(struct pen_router *router)
{
    router->nodes[router->node_count] = (struct node){.capture = NOWHERE};
    return router->node_count++;
}

/* The node behind a segment, made when it is not there yet. */
static uint32_t child_of(struct pen_router *router, uint32_t parent,
                         const struct pen_route_segment *segment)
{
    if (segment->kind == PEN_SEGMENT_CAPTURE) {
        if (router->nodes[parent].capture == NOWHERE) {
            router->nodes[parent].capture = new_node(router);
        }
        return router->nodes[parent].capture;
    }
    const uint32_t found = table_find(&router->edges, parent, segment->text);
    if (found != NOWHERE) return found;

    const uint32_t node = new_node(router);
    table_put(&router->edges, parent, segment->text, node);
    return node;
}

static uint32_t host_node(struct pen_router *router, struct pen_str host)
{
    if (host.len == 0) return ANY_HOST;

    const uint32_t found = table_find(&router->hosts, 0, host);
    if (found != NOWHERE) return found;

    const uint32_t node = new_node(router);
    table_put(&router->hosts, 0, host, node);
    return node;
}

static enum pen_status refuse_shared(const struct pen_config_function *first,
                                     const struct pen_config_function *second,
                                     struct pen_error *err)
{
    pen_error_set(err, "the functions '%.*s' and '%.*s' have the same route",
                  PEN_STR_ARGS(first->name), PEN_STR_ARGS(second->name));
    return PEN_ERR_INVALID;
}

static enum pen_status add_exact(struct pen_router *router, uint32_t host,
                                 const struct pen_config_function *function, struct pen_error *err)
{
    const uint32_t owner = table_find(&router->exact, host, function->route);
    if (owner != NOWHERE) return refuse_shared(&router->functions[owner], function, err);

    table_put(&router->exact, host, function->route, (uint32_t)(function - router->functions));
    return PEN_OK;
}

static enum pen_status add_route(struct pen_router *router,
                                 const struct pen_config_function *function, struct pen_error *err)
{
    struct pen_route_text route;
    const char *problem;
    if (pen_route_text_read(function->route, PEN_ROUTE_CAPTURES, &route, &problem) != PEN_OK) {
        pen_error_set(err, "the route of '%.*s' %s", PEN_STR_ARGS(function->name), problem);
        return PEN_ERR_INVALID;
    }
    uint32_t at = host_node(router, function->host);
    if (route.capture_count == 0) return add_exact(router, at, function, err);

    const struct pen_route_segment *const last = &route.segments[route.segment_count - 1];
    const bool has_rest = last->kind == PEN_SEGMENT_REST;
    for (size_t i = 0; i < route.segment_count - (has_rest ? 1 : 0); i++) {
        at = child_of(router, at, &route.segments[i]);
    }
    const struct pen_config_function **const place =
        has_rest ? &router->nodes[at].rest : &router->nodes[at].end;
    if (*place != NULL) return refuse_shared(*place, function, err);
    *place = function;
    return PEN_OK;
}

static size_t count_hosts(const struct pen_config *config)
{
    size_t count = 0;
    for (size_t i = 0; i < config->function_count; i++) {
        count += config->functions[i].host.len > 0;
    }
    return count;
}

/* At most one node each; routes that capture nothing are in no trie. */
static size_t count_segments(const struct pen_config *config)
{
    size_t count = 0;
    for (size_t i = 0; i < config->function_count; i++) {
        const struct pen_str route = config->functions[i].route;
        const bool captures =
            pen_str_find(route, '{', 0) < route.len || pen_str_find(route, '*', 0) < route.len;
        for (size_t at = 0; captures && at < route.len; at++) {
            if (route.ptr[at] == '/') count++;
        }
    }
    return count;
}

enum pen_status pen_router_create(const struct pen_config *config, struct pen_arena *arena,
                                  const struct pen_router **out, struct pen_error *err)
{
    const size_t hosts = count_hosts(config);
    const size_t segments = count_segments(config);
    const size_t most = 1 + hosts + segments; /* nodes: any host is one, too */
    struct pen_router *router = pen_arena_calloc(arena, 1, sizeof(*router));
    if (router == NULL || most >= NOWHERE) return PEN_ERR_NOMEM;

    router->functions = config->functions;
    router->nodes = pen_arena_calloc(arena, most, sizeof(*router->nodes));
    if (router->nodes == NULL) return PEN_ERR_NOMEM;
    PEN_TRY(table_init(&router->hosts, hosts, arena));
    PEN_TRY(table_init(&router->exact, config->function_count, arena));
    PEN_TRY(table_init(&router->edges, segments, arena));

    (void)new_node(router); /* ANY_HOST */
    for (size_t i = 0; i < config->function_count; i++) {
        PEN_TRY(add_route(router, &config->functions[i], err));
    }
    *out = router;
    return PEN_OK;
}

/* One descent; `best` is the longest prefix met so far. */
struct search {
    const struct pen_router *router;
    struct pen_str path;
    struct pen_str captures[PEN_ROUTE_CAPTURES];
    size_t capture_count;
    struct pen_route_match best;
    size_t best_at;
};

static void settle(const struct search *search, const struct pen_config_function *function,
                   struct pen_route_match *out)
{
    out->function = function;
    out->capture_count = search->capture_count;
    for (size_t i = 0; i < search->capture_count; i++) {
        out->captures[i] = search->captures[i];
    }
}

static void note_prefix(struct search *search, const struct node *node, size_t at)
{
    /* Literals are tried before captures: among prefixes of one length the first is the better. */
    if (node->rest == NULL || (search->best.function != NULL && at <= search->best_at)) return;

    settle(search, node->rest, &search->best);
    search->best.captures[search->best.capture_count++] =
        pen_str_slice(search->path, at, search->path.len);
    search->best_at = at;
}

/* No deeper than the longest route: an edge is followed only where one was made. */
static bool descend(struct search *search, uint32_t index, size_t at, struct pen_route_match *out)
{
    const struct node *const node = &search->router->nodes[index];
    note_prefix(search, node, at);
    const struct pen_str segment = pen_route_segment_at(search->path, at);
    const size_t next = at + segment.len + 1;
    const bool last = next > search->path.len;

    const uint32_t literal = table_find(&search->router->edges, index, segment);
    if (literal != NOWHERE) {
        const struct node *const child = &search->router->nodes[literal];
        if (last && child->end != NULL) {
            settle(search, child->end, out);
            return true;
        }
        if (!last && descend(search, literal, next, out)) return true;
    }
    if (node->capture == NOWHERE || segment.len == 0) return false;

    const struct node *const child = &search->router->nodes[node->capture];
    search->captures[search->capture_count++] = segment;
    if (last && child->end != NULL) {
        settle(search, child->end, out);
        return true;
    }
    if (!last && descend(search, node->capture, next, out)) return true;
    search->capture_count--;
    return false;
}

static bool find_under(const struct pen_router *router, uint32_t host, struct pen_str path,
                       struct pen_route_match *out)
{
    const uint32_t exact = table_find(&router->exact, host, path);
    if (exact != NOWHERE) {
        out->function = &router->functions[exact];
        return true;
    }
    struct search search = {.router = router, .path = path};
    if (descend(&search, host, 1, out)) return true;
    if (search.best.function == NULL) return false;
    *out = search.best;
    return true;
}

/* "FN.example:8443" is "fn.example"; an IPv6 address keeps its brackets. */
static struct pen_str host_of(struct pen_str authority, char *memory)
{
    size_t end = authority.len;
    if (end > 0 && authority.ptr[0] == '[') {
        end = pen_str_find(authority, ']', 0);
    } else {
        end = pen_str_find(authority, ':', 0);
    }
    if (end > HOST_MOST) return PEN_S("");

    for (size_t i = 0; i < end; i++) {
        memory[i] = pen_to_lower(authority.ptr[i]);
    }
    return (struct pen_str){memory, end};
}

void pen_router_find(const struct pen_router *router, struct pen_str authority, struct pen_str path,
                     struct pen_route_match *out)
{
    char memory[HOST_MOST];
    out->function = NULL;
    out->capture_count = 0;
    if (path.len == 0 || path.ptr[0] != '/') return;

    const uint32_t host = table_find(&router->hosts, 0, host_of(authority, memory));
    if (host != NOWHERE && find_under(router, host, path, out)) return;
    (void)find_under(router, ANY_HOST, path, out);
}

/* The capture that a segment of the target names, by the order of names in the route. */
static struct pen_str captured(const struct pen_route_match *match,
                               const struct pen_route_segment *wanted)
{
    const struct pen_str route = match->function->route;
    size_t index = 0;
    for (size_t at = 1; at <= route.len && index < match->capture_count;) {
        const struct pen_str text = pen_route_segment_at(route, at);
        at += text.len + 1;
        const struct pen_route_segment segment = pen_route_segment_of(text, at > route.len);
        if (segment.kind == PEN_SEGMENT_LITERAL) continue;
        if (segment.kind == wanted->kind && pen_str_equal(segment.text, wanted->text)) {
            return match->captures[index];
        }
        index++;
    }
    return PEN_S("");
}

void pen_route_target(const struct pen_route_match *match, struct pen_str path, struct pen_buf *buf)
{
    const struct pen_config_function *const function = match->function;
    const struct pen_str target = function->target;
    if (function->upstream != NULL) pen_buf_put(buf, function->upstream->base_path);
    if (target.len == 0) {
        pen_buf_put(buf, path);
        return;
    }
    for (size_t at = 1; at <= target.len;) {
        const struct pen_str text = pen_route_segment_at(target, at);
        at += text.len + 1;
        const struct pen_route_segment segment = pen_route_segment_of(text, at > target.len);
        pen_buf_byte(buf, '/');
        pen_buf_put(buf, segment.kind == PEN_SEGMENT_LITERAL ? text : captured(match, &segment));
    }
}

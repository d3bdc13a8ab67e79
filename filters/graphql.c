/**
 * GraphQL: documents that ask for more than an honest client does.
 *
 * One short text can keep a server busy for minutes: fields in fields that fan out at every level,
 * one expensive field under a hundred aliases, fragments that multiply, a thousand requests in one
 * body. Servers are asked to bound all of this and many do not. Bounds are a function's own
 * business, so they are settings. A default is a guess about somebody else's client: beyond it a
 * document is only noted, beyond twice as much it is refused. A bound that was set is a bound.
 *
 * Asking for the schema is what every attack on a GraphQL server begins with, and what developers'
 * tools do, not a shop's web page: refused unless `introspection: true`.
 *
 * What the texts in a document say is the other filters' business: they are leaves. Which fields
 * there are, and whether they are asked for correctly, only the server knows.
 */
#include "filters/core/graphql_leaves.h"
#include "filters/filter.h"
#include "filters/graphql_cost.h"
#include "filters/setting.h"

#define SCORE_SET     100 /* a bound that was set */
#define SCORE_BEYOND  60  /* beyond a default: flagged, refused where the sink is declared */
#define SCORE_FAR     85  /* beyond twice a default */
#define SCORE_INVALID 90  /* no client's library writes it, and servers part over it */
#define SCORE_SCHEMA  75

#define ARGUMENT_MOST                                                          \
    256 /* bytes of "(name: ...)"; looking further would be looking everywhere \
         */

enum bound { DEPTH, ALIASES, FIELDS, COST, DIRECTIVES, BATCH, BOUND_COUNT };

static const struct {
    struct pen_str key;
    uint64_t fallback;
    const char *rule;
} bounds[BOUND_COUNT] = {
    [DEPTH] = {PEN_STR("depth"), 10, "graphql.depth"},
    [ALIASES] = {PEN_STR("aliases"), 15, "graphql.aliases"},
    [FIELDS] = {PEN_STR("fields"), 200, "graphql.fields"},
    [COST] = {PEN_STR("cost"), 1000, "graphql.cost"},
    [DIRECTIVES] = {PEN_STR("directives"), 10, "graphql.directives"},
    [BATCH] = {PEN_STR("batch"), 10, "graphql.batch"},
};

static const struct pen_rule rules[] = {
    {"graphql.depth", "fields are nested deeper than the function allows, fragments included"},
    {"graphql.aliases", "more aliases than the function allows: one field asked for many times"},
    {"graphql.fields", "more fields than the function allows"},
    {"graphql.cost", "more fields than the function allows once its fragments are put in"},
    {"graphql.directives", "more directives at one place than the function allows"},
    {"graphql.batch", "more requests in one body than the function allows"},
    {"graphql.cycle", "a fragment holds itself: its expansion has no end"},
    {"graphql.duplicate", "one name is given twice: servers differ about which one counts"},
    {"graphql.introspection", "the server is asked for its schema"},
};

static const struct pen_trigger triggers[] = {
    {.pattern = "__schema"},
    {.pattern = "__type\\b"},
};

struct settings {
    uint64_t most[BOUND_COUNT];
    bool is_set[BOUND_COUNT];
    bool introspection; /* allowed */
};

static enum pen_status read_introspection(const struct pen_json *member, struct settings *settings,
                                          struct pen_error *err)
{
    if (member->type != PEN_JSON_TRUE && member->type != PEN_JSON_FALSE) {
        return pen_setting_refuse(member, err, "'introspection' takes true or false");
    }
    settings->introspection = member->type == PEN_JSON_TRUE;
    return PEN_OK;
}

static enum pen_status read_setting(const struct pen_json *member, struct settings *settings,
                                    struct pen_error *err)
{
    if (pen_str_equal(member->name, PEN_S("introspection"))) {
        return read_introspection(member, settings, err);
    }
    size_t i = 0;
    while (i < BOUND_COUNT && !pen_str_equal(member->name, bounds[i].key)) {
        i++;
    }
    if (i == BOUND_COUNT) {
        struct pen_str keys[BOUND_COUNT + 1];
        for (size_t k = 0; k < BOUND_COUNT; k++) {
            keys[k] = bounds[k].key;
        }
        keys[BOUND_COUNT] = PEN_S("introspection");
        return pen_setting_unknown(member, keys, PEN_COUNT_OF(keys), err);
    }
    if (pen_json_to_u64(member, &settings->most[i]) != PEN_OK || settings->most[i] == 0) {
        return pen_setting_refuse(member, err, "'%.*s' takes a whole number above 0",
                                  PEN_STR_ARGS(member->name));
    }
    settings->is_set[i] = true;
    return PEN_OK;
}

static enum pen_status compile(const struct pen_json *config, struct pen_arena *arena, void **state,
                               struct pen_error *err)
{
    struct settings *settings = pen_arena_calloc(arena, 1, sizeof(*settings));
    if (settings == NULL) return PEN_ERR_NOMEM;

    for (size_t i = 0; i < BOUND_COUNT; i++) {
        settings->most[i] = bounds[i].fallback;
    }
    for (const struct pen_json *m = config == NULL ? NULL : config->first; m != NULL; m = m->next) {
        if (pen_str_equal(m->name, PEN_S("mode"))) continue; /* the chain's, not ours */
        PEN_TRY(read_setting(m, settings, err));
    }
    *state = settings;
    return PEN_OK;
}

/* Documents. */

/* On a part of the document: a name or alias, so that the finding has a path. */
static enum pen_status report_part(const struct pen_graphql_document *document, const char *rule,
                                   const struct pen_json *node, uint32_t score,
                                   struct pen_scan *scan)
{
    struct pen_leaf *const leaf = pen_arena_alloc(scan->arena, sizeof(*leaf));
    if (leaf == NULL) return PEN_ERR_NOMEM;

    *leaf = pen_graphql_leaf(document->holder, node);
    leaf->is_name = pen_graphql_part_of(node) != PEN_GRAPHQL_ABOUT;
    if (leaf->is_name) leaf->text = pen_graphql_bare_name(node);
    scan->leaf = leaf;
    pen_scan_report(scan, rule, (struct pen_span){0, leaf->text.len}, score);
    scan->leaf = NULL;
    return PEN_OK;
}

static uint32_t score_of(const struct settings *settings, enum bound bound, uint64_t value)
{
    const uint64_t most = settings->most[bound];
    if (value <= most) return 0;
    if (settings->is_set[bound]) return SCORE_SET;
    return value > 2 * most ? SCORE_FAR : SCORE_BEYOND;
}

static enum pen_status check(const struct settings *settings, enum bound bound,
                             const struct pen_graphql_tally *tally,
                             const struct pen_graphql_document *document, struct pen_scan *scan)
{
    const uint32_t score = score_of(settings, bound, tally->value);
    if (score == 0) return PEN_OK;
    return report_part(document, bounds[bound].rule, tally->node, score, scan);
}

static enum pen_status check_flaw(const char *rule, const struct pen_json *node, uint32_t score,
                                  const struct pen_graphql_document *document,
                                  struct pen_scan *scan)
{
    return node == NULL ? PEN_OK : report_part(document, rule, node, score, scan);
}

static enum pen_status check_document(const struct settings *settings,
                                      const struct pen_graphql_document *document,
                                      struct pen_scan *scan)
{
    struct pen_graphql_cost cost;
    const struct pen_graphql *const graphql = &document->graphql;
    PEN_TRY(pen_graphql_count(graphql->root, scan->arena, &cost));
    PEN_TRY(pen_scan_spend(scan, cost.steps));
    PEN_TRY(check(settings, DEPTH, &cost.depth, document, scan));
    PEN_TRY(check(settings, ALIASES, &cost.aliases, document, scan));
    PEN_TRY(check(settings, FIELDS, &cost.fields, document, scan));
    PEN_TRY(check(settings, COST, &cost.expanded, document, scan));
    PEN_TRY(check(settings, DIRECTIVES, &cost.directives, document, scan));
    PEN_TRY(check_flaw("graphql.cycle", cost.cycle, SCORE_INVALID, document, scan));
    PEN_TRY(check_flaw("graphql.duplicate", graphql->twice != NULL ? graphql->twice : cost.twice,
                       SCORE_INVALID, document, scan));
    return check_flaw("graphql.introspection", settings->introspection ? NULL : cost.schema,
                      SCORE_SCHEMA, document, scan);
}

/* The array of requests that a document's request stands in, or NULL. */
static const struct pen_json *batch_of(const struct pen_graphql_document *document)
{
    const struct pen_json *const query = document->holder->node;
    if (query == NULL || !pen_str_equal(query->name, PEN_S("query"))) return NULL;
    const struct pen_json *const array = query->parent->parent;
    return array != NULL && array->type == PEN_JSON_ARRAY ? array : NULL;
}

static enum pen_status inspect_event(const void *state, const struct pen_event *event,
                                     struct pen_scan *scan)
{
    const struct settings *const settings = state;
    const struct pen_json *last_batch = NULL;
    for (const struct pen_graphql_document *d = event->graphql; d != NULL; d = d->next) {
        PEN_TRY(check_document(settings, d, scan));
        const struct pen_json *const batch = batch_of(d);
        if (batch == NULL || batch == last_batch) continue;

        const uint32_t score = score_of(settings, BATCH, batch->count);
        last_batch = batch;
        scan->leaf = d->holder;
        if (score > 0) pen_scan_report(scan, "graphql.batch", (struct pen_span){0, 0}, score);
        scan->leaf = NULL;
    }
    return PEN_OK;
}

/* Texts that hold a document without being one: the rest of a URL, half a request. */

static size_t skip_ignored(struct pen_str text, size_t at)
{
    /* '+' and "%20" are what a space becomes in a URL; the latter is undone before. */
    while (at < text.len
           && (pen_is_space(text.ptr[at]) || text.ptr[at] == '+' || text.ptr[at] == ',')) {
        at++;
    }
    return at;
}

/* "__schema {" or "__type(name: ...) {": a field with a selection set, as nothing else has it. */
static bool is_selection(struct pen_str text, size_t at, bool has_argument)
{
    at = skip_ignored(text, at);
    if (has_argument) {
        if (at == text.len || text.ptr[at] != '(') return false;
        const struct pen_str near = pen_str_slice(text, 0, at + ARGUMENT_MOST);
        at = skip_ignored(text, pen_str_find(near, ')', at) + 1);
    }
    if (at >= text.len || text.ptr[at] != '{') return false;
    at = skip_ignored(text, at + 1);
    return at < text.len
           && (pen_is_alpha(text.ptr[at]) || text.ptr[at] == '_' || text.ptr[at] == '.');
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    const struct settings *const settings = state;
    const struct pen_str text = leaf->text;
    if (settings->introspection) return PEN_OK;

    PEN_TRY(pen_scan_spend(scan, 2 * text.len));
    const struct pen_str schema = PEN_STR("__schema");
    const struct pen_str type = PEN_STR("__type");
    for (size_t at = pen_str_find(text, '_', 0); at < text.len;
         at = pen_str_find(text, '_', at + 1)) {
        const struct pen_str rest = pen_str_slice(text, at, text.len);
        const bool is_schema = pen_str_starts(rest, schema);
        if (!is_schema && !pen_str_starts(rest, type)) continue;

        const size_t end = at + (is_schema ? schema.len : type.len);
        if (is_selection(text, end, !is_schema)) {
            pen_scan_report(scan, "graphql.introspection", (struct pen_span){at, end},
                            SCORE_SCHEMA);
            return PEN_OK; /* once is enough, and keeps this linear */
        }
    }
    return PEN_OK;
}

const struct pen_filter pen_filter_graphql = {
    .name = "graphql",
    .summary = "GraphQL documents that ask for too much, or for the schema",
    .sinks = "graphql",
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .compile = compile,
    .inspect_leaf = inspect_leaf,
    .inspect_event = inspect_event,
};

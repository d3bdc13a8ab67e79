/** The list of envelopes, and how their rows are held against a document. */
#include "filters/core/envelope/envelope.h"

#include <string.h>

#include "filters/core/envelope/list.h"

#define NOTHING(name, entry)
#define KEY(name, entry) {PEN_STR(name), &pen_envelope_##entry},

const struct pen_envelope_key pen_envelope_members[] = {
#define PEN_ENVELOPE       KEY
#define PEN_ENVELOPE_FIELD NOTHING
#include "filters/core/envelope/list.def"
#undef PEN_ENVELOPE
#undef PEN_ENVELOPE_FIELD
};

const struct pen_envelope_key pen_envelope_fields[] = {
#define PEN_ENVELOPE       NOTHING
#define PEN_ENVELOPE_FIELD KEY
#include "filters/core/envelope/list.def"
#undef PEN_ENVELOPE
#undef PEN_ENVELOPE_FIELD
};

const size_t pen_envelope_member_count = PEN_COUNT_OF(pen_envelope_members);
const size_t pen_envelope_field_count = PEN_COUNT_OF(pen_envelope_fields);

const struct pen_envelope *pen_envelope_entry(size_t index)
{
    if (index < pen_envelope_member_count) return pen_envelope_members[index].envelope;

    index -= pen_envelope_member_count;
    return index < pen_envelope_field_count ? pen_envelope_fields[index].envelope : NULL;
}

const struct pen_envelope pen_envelope_graphql = {
    .name = PEN_STR("graphql"),
    .written = (const char *const[]){"/**", NULL},
};

const struct pen_envelope *pen_envelope_find(struct pen_str name)
{
    if (pen_str_equal(name, pen_envelope_graphql.name)) return &pen_envelope_graphql;

    const struct pen_envelope *entry = NULL;
    for (size_t i = 0; (entry = pen_envelope_entry(i)) != NULL; i++) {
        if (pen_str_equal(entry->name, name)) return entry;
    }
    return NULL;
}

bool pen_envelope_is_expected(const struct pen_envelope *envelope,
                              const struct pen_event_input *input)
{
    for (size_t i = 0; i < input->expected_count; i++) {
        if (input->expected[i] == envelope) return true;
    }
    return false;
}

bool pen_envelope_text_is(struct pen_str text, struct pen_str alternatives)
{
    if (text.len >= alternatives.len) return pen_str_equal(text, alternatives);

    for (size_t start = 0; start <= alternatives.len;) {
        const size_t end = pen_str_find(alternatives, '|', start);
        if (end - start == text.len
            && pen_str_equal(text, pen_str_slice(alternatives, start, end))) {
            return true;
        }
        start = end + 1;
    }
    return false;
}

/* As pen_json_resolve, for the plain pointers of the tables. */
static const struct pen_json *find(const struct pen_json *value, struct pen_str path)
{
    for (size_t at = 0; value != NULL && at < path.len;) {
        const size_t end = pen_str_find(path, '/', at + 1);
        const struct pen_json *child = value->type == PEN_JSON_OBJECT ? value->first : NULL;
        const struct pen_str name = {path.ptr + at + 1, end - at - 1};
        while (child != NULL
               && (child->name.len != name.len || !pen_str_equal(child->name, name))) {
            child = child->next;
        }
        value = child;
        at = end;
    }
    return value;
}

static bool member_holds(const struct pen_envelope_member *member, const struct pen_json *base)
{
    const struct pen_json *const found = find(base, member->path);
    if (found == NULL || found->type == PEN_JSON_NULL) return false;
    if (member->type != PEN_JSON_NULL && member->type != found->type) return false;

    return member->value.len == 0 || pen_envelope_text_is(found->text, member->value);
}

bool pen_envelope_members_hold(const struct pen_envelope_member *members, size_t count,
                               const struct pen_json *base)
{
    for (size_t i = 0; i < count; i++) {
        if (!member_holds(&members[i], base)) return false;
    }
    return true;
}

/* How far `node` is below `base`; 0 also when it is not. */
static size_t depth_below(const struct pen_json *node, const struct pen_json *base)
{
    size_t depth = 0;
    for (; node != NULL && node != base; node = node->parent) {
        depth++;
    }
    return node == base ? depth : 0;
}

static size_t count_segments(struct pen_str path)
{
    size_t count = 0;
    for (size_t i = 0; i < path.len; i++) {
        count += path.ptr[i] == '/';
    }
    return count;
}

/* Does the path end in this name? Names with a slash are no row's. */
static bool ends_in_name(struct pen_str path, struct pen_str name)
{
    return name.len > 0 && path.len > name.len && path.ptr[path.len - name.len - 1] == '/'
           && memcmp(path.ptr + path.len - name.len, name.ptr, name.len) == 0
           && memchr(name.ptr, '/', name.len) == NULL;
}

/* From the end, because most nodes differ there. */
bool pen_envelope_path_matches(struct pen_str path, const struct pen_json *node,
                               const struct pen_json *base)
{
    while (path.len > 0) {
        if (pen_str_ends(path, PEN_S("/**"))) {
            path.len -= 3;
            const size_t above = count_segments(path);
            size_t depth = depth_below(node, base);
            if (depth < above || (depth == 0 && node != base)) return false;
            for (; depth > above; depth--) {
                node = node->parent;
            }
            continue;
        }
        if (node == base || node == NULL) return false;

        if (pen_str_ends(path, PEN_S("/*"))) {
            path.len -= 2;
        } else if (ends_in_name(path, node->name)) {
            path.len -= node->name.len + 1;
        } else {
            return false;
        }
        node = node->parent;
    }
    return node == base;
}

/* The ancestor of `node`, or itself, that stands `depth` below `root`; NULL when there is none. */
static const struct pen_json *ancestor_at(const struct pen_json *node, const struct pen_json *root,
                                          size_t depth)
{
    size_t steps = depth_below(node, root);
    if (steps < depth) return NULL;

    for (; steps > depth; steps--) {
        node = node->parent;
    }
    return node;
}

static bool rows_name(const struct pen_envelope *envelope, const struct pen_json *node,
                      const struct pen_json *base)
{
    for (size_t i = 0; i < envelope->coded_count; i++) {
        if (pen_envelope_path_matches(envelope->coded[i].path, node, base)) return true;
    }
    for (size_t i = 0; envelope->written != NULL && envelope->written[i] != NULL; i++) {
        if (pen_envelope_path_matches(pen_str_from_c(envelope->written[i]), node, base)) {
            return true;
        }
    }
    return false;
}

static bool is_record_of(const struct pen_envelope *envelope, const struct pen_json *record)
{
    if (envelope->at != PEN_AT_RECORD || record->type != PEN_JSON_OBJECT) return false;
    if (!pen_envelope_members_hold(envelope->signs, envelope->sign_count, record)) return false;
    if (envelope->source.len == 0) return true;

    for (const struct pen_json *m = record->first; m != NULL; m = m->next) {
        if (pen_str_equal_fold(m->name, PEN_S("eventSource"))
            && pen_envelope_text_is(m->text, envelope->source)) {
            return true;
        }
    }
    return false;
}

bool pen_envelope_is_written(const struct pen_event_document *document, const struct pen_json *node)
{
    const struct pen_json *const root = document->root;
    if (document->envelope->at != PEN_AT_RECORD) {
        const bool batch = document->envelope->at == PEN_AT_ELEMENT && root->type == PEN_JSON_ARRAY;
        const struct pen_json *const base = ancestor_at(node, root, batch ? 1 : 0);
        return base != NULL && rows_name(document->envelope, node, base);
    }
    const struct pen_json *const record = ancestor_at(node, root, 2); /* "/Records/0" */
    const struct pen_envelope *entry = NULL;
    for (size_t i = 0; record != NULL && (entry = pen_envelope_entry(i)) != NULL; i++) {
        if (is_record_of(entry, record) && rows_name(entry, node, record)) return true;
    }
    return false;
}

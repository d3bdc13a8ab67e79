/** Keywords about members and elements, with what they annotate. */
#include "filters/schema/collect.h"
#include "filters/schema/values.h"

/* ---- annotations: what was looked at ---- */

/* A list of names or places, written as JSON while its keyword goes through the children. */
struct list {
    struct pen_buf buf;
    bool is_empty;
};

/* Room for all that the children can add: a byte of a name becomes at most six. */
static bool list_begin(const struct pen_collect *c, struct list *list)
{
    size_t room = 2;
    for (const struct pen_json *m = c->value->first; m != NULL; m = m->next) {
        room += m->name.len * 6 + 12;
    }
    if (!pen_schema_pay(&c->all->work, c->value->count)) return false;
    char *const memory = pen_arena_bytes(c->all->work.arena, room);
    if (memory == NULL) return pen_schema_stop(&c->all->work, PEN_ERR_NOMEM);
    *list = (struct list){.buf = pen_buf_over(memory, room), .is_empty = true};
    pen_buf_byte(&list->buf, '[');
    return true;
}

static void list_add(struct list *list, const struct pen_json *child)
{
    if (!list->is_empty) pen_buf_byte(&list->buf, ',');
    list->is_empty = false;
    if (child->parent->type == PEN_JSON_ARRAY) {
        pen_buf_u64(&list->buf, child->index);
        return;
    }
    pen_buf_byte(&list->buf, '"');
    pen_buf_json(&list->buf, child->name);
    pen_buf_byte(&list->buf, '"');
}

static void list_end(const struct pen_collect *c, struct list *list)
{
    pen_buf_byte(&list->buf, ']');
    c->unit->annotation_text = pen_buf_str(&list->buf);
}

static struct pen_str step_of(const struct pen_collect *c, const struct pen_json *child)
{
    if (child->parent->type == PEN_JSON_OBJECT) return child->name;
    char text[16];
    struct pen_buf buf = pen_buf_over(text, sizeof(text));
    pen_buf_u64(&buf, child->index);
    struct pen_str copy = {0};
    if (pen_arena_copy(c->all->work.arena, pen_buf_str(&buf), &copy) != PEN_OK) {
        (void)pen_schema_stop(&c->all->work, PEN_ERR_NOMEM);
    }
    return copy;
}

/* ---- members ---- */

static bool is_object(const struct pen_collect *c)
{
    return c->value->type == PEN_JSON_OBJECT;
}

bool pen_collect_properties(const struct pen_collect *c)
{
    struct list list;
    if (!is_object(c)) return true;
    if (!list_begin(c, &list)) return false;
    bool all = true;
    uint32_t i = 0;
    for (const struct pen_json *p = c->use->member->first; p != NULL; p = p->next, i++) {
        if (!pen_schema_pay(&c->all->work, c->value->count)) return false;
        const struct pen_json *const member = pen_json_member(c->value, p->name);
        if (member == NULL) continue;
        all = pen_collect_below(c, c->use->nodes[i], p->name, member, NULL) && all;
        pen_marks_set(c->marks, member->index);
        list_add(&list, member);
    }
    list_end(c, &list);
    return all;
}

bool pen_collect_pattern_properties(const struct pen_collect *c)
{
    struct list list;
    if (!is_object(c)) return true;
    if (!list_begin(c, &list)) return false;
    bool all = true;
    for (const struct pen_json *m = c->value->first; m != NULL; m = m->next) {
        bool known = false;
        uint32_t i = 0;
        for (const struct pen_json *p = c->use->member->first; p != NULL; p = p->next, i++) {
            if (!pen_pattern_holds(&c->all->work, c->use->expressions[i], m->name)) continue;
            all = pen_collect_below(c, c->use->nodes[i], p->name, m, NULL) && all;
            known = true;
        }
        if (c->all->work.status != PEN_OK) return false;
        if (!known) continue;
        pen_marks_set(c->marks, m->index);
        list_add(&list, m);
    }
    list_end(c, &list);
    return all;
}

/* Is the member one of "properties" or "patternProperties" beside the keyword? */
static bool is_known(const struct pen_collect *c, const struct pen_json *member)
{
    const struct pen_use *const properties = pen_collect_other(c, PEN_KEYWORD_PROPERTIES);
    if (properties != NULL) {
        if (!pen_schema_pay(&c->all->work, properties->count)) return false;
        if (pen_json_member(properties->member, member->name) != NULL) return true;
    }
    const struct pen_use *const patterns = pen_collect_other(c, PEN_KEYWORD_PATTERN_PROPERTIES);
    for (uint32_t i = 0; patterns != NULL && i < patterns->count; i++) {
        if (pen_pattern_holds(&c->all->work, patterns->expressions[i], member->name)) {
            return true;
        }
    }
    return false;
}

bool pen_collect_additional_properties(const struct pen_collect *c)
{
    struct list list;
    if (!is_object(c)) return true;
    if (!list_begin(c, &list)) return false;
    bool all = true;
    for (const struct pen_json *m = c->value->first; m != NULL; m = m->next) {
        if (is_known(c, m)) continue;
        if (c->all->work.status != PEN_OK) return false;
        all = pen_collect_below(c, c->use->node, (struct pen_str){0}, m, NULL) && all;
        pen_marks_set(c->marks, m->index);
        list_add(&list, m);
    }
    list_end(c, &list);
    return all;
}

bool pen_collect_property_names(const struct pen_collect *c)
{
    if (!is_object(c)) return true;
    bool all = true;
    for (const struct pen_json *m = c->value->first; m != NULL; m = m->next) {
        struct pen_json *const name = pen_arena_calloc(c->all->work.arena, 1, sizeof(*name));
        if (name == NULL) return pen_schema_stop(&c->all->work, PEN_ERR_NOMEM);
        name->name = name->text = m->name;
        name->parent = m->parent;
        name->place = m->name_place;
        name->index = m->index;
        name->type = PEN_JSON_STRING;
        name->plain_text = m->plain_name;
        all = pen_collect_below(c, c->use->node, (struct pen_str){0}, name, NULL) && all;
    }
    return all;
}

static bool has_names(const struct pen_collect *c, const struct pen_json *dependency)
{
    for (const struct pen_json *name = dependency->first; name != NULL; name = name->next) {
        if (!pen_schema_pay(&c->all->work, c->value->count)) return false;
        if (pen_json_member(c->value, name->text) != NULL) continue;
        return pen_collect_fail(c, "with \"%.*s\" it must have the member \"%.*s\"",
                                PEN_STR_ARGS(dependency->name), PEN_STR_ARGS(name->text));
    }
    return true;
}

bool pen_collect_dependent_required(const struct pen_collect *c)
{
    if (!is_object(c)) return true;
    bool all = true;
    for (const struct pen_json *d = c->use->member->first; d != NULL; d = d->next) {
        if (!pen_schema_pay(&c->all->work, c->value->count)) return false;
        if (pen_json_member(c->value, d->name) != NULL) all = has_names(c, d) && all;
    }
    return all;
}

bool pen_collect_dependencies(const struct pen_collect *c)
{
    if (!is_object(c)) return true;
    bool all = true;
    uint32_t i = 0;
    for (const struct pen_json *d = c->use->member->first; d != NULL; d = d->next, i++) {
        if (!pen_schema_pay(&c->all->work, c->value->count)) return false;
        if (pen_json_member(c->value, d->name) == NULL) continue;
        if (c->use->nodes[i] == PEN_NONE) {
            all = has_names(c, d) && all;
        } else {
            all = pen_collect_below(c, c->use->nodes[i], d->name, c->value, c->marks) && all;
        }
    }
    return all;
}

bool pen_collect_required(const struct pen_collect *c)
{
    if (!is_object(c)) return true;
    for (const struct pen_json *name = c->use->member->first; name != NULL; name = name->next) {
        if (!pen_schema_pay(&c->all->work, c->value->count)) return false;
        if (pen_json_member(c->value, name->text) != NULL) continue;
        return pen_collect_fail(c, "must have the member \"%.*s\"", PEN_STR_ARGS(name->text));
    }
    return true;
}

/* ---- elements ---- */

static bool is_array(const struct pen_collect *c)
{
    return c->value->type == PEN_JSON_ARRAY;
}

/* Elements from `from` on. */
static bool collect_rest(const struct pen_collect *c, uint32_t from)
{
    bool all = true;
    for (const struct pen_json *e = c->value->first; e != NULL; e = e->next) {
        if (e->index < from) continue;
        all = pen_collect_below(c, c->use->node, (struct pen_str){0}, e, NULL) && all;
        pen_marks_set(c->marks, e->index);
    }
    if (c->value->count > from) c->unit->annotation_text = PEN_S("true");
    return all;
}

static bool collect_prefix(const struct pen_collect *c)
{
    bool all = true;
    uint32_t i = 0;
    for (const struct pen_json *e = c->value->first; e != NULL && i < c->use->count;
         e = e->next, i++) {
        all = pen_collect_below(c, c->use->nodes[i], step_of(c, e), e, NULL) && all;
        pen_marks_set(c->marks, e->index);
    }
    if (i == 0) return all;
    if (i == c->value->count) {
        c->unit->annotation_text = PEN_S("true");
        return all;
    }
    char text[16];
    struct pen_buf buf = pen_buf_over(text, sizeof(text));
    pen_buf_u64(&buf, i - 1);
    if (pen_arena_copy(c->all->work.arena, pen_buf_str(&buf), &c->unit->annotation_text)
        != PEN_OK) {
        return pen_schema_stop(&c->all->work, PEN_ERR_NOMEM);
    }
    return all;
}

bool pen_collect_prefix_items(const struct pen_collect *c)
{
    return !is_array(c) || collect_prefix(c);
}

bool pen_collect_items(const struct pen_collect *c)
{
    if (!is_array(c)) return true;
    if (c->use->node == PEN_NONE) return collect_prefix(c); /* draft-07: an array of schemas */
    const struct pen_use *const prefix = pen_collect_other(c, PEN_KEYWORD_PREFIX_ITEMS);
    return collect_rest(c, prefix != NULL ? prefix->count : 0);
}

bool pen_collect_additional_items(const struct pen_collect *c)
{
    const struct pen_use *const items = pen_collect_other(c, PEN_KEYWORD_ITEMS);
    if (!is_array(c) || items == NULL || items->node != PEN_NONE) return true;
    return collect_rest(c, items->count);
}

bool pen_collect_contains(const struct pen_collect *c)
{
    struct list list;
    if (!is_array(c)) return true;
    if (!list_begin(c, &list)) return false;
    const struct pen_use *const least = pen_collect_other(c, PEN_KEYWORD_MIN_CONTAINS);
    const struct pen_use *const most = pen_collect_other(c, PEN_KEYWORD_MAX_CONTAINS);
    const bool old = c->all->schema->resources[c->schema->resource].dialect.old;
    uint64_t count = 0;
    for (const struct pen_json *e = c->value->first; e != NULL; e = e->next) {
        if (!pen_collect_below(c, c->use->node, (struct pen_str){0}, e, NULL)) continue;
        count++;
        if (!old) pen_marks_set(c->marks, e->index);
        list_add(&list, e);
    }
    list_end(c, &list);
    const uint64_t wanted = least != NULL ? least->limit : 1;
    if (count < wanted) {
        return pen_collect_fail(c, "%llu elements fit, and at least %llu must",
                                (unsigned long long)count, (unsigned long long)wanted);
    }
    if (most == NULL || count <= most->limit) return true;
    return pen_collect_fail(c, "%llu elements fit, and at most %llu may", (unsigned long long)count,
                            (unsigned long long)most->limit);
}

bool pen_collect_unevaluated(const struct pen_collect *c)
{
    const bool items = c->use->keyword == PEN_KEYWORD_UNEVALUATED_ITEMS;
    struct list list;
    if (items ? !is_array(c) : !is_object(c)) return true;
    if (!list_begin(c, &list)) return false;
    bool all = true;
    for (const struct pen_json *child = c->value->first; child != NULL; child = child->next) {
        if (pen_marks_has(c->marks, child->index)) continue;
        all = pen_collect_below(c, c->use->node, (struct pen_str){0}, child, NULL) && all;
        pen_marks_set(c->marks, child->index);
        list_add(&list, child);
    }
    list_end(c, &list);
    if (items) c->unit->annotation_text = list.is_empty ? (struct pen_str){0} : PEN_S("true");
    return all;
}

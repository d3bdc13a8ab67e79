/**
 * Two sorted sets give numbers to prefixes and namespace names; a table says which name a prefix
 * has now; a list of what was before is unrolled when elements end.
 *
 * Attributes without a prefix are in no namespace, so two can only clash by expanded name when two
 * prefixes mean the same: only then are expanded names compared, sorted.
 */
#include "filters/core/body/xml_names.h"

#include <string.h>

#include "filters/core/body/xml.h"

#define FIRST_ROOM 4  /* of a set: most documents declare no more */
#define FEW        12 /* attributes that are cheaper to compare pairwise than to sort */
#define UNBOUND    0  /* namespace names are numbered from 1 */

/* Texts numbered in order of arrival and kept sorted beside. */
struct set {
    struct pen_str *texts;
    uint16_t *order;
    uint16_t *values; /* of prefixes: the namespace; of namespaces: how many prefixes mean it */
    uint16_t count;
    uint16_t room;
};

struct binding {
    struct binding *before;
    const struct pen_json *element;
    uint16_t prefix;
    uint16_t old; /* what the prefix meant outside of the element */
};

struct pen_xml_scope {
    struct pen_arena *arena;
    struct set prefixes;
    struct set spaces;
    struct binding *newest;
    uint32_t shared; /* prefixes beyond the first of each namespace */
};

/* An attribute by what its name means. */
struct expanded {
    struct pen_str local;
    const struct pen_json *attribute;
    uint64_t print; /* differs where names do, as a rule */
};

static const struct pen_str xml_space = PEN_STR("http://www.w3.org/XML/1998/namespace");
static const struct pen_str xmlns_space = PEN_STR("http://www.w3.org/2000/xmlns/");

/* Length first: it tells most texts apart. */
static int order_of(struct pen_str a, struct pen_str b)
{
    if (a.len != b.len) return a.len < b.len ? -1 : 1;
    return pen_str_compare(a, b);
}

/* Place in the order; `found` when the text is there, else where it belongs. */
static uint16_t seek(const struct set *set, struct pen_str text, bool *found)
{
    uint16_t low = 0;
    uint16_t high = set->count;
    *found = false;
    while (low < high) {
        const uint16_t middle = (uint16_t)((low + high) / 2);
        const int order = order_of(text, set->texts[set->order[middle]]);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = (uint16_t)(middle + 1);
        }
    }
    return low;
}

static enum pen_status grow(struct set *set, struct pen_arena *arena)
{
    const uint16_t room = set->room == 0 ? FIRST_ROOM : (uint16_t)(set->room * 2);
    struct pen_str *const texts = pen_arena_calloc(arena, room, sizeof(*texts));
    uint16_t *const order = pen_arena_calloc(arena, room, sizeof(*order));
    uint16_t *const values = pen_arena_calloc(arena, room, sizeof(*values));
    if (texts == NULL || order == NULL || values == NULL) return PEN_ERR_NOMEM;

    if (set->count > 0) {
        memcpy(texts, set->texts, set->count * sizeof(*texts));
        memcpy(order, set->order, set->count * sizeof(*order));
        memcpy(values, set->values, set->count * sizeof(*values));
    }
    set->texts = texts;
    set->order = order;
    set->values = values;
    set->room = room;
    return PEN_OK;
}

/* The text's number, new or old. */
static enum pen_status number_of(struct set *set, struct pen_str text, struct pen_arena *arena,
                                 uint16_t *out)
{
    bool found;
    const uint16_t place = seek(set, text, &found);
    if (found) {
        *out = set->order[place];
        return PEN_OK;
    }
    if (set->count == PEN_XML_NAMESPACES) return PEN_ERR_LIMIT;
    if (set->count == set->room) PEN_TRY(grow(set, arena));

    memmove(set->order + place + 1, set->order + place,
            (size_t)(set->count - place) * sizeof(*set->order));
    set->order[place] = set->count;
    set->texts[set->count] = text;
    set->values[set->count] = 0;
    *out = set->count++;
    return PEN_OK;
}

static void bind(struct pen_xml_scope *scope, uint16_t prefix, uint16_t space)
{
    const uint16_t old = scope->prefixes.values[prefix];
    if (old != UNBOUND && --scope->spaces.values[old - 1] > 0) scope->shared--;
    scope->prefixes.values[prefix] = space;
    if (space != UNBOUND && scope->spaces.values[space - 1]++ > 0) scope->shared++;
}

static enum pen_status create(struct pen_arena *arena, struct pen_xml_scope **out)
{
    struct pen_xml_scope *const scope = pen_arena_calloc(arena, 1, sizeof(*scope));
    if (scope == NULL) return PEN_ERR_NOMEM;

    scope->arena = arena;
    uint16_t prefix;
    uint16_t space;
    PEN_TRY(number_of(&scope->prefixes, PEN_S("xml"), arena, &prefix));
    PEN_TRY(number_of(&scope->spaces, xml_space, arena, &space));
    bind(scope, prefix, (uint16_t)(space + 1));
    *out = scope;
    return PEN_OK;
}

/* Of a qualified name; empty without a prefix. */
static struct pen_str prefix_of(struct pen_str name)
{
    const size_t colon = pen_str_find(name, ':', 0);
    return pen_str_slice(name, 0, colon < name.len ? colon : 0);
}

/* An attribute's name, without the '@' that marks it in the tree. */
static struct pen_str plain_name(const struct pen_json *attribute)
{
    return pen_str_slice(attribute->name, 1, attribute->name.len);
}

/* "xmlns:p" declares "p", "xmlns" the default: an empty prefix. */
static bool declares(const struct pen_json *attribute, struct pen_str *prefix)
{
    const struct pen_str name = plain_name(attribute);
    if (!pen_str_starts(name, PEN_S("xmlns"))) return false;
    if (name.len > 5 && name.ptr[5] != ':') return false;

    *prefix = pen_str_slice(name, 6, name.len);
    return true;
}

/* Namespaces in XML 1.0 section 3 and its errata: what must not be declared. */
static bool may_mean(struct pen_str prefix, struct pen_str space)
{
    if (pen_str_equal(prefix, PEN_S("xmlns")) || pen_str_equal(space, xmlns_space)) return false;
    if (pen_str_equal(prefix, PEN_S("xml")) != pen_str_equal(space, xml_space)) return false;
    return prefix.len == 0 || space.len > 0;
}

static enum pen_status declare(struct pen_xml_scope *scope, const struct pen_json *element,
                               struct pen_str prefix, struct pen_str space)
{
    struct binding *const binding = pen_arena_alloc(scope->arena, sizeof(*binding));
    if (binding == NULL) return PEN_ERR_NOMEM;

    uint16_t prefix_number;
    uint16_t space_number;
    PEN_TRY(number_of(&scope->prefixes, prefix, scope->arena, &prefix_number));
    PEN_TRY(number_of(&scope->spaces, space, scope->arena, &space_number));
    *binding = (struct binding){
        .before = scope->newest,
        .element = element,
        .prefix = prefix_number,
        .old = scope->prefixes.values[prefix_number],
    };
    scope->newest = binding;
    bind(scope, prefix_number, (uint16_t)(space_number + 1));
    return PEN_OK;
}

/* The number of the namespace that a prefix means, UNBOUND for none. */
static uint16_t meaning_of(const struct pen_xml_scope *scope, struct pen_str prefix)
{
    bool found;
    const uint16_t place = seek(&scope->prefixes, prefix, &found);
    return found ? scope->prefixes.values[scope->prefixes.order[place]] : UNBOUND;
}

/* Of a name in a namespace. That another name has the same print costs time, and nothing else. */
static uint64_t print_of(uint16_t space, struct pen_str local)
{
    uint64_t print = (uint64_t)space + 1;
    for (size_t i = 0; i < local.len; i++) {
        print = (print ^ (unsigned char)local.ptr[i]) * 0x100000001b3; /* FNV's prime */
    }
    return print << 16 | space;
}

static bool is_less(const struct expanded *a, const struct expanded *b)
{
    if (a->print != b->print) return a->print < b->print;
    return order_of(a->local, b->local) < 0;
}

static void sift_down(struct expanded *heap, size_t at, size_t count)
{
    const struct expanded moving = heap[at];
    for (;;) {
        size_t child = at * 2 + 1;
        if (child >= count) break;
        if (child + 1 < count && is_less(&heap[child], &heap[child + 1])) child++;
        if (!is_less(&moving, &heap[child])) break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moving;
}

/* Heapsort, as for JSON's names: its worst case is its usual one. */
static void sort(struct expanded *names, size_t count)
{
    for (size_t i = count / 2; i-- > 0;) {
        sift_down(names, i, count);
    }
    for (size_t left = count; left-- > 1;) {
        const struct expanded largest = names[0];
        names[0] = names[left];
        names[left] = largest;
        sift_down(names, 0, left);
    }
}

/* The attributes with a prefix, by meaning; a prefix without one is the error. */
static bool expand(const struct pen_xml_scope *scope, const struct pen_json *element,
                   struct expanded *names, size_t *count, const struct pen_json **wrong)
{
    *count = 0;
    for (const struct pen_json *a = element->first; a != NULL; a = a->next) {
        const struct pen_str name = plain_name(a);
        const struct pen_str prefix = prefix_of(name);
        if (prefix.len == 0 || pen_str_equal(prefix, PEN_S("xmlns"))) continue;

        const uint16_t space = meaning_of(scope, prefix);
        if (space == UNBOUND) {
            *wrong = a;
            return false;
        }
        const struct pen_str local = pen_str_slice(name, prefix.len + 1, name.len);
        names[(*count)++] =
            (struct expanded){.local = local, .attribute = a, .print = print_of(space, local)};
    }
    return true;
}

static bool is_same(const struct expanded *a, const struct expanded *b)
{
    return a->print == b->print && pen_str_equal(a->local, b->local);
}

/* The later one of two attributes with the same name; NULL when all differ. */
static const struct pen_json *find_twice(struct expanded *names, size_t count)
{
    if (count <= FEW) {
        for (size_t i = 1; i < count; i++) {
            for (size_t j = 0; j < i; j++) {
                if (is_same(&names[i], &names[j])) return names[i].attribute;
            }
        }
        return NULL;
    }
    sort(names, count);
    for (size_t i = 1; i < count; i++) {
        if (!is_same(&names[i], &names[i - 1])) continue;
        const struct pen_json *const a = names[i - 1].attribute;
        const struct pen_json *const b = names[i].attribute;
        return a->index > b->index ? a : b;
    }
    return NULL;
}

/* All attributes, by name as written. */
static size_t list(const struct pen_json *element, struct expanded *names)
{
    size_t count = 0;
    for (const struct pen_json *a = element->first; a != NULL; a = a->next) {
        names[count++] = (struct expanded){
            .local = a->name, .attribute = a, .print = print_of(UNBOUND, a->name)};
    }
    return count;
}

static enum pen_status declare_all(struct pen_xml_scope *scope, const struct pen_json *element,
                                   const char **code, const struct pen_json **wrong)
{
    for (const struct pen_json *a = element->first; a != NULL; a = a->next) {
        struct pen_str prefix;
        if (!declares(a, &prefix)) continue;

        *wrong = a;
        *code = "xml.namespace";
        if (!may_mean(prefix, a->text)) return PEN_ERR_SYNTAX;
        if (prefix.len == 0) continue; /* attributes do not care for the default */

        const enum pen_status status = declare(scope, element, prefix, a->text);
        *code = status == PEN_ERR_LIMIT ? "xml.namespaces" : "xml.memory";
        if (status != PEN_OK) return status;
    }
    return PEN_OK;
}

enum pen_status pen_xml_scope_enter(struct pen_xml_scope **scope, const struct pen_json *element,
                                    bool has_prefix, struct pen_arena *arena, const char **code,
                                    const struct pen_json **wrong)
{
    struct expanded names[PEN_XML_ATTRIBUTES];
    *code = "xml.duplicate_attribute";
    *wrong = find_twice(names, list(element, names));
    if (*wrong != NULL) return PEN_ERR_SYNTAX;

    *code = "xml.memory";
    *wrong = element;
    if (!has_prefix) return PEN_OK;
    if (*scope == NULL) PEN_TRY(create(arena, scope));
    PEN_TRY(declare_all(*scope, element, code, wrong));

    *wrong = element;
    *code = "xml.prefix";
    const struct pen_str prefix = prefix_of(element->name);
    if (prefix.len > 0 && meaning_of(*scope, prefix) == UNBOUND) return PEN_ERR_SYNTAX;

    size_t count;
    if (!expand(*scope, element, names, &count, wrong)) return PEN_ERR_SYNTAX;
    if ((*scope)->shared == 0) return PEN_OK;

    *code = "xml.duplicate_attribute";
    *wrong = find_twice(names, count);
    return *wrong == NULL ? PEN_OK : PEN_ERR_SYNTAX;
}

void pen_xml_scope_leave(struct pen_xml_scope *scope, const struct pen_json *element)
{
    while (scope != NULL && scope->newest != NULL && scope->newest->element == element) {
        bind(scope, scope->newest->prefix, scope->newest->old);
        scope->newest = scope->newest->before;
    }
}

/**
 * Prototype pollution: a name that reaches the object all others inherit from.
 *
 * Functions in JavaScript merge what they get into objects of their own, or set values by path
 * ("a.b.c", "a[b][c]"). A name `__proto__`, or `constructor` with `prototype` in it, then changes
 * every object of the process: `{"__proto__": {"isAdmin": true}}`. (CWE-1321) No honest sender
 * names a member so; in a text it has to be a path with something behind it, as one that mentions
 * the word is harmless.
 *
 * Members that would raise the sender's own rights ("isAdmin": true) are only hinted at: whether
 * they are the sender's to set only the function knows. (CWE-915)
 */
#include "filters/filter.h"

static const struct pen_rule rules[] = {
    {"proto.name",
     "a member or parameter is named so that it reaches the prototype of all objects"},
    {"proto.path", "a path in the text sets something on the prototype of all objects"},
    {"proto.mention", "a path in the text leads to the prototype of an object"},
    {"proto.rights", "a member that may raise the sender's rights, if the function takes it over"},
};

static const struct pen_trigger triggers[] = {
    {.pattern = "__proto__"},
    {.pattern = "prototype"},
    {.pattern = "\\$[0-9a-zA-Z]{1,8}:(__proto__|constructor:)"},
    {.pattern = "__(define|lookup)[GS]etter__"},
    {.pattern = "__(globals|builtins|subclasses|mro|bases?|kwdefaults)__"},
    {.pattern = "[.\\['\"]classloader", .caseless = true},
    {.pattern = "(is_|is)(admin|superuser|staff)", .caseless = true},
};

#define SCORE_NAME    90
#define SCORE_SET     85 /* "a.__proto__.b = c" */
#define SCORE_WHOLE   75 /* a path and nothing else */
#define SCORE_STEP    72 /* the word alone, where a path may be made of texts */
#define SCORE_REPLACE 60 /* "a.__proto__ = b" changes one object: old code does that */
#define SCORE_MENTION 45
#define SCORE_RIGHTS  20

static char at_or_nul(struct pen_str text, size_t at)
{
    return at < text.len ? text.ptr[at] : '\0';
}

/* Quotes may be escaped, once or more: JSON in JSON. */
static size_t skip_quote(struct pen_str text, size_t at)
{
    while (at_or_nul(text, at) == '\\') {
        at++;
    }
    return pen_is_script_quote(at_or_nul(text, at)) ? at + 1 : at;
}

/* The step of a path that begins at `at`: ".name", "[name]", "['name']"; its name, and `end` behind
   it. Empty when there is none. */
static struct pen_str step_at(struct pen_str text, size_t at, size_t *end)
{
    const char first = at_or_nul(text, at);
    if (first != '.' && first != '[') return (struct pen_str){NULL, 0};

    const size_t start = first == '[' ? skip_quote(text, at + 1) : at + 1;
    size_t stop = start;
    while (pen_is_script_name_char(at_or_nul(text, stop))) {
        stop++;
    }
    const struct pen_str name = pen_str_slice(text, start, stop);
    if (first == '[') {
        stop = skip_quote(text, stop);
        if (at_or_nul(text, stop) != ']') return (struct pen_str){NULL, 0};
        stop++;
    }
    *end = stop;
    return name;
}

/* A path to a prototype. */
struct reach {
    struct pen_span span;
    size_t end;    /* behind the last step */
    size_t beyond; /* steps that lead on from the prototype */
};

/* "__proto__" or "constructor" with a step "prototype" at `at`, and the steps behind. */
static bool reaches(struct pen_str text, size_t at, struct reach *out)
{
    const struct pen_str proto = PEN_STR("__proto__");
    const struct pen_str constructor = PEN_STR("constructor");
    const bool is_proto = pen_str_stands(text, at, proto);
    if (!is_proto && !pen_str_stands(text, at, constructor)) return false;
    if (at > 0 && pen_is_script_name_char(text.ptr[at - 1])) return false;

    size_t end = at + (is_proto ? proto.len : constructor.len);
    if (pen_is_script_name_char(at_or_nul(text, end))) return false;

    /* The bracket or quote that the word itself stands in. */
    size_t behind = skip_quote(text, end);
    if (at_or_nul(text, behind) == ']' && at > 0) behind++;
    if (behind > end && at_or_nul(text, behind - 1) == ']') end = behind;
    if (!is_proto) {
        const struct pen_str step = step_at(text, end, &end);
        if (!pen_str_equal(step, PEN_S("prototype"))) return false;
    }
    *out = (struct reach){.span = {at, end}, .end = end};
    size_t before = end;
    for (struct pen_str step = step_at(text, end, &end); step.len > 0 || end > before;
         before = end, step = step_at(text, end, &end)) {
        /* "[]" adds one more */
        if (step.len == 0 && text.ptr[end - 1] != ']') break;
        out->beyond++;
        out->end = end;
        if (out->beyond == 8) break; /* enough; what follows is looked at for itself */
    }
    return true;
}

/* "=" behind the path, and no comparison. */
static bool is_set(struct pen_str text, size_t at)
{
    at = pen_str_skip_space(text, at);
    return at_or_nul(text, at) == '=' && at_or_nul(text, at + 1) != '=';
}

/* "\"__proto__\": {" */
static bool is_member(struct pen_str text, size_t at)
{
    const size_t behind = skip_quote(text, at);
    if (behind == at) return false;
    return at_or_nul(text, pen_str_skip_space(text, behind)) == ':';
}

static size_t find_blank(struct pen_str text)
{
    size_t at = 0;
    while (at < text.len && !pen_is_space(text.ptr[at])) {
        at++;
    }
    return at;
}

/* Only a path: no blank in it but around "=", ";" at its end at most. `blank` is the text's first:
   looked for once, however many paths there are. */
static bool is_whole(struct pen_str text, size_t blank, const struct reach *reach)
{
    if (blank < reach->span.start) return false;
    size_t at = reach->end;
    if (at_or_nul(text, at) == ';') at++;
    return pen_str_skip_space(text, at) == text.len;
}

/* Behind these a query begins a name. */
static bool begins_parameter(struct pen_str text, size_t at)
{
    const char before = at > 0 ? text.ptr[at - 1] : '\0';
    return before == '\0' || before == '?' || before == '&' || before == '#' || before == ';';
}

/* "a.__proto__", "a['__proto__']": the word is a step of a path and no mere word. */
static bool is_step(struct pen_str text, const struct reach *reach)
{
    size_t at = reach->span.start;
    if (at > 0 && pen_is_script_quote(text.ptr[at - 1])) at--;
    const char before = at > 0 ? text.ptr[at - 1] : '\0';
    return before == '.' || before == '[' || reach->beyond > 0;
}

/* "__proto__:" on a line and an indented one behind it: a member, as YAML has them. */
static bool is_yaml_member(struct pen_str text, size_t at, size_t end)
{
    const bool begins = at == 0 || text.ptr[at - 1] == '\n' || text.ptr[at - 1] == ' ';
    return begins && at_or_nul(text, end) == ':' && at_or_nul(text, end + 1) == '\n'
           && at_or_nul(text, end + 2) == ' ';
}

static uint32_t score_of(struct pen_str text, size_t blank, const struct reach *reach)
{
    const bool set = is_set(text, reach->end);
    const bool dotted = at_or_nul(text, reach->span.start) == '_';
    if (set && reach->beyond > 0) return SCORE_SET;
    if (reach->beyond > 0 && begins_parameter(text, reach->span.start)) return SCORE_SET;
    if (dotted && is_member(text, reach->end)) return SCORE_SET;
    if (dotted && is_yaml_member(text, reach->span.start, reach->end)) return SCORE_WHOLE;
    if (set) return SCORE_REPLACE;
    if (!is_step(text, reach)) return 0;
    return is_whole(text, blank, reach) ? SCORE_WHOLE : SCORE_MENTION;
}

/* "/a/__proto__/b": a pointer of RFC 6901, as JSON Patch has them; "__proto__": a step of a path
   that travels as a list. */
static uint32_t pointer_score(struct pen_str text)
{
    static const struct pen_str steps[] = {PEN_STR("/__proto__"),
                                           PEN_STR("/constructor/prototype")};
    if (pen_str_equal(text, PEN_S("__proto__"))) return SCORE_STEP;
    if (text.len == 0 || text.ptr[0] != '/') return 0;
    for (size_t i = 0; i < PEN_COUNT_OF(steps); i++) {
        const size_t end = pen_str_find_str(text, steps[i]) + steps[i].len;
        if (end == text.len || at_or_nul(text, end) == '/') return SCORE_WHOLE;
    }
    return 0;
}

/* "$1:__proto__:then", "$1:constructor:constructor": a reference of React's Flight protocol that
   walks up to a constructor (CVE-2025-55182). */
static bool is_reference(struct pen_str text)
{
    if (text.len < 2 || text.ptr[0] != '$') return false;
    size_t at = 1;
    while (pen_is_alnum(at_or_nul(text, at)) && at <= 8) {
        at++;
    }
    const struct pen_str rest = pen_str_slice(text, at, text.len);
    return pen_str_starts(rest, PEN_S(":__proto__"))
           || pen_str_starts(rest, PEN_S(":constructor:constructor"));
}

/* "__pro__proto__to__[a]=b": a word that is one when what a check looks for is taken out of it. */
static size_t find_wrapped(struct pen_str text)
{
    static const struct pen_str words[] = {PEN_STR("__pro__proto__to__"),
                                           PEN_STR("constconstructorructor")};
    size_t at = text.len;
    for (size_t i = 0; i < PEN_COUNT_OF(words) && at == text.len; i++) {
        at = pen_str_find_str(text, words[i]);
    }
    return at;
}

static void inspect_text(struct pen_str text, struct pen_scan *scan)
{
    const size_t wrapped = find_wrapped(text);
    if (is_reference(text) || wrapped < text.len) {
        const size_t start = wrapped < text.len ? wrapped : 0;
        pen_scan_report(scan, "proto.path", (struct pen_span){start, text.len}, SCORE_SET);
        return;
    }
    const uint32_t pointer = pointer_score(text);
    if (pointer > 0) {
        pen_scan_report(scan, "proto.path", (struct pen_span){0, text.len}, pointer);
        return;
    }
    struct reach best = {0};
    uint32_t score = 0;
    const size_t blank = find_blank(text);
    for (size_t at = 0; at < text.len; at++) {
        struct reach reach;
        if ((text.ptr[at] != '_' && text.ptr[at] != 'c') || !reaches(text, at, &reach)) continue;
        const uint32_t one = score_of(text, blank, &reach);
        if (one <= score) continue;
        score = one;
        best = reach;
        if (score == SCORE_SET) break;
    }
    if (score == 0) return;
    pen_scan_report(scan, score < SCORE_WHOLE ? "proto.mention" : "proto.path", best.span, score);
}

/* "class.module.classLoader": what binders of Java set by such a name (CVE-2022-22965, and Struts
   before). Where the path ends; 0 when there is none. */
static size_t loader_end(struct pen_str text)
{
    const struct pen_str start = PEN_STR("class");
    if (!pen_str_starts_fold(text, start)) return 0;

    size_t end = start.len;
    struct pen_str step = step_at(text, end, &end);
    if (pen_str_equal_fold(step, PEN_S("module"))) step = step_at(text, end, &end);
    return pen_str_equal_fold(step, PEN_S("classloader")) ? end : 0;
}

/* "class.classLoader.URLs[0]=jar:...": the assignment and nothing else. */
static void inspect_assignment(struct pen_str text, struct pen_scan *scan)
{
    const size_t end = loader_end(text);
    const size_t equals = pen_str_find(text, '=', end);
    if (end == 0 || equals == text.len) return;
    if (pen_str_find(pen_str_slice(text, 0, equals), ' ', 0) < equals) return;
    pen_scan_report(scan, "proto.path", (struct pen_span){0, end}, SCORE_SET);
}

/* Names. */

/* What Python's functions that merge objects would walk along: {"__init__": {"__globals__": ...}}.
 */
static bool is_inner_name(struct pen_str name)
{
    static const struct pen_str names[] = {
        PEN_STR("__globals__"),    PEN_STR("__builtins__"), PEN_STR("__subclasses__"),
        PEN_STR("__mro__"),        PEN_STR("__base__"),     PEN_STR("__bases__"),
        PEN_STR("__kwdefaults__"),
    };
    return pen_str_is_among(name, names, PEN_COUNT_OF(names));
}

/* A name is a path to functions that set by path. Removing "__proto__" from "__pro__proto__to__"
   leaves it: the word is enough, wherever it stands. */
static void inspect_name(const struct pen_leaf *leaf, struct pen_scan *scan)
{
    const struct pen_str text = leaf->text;
    static const struct pen_str accessors[] = {
        PEN_STR("__defineGetter__"), PEN_STR("__defineSetter__"), PEN_STR("__lookupGetter__"),
        PEN_STR("__lookupSetter__")};
    const struct pen_str proto = PEN_STR("__proto__");
    const size_t at = pen_str_find_str(text, proto);
    struct reach reach;
    if (pen_str_is_among(text, accessors, PEN_COUNT_OF(accessors))) {
        pen_scan_report(scan, "proto.name", (struct pen_span){0, text.len}, SCORE_WHOLE);
        return;
    }
    if (is_inner_name(text) || loader_end(text) > 0) {
        pen_scan_report(scan, "proto.name", (struct pen_span){0, text.len}, SCORE_NAME);
        return;
    }
    if (at < text.len) {
        pen_scan_report(scan, "proto.name", (struct pen_span){at, at + proto.len}, SCORE_NAME);
        return;
    }
    const size_t word = pen_str_find_str(text, PEN_S("constructor"));
    if (word < text.len && reaches(text, word, &reach)) {
        pen_scan_report(scan, "proto.name", reach.span, SCORE_NAME);
        return;
    }
    /* {"constructor": {"prototype": ...}}: the inner name wakes us. */
    const struct pen_json *const node = leaf->node;
    if (node != NULL && node->parent != NULL && pen_str_equal(text, PEN_S("prototype"))
        && pen_str_equal(node->parent->name, PEN_S("constructor"))) {
        pen_scan_report(scan, "proto.name", (struct pen_span){0, text.len}, SCORE_NAME);
    }
}

static bool is_right(struct pen_str name)
{
    static const struct pen_str names[] = {
        PEN_STR("isadmin"),      PEN_STR("is_admin"), PEN_STR("issuperuser"),
        PEN_STR("is_superuser"), PEN_STR("isstaff"),  PEN_STR("is_staff"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(names); i++) {
        if (pen_str_equal_fold(name, names[i])) return true;
    }
    return false;
}

/* true, 1, "true"; a form's value is another leaf and not looked at. */
static bool is_granted(const struct pen_json *node)
{
    return node != NULL && node->type != PEN_JSON_FALSE && node->type != PEN_JSON_NULL;
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    (void)state;
    PEN_TRY(pen_scan_spend(scan, 4 * leaf->text.len));
    if (!leaf->is_name) {
        inspect_text(leaf->text, scan);
        inspect_assignment(leaf->text, scan);
        return PEN_OK;
    }
    inspect_name(leaf, scan);
    if (is_right(leaf->text) && is_granted(leaf->node)) {
        pen_scan_report(scan, "proto.rights", (struct pen_span){0, leaf->text.len}, SCORE_RIGHTS);
    }
    return PEN_OK;
}

const struct pen_filter pen_filter_proto = {
    .name = "proto",
    .summary = "names that reach the prototype of all objects",
    .sinks = "object",
    .heeds_words = true,
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .inspect_leaf = inspect_leaf,
};

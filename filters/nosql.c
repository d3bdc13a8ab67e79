/**
 * NoSQL injection: an operator where a value belongs, or a script that leaves its value.
 *
 * A function that hands a caller's object to a document database as it came lets the caller choose
 * the condition: `{"password": {"$ne": ""}}` matches whoever there is. The same object comes from
 * `password[$ne]=` with parsers of forms that build objects, and from text that is put into a
 * query written as JSON. Conditions in JavaScript (`$where`, `$function`, `mapReduce`) can be left
 * like a string of SQL. (CWE-943; OWASP WSTG-INPV-05.6; the operators are MongoDB's, which
 * DocumentDB, Cosmos DB, FerretDB, NeDB, sift and Mango of CouchDB share)
 *
 * Not reported: prices and shell variables, `$ref`, `$id`, `$schema`, `$defs` of JSON Schema,
 * `$oid`, `$date`, `$numberLong` of extended JSON, `$filter`, `$top` of OData, variables of
 * GraphQL, paths of JSONPath, queries of Cypher that somebody quotes. Injection into N1QL is not
 * looked for here; what of it is SQL, the sqli filter sees.
 */
#include "filters/filter.h"
#include "filters/nosql_cypher.h"
#include "filters/nosql_script.h"

static const struct pen_rule rules[] = {
    {"nosql.operator", "a query operator stands where a value belongs"},
    {"nosql.bracket", "a parameter's name turns its value into a query operator"},
    {"nosql.condition", "the text is a condition of a query, or adds one to it"},
    {"nosql.break_out", "the text ends the value it is put into and adds a condition"},
    {"nosql.script", "the text ends the value it is put into and goes on as JavaScript"},
    {"nosql.shell", "a command of the database's shell"},
    {"nosql.cypher", "the text ends its string in a query of a graph and adds clauses of its own"},
    {"nosql.frame", "a command in the frame of the database's own protocol"},
};

static const struct pen_trigger triggers[] = {
    {.pattern = "\\$[a-zA-Z]"},
    /* Key words where a script goes on as nosql_script.c reads it: "for" and "this" are prose's. */
    {.pattern = "\\breturn\\b"},
    {.pattern = "\\b(sleep|while|eval|setTimeout|for|if)[\\s+]*\\("},
    {.pattern = "\\b(function|new)[\\s+(]"},
    {.pattern = "\\b(var|let|const)[\\s+]"},
    {.pattern = "\\bdo[\\s+]*\\{"},
    {.pattern = "\\bthis[.\\[]"},
    {.pattern = "\\bdb\\."},
    {.pattern = "[&|;]\\s*['\"]?[a-zA-Z0-9]*['\"]?\\s*[=!]="},
    {.pattern = "(&&|\\|\\|)"},
    {.pattern = "(^|\\s)match ?\\(|load csv |call (db|dbms|apoc)\\.|detach delete ",
     .caseless = true},
    {.pattern = "\\*[0-9]{1,4}\\r\\n\\$[0-9]"},
    {.pattern = "\\r\\n(set|add|replace|append|prepend) [^ ]", .caseless = true},
    {.pattern = "\\r\\n(FLUSH|CONFIG SET |SLAVEOF |REPLICAOF |MODULE LOAD |EVAL ['\"])"},
};

/* What an operator is as a key of an object, and in a text that is none. */
struct operator
{
    struct pen_str name; /* without '$' */
    uint8_t key;         /* score as the name of a JSON member */
    uint8_t text;        /* score in a text, in front of ':' */
};

/* By their lengths. Names that mean something else elsewhere ("$size: 12px" of SCSS, "$set" of
   React's helpers) only count where the sink is declared, or behind a break-out. */
static const struct operator of_two[] = {
    {PEN_STR("ne"), 85, 80}, {PEN_STR("gt"), 85, 80}, {PEN_STR("lt"), 85, 80},
    {PEN_STR("eq"), 75, 72}, {PEN_STR("in"), 75, 72}, {PEN_STR("or"), 72, 72},
};
static const struct operator of_three[] = {
    {PEN_STR("gte"), 85, 80}, {PEN_STR("lte"), 85, 80}, {PEN_STR("nin"), 85, 80},
    {PEN_STR("all"), 75, 60}, {PEN_STR("not"), 75, 60}, {PEN_STR("and"), 72, 60},
    {PEN_STR("nor"), 75, 72}, {PEN_STR("mod"), 72, 35}, {PEN_STR("set"), 60, 50},
    {PEN_STR("inc"), 60, 50}, {PEN_STR("out"), 60, 35},
};
static const struct operator of_four[] = {
    {PEN_STR("func"), 85, 80}, /* of MongoLite: calls what it names */
    {PEN_STR("expr"), 85, 75}, {PEN_STR("near"), 60, 50}, {PEN_STR("size"), 50, 35},
    {PEN_STR("type"), 30, 30}, {PEN_STR("text"), 50, 35}, {PEN_STR("push"), 60, 50},
    {PEN_STR("pull"), 60, 50},
};
static const struct operator of_five[] = {
    {PEN_STR("regex"), 85, 80}, {PEN_STR("where"), 95, 90}, {PEN_STR("unset"), 60, 50},
    {PEN_STR("merge"), 60, 35}, {PEN_STR("match"), 60, 50}, {PEN_STR("group"), 60, 35},
    {PEN_STR("facet"), 60, 35},
};
static const struct operator of_six[] = {
    {PEN_STR("exists"), 85, 80},
    {PEN_STR("rename"), 60, 50},
    {PEN_STR("lookup"), 72, 60},
};
static const struct operator of_seven[] = {
    {PEN_STR("options"), 50, 35},
    {PEN_STR("comment"), 30, 30},
    {PEN_STR("project"), 60, 35},
};
static const struct operator of_eight[] = {
    {PEN_STR("function"), 95, 85},
    {PEN_STR("addToSet"), 60, 50},
};
static const struct operator of_nine[] = {
    {PEN_STR("elemMatch"), 80, 75},
    {PEN_STR("geoWithin"), 72, 60},
    {PEN_STR("unionWith"), 75, 60},
};
static const struct operator of_ten[] = {
    {PEN_STR("jsonSchema"), 75, 72},
};
static const struct operator of_eleven[] = {
    {PEN_STR("accumulator"), 95, 85},
    {PEN_STR("setOnInsert"), 60, 50},
    {PEN_STR("graphLookup"), 75, 60},
};

#define GROUP(list)              \
    {                            \
        list, PEN_COUNT_OF(list) \
    }

static const struct {
    const struct operator* list;
    size_t count;
} operators[] = {
    [2] = GROUP(of_two),  [3] = GROUP(of_three),   [4] = GROUP(of_four),  [5] = GROUP(of_five),
    [6] = GROUP(of_six),  [7] = GROUP(of_seven),   [8] = GROUP(of_eight), [9] = GROUP(of_nine),
    [10] = GROUP(of_ten), [11] = GROUP(of_eleven),
};

#define SCORE_BRACKET   85
#define OBJECT          128 /* bytes before a key in which its object begins */
#define SCORE_TOLD      60  /* "price: {$gte: 5}": a condition that is told about, within a text */
#define SCORE_BREAK_OUT 90
#define BRACKETS_MOST   8  /* behind an operator; names that nest deeper are no one's */
#define OPERATOR_LEAST  45 /* as `text`: below it a break-out is not enough of a sign either */

static bool is_json_quote(char c)
{
    return c == '\'' || c == '"';
}

static size_t skip_blanks(struct pen_str text, size_t at)
{
    while (at < text.len && pen_nosql_is_blank(text.ptr[at])) {
        at++;
    }
    return at;
}

/* The operator at the '$' at `at`; `end` behind its name. */
static const struct operator* operator_at(struct pen_str text, size_t at, size_t *end)
{
    size_t stop = at + 1;
    while (stop < text.len && pen_is_name_char(text.ptr[stop])) {
        stop++;
    }
    const struct pen_str name = pen_str_slice(text, at + 1, stop);
    if (name.len >= PEN_COUNT_OF(operators)) return NULL;
    for (size_t i = 0; i < operators[name.len].count; i++) {
        const struct operator* const op = & operators[name.len].list[i];
        if (op->name.ptr[0] != name.ptr[0] || !pen_str_equal(name, op->name)) continue;
        *end = stop;
        return op;
    }
    return NULL;
}

/* Names of parameters: user[$ne], [$ne], login[$nin][]. */

/* `$list[$in]` is PHP: what stands before the bracket is a variable there. */
static bool is_variable(struct pen_str text, size_t bracket)
{
    size_t at = bracket;
    while (at > 0 && (pen_is_name_char(text.ptr[at - 1]) || text.ptr[at - 1] == ']')) {
        at--;
    }
    return at > 0 && text.ptr[at - 1] == '$';
}

/* Behind "[$ne": "]", further brackets, and then the value or the end of the name. */
static bool names_parameter(struct pen_str text, size_t at, bool is_name)
{
    if (at < text.len && is_json_quote(text.ptr[at])) at++;
    if (at == text.len || text.ptr[at] != ']') return false;
    at++;
    for (int i = 0; i < BRACKETS_MOST && at < text.len && text.ptr[at] == '['; i++) {
        at = pen_str_find(text, ']', at) + 1;
    }
    return at >= text.len ? is_name : text.ptr[at] == '=';
}

static bool is_bracketed(struct pen_str text, size_t dollar, size_t end, bool is_name)
{
    size_t bracket = dollar;
    if (bracket > 0 && is_json_quote(text.ptr[bracket - 1])) bracket--;
    return bracket > 0 && text.ptr[bracket - 1] == '[' && !is_variable(text, bracket - 1)
           && names_parameter(text, end, is_name);
}

/* Keys in a text: {$ne: 1}, ', $where: '1 == 1'. */

/* What only a value of a query begins with. A word is none, but for these: "$where: UserFilter" is
   a variable of GraphQL. */
static bool begins_value(struct pen_str text, size_t at)
{
    static const struct pen_str words[] = {
        PEN_STR("true"), PEN_STR("false"),    PEN_STR("null"), PEN_STR("undefined"),
        PEN_STR("new"),  PEN_STR("function"), PEN_STR("this"),
    };
    if (at == text.len) return false;

    const char first = text.ptr[at];
    if (first == '[') {
        const size_t next = skip_blanks(text, at + 1);
        return next == text.len || !pen_is_alpha(text.ptr[next]);
    }
    if (is_json_quote(first) || pen_is_digit(first) || first == '-' || first == '{'
        || first == '/') {
        return true;
    }
    for (size_t i = 0; i < PEN_COUNT_OF(words); i++) {
        if (pen_str_starts(pen_str_slice(text, at, text.len), words[i])) return true;
    }
    return false;
}

/* Is it "key: value"? Quotes around the key may be missing. */
static bool is_key(struct pen_str text, size_t end)
{
    if (end < text.len && is_json_quote(text.ptr[end])) end++;
    end = skip_blanks(text, end);
    return end < text.len && text.ptr[end] == ':' && begins_value(text, skip_blanks(text, end + 1));
}

/* The byte that the key follows: '{', ',', '/' (of a path), or '\0' at the start of the text.
   Blanks are looked over once for each key, and stand between two keys: linear. */
static char before_key(struct pen_str text, size_t dollar)
{
    size_t at = dollar;
    if (at > 0 && is_json_quote(text.ptr[at - 1])) at--;
    while (at > 0 && pen_nosql_is_blank(text.ptr[at - 1])) {
        at--;
    }
    return at == 0 ? '\0' : text.ptr[at - 1];
}

/* The first quote of the text closes what the text was put into: "', $or: ...", "' } ], $x: ...".
   Where the '$' of the key stands that follows; the text's length when there is none. */
static size_t find_break_out(struct pen_str text)
{
    static const char quotes[] = {'\'', '"'};
    for (size_t i = 0; i < PEN_COUNT_OF(quotes); i++) {
        size_t at = skip_blanks(text, pen_str_find(text, quotes[i], 0) + 1);
        while (at < text.len && (text.ptr[at] == '}' || text.ptr[at] == ']')) {
            at = skip_blanks(text, at + 1);
        }
        if (at < text.len && text.ptr[at] == ',') {
            at = skip_blanks(text, at + 1);
            if (at < text.len && is_json_quote(text.ptr[at])) at++;
            if (at < text.len && text.ptr[at] == '$') return at;
        }
    }
    return text.len;
}

/* "a', 'password': {'$ne': ''}, 'x': '": the first quote ends a value, and a key follows. */
static bool ends_value(struct pen_str text)
{
    const size_t single = pen_str_find(text, '\'', 0);
    const size_t paired = pen_str_find(text, '"', 0);
    size_t at = single < paired ? single : paired;
    if (at == 0 || at == text.len || !pen_is_name_char(text.ptr[at - 1])) return false;
    at = skip_blanks(text, at + 1);
    if (at >= text.len || text.ptr[at] != ',') return false;
    at = skip_blanks(text, at + 1);
    return at < text.len && (is_json_quote(text.ptr[at]) || pen_is_alpha(text.ptr[at]));
}

/* "price: {$gte: 5}", "db.users.find({age: {$gt: 18}}) returns adults": a text that begins with a
   word has no place of a value to fill; the object belongs to a name of its own in it. */
static bool is_told(struct pen_str text, size_t dollar)
{
    if (!pen_is_alpha(text.ptr[0]) || ends_value(text)) return false;
    const size_t far = dollar > OBJECT ? dollar - OBJECT : 0;
    size_t at = dollar;
    while (at > far && text.ptr[at] != '{') {
        at--;
    }
    while (at > far && pen_nosql_is_blank(text.ptr[at - 1])) {
        at--;
    }
    return at > far && text.ptr[at - 1] == ':';
}

/* "{ price: { $gt: 5 } } matches all above five": words behind the last brace, and no more of a
   query. */
static bool is_followed_by_words(struct pen_str text)
{
    size_t at = text.len;
    size_t words = 0;
    while (at > 0 && text.ptr[at - 1] != '}') {
        at--;
        const char c = text.ptr[at];
        if (c == ' ') words++;
        if (!pen_is_alnum(c) && pen_str_find(PEN_S(" .,!?"), c, 0) == 5) return false;
    }
    return at > 0 && words > 1;
}

static void inspect_key(struct pen_str text, const struct operator* op, struct pen_span span,
                        bool tail, struct pen_scan *scan)
{
    const char before = before_key(text, span.start);
    if (before != '{' && before != ',' && before != '\0' && before != '/') return;
    const bool told = (before == '{' || before == ',') && op->text > SCORE_TOLD
                      && (tail || is_told(text, span.start));
    pen_scan_report(scan, "nosql.condition", span, told ? SCORE_TOLD : op->text);
}

/* One '$'. */
static void inspect_operator(const struct pen_leaf *leaf, size_t at, bool tail,
                             struct pen_scan *scan)
{
    const struct pen_str text = leaf->text;
    size_t end = at;
    const struct operator* const op = operator_at(text, at, &end);
    if (op == NULL) return;

    const struct pen_span span = {at, end};
    if (at == 0 && end == text.len) {
        /* A member's name; elsewhere a word with a dollar sign is just that. */
        if (leaf->is_name && leaf->node != NULL) {
            pen_scan_report(scan, "nosql.operator", span, op->key);
        }
        return;
    }
    if (is_bracketed(text, at, end, leaf->is_name)) {
        pen_scan_report(scan, "nosql.bracket", span,
                        op->key > OPERATOR_LEAST ? SCORE_BRACKET : op->key);
        return;
    }
    if (is_key(text, end)) inspect_key(text, op, span, tail, scan);
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    (void)state;
    const struct pen_str text = leaf->text;
    PEN_TRY(pen_scan_spend(scan, 12 * text.len));
    const bool tail = is_followed_by_words(text);
    for (size_t at = pen_str_find(text, '$', 0); at < text.len;
         at = pen_str_find(text, '$', at + 1)) {
        inspect_operator(leaf, at, tail, scan);
    }
    const size_t out = find_break_out(text);
    size_t end = out;
    if (out < text.len && operator_at(text, out, &end) != NULL && is_key(text, end)) {
        pen_scan_report(scan, "nosql.break_out", (struct pen_span){out, end}, SCORE_BREAK_OUT);
    }
    struct pen_span span;
    uint32_t score = pen_nosql_script(text, &span);
    if (score > 0) pen_scan_report(scan, "nosql.script", span, score);
    score = pen_nosql_shell(text, &span);
    if (score > 0) pen_scan_report(scan, "nosql.shell", span, score);
    score = pen_nosql_cypher(text, &span);
    if (score > 0) pen_scan_report(scan, "nosql.cypher", span, score);
    score = pen_nosql_frame(text, &span);
    if (score > 0) pen_scan_report(scan, "nosql.frame", span, score);
    return PEN_OK;
}

const struct pen_filter pen_filter_nosql = {
    .name = "nosql",
    .summary = "query operators where values belong, and scripts that leave their value",
    .sinks = "nosql",
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .inspect_leaf = inspect_leaf,
};

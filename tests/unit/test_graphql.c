/** The GraphQL reader: the grammar, what its tree says, what it refuses and where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "filters/core/graphql.h"

static struct pen_arena *arena;

static int set_up(void **state)
{
    (void)state;
    return pen_arena_create((size_t)64 << 20, 4096, &arena) == PEN_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

/* After the specification's and graphql-js's "kitchen sink", our own names. */
static const char everything[] =
    "\xef\xbb\xbf# shop\n\"\"\"\n  What a shop asks\n\"\"\"\n"
    "query Shop($id: ID! = \"a\\u0041\" @old, \"how many\" $n: [[Int!]!]! = [1, 2], $f: In = {a: "
    "{b: "
    "[]}}) @live {\n"
    "  first: item(id: $id, n: -0.5e+3, tags: [RED, true, null, {x: 1}]) @include(if: $yes) {\n"
    "    id, name\n    ...Parts @defer(label: \"l\")\n    ... on Book { pages }\n"
    "    ... @skip(if: false) { price }\n    ... { on }\n  }\n}\n"
    "mutation { buy(note: \"\"\"two\n    lines\"\"\") { ok } }\n"
    "subscription Sold { sold(query: query) { fragment } }\n"
    "fragment Parts on Item @x { parts { query mutation type } }\n{ __typename }";

static struct pen_graphql read_ok(struct pen_str source)
{
    struct pen_graphql graphql = {0};
    struct pen_json_error error = {0};
    if (pen_graphql_read(source, NULL, arena, &graphql, &error) != PEN_OK) {
        fail_msg("%.*s: %s at %zu", PEN_STR_ARGS(source), error.code, error.offset);
    }
    return graphql;
}

static void reads_what_the_grammar_has(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct pen_str source;
    } rows[] = {
        {"the shortest", PEN_STR("{a}")},
        {"commas are nothing", PEN_STR(",,{,a,,b,},")},
        {"a comment to the end", PEN_STR("{a}#")},
        {"a comment ends with a carriage return", PEN_STR("#x\r{a}")},
        {"byte-order marks anywhere", PEN_STR("{\xef\xbb\xbf"
                                              "a}")},
        {"key words are names of fields", PEN_STR("{query mutation on fragment true null}")},
        {"and of arguments, aliases and types",
         PEN_STR("query query($query:on){on:on(true:true)}")},
        {"a fragment may be called as a key word", PEN_STR("fragment query on on{a}")},
        {"an inline fragment on everything", PEN_STR("{...{a}}")},
        {"a spread that begins with 'on'", PEN_STR("{...online}")},
        {"marks apart from their names", PEN_STR("query($ a : Int){a(b: $ a) @ c ... d}")},
        {"nothing between tokens that end themselves", PEN_STR("{a(b:\"\"c:1.5 d:[]){e}}")},
        {"a list in a list in an object", PEN_STR("{a(b:[[{c:[{}]}]])}")},
        {"a control byte in a string", PEN_STR("{a(b:\"\x01\")}")},
        {"NUL in a comment", PEN_STR("{a}#\0")},
        {"any script", PEN_STR("{a(b:\"\xf0\x9f\x92\xa9 \xc3\xa4\")}")},
        {"a description of an operation", PEN_STR("\"what it does\" query A {a}")},
        {"six quotes", PEN_STR("{a(b:\"\"\"\"\"\")}")},
        {"quotes within a block", PEN_STR("{a(b:\"\"\" \"x\" \"\"y \"\"\")}")},
        {"all of it", PEN_STR(everything)},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_graphql graphql = {0};
        struct pen_json_error error = {0};
        if (pen_graphql_read(rows[i].source, NULL, arena, &graphql, &error) != PEN_OK) {
            fail_msg("%s: %s at %zu", rows[i].why, error.code, error.offset);
        }
        if (graphql.twice != NULL) fail_msg("%s: twice", rows[i].why);
    }
}

static void refuses_what_it_does_not_have(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct pen_str source;
        size_t offset;
    } rows[] = {
        {"nothing", PEN_STR(""), 0},
        {"only a comment", PEN_STR("# {a}"), 5},
        {"no selection", PEN_STR("{}"), 1},
        {"no selection below a field", PEN_STR("{a{}}"), 3},
        {"no argument", PEN_STR("{a()}"), 3},
        {"no variable", PEN_STR("query(){a}"), 6},
        {"a closing too many", PEN_STR("{a}}"), 3},
        {"a closing too few", PEN_STR("{a{b}"), 5},
        {"another bracket", PEN_STR("{a(b:[1)}"), 7},
        {"another closing", PEN_STR("{a(b:1}}"), 6},
        {"JSON", PEN_STR("{\"a\":1}"), 1},
        {"a definition of a type", PEN_STR("type A { b: C }"), 0},
        {"an extension", PEN_STR("extend type A { b: C }"), 0},
        {"a definition behind a query", PEN_STR("{a} scalar Date"), 4},
        {"another word", PEN_STR("select {a}"), 0},
        {"a description of a bare selection", PEN_STR("\"x\" {a}"), 4},
        {"a fragment called 'on'", PEN_STR("fragment on on A{b}"), 9},
        {"a fragment without a type", PEN_STR("fragment A {b}"), 11},
        {"a selection below a spread", PEN_STR("{...A{b}}"), 5},
        {"an inline fragment without selections", PEN_STR("{... on A}"), 9},
        {"two points", PEN_STR("{..A}"), 1},
        {"a variable in a default", PEN_STR("query($a:Int=$b){c}"), 13},
        {"a variable in a default's list", PEN_STR("query($a:[Int]=[$b]){c}"), 16},
        {"a variable in a directive of a variable", PEN_STR("query($a:Int@b(c:$d)){e}"), 17},
        {"an alias of an alias", PEN_STR("{a:b:c}"), 4},
        {"a string for a name", PEN_STR("{\"a\"}"), 1},
        {"a name behind a number", PEN_STR("{a(b:1c)}"), 6},
        {"a point behind a number", PEN_STR("{a(b:1.5.2)}"), 8},
        {"a leading zero", PEN_STR("{a(b:01)}"), 6},
        {"a plus", PEN_STR("{a(b:+1)}"), 5},
        {"a fraction without digits", PEN_STR("{a(b:1.)}"), 7},
        {"an exponent without digits", PEN_STR("{a(b:1e)}"), 7},
        {"a minus alone", PEN_STR("{a(b:-)}"), 6},
        {"single quotes", PEN_STR("{a(b:'c')}"), 5},
        {"a line end in a string", PEN_STR("{a(b:\"c\nd\")}"), 7},
        {"an open string", PEN_STR("{a(b:\"c)}"), 9},
        {"an open block", PEN_STR("{a(b:\"\"\"c\"\")}"), 13},
        {"an unknown escape", PEN_STR("{a(b:\"c\\x41\")}"), 7},
        {"half an escape", PEN_STR("{a(b:\"\\u004\")}"), 6},
        {"half a pair", PEN_STR("{a(b:\"\\ud83d\")}"), 6},
        {"the other half first", PEN_STR("{a(b:\"\\udca9\\ud83d\")}"), 6},
        {"braces around nothing", PEN_STR("{a(b:\"\\u{}\")}"), 6},
        {"a scalar beyond the last", PEN_STR("{a(b:\"\\u{110000}\")}"), 6},
        {"half a pair in braces", PEN_STR("{a(b:\"\\u{d800}\")}"), 6},
        {"a bracket too few in a type", PEN_STR("query($a:[Int){b}"), 13},
        {"two exclamation marks", PEN_STR("query($a:Int!!){b}"), 13},
        {"a byte that begins no token", PEN_STR("{a;b}"), 2},
        {"NUL between tokens", PEN_STR("{a\0}"), 2},
        {"white space of other languages",
         PEN_STR("{a\xc2\xa0"
                 "b}"),
         2},
        {"a template's placeholder", PEN_STR("{{name}}"), 1},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_graphql graphql = {0};
        struct pen_json_error error = {0};
        const enum pen_status status =
            pen_graphql_read(rows[i].source, NULL, arena, &graphql, &error);
        if (status != PEN_ERR_SYNTAX || strcmp(error.code, "graphql.syntax") != 0
            || error.offset != rows[i].offset || graphql.root != NULL) {
            fail_msg("%s: status %d %s at %zu", rows[i].why, (int)status, error.code, error.offset);
        }
    }
}

/* The first node with this path, looked for in the whole tree: names repeat. */
static const struct pen_json *find(const struct pen_json *root, struct pen_str path)
{
    char memory[256];
    for (const struct pen_json *node = root; node != NULL;) {
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        pen_json_pointer(node, &buf);
        if (!buf.full && pen_str_equal(pen_buf_str(&buf), path)) return node;
        if (node->first != NULL) {
            node = node->first;
            continue;
        }
        while (node->parent != NULL && node->next == NULL) {
            node = node->parent;
        }
        node = node->next;
    }
    return NULL;
}

static void the_tree_says_what_each_part_is(void **state)
{
    (void)state;
    static const struct {
        struct pen_str path;
        enum pen_graphql_part part;
        enum pen_json_type type;
        struct pen_str bare;
        struct pen_str text;
    } rows[] = {
        {PEN_STR(""), PEN_GRAPHQL_VALUE, PEN_JSON_OBJECT, PEN_STR(""), PEN_STR("")},
        {PEN_STR("/query"), PEN_GRAPHQL_OPERATION, PEN_JSON_OBJECT, PEN_STR("query"), PEN_STR("")},
        {PEN_STR("/query/name:"), PEN_GRAPHQL_ABOUT, PEN_JSON_STRING, PEN_STR(""), PEN_STR("Shop")},
        {PEN_STR("/query/description:"), PEN_GRAPHQL_ABOUT, PEN_JSON_STRING, PEN_STR(""),
         PEN_STR("What a shop asks")},
        {PEN_STR("/query/$id"), PEN_GRAPHQL_VARIABLE, PEN_JSON_OBJECT, PEN_STR("id"), PEN_STR("")},
        {PEN_STR("/query/$id/type:"), PEN_GRAPHQL_ABOUT, PEN_JSON_STRING, PEN_STR(""),
         PEN_STR("ID")},
        {PEN_STR("/query/$id/default:"), PEN_GRAPHQL_ABOUT, PEN_JSON_STRING, PEN_STR(""),
         PEN_STR("aA")},
        {PEN_STR("/query/$id/@old"), PEN_GRAPHQL_DIRECTIVE, PEN_JSON_OBJECT, PEN_STR("old"),
         PEN_STR("")},
        {PEN_STR("/query/$n/description:"), PEN_GRAPHQL_ABOUT, PEN_JSON_STRING, PEN_STR(""),
         PEN_STR("how many")},
        {PEN_STR("/query/$n/default:/1"), PEN_GRAPHQL_VALUE, PEN_JSON_NUMBER, PEN_STR(""),
         PEN_STR("2")},
        {PEN_STR("/query/$f/default:/a/b"), PEN_GRAPHQL_FIELD, PEN_JSON_ARRAY, PEN_STR("b"),
         PEN_STR("")},
        {PEN_STR("/query/@live"), PEN_GRAPHQL_DIRECTIVE, PEN_JSON_OBJECT, PEN_STR("live"),
         PEN_STR("")},
        {PEN_STR("/query/item"), PEN_GRAPHQL_FIELD, PEN_JSON_OBJECT, PEN_STR("item"), PEN_STR("")},
        {PEN_STR("/query/item/alias:"), PEN_GRAPHQL_ABOUT, PEN_JSON_STRING, PEN_STR(""),
         PEN_STR("first")},
        {PEN_STR("/query/item/(id)"), PEN_GRAPHQL_ARGUMENT, PEN_JSON_NULL, PEN_STR("id"),
         PEN_STR("id")},
        {PEN_STR("/query/item/(n)"), PEN_GRAPHQL_ARGUMENT, PEN_JSON_NUMBER, PEN_STR("n"),
         PEN_STR("-0.5e+3")},
        {PEN_STR("/query/item/(tags)/0"), PEN_GRAPHQL_VALUE, PEN_JSON_STRING, PEN_STR(""),
         PEN_STR("RED")},
        {PEN_STR("/query/item/(tags)/1"), PEN_GRAPHQL_VALUE, PEN_JSON_TRUE, PEN_STR(""),
         PEN_STR("")},
        {PEN_STR("/query/item/(tags)/2"), PEN_GRAPHQL_VALUE, PEN_JSON_NULL, PEN_STR(""),
         PEN_STR("")},
        {PEN_STR("/query/item/(tags)/3/x"), PEN_GRAPHQL_FIELD, PEN_JSON_NUMBER, PEN_STR("x"),
         PEN_STR("1")},
        {PEN_STR("/query/item/@include/(if)"), PEN_GRAPHQL_ARGUMENT, PEN_JSON_NULL, PEN_STR("if"),
         PEN_STR("yes")},
        {PEN_STR("/query/item/name"), PEN_GRAPHQL_FIELD, PEN_JSON_OBJECT, PEN_STR("name"),
         PEN_STR("")},
        {PEN_STR("/query/item/...Parts"), PEN_GRAPHQL_SPREAD_OF, PEN_JSON_OBJECT, PEN_STR("Parts"),
         PEN_STR("")},
        {PEN_STR("/query/item/.../on:"), PEN_GRAPHQL_ABOUT, PEN_JSON_STRING, PEN_STR(""),
         PEN_STR("Book")},
        {PEN_STR("/query/item/.../pages"), PEN_GRAPHQL_FIELD, PEN_JSON_OBJECT, PEN_STR("pages"),
         PEN_STR("")},
        {PEN_STR("/query/item/.../price"), PEN_GRAPHQL_FIELD, PEN_JSON_OBJECT, PEN_STR("price"),
         PEN_STR("")},
        {PEN_STR("/mutation/buy/(note)"), PEN_GRAPHQL_ARGUMENT, PEN_JSON_STRING, PEN_STR("note"),
         PEN_STR("two\nlines")},
        {PEN_STR("/subscription/sold/(query)"), PEN_GRAPHQL_ARGUMENT, PEN_JSON_STRING,
         PEN_STR("query"), PEN_STR("query")},
        {PEN_STR("/...Parts"), PEN_GRAPHQL_FRAGMENT, PEN_JSON_OBJECT, PEN_STR("Parts"),
         PEN_STR("")},
        {PEN_STR("/...Parts/parts/type"), PEN_GRAPHQL_FIELD, PEN_JSON_OBJECT, PEN_STR("type"),
         PEN_STR("")},
    };
    const struct pen_graphql graphql = read_ok(PEN_S(everything));
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_json *const node = find(graphql.root, rows[i].path);
        if (node == NULL) fail_msg("no %.*s", PEN_STR_ARGS(rows[i].path));
        if (node->type != rows[i].type || pen_graphql_part_of(node) != rows[i].part
            || !pen_str_equal(pen_graphql_bare_name(node), rows[i].bare)
            || !pen_str_equal(node->text, rows[i].text)) {
            fail_msg("%.*s: part %d type %d '%.*s'", PEN_STR_ARGS(rows[i].path),
                     (int)pen_graphql_part_of(node), (int)node->type, PEN_STR_ARGS(node->text));
        }
    }
    assert_int_equal(graphql.root->count, 5);
}

static void says_where_each_part_stands(void **state)
{
    (void)state;
    const struct pen_str source = PEN_STR("{ u: user(id: \"x\", s: [A]) @d { n } }");
    static const struct {
        struct pen_str path;
        struct pen_str whole;
        struct pen_str name;
    } rows[] = {
        {PEN_STR("/query/user"), PEN_STR("u: user(id: \"x\", s: [A]) @d { n }"), PEN_STR("user")},
        {PEN_STR("/query/user/(id)"), PEN_STR("\"x\""), PEN_STR("id")},
        {PEN_STR("/query/user/(s)"), PEN_STR("[A]"), PEN_STR("s")},
        {PEN_STR("/query/user/(s)/0"), PEN_STR("A"), PEN_STR("")},
        {PEN_STR("/query/user/@d"), PEN_STR("d"), PEN_STR("d")},
        {PEN_STR("/query/user/n"), PEN_STR("n"), PEN_STR("n")},
    };
    const struct pen_graphql graphql = read_ok(source);
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_json *const node = find(graphql.root, rows[i].path);
        if (node == NULL) fail_msg("no %.*s", PEN_STR_ARGS(rows[i].path));
        const struct pen_str whole = pen_str_slice(source, node->place.start, node->place.end);
        const struct pen_str name =
            pen_str_slice(source, node->name_place.start, node->name_place.end);
        if (!pen_str_equal(whole, rows[i].whole) || !pen_str_equal(name, rows[i].name)) {
            fail_msg("%.*s: '%.*s' '%.*s'", PEN_STR_ARGS(rows[i].path), PEN_STR_ARGS(whole),
                     PEN_STR_ARGS(name));
        }
    }
}

static void undoes_strings(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct pen_str written;
        struct pen_str meant;
    } rows[] = {
        {"nothing", PEN_STR("\"\""), PEN_STR("")},
        {"plain", PEN_STR("\"a b\""), PEN_STR("a b")},
        {"each short escape", PEN_STR("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""),
         PEN_STR("\"\\/\b\f\n\r\t")},
        {"four digits", PEN_STR("\"x\\u0027y\""), PEN_STR("x'y")},
        {"a pair", PEN_STR("\"\\ud83d\\udca9\""), PEN_STR("\xf0\x9f\x92\xa9")},
        {"braces", PEN_STR("\"\\u{1F4A9}\\u{27}\""), PEN_STR("\xf0\x9f\x92\xa9'")},
        {"braces with zeros", PEN_STR("\"\\u{000000000027}\\u{0}\""), PEN_STR("'\0")},
        {"no escape in the escape's value", PEN_STR("\"\\\\u0027\""), PEN_STR("\\u0027")},
        {"a block of one line", PEN_STR("\"\"\"a\\nb\"\"\""), PEN_STR("a\\nb")},
        {"the common indentation goes",
         PEN_STR("\"\"\"\n    Hello,\n      World!\n\n    Yours,\n      GraphQL.\n  \"\"\""),
         PEN_STR("Hello,\n  World!\n\nYours,\n  GraphQL.")},
        {"that of the first line stays", PEN_STR("\"\"\"  a\n    b\n   c\"\"\""),
         PEN_STR("  a\n b\nc")},
        {"blank lines around go", PEN_STR("\"\"\"\n \n\t\n  a\n\n  b\n  \n\"\"\""),
         PEN_STR("a\n\nb")},
        {"a tab counts as one", PEN_STR("\"\"\"\n\ta\n  b\"\"\""), PEN_STR("a\n b")},
        {"every line end is one", PEN_STR("\"\"\"a\r\nb\rc\nd\"\"\""), PEN_STR("a\nb\nc\nd")},
        {"three quotes escaped", PEN_STR("\"\"\"a\\\"\"\"b\\\"\"\"\"\"\""),
         PEN_STR("a\"\"\"b\"\"\"")},
        {"a backslash before them", PEN_STR("\"\"\"a\\\\\"\"\"b\"\"\""), PEN_STR("a\\\"\"\"b")},
        {"only blanks", PEN_STR("\"\"\" \n \"\"\""), PEN_STR("")},
        {"white space behind the text stays", PEN_STR("\"\"\"\n  a  \n  b\t\n\"\"\""),
         PEN_STR("a  \nb\t")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char memory[256];
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        pen_buf_put(&buf, PEN_S("{a(b:"));
        pen_buf_put(&buf, rows[i].written);
        pen_buf_put(&buf, PEN_S(")}"));
        const struct pen_graphql graphql = read_ok(pen_buf_str(&buf));
        const struct pen_json *const value = find(graphql.root, PEN_S("/query/a/(b)"));
        if (!pen_str_equal(value->text, rows[i].meant)) {
            fail_msg("%s: '%.*s'", rows[i].why, PEN_STR_ARGS(value->text));
        }
    }
}

static void tells_of_names_given_twice(void **state)
{
    (void)state;
    static const struct {
        struct pen_str source;
        struct pen_str twice; /* where the later one stands; empty: nothing is */
    } rows[] = {
        {PEN_STR("{a(b:1 b:2)}"), PEN_STR("/query/a/(b)")},
        {PEN_STR("{a(b:{c:1 d:2 c:3})}"), PEN_STR("/query/a/(b)/c")},
        {PEN_STR("{a @b(c:1 c:2)}"), PEN_STR("/query/a/@b/(c)")},
        {PEN_STR("query($a:Int $a:Int){b}"), PEN_STR("/query/$a")},
        {PEN_STR("query($a:In={b:1 b:1}){b}"), PEN_STR("/query/$a/default:/b")},
        {PEN_STR("{a a a:b a:b}"), PEN_STR("")},
        {PEN_STR("{a(b:1) @b(b:1) @b(b:1) c(b:{b:{b:1}})}"), PEN_STR("")},
        {PEN_STR("{a(alias:1 name:2)}"), PEN_STR("")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_graphql graphql = read_ok(rows[i].source);
        char memory[64];
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        if (graphql.twice != NULL) pen_json_pointer(graphql.twice, &buf);
        if (!pen_str_equal(pen_buf_str(&buf), rows[i].twice)
            || (graphql.twice != NULL && graphql.twice->index == 0)) {
            fail_msg("%.*s: '%.*s'", PEN_STR_ARGS(rows[i].source), (int)buf.len, buf.ptr);
        }
    }
}

/* An opening, as often, and its closing as often. */
static struct pen_str nested(const char *before, const char *open, const char *close, size_t times,
                             const char *after)
{
    const size_t room = strlen(before) + (strlen(open) + strlen(close)) * times + strlen(after);
    char *const memory = pen_arena_bytes(arena, room);
    assert_non_null(memory);
    struct pen_buf buf = pen_buf_over(memory, room);
    pen_buf_put(&buf, pen_str_from_c(before));
    for (size_t i = 0; i < times; i++) {
        pen_buf_put(&buf, pen_str_from_c(open));
    }
    for (size_t i = 0; i < times; i++) {
        pen_buf_put(&buf, pen_str_from_c(close));
    }
    pen_buf_put(&buf, pen_str_from_c(after));
    return pen_buf_str(&buf);
}

static void keeps_to_its_limits(void **state)
{
    (void)state;
    const struct {
        struct pen_json_limits limits;
        struct pen_str within;
        struct pen_str beyond;
        const char *code;
    } rows[] = {
        {{.depth = 4}, PEN_STR("{a{b}}"), PEN_STR("{a{b{c}}}"), "graphql.depth"},
        {{.depth = 4}, PEN_STR("{a(b:[1])}"), PEN_STR("{a(b:[[1]])}"), "graphql.depth"},
        {{.depth = 4}, PEN_STR("{a(b:{c:1})}"), PEN_STR("{a(b:{c:{}})}"), "graphql.depth"},
        {{.depth = 3},
         PEN_STR("query($a:[[[B]]]){c}"),
         PEN_STR("query($a:[[[[B]]]]){c}"),
         "graphql.depth"},
        {{.nodes = 4}, PEN_STR("{a b}"), PEN_STR("{a b c}"), "graphql.nodes"},
        {{.string_bytes = 2},
         PEN_STR("{a(b:\"xy\")}"),
         PEN_STR("{a(b:\"xyz\")}"),
         "graphql.string"},
        {{.number_bytes = 2}, PEN_STR("{a(b:12)}"), PEN_STR("{a(b:123)}"), "graphql.number"},
        {{0}, nested("", "{a", "}", 126, ""), nested("", "{a", "}", 127, ""), "graphql.depth"},
        {{0},
         nested("{a(b:", "[", "]", 125, ")}"),
         nested("{a(b:", "[", "]", 126, ")}"),
         "graphql.depth"},
        {{0},
         nested("query($a:", "[", "B]", 0, "B){c}"),
         nested("query($a:", "[", "]", 129, "){c}"),
         "graphql.depth"},
        {{0},
         nested("{", "...{a ", "}", 100, "}"),
         nested("{a", "{...", "}", 100000, "}"),
         "graphql.depth"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_graphql graphql = {0};
        struct pen_json_error error = {0};
        if (pen_graphql_read(rows[i].within, &rows[i].limits, arena, &graphql, &error) != PEN_OK) {
            fail_msg("row %zu within: %s at %zu", i, error.code, error.offset);
        }
        const enum pen_status status =
            pen_graphql_read(rows[i].beyond, &rows[i].limits, arena, &graphql, &error);
        if (status != PEN_ERR_LIMIT || strcmp(error.code, rows[i].code) != 0) {
            fail_msg("row %zu beyond: %d %s", i, (int)status, error.code);
        }
    }
}

static void refuses_bytes_that_are_no_utf8(void **state)
{
    (void)state;
    struct pen_graphql graphql = {0};
    struct pen_json_error error = {0};
    assert_int_equal(pen_graphql_read(PEN_S("{a(b:\"\xc0\xa7\")}"), NULL, arena, &graphql, &error),
                     PEN_ERR_SYNTAX);
    assert_string_equal(error.code, "graphql.utf8");
    assert_int_equal(error.offset, 6);
}

/* Whatever is cut off the end, the rest is read or refused within its own bytes. */
static void survives_truncation_at_every_byte(void **state)
{
    (void)state;
    size_t read = 0;
    for (size_t length = 0; length < sizeof(everything) - 1; length++) {
        char *const copy = malloc(length + 1); /* so that a sanitizer sees a byte too far */
        assert_non_null(copy);
        memcpy(copy, everything, length);
        struct pen_graphql graphql = {0};
        struct pen_json_error error = {0};
        pen_arena_reset(arena);
        const enum pen_status status =
            pen_graphql_read((struct pen_str){copy, length}, NULL, arena, &graphql, &error);
        if (status == PEN_OK) {
            read++;
        } else {
            assert_int_equal(status, PEN_ERR_SYNTAX);
            assert_true(error.offset <= length);
        }
        free(copy);
    }
    assert_int_equal(read, 8); /* behind each of four definitions, with and without the line end */
}

static void gives_up_cleanly_without_memory(void **state)
{
    (void)state;
    enum pen_status status = PEN_ERR_NOMEM;
    for (size_t limit = 0; status != PEN_OK; limit += 64) {
        struct pen_arena *small = NULL;
        struct pen_graphql graphql = {0};
        struct pen_json_error error = {0};
        if (pen_arena_create(limit, 64, &small) != PEN_OK) continue;
        status = pen_graphql_read(PEN_S(everything), NULL, small, &graphql, &error);
        if (status != PEN_OK) {
            assert_int_equal(status, PEN_ERR_NOMEM);
            assert_string_equal(error.code, "graphql.memory");
            assert_null(graphql.root);
        }
        pen_arena_destroy(small);
        assert_true(limit < 65536);
    }
}

static void a_cheap_look_tells_documents_from_texts(void **state)
{
    (void)state;
    static const struct {
        struct pen_str text;
        bool begins;
    } rows[] = {
        {PEN_STR("{user}"), true},
        {PEN_STR(" \n# note\n{ user }"), true},
        {PEN_STR("{...A}"), true},
        {PEN_STR("query{a}"), true},
        {PEN_STR("query Q{a}"), true},
        {PEN_STR("mutation($a:B){c}"), true},
        {PEN_STR("subscription @live{c}"), true},
        {PEN_STR("fragment A on B{c}"), true},
        {PEN_STR("\"about\" query A{b}"), true},
        {PEN_STR("query the database"), true}, /* it takes three words to see it */
        {PEN_STR(""), false},
        {PEN_STR("{}"), false},
        {PEN_STR("{\"a\":1}"), false},
        {PEN_STR("{{name}}"), false},
        {PEN_STR("query: all"), false},
        {PEN_STR("queries"), false},
        {PEN_STR("mutation."), false},
        {PEN_STR("fragments of text"), false},
        {PEN_STR("\"quoted\" text"), false},
        {PEN_STR("\"quoted\" {a}"), false},
        {PEN_STR("Dear all,"), false},
        {PEN_STR("# a heading\n\ntext"), false},
        {PEN_STR("type A {b:C}"), false},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        if (pen_graphql_begins(rows[i].text) != rows[i].begins) {
            fail_msg("%.*s", PEN_STR_ARGS(rows[i].text));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_what_the_grammar_has, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_it_does_not_have, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_tree_says_what_each_part_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(says_where_each_part_stands, set_up, tear_down),
        cmocka_unit_test_setup_teardown(undoes_strings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tells_of_names_given_twice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_to_its_limits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_bytes_that_are_no_utf8, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_truncation_at_every_byte, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gives_up_cleanly_without_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cheap_look_tells_documents_from_texts, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

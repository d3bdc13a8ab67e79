/**
 * Unsafe deserialisation: a text that a language's own reader of objects turns into running code.
 *
 * Each reader knows its data by a magic number or a grammar of its own, and attackers need classes
 * that do something when they are made. Reported are streams of objects (Java, .NET, Python's
 * pickle, Ruby, PHP), tags that name classes (YAML), names of classes where a type belongs
 * (Jackson, Json.NET, XMLDecoder), and functions in JSON (node-serialize). (CWE-502, OWASP
 * A08:2021)
 *
 * Not reported: base64 of anything else, YAML without tags, times like "O:12", PHP arrays in the
 * middle of a text, class names in stack traces and prose.
 */
#include "filters/deser_streams.h"
#include "filters/deser_tools.h"
#include "filters/deser_words.h"
#include "filters/filter.h"

#include <string.h>

#define CERTAIN      92
#define OBJECT       88
#define LIKELY       80
#define ANCHOR_BYTES 32 /* of a name that YAML gives a node */
#define DATA         72 /* plain data in such a stream: it is read by the same reader */

static const struct pen_rule rules[] = {
    {"deser.java", "a stream of Java objects"},
    {"deser.dotnet", "a stream of .NET objects"},
    {"deser.pickle", "a Python pickle"},
    {"deser.ruby", "a stream of Ruby objects"},
    {"deser.perl", "a Perl value that Storable makes objects of"},
    {"deser.php", "a PHP value that makes objects when it is read"},
    {"deser.phar", "a PHP archive, whose data makes objects when it is opened"},
    {"deser.yaml", "a YAML tag makes an object of a class of the sender's choosing"},
    {"deser.type", "a type's name chooses a class that runs code when it is made"},
    {"deser.xml", "an XML description of objects and calls"},
    {"deser.node", "a function in JSON, run when it is read"},
    {"deser.tool", "a command that makes an object of a public gadget chain"},
};

static const struct pen_trigger triggers[] = {
    {"rO0AB|AAEAAAD/|gASV|[^A-Za-z]gA(M|N)|[^A-Za-z]BAh[a-zA-Z]|/wEy|^pst0", false, 0},
    {"\\xac\\xed\\x00|aced0005|\\x04\\x08|\\x80[\\x02-\\x05]|\\x00\\x01\\x00\\x00\\x00", true, 0},
    {"[OCaE]:\\+?[0-9]{1,6}:[\"{]", false, 0},
    {"!!?(python|ruby|java|javax|com|org|perl|php|sun|ch|net|js)[/.:]", true, 0},
    {"tag:(ruby\\.)?yaml\\.org|!System\\.", false, 0},
    {"_\\$\\$ND_FUNC|_CRYO_|__js_function|py/(reduce|repr|function|newargsex|object|type)", false,
     0},
    {"__HALT_COMPILER|new Phar\\(|setMetadata\\(", false, 0},
    {"(\\$type|@type|@class)|PublicKeyToken|mscorlib", true, 0},
    {"(JdbcRowSetImpl|TemplatesImpl|ObjectDataProvider|ProcessBuilder|ScriptEngineManager|"
     "XMLDecoder|BasicDataSource|PropertyPathFactoryBean|InvokerTransformer|EventHandler|"
     "ClassPathXml|"
     "BCEL|dynamic-proxy>|java\\.util\\.PriorityQueue|class=.java\\.)",
     false, 0},
    {"AutoCloseable|^(java\\.(net|io|beans|rmi|lang)\\.|javax\\.|com\\.sun\\.|jdk\\.)|java\\."
     "net\\.",
     false, 0},
    {"logback\\.core|mchange\\.v2|zaxxer\\.|springframework\\.(context|beans|aop|jndi)|"
     "apache\\.(commons\\.(dbcp|collections|configuration)|xbean|ibatis|tomcat\\.dbcp|xalan)|"
     "ehcache\\.transaction|hibernate\\.jmx|sun\\.rmi|groovy\\.runtime|anteros\\.dbcp|"
     "jdbc\\.rowset|com\\.sun\\.jndi|rometools\\.rome|Gem::",
     false, 0},
    {"<(groovy\\.util|jdk\\.|javax\\.|sun\\.|com\\.sun\\.)|clr-namespace:|ExpandedWrapper|"
     "clr/nsassem/|07/System\\.Diagnostics",
     false, 0},
    {"^System\\.(Windows|Data|Web|Runtime|Resources|CodeDom|Configuration|Diagnostics|Security|"
     "Workflow|Activities|Management|IO|Xaml)",
     false, 0},
    {"[ci](os|posix|nt|subprocess|builtins|__builtin__|commands|sys|pty|webbrowser|importlib|"
     "timeit|"
     "runpy|code|platform|pickle|marshal|types|operator|functools|pip|shutil|socket)\\n",
     false, 0},
    {"\\nR(p[0-9]|[.s])|tR\\.|tRp[0-9]{1,9}\\n|([^A-Za-z]|N|Q|R|a|b|d|e|l|o|s|t|u)tR(s|p)", false,
     0},
    {"phpggc|ysoserial|marshalsec", true, 0},
};

static void report(struct pen_scan *scan, const char *rule, size_t start, size_t end,
                   uint32_t score)
{
    pen_scan_report(scan, rule, (struct pen_span){start, end}, score);
}

/* Does a node of YAML begin here: a line, or what stands behind ":", "-", a bracket, an anchor? */
static bool is_at_value(struct pen_str text, size_t at)
{
    size_t i = at;
    while (i > 0 && pen_is_blank(text.ptr[i - 1])) {
        i--;
    }
    if (i == 0) return true;
    const char before = text.ptr[i - 1];
    if (memchr("\n\r:-[{,?=|\"'>", before, 13) != NULL) return true;
    if (i == at) return false;
    /* "&1 !tag", "%TAG ! tag" */
    const size_t far = i > ANCHOR_BYTES ? i - ANCHOR_BYTES : 0;
    while (i > far && !pen_is_space(text.ptr[i - 1])) {
        i--;
    }
    return i < at && (text.ptr[i] == '&' || text.ptr[i] == '%');
}

/* "org.springframework.beans.PropertyPathFactoryBean": packages, and a class behind the last dot.
 */
static bool is_class_tag(struct pen_str text, size_t at)
{
    size_t dots = 0;
    size_t dot = at;
    for (; at < text.len && (pen_is_name_char(text.ptr[at]) || text.ptr[at] == '.'); at++) {
        if (text.ptr[at] != '.') continue;
        dots++;
        dot = at;
    }
    return dots > 1 && dot + 1 < text.len && text.ptr[dot + 1] >= 'A' && text.ptr[dot + 1] <= 'Z';
}

/* A tag at a place where YAML has one: behind white space, a bracket, or at the start. */
static void inspect_tag(struct pen_str text, size_t at, struct pen_scan *scan)
{
    static const struct {
        struct pen_str tag;
        uint32_t score;
    } tags[] = {
        {PEN_STR("!!python/object"), CERTAIN},
        {PEN_STR("!!python/name"), CERTAIN},
        {PEN_STR("!!python/module"), CERTAIN},
        {PEN_STR("!!python/"), LIKELY},
        {PEN_STR("!!ruby/"), CERTAIN},
        {PEN_STR("!ruby/object"), CERTAIN},
        {PEN_STR("!ruby/hash"), OBJECT},
        {PEN_STR("!ruby/"), LIKELY},
        {PEN_STR("!!perl/"), OBJECT},
        {PEN_STR("!php/object"), CERTAIN},
        {PEN_STR("!!php/object"), CERTAIN},
        {PEN_STR("!!javax."), CERTAIN},
        {PEN_STR("!!java."), CERTAIN},
        {PEN_STR("!!com.sun."), CERTAIN},
        {PEN_STR("!!com."), OBJECT},
        {PEN_STR("!!org."), OBJECT},
        {PEN_STR("!!sun."), OBJECT},
        {PEN_STR("!!ch."), OBJECT},
        {PEN_STR("!!net."), OBJECT},
        {PEN_STR("!!js/"), LIKELY},
        {PEN_STR("!php/const"), DATA},
        {PEN_STR("!System."), OBJECT},
        {PEN_STR("!<!System."), OBJECT},
        {PEN_STR("!<tag:yaml.org,2002:python/"), CERTAIN},
        {PEN_STR("!<tag:yaml.org,2002:java"), CERTAIN},
        {PEN_STR("!<tag:yaml.org,2002:com."), CERTAIN},
        {PEN_STR("!<tag:yaml.org,2002:org."), CERTAIN},
        {PEN_STR("!<tag:ruby.yaml.org,2002:"), CERTAIN},
        {PEN_STR("! tag:yaml.org,2002:python/"), CERTAIN}, /* %TAG, a short name for it */
        {PEN_STR("! tag:yaml.org,2002:java"), CERTAIN},
    };
    /* Most exclamation marks begin none of them, and are told by the next two bytes. */
    if (at + 2 >= text.len || memchr("!rpS< ", text.ptr[at + 1], 6) == NULL) return;
    if (memchr("prjcosnuhySt", text.ptr[at + 2], 12) == NULL) return;
    for (size_t i = 0; i < PEN_COUNT_OF(tags); i++) {
        const char *const tag = tags[i].tag.ptr;
        if (tag[1] != text.ptr[at + 1] || tag[2] != text.ptr[at + 2]) continue;
        if (!pen_str_stands(text, at, tags[i].tag)) continue;
        if (!is_at_value(text, at)) return;
        const size_t behind = at + tags[i].tag.len;
        if (text.ptr[behind - 1] == '.'
            && (behind == text.len || !pen_is_alpha(text.ptr[behind]))) {
            return; /* "!!org. is a tag" */
        }
        /* A whole class of Java's is no word of a sentence. */
        const bool certain = tags[i].score == OBJECT && at == 0 && is_class_tag(text, at + 2);
        report(scan, "deser.yaml", at, at + tags[i].tag.len, certain ? CERTAIN : tags[i].score);
        return;
    }
}

static void inspect_tags(struct pen_str text, struct pen_scan *scan)
{
    for (size_t at = pen_str_find(text, '!', 0); at < text.len;
         at = pen_str_find(text, '!', at + 1)) {
        inspect_tag(text, at, scan);
    }
}

/* Is the value of a member that chooses a type: "$type", "@type", "@class", "class"? */
static bool chooses_type(const struct pen_leaf *leaf)
{
    if (leaf->node == NULL || leaf->is_name) return false;
    const struct pen_str name = leaf->node->name;
    return pen_str_equal(name, PEN_S("$type")) || pen_str_equal(name, PEN_S("@type"))
           || pen_str_equal(name, PEN_S("@class")) || pen_str_equal(name, PEN_S("class"))
           || pen_str_equal(name, PEN_S("__type"));
}

/* Classes of the platform that no application names, but whose readers do something when they are
   made: they resolve a name, open a file, or stand for any class (fastjson's AutoCloseable). */
static bool is_platform_class(struct pen_str text)
{
    static const struct pen_str starts[] = {
        PEN_STR("java.lang.AutoCloseable"),
        PEN_STR("java.lang.Class"),
        PEN_STR("java.lang.Exception"),
        PEN_STR("java.lang.Throwable"),
        PEN_STR("java.net."),
        PEN_STR("java.io."),
        PEN_STR("java.beans."),
        PEN_STR("java.rmi."),
        PEN_STR("javax."),
        PEN_STR("sun."),
        PEN_STR("com.sun."),
        PEN_STR("jdk."),
    };
    /* A log tells what was thrown. */
    if (text.len > 20
        && (pen_str_ends(text, PEN_S("Exception")) || pen_str_ends(text, PEN_S("Error"))))
        return false;
    for (size_t i = 0; i < PEN_COUNT_OF(starts); i++) {
        if (pen_str_starts(text, starts[i])) return true;
    }
    return false;
}

/* {"py/object": "os.system"}: jsonpickle's way to name a class; these modules have none that
   anybody stores. */
static bool names_python(struct pen_str name, const struct pen_json *node)
{
    static const struct pen_str modules[] = {
        PEN_STR("os."),       PEN_STR("posix."),        PEN_STR("nt."),    PEN_STR("subprocess."),
        PEN_STR("builtins."), PEN_STR("__builtin__."),  PEN_STR("sys."),   PEN_STR("pty."),
        PEN_STR("shutil."),   PEN_STR("__main__.eval"), PEN_STR("runpy."), PEN_STR("importlib."),
    };
    if (node == NULL
        || (!pen_str_equal(name, PEN_S("py/object")) && !pen_str_equal(name, PEN_S("py/type"))))
        return false;
    for (size_t i = 0; i < PEN_COUNT_OF(modules); i++) {
        if (pen_str_starts(node->text, modules[i])) return true;
    }
    return false;
}

/* The names and values by which readers of JSON in Python, Ruby and Node make objects. */
static void inspect_members(struct pen_str text, const struct pen_leaf *leaf, struct pen_scan *scan)
{
    static const struct pen_str names[] = {PEN_STR("__js_function"), PEN_STR("py/reduce"),
                                           PEN_STR("py/repr"), PEN_STR("py/function"),
                                           PEN_STR("py/newargsex")};
    if (leaf->is_name && names_python(text, leaf->node)) {
        report(scan, "deser.type", 0, text.len, OBJECT);
    }
    if (leaf->is_name) {
        for (size_t i = 0; i < PEN_COUNT_OF(names); i++) {
            if (pen_str_equal(text, names[i])) {
                report(scan, i == 0 ? "deser.node" : "deser.type", 0, text.len, OBJECT);
            }
        }
    }
    if (leaf->node == NULL || leaf->is_name) return;
    const struct pen_str name = leaf->node->name;
    if (chooses_type(leaf) && !pen_str_equal(name, PEN_S("class")) && is_platform_class(text)) {
        report(scan, "deser.type", 0, text.len, LIKELY);
    }
    const bool ruby = pen_str_equal(name, PEN_S("json_class")) || pen_str_equal(name, PEN_S("^o"));
    if (ruby && pen_str_starts(text, PEN_S("Gem::"))) {
        report(scan, "deser.type", 0, text.len, OBJECT);
    }
}

/* Text that base64, hexadecimal digits or gzip gave, with bytes of no text in it: a stream. */
static bool is_decoded_stream(const struct pen_leaf *leaf)
{
    if (leaf->coding == PEN_CODING_STRINGS) return true;
    const bool decoded = leaf->coding == PEN_CODING_BASE64 || leaf->coding == PEN_CODING_HEX
                         || leaf->coding == PEN_CODING_GZIP;
    for (size_t i = 0; decoded && i < leaf->text.len; i++) {
        const unsigned char c = (unsigned char)leaf->text.ptr[i];
        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') return true;
    }
    return false;
}

/* Packages alone, as lists of dependencies have them, make nothing: "com.x.Class". */
static bool names_class(struct pen_str text)
{
    for (size_t at = pen_str_find(text, '.', 0); at + 1 < text.len;
         at = pen_str_find(text, '.', at + 1)) {
        if (text.ptr[at + 1] >= 'A' && text.ptr[at + 1] <= 'Z') return true;
    }
    return false;
}

/* Is a type chosen somewhere in the text? */
static bool names_type(struct pen_str text, const size_t *places)
{
    for (size_t i = 0; i < PEN_DESER_WORDS; i++) {
        if (pen_deser_words[i].kind == PEN_DESER_CHOICE && places[i] < text.len) return true;
    }
    return false;
}

/* ["com.sun.rowset.JdbcRowSetImpl", {...}]: Jackson's way to choose one. */
static bool is_item(const struct pen_leaf *leaf)
{
    return pen_str_find(leaf->text, ' ', 0) == leaf->text.len && leaf->node != NULL
           && leaf->node->parent != NULL && leaf->node->parent->type == PEN_JSON_ARRAY;
}

/* A gadget's class: as the whole value, or where a type is chosen within the text. */
static void inspect_types(const struct pen_leaf *leaf, const size_t *places, struct pen_scan *scan)
{
    const struct pen_str text = leaf->text;
    if (!names_class(text)) return;
    const bool named = names_type(text, places);
    const bool chosen = named || chooses_type(leaf);
    const bool stream = !chosen && is_decoded_stream(leaf);
    for (size_t i = 0; i < PEN_DESER_WORDS; i++) {
        const size_t at = places[i];
        const size_t end = at + pen_deser_words[i].text.len;
        if (at == text.len) continue;
        if (pen_deser_words[i].kind == PEN_DESER_ASSEMBLY && named) {
            report(scan, "deser.type", at, end, LIKELY);
        }
        if (pen_deser_words[i].kind != PEN_DESER_GADGET) continue;
        if (chosen) report(scan, "deser.type", at, end, CERTAIN);
        if (stream) report(scan, "deser.type", at, end, OBJECT);
        if (!chosen && at == 0 && is_item(leaf)) report(scan, "deser.type", at, end, LIKELY);
    }
}

static void inspect_words(struct pen_str text, const size_t *places, struct pen_scan *scan)
{
    for (size_t i = 0; i < PEN_DESER_WORDS; i++) {
        const struct pen_deser_word *const word = &pen_deser_words[i];
        if (word->kind != PEN_DESER_WORD || places[i] == text.len) continue;
        report(scan, word->rule, places[i], places[i] + word->text.len, word->score);
    }
}

static enum pen_status compile(const struct pen_json *config, struct pen_arena *arena, void **state,
                               struct pen_error *err)
{
    (void)config;
    (void)err;
    struct pen_deser_index *index = NULL;
    PEN_TRY(pen_deser_index_create(arena, &index));
    *state = index;
    return PEN_OK;
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    const struct pen_str text = leaf->text;
    size_t places[PEN_DESER_WORDS];
    PEN_TRY(pen_scan_spend(scan, 10 * text.len));
    pen_deser_find(state, text, places);
    pen_deser_streams(text, places, scan);
    inspect_tags(text, scan);
    inspect_types(leaf, places, scan);
    inspect_members(text, leaf, scan);
    inspect_words(text, places, scan);
    if (pen_deser_is_tool_line(text)) report(scan, "deser.tool", 0, text.len, LIKELY);
    return PEN_OK;
}

const struct pen_filter pen_filter_deser = {
    .name = "deser",
    .summary = "texts that readers of objects turn into running code",
    .sinks = "deserialize",
    .heeds_words = true,
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .compile = compile,
    .inspect_leaf = inspect_leaf,
};

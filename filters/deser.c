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
#include "filters/filter.h"

#define CERTAIN 92
#define OBJECT  88
#define LIKELY  80
#define DATA    72 /* plain data in such a stream: it is read by the same reader */
#define DIGITS  6  /* of a length in PHP's format */

static const struct pen_rule rules[] = {
    {"deser.java", "a stream of Java objects"},
    {"deser.dotnet", "a stream of .NET objects"},
    {"deser.pickle", "a Python pickle"},
    {"deser.ruby", "a stream of Ruby objects"},
    {"deser.php", "a PHP value that makes objects when it is read"},
    {"deser.phar", "a PHP archive, whose data makes objects when it is opened"},
    {"deser.yaml", "a YAML tag makes an object of a class of the sender's choosing"},
    {"deser.type", "a type's name chooses a class that runs code when it is made"},
    {"deser.xml", "an XML description of objects and calls"},
    {"deser.node", "a function in JSON, run when it is read"},
};

static const struct pen_trigger triggers[] = {
    {"rO0AB|AAEAAAD/|gASV|gA[MN]|BAh[a-zA-Z]", false, 0},
    {"\\xac\\xed\\x00|aced0005|\\x04\\x08", true, 0},
    {"[OCa]:\\+?[0-9]{1,6}:[\"{]", false, 0},
    {"!!?(python|ruby|java|javax|com|org|perl|php)[/.:]", true, 0},
    {"_\\$\\$ND_FUNC|__HALT_COMPILER|new Phar\\(|setMetadata\\(", false, 0},
    {"(\\$type|@type|@class)|PublicKeyToken|mscorlib", true, 0},
    {"(JdbcRowSetImpl|TemplatesImpl|ObjectDataProvider|ProcessBuilder|ScriptEngineManager|"
     "XMLDecoder|"
     "BasicDataSource|PropertyPathFactoryBean|InvokerTransformer|EventHandler|ClassPathXml|BCEL|"
     "dynamic-proxy>|java\\.util\\.PriorityQueue|class=.java\\.)",
     false, 0},
    {"c(os|posix|nt|subprocess|builtins|__builtin__|commands)\\n", false, 0},
};

/* Classes that the public gadget chains are made of (ysoserial, ysoserial.net, marshalsec). */
static const struct pen_str gadgets[] = {
    PEN_STR("com.sun.rowset.JdbcRowSetImpl"),
    PEN_STR("com.sun.org.apache.xalan"),
    PEN_STR("com.sun.org.apache.bcel"),
    PEN_STR("org.apache.xalan"),
    PEN_STR("org.apache.tomcat.dbcp"),
    PEN_STR("org.apache.commons.dbcp"),
    PEN_STR("org.apache.commons.collections"),
    PEN_STR("org.apache.commons.configuration"),
    PEN_STR("org.apache.ibatis.datasource"),
    PEN_STR("org.apache.xbean"),
    PEN_STR("org.springframework.context.support.ClassPathXmlApplicationContext"),
    PEN_STR("org.springframework.context.support.FileSystemXmlApplicationContext"),
    PEN_STR("org.springframework.beans.factory.config.PropertyPathFactoryBean"),
    PEN_STR("org.codehaus.groovy.runtime"),
    PEN_STR("org.hibernate.jmx"),
    PEN_STR("com.mchange.v2.c3p0"),
    PEN_STR("com.zaxxer.hikari"),
    PEN_STR("ch.qos.logback.core.db"),
    PEN_STR("net.sf.ehcache.transaction.manager"),
    PEN_STR("javax.script.ScriptEngineManager"),
    PEN_STR("javax.naming.InitialContext"),
    PEN_STR("javax.management.BadAttributeValueExpException"),
    PEN_STR("java.lang.ProcessBuilder"),
    PEN_STR("java.lang.Runtime"),
    PEN_STR("java.beans.XMLDecoder"),
    PEN_STR("java.beans.EventHandler"),
    PEN_STR("java.net.URLClassLoader"),
    PEN_STR("sun.rmi.server"),
    PEN_STR("System.Windows.Data.ObjectDataProvider"),
    PEN_STR("System.Diagnostics.Process"),
    PEN_STR("System.Configuration.Install.AssemblyInstaller"),
    PEN_STR("System.Security.Principal.WindowsIdentity"),
    PEN_STR("System.Workflow.ComponentModel"),
    PEN_STR("System.Activities.Presentation"),
    PEN_STR("System.Management.Automation.PSObject"),
    PEN_STR("Microsoft.VisualStudio.Text.Formatting"),
    PEN_STR("System.IO.FileInfo"),
    PEN_STR("System.Xaml.XamlServices"),
};

static void report(struct pen_scan *scan, const char *rule, size_t start, size_t end,
                   uint32_t score)
{
    pen_scan_report(scan, rule, (struct pen_span){start, end}, score);
}

static bool is_base64(char c)
{
    return pen_is_alnum(c) || c == '+' || c == '/' || c == '-' || c == '_' || c == '=';
}

/* A magic number at the head of the text or of a token in it, and enough behind it. */
static void inspect_magic(struct pen_str text, struct pen_scan *scan)
{
    static const struct {
        struct pen_str magic;
        const char *rule;
        size_t least; /* bytes that the shortest such stream has */
        uint32_t score;
    } magics[] = {
        {PEN_STR("rO0AB"), "deser.java", 12, 90},
        {PEN_STR("\xac\xed\x00\x05"), "deser.java", 6, 90},
        {PEN_STR("aced0005"), "deser.java", 16, OBJECT},
        {PEN_STR("ACED0005"), "deser.java", 16, OBJECT},
        {PEN_STR("AAEAAAD/////"), "deser.dotnet", 24, 90},
        {PEN_STR("gASV"), "deser.pickle", 24, OBJECT},
        {PEN_STR("gAN"), "deser.pickle", 24, LIKELY},
        {PEN_STR("\x04\x08o:"), "deser.ruby", 6, OBJECT},
        {PEN_STR("\x04\x08["), "deser.ruby", 6, LIKELY},
        {PEN_STR("BAhvOg"), "deser.ruby", 16, OBJECT},
        {PEN_STR("BAhbCG"), "deser.ruby", 16, LIKELY},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(magics); i++) {
        for (size_t at = 0; at + magics[i].least <= text.len; at++) {
            at += pen_str_find_str(pen_str_slice(text, at, text.len), magics[i].magic);
            if (at + magics[i].least > text.len) break;
            /* Inside of a longer base64 text the same letters mean something else. */
            if (at > 0 && is_base64(text.ptr[at - 1]) && text.ptr[at - 1] != '=') continue;
            report(scan, magics[i].rule, at, at + magics[i].magic.len, magics[i].score);
            break;
        }
    }
}

/* "O:8:"ClassNam":" and "C:…": PHP's serialize() of an object, with its length telling the truth.
 */
static bool is_php_object(struct pen_str text, size_t at)
{
    size_t i = at + 2;
    size_t length = 0;
    if (i < text.len && text.ptr[i] == '+')
        i++; /* unserialize() takes a sign, checks often do not */
    const size_t digits = i;
    while (i < text.len && i - digits < DIGITS && pen_is_digit(text.ptr[i])) {
        length = length * 10 + (size_t)(text.ptr[i++] - '0');
    }
    if (i == digits || !pen_str_stands(text, i, PEN_S(":\""))) return false;
    const size_t end = i + 2 + length;
    return length > 0 && end < text.len && text.ptr[end] == '"' && end + 1 < text.len
           && text.ptr[end + 1] == ':';
}

/* "a:2:{s:" at the head: an array, read by the same reader that makes objects. */
static bool is_php_array(struct pen_str text, size_t at)
{
    size_t i = at + 2;
    while (i < text.len && i - at < 2 + DIGITS && pen_is_digit(text.ptr[i])) {
        i++;
    }
    if (i == at + 2 || !pen_str_stands(text, i, PEN_S(":{"))) return false;
    const char kind = i + 2 < text.len ? text.ptr[i + 2] : '\0';
    return (kind == 's' || kind == 'i' || kind == 'O') && i + 3 < text.len
           && text.ptr[i + 3] == ':';
}

static void inspect_php(struct pen_str text, struct pen_scan *scan)
{
    const size_t head = pen_str_skip_space(text, 0);
    for (size_t i = 0; i + 2 < text.len; i++) {
        const char c = text.ptr[i];
        if (text.ptr[i + 1] != ':' || (c != 'O' && c != 'C' && c != 'a')) continue;
        if (i > 0 && pen_is_alnum(text.ptr[i - 1])) continue;
        if (c != 'a' && is_php_object(text, i)) report(scan, "deser.php", i, i + 2, OBJECT);
        if (c == 'a' && i == head && is_php_array(text, i)) {
            report(scan, "deser.php", i, i + 2, DATA);
        }
    }
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
        {PEN_STR("!<tag:yaml.org,2002:python/"), CERTAIN},
    };
    if (at > 0 && (pen_is_alpha(text.ptr[at - 1]) || text.ptr[at - 1] == '!')) return;
    for (size_t i = 0; i < PEN_COUNT_OF(tags); i++) {
        if (!pen_str_stands(text, at, tags[i].tag)) continue;
        report(scan, "deser.yaml", at, at + tags[i].tag.len, tags[i].score);
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

/* A gadget's class: as the whole value, or where a type is chosen within the text. */
static void inspect_types(struct pen_str text, const struct pen_leaf *leaf, struct pen_scan *scan)
{
    const bool names_type = pen_str_find_str(text, PEN_S("$type")) < text.len
                            || pen_str_find_str(text, PEN_S("@type")) < text.len
                            || pen_str_find_str(text, PEN_S("@class")) < text.len
                            || pen_str_find_str(text, PEN_S("class=\"")) < text.len;
    for (size_t i = 0; i < PEN_COUNT_OF(gadgets); i++) {
        const size_t at = pen_str_find_str(text, gadgets[i]);
        if (at == text.len) continue;
        const bool chosen = chooses_type(leaf) || names_type;
        if (chosen) report(scan, "deser.type", at, at + gadgets[i].len, CERTAIN);
        /* ["com.sun.rowset.JdbcRowSetImpl", {...}]: Jackson's way to choose one. */
        if (!chosen && at == 0 && pen_str_find(text, ' ', 0) == text.len && leaf->node != NULL
            && leaf->node->parent != NULL && leaf->node->parent->type == PEN_JSON_ARRAY) {
            report(scan, "deser.type", at, at + gadgets[i].len, LIKELY);
        }
    }
    const size_t assembly = pen_str_find_str(text, PEN_S("PublicKeyToken="));
    if (names_type && assembly < text.len)
        report(scan, "deser.type", assembly, assembly + 15, LIKELY);
}

static void inspect_words(struct pen_str text, struct pen_scan *scan)
{
    static const struct {
        struct pen_str word;
        const char *rule;
        uint32_t score;
    } words[] = {
        {PEN_STR("_$$ND_FUNC$$_"), "deser.node", 95},
        {PEN_STR("__HALT_COMPILER()"), "deser.phar", OBJECT},
        {PEN_STR("new Phar("), "deser.phar", DATA},
        {PEN_STR("->setMetadata("), "deser.phar", DATA},
        {PEN_STR("class=\"java.beans.XMLDecoder\""), "deser.xml", CERTAIN},
        {PEN_STR("<object class=\"java.lang."), "deser.xml", CERTAIN},
        {PEN_STR("<void class=\"java.lang."), "deser.xml", CERTAIN},
        {PEN_STR("<dynamic-proxy>"), "deser.xml", OBJECT},
        {PEN_STR("<java.util.PriorityQueue"), "deser.xml", OBJECT},
        {PEN_STR("java.beans.EventHandler"), "deser.xml", LIKELY},
        {PEN_STR("$$BCEL$$"), "deser.java", OBJECT},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(words); i++) {
        const size_t at = pen_str_find_str(text, words[i].word);
        if (at < text.len) report(scan, words[i].rule, at, at + words[i].word.len, words[i].score);
    }
}

/* Pickle's first protocol is lines: "cos", "system", "(S'id'", "tR.". */
static void inspect_pickle(struct pen_str text, struct pen_scan *scan)
{
    static const struct pen_str modules[] = {
        PEN_STR("cos\n"),         PEN_STR("cposix\n"),       PEN_STR("cnt\n"),
        PEN_STR("csubprocess\n"), PEN_STR("c__builtin__\n"), PEN_STR("cbuiltins\n"),
        PEN_STR("ccommands\n"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(modules); i++) {
        const size_t at = pen_str_find_str(text, modules[i]);
        if (at == text.len || (at > 0 && text.ptr[at - 1] != '\n' && text.ptr[at - 1] != '('))
            continue;
        const size_t name = pen_str_find(text, '\n', at + modules[i].len);
        if (name + 1 < text.len && (text.ptr[name + 1] == '(' || text.ptr[name + 1] == 'q')) {
            report(scan, "deser.pickle", at, name, CERTAIN);
        }
    }
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    (void)state;
    const struct pen_str text = leaf->text;
    PEN_TRY(pen_scan_spend(scan,
                           10 * text.len)); /* seventy words, each by the machine's widest loads */
    inspect_magic(text, scan);
    inspect_php(text, scan);
    inspect_tags(text, scan);
    inspect_types(text, leaf, scan);
    inspect_words(text, scan);
    inspect_pickle(text, scan);
    return PEN_OK;
}

const struct pen_filter pen_filter_deser = {
    .name = "deser",
    .summary = "texts that readers of objects turn into running code",
    .sinks = "deserialize",
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .inspect_leaf = inspect_leaf,
};

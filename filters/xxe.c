/**
 * XML external entities: a text that makes an XML reader fetch, include or multiply.
 *
 * A DOCTYPE is harmless until it declares an entity or names a DTD of one's own; XInclude and XSLT
 * load and run without any. What is judged is the declaration itself, read by XML's grammar, not
 * the words around it. (OWASP XXE prevention; CWE-611, CWE-776, CWE-827)
 *
 * Not reported: `<!DOCTYPE html>` and the DTDs of the W3C, comments, CDATA that holds text, XML
 * without a DOCTYPE.
 */
#include "filters/filter.h"

#define CERTAIN  95 /* declared where a document begins: nothing else reads like it */
#define ENTITY   85
#define INTERNAL 75   /* entities without an address multiply at most */
#define SINK     55   /* what a function that reads XML takes from nobody */
#define REACH    1024 /* bytes of a declaration that are looked at: DTDs of attackers are short */
#define ENOUGH   8    /* findings: more say nothing new, and looking at each would be quadratic */
#define PIECE    64   /* bytes of CDATA in which a lone bracket is no text but a piece of a tag */

static const struct pen_rule rules[] = {
    {"xxe.external_entity", "an entity is declared whose text is fetched from an address"},
    {"xxe.entity", "a document type declares entities, which readers expand"},
    {"xxe.doctype", "the document brings a document type, which readers follow"},
    {"xxe.external_dtd", "the document type is fetched from an address"},
    {"xxe.xinclude", "XInclude puts another document into this one"},
    {"xxe.stylesheet", "a stylesheet runs code or reads other documents"},
    {"xxe.cdata", "markup is cut into CDATA sections so that it is put together behind a check"},
    {"xxe.encoding", "the document claims an encoding that hides it from a check"},
};

static const struct pen_trigger triggers[] = {
    {"<!(doctype|entity|\\[cdata)", true, 0},
    {"<\\?xml", true, 0},
    {"2001/xinclude", true, 0},
    {"1999/xsl", true, 0},
    {"msxsl:", true, 0},
    {"php\\.net/xsl|/java/java|xslt/java|java-type|java:java|microsoft-com:xslt", true, 0},
    {"system-property\\(|unparsed-text\\(|document\\(['\"]|extension-element-prefixes", true, 0},
};

static size_t skip_name(struct pen_str text, size_t at)
{
    while (at < text.len && !pen_is_space(text.ptr[at]) && text.ptr[at] != '['
           && text.ptr[at] != '>' && text.ptr[at] != '"' && text.ptr[at] != '\'') {
        at++;
    }
    return at;
}

/* A quoted literal at `at`; behind its closing quote, or `at` when there is none. */
static size_t take_literal(struct pen_str text, size_t at, struct pen_str *out)
{
    if (at >= text.len || (text.ptr[at] != '"' && text.ptr[at] != '\'')) return at;

    const size_t end = pen_str_find(text, text.ptr[at], at + 1);
    *out = pen_str_slice(text, at + 1, end);
    return end < text.len ? end + 1 : end;
}

/* "SYSTEM 'uri'" or "PUBLIC 'id' 'uri'" at `at`: is there one, and which address? */
static bool take_external(struct pen_str text, size_t at, struct pen_str *address)
{
    const bool is_public = pen_str_stands_fold(text, at, PEN_S("PUBLIC"));
    if (!is_public && !pen_str_stands_fold(text, at, PEN_S("SYSTEM"))) return false;

    struct pen_str literal = {NULL, 0};
    const size_t first = pen_str_skip_space(text, at + 6);
    const size_t behind = take_literal(text, first, &literal);
    if (behind == first) return false;
    if (is_public) (void)take_literal(text, pen_str_skip_space(text, behind), &literal);
    *address = literal;
    return true;
}

/* The DTDs that ordinary documents name; readers know them without asking anybody. */
static bool is_of_the_w3c(struct pen_str address)
{
    static const struct pen_str known[] = {
        PEN_STR("-//W3C//"),
        PEN_STR("http://www.w3.org/"),
        PEN_STR("https://www.w3.org/"),
        PEN_STR("about:legacy-compat"),
        PEN_STR("http://www.apple.com/DTDs/PropertyList-"),
        PEN_STR("-//Apple"),
        PEN_STR("http://www.hibernate.org/"),
        PEN_STR("http://hibernate.org/"),
        PEN_STR("http://mybatis.org/"),
        PEN_STR("https://mybatis.org/"),
        PEN_STR("http://java.sun.com/"),
        PEN_STR("http://www.springframework.org/"),
        PEN_STR("http://struts.apache.org/"),
        PEN_STR("http://www.oasis-open.org/"),
        PEN_STR("https://checkstyle.org/"),
        PEN_STR("http://www.freedesktop.org/"),
        PEN_STR("urn:"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(known); i++) {
        if (pen_str_starts_fold(address, known[i])) return true;
    }
    return address.len == 0;
}

static void report(struct pen_scan *scan, const char *rule, size_t start, size_t end,
                   uint32_t score)
{
    pen_scan_report(scan, rule, (struct pen_span){start, end}, score);
}

/* "<!ENTITY name ..." or "<!ENTITY % name ..." at `at`. */
static void inspect_entity(struct pen_str text, size_t at, bool leads, struct pen_scan *scan)
{
    size_t name = pen_str_skip_space(text, at + 8);
    if (name == at + 8) return; /* "<!ENTITY" alone, as texts about XML have it */
    if (name < text.len && text.ptr[name] == '%') name = pen_str_skip_space(text, name + 1);
    const size_t behind = skip_name(text, name);
    const size_t value = pen_str_skip_space(text, behind);
    if (behind == name || value >= text.len) return;

    struct pen_str literal = {NULL, 0};
    if (take_external(text, value, &literal)) {
        report(scan, "xxe.external_entity", at, value + 6, leads ? CERTAIN : ENTITY);
        return;
    }
    const size_t end = take_literal(text, value, &literal);
    if (end == value) return;
    /* An entity that declares another one builds what a check of the text cannot see. */
    const bool nested = pen_str_contains_fold(literal, PEN_S("ENTITY"))
                        || pen_str_contains_fold(literal, PEN_S("SYSTEM"));
    report(scan, "xxe.entity", at, end, nested ? CERTAIN : leads ? ENTITY : INTERNAL);
}

/* "../fonts.dtd": a file that the document came with. */
static bool is_beside(struct pen_str address)
{
    return pen_str_find(address, ':', 0) == address.len && address.ptr[0] != '/'
           && pen_str_find(address, '\\', 0) == address.len
           && pen_str_ends_fold(address, PEN_S(".dtd"));
}

static void inspect_doctype(struct pen_str text, size_t at, bool leads, struct pen_scan *scan)
{
    const size_t name = pen_str_skip_space(text, at + 9);
    const size_t behind = skip_name(text, name);
    if (name == at + 9 || behind == name) return;

    struct pen_str address = {NULL, 0};
    const bool external = take_external(text, pen_str_skip_space(text, behind), &address);
    const bool known = external && is_of_the_w3c(address);
    if (external && !known) {
        report(scan, "xxe.external_dtd", at, behind,
               is_beside(address) ? SINK
               : leads            ? ENTITY
                                  : INTERNAL);
    } else if (leads && !known
               && !pen_str_equal_fold(pen_str_slice(text, name, behind), PEN_S("html"))) {
        report(scan, "xxe.doctype", at, behind, SINK);
    }
    const size_t subset = pen_str_find(text, '[', behind);
    const size_t close = pen_str_find(text, '>', behind);
    if (subset >= close) return;
    /* "%name;" in the subset pulls in what was declared elsewhere. */
    const size_t reference = pen_str_skip_space(text, subset + 1);
    if (reference + 2 < text.len && text.ptr[reference] == '%'
        && !pen_is_space(text.ptr[reference + 1])) {
        report(scan, "xxe.entity", at, reference + 1, leads ? ENTITY : INTERNAL);
    }
}

/* A section that opens a tag and does not close it, or the other way round, is a piece of one:
   "<![CDATA[<]]>script<![CDATA[>]]>". So is one that a reader turns into a script's text. */
static void inspect_cdata(struct pen_str text, size_t at, struct pen_scan *scan)
{
    const size_t start = at + 9;
    const struct pen_str rest = pen_str_slice(text, start, start + PIECE + 3);
    const size_t length = pen_str_find_str(rest, PEN_S("]]>"));
    const struct pen_str inside = pen_str_slice(rest, 0, length);
    const bool opens = inside.len > 0 && inside.ptr[0] == '<';
    const bool closes = inside.len > 0 && inside.ptr[inside.len - 1] == '>';
    const bool piece =
        length < rest.len && opens != closes
        && (opens ? pen_str_find(inside, '>', 0) : pen_str_find(inside, '<', 0)) == inside.len;
    if (piece || pen_str_stands_fold(inside, 0, PEN_S("<script"))
        || pen_str_stands_fold(inside, 0, PEN_S("<!DOCTYPE"))) {
        report(scan, "xxe.cdata", at, start + inside.len, ENTITY);
    } else if (opens) {
        report(scan, "xxe.cdata", at, start + inside.len, SINK);
    }
}

/* "<!NOTATION x SYSTEM 'uri'>": fetched by readers that hand the data on. */
static void inspect_notation(struct pen_str text, size_t at, bool leads, struct pen_scan *scan)
{
    const size_t name = pen_str_skip_space(text, at + 10);
    const size_t behind = skip_name(text, name);
    struct pen_str address = {NULL, 0};
    if (!leads || !take_external(text, pen_str_skip_space(text, behind), &address)) return;
    if (pen_str_find_str(address, PEN_S("://")) < address.len) {
        report(scan, "xxe.external_entity", at, behind, INTERNAL);
    }
}

/* "<?xml-stylesheet type='text/xsl' href='http://...'?>" where a document begins. What seems to
 * begin within another one is part of that: `*behind` is where the last one ended. */
static void inspect_instruction(struct pen_str text, size_t at, bool leads, size_t *behind,
                                struct pen_scan *scan)
{
    if (!leads || at < *behind) return;
    const struct pen_str all = pen_str_slice(text, at, pen_str_find(text, '>', at));
    *behind = at + all.len;
    const bool loads =
        pen_str_contains_fold(all, PEN_S("xsl\"")) || pen_str_contains_fold(all, PEN_S("xsl'"));
    const bool far = pen_str_contains_fold(all, PEN_S("://"));
    if (loads && far) report(scan, "xxe.stylesheet", at, at + all.len, INTERNAL);
}

/* Does the function get the text as bytes, to be decoded as the document says, or as a string, as
   a member of JSON or a field of a form is? */
static bool is_bytes(const struct pen_leaf *leaf)
{
    for (; leaf != NULL; leaf = leaf->from) {
        switch (leaf->coding) {
        case PEN_CODING_BASE64:
        case PEN_CODING_HEX:
        case PEN_CODING_GZIP:
        case PEN_CODING_STRINGS:
        case PEN_CODING_UTF16:
        case PEN_CODING_DATA:
        case PEN_CODING_TOKEN:
        case PEN_CODING_MULTIPART:
            return true;
        case PEN_CODING_NONE:
            return leaf->origin == PEN_ORIGIN_MULTIPART
                   || (leaf->origin == PEN_ORIGIN_BODY && leaf->node == NULL);
        case PEN_CODING_JSON:
        case PEN_CODING_FIELDS:
        case PEN_CODING_XML:
        case PEN_CODING_GRAPHQL:
            return false;
        case PEN_CODING_PERCENT:
        case PEN_CODING_FORM:
        case PEN_CODING_PERCENT_U:
        case PEN_CODING_ZEROS:
        case PEN_CODING_ENTITY:
        case PEN_CODING_ESCAPE:
        case PEN_CODING_UTF7:
        case PEN_CODING_FOLD:
        case PEN_CODING_WORDS:
            break;
        }
    }
    return true;
}

/* "<?xml ... encoding='UTF-7'?>" of a text that came as UTF-8. In a string "utf-16" is what .NET
   writes, and nobody decodes it; a reader that takes it for bytes all the same finds no markup. */
static void inspect_declaration(struct pen_str text, size_t at, bool bytes, struct pen_scan *scan)
{
    static const struct pen_str hiding[] = {
        PEN_STR("UTF-7"), PEN_STR("UTF-32"), PEN_STR("UCS-4"), PEN_STR("IBM"),
        PEN_STR("CP037"), PEN_STR("EBCDIC"), PEN_STR("HZ"),
    };
    static const struct pen_str wide[] = {PEN_STR("UTF-16"), PEN_STR("UCS-2")};
    const size_t end = pen_str_find(text, '>', at);
    const struct pen_str declaration = pen_str_slice(text, at, end);
    const size_t encoding = pen_str_find_str(declaration, PEN_S("encoding"));
    struct pen_str value = {NULL, 0};
    const size_t equals = pen_str_skip_space(declaration, encoding + 8);
    if (equals >= declaration.len || declaration.ptr[equals] != '=') return;
    (void)take_literal(declaration, pen_str_skip_space(declaration, equals + 1), &value);
    bool hides = false;
    for (size_t i = 0; i < PEN_COUNT_OF(hiding); i++) {
        hides = hides || pen_str_starts_fold(value, hiding[i]);
    }
    for (size_t i = 0; bytes && i < PEN_COUNT_OF(wide); i++) {
        hides = hides || pen_str_starts_fold(value, wide[i]);
    }
    if (hides) report(scan, "xxe.encoding", at, end, INTERNAL);
}

static void inspect_xinclude(struct pen_str text, struct pen_scan *scan)
{
    const struct pen_str space = PEN_STR("http://www.w3.org/2001/XInclude");
    const size_t at = pen_str_find_str(text, space);
    if (at == text.len) return;
    if (pen_str_contains_fold(text, PEN_S(":include"))
        || pen_str_contains_fold(text, PEN_S("<include"))) {
        report(scan, "xxe.xinclude", at, at + space.len, ENTITY);
    }
}

/* "<xsl:value-of select='php:function(...)' xmlns:php='http://php.net/xsl'/>": an instruction
   alone, put into a stylesheet that has bound the prefix already. */
static void inspect_instructions(struct pen_str text, struct pen_scan *scan)
{
    static const struct pen_str powers[] = {
        PEN_STR("http://php.net/xsl"),
        PEN_STR("http://xml.apache.org/xalan/java"),
        PEN_STR("http://xml.apache.org/xslt/java"),
        PEN_STR("http://saxon.sf.net/java-type"),
        PEN_STR("urn:schemas-microsoft-com:xslt"),
    };
    const size_t at = pen_str_skip_space(text, 0);
    if (!pen_str_stands(text, at, PEN_S("<xsl:"))
        && !pen_str_stands(text, at, PEN_S("<msxsl:script")))
        return;
    for (size_t i = 0; i < PEN_COUNT_OF(powers); i++) {
        const size_t power = pen_str_find_str(text, powers[i]);
        if (power == text.len) continue;
        report(scan, "xxe.stylesheet", power, power + powers[i].len, ENTITY);
        return;
    }
}

/* XSLT is a language: what it can reach beside its own document. */
static void inspect_stylesheet(struct pen_str text, struct pen_scan *scan)
{
    static const struct pen_str powers[] = {
        PEN_STR("msxsl:script"),
        PEN_STR("urn:schemas-microsoft-com:xslt"),
        PEN_STR("http://php.net/xsl"),
        PEN_STR("http://exslt.org/common"),
        PEN_STR("http://xml.apache.org/xalan"),
        PEN_STR("http://xml.apache.org/xslt/java"),
        PEN_STR("http://saxon.sf.net/java-type"),
        PEN_STR("java:java.lang"),
        PEN_STR("document("),
        PEN_STR("unparsed-text("),
        PEN_STR("system-property("),
        PEN_STR("xsl:include"),
        PEN_STR("xsl:import"),
    };
    const struct pen_str space = PEN_STR("http://www.w3.org/1999/XSL/");
    size_t at = pen_str_find_str(text, space);
    if (at == text.len) {
        inspect_instructions(text, scan);
        return;
    }
    for (size_t i = 0; i < PEN_COUNT_OF(powers); i++) {
        if (pen_str_contains_fold(text, powers[i])) {
            const size_t begin = pen_str_skip_space(text, 0);
            report(scan, "xxe.stylesheet", at, at + space.len,
                   text.ptr[begin] == '<' ? CERTAIN : ENTITY);
            return;
        }
    }
}

/* Is what stands before `end` nothing but declarations: does a document begin here? */
static bool is_prolog(struct pen_str text, size_t end)
{
    const size_t at = pen_str_skip_space(text, 0);
    if (at >= end) return true;
    return text.ptr[at] == '<' && at + 1 < end
           && (text.ptr[at + 1] == '?' || text.ptr[at + 1] == '!');
}

static void inspect_markup(const struct pen_leaf *leaf, size_t at, bool leads, size_t *behind,
                           struct pen_scan *scan)
{
    const struct pen_str text = pen_str_slice(leaf->text, 0, at + REACH);
    if (pen_str_stands_fold(text, at, PEN_S("<!ENTITY"))) inspect_entity(text, at, leads, scan);
    if (pen_str_stands_fold(text, at, PEN_S("<!DOCTYPE"))) inspect_doctype(text, at, leads, scan);
    if (pen_str_stands_fold(text, at, PEN_S("<![CDATA["))) inspect_cdata(text, at, scan);
    if (pen_str_stands_fold(text, at, PEN_S("<!NOTATION"))) inspect_notation(text, at, leads, scan);
    if (pen_str_stands_fold(text, at, PEN_S("<?xml-stylesheet"))) {
        inspect_instruction(text, at, leads, behind, scan);
    } else if (pen_str_stands_fold(text, at, PEN_S("<?xml"))) {
        inspect_declaration(text, at, is_bytes(leaf), scan);
    }
}

/* A name or value of an XML document that was read: what it binds or calls. */
static void inspect_node(const struct pen_leaf *leaf, struct pen_scan *scan)
{
    static const struct {
        struct pen_str start;
        const char *rule;
        uint32_t score;
    } values[] = {
        {PEN_STR("http://php.net/xsl"), "xxe.stylesheet", ENTITY},
        {PEN_STR("http://xml.apache.org/xalan/java"), "xxe.stylesheet", ENTITY},
        {PEN_STR("http://xml.apache.org/xslt/java"), "xxe.stylesheet", ENTITY},
        {PEN_STR("http://saxon.sf.net/java-type"), "xxe.stylesheet", ENTITY},
        {PEN_STR("java:java."), "xxe.stylesheet", ENTITY},
        {PEN_STR("urn:schemas-microsoft-com:xslt"), "xxe.stylesheet", INTERNAL},
        {PEN_STR("system-property("), "xxe.stylesheet", INTERNAL},
        {PEN_STR("unparsed-text("), "xxe.stylesheet", ENTITY},
        {PEN_STR("document('"), "xxe.stylesheet", ENTITY},
        {PEN_STR("document(\""), "xxe.stylesheet", ENTITY},
        {PEN_STR("http://www.w3.org/1999/XSL/Transform"), "xxe.stylesheet", SINK},
        {PEN_STR("http://www.w3.org/2001/XInclude"), "xxe.xinclude", INTERNAL},
    };
    const struct pen_str text = leaf->text;
    if (leaf->is_name) {
        if (pen_str_ends(text, PEN_S("extension-element-prefixes"))) {
            report(scan, "xxe.stylesheet", 0, text.len, INTERNAL);
        }
        return;
    }
    for (size_t i = 0; i < PEN_COUNT_OF(values); i++) {
        if (!pen_str_starts_fold(text, values[i].start)) continue;
        report(scan, values[i].rule, 0, text.len, values[i].score);
        return;
    }
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    (void)state;
    const struct pen_str text = leaf->text;
    /* Words are looked for some twenty times by the machine's widest loads, brackets once. */
    PEN_TRY(pen_scan_spend(scan, 10 * text.len));
    bool leads = true;
    size_t behind = 0;  /* of the last instruction */
    size_t checked = 0; /* the prolog is looked at once, however many declarations there are */
    const uint32_t before = scan->finding_count + scan->dropped;
    for (size_t at = pen_str_find(text, '<', 0); at < text.len;
         at = pen_str_find(text, '<', at + 1)) {
        if (leads) leads = is_prolog(pen_str_slice(text, checked, text.len), at - checked);
        checked = at;
        inspect_markup(leaf, at, leads, &behind, scan);
        if (scan->finding_count + scan->dropped - before >= ENOUGH) break;
    }
    if (leaf->origin == PEN_ORIGIN_XML || leaf->coding == PEN_CODING_XML) inspect_node(leaf, scan);
    inspect_xinclude(text, scan);
    inspect_stylesheet(text, scan);
    return PEN_OK;
}

const struct pen_filter pen_filter_xxe = {
    .name = "xxe",
    .summary = "XML that makes a reader fetch, include or multiply",
    .sinks = "xml",
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .inspect_leaf = inspect_leaf,
};

/**
 * One table, searched by halves. Names in lower case: HTML's tokenizer makes them so, and SVG's are
 * written in any case by those who probe.
 */
#include "filters/html_elements.h"

#include <string.h>

enum {
    VOID = PEN_HTML_VOID,
    TEXT = PEN_HTML_TEXT,
    ENDS = PEN_HTML_ENDS,
    PAGE = PEN_HTML_PAGE,
    LINK = PEN_HTML_LINK,
    WHOLE = PEN_HTML_WHOLE,
    WORD = PEN_HTML_WORD,
};

struct element {
    const char *name;
    unsigned int kind;
};

/* HTML (WHATWG 4, 16.3 for old ones), SVG 2, MathML Core, XSLT 1.0; in the order of strcmp. What
   may be left open: WHATWG 13.1.2 and 13.1.2.4. */
/* clang-format off */
static const struct element elements[] = {
    {"a", LINK | WORD}, {"abbr", TEXT}, {"acronym", TEXT}, {"address", WHOLE | WORD},
    {"animate", WHOLE}, {"animatecolor", WHOLE}, {"animatemotion", WHOLE},
    {"animatetransform", WHOLE}, {"annotation", WHOLE | WORD}, {"annotation-xml", WHOLE},
    {"applet", WHOLE}, {"area", VOID}, {"article", WHOLE | WORD}, {"aside", WHOLE | WORD},
    {"audio", WHOLE | WORD}, {"b", TEXT | WORD}, {"base", VOID}, {"basefont", VOID}, {"bdi", TEXT},
    {"bdo", TEXT}, {"bgsound", VOID}, {"big", TEXT}, {"blink", TEXT}, {"blockquote", WHOLE},
    {"body", PAGE}, {"br", VOID}, {"button", WHOLE | WORD}, {"canvas", WHOLE | WORD},
    {"caption", ENDS | WORD}, {"center", WHOLE | WORD}, {"circle", WHOLE | WORD},
    {"cite", TEXT | WORD}, {"clippath", WHOLE}, {"code", TEXT | WORD}, {"col", VOID},
    {"colgroup", ENDS}, {"command", VOID | WORD}, {"data", TEXT | WORD}, {"datalist", WHOLE},
    {"dd", ENDS}, {"defs", WHOLE | WORD}, {"del", TEXT}, {"desc", WHOLE | WORD},
    {"details", WHOLE | WORD}, {"dfn", TEXT}, {"dialog", WHOLE | WORD}, {"dir", WHOLE | WORD},
    {"discard", WHOLE | WORD}, {"div", WHOLE}, {"dl", WHOLE}, {"dt", ENDS}, {"ellipse", WHOLE},
    {"em", TEXT}, {"embed", VOID}, {"feblend", WHOLE}, {"fecolormatrix", WHOLE},
    {"fecomponenttransfer", WHOLE}, {"fecomposite", WHOLE}, {"feconvolvematrix", WHOLE},
    {"fediffuselighting", WHOLE}, {"fedisplacementmap", WHOLE}, {"fedistantlight", WHOLE},
    {"fedropshadow", WHOLE}, {"feflood", WHOLE}, {"fefunca", WHOLE}, {"fefuncb", WHOLE},
    {"fefuncg", WHOLE}, {"fefuncr", WHOLE}, {"fegaussianblur", WHOLE}, {"feimage", WHOLE},
    {"femerge", WHOLE}, {"femergenode", WHOLE}, {"femorphology", WHOLE}, {"fencedframe", WHOLE},
    {"feoffset", WHOLE}, {"fepointlight", WHOLE}, {"fespecularlighting", WHOLE},
    {"fespotlight", WHOLE}, {"fetile", WHOLE}, {"feturbulence", WHOLE}, {"fieldset", WHOLE},
    {"figcaption", WHOLE}, {"figure", WHOLE | WORD}, {"filter", WHOLE | WORD}, {"font", TEXT},
    {"footer", WHOLE | WORD}, {"foreignobject", WHOLE}, {"form", WHOLE}, {"frame", VOID | WORD},
    {"frameset", WHOLE}, {"g", WHOLE | WORD}, {"glyph", WHOLE | WORD}, {"h1", WHOLE}, {"h2", WHOLE},
    {"h3", WHOLE}, {"h4", WHOLE}, {"h5", WHOLE}, {"h6", WHOLE}, {"hatch", WHOLE},
    {"hatchpath", WHOLE}, {"head", PAGE}, {"header", WHOLE | WORD}, {"hgroup", WHOLE}, {"hr", VOID},
    {"html", PAGE}, {"i", TEXT | WORD}, {"iframe", WHOLE}, {"image", WHOLE | WORD},
    {"img", VOID}, {"input", VOID}, {"ins", TEXT}, {"isindex", VOID}, {"kbd", TEXT},
    {"keygen", VOID}, {"label", WHOLE | WORD}, {"legend", WHOLE | WORD}, {"li", ENDS},
    {"line", WHOLE | WORD}, {"lineargradient", WHOLE}, {"link", VOID | WORD},
    {"listing", WHOLE | WORD}, {"maction", WHOLE}, {"main", WHOLE | WORD}, {"map", WHOLE | WORD},
    {"mark", TEXT | WORD}, {"marker", WHOLE | WORD}, {"marquee", WHOLE}, {"mask", WHOLE | WORD},
    {"math", WHOLE}, {"menu", WHOLE | WORD}, {"menuitem", WHOLE}, {"merror", WHOLE},
    {"mesh", WHOLE | WORD}, {"meta", VOID}, {"metadata", WHOLE | WORD}, {"meter", WHOLE | WORD},
    {"mfenced", WHOLE}, {"mfrac", WHOLE}, {"mglyph", WHOLE}, {"mi", WHOLE | WORD},
    {"mmultiscripts", WHOLE}, {"mn", WHOLE | WORD}, {"mo", WHOLE | WORD}, {"mover", WHOLE},
    {"mpadded", WHOLE}, {"mpath", WHOLE}, {"mphantom", WHOLE}, {"mroot", WHOLE}, {"mrow", WHOLE},
    {"ms", WHOLE | WORD}, {"mspace", WHOLE}, {"msqrt", WHOLE}, {"mstyle", WHOLE}, {"msub", WHOLE},
    {"msubsup", WHOLE}, {"msup", WHOLE}, {"mtable", WHOLE}, {"mtd", WHOLE}, {"mtext", WHOLE},
    {"mtr", WHOLE}, {"multicol", WHOLE}, {"munder", WHOLE}, {"munderover", WHOLE}, {"nav", WHOLE},
    {"nobr", TEXT}, {"noembed", WHOLE}, {"noframes", WHOLE}, {"noscript", WHOLE},
    {"object", WHOLE | WORD}, {"ol", WHOLE}, {"optgroup", ENDS}, {"option", ENDS | WORD},
    {"output", WHOLE | WORD}, {"p", TEXT | WORD}, {"param", VOID | WORD}, {"path", WHOLE | WORD},
    {"pattern", WHOLE | WORD}, {"picture", WHOLE | WORD}, {"plaintext", WHOLE}, {"polygon", WHOLE},
    {"polyline", WHOLE}, {"portal", WHOLE | WORD}, {"pre", WHOLE | WORD},
    {"progress", WHOLE | WORD}, {"q", TEXT | WORD}, {"radialgradient", WHOLE}, {"rb", ENDS},
    {"rect", WHOLE}, {"rp", ENDS}, {"rt", ENDS}, {"rtc", ENDS}, {"ruby", WHOLE}, {"s", TEXT | WORD},
    {"samp", TEXT}, {"script", WHOLE | WORD}, {"search", WHOLE | WORD}, {"section", WHOLE | WORD},
    {"select", WHOLE | WORD}, {"semantics", WHOLE | WORD}, {"set", WHOLE | WORD},
    {"slot", WHOLE | WORD}, {"small", TEXT}, {"source", VOID | WORD}, {"spacer", VOID | WORD},
    {"span", WHOLE}, {"stop", WHOLE | WORD}, {"strike", TEXT}, {"strong", TEXT}, {"style", WHOLE},
    {"stylesheet", WHOLE | WORD}, {"sub", TEXT}, {"summary", WHOLE | WORD}, {"sup", TEXT},
    {"svg", WHOLE}, {"switch", WHOLE | WORD}, {"symbol", WHOLE | WORD}, {"table", WHOLE | WORD},
    {"tbody", ENDS}, {"td", ENDS}, {"template", WHOLE | WORD}, {"text", WHOLE | WORD},
    {"textarea", WHOLE}, {"textpath", WHOLE}, {"tfoot", ENDS}, {"th", ENDS}, {"thead", ENDS},
    {"time", TEXT | WORD}, {"title", WHOLE | WORD}, {"tr", ENDS}, {"track", VOID | WORD},
    {"transform", WHOLE | WORD}, {"tref", WHOLE}, {"tspan", WHOLE}, {"tt", TEXT},
    {"u", TEXT | WORD}, {"ul", WHOLE}, {"use", WHOLE | WORD}, {"var", TEXT | WORD},
    {"video", WHOLE | WORD}, {"view", WHOLE | WORD}, {"wbr", VOID}, {"xmp", WHOLE},
    {"xsl:apply-imports", WHOLE}, {"xsl:apply-templates", WHOLE}, {"xsl:attribute", WHOLE},
    {"xsl:attribute-set", WHOLE}, {"xsl:call-template", WHOLE}, {"xsl:choose", WHOLE},
    {"xsl:comment", WHOLE}, {"xsl:copy", WHOLE}, {"xsl:copy-of", WHOLE}, {"xsl:element", WHOLE},
    {"xsl:fallback", WHOLE}, {"xsl:for-each", WHOLE}, {"xsl:if", WHOLE}, {"xsl:import", WHOLE},
    {"xsl:include", WHOLE}, {"xsl:key", WHOLE}, {"xsl:message", WHOLE}, {"xsl:number", WHOLE},
    {"xsl:otherwise", WHOLE}, {"xsl:output", WHOLE}, {"xsl:param", WHOLE}, {"xsl:sort", WHOLE},
    {"xsl:strip-space", WHOLE}, {"xsl:stylesheet", WHOLE}, {"xsl:template", WHOLE},
    {"xsl:text", WHOLE}, {"xsl:transform", WHOLE}, {"xsl:value-of", WHOLE}, {"xsl:variable", WHOLE},
    {"xsl:when", WHOLE}, {"xsl:with-param", WHOLE},
};
/* clang-format on */

_Static_assert(PEN_COUNT_OF(elements) <= PEN_HTML_ELEMENTS, "counters have room for all");

/* Prefixes by which documents name the spaces that these elements are of. XSLT's keep theirs: their
   names alone are everybody's. */
static const char *without_prefix(const char *name)
{
    static const char *const prefixes[] = {"svg:", "html:", "xhtml:", "math:", "mml:"};
    for (size_t i = 0; i < PEN_COUNT_OF(prefixes); i++) {
        const size_t length = strlen(prefixes[i]);
        if (strncmp(name, prefixes[i], length) == 0) return name + length;
    }
    return name;
}

struct pen_html_element pen_html_element_of(struct pen_str raw)
{
    const struct pen_html_element none = {.kind = PEN_HTML_UNKNOWN};
    struct pen_html_name name;
    pen_html_name_read(raw, &name);
    if (name.length == 0 || name.length >= PEN_HTML_NAME) return none;

    const char *const word = without_prefix(name.text);
    size_t low = 0;
    size_t high = PEN_COUNT_OF(elements);
    while (low < high) {
        const size_t middle = (low + high) / 2;
        const int order = pen_html_name_order(word, elements[middle].name);
        if (order == 0) {
            const bool bare = word == name.text;
            return (struct pen_html_element){.index = middle,
                                             .kind = (enum pen_html_kind_of_element)(
                                                 elements[middle].kind & ~(unsigned int)WORD),
                                             .word = bare && (elements[middle].kind & WORD) != 0};
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return none;
}

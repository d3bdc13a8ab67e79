/**
 * What reading XML costs: an ordinary document, the worst ones, and whether any of them costs more
 * a byte the longer it is.
 *
 * Prints the time per KiB, for documents of 16 KiB to 1 MiB, and how that of the longest compares
 * with the shortest; exit status 1 above 1.3. A first argument chooses the documents whose name
 * begins with it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "filters/core/body/xml.h"

#define ROUNDS    15
#define SHORTEST  ((size_t)16 << 10)
#define USUAL     ((size_t)64 << 10)
#define LONGEST   ((size_t)1 << 20)
#define SIZES     3
#define ROOM      (LONGEST + 65536) /* of a document, its last piece included */
#define WORK      ((size_t)2 << 20) /* bytes read in a round, of each size */
#define MAX_RATIO 1.3               /* 64 were quadratic */

struct kind {
    const char *name;
    struct pen_str head;
    struct pen_str (*piece)(size_t i, char *memory, size_t size); /* repeated until long enough */
    struct pen_str foot;
};

static struct pen_arena *arena;

static void require(bool condition, const char *what)
{
    if (condition) return;
    fprintf(stderr, "bench_xml: %s\n", what);
    exit(1);
}

static struct pen_str order(size_t i, char *memory, size_t size)
{
    struct pen_buf buf = pen_buf_over(memory, size);
    pen_buf_format(&buf,
                   "    <o:order id=\"%zu\" currency=\"EUR\">\n"
                   "      <o:customer>Siobhan O&apos;Brien</o:customer>\n"
                   "      <o:address><o:street>12 Main Street</o:street><o:city>Galway</o:city>"
                   "</o:address>\n"
                   "      <o:item sku=\"BK-1001\" quantity=\"1\">The Art of Gateways, 2nd "
                   "edition</o:item>\n"
                   "      <o:item sku=\"PN-204\" quantity=\"2\">Fountain pen &amp; ink "
                   "(blue)</o:item>\n"
                   "      <o:note><![CDATA[Please leave the parcel with the neighbours at number "
                   "14 - thanks!]]></o:note>\n"
                   "    </o:order>\n",
                   i);
    return pen_buf_str(&buf);
}

/* As deep as allowed, again and again. */
static struct pen_str nest(size_t i, char *memory, size_t size)
{
    (void)i;
    struct pen_buf buf = pen_buf_over(memory, size);
    for (int depth = 0; depth < 120; depth++) {
        pen_buf_put(&buf, PEN_S("<a>"));
    }
    for (int depth = 0; depth < 120; depth++) {
        pen_buf_put(&buf, PEN_S("</a>"));
    }
    return pen_buf_str(&buf);
}

static struct pen_str attributes(size_t i, char *memory, size_t size)
{
    (void)i;
    struct pen_buf buf = pen_buf_over(memory, size);
    pen_buf_put(&buf, PEN_S("<a"));
    for (int n = 0; n < PEN_XML_ATTRIBUTES; n++) {
        pen_buf_format(&buf, " a%03x=''", n * 37 % 4096);
    }
    pen_buf_put(&buf, PEN_S("/>"));
    return pen_buf_str(&buf);
}

/* Two prefixes of one meaning: expanded names have to be compared, too. */
static struct pen_str prefixed(size_t i, char *memory, size_t size)
{
    (void)i;
    struct pen_buf buf = pen_buf_over(memory, size);
    pen_buf_put(&buf, PEN_S("<a"));
    for (int n = 0; n < PEN_XML_ATTRIBUTES; n++) {
        pen_buf_format(&buf, " %c:a%03x=''", n % 2 == 0 ? 'p' : 'q', n * 37 % 4096);
    }
    pen_buf_put(&buf, PEN_S("/>"));
    return pen_buf_str(&buf);
}

/* Prefixes that come and go. */
static struct pen_str scopes(size_t i, char *memory, size_t size)
{
    struct pen_buf buf = pen_buf_over(memory, size);
    pen_buf_format(&buf, "<p%zu:a xmlns:p%zu='%zu'/>", i % 200, i % 200, i % 100);
    return pen_buf_str(&buf);
}

static struct pen_str references(size_t i, char *memory, size_t size)
{
    (void)i;
    (void)memory;
    (void)size;
    return PEN_S("&lt;&#x27;&amp;&#39;");
}

static struct pen_str sections(size_t i, char *memory, size_t size)
{
    (void)i;
    (void)memory;
    (void)size;
    return PEN_S("<![CDATA[a]]>");
}

static struct pen_str mixed(size_t i, char *memory, size_t size)
{
    (void)i;
    (void)memory;
    (void)size;
    return PEN_S("a<b/>");
}

static struct pen_str brackets(size_t i, char *memory, size_t size)
{
    (void)i;
    (void)memory;
    (void)size;
    return PEN_S("]]]-]\r");
}

static struct pen_str prose(size_t i, char *memory, size_t size)
{
    (void)i;
    (void)memory;
    (void)size;
    return PEN_S("It was a bright cold day in April, and the clocks were striking thirteen. ");
}

static const struct kind kinds[] = {
    {"SOAP orders",
     PEN_STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<soap:Envelope "
             "xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" "
             "xmlns:o=\"urn:example:orders\">\n  <soap:Body>\n"),
     order, PEN_STR("  </soap:Body>\n</soap:Envelope>\n")},
    {"one long text", PEN_STR("<a>"), prose, PEN_STR("</a>")},
    {"deep nests", PEN_STR("<r>"), nest, PEN_STR("</r>")},
    {"many attributes", PEN_STR("<r>"), attributes, PEN_STR("</r>")},
    {"and prefixes alike", PEN_STR("<r xmlns:p='u' xmlns:q='u'>"), prefixed, PEN_STR("</r>")},
    {"declarations", PEN_STR("<r>"), scopes, PEN_STR("</r>")},
    {"references", PEN_STR("<a>"), references, PEN_STR("</a>")},
    {"CDATA sections", PEN_STR("<a>"), sections, PEN_STR("</a>")},
    {"mixed content", PEN_STR("<a>"), mixed, PEN_STR("</a>")},
    {"brackets and CR", PEN_STR("<a>"), brackets, PEN_STR("</a>")},
};

static struct pen_str make(const struct kind *kind, size_t length, char *document)
{
    static char memory[8192];
    struct pen_buf buf = pen_buf_over(document, ROOM);
    pen_buf_put(&buf, kind->head);
    for (size_t i = 0; buf.len < length; i++) {
        pen_buf_put(&buf, kind->piece(i, memory, sizeof(memory)));
    }
    pen_buf_put(&buf, kind->foot);
    require(!buf.full, "no room");
    return pen_buf_str(&buf);
}

/* Of this process alone, whoever else wants the processor. */
static double cpu_us(void)
{
    struct timespec now;
    require(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) == 0, "no clock");
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* Microseconds per KiB. */
static double read_once(const struct kind *kind, struct pen_str source)
{
    const size_t times = WORK / source.len + 1;
    const double start = cpu_us();
    for (size_t i = 0; i < times; i++) {
        const struct pen_json *tree = NULL;
        pen_arena_reset(arena);
        require(pen_xml_read(source, NULL, arena, &tree, NULL) == PEN_OK, kind->name);
    }
    return (cpu_us() - start) / (double)times / ((double)source.len / 1024);
}

/* The quickest of rounds in which all sizes take turns: other load adds to all, and to each. */
static void measure(const struct kind *kind, double least[SIZES])
{
    static const size_t sizes[SIZES] = {SHORTEST, USUAL, LONGEST};
    static char documents[SIZES][ROOM];
    struct pen_str sources[SIZES];
    for (size_t i = 0; i < SIZES; i++) {
        sources[i] = make(kind, sizes[i], documents[i]);
    }
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < SIZES; i++) {
            const double took = read_once(kind, sources[i]);
            if (round == 0 || took < least[i]) least[i] = took;
        }
    }
}

int main(int argc, char **argv)
{
    /* One block for all of it: what is measured is the reader, not the kernel's fresh pages. */
    require(pen_arena_create((size_t)1 << 30, (size_t)256 << 20, &arena) == PEN_OK, "no memory");
    bool linear = true;
    for (size_t i = 0; i < PEN_COUNT_OF(kinds); i++) {
        if (argc > 1 && !pen_str_starts(pen_str_from_c(kinds[i].name), pen_str_from_c(argv[1]))) {
            continue;
        }
        double us[SIZES] = {0};
        measure(&kinds[i], us);
        const bool within = us[SIZES - 1] < us[0] * MAX_RATIO;
        printf("%-20s %6.2f us/KiB %5.0f MB/s   16 KiB %6.2f  1 MiB %6.2f  x%.2f  %s\n",
               kinds[i].name, us[1], 1024 / us[1], us[0], us[SIZES - 1], us[SIZES - 1] / us[0],
               within ? "PASS" : "over");
        linear = linear && within;
    }
    pen_arena_destroy(arena);
    return linear ? 0 : 1;
}

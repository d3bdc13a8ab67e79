/**
 * Format strings: conversions where a value belongs.
 *
 * A text that a function hands to printf() as its format reads memory by "%x%x%x%x" or "%s%s%s%s",
 * writes it by "%n", and asks for gigabytes by "%999999d"; Python's str.format() walks from any
 * argument to its class and the program's globals. (CWE-134, CERT FIO30-C)
 *
 * Programs quote formats all the time, so the same conversion again and again counts, from an edge
 * of the text; positions counted by hand; attributes that no message needs. Not reported: formats
 * of messages, dates and logs, percent-encoding, "100%s", LIKE patterns,
 * "{self.__class__.__name__}".
 */
#include "filters/filter.h"

#define WRITES  92 /* by position: nobody prints so */
#define READS   85
#define RUN     78
#define WIDE    80
#define REACHES 90
#define OBJECT  80 /* the whole text asks for an object's class */
#define HINT    45 /* in the midst of another text: a program's */

#define SEPARATOR 3        /* bytes between two conversions of a run: "%p] [%p" */
#define EDGE      2        /* bytes behind a run that still ends the text */
#define WIDTH     1000     /* no column is so wide */
#define BRACES    128      /* bytes of a replacement field that are read */
#define ENORMOUS  10000000 /* what no field is padded to, though an id in braces may be as large */

static const struct pen_rule rules[] = {
    {"format.write", "a conversion writes to memory when the text is used as a format"},
    {"format.read", "conversions in a row read memory when the text is used as a format"},
    {"format.width", "a conversion asks for an enormous width when the text is used as a format"},
    {"format.object", "a replacement field walks from an argument to its class and beyond"},
};

enum rule { WRITE, READ, TOO_WIDE, ATTRIBUTE, RULE_COUNT };

static const struct pen_trigger triggers[] = {
    {"%[0-9]{1,4}\\$(h|l|n|p|x|s)", false, 0},
    {"%#?[hljzt]{0,2}[xXpsdcnuifegaAEGS@][^%\\na-zA-Z0-9]{0,3}%", false, 0},
    {"%[xXp]..?0x%", false, 0},
    {"%[0*.]{1,3}[0-9]{0,2}l?l?[xXpsd]", false, 0},
    {"%h?hn|%[-.]?[0-9]{4}", false, 0},
    {"%[0-9]{1,3}l?l?[xXp][^%\\na-zA-Z0-9]{0,3}%", false, 0},
    {"[.[]__[a-z_]{3,16}__", false, 0},
    {"\\.(func|f)_globals|\\.[gct][irb]_(frame|code)", false, 0},
    {"%[0-9]{1,4}\\$[0-9*]", false, 0},
    {"%\\*[0-9]{1,4}\\$", false, 0},
    {"[{][0-9]{0,2}[,:][^}\"]{0,3}[0-9]{8}", false, 0},
};

/* One conversion: "%08x", "%7$p", "%.1024d". */
struct conversion {
    size_t end; /* 0 = there is none */
    char kind;
    bool positional;
    bool padded;  /* with zeros */
    bool half;    /* "%hn", "%hhn" */
    bool starred; /* "%*d": the width is an argument, too */
    bool encoded; /* none: a byte of percent-encoding */
    uint32_t width;
};

static size_t read_number(struct pen_str text, size_t at, uint32_t *out)
{
    uint32_t value = 0;
    while (at < text.len && pen_is_digit(text.ptr[at])) {
        if (value < UINT32_MAX / 100) value = value * 10 + (uint32_t)(text.ptr[at] - '0');
        at++;
    }
    *out = value;
    return at;
}

/* Percent-encoding has two hexadecimal digits behind the '%': "%d0", "%20x", but not "%08x", whose
   byte is no text. */
static bool is_percent_encoding(struct pen_str text, size_t at)
{
    if (at + 2 >= text.len) return false;
    const char first = text.ptr[at + 1];
    const char second = text.ptr[at + 2];
    if (pen_hex_value(first) < 0 || pen_hex_value(second) < 0) return false;
    if (first == '0' && pen_is_digit(second)) return false;
    /* "%10$n" is no control character; "%20$name" is a space. */
    uint32_t number = 0;
    const size_t digits = read_number(text, at + 1, &number);
    if (digits < text.len && text.ptr[digits] == '$') {
        const bool text_byte = first >= '2' && first <= '7' && digits == at + 3;
        if (!text_byte || (at == 0 && text.len == 5)) return false;
    }
    return !(pen_is_digit(first) && pen_is_digit(second) && at + 4 < text.len
             && pen_is_digit(text.ptr[at + 3]) && pen_is_digit(text.ptr[at + 4]));
}

/* A width or precision: digits, or a '*' for an argument, with its position ("*7$"). */
static size_t read_width(struct pen_str text, size_t at, struct conversion *c)
{
    uint32_t number = 0;
    if (at < text.len && text.ptr[at] == '*') {
        c->starred = true;
        at = read_number(text, at + 1, &number);
        return at < text.len && text.ptr[at] == '$' ? at + 1 : at;
    }
    at = read_number(text, at, &number);
    if (number > c->width) c->width = number;
    return at;
}

static struct conversion conversion_at(struct pen_str text, size_t at)
{
    struct conversion c = {.kind = '\0'};
    c.encoded = is_percent_encoding(text, at);
    if (c.encoded) return c;
    size_t i = at + 1;
    uint32_t number = 0;
    const size_t position = read_number(text, i, &number);
    if (position < text.len && text.ptr[position] == '$' && number > 0) {
        c.positional = true;
        i = position + 1;
    }
    while (i < text.len && (text.ptr[i] == '#' || text.ptr[i] == '-' || text.ptr[i] == '0')) {
        c.padded = c.padded || text.ptr[i] == '0';
        i++;
    }
    i = read_width(text, i, &c);
    if (i < text.len && text.ptr[i] == '.') i = read_width(text, i + 1, &c);
    static const struct pen_str lengths = PEN_STR("hljzt");
    while (i < text.len && pen_str_find(lengths, text.ptr[i], 0) < lengths.len) {
        c.half = c.half || text.ptr[i] == 'h';
        i++;
    }
    if (i >= text.len || (!pen_is_alpha(text.ptr[i]) && text.ptr[i] != '@')) return c;
    static const struct pen_str kinds = PEN_STR("xXpsndciuofegaAEGS@");
    if (pen_str_find(kinds, text.ptr[i], 0) == kinds.len) return c;
    c.kind = text.ptr[i];
    c.end = i + 1;
    return c;
}

/* Conversions that stand together. */
struct run {
    size_t start;
    size_t end;
    size_t count;
    size_t glued; /* without anything between */
    size_t reads; /* x, X, p */
    size_t strings;
    size_t writes;
    size_t rewrites; /* one right behind the other */
    size_t same;     /* each as the one before */
    size_t bytes;    /* "%02x" */
    size_t padded;
    uint32_t width; /* of the padded ones */
    size_t starred;
    bool varied; /* padded to different widths: a layout, such as an identifier's */
    bool positional_write;
    bool positional_read;
    bool half_write;
    bool wide;
    char last;
};

struct walk {
    struct pen_str text;
    struct run run;
    bool encoded; /* bytes of it are: "10%2C%2010d" has no width of 2010 */
    uint32_t best[RULE_COUNT];
    struct pen_span where[RULE_COUNT];
};

static void keep(struct walk *w, enum rule rule, size_t start, size_t end, uint32_t score)
{
    if (score <= w->best[rule]) return;
    w->best[rule] = score;
    w->where[rule] = (struct pen_span){start, end};
}

/* At an edge of the text, and not in quotes that do not stand at both: the format is the value. So
   it is where it reads on and on in a text without white space: "id=%x%x%x%x&b=1". */
static bool is_value(const struct walk *w)
{
    const struct pen_str text = w->text;
    const struct run *const run = &w->run;
    const bool first = run->start == 0;
    const bool last = run->end + EDGE >= text.len;
    if (run->start == 1 && run->end + 1 == text.len) return true;
    const bool one_word = run->glued > 2 && run->glued == run->reads + run->writes - 1
                          && pen_str_find(text, ' ', 0) == text.len;
    if (!first && !last && !one_word) return false;
    const char before = first ? ' ' : text.ptr[run->start - 1];
    const char behind = run->end < text.len ? text.ptr[run->end] : ' ';
    return before != '"' && before != '\'' && before != '`' && behind != '"' && behind != '\''
           && behind != '`';
}

static void end_run(struct walk *w)
{
    const struct run *const run = &w->run;
    if (run->count == 0) return;
    const bool value = is_value(w);
    const bool reads =
        (run->reads > 3 || (run->reads > 2 && run->glued > 1) || (run->padded > 1 && run->same > 0))
        && (!run->varied || run->glued > 0);
    const bool repeats =
        run->same > 2 && run->same == run->glued && run->same + 1 == run->count && run->bytes == 0;
    /* "%*.*s%*.*s": three arguments each. */
    const bool starred = run->starred > 1 && run->glued + 1 == run->count;
    const bool mixed = run->glued > 2 && run->reads > 0 && run->strings > 0;
    if (run->positional_write) keep(w, WRITE, run->start, run->end, WRITES);
    if (run->half_write) keep(w, WRITE, run->start, run->end, value ? READS : HINT);
    if (run->rewrites > 1 || (run->writes > 2 && run->writes == run->count)
        || (run->writes > 0 && run->starred > 0)) {
        keep(w, WRITE, run->start, run->end, value ? READS : HINT);
    }
    if (run->writes > 0 && run->reads > 1) {
        keep(w, WRITE, run->start, run->end, value ? WRITES : HINT);
    }
    if (run->writes > 0 && run->strings > 2 && run->glued + 1 == run->count) {
        keep(w, WRITE, run->start, run->end, value ? READS : HINT);
    }
    /* "%c%c%c%c%n", "%s.%s.%s.%s.%s.%n": a line of Java's has a break glued to its last column. */
    const bool alike = run->same > 2 && run->same + 2 == run->count;
    const bool apart = run->glued == 0 && run->same > 3;
    if (run->writes > 0 && run->last == 'n' && alike && (run->glued + 1 == run->count || apart)) {
        keep(w, WRITE, run->start, run->end, value ? RUN : HINT);
    }
    if (run->positional_read) keep(w, READ, run->start, run->end, value ? RUN : HINT);
    if (reads) keep(w, READ, run->start, run->end, value ? READS : HINT);
    if (repeats || mixed || starred) keep(w, READ, run->start, run->end, value ? RUN : HINT);
    if (run->wide) keep(w, TOO_WIDE, run->start, run->end, value ? WIDE : HINT);
    w->run = (struct run){.count = 0};
}

static void add_conversion(struct walk *w, size_t at, const struct conversion *c)
{
    struct run *const run = &w->run;
    if (run->count > 0 && at - run->end > SEPARATOR) end_run(w);
    if (run->count == 0) run->start = at;
    if (run->count > 0) {
        run->glued += at == run->end;
        run->same += c->kind == run->last;
        run->rewrites += at == run->end && c->kind == 'n' && run->last == 'n';
    }
    /* "%02x" is how a byte is printed. */
    const bool byte = c->padded && c->width == 2;
    const bool reads = !byte && (c->kind == 'x' || c->kind == 'X' || c->kind == 'p');
    run->reads += reads;
    run->strings += c->kind == 's';
    run->writes += c->kind == 'n';
    run->bytes += byte;
    run->starred += c->starred;
    if (reads && c->padded && c->width > 2) {
        run->varied = run->varied || (run->padded > 0 && c->width != run->width);
        run->width = c->width;
        run->padded++;
    }
    run->positional_write = run->positional_write || (c->positional && c->kind == 'n');
    run->positional_read = run->positional_read || (c->positional && reads);
    run->half_write = run->half_write || (c->half && c->kind == 'n');
    run->wide = run->wide || c->width >= WIDTH;
    run->last = c->kind;
    run->count++;
    run->end = c->end;
}

/* Behind a name, attributes and elements of it, from `at`; an element's key may be anything. */
static size_t end_of_field(struct pen_str near, size_t at)
{
    while (at < near.len) {
        const char c = near.ptr[at];
        if (c == '[') {
            at = pen_str_find(near, ']', at);
        } else if (!pen_is_name_char(c) && c != '.' && c != ']') {
            break;
        } else {
            at++;
        }
    }
    return at;
}

/* "{0:>99999999}", "{0,2147483647}" of .NET: a width that fills the memory. */
static void inspect_width(struct walk *w, size_t at, struct pen_str near, size_t end)
{
    size_t i = end + 1;
    uint32_t number = 0;
    if (end > 3 || (end > 1 && !pen_is_digit(near.ptr[1]))) return;
    while (i < near.len && i < end + 4 && !pen_is_digit(near.ptr[i])) {
        i++;
    }
    const size_t behind = read_number(near, i, &number);
    const bool ends =
        behind < near.len
        && (near.ptr[behind] == '}' || (behind + 1 < near.len && near.ptr[behind + 1] == '}'));
    if (!ends || number < ENORMOUS) return;
    const bool edge = at == 0 || at + behind + EDGE >= w->text.len;
    keep(w, TOO_WIDE, at, at + behind, edge ? WIDE : HINT);
}

/* What messages are made of: "{x.__name__}". */
static bool is_name_of_class(struct pen_str field)
{
    return pen_str_ends(field, PEN_S(".__name__")) || pen_str_ends(field, PEN_S(".__qualname__"))
           || pen_str_ends(field, PEN_S(".__version__"));
}

/* An attribute or element of `field` that no message needs; `dunder`: one with underscores at all.
 */
static bool reaches_far(struct pen_str field, bool *dunder)
{
    static const struct pen_str far[] = {
        PEN_STR("__globals__"),  PEN_STR("__init__"), PEN_STR("__mro__"),
        PEN_STR("__bases__"),    PEN_STR("__base__"), PEN_STR("__subclasses__"),
        PEN_STR("__builtins__"), PEN_STR("__code__"), PEN_STR("__func__"),
        PEN_STR("__reduce__"),   PEN_STR("__dict__"), PEN_STR("func_globals"),
        PEN_STR("f_globals"),    PEN_STR("gi_frame"), PEN_STR("cr_frame"),
        PEN_STR("tb_frame"),     PEN_STR("gi_code"),
    };
    for (size_t at = 0; at < field.len; at++) {
        const bool begins = at == 0 || field.ptr[at - 1] == '.' || field.ptr[at - 1] == '[';
        if (!begins || at + 3 > field.len) continue;
        const bool two = field.ptr[at] == '_' && field.ptr[at + 1] == '_';
        *dunder = *dunder || (two && at > 0);
        if (!two && at == 0) continue; /* a name of the message's own */
        for (size_t i = 0; i < PEN_COUNT_OF(far); i++) {
            /* The third byte parts most of them. */
            if (far[i].ptr[2] == field.ptr[at + 2] && pen_str_stands(field, at, far[i]))
                return true;
        }
    }
    return false;
}

/* "{0.__class__.__init__.__globals__}": what of it no message needs. */
static void inspect_field(struct walk *w, size_t at)
{
    const struct pen_str near = pen_str_slice(w->text, at, at + BRACES);
    const size_t end = end_of_field(near, 1);
    const char behind = end < near.len ? near.ptr[end] : ' ';
    if (behind == ':' || behind == ',') inspect_width(w, at, near, end);
    if (behind != '}' && behind != '!' && behind != ':') return;
    const struct pen_str field = pen_str_slice(near, 1, end);
    bool dunder = false;
    if (reaches_far(field, &dunder)) {
        keep(w, ATTRIBUTE, at, at + end, REACHES);
        return;
    }
    if (!dunder) return;
    const bool whole = at == 0 && end + 1 == w->text.len && !is_name_of_class(field);
    keep(w, ATTRIBUTE, at, at + end, whole ? OBJECT : HINT);
}

/* Is what is too wide a byte of percent-encoding with digits behind it? */
static bool is_byte_and_digits(const struct walk *w)
{
    const size_t at = w->where[TOO_WIDE].start + 1;
    const struct pen_str text = w->text;
    return at + 1 < text.len && pen_is_digit(text.ptr[at]) && pen_is_digit(text.ptr[at + 1])
           && text.ptr[at] >= '2' && text.ptr[at] <= '7';
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    (void)state;
    const struct pen_str text = leaf->text;
    PEN_TRY(pen_scan_spend(scan, 8 * text.len));
    struct walk w = {.text = text};
    for (size_t i = 0; i < text.len;) {
        const char c = text.ptr[i];
        if (c == '{') inspect_field(&w, i);
        if (c != '%') {
            i++;
            continue;
        }
        const struct conversion conversion = conversion_at(text, i);
        if (conversion.end == 0) {
            w.encoded = w.encoded || conversion.encoded;
            i++;
            continue;
        }
        add_conversion(&w, i, &conversion);
        i = conversion.end;
    }
    end_run(&w);
    if (w.encoded && is_byte_and_digits(&w)) w.best[TOO_WIDE] = 0;
    for (size_t i = 0; i < RULE_COUNT; i++) {
        if (w.best[i] > 0) pen_scan_report(scan, rules[i].id, w.where[i], w.best[i]);
    }
    return PEN_OK;
}

const struct pen_filter pen_filter_format = {
    .name = "format",
    .summary = "values that are formats of printf() or str.format()",
    .sinks = "log code",
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .inspect_leaf = inspect_leaf,
};

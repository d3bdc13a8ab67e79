/**
 * Streams that readers of objects know by their first bytes or by their grammar: Java's, .NET's,
 * Ruby's Marshal, Perl's Storable, PHP's serialize() and Python's pickle.
 */
#include "filters/deser_streams.h"

#include <string.h>

#define CERTAIN 92
#define OBJECT  88
#define LIKELY  80
#define DATA    72 /* plain data in such a stream: it is read by the same reader */
#define DIGITS  6  /* of a length in PHP's format */

static void report(struct pen_scan *scan, const char *rule, size_t start, size_t end,
                   uint32_t score)
{
    pen_scan_report(scan, rule, (struct pen_span){start, end}, score);
}

/* A magic number at the head of the text or of a token in it, and enough behind it. */
static void report_magic(struct pen_str text, const size_t *places, struct pen_scan *scan)
{
    for (size_t i = 0; i < PEN_DESER_WORDS; i++) {
        const struct pen_deser_word *const word = &pen_deser_words[i];
        if (places[i] == text.len || word->kind != PEN_DESER_MAGIC) continue;
        report(scan, word->rule, places[i], places[i] + word->text.len, word->score);
    }
}

/* The whole text is the stream, as base64, hexadecimal digits and gzip give it. */
static void find_binary(struct pen_str text, struct pen_scan *scan)
{
    if (pen_str_starts(text, PEN_S("\x00\x01\x00\x00\x00\xff\xff\xff\xff"))) {
        report(scan, "deser.dotnet", 0, 9, 90);
    }
    /* Storable's file, and the order of its machine's bytes. */
    if (pen_str_starts(text, PEN_S("pst0"))
        && pen_str_find_str(pen_str_slice(text, 4, 18), PEN_S("12345678")) < 14) {
        report(scan, "deser.perl", 0, 4, LIKELY);
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
           && text.ptr[end + 1] == (text.ptr[at] == 'E' ? ';' : ':');
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

static void find_php(struct pen_str text, struct pen_scan *scan)
{
    const size_t head = pen_str_skip_space(text, 0);
    for (size_t i = 0; i + 2 < text.len; i++) {
        const char c = text.ptr[i];
        if (text.ptr[i + 1] != ':' || (c != 'O' && c != 'C' && c != 'E' && c != 'a')) continue;
        if (i > 0 && pen_is_alnum(text.ptr[i - 1])) continue;
        if (c != 'a' && is_php_object(text, i)) report(scan, "deser.php", i, i + 2, OBJECT);
        if (c == 'a' && i == head && is_php_array(text, i)) {
            report(scan, "deser.php", i, i + 2, DATA);
        }
    }
}

/* Python's pickle machine, as far as to know whether it names a function and calls it.
   (CPython, Lib/pickletools.py) */

struct pickle {
    struct pen_str text;
    size_t at;
    bool names; /* GLOBAL, INST, STACK_GLOBAL */
    bool calls; /* REDUCE, OBJ, INST, BUILD, NEWOBJ */
};

static bool skip_lines(struct pickle *p, size_t lines)
{
    for (; lines > 0; lines--) {
        const size_t end = pen_str_find(p->text, '\n', p->at);
        if (end == p->text.len) return false;
        p->at = end + 1;
    }
    return true;
}

static bool skip_bytes(struct pickle *p, size_t bytes)
{
    if (bytes > p->text.len - p->at) return false;
    p->at += bytes;
    return true;
}

/* A length of so many bytes, the lowest first, and what it is the length of. */
static bool skip_counted(struct pickle *p, size_t bytes)
{
    uint64_t length = 0;
    if (bytes > p->text.len - p->at) return false;
    for (size_t i = bytes; i > 0; i--) {
        length = length << 8 | (unsigned char)p->text.ptr[p->at + i - 1];
    }
    p->at += bytes;
    return length <= p->text.len && skip_bytes(p, (size_t)length);
}

static bool is_call(char code)
{
    switch (code) {
    case 'R':
    case 'o':
    case 'i':
    case 'b':
    case '\x81':
    case '\x92':
        return true;
    default:
        return false;
    }
}

/* Instructions without an argument. */
static bool is_bare(char code)
{
    if (code == '(' || code == ')') return true;
    static const char codes[] = "012NQRadbelostu]}\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x92\x93"
                                "\x94\x97\x98";
    return memchr(codes, code, sizeof(codes) - 1) != NULL;
}

/* One instruction; false: it is none, or its argument is cut off. */
static bool pickle_step(struct pickle *p, char code)
{
    if (code == 'c' || code == 'i' || code == '\x93') p->names = true;
    if (is_call(code)) p->calls = true;
    switch (code) {
    case 'c':
    case 'i':
        return skip_lines(p, 2);
    case 'S':
    case 'V':
    case 'I':
    case 'L':
    case 'F':
    case 'P':
    case 'p':
    case 'g':
        return skip_lines(p, 1);
    case '\x80':
    case 'q':
    case 'h':
    case 'K':
    case '\x82':
        return skip_bytes(p, 1);
    case 'M':
    case '\x83':
        return skip_bytes(p, 2);
    case 'r':
    case 'j':
    case 'J':
    case '\x84':
        return skip_bytes(p, 4);
    case 'G':
    case '\x95':
        return skip_bytes(p, 8);
    case 'U':
    case 'C':
    case '\x8a':
    case '\x8c':
        return skip_counted(p, 1);
    case 'T':
    case 'X':
    case 'B':
    case '\x8b':
        return skip_counted(p, 4);
    case '\x8d':
    case '\x8e':
    case '\x96':
        return skip_counted(p, 8);
    default:
        return is_bare(code);
    }
}

/* From the first instruction to STOP: nothing else reads so. */
static void find_pickle(struct pen_str text, struct pen_scan *scan)
{
    struct pickle p = {.text = text};
    const bool binary = text.len > 1 && text.ptr[0] == '\x80';
    while (p.at < text.len) {
        const char code = text.ptr[p.at++];
        if (code != '.') {
            if (!pickle_step(&p, code)) return;
            continue;
        }
        if (p.names && p.calls) {
            report(scan, "deser.pickle", 0, p.at, CERTAIN);
        } else if (binary) {
            report(scan, "deser.pickle", 0, p.at, p.names ? OBJECT : DATA);
        }
        return;
    }
}

/* Protocol 1 has bytes of no text, and what is left of it is the function's name. */
static void find_pickled_name(struct pen_str text, struct pen_scan *scan)
{
    static const struct pen_str heads[] = {
        PEN_STR("cos\nsystem\n"),
        PEN_STR("cos\npopen\n"),
        PEN_STR("cposix\nsystem\n"),
        PEN_STR("cposix\npopen\n"),
        PEN_STR("cnt\nsystem\n"),
        PEN_STR("csubprocess\nPopen\n"),
        PEN_STR("csubprocess\ncheck_output\n"),
        PEN_STR("csubprocess\ncall\n"),
        PEN_STR("csubprocess\nrun\n"),
        PEN_STR("c__builtin__\neval\n"),
        PEN_STR("c__builtin__\nexec\n"),
        PEN_STR("c__builtin__\nexecfile\n"),
        PEN_STR("c__builtin__\ngetattr\n"),
        PEN_STR("cbuiltins\neval\n"),
        PEN_STR("cbuiltins\nexec\n"),
        PEN_STR("cbuiltins\ngetattr\n"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(heads); i++) {
        const size_t end = heads[i].len;
        if (!pen_str_starts(text, heads[i]) || end >= text.len) continue;
        if (memchr("(qp", text.ptr[end], 3) != NULL) report(scan, "deser.pickle", 0, end, CERTAIN);
    }
}

void pen_deser_streams(struct pen_str text, const size_t *places, struct pen_scan *scan)
{
    report_magic(text, places, scan);
    find_binary(text, scan);
    find_php(text, scan);
    find_pickle(text, scan);
    find_pickled_name(text, scan);
}

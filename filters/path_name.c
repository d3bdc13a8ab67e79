/** One character at a time through its spellings, one segment at a time through the walk. */
#include "filters/path_name.h"

#include <string.h>

struct segment {
    char text[PEN_PATH_SEGMENT]; /* its first bytes */
    size_t length;               /* of the whole segment */
    size_t dots;
    size_t leading_dots;
    size_t questions;
    size_t percents;
    bool parameter; /* behind ';' */
};

struct reader {
    struct pen_str text;
    size_t at;
    struct pen_path_name *name;
    struct segment segment;
    bool padding; /* a longer segment than any file system takes has been seen */
};

static unsigned char byte_at(const struct reader *r, size_t at)
{
    return at < r->text.len ? (unsigned char)r->text.ptr[at] : 0;
}

/* Decoders that subtract 'a' without looking take any letter for a digit: %c0%9v is %c0%af. */
static int loose_digit(unsigned char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    const unsigned char lower = (unsigned char)(c | 0x20);
    return lower >= 'a' && lower <= 'z' ? lower - 'a' + 10 : -1;
}

/* A byte, plain or as '%' and two digits, of which the second may have a '%' of its own: %2%f is
   left of %%32%%66. Returns the bytes it takes. */
static size_t unit_at(const struct reader *r, size_t at, unsigned int *value)
{
    *value = byte_at(r, at);
    if (*value != '%') return 1;

    const size_t second = at + (byte_at(r, at + 2) == '%' ? 3 : 2);
    const int high = loose_digit(byte_at(r, at + 1));
    const int low = loose_digit(byte_at(r, second));
    if (high < 0 || low < 0) return 1;
    *value = (unsigned int)(high * 16 + low) & 0xff;
    return second + 1 - at;
}

/* How many bytes follow a lead byte with which no character needs so many; 0: it is none. */
static size_t continuations(unsigned int lead)
{
    switch (lead) {
    case 0xc0:
    case 0xc1:
        return 1;
    case 0xe0:
        return 2;
    case 0xf0:
        return 3;
    case 0xf8:
        return 4;
    case 0xfc:
        return 5;
    default:
        return 0;
    }
}

/* UTF-8 whose lead byte promises more than the character needs; decoders that do not check the
   continuation's high bits take 0x2e or 0x6e for it as well. Returns the bytes it takes. */
static size_t overlong_at(const struct reader *r, char *means)
{
    unsigned int lead = 0;
    const size_t first = unit_at(r, r->at, &lead);
    const size_t more = continuations(lead);
    if (more == 0) return 0;
    unsigned int scalar = more > 1 ? 0 : lead & 1;
    size_t at = r->at + first;
    for (size_t n = 0; n < more && at < r->text.len; n++) {
        unsigned int unit = 0;
        at += unit_at(r, at, &unit);
        scalar = (scalar << 6 | (unit & 0x3f)) & 0xffff;
    }
    const unsigned int last = (unsigned char)r->text.ptr[at - 1];
    if (scalar == '.' || scalar == '/' || scalar == '\\') {
        *means = scalar == '.' ? '.' : '/';
        return at - r->at;
    }
    /* Decoders that drop the lead byte see what follows it. */
    if (more == 1 && (last == '.' || last == '/' || last == '\\')) {
        *means = last == '.' ? '.' : '/';
        return at - r->at;
    }
    return 0;
}

struct spelling {
    struct pen_str bytes;
    char means;
};

static const struct spelling hexadecimal[] = {
    {PEN_STR("0x2e"), '.'}, {PEN_STR("0x2f"), '/'}, {PEN_STR("0x5c"), '/'}};
static const struct spelling further[] = {{PEN_STR("x2e"), '.'}}; /* behind a 0x2e: 0x2ex2e */
static const struct spelling wide[] = {
    {PEN_STR("%u002e"), '.'}, {PEN_STR("%u002f"), '/'}, {PEN_STR("%u005c"), '/'},
    {PEN_STR("%u2215"), '/'}, {PEN_STR("%u2216"), '/'}, {PEN_STR("%uff0e"), '.'},
    {PEN_STR("%uff0f"), '/'}, {PEN_STR("%uefc8"), '/'}, /* best fit of IIS */
    {PEN_STR("%uf025"), '/'}, {PEN_STR("%uf05c"), '/'},
};
static const struct spelling strokes[] = {
    {PEN_STR("\xe2\x88\x95"), '/'}, /* U+2215 */
    {PEN_STR("\xe2\x88\x96"), '/'}, /* U+2216 */
};
static const struct spelling full_width[] = {
    {PEN_STR("\xef\xbc\x8f"), '/'}, /* U+FF0F */
    {PEN_STR("\xef\xbc\xbc"), '/'}, /* U+FF3C */
    {PEN_STR("\xef\xbc\x8e"), '.'}, /* U+FF0E */
};

/* One of `list`, which share their first two bytes, at hand; 0: none. */
static size_t one_of(const struct reader *r, const struct spelling *list, size_t count, char *means)
{
    if (pen_to_lower((char)byte_at(r, r->at + 1)) != list[0].bytes.ptr[1]) return 0;
    const char third = pen_to_lower((char)byte_at(r, r->at + 2));
    for (size_t i = 0; i < count; i++) {
        if (list[i].bytes.ptr[2] != third) continue;
        if (!pen_str_stands_fold(r->text, r->at, list[i].bytes)) continue;
        *means = list[i].means;
        return list[i].bytes.len;
    }
    return 0;
}

static size_t table_at(const struct reader *r, char *means)
{
    switch (byte_at(r, r->at)) {
    case '0':
        return one_of(r, hexadecimal, PEN_COUNT_OF(hexadecimal), means);
    case 'x':
    case 'X':
        return one_of(r, further, PEN_COUNT_OF(further), means);
    case '%':
        return one_of(r, wide, PEN_COUNT_OF(wide), means);
    case 0xe2:
        return one_of(r, strokes, PEN_COUNT_OF(strokes), means);
    case 0xef:
        return one_of(r, full_width, PEN_COUNT_OF(full_width), means);
    default:
        return 0;
    }
}

/* What table_at() and overlong_at() look for begins so: no letters of living languages do. */
static bool may_respell(const struct reader *r, unsigned char c)
{
    if (c == '0') return (byte_at(r, r->at + 1) | 0x20) == 'x';
    if (c == 'x' || c == 'X') return r->name->respelled > 0;
    if (c == '%') return pen_is_alnum((char)byte_at(r, r->at + 1));
    if (c == 0xe2) return byte_at(r, r->at + 1) == 0x88;
    if (c == 0xef) return byte_at(r, r->at + 1) == 0xbc;
    return c == 0xc0 || c == 0xc1 || c == 0xe0 || c == 0xf0 || c == 0xf8 || c == 0xfc;
}

/* Bytes that may be more than one of a name, and those of them that other spellings begin with. */
#define MARK 1
#define ODD  2

static const unsigned char marks[256] = {
    [0x0] = MARK,  [0x1] = MARK,  [0x2] = MARK,  [0x3] = MARK,  [0x4] = MARK,  [0x5] = MARK,
    [0x6] = MARK,  [0x7] = MARK,  [0x8] = MARK,  [0xb] = MARK,  [0xc] = MARK,  [0xe] = MARK,
    [0xf] = MARK,  [0x10] = MARK, [0x11] = MARK, [0x12] = MARK, [0x13] = MARK, [0x14] = MARK,
    [0x15] = MARK, [0x16] = MARK, [0x17] = MARK, [0x18] = MARK, [0x19] = MARK, [0x1a] = MARK,
    [0x1b] = MARK, [0x1c] = MARK, [0x1d] = MARK, [0x1e] = MARK, [0x1f] = MARK, ['.'] = MARK,
    ['/'] = MARK,  ['\\'] = MARK, [';'] = MARK,  ['?'] = MARK,  ['0'] = ODD,   ['x'] = ODD,
    ['X'] = ODD,   ['%'] = ODD,   [0xc0] = ODD,  [0xc1] = ODD,  [0xe0] = ODD,  [0xe2] = ODD,
    [0xef] = ODD,  [0xf0] = ODD,  [0xf8] = ODD,  [0xfc] = ODD,
};

/* The character at hand, lower case, with '/' for every slash; moves behind it. */
static char next_character(struct reader *r)
{
    const unsigned char c = byte_at(r, r->at);
    struct pen_path_name *const name = r->name;
    if (marks[c] != ODD) {
        r->at++;
        if (c == '/') name->slash = true;
        if (c == '\\') name->backslash = true;
        return c == '\\' ? '/' : (char)c;
    }
    char means = 0;
    size_t bytes = 0;
    if (may_respell(r, c)) {
        bytes = table_at(r, &means);
        if (bytes == 0) bytes = overlong_at(r, &means);
    }
    if (bytes == 0 && c == '%') {
        unsigned int unit = 0;
        const size_t taken = unit_at(r, r->at, &unit);
        /* A well-formed one is a leaf of its own once it is decoded; this is the ill-formed rest.
         */
        const bool well_formed = taken == 3 && pen_hex_value(r->text.ptr[r->at + 1]) >= 0
                                 && pen_hex_value(r->text.ptr[r->at + 2]) >= 0;
        if (taken > 1 && !well_formed && (unit == '.' || unit == '/' || unit == '\\')) {
            bytes = taken;
            means = unit == '.' ? '.' : '/';
        } else if (byte_at(r, r->at + 1) >= 0xc0) {
            r->at++; /* a stray sign before an overlong character */
            name->respelled++;
            return next_character(r);
        }
    }
    if (bytes > 0) {
        r->at += bytes;
        name->respelled++;
        return means;
    }
    r->at++;
    if (c == 0xc0 || c == 0xc1) name->respelled++; /* in no UTF-8; decoders differ on them */
    return pen_to_lower((char)c);
}

static void keep(struct pen_path_name *name, const struct segment *segment)
{
    const size_t slot = name->depth % PEN_PATH_KEPT;
    const size_t length = segment->length < PEN_PATH_SEGMENT ? segment->length : PEN_PATH_SEGMENT;
    memcpy(name->kept[slot], segment->text, length);
    name->kept_length[slot] = length;
    name->depth++;
    if (name->kept_count < PEN_PATH_KEPT) name->kept_count++;
}

static void step_up(struct reader *r)
{
    struct pen_path_name *const name = r->name;
    if (name->separators <= 1 && name->names == 0 && name->up == 0) name->starts_with_up = true;
    if (r->padding) name->padded = true;
    name->up++;
    if (name->depth == 0) {
        name->above++;
        return;
    }
    name->depth--;
    if (name->kept_count > 0) name->kept_count--;
}

static void end_segment(struct reader *r)
{
    struct segment *const s = &r->segment;
    struct pen_path_name *const name = r->name;
    while (s->length > 0 && s->length <= PEN_PATH_SEGMENT && pen_is_space(s->text[s->length - 1])) {
        s->length--; /* Windows drops them: ".. /" is "../" */
    }
    if (s->length == 0) {
        name->empty++;
    } else if (s->dots == s->length) {
        if (s->dots == 1) name->here++;
        if (s->dots == 2) step_up(r);
        if (s->dots == 2 && s->parameter) name->respelled++; /* "..;/": Java servers drop it */
        if (s->dots > 2) name->dots++;
        if (s->dots > name->most_dots) name->most_dots = s->dots;
    } else if (s->dots == 2 && s->dots + s->percents == s->length) {
        name->respelled++; /* "..%": the rest of a decoding that did not come out */
        step_up(r);
    } else if (s->length == 2 && s->questions > 0 && s->dots + s->questions == 2) {
        name->wild++;
    } else {
        if (s->leading_dots > 2) name->dotted++;
        if (s->leading_dots > 1 && name->respelled > 0) name->dotted++;
        if (s->leading_dots > name->most_dots) name->most_dots = s->leading_dots;
        if (s->length > PEN_PATH_LONGEST) r->padding = true;
        name->names++;
        keep(name, s);
    }
    /* Not the text: it is written before it is read. */
    s->length = s->dots = s->leading_dots = s->questions = s->percents = 0;
    s->parameter = false;
}

static void add_to_segment(struct segment *s, char c)
{
    if (s->parameter) return;
    if (c == ';' && s->length > 0) {
        s->parameter = true;
        return;
    }
    if (s->length < PEN_PATH_SEGMENT) s->text[s->length] = c;
    if (c == '.' && s->leading_dots == s->length) s->leading_dots++;
    if (c == '.') s->dots++;
    if (c == '?') s->questions++;
    if (c == '%') s->percents++;
    s->length++;
}

/* Bytes that are nothing but part of a segment, all at once. */
static void skip_plain(struct reader *r)
{
    struct segment *const s = &r->segment;
    const size_t start = r->at;
    size_t end = start;
    while (end < r->text.len && marks[(unsigned char)r->text.ptr[end]] == 0) {
        if (pen_is_space(r->text.ptr[end])) r->name->space = true;
        end++;
    }
    r->at = end;
    if (s->parameter) return;
    for (size_t i = start; i < end && s->length + (i - start) < PEN_PATH_SEGMENT; i++) {
        s->text[s->length + (i - start)] = pen_to_lower(r->text.ptr[i]);
    }
    s->length += end - start;
}

/* One such byte, of the head too. */
static void take_plain(struct reader *r)
{
    struct pen_path_name *const name = r->name;
    struct segment *const s = &r->segment;
    const char c = pen_to_lower(r->text.ptr[r->at++]);
    name->head[name->head_length++] = c;
    if (pen_is_space(c)) name->space = true;
    if (s->parameter) return;
    if (s->length < PEN_PATH_SEGMENT) s->text[s->length] = c;
    s->length++;
}

void pen_path_read(struct pen_str text, struct pen_path_name *out)
{
    /* The ring is written before it is read. */
    memset((char *)out + offsetof(struct pen_path_name, kept_count), 0,
           sizeof(*out) - offsetof(struct pen_path_name, kept_count));
    struct reader r = {.text = text, .name = out};
    while (r.at < text.len) {
        if (out->head_length == PEN_PATH_HEAD) skip_plain(&r);
        if (r.at == text.len) break;
        if (marks[byte_at(&r, r.at)] == 0) {
            take_plain(&r);
            continue;
        }
        const char c = next_character(&r);
        if (out->head_length < PEN_PATH_HEAD) out->head[out->head_length++] = c;
        if (c == ' ' || c == '\n' || c == '\t' || c == '\r') out->space = true;
        if (c == '/') {
            end_segment(&r);
            out->separators++;
        } else if (c == '\0') {
            out->nul = true;
        } else if ((unsigned char)c < 0x20 && c != '\n' && c != '\t' && c != '\r') {
            out->control = true;
        } else {
            add_to_segment(&r.segment, c);
        }
    }
    if (r.segment.length > 0) end_segment(&r);
}

void pen_path_tail(const struct pen_path_name *name, struct pen_buf *buf)
{
    for (size_t i = name->depth - name->kept_count; i < name->depth; i++) {
        if (buf->len > 0) pen_buf_byte(buf, '/');
        pen_buf_put(buf, (struct pen_str){name->kept[i % PEN_PATH_KEPT],
                                          name->kept_length[i % PEN_PATH_KEPT]});
    }
}

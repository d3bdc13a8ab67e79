/** Other readings of a text, written out and judged as markup. */
#include "filters/xss_readings.h"

#include <string.h>

#include "filters/html_lexer.h"

#define READING_SCORE 85 /* most for what is there only in another encoding */
#define SHIFT_SCORE   75 /* for any tag in UTF-7: nobody writes pages in it */

typedef struct pen_str reading(struct pen_str text, char *out);

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (pen_is_digit(c)) return c - '0' + 52;
    return c == '+' ? 62 : c == '/' || c == ',' ? 63 : -1;
}

/* One shifted run behind its '+' or '&': UTF-16 in base64 (RFC 2152, RFC 3501 5.1.3). What is not
   ASCII becomes '?'. Returns the bytes read, 0 when it stands for nothing. */
static size_t shifted(struct pen_str rest, char *out, size_t *written)
{
    unsigned int bits = 0;
    unsigned int held = 0;
    size_t at = 0;
    size_t units = 0;
    for (; at < rest.len && base64_value(rest.ptr[at]) >= 0; at++) {
        bits = (bits << 6 | (unsigned int)base64_value(rest.ptr[at])) & 0x3fffff;
        held += 6;
        if (held < 16) continue;
        held -= 16;
        const unsigned int unit = bits >> held & 0xffff;
        out[units++] = unit < 0x80 ? (char)unit : '?';
    }
    *written = units;
    if (units == 0) return 0;
    return at < rest.len && rest.ptr[at] == '-' ? at + 1 : at;
}

/* +ADw-script+AD4-, and &ADz- in the form of mail folders. Lists that were put into lower case
   hold +adw-, which stands for nothing but is meant. */
static struct pen_str from_utf7(struct pen_str text, char *out)
{
    size_t length = 0;
    for (size_t i = 0; i < text.len;) {
        if (text.ptr[i] != '+' && text.ptr[i] != '&') {
            out[length++] = text.ptr[i++];
            continue;
        }
        const struct pen_str rest = {text.ptr + i + 1, text.len - i - 1};
        const bool may_be_sign = rest.len > 3 && rest.ptr[3] == '-';
        if (may_be_sign && pen_str_starts_fold(rest, PEN_S("adw-"))) {
            out[length++] = '<';
            i += 5;
        } else if (may_be_sign && pen_str_starts_fold(rest, PEN_S("ad4-"))) {
            out[length++] = '>';
            i += 5;
        } else {
            size_t written = 0;
            const size_t used = shifted(rest, out + length, &written);
            length += written;
            if (used == 0) out[length++] = text.ptr[i];
            i += used + 1;
        }
    }
    return (struct pen_str){out, length};
}

/* ¼script¾: the eighth bit is dropped by whoever takes the page for ASCII. */
static struct pen_str from_seven_bits(struct pen_str text, char *out)
{
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];
        if ((c == 0xc2 || c == 0xc3) && i + 1 < text.len) {
            const unsigned char low = (unsigned char)text.ptr[++i];
            out[length++] = (char)((c == 0xc3 ? low + 0x40 : low) & 0x7f);
        } else {
            out[length++] = (char)(c & 0x7f);
        }
    }
    return (struct pen_str){out, length};
}

/* The bytes of the mark that the text begins with, 0 for none. */
static size_t mark_at(struct pen_str rest)
{
    static const struct pen_str marks[] = {PEN_STR("<![CDATA["), PEN_STR("<!--"), PEN_STR("-->"),
                                           PEN_STR("]]>"), PEN_STR("]]")};
    /* Most signs begin none of them, and are told by the next byte. */
    if (rest.len < 2 || rest.ptr[1] != (rest.ptr[0] == '<' ? '!' : rest.ptr[0])) return 0;
    for (size_t i = 0; i < PEN_COUNT_OF(marks); i++) {
        if (pen_str_starts_fold(rest, marks[i])) return marks[i].len;
    }
    return 0;
}

/* javas]]><![CDATA[cript:: the sections' marks are gone when the parts are put together. */
static struct pen_str without_marks(struct pen_str text, char *out)
{
    size_t length = 0;
    for (size_t i = 0; i < text.len;) {
        const char c = text.ptr[i];
        size_t mark = 0;
        if (c == '<' || c == '-' || c == ']') mark = mark_at(pen_str_slice(text, i, text.len));
        /* What a comment says between its marks goes with them, when it is blank. */
        if (mark == 0) out[length++] = c;
        i += mark > 0 ? mark : 1;
        while (mark == 4 && i < text.len && text.ptr[i] == ' ') {
            i++;
        }
    }
    return (struct pen_str){out, length};
}

static bool has_tag(struct pen_str text)
{
    for (size_t at = pen_str_find(text, '<', 0); at < text.len;
         at = pen_str_find(text, '<', at + 1)) {
        if (pen_html_tag_starts(text, at)) return true;
    }
    return false;
}

static struct pen_xss_evidence judge(struct pen_str text)
{
    static const struct pen_xss_exits exits = {.count = 0};
    struct pen_js_known known = {.next = 0};
    bool doubtful = false;
    return pen_xss_tags(text, NULL, &exits, &known, &doubtful);
}

/* "+ADw", "&AD4", "&ADz" in any case, the sign at `at`. */
static bool is_shift(struct pen_str text, size_t at)
{
    if (at + 4 >= text.len || (text.ptr[at + 1] | 0x20) != 'a') return false;
    const char last = (char)(text.ptr[at + 3] | 0x20);
    return (text.ptr[at + 2] | 0x20) == 'd' && (last == 'w' || last == 'z' || last == '4');
}

static bool has_quarter(struct pen_str text)
{
    size_t at = pen_str_find(text, '\xbc', 0);
    while (at < text.len && (at == 0 || text.ptr[at - 1] != '\xc2')) {
        at = pen_str_find(text, '\xbc', at + 1);
    }
    if (at + 1 >= text.len) return false;
    const char next = text.ptr[at + 1];
    return (pen_is_alpha(next) || next == '/' || next == '!')
           && pen_str_find_str(text, PEN_S("\xc2\xbe")) < text.len;
}

/* Where the marks end that begin at `at`; there where none do. */
static size_t behind_marks(struct pen_str text, size_t at)
{
    size_t end = at;
    for (size_t mark = mark_at(pen_str_slice(text, end, text.len)); mark > 0;
         mark = mark_at(pen_str_slice(text, end, text.len))) {
        end = pen_html_skip_space(text, end + mark);
    }
    return end;
}

struct signs {
    bool shift;
    bool split; /* marks within a word: between words they part nothing that belongs together */
};

static struct signs signs_of(struct pen_str text)
{
    static const bool hints[256] = {
        ['+'] = true, ['&'] = true, ['<'] = true, ['-'] = true, [']'] = true};
    struct signs signs = {.shift = false};
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        if (!hints[(unsigned char)c]) continue;
        if (c == '+' || c == '&') {
            signs.shift = signs.shift || is_shift(text, i);
            continue;
        }
        if (signs.split || i == 0 || !pen_is_alpha(text.ptr[i - 1])) continue;
        const size_t end = behind_marks(text, i);
        signs.split = end > i && end < text.len && pen_is_alpha(text.ptr[end]);
        if (end > i) i = end - 1;
    }
    return signs;
}

enum pen_status pen_xss_readings(struct pen_str text, struct pen_arena *arena,
                                 struct pen_xss_evidence *out)
{
    const struct signs signs = signs_of(text);
    const struct {
        bool applies;
        reading *read;
    } readings[] = {
        {signs.shift, from_utf7},
        {has_quarter(text), from_seven_bits},
        {signs.split, without_marks},
    };
    struct pen_xss_evidence best = {.rule = NULL};
    for (size_t i = 0; i < PEN_COUNT_OF(readings); i++) {
        if (!readings[i].applies) continue;
        char *const bytes = pen_arena_bytes(arena, text.len);
        if (bytes == NULL) return PEN_ERR_NOMEM;

        const struct pen_str plain = readings[i].read(text, bytes);
        struct pen_xss_evidence evidence = judge(plain);
        if (readings[i].read == from_utf7 && evidence.score < SHIFT_SCORE && has_tag(plain)
            && !has_tag(text)) {
            evidence = pen_xss_found("xss.script", SHIFT_SCORE, 0, text.len);
        }
        if (evidence.score > READING_SCORE) evidence.score = READING_SCORE;
        evidence.span = (struct pen_span){0, text.len};
        best = pen_xss_stronger(best, evidence);
    }
    *out = best;
    return PEN_OK;
}

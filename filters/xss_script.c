/** Words and what follows them, one character at a time. */
#include "filters/xss_script.h"

#include <string.h>

#include "filters/html_text.h"
#include "filters/xss_words.h"

#define WORD_BYTES   28 /* longer words mean nothing here */
#define SYMBOL_RUN   24 /* brackets and signs in a row: a program written without letters */
#define KNOWN_BYTES  64 /* of a value: reading a shorter one again is cheaper than to keep it */
#define SPELLED_LEAD 2  /* escapes in one word that spell it out */
#define FIRST_STRIDE 64 /* bytes between two steps of a short text's trail */
#define LOOK_AHEAD   32 /* bytes at most that a sign's meaning depends on: a reference, an ending */

struct reader {
    struct pen_html_chars chars;
    struct pen_js_sight sight;
    enum pen_js_power raised; /* since the last step of a trail */
    char word[WORD_BYTES];
    size_t length;
    bool capital; /* the word begins with one: Function, Image */
    struct pen_js_context now;
};

static void raise_to(struct reader *r, enum pen_js_power power)
{
    if (power > r->sight.power) r->sight.power = power;
    if (power > r->raised) r->raised = power;
    if (power >= PEN_JS_NAMES && r->chars.at < r->sight.named_at) r->sight.named_at = r->chars.at;
    if (power == PEN_JS_HARMS) r->sight.harmed_at = r->chars.at;
}

/* What a byte is to a program. Zero: white space and other control bytes, which are nothing. */
enum {
    WORD = 1,
    SPELLED, /* may stand for another character */
    SIGN,    /* ends what belongs to the word before it */
    STOP,    /* and the statement or argument */
    JOINT,   /* (alert)(1), window['alert'](1), alert?.(1): it does not */
    ACTIVE,  /* something is done with the word before it */
};

static const unsigned char classes[128] = {
    ['$'] = WORD,     ['_'] = WORD,   ['0'] = WORD,   ['1'] = WORD,   ['2'] = WORD,
    ['3'] = WORD,     ['4'] = WORD,   ['5'] = WORD,   ['6'] = WORD,   ['7'] = WORD,
    ['8'] = WORD,     ['9'] = WORD,   ['a'] = WORD,   ['b'] = WORD,   ['c'] = WORD,
    ['d'] = WORD,     ['e'] = WORD,   ['f'] = WORD,   ['g'] = WORD,   ['h'] = WORD,
    ['i'] = WORD,     ['j'] = WORD,   ['k'] = WORD,   ['l'] = WORD,   ['m'] = WORD,
    ['n'] = WORD,     ['o'] = WORD,   ['p'] = WORD,   ['q'] = WORD,   ['r'] = WORD,
    ['s'] = WORD,     ['t'] = WORD,   ['u'] = WORD,   ['v'] = WORD,   ['w'] = WORD,
    ['x'] = WORD,     ['y'] = WORD,   ['z'] = WORD,   ['A'] = WORD,   ['B'] = WORD,
    ['C'] = WORD,     ['D'] = WORD,   ['E'] = WORD,   ['F'] = WORD,   ['G'] = WORD,
    ['H'] = WORD,     ['I'] = WORD,   ['J'] = WORD,   ['K'] = WORD,   ['L'] = WORD,
    ['M'] = WORD,     ['N'] = WORD,   ['O'] = WORD,   ['P'] = WORD,   ['Q'] = WORD,
    ['R'] = WORD,     ['S'] = WORD,   ['T'] = WORD,   ['U'] = WORD,   ['V'] = WORD,
    ['W'] = WORD,     ['X'] = WORD,   ['Y'] = WORD,   ['Z'] = WORD,   ['&'] = SPELLED,
    ['\\'] = SPELLED, ['.'] = JOINT,  [')'] = JOINT,  [']'] = JOINT,  ['\''] = JOINT,
    ['"'] = JOINT,    ['?'] = JOINT,  [';'] = STOP,   [','] = STOP,   ['{'] = STOP,
    ['}'] = STOP,     ['('] = ACTIVE, ['`'] = ACTIVE, ['['] = ACTIVE, ['='] = ACTIVE,
    ['/'] = ACTIVE,   ['*'] = ACTIVE, ['!'] = SIGN,   ['#'] = SIGN,   ['%'] = SIGN,
    ['+'] = SIGN,     ['-'] = SIGN,   [':'] = SIGN,   ['<'] = SIGN,   ['>'] = SIGN,
    ['@'] = SIGN,     ['^'] = SIGN,   ['|'] = SIGN,   ['~'] = SIGN,   ['\x7f'] = SIGN,
};

/* Letters, digits, '_', '$' and whatever is no ASCII. */
static inline bool is_word_char(int c)
{
    return c >= 0x80 || (c >= 0 && classes[c] == WORD);
}

/* Behind a backslash: \u0061, \u{61}, \x61 stand for a character, anything else for itself. */
static int escaped_char(struct reader *r)
{
    const struct pen_str text = r->chars.text;
    size_t at = r->chars.at;
    if (at >= text.len) return '\\';
    const char kind = text.ptr[at++];
    if (kind != 'u' && kind != 'x') return '\\';

    const bool braced = at < text.len && text.ptr[at] == '{';
    if (braced) at++;
    const size_t most = braced ? 8 : kind == 'u' ? 4 : 2;
    unsigned int value = 0;
    size_t digits = 0;
    while (digits < most && at < text.len && pen_hex_value(text.ptr[at]) >= 0) {
        value = value * 16 + (unsigned int)pen_hex_value(text.ptr[at++]);
        digits++;
    }
    if (digits == 0) return '\\';
    if (braced && at < text.len && text.ptr[at] == '}') at++;
    r->chars.at = at;
    r->now.escapes++;
    return value < 0x80 ? (int)value : 0x80;
}

/* A word begins with this character. */
static inline void begin_word(struct reader *r, int c)
{
    r->now.before = r->now.last_char;
    r->capital = c >= 'A' && c <= 'Z';
    r->now.symbols = 0;
    r->now.brackets = false;
}

/* A word's piece that is put together with others, since references or escapes spell one. */
static void add_to_word(struct reader *r, const char *piece, size_t length)
{
    if (r->length < WORD_BYTES) {
        const size_t room = WORD_BYTES - r->length;
        memcpy(r->word + r->length, piece, length < room ? length : room);
    }
    r->length += length;
    r->now.last_char = piece[length - 1];
}

static bool is_sink(enum pen_js_word kind)
{
    return kind == PEN_JS_WORD_SINK || kind == PEN_JS_WORD_METHOD;
}

/* The word is whole: what it is, and what it is of. */
static void end_word(struct reader *r, struct pen_str word)
{
    enum pen_js_word kind =
        word.len > 1 && word.len < WORD_BYTES ? pen_js_word_of(word) : PEN_JS_WORD_OTHER;
    if (r->capital && kind == PEN_JS_WORD_KEYWORD && pen_str_equal_fold(word, PEN_S("function")))
        kind = PEN_JS_WORD_SINK;
    if (kind == PEN_JS_WORD_BINDER && is_sink(r->now.last)) kind = PEN_JS_WORD_SINK;
    if (r->now.escapes > 0 && (is_sink(kind) || r->now.escapes >= SPELLED_LEAD)) {
        raise_to(r, is_sink(kind) ? PEN_JS_HARMS : PEN_JS_NAMES);
    }
    if (is_sink(kind)) raise_to(r, PEN_JS_NAMES);
    if (kind == PEN_JS_WORD_SECRET && (r->now.before == '.' || word.len > 6)) {
        raise_to(r, r->now.last == PEN_JS_WORD_PAGE || word.len > 6 ? PEN_JS_HARMS : PEN_JS_NAMES);
    }
    r->now.of_object = r->now.before == '.';
    r->now.object = r->now.last;
    r->now.last = kind;
    r->now.word_before = true;
    r->now.escapes = 0;
}

static int peek(const struct reader *r)
{
    struct pen_html_chars ahead = r->chars;
    return pen_html_char(&ahead);
}

/* location, or what belongs to it: location.href, location.assign */
static bool is_place(const struct reader *r)
{
    return r->now.last == PEN_JS_WORD_PLACE
           || (r->now.of_object && r->now.object == PEN_JS_WORD_PLACE);
}

/* "alert(s)", "confirm(ed)", "eval(uation)": a word's ending, as sentences have it. */
static bool is_ending(const struct reader *r)
{
    static const struct pen_str endings[] = {PEN_STR("s)"),  PEN_STR("es)"),  PEN_STR("ed)"),
                                             PEN_STR("er)"), PEN_STR("ing)"), PEN_STR("uation)")};
    const struct pen_str rest = pen_str_slice(r->chars.text, r->chars.at, r->chars.text.len);
    for (size_t i = 0; i < PEN_COUNT_OF(endings); i++) {
        if (pen_str_starts(rest, endings[i])) return true;
    }
    return false;
}

static void called(struct reader *r)
{
    const bool harms = r->now.last == PEN_JS_WORD_SINK || r->now.last == PEN_JS_WORD_MAKER
                       || r->now.picks || is_place(r);
    if (harms) {
        if (!is_ending(r)) raise_to(r, PEN_JS_HARMS);
    } else if (r->now.word_before && r->now.last != PEN_JS_WORD_KEYWORD) {
        raise_to(r, PEN_JS_ACTS);
    }
}

static bool is_comparison(char c)
{
    return c == '=' || c == '!' || c == '<' || c == '>';
}

static void assigned(struct reader *r)
{
    if (is_place(r)) {
        raise_to(r, PEN_JS_HARMS);
    } else if (r->now.word_before) {
        raise_to(r, PEN_JS_ACTS);
    }
}

/* A sign that does something with the word before it. */
static void act(struct reader *r, int c)
{
    int next = 0;
    switch (c) {
    case '(':
        called(r);
        r->now.last = PEN_JS_WORD_OTHER;
        r->now.word_before = false;
        return;
    case '`':
        /* `alert` in Markdown is no call. */
        if (r->now.last_char != '`' && r->now.before != '`') called(r);
        return;
    case '[':
        if (r->now.last == PEN_JS_WORD_WINDOW || r->now.last == PEN_JS_WORD_PAGE) {
            raise_to(r, PEN_JS_NAMES);
            r->now.picks = true;
        }
        return;
    case '=':
        if (is_comparison(r->now.last_char)) return;
        next = peek(r);
        if (next == '=' || next == '>') return;
        assigned(r);
        r->now.last = PEN_JS_WORD_OTHER;
        return;
    default: /* '/' and '*' */
        /* The marks of a comment that was not skipped. */
        if (r->now.last_char == '/' || r->now.last_char == '*') return;
        next = peek(r);
        if (next == '*' || next == '/') return;
        r->now.last = PEN_JS_WORD_OTHER;
        r->now.of_object = false;
        return;
    }
}

/* A sign behind a word: what it does to it, and whether the word is still the one at hand. */
static inline void sign(struct reader *r, int c)
{
    const unsigned char kind = classes[c];
    r->now.symbols++;
    if (c == '[') r->now.brackets = true;
    if (r->now.symbols >= SYMBOL_RUN && r->now.brackets) raise_to(r, PEN_JS_HARMS);
    if (kind == ACTIVE) {
        act(r, c);
    } else if (kind != JOINT) { /* location.href = ... is the place still */
        r->now.last = PEN_JS_WORD_OTHER;
        r->now.of_object = false;
        if (kind == STOP) r->now.picks = r->now.word_before = false;
    }
    r->now.last_char = (char)c;
}

/* Jumps over a comment whose slash has been read. One that holds quotes may be a string's end and a
   program for whoever reads the text in another place: its inside is read. */
static bool jump_comment(struct reader *r)
{
    const struct pen_str text = r->chars.text;
    const size_t start = r->chars.at;
    if (start < r->now.no_comment) return false;

    const struct pen_str rest = pen_str_slice(text, start + 1, text.len);
    const size_t length = pen_str_find_str(rest, PEN_S("*/"));
    r->now.no_comment = start + 1 + length;
    if (length == rest.len || memchr(rest.ptr, '\'', length) != NULL
        || memchr(rest.ptr, '"', length) != NULL || memchr(rest.ptr, '`', length) != NULL) {
        return false;
    }
    r->chars.at = start + 1 + length + 2;
    return true;
}

static int next_char(struct reader *r)
{
    const int c = pen_html_char(&r->chars);
    return c == '\\' ? escaped_char(r) : c;
}

/* Goes behind the word at hand and returns the character there. Most words stand for themselves and
   are read where they stand. */
static int skip_word(struct reader *r)
{
    const struct pen_str text = r->chars.text;
    const size_t start = r->chars.at;
    size_t end = start;
    while (end < text.len && is_word_char((unsigned char)text.ptr[end])) {
        end++;
    }
    r->chars.at = end;
    if (end > start) {
        begin_word(r, (unsigned char)text.ptr[start]);
        r->now.last_char = text.ptr[end - 1];
    }
    int c = next_char(r);
    if (!is_word_char(c)) {
        if (end > start) end_word(r, (struct pen_str){text.ptr + start, end - start});
        return c;
    }
    if (end > start) {
        add_to_word(r, text.ptr + start, end - start);
    } else {
        begin_word(r, c);
    }
    for (; is_word_char(c); c = next_char(r)) {
        const char spelled = (char)c;
        add_to_word(r, &spelled, 1);
    }
    end_word(r, (struct pen_str){r->word, r->length});
    r->length = 0;
    return c;
}

static inline bool skip_comment(struct reader *r)
{
    const struct pen_str text = r->chars.text;
    return r->chars.at < text.len && text.ptr[r->chars.at] == '*' && jump_comment(r);
}

/* Reads on behind the first sign that ends at `until` or further on, or that harms; false at the
   end. */
static bool read_to(struct reader *r, size_t until, bool harm_ends)
{
    const struct pen_str text = r->chars.text;
    while (r->chars.at < text.len) {
        int c = (unsigned char)text.ptr[r->chars.at];
        if (c >= 0x80 || classes[c] == WORD || classes[c] == SPELLED) {
            c = skip_word(r);
        } else {
            r->chars.at++;
        }
        if (c <= 0x20 || (c == '/' && skip_comment(r))) continue;
        sign(r, c);
        if (r->chars.at >= until || (harm_ends && r->sight.power == PEN_JS_HARMS)) return true;
    }
    return false;
}

static struct reader begin(struct pen_str text)
{
    return (struct reader){.chars = {text, 0}, .sight = {.named_at = SIZE_MAX}};
}

/* As far as to know the most that a text can do. */
enum pen_js_power pen_js_power(struct pen_str text)
{
    struct reader r = begin(text);
    (void)read_to(&r, SIZE_MAX, true);
    return r.sight.power;
}

/* Every other step is enough, and so it goes on. */
static void thin_out(struct pen_js_trail *trail)
{
    for (size_t i = 0; i < PEN_JS_STEPS / 2; i++) {
        const struct pen_js_step *const pair = &trail->steps[2 * i];
        const enum pen_js_power power =
            pair[0].power > pair[1].power ? pair[0].power : pair[1].power;
        trail->steps[i] = pair[0];
        trail->steps[i].power = power;
    }
    trail->count = PEN_JS_STEPS / 2;
    trail->stride *= 2;
}

static void end_step(struct pen_js_trail *trail, struct reader *r)
{
    if (trail->count > 0) trail->steps[trail->count - 1].power = r->raised;
    r->raised = PEN_JS_IDLE;
}

struct pen_js_sight pen_js_sight(struct pen_str text, struct pen_js_known *known)
{
    struct reader r = begin(text);
    struct pen_js_trail *const trail = &known->trail;
    trail->text = text;
    trail->stride = FIRST_STRIDE;
    trail->count = 0;
    size_t next = 0;
    while (read_to(&r, next, false)) {
        end_step(trail, &r);
        if (trail->count == PEN_JS_STEPS) thin_out(trail);
        trail->steps[trail->count++] = (struct pen_js_step){.at = r.chars.at, .context = r.now};
        next = r.chars.at + trail->stride;
    }
    end_step(trail, &r);
    return r.sight;
}

/* Two readers at byte `at`, the second of which counts from `from` on, go on alike. */
static bool is_same(const struct pen_js_context *a, const struct pen_js_context *b, size_t at,
                    size_t from)
{
    const size_t no_comment = b->no_comment + from;
    const bool comments = a->no_comment == no_comment || (a->no_comment <= at && no_comment <= at);
    const bool symbols =
        a->brackets == b->brackets
        && (a->symbols == b->symbols || (a->symbols >= SYMBOL_RUN && b->symbols >= SYMBOL_RUN));
    return comments && symbols && a->escapes == b->escapes && a->before == b->before
           && a->last_char == b->last_char && a->last == b->last && a->object == b->object
           && a->picks == b->picks && a->of_object == b->of_object
           && a->word_before == b->word_before;
}

/* A part of the text whose trail is known, from its byte `from` on: as soon as the reader stands as
   the one of the whole text stood there, what lies between the steps is known. */
static enum pen_js_power follow(const struct pen_js_trail *trail, struct pen_str text, size_t from)
{
    struct reader r = begin(text);
    size_t i = 0;
    while (i < trail->count && trail->steps[i].at <= from) {
        i++;
    }
    for (;;) {
        const size_t next = i < trail->count ? trail->steps[i].at - from : SIZE_MAX;
        if (!read_to(&r, next, true) || r.sight.power == PEN_JS_HARMS) return r.sight.power;
        const size_t at = from + r.chars.at;
        while (i < trail->count && trail->steps[i].at < at) {
            i++;
        }
        if (i == trail->count || trail->steps[i].at > at
            || !is_same(&trail->steps[i].context, &r.now, at, from)) {
            if (i < trail->count && trail->steps[i].at == at) i++;
            continue;
        }
        for (; i + 1 < trail->count && trail->steps[i + 1].at + LOOK_AHEAD <= from + text.len;
             i++) {
            raise_to(&r, trail->steps[i].power);
        }
        r.chars.at = trail->steps[i].at - from;
        r.now = trail->steps[i].context;
        r.now.no_comment = r.now.no_comment > from ? r.now.no_comment - from : 0;
        i++;
    }
}

/* The part of a text, which has been seen as a whole, that begins at its byte `from`. */
static enum pen_js_power power_of_part(struct pen_str part, const struct pen_js_trail *trail)
{
    if (trail->count == 0) return pen_js_power(part);
    return follow(trail, part, (size_t)(part.ptr - trail->text.ptr));
}

enum pen_js_power pen_js_power_known(struct pen_str text, struct pen_js_known *known)
{
    if (text.len < KNOWN_BYTES) return pen_js_power(text);
    for (size_t i = 0; i < PEN_JS_KNOWN; i++) {
        const struct pen_str other = known->text[i];
        if (other.ptr == text.ptr && other.len == text.len) return known->power[i];
    }
    const size_t slot = known->next;
    known->next = (slot + 1) % PEN_JS_KNOWN;
    known->text[slot] = text;
    known->power[slot] = power_of_part(text, &known->trail);
    return known->power[slot];
}

bool pen_js_reads_as_prose(struct pen_str text)
{
    size_t at = 0;
    while (at < text.len && (unsigned char)text.ptr[at] <= 0x20) {
        at++;
    }
    const size_t start = at;
    while (at < text.len && at - start < WORD_BYTES - 1
           && (pen_is_alpha(text.ptr[at]) || (unsigned char)text.ptr[at] >= 0x80)) {
        at++;
    }
    const size_t length = at - start;
    if (length == 0 || at + 1 >= text.len || text.ptr[at] != ' ') return false;
    const enum pen_js_word kind = pen_js_word_of(pen_str_slice(text, start, at));
    return kind != PEN_JS_WORD_KEYWORD && pen_is_alpha(text.ptr[at + 1]);
}

/**
 * Characters that people do not see and programs do: text that reads otherwise than it runs.
 *
 * A direction override shows source code, file names and amounts in another order than they have
 * (Trojan Source, CVE-2021-42574; Unicode TR 36, UTS 39, UTS 55); tags, selectors and characters
 * without width carry hidden text past a reader, to a model or into a name that looks like another.
 *
 * Not reported: Arabic and Hebrew with their marks, in balance; emoji sequences, flags; the joiners
 * of Persian and Indic scripts; a byte-order mark at the start; soft hyphens; selectors where one
 * belongs.
 */
#include "filters/filter.h"

#define OVERRIDE  85
#define UNBALANCE 72
#define TAGGED    88
#define SELECTED  85
#define STREAM    85 /* characters without width in a row: they are a text */
#define SPLIT     72 /* one within a name or an address */
#define WITHIN    60 /* one within another word */
#define STRAY     45
#define NONE      72 /* no character at all */
#define FLAGGED   55

#define DEEP           64 /* direction marks that are open at once; UAX 9 has 125 */
#define STREAM_LEAST   8  /* invisible ones in a row */
#define SELECTOR_LEAST 3  /* no character has more than one; four is no accident */
#define TAG_LEAST      3
#define PRIVATE_LEAST  4   /* an icon font's characters stand alone */
#define TOKEN_BYTES    128 /* a longer text is no name */

static const struct pen_rule rules[] = {
    {"unicode.bidi", "a direction override that does not end shows the text in another order"},
    {"unicode.tag", "characters of the tag block hide a text"},
    {"unicode.selector", "variation selectors in a row hide a text"},
    {"unicode.invisible", "characters without width hide in a name, or hide a text"},
    {"unicode.mixed", "a name mixes letters of two scripts that look alike"},
    {"unicode.control", "a format control that nobody uses any more"},
    {"unicode.private", "characters without a meaning of their own stand in a row"},
    {"unicode.noncharacter", "a code point that is no character, and never will be"},
};

enum rule { BIDI, TAG, SELECTOR, INVISIBLE, MIXED, CONTROL, PRIVATE, NONCHARACTER, RULE_COUNT };

static const struct pen_trigger triggers[] = {
    {"\\xe2\\x80[\\x8b-\\x8d\\xaa-\\xae]", false, 0},
    {"\\xe2\\x81[\\xa0-\\xaf]", false, 0},
    {"\\xf3\\xa0[\\x80-\\x87]", false, 0},
    {"\\xef\\xb8[\\x80-\\x8f]\\xef\\xb8", false, 0},
    {"\\xef(\\xbb\\xbf|\\xbf[\\xb9-\\xbb\\xbe\\xbf]|\\xb7[\\x90-\\xaf]|\\xbe\\xa0)", false, 0},
    {"[\\xf0-\\xf4][\\x8f\\x9f\\xaf\\xbf]\\xbf[\\xbe\\xbf]", false, 0},
    {"\\xe3\\x85\\xa4|\\xe1\\x85[\\x9f\\xa0]", false, 0},
    {"\\xee[\\x80-\\xbf].\\xee[\\x80-\\xbf].\\xee", false, 0},
    {"\\xef[\\x80-\\xa3].\\xef[\\x80-\\xa3].\\xef", false, 0},
    {"\\xf3[\\xb0-\\xbf]..\\xf3|\\xf4[\\x80-\\x8f]..\\xf4", false, 0},
    {"[a-z](\\xd0[\\xb0\\xb5\\xbe]|\\xd1[\\x80\\x81\\x83\\x85\\x95\\x96\\x98]|\\xce\\xbf)", true,
     0},
    {"(\\xd0[\\xb0\\xb5\\xbe]|\\xd1[\\x80\\x81\\x83\\x85\\x95\\x96\\x98]|\\xce\\xbf)[a-z]", true,
     0},
};

/* One walk over a text. */
struct walk {
    struct pen_str text;
    bool is_name;    /* of a member or field */
    bool is_token;   /* one word: an identifier, a name for an account */
    bool has_host;   /* or an address */
    uint32_t before; /* the scalar before the run at hand */
    /* Directions that are open in this line. */
    char open[DEEP];
    size_t depth;
    size_t first_open;
    bool has_rtl;
    /* Runs. */
    size_t tags;
    size_t tag_run;
    size_t selectors;
    size_t invisible;
    size_t splits; /* words of ASCII with one within */
    size_t privates;
    bool in_flag;
    uint32_t best[RULE_COUNT];
    struct pen_span where[RULE_COUNT];
};

static void keep(struct walk *w, enum rule rule, size_t start, size_t end, uint32_t score)
{
    if (score <= w->best[rule]) return;
    w->best[rule] = score;
    w->where[rule] = (struct pen_span){start, end};
}

/* The scalar value at `at`, and its length; a byte that begins none stands for itself. */
static uint32_t scalar_at(struct pen_str text, size_t at, size_t *length)
{
    const unsigned char *const p = (const unsigned char *)text.ptr + at;
    const size_t left = text.len - at;
    *length = 1;
    if (p[0] < 0xc2 || p[0] > 0xf4) return p[0];
    const size_t wanted = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (left < wanted) return p[0];
    uint32_t scalar = p[0] & (0x7fU >> wanted);
    for (size_t i = 1; i < wanted; i++) {
        if ((p[i] & 0xc0) != 0x80) return p[0];
        scalar = scalar << 6 | (p[i] & 0x3fU);
    }
    *length = wanted;
    return scalar;
}

static bool is_rtl(uint32_t c)
{
    return (c >= 0x590 && c <= 0x8ff) || (c >= 0xfb1d && c <= 0xfdff)
           || (c >= 0xfe70 && c <= 0xfefc) || (c >= 0x10800 && c <= 0x10fff)
           || (c >= 0x1e800 && c <= 0x1efff);
}

static bool is_tag(uint32_t c)
{
    return c >= 0xe0000 && c <= 0xe007f;
}

static bool is_selector(uint32_t c)
{
    return (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef);
}

static bool is_invisible(uint32_t c)
{
    return (c >= 0x200b && c <= 0x200d) || (c >= 0x2060 && c <= 0x2064) || c == 0xfeff
           || c == 0x115f || c == 0x1160 || c == 0x3164 || c == 0xffa0;
}

static bool is_noncharacter(uint32_t c)
{
    return (c >= 0xfdd0 && c <= 0xfdef) || (c > 0xff && (c & 0xfffe) == 0xfffe);
}

static bool is_private(uint32_t c)
{
    return (c >= 0xe000 && c <= 0xf8ff) || c >= 0xf0000;
}

/* Letters of Cyrillic and Greek that look like one of ASCII's. */
static bool is_look_alike(uint32_t c)
{
    static const uint16_t letters[] = {
        0x430, 0x435, 0x43e, 0x440, 0x441, 0x443, 0x445, 0x455, 0x456, 0x458, 0x3bf,
    };
    for (size_t i = 0; i < PEN_COUNT_OF(letters); i++) {
        if (letters[i] == c) return true;
    }
    return false;
}

static bool is_ascii_word(uint32_t c)
{
    return c < 0x80 && (pen_is_alnum((char)c) || c == '_');
}

/* A line ends: what is still open changes what stands behind it on a screen. */
static void end_line(struct walk *w, size_t at)
{
    for (size_t i = 0; i < w->depth; i++) {
        const bool override = w->open[i] == 'O';
        const bool embedding = w->open[i] == 'E';
        uint32_t score = override ? OVERRIDE : UNBALANCE;
        /* Clients put one mark before what they copy and forget the other. */
        if (w->has_rtl || (embedding && w->first_open == 0)) score = STRAY;
        if (w->has_rtl && override) score = FLAGGED;
        keep(w, BIDI, w->first_open, at, score);
    }
    w->depth = 0;
    w->has_rtl = false;
}

static void close_direction(struct walk *w, bool isolate)
{
    /* PDI ends its isolate and whatever was opened within (UAX 9, BD9); PDF only the last one. */
    if (!isolate) {
        if (w->depth > 0 && w->open[w->depth - 1] != 'I') w->depth--;
        return;
    }
    size_t depth = w->depth;
    while (depth > 0 && w->open[depth - 1] != 'I') {
        depth--;
    }
    if (depth > 0) w->depth = depth - 1;
}

static void see_direction(struct walk *w, uint32_t c, size_t at)
{
    if (c == 0x202c || c == 0x2069) {
        close_direction(w, c == 0x2069);
        return;
    }
    if (w->depth == DEEP) return;
    if (w->depth == 0) w->first_open = at;
    w->open[w->depth++] = c >= 0x2066 ? 'I' : c >= 0x202d ? 'O' : 'E';
}

/* "Scotland": U+1F3F4 and tags up to U+E007F. Only a text of tags that ends so is a flag. */
static void see_tag(struct walk *w, uint32_t c, size_t at, size_t end)
{
    if (w->tag_run == 0) w->in_flag = w->before == 0x1f3f4;
    w->tag_run++;
    if (w->in_flag && w->tag_run <= 7) return;
    (void)c;
    w->tags++;
    keep(w, TAG, at, end, w->tags >= TAG_LEAST ? TAGGED : FLAGGED);
}

static void see_invisible(struct walk *w, uint32_t c, size_t at, size_t end)
{
    w->invisible++;
    if (w->invisible >= STREAM_LEAST) keep(w, INVISIBLE, at, end, STREAM);
    /* Joiners make words of other scripts and emoji; between two letters of ASCII they make none.
     */
    if (w->invisible > 1 || at == 0 || !is_ascii_word(w->before)) return;
    size_t length;
    const uint32_t behind = end < w->text.len ? scalar_at(w->text, end, &length) : ' ';
    if (!is_ascii_word(behind)) return;
    /* Editors leave one U+200B where a long word may be broken; what it hides from the other
     * filters they see in the text without it. */
    w->splits++;
    const bool by_accident = c == 0x200b && w->splits == 1;
    const bool address = w->is_name || w->has_host || (w->is_token && !by_accident);
    keep(w, INVISIBLE, at, end, address ? SPLIT : WITHIN);
}

static void end_runs(struct walk *w, uint32_t c)
{
    if (!is_tag(c)) w->tag_run = 0;
    if (!is_selector(c)) w->selectors = 0;
    if (!is_invisible(c)) w->invisible = 0;
    if (!is_private(c) || is_tag(c) || is_selector(c)) w->privates = 0;
}

static void see_letter(struct walk *w, uint32_t c, size_t at, size_t end)
{
    size_t length;
    const uint32_t behind = end < w->text.len ? scalar_at(w->text, end, &length) : ' ';
    const bool beside = (w->before < 0x80 && pen_is_alpha((char)w->before))
                        || (behind < 0x80 && pen_is_alpha((char)behind));
    if (!beside || !is_look_alike(c)) return;
    if (w->is_name || w->has_host)
        keep(w, MIXED, at, end, FLAGGED);
    else if (w->is_token)
        keep(w, MIXED, at, end, STRAY);
}

static void see(struct walk *w, uint32_t c, size_t at, size_t end)
{
    end_runs(w, c);
    if ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069)) {
        see_direction(w, c, at);
    } else if (is_tag(c)) {
        see_tag(w, c, at, end);
    } else if (is_selector(c)) {
        if (++w->selectors >= SELECTOR_LEAST) keep(w, SELECTOR, at, end, SELECTED);
    } else if (is_invisible(c)) {
        see_invisible(w, c, at, end);
    } else if ((c >= 0x206a && c <= 0x206f) || (c >= 0xfff9 && c <= 0xfffb)) {
        keep(w, CONTROL, at, end, FLAGGED);
    } else if (is_noncharacter(c)) {
        keep(w, NONCHARACTER, at, end, NONE);
    } else if (is_private(c)) {
        if (++w->privates >= PRIVATE_LEAST) keep(w, PRIVATE, at, end, STRAY);
    } else if (c < 0x500) {
        see_letter(w, c, at, end);
    }
    if (is_rtl(c)) w->has_rtl = true;
}

/* What the text is, by its ASCII: one word of letters, digits and '_'; an address of any kind. */
static void see_kind(struct walk *w)
{
    const struct pen_str text = w->text;
    bool word = text.len <= TOKEN_BYTES;
    bool spaces = false;
    bool dots = false;
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        if ((unsigned char)c >= 0x80) continue;
        if (!pen_is_name_char(c)) word = false;
        if (c == ' ' || c == '\n' || c == '\t') spaces = true;
        if (c == '.' || c == '@' || c == '/') dots = true;
    }
    w->is_token = word;
    w->has_host = dots && !spaces && text.len <= TOKEN_BYTES;
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    (void)state;
    const struct pen_str text = leaf->text;
    PEN_TRY(pen_scan_spend(scan, 8 * text.len));
    struct walk w = {.text = text, .is_name = leaf->is_name, .before = ' '};
    see_kind(&w);
    for (size_t i = 0; i < text.len;) {
        const char byte = text.ptr[i];
        if ((unsigned char)byte < 0x80) {
            if (byte == '\n') end_line(&w, i);
            end_runs(&w, ' ');
            w.before = (unsigned char)byte;
            i++;
            continue;
        }
        size_t length;
        const uint32_t c = scalar_at(text, i, &length);
        see(&w, c, i, i + length);
        if (!is_tag(c)) w.before = c;
        i += length;
    }
    end_line(&w, text.len);
    for (size_t i = 0; i < RULE_COUNT; i++) {
        if (w.best[i] > 0) pen_scan_report(scan, rules[i].id, w.where[i], w.best[i]);
    }
    return PEN_OK;
}

const struct pen_filter pen_filter_unicode = {
    .name = "unicode",
    .summary = "characters that hide a text, or show it as another",
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .inspect_leaf = inspect_leaf,
};

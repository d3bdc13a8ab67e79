/**
 * A text that is pasted into a page stays one value only while its tags are in pairs: `</div>` ends
 * the element that it is put into, `<form>` takes in all that follows, `<!--` hides it. No program
 * runs, yet fields, links and words of the page become the sender's. (OWASP WSTG-CLNT-03, HTML
 * injection; CWE-80)
 *
 * Judged is only what is markup from its start to its end. Not reported: text with some words in
 * it, which is an excerpt that was cut, or talks about tags; placeholders (<path>, <name>) and
 * types; documents of their own, cut or not; XML of other kinds; what HTML lets be left open.
 */
#include "filters/xss_balance.h"

#include "filters/html_elements.h"
#include "filters/html_lexer.h"

#define BREAK_SCORE 80
#define TAGS_SCORE  55  /* balanced, where it is known to go into a page */
#define LONGEST     512 /* bytes: a longer text that lacks a tag is a page that someone wrote so */
#define LEAD_BYTES  128 /* of a value or path that the markup stands behind */
#define LEAD_SPACES 3   /* within such a value: attributes, no sentence */
#define TEXT_BYTES  64  /* outside of tags, in a text that is markup all the same */
#define TEXT_WORDS  5
#define TAIL_BYTES  24 /* the same where words stand last in what is left open: excerpts do so */
#define TAIL_WORDS  2

/* How many of one element's start tags wait for their end tag, by what an unmet one means. */
struct waiting {
    int16_t open;
    int16_t word; /* <table>, alone a placeholder */
    int16_t none; /* <frame object at 0x7f>: no attribute that has a value */
};

struct balance {
    struct pen_str text;
    struct waiting waiting[PEN_HTML_ELEMENTS];
    struct pen_html_element element; /* of the tag at hand */
    bool closes;                     /* it is an end tag */
    bool attributes;                 /* it has some */
    bool values;                     /* and one of them a value */
    size_t open;                     /* sums of the above */
    size_t words;
    bool first_known;  /* the first tag is one of a page, no other XML's */
    bool foreign;      /* an end tag without its begin */
    bool cut;          /* a comment, declaration or tag is left open */
    bool markup;       /* a tag that is no placeholder */
    bool shapes;       /* more than words that look different */
    bool document;     /* a page of its own: it begins as one */
    bool content;      /* and has more than its outermost tags */
    bool none;         /* no markup after all */
    size_t tags;       /* read so far */
    size_t end;        /* behind the last thing that is no text */
    bool behind_tag;   /* that was a tag */
    size_t text_bytes; /* outside of tags */
    size_t text_words;
    bool text_last;
};

static bool is_letter(char c)
{
    return pen_is_alpha(c) || (unsigned char)c >= 0x80;
}

static void count_text(struct balance *b, struct pen_str text)
{
    bool in_word = false;
    for (size_t i = 0; i < text.len; i++) {
        const bool letter = is_letter(text.ptr[i]);
        if (letter && !in_word) b->text_words++;
        if ((unsigned char)text.ptr[i] > ' ') b->text_bytes++;
        in_word = letter;
    }
}

/* What stands between two tags, or behind the last. */
static void read_text(struct balance *b, size_t end)
{
    const struct pen_str gap = pen_str_slice(b->text, b->end, end);
    const size_t begin = pen_html_skip_space(gap, 0);
    b->text_last = begin < gap.len;
    if (!b->text_last) return;

    /* "<form> is sent twice", "<div> ::= ...": the tag is talked about. */
    if (b->behind_tag && gap.ptr[0] == ' ') b->none = true;
    count_text(b, gap);
}

/* Of the declarations that documents have; "<!here>" of a chat is none. */
static bool declares(struct pen_str rest)
{
    static const struct pen_str words[] = {PEN_STR("<!doctype"),  PEN_STR("<!entity"),
                                           PEN_STR("<!attlist"),  PEN_STR("<!element"),
                                           PEN_STR("<!notation"), PEN_STR("<![cdata[")};
    for (size_t i = 0; i < PEN_COUNT_OF(words); i++) {
        if (pen_str_starts_fold(rest, words[i])) return true;
    }
    return false;
}

static void read_comment(struct balance *b, const struct pen_html_token *token)
{
    const struct pen_str text = b->text;
    const struct pen_str rest = pen_str_slice(text, token->span.start, text.len);
    const bool dashes = pen_str_starts(rest, PEN_S("<!--"));
    const size_t inside = (size_t)(token->value.ptr - text.ptr) + token->value.len;
    const bool ended = inside < token->span.end;
    if (dashes || declares(rest)) {
        b->shapes = true;
        b->cut = b->cut || !ended;
    }
    if (dashes && !ended) count_text(b, token->value);
    /* <![endif]-->: the comment whose end it is began in the page. */
    if (!dashes && ended && pen_str_ends(token->value, PEN_S("--"))) b->foreign = true;
    if (pen_str_starts_fold(rest, PEN_S("<!doctype html")) && b->tags == 0) b->document = true;
}

static void read_close(struct balance *b)
{
    struct waiting *const waiting = &b->waiting[b->element.index];
    b->markup = true;
    switch (b->element.kind) {
    case PEN_HTML_UNKNOWN:
    case PEN_HTML_VOID:
    case PEN_HTML_TEXT:
        return;
    case PEN_HTML_ENDS:
    case PEN_HTML_PAGE:
    case PEN_HTML_LINK:
    case PEN_HTML_WHOLE:
        break;
    }
    b->shapes = b->shapes || b->element.kind != PEN_HTML_LINK;
    if (waiting->open > 0) {
        waiting->open--;
        if (b->element.kind != PEN_HTML_ENDS) b->open--;
    } else if (waiting->word > 0) {
        waiting->word--;
        b->words--;
    } else if (waiting->none > 0) {
        waiting->none--;
    } else {
        b->foreign = true;
    }
}

static void read_open(struct balance *b, bool closed)
{
    struct waiting *const waiting = &b->waiting[b->element.index];
    const enum pen_html_kind_of_element kind = b->element.kind;
    if (kind == PEN_HTML_UNKNOWN) return;
    if (kind != PEN_HTML_PAGE) b->content = true;
    if (b->attributes && !b->values) {
        if (!closed) waiting->none++;
        return;
    }
    const bool word = b->element.word && !b->attributes;
    const bool shapes = kind != PEN_HTML_TEXT && kind != PEN_HTML_LINK && !word;
    b->markup = b->markup || !word;
    b->shapes = b->shapes || shapes;
    if (closed || kind == PEN_HTML_VOID || kind == PEN_HTML_TEXT) return;
    if (kind == PEN_HTML_ENDS) {
        waiting->open++;
        return;
    }
    if (word) {
        waiting->word++;
        b->words++;
        return;
    }
    waiting->open++;
    b->open++;
}

static void begin_tag(struct balance *b, const struct pen_html_token *token)
{
    b->element = pen_html_element_of(token->name);
    b->closes = token->kind == PEN_HTML_CLOSE;
    b->attributes = b->values = false;
    if (b->tags == 0) {
        b->first_known = b->element.kind != PEN_HTML_UNKNOWN;
        b->document = b->document || (!b->closes && pen_str_equal_fold(token->name, PEN_S("html")));
    }
    b->tags++;
}

static void read_attribute(struct balance *b, const struct pen_html_token *token)
{
    const bool space = pen_str_find(token->name, ':', 0) < token->name.len; /* <HTML xmlns:x> */
    b->attributes = true;
    b->values = b->values || token->has_value || space;
    /* <Button onClick={save}>: a line of a program that writes tags. */
    if (token->quote == 0 && token->value.len > 0 && token->value.ptr[0] == '{') b->none = true;
    /* <div id="x": nothing is missing but the end. A tag that was cut elsewhere is an excerpt's. */
    if (token->span.end == b->text.len) {
        const bool whole = token->quote != 0 && !token->open;
        if (whole && b->element.kind != PEN_HTML_UNKNOWN) b->cut = true;
        if (!whole) b->none = true;
    }
}

static void end_tag(struct balance *b, const struct pen_html_token *token)
{
    const size_t end = token->span.end;
    if (b->closes) {
        read_close(b);
    } else {
        read_open(b, end >= 2 && b->text.ptr[end - 2] == '/');
    }
}

static void read_token(struct balance *b, const struct pen_html_token *token)
{
    switch (token->kind) {
    case PEN_HTML_OPEN:
    case PEN_HTML_CLOSE:
        read_text(b, token->span.start);
        begin_tag(b, token);
        break;
    case PEN_HTML_ATTRIBUTE:
        read_attribute(b, token);
        break;
    case PEN_HTML_OPEN_END:
        end_tag(b, token);
        b->behind_tag = true;
        break;
    case PEN_HTML_RAW:
        /* Sheets and programs are no words; what a title or a text area holds is. */
        if (b->element.index != pen_html_element_of(PEN_S("style")).index) {
            count_text(b, token->value);
        }
        b->behind_tag = false;
        break;
    case PEN_HTML_COMMENT:
        read_text(b, token->span.start);
        read_comment(b, token);
        b->behind_tag = false;
        break;
    case PEN_HTML_EOF:
        return;
    }
    b->end = token->span.end;
}

/* Where the markup begins: at the start, behind a value that it closes ("http://h">x</a>), or
   behind a path (uploads/<svg>). SIZE_MAX: nowhere. */
static size_t begin_of(struct pen_str text)
{
    const size_t start = pen_html_skip_space(text, 0);
    const size_t tag = pen_str_find(text, '<', start);
    if (tag == start || tag >= text.len || tag - start > LEAD_BYTES) return tag;

    size_t spaces = 0;
    bool path = text.ptr[tag - 1] == '/';
    for (size_t i = start; i < tag; i++) {
        const char c = text.ptr[i];
        const bool part = pen_is_alpha(c) || pen_is_digit(c) || memchr("/._-~:%", c, 7) != NULL;
        if (c == '>' && i > start && (text.ptr[i - 1] == '"' || text.ptr[i - 1] == '\'')) {
            return spaces <= LEAD_SPACES ? i + 1 : SIZE_MAX;
        }
        if ((unsigned char)c <= ' ') spaces++;
        path = path && part;
    }
    return path ? tag : SIZE_MAX;
}

static bool has_little_text(const struct balance *b)
{
    const bool tail = b->text_last && b->open > 0;
    return b->text_words <= (tail ? TAIL_WORDS : TEXT_WORDS)
           && b->text_bytes <= (tail ? TAIL_BYTES : TEXT_BYTES);
}

static struct pen_xss_evidence judge(const struct balance *b, size_t begin, bool strict)
{
    const struct pen_xss_evidence nothing = {.rule = NULL};
    const bool known = b->first_known || b->tags == 0;
    if (b->none || !known || !has_little_text(b)) return nothing;

    /* A page of its own, cut or not: it was sent or fetched as one. */
    const bool own = b->document && b->content && !b->foreign;
    /* <table><tr>: beside a tag that nobody fills in, the other one is a tag as well. */
    const size_t open = b->open + (b->markup ? b->words : 0);
    const bool breaks = (b->foreign || b->cut || open > 0) && !own;
    if (breaks) return pen_xss_found("xss.unbalanced", BREAK_SCORE, begin, b->text.len);
    return strict && b->shapes ? pen_xss_found("xss.markup", TAGS_SCORE, begin, b->text.len)
                               : nothing;
}

struct pen_xss_evidence pen_xss_balance(struct pen_str text, bool strict)
{
    const struct pen_xss_evidence nothing = {.rule = NULL};
    if (text.len > LONGEST) return nothing;

    const size_t begin = begin_of(text);
    if (begin >= text.len) return nothing;

    struct balance b = {.text = text, .end = begin};
    struct pen_html html = pen_html_at(text, begin, false, false);
    struct pen_html_token token;
    while (!b.none && pen_html_next(&html, &token)) {
        read_token(&b, &token);
    }
    if (!b.none) read_text(&b, text.len);
    return judge(&b, begin, strict);
}

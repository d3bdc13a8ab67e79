/**
 * Read by the grammar of member expressions (ECMA-262 13.3): `window` or `document`, then members,
 * brackets and calls, then the end or an assignment. Words that stand side by side are a sentence,
 * a member without a call is a name, and a call without a text or function among its arguments is
 * the name of a function as manuals write it. What only finds elements is what recorders of pages
 * note down, and handlers are every page's.
 */
#include "filters/xss_statement.h"

#include <string.h>

#define STATEMENT_SCORE 72
#define LONGEST         200 /* bytes: a longer one is a file's line */
#define MEMBER_BYTES    32

struct chain {
    struct pen_str text;
    size_t at;
    bool acts;    /* a member of the page's that does something, or holds what does */
    bool calls;   /* ends with a call that does more than to look something up */
    bool lively;  /* a call is given a text or a function, or its arguments go on elsewhere */
    bool open;    /* the text ends within brackets */
    bool handler; /* the last member is called as one: onclick */
};

/* In the order of pen_str_compare_fold. */
static const struct pen_str acting[] = {
    PEN_STR("alert"),
    PEN_STR("appendchild"),
    PEN_STR("body"),
    PEN_STR("confirm"),
    PEN_STR("cookie"),
    PEN_STR("createelement"),
    PEN_STR("createtextnode"),
    PEN_STR("documentelement"),
    PEN_STR("domain"),
    PEN_STR("eval"),
    PEN_STR("execcommand"),
    PEN_STR("execscript"),
    PEN_STR("fetch"),
    PEN_STR("forms"),
    PEN_STR("frames"),
    PEN_STR("getelementbyid"),
    PEN_STR("getelementsbyclassname"),
    PEN_STR("getelementsbyname"),
    PEN_STR("getelementsbytagname"),
    PEN_STR("head"),
    PEN_STR("history"),
    PEN_STR("localstorage"),
    PEN_STR("location"),
    PEN_STR("open"),
    PEN_STR("opener"),
    PEN_STR("parent"),
    PEN_STR("postmessage"),
    PEN_STR("prompt"),
    PEN_STR("queryselector"),
    PEN_STR("queryselectorall"),
    PEN_STR("sessionstorage"),
    PEN_STR("setinterval"),
    PEN_STR("settimeout"),
    PEN_STR("top"),
    PEN_STR("write"),
    PEN_STR("writeln"),
};

/* Calls that only find something, or only prepare for what happens later. */
static const struct pen_str finding[] = {
    PEN_STR("addeventlistener"),       PEN_STR("closest"),
    PEN_STR("getattribute"),           PEN_STR("getelementbyid"),
    PEN_STR("getelementsbyclassname"), PEN_STR("getelementsbyname"),
    PEN_STR("getelementsbytagname"),   PEN_STR("item"),
    PEN_STR("queryselector"),          PEN_STR("queryselectorall"),
};

static bool is_name_char(char c)
{
    return pen_is_alpha(c) || pen_is_digit(c) || c == '_' || c == '$';
}

static struct pen_str read_name(struct chain *c)
{
    const size_t start = c->at;
    while (c->at < c->text.len && is_name_char(c->text.ptr[c->at])) {
        c->at++;
    }
    return pen_str_slice(c->text, start, c->at);
}

/* Behind the bracket that closes the one at hand; strings are jumped over. */
static void skip_brackets(struct chain *c, bool *lively)
{
    const struct pen_str text = c->text;
    size_t depth = 0;
    while (c->at < text.len) {
        const char sign = text.ptr[c->at++];
        if (sign == '(' || sign == '[' || sign == '{') {
            if (depth > 0) *lively = true;
            depth++;
        } else if (sign == ')' || sign == ']' || sign == '}') {
            if (--depth == 0) return;
        } else if (sign == '"' || sign == '\'' || sign == '`') {
            *lively = true;
            c->at = pen_str_find(text, sign, c->at);
            if (c->at < text.len) c->at++;
        }
    }
    c->open = true;
    *lively = true;
}

/* window.a.b('c')[0].d( */
static bool read_chain(struct chain *c)
{
    const struct pen_str text = c->text;
    const struct pen_str root = read_name(c);
    if (!pen_str_equal(root, PEN_S("window")) && !pen_str_equal(root, PEN_S("document"))) {
        return false;
    }
    struct pen_str member = root;
    while (c->at < text.len && !c->open) {
        const char sign = text.ptr[c->at];
        if (sign == '.') {
            c->at++;
            member = read_name(c);
            if (member.len == 0 || member.len > MEMBER_BYTES) return false;
            c->calls = false;
            c->handler = pen_str_starts(member, PEN_S("on"));
            c->acts = c->acts || pen_str_is_among_sorted(member, acting, PEN_COUNT_OF(acting));
        } else if (sign == '(') {
            c->calls = !pen_str_is_among_sorted(member, finding, PEN_COUNT_OF(finding));
            skip_brackets(c, &c->lively);
        } else if (sign == '[') {
            bool picked = false;
            skip_brackets(c, &picked);
        } else {
            break;
        }
    }
    return c->at > root.len;
}

/* What may stand to the right of "=" in a statement: a text, a function, a call, another chain. */
static bool is_assigned(struct pen_str value)
{
    static const struct pen_str functions[] = {PEN_STR("function"), PEN_STR("async "),
                                               PEN_STR("new ")};
    if (value.len == 0) return false;
    const char last = value.ptr[value.len - 1];
    if (memchr(";){}(\"'`", last, 8) == NULL) return false;
    if (memchr("\"'`(", value.ptr[0], 4) != NULL) return true;
    for (size_t i = 0; i < PEN_COUNT_OF(functions); i++) {
        if (pen_str_starts(value, functions[i])) return true;
    }
    size_t at = 0;
    while (at < value.len && (is_name_char(value.ptr[at]) || value.ptr[at] == '.')) {
        at++;
    }
    /* save(...), e => {...} */
    const size_t arrow = pen_str_skip_blank(value, at);
    return at > 0 && at < value.len
           && (value.ptr[at] == '('
               || pen_str_starts(pen_str_slice(value, arrow, value.len), PEN_S("=>")));
}

static bool is_acting_chain(struct pen_str text)
{
    struct chain c = {.text = text};
    return read_chain(&c) && c.acts && c.calls && c.lively;
}

/* body: document.cookie; c=encodeURIComponent(document.cookie): a member or parameter. */
static bool hands_cookie_on(struct pen_str text)
{
    const struct pen_str secret = PEN_STR("document.cookie");
    const size_t at = pen_str_find_str(text, secret);
    if (at == text.len) return false;

    struct chain c = {.text = text};
    const struct pen_str name = read_name(&c);
    c.at = pen_str_skip_blank(text, c.at);
    if (name.len == 0 || c.at >= at || (text.ptr[c.at] != ':' && text.ptr[c.at] != '=')) {
        return false;
    }
    c.at = pen_str_skip_blank(text, c.at + 1);
    while (c.at < at && (is_name_char(text.ptr[c.at]) || memchr(".(", text.ptr[c.at], 2) != NULL)) {
        c.at++;
    }
    size_t end = at + secret.len;
    while (end < text.len && memchr(");,} ", text.ptr[end], 5) != NULL) {
        end++;
    }
    const bool wrapped = c.at > at || (at > 0 && memchr("( :=", text.ptr[at - 1], 4) != NULL);
    return c.at >= at && wrapped && end == text.len;
}

struct pen_xss_evidence pen_xss_statement(struct pen_str text)
{
    const struct pen_xss_evidence none = {.rule = NULL};
    const struct pen_str line = pen_str_trim(text);
    if (line.len > LONGEST || pen_str_find(line, '\n', 0) < line.len) return none;

    const struct pen_xss_evidence found =
        pen_xss_found("xss.program", STATEMENT_SCORE, 0, text.len);
    if (hands_cookie_on(line)) return found;

    struct chain c = {.text = line};
    if (!read_chain(&c)) return none;
    if (c.at == line.len || line.ptr[c.at] == ';') {
        const bool last = c.at + 1 >= line.len;
        return last && c.acts && c.calls && c.lively ? found : none;
    }
    const size_t equals = pen_str_skip_blank(line, c.at);
    if (equals + 1 >= line.len || line.ptr[equals] != '=' || line.ptr[equals + 1] == '=') {
        return none;
    }
    const struct pen_str value = pen_str_trim(pen_str_slice(line, equals + 1, line.len));
    /* A handler is any page's, unless it is left open and takes in what follows. */
    const char last = line.ptr[line.len - 1];
    if (c.handler && last != '{' && last != '(') return none;
    const bool acts = c.acts || is_acting_chain(value);
    return acts && is_assigned(value) ? found : none;
}

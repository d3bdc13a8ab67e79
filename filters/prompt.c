/**
 * Prompt injection: a text that a function puts before a language model, and that speaks to it.
 *
 * No grammar parts data from instructions for a model, so this reads for intent by a small one of
 * its own: a verb, whose it is, and what is meant ("disregard" + "your" + "instructions"), in
 * several languages; the marks by which chat formats tell who speaks; pictures whose address waits
 * for what is to be carried out. (OWASP LLM01; Greshake et al. 2023)
 *
 * Nothing here is certain, and where no model reads a text it is harmless: without the sink "llm"
 * the filter is not at work. Not reported: the same words about a mail, what somebody tells of
 * ("they ignore the rules"), chat that only mentions a prompt.
 */
#include "filters/filter.h"
#include "filters/prompt_marks.h"
#include "filters/prompt_words.h"

#define OVERRIDES 65
#define LEAKS     62
#define ASKS      56
#define HIDES     68
#define TOLD      45 /* quoted, negated, or about one's own instructions: also with the sink a flag */
#define OTHERS    2 /* words that mean nothing here, between a verb and its object */
#define TAGS      8 /* hidden letters that make a text */

static const struct pen_rule rules[] = {
    {"prompt.override", "the text tells a model to disregard its instructions"},
    {"prompt.leak", "the text asks a model for its instructions"},
    {"prompt.persona", "the text gives a model another role, without its bounds"},
    {"prompt.turn", "the text forges a turn of the system or of a speaker"},
    {"prompt.exfil", "a picture's address waits for what a model is to fill in"},
    {"prompt.hidden", "instructions to a model are hidden from people"},
};

enum rule { OVERRIDE, LEAK, PERSONA, TURN, EXFIL, HIDDEN, RULE_COUNT };

static const struct pen_trigger triggers[] = {
    {"instru[ck\\xc3]|istruzion|anweisung|prompt|guideline|directive|restriction|consigne", true,
     0},
    {" rules|regeln|reglas|regole|regras|directions|safety |ethical "
     "|constraint|protocols|polic(y|ies)|instrukcj",
     true, 0},
    {"(ignore|disregard|forget) (the|everything|all) |override:|override\\]|debug mode", true, 0},
    {"you are dan|unrestricted|without rules|ai model|diagnostic mode|an llm", true, 0},
    {"\\\\n(human|assistant):|</user_|\\[\\[system", true, 0},
    {"\xeb\xac\xb4\xec\x8b\x9c|\xd8\xaa\xd8\xac\xd8\xa7\xd9\x87", false, 0},
    {"(words|text|everything) (above|before)|anything now|dan mode|developer mode|unfiltered", true,
     0},
    {"you are now|jailbr|no longer bound|\\xd1\\x82\\xd1\\x80\\xd1\\x83\\xd0\\xba\\xd1\\x86", true,
     0},
    {"<\\||\\[/?INST\\]|<</?SYS>|</?(system|tool_|function_call|start_of_turn)", false, 0},
    {"### ?(system|instr|human|assis|user|resp)|\\n(human|assistant|system): ", true, 0},
    {"!\\[|<!--|\\xf3\\xa0[\\x80\\x81]", false, 0},
    {"\\xe5\\xbf(\\xbd\\xe7\\x95\\xa5|\\x98\\xe8\\xae\\xb0)|[\\xe6\\xe7].[\\xa0\\xa1]"
     "\\xe8\\xa7\\x86|"
     "\\xe7\\x84\\xa1\\xe8\\xa6\\x96|\\xe7\\xb3\\xbb\\xe7\\xbb\\x9f\\xe6\\x8f\\x90",
     false, 0},
};

/* A verb and what was said since. */
struct clause {
    enum pen_prompt_word verb; /* OTHER = none is open */
    size_t start;
    size_t others;
    bool told;   /* in quotes or about somebody else */
    bool by_you; /* "if you forget all the commands" */
    bool scope;
    bool all;
    bool guard;
    bool owner;
    bool mine;
    bool qualifier;
    bool instruction;
    bool policy;
    bool prompt;
    bool text;
};

struct reader {
    struct pen_str text;
    struct clause clause;
    enum pen_prompt_word before[2]; /* the last word and the one before it */
    size_t words;                   /* of the sentence */
    uint32_t best[RULE_COUNT];
    struct pen_span where[RULE_COUNT];
};

static void keep(struct reader *r, enum rule rule, size_t start, size_t end, uint32_t score)
{
    if (score <= r->best[rule]) return;
    r->best[rule] = score;
    r->where[rule] = (struct pen_span){start, end};
}

static bool is_word_char(char c)
{
    return pen_is_alnum(c) || c == '\'' || c == '-' || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_quoted(struct pen_str text, size_t at)
{
    if (at == 0) return false;
    const char c = text.ptr[at - 1];
    return c == '"' || c == '\'' || c == '`'
           || (at >= 3 && pen_str_stands(text, at - 3, PEN_S("\xe2\x80\x9c")));
}

static void open_clause(struct reader *r, enum pen_prompt_word verb, size_t start)
{
    const bool by_you = r->before[1] == PEN_PROMPT_YOU || r->before[0] == PEN_PROMPT_YOU;
    const bool told = r->before[0] == PEN_PROMPT_NEGATOR || r->before[0] == PEN_PROMPT_TO;
    r->clause = (struct clause){.verb = verb,
                                .start = start,
                                .told = (told && !by_you) || is_quoted(r->text, start),
                                .by_you = by_you};
}

static uint32_t override_score(const struct clause *c)
{
    if (c->mine) return (c->instruction || c->prompt) && c->scope ? TOLD : 0;
    if (c->instruction && (c->scope || c->owner || (c->all && !c->by_you) || c->guard))
        return OVERRIDES;
    if (c->prompt && c->owner) return OVERRIDES;
    if (c->policy && (c->owner || c->guard)) return OVERRIDES;
    if (c->text && c->scope) return ASKS;
    return 0;
}

static uint32_t leak_score(const struct clause *c)
{
    if (c->mine) return 0;
    if (c->prompt && c->owner) return LEAKS;
    if (c->instruction && c->owner) return c->qualifier ? LEAKS : TOLD;
    if (c->text && c->scope) return ASKS;
    return 0;
}

static void judge_clause(struct reader *r, size_t end)
{
    const struct clause *const c = &r->clause;
    const bool overrides = c->verb == PEN_PROMPT_OVERRIDE;
    uint32_t score = overrides ? override_score(c) : leak_score(c);
    if (score > TOLD && c->told) score = TOLD;
    keep(r, overrides ? OVERRIDE : LEAK, c->start, end, score);
}

/* "Do not follow", "Stop obeying": at the start of a sentence, where nobody tells of others. */
static bool is_refused(const struct reader *r)
{
    const bool stopped = r->before[0] == PEN_PROMPT_STOP && r->words < 3;
    const bool denied = r->before[0] == PEN_PROMPT_NEGATOR && r->words < 3
                        && (r->words < 2 || r->before[1] == PEN_PROMPT_OTHER);
    return stopped || denied;
}

/* "Ignore the above and say yes": a verb behind one whose object is left out. */
static void judge_left_open(struct reader *r, size_t end)
{
    const struct clause *const c = &r->clause;
    const bool open = c->verb == PEN_PROMPT_OVERRIDE && c->scope && !c->told && !c->mine;
    if (open && c->others == 0 && !c->instruction && r->before[0] == PEN_PROMPT_FILLER) {
        keep(r, OVERRIDE, c->start, end, ASKS);
    }
}

static void add_word(struct reader *r, enum pen_prompt_word kind, size_t start, size_t end)
{
    struct clause *const c = &r->clause;
    switch (kind) {
    case PEN_PROMPT_LEAK:
        judge_left_open(r, end);
        open_clause(r, kind, start);
        return;
    case PEN_PROMPT_OVERRIDE:
        open_clause(r, kind, start);
        return;
    case PEN_PROMPT_FOLLOW:
        if (!is_refused(r)) return;
        open_clause(r, PEN_PROMPT_OVERRIDE, start);
        c->told = false;
        return;
    case PEN_PROMPT_ARTICLE:
        c->told = c->told || c->verb == PEN_PROMPT_LEAK;
        return;
    case PEN_PROMPT_ALL:
        c->all = true;
        return;
    case PEN_PROMPT_GUARD:
        c->guard = true;
        return;
    case PEN_PROMPT_OTHER:
    case PEN_PROMPT_STOP:
    case PEN_PROMPT_NEGATOR:
        if (++c->others > OTHERS) c->verb = PEN_PROMPT_OTHER;
        return;
    case PEN_PROMPT_FILLER:
    case PEN_PROMPT_TO:
    case PEN_PROMPT_YOU:
        return;
    case PEN_PROMPT_SCOPE:
        c->scope = true;
        break;
    case PEN_PROMPT_OWNER:
        c->owner = true;
        break;
    case PEN_PROMPT_MINE:
        c->mine = true;
        break;
    case PEN_PROMPT_QUALIFIER:
        c->qualifier = true;
        break;
    case PEN_PROMPT_INSTRUCTION:
        c->instruction = true;
        break;
    case PEN_PROMPT_POLICY:
        c->policy = true;
        break;
    case PEN_PROMPT_PROMPT:
        c->prompt = true;
        break;
    case PEN_PROMPT_TEXT:
        c->text = true;
        break;
    }
    if (c->verb != PEN_PROMPT_OTHER) judge_clause(r, end);
}

static void read_words(struct reader *r)
{
    const struct pen_str text = r->text;
    for (size_t i = 0; i < text.len;) {
        const char c = text.ptr[i];
        if (!is_word_char(c) || c == '\'') {
            /* The end of a sentence; a full stop within a word is none. */
            if (c == '.' || c == '!' || c == '?' || c == ';') {
                r->clause.verb = PEN_PROMPT_OTHER;
                r->words = 0;
            }
            i++;
            continue;
        }
        const size_t start = i;
        while (i < text.len && is_word_char(text.ptr[i])) {
            i++;
        }
        size_t end = i;
        while (end > start + 1 && text.ptr[end - 1] == '\'') {
            end--;
        }
        const enum pen_prompt_word kind = pen_prompt_word(pen_str_slice(text, start, end));
        add_word(r, kind, start, end);
        r->before[1] = r->before[0];
        r->before[0] = kind;
        r->words++;
    }
}

static void read_marks(struct reader *r)
{
    struct pen_prompt_marks marks;
    pen_prompt_marks(r->text, &marks);
    keep(r, PERSONA, marks.persona.start, marks.persona.end, marks.persona_score);
    keep(r, TURN, marks.turn.start, marks.turn.end, marks.turn_score);
    keep(r, EXFIL, marks.exfil.start, marks.exfil.end, marks.exfil_score);
    keep(r, HIDDEN, marks.hidden.start, marks.hidden.end, marks.hidden_score);
    keep(r, OVERRIDE, marks.chinese.start, marks.chinese.end, marks.chinese_score);
}

/* U+E0020 to U+E007E are ASCII that nobody sees: read as what it says. */
static enum pen_status read_tags(struct reader *r, struct pen_scan *scan)
{
    const struct pen_str text = r->text;
    size_t at = pen_str_find_str(text, PEN_S("\xf3\xa0\x80"));
    const size_t other = pen_str_find_str(text, PEN_S("\xf3\xa0\x81"));
    if (other < at) at = other;
    if (at == text.len) return PEN_OK;

    const size_t start = at;
    char *const letters = pen_arena_bytes(scan->arena, (text.len - at) / 4 + 1);
    if (letters == NULL) return PEN_ERR_NOMEM;
    size_t count = 0;
    for (; at + 3 < text.len; at++) {
        const unsigned char third = (unsigned char)text.ptr[at + 2];
        const bool tag = text.ptr[at] == '\xf3' && text.ptr[at + 1] == '\xa0'
                         && (third == 0x80 || third == 0x81);
        if (!tag) continue;
        const unsigned last = (unsigned char)text.ptr[at + 3];
        letters[count++] = (char)((third & 1U) << 6 | (last & 0x3fU));
        at += 3;
    }
    struct reader hidden = {.text = {letters, count}};
    read_words(&hidden);
    read_marks(&hidden);
    uint32_t best = count >= TAGS ? LEAKS : 0;
    for (size_t i = 0; i < RULE_COUNT; i++) {
        if (hidden.best[i] > 0) best = HIDES;
    }
    keep(r, HIDDEN, start, text.len, best);
    return PEN_OK;
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    (void)state;
    PEN_TRY(pen_scan_spend(scan, 16 * leaf->text.len));
    struct reader r = {.text = leaf->text};
    read_words(&r);
    read_marks(&r);
    PEN_TRY(read_tags(&r, scan));
    for (size_t i = 0; i < RULE_COUNT; i++) {
        if (r.best[i] > 0) pen_scan_report(scan, rules[i].id, r.where[i], r.best[i]);
    }
    return PEN_OK;
}

const struct pen_filter pen_filter_prompt = {
    .name = "prompt",
    .summary = "texts that speak to a language model instead of being read by it",
    .sinks = "llm",
    .needs_sink = true,
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .inspect_leaf = inspect_leaf,
};

/**
 * Tables: what personas are told by, what chat formats part speakers with (ChatML, Llama, Gemma,
 * Alpaca), and how a picture carries a text away.
 */
#include "filters/prompt_marks.h"

#define CERTAIN     62
#define TOGETHER    58 /* two weak signs of a persona */
#define QUOTED      45 /* in backticks, as documentation shows it */
#define EXFILTRATES 58
#define FAR         72  /* bytes between a verb and its object, where words have no spaces */
#define COMMENT     512 /* bytes of an HTML comment that are read */
#define ADDRESS     256 /* bytes of a picture's address that are read */

struct mark {
    struct pen_str text;
    uint32_t score; /* of a persona's: CERTAIN, or 1 = weak */
};

static const struct mark personas[] = {
    {PEN_STR("system override:"), CERTAIN},
    {PEN_STR("admin override:"), CERTAIN},
    {PEN_STR("developer override:"), CERTAIN},
    {PEN_STR("jailbreak mode"), CERTAIN},
    {PEN_STR("if you are an ai model"), CERTAIN},
    {PEN_STR("if you are an llm"), CERTAIN},
    {PEN_STR("if you are a language model"), CERTAIN},
    {PEN_STR("debug mode"), 1},
    {PEN_STR("pretend you have"), 1},
    {PEN_STR("ai without"), 1},
    {PEN_STR("without rules"), 1},
    {PEN_STR("roleplay as"), 1},
    {PEN_STR("act as an ai"), 1},
    {PEN_STR("no content policy"), 1},
    {PEN_STR("do anything now"), CERTAIN},
    {PEN_STR("dan mode"), CERTAIN},
    {PEN_STR("you are dan"), CERTAIN},
    {PEN_STR("act as dan"), CERTAIN},
    {PEN_STR("no longer bound"), CERTAIN},
    {PEN_STR("you are now"), 1},
    {PEN_STR("developer mode"), 1},
    {PEN_STR("god mode"), 1},
    {PEN_STR("jailbr"), 1},
    {PEN_STR("unfiltered"), 1},
    {PEN_STR("unrestricted"), 1},
    {PEN_STR("no restrictions"), 1},
    {PEN_STR("without restrictions"), 1},
    {PEN_STR("without any restrictions"), 1},
    {PEN_STR("pretend you are"), 1},
    {PEN_STR("pretend to be"), 1},
    {PEN_STR("from now on"), 1},
    {PEN_STR("stay in character"), 1},
    {PEN_STR("no ethical"), 1},
    {PEN_STR("new instructions:"), 1},
    {PEN_STR("du bist jetzt"), 1},
    {PEN_STR("tu es maintenant"), 1},
    {PEN_STR("ahora eres"), 1},
    {PEN_STR("keine einschr"), 1},
    {PEN_STR("sans restriction"), 1},
    {PEN_STR("sin restricciones"), 1},
};

static const struct mark turns[] = {
    {PEN_STR("[system override"), 62},  {PEN_STR("[[system"), 58},
    {PEN_STR("<<<system>>>"), 60},      {PEN_STR("### new instruction"), 60},
    {PEN_STR("[diagnostic mode]"), 56}, {PEN_STR("</user_input>"), 58},
    {PEN_STR("</user_query>"), 58},     {PEN_STR("</user_message>"), 58},
    {PEN_STR("\\n\\nhuman:"), 55},      {PEN_STR("\\n\\nassistant:"), 55},
    {PEN_STR("<|im_start|>"), 66},      {PEN_STR("<|im_end|>"), 66},
    {PEN_STR("<|system|>"), 66},        {PEN_STR("<|user|>"), 62},
    {PEN_STR("<|assistant|>"), 66},     {PEN_STR("<|endoftext|>"), 66},
    {PEN_STR("<|eot_id|>"), 66},        {PEN_STR("<|start_header_id|>"), 66},
    {PEN_STR("<|begin_of_text|>"), 66}, {PEN_STR("[inst]"), 62},
    {PEN_STR("[/inst]"), 62},           {PEN_STR("<<sys>>"), 66},
    {PEN_STR("<</sys>>"), 66},          {PEN_STR("<start_of_turn>"), 66},
    {PEN_STR("</system>"), 60},         {PEN_STR("<system>"), 60},
    {PEN_STR("<tool_call>"), 62},       {PEN_STR("</tool_call>"), 62},
    {PEN_STR("</tool_response>"), 62},  {PEN_STR("<function_calls>"), 62},
    {PEN_STR("</tool_result>"), 62},    {PEN_STR("<system_prompt>"), 62},
    {PEN_STR("</system_prompt>"), 62},  {PEN_STR("### system:"), 62},
    {PEN_STR("### instruction:"), 60},  {PEN_STR("### human:"), 60},
    {PEN_STR("### assistant:"), 60},    {PEN_STR("### user:"), 56},
    {PEN_STR("\nhuman: "), 55},         {PEN_STR("\nassistant: "), 55},
    {PEN_STR("\nsystem: you "), 58},    {PEN_STR("\nsystem: ignore "), 60},
};

static void keep(struct pen_span *where, uint32_t *best, size_t start, size_t end, uint32_t score)
{
    if (score <= *best) return;
    *best = score;
    *where = (struct pen_span){start, end};
}

#define MARKS_MOST 64

/* A table by the bytes that its entries have first and fourth: few places have such a pair, and few
   entries share one. Entries are counted from 1. */
struct table {
    const struct mark *marks;
    size_t count;
    uint8_t first[UINT8_MAX + 1]; /* the last entry of each pair */
    uint8_t next[MARKS_MOST + 1]; /* and the one before it */
};

_Static_assert(PEN_COUNT_OF(turns) <= MARKS_MOST && PEN_COUNT_OF(personas) <= MARKS_MOST,
               "entries of a table");

static unsigned pair_of(char first, char fourth)
{
    return ((unsigned char)first * 7U + (unsigned char)fourth) & 255U;
}

/* Marks have four bytes or more. */
static struct table table_of(const struct mark *marks, size_t count)
{
    struct table table = {.marks = marks, .count = count};
    for (size_t i = 0; i < count; i++) {
        const unsigned pair = pair_of(marks[i].text.ptr[0], marks[i].text.ptr[3]);
        table.next[i + 1] = table.first[pair];
        table.first[pair] = (uint8_t)(i + 1);
    }
    return table;
}

/* The entry that stands at `at`, or the table's end. */
static size_t mark_at(struct pen_str text, size_t at, const struct table *table)
{
    if (text.len - at < 4) return table->count;
    const unsigned pair = pair_of(pen_to_lower(text.ptr[at]), pen_to_lower(text.ptr[at + 3]));
    for (size_t i = table->first[pair]; i > 0; i = table->next[i]) {
        if (pen_str_stands_fold(text, at, table->marks[i - 1].text)) return i - 1;
    }
    return table->count;
}

static void see_turn(const struct table *table, struct pen_str text, size_t at,
                     struct pen_prompt_marks *out)
{
    const size_t i = mark_at(text, at, table);
    if (i == PEN_COUNT_OF(turns)) return;
    const bool quoted = at > 0 && text.ptr[at - 1] == '`';
    keep(&out->turn, &out->turn_score, at, at + turns[i].text.len,
         quoted ? QUOTED : turns[i].score);
}

/* "?q=)", "?q={data}", "?d=[SUMMARY]", "?q=<text>": a place that waits to be filled. */
static bool waits(struct pen_str address)
{
    const size_t query = pen_str_find(address, '?', 0);
    if (query == address.len) return false;
    for (size_t i = query; i < address.len; i++) {
        if (address.ptr[i] != '=') continue;
        if (i + 1 == address.len) return true;
        const char c = address.ptr[i + 1];
        if (c == '{' || c == '[' || c == '<' || c == '$') return true;
    }
    return false;
}

/* At "![": a picture from elsewhere, whose address waits for a text. Returns from where on the next
   one is worth a look. */
static size_t see_picture(struct pen_str text, size_t at, struct pen_prompt_marks *out)
{
    const struct pen_str near = pen_str_slice(text, at, at + ADDRESS);
    const size_t bracket = pen_str_find_str(near, PEN_S("]("));
    if (!pen_str_stands(near, bracket, PEN_S("](http"))) return at + bracket;

    const size_t end = pen_str_find(near, ')', bracket);
    const struct pen_str address = pen_str_slice(near, bracket + 2, end);
    if (waits(address)) keep(&out->exfil, &out->exfil_score, at, at + end, EXFILTRATES);
    return at + end;
}

/* Begins a word here? */
static bool at_word(struct pen_str text, size_t at)
{
    return pen_is_alpha(text.ptr[at]) && (at == 0 || !pen_is_alnum(text.ptr[at - 1]));
}

static bool is_word_of(struct pen_str text, size_t at, const struct pen_str *words, size_t count)
{
    const char first = pen_to_lower(text.ptr[at]);
    for (size_t i = 0; i < count; i++) {
        if (words[i].ptr[0] == first && pen_str_stands_fold(text, at, words[i])) return true;
    }
    return false;
}

/* At "<!--": who is spoken to, and what is asked for. Returns where it ends. */
static size_t see_comment(struct pen_str text, size_t at, struct pen_prompt_marks *out)
{
    static const struct pen_str whom[] = {
        PEN_STR("assistant"), PEN_STR("language model"), PEN_STR("llm"),
        PEN_STR("chatgpt"),   PEN_STR("copilot"),        PEN_STR("ai:"),
        PEN_STR("ai,"),       PEN_STR("ai model"),       PEN_STR("ai agent"),
        PEN_STR("claude"),    PEN_STR("gemini"),
    };
    static const struct pen_str what[] = {
        PEN_STR("ignore"),  PEN_STR("must"),        PEN_STR("instead"), PEN_STR("do not tell"),
        PEN_STR("send"),    PEN_STR("instruction"), PEN_STR("reveal"),  PEN_STR("recommend"),
        PEN_STR("approve"), PEN_STR("secret"),      PEN_STR("reply"),   PEN_STR("exfiltrate"),
    };
    const struct pen_str near = pen_str_slice(text, at, at + COMMENT);
    const struct pen_str comment = pen_str_slice(near, 0, pen_str_find_str(near, PEN_S("-->")));
    bool spoken_to = false;
    bool asked = false;
    for (size_t i = 0; i < comment.len; i++) {
        if (!at_word(comment, i)) continue;
        spoken_to = spoken_to || is_word_of(comment, i, whom, PEN_COUNT_OF(whom));
        asked = asked || is_word_of(comment, i, what, PEN_COUNT_OF(what));
    }
    if (spoken_to && asked) keep(&out->hidden, &out->hidden_score, at, at + comment.len, 60);
    return at + comment.len;
}

static bool has_one(struct pen_str text, const struct pen_str *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pen_str_find_str(text, words[i]) < text.len) return true;
    }
    return false;
}

/* Chinese has the object behind the verb, Japanese and Korean before it. Returns where to look
 * next. */
static size_t see_ideograph(struct pen_str text, size_t at, struct pen_prompt_marks *out)
{
    static const struct pen_str verbs[] = {
        PEN_STR("忽略"), PEN_STR("忘记"),   PEN_STR("忘掉"), PEN_STR("无视"), PEN_STR("無視"),
        PEN_STR("忘れ"), PEN_STR("輸出"),   PEN_STR("输出"), PEN_STR("显示"), PEN_STR("重复"),
        PEN_STR("打印"), PEN_STR("告诉我"), PEN_STR("무시"), PEN_STR("잊어"),
    };
    static const struct pen_str scopes[] = {
        PEN_STR("之前"), PEN_STR("以上"),   PEN_STR("上面"),     PEN_STR("前面"), PEN_STR("先前"),
        PEN_STR("所有"), PEN_STR("上述"),   PEN_STR("以前"),     PEN_STR("上記"), PEN_STR("系统"),
        PEN_STR("你的"), PEN_STR("すべて"), PEN_STR("これまで"), PEN_STR("이전"), PEN_STR("모든"),
    };
    static const struct pen_str objects[] = {
        PEN_STR("指令"), PEN_STR("指示"), PEN_STR("提示"),       PEN_STR("命令"),
        PEN_STR("规则"), PEN_STR("規則"), PEN_STR("プロンプト"), PEN_STR("ルール"),
        PEN_STR("지시"), PEN_STR("명령"), PEN_STR("프롬프트"),   PEN_STR("규칙"),
    };
    size_t verb = 0;
    if (text.len - at < 2) return at;
    /* Most ideographs part from all of them in their first two bytes. */
    while (verb < PEN_COUNT_OF(verbs)
           && (verbs[verb].ptr[0] != text.ptr[at] || verbs[verb].ptr[1] != text.ptr[at + 1]
               || !pen_str_stands(text, at, verbs[verb]))) {
        verb++;
    }
    if (verb == PEN_COUNT_OF(verbs)) return at;
    const struct pen_str near = pen_str_slice(text, at > FAR ? at - FAR : 0, at + FAR);
    const bool meant = has_one(near, objects, PEN_COUNT_OF(objects))
                       && has_one(near, scopes, PEN_COUNT_OF(scopes));
    if (meant) keep(&out->chinese, &out->chinese_score, at, at + verbs[verb].len, CERTAIN);
    return at + FAR;
}

static void see_persona(const struct table *table, struct pen_str text, size_t at, uint64_t *weak,
                        struct pen_prompt_marks *out)
{
    const size_t mark = mark_at(text, at, table);
    if (mark == PEN_COUNT_OF(personas)) return;
    const size_t end = at + personas[mark].text.len;
    *weak |= UINT64_C(1) << mark;
    const bool together = (*weak & (*weak - 1)) != 0;
    const uint32_t alone = personas[mark].score == CERTAIN ? CERTAIN : 0;
    keep(&out->persona, &out->persona_score, at, end, together && alone == 0 ? TOGETHER : alone);
}

void pen_prompt_marks(struct pen_str text, struct pen_prompt_marks *out)
{
    *out = (struct pen_prompt_marks){.persona_score = 0};
    const struct table of_turns = table_of(turns, PEN_COUNT_OF(turns));
    const struct table of_personas = table_of(personas, PEN_COUNT_OF(personas));
    uint64_t weak = 0; /* one bit a sign */
    size_t picture = 0;
    size_t comment = 0;
    size_t ideograph = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        if (c == '<' || c == '[' || c == '#' || c == '\n' || c == '\\')
            see_turn(&of_turns, text, i, out);
        if (c == '!' && i >= picture && pen_str_stands(text, i, PEN_S("!["))) {
            picture = see_picture(text, i, out);
        }
        if (c == '<' && i >= comment && pen_str_stands(text, i, PEN_S("<!--"))) {
            comment = see_comment(text, i, out);
        }
        if ((unsigned char)c >= 0xe5 && i >= ideograph) ideograph = see_ideograph(text, i, out);
        if (at_word(text, i)) see_persona(&of_personas, text, i, &weak, out);
    }
}

/** By the first letter, then by length: a word is held against one or two of the list at most. */
#include "filters/ssti_words.h"

#define LEAST   2 /* bytes: "io" */
#define LETTERS 26

#define REACHING PEN_SSTI_REACHING
#define CALL     PEN_SSTI_CALL
#define OWNER    PEN_SSTI_OWNER
#define OBJECT   PEN_SSTI_OBJECT_WORD
#define FORMAT   PEN_SSTI_FORMAT
#define FILTER   PEN_SSTI_FILTER
#define REQUEST  PEN_SSTI_REQUEST
#define TELLS    PEN_SSTI_TELLS

struct known {
    struct pen_str name; /* lower case */
    unsigned uses;
};

struct group {
    const struct known *list;
    size_t count;
};

static const struct known a_words[] = {
    {PEN_STR("addattribute"), REACHING}, {PEN_STR("app"), OBJECT},
    {PEN_STR("application"), OBJECT},    {PEN_STR("applicationscope"), OBJECT},
    {PEN_STR("assert"), CALL},           {PEN_STR("attr"), CALL | FILTER},
};
static const struct known b_words[] = {
    {PEN_STR("builtins"), REACHING},
};
static const struct known c_words[] = {
    {PEN_STR("call_user_func"), CALL},  {PEN_STR("child_process"), REACHING},
    {PEN_STR("class"), OWNER},          {PEN_STR("classloader"), REACHING},
    {PEN_STR("compile"), CALL},         {PEN_STR("config"), OWNER | OBJECT},
    {PEN_STR("constructor"), REACHING}, {PEN_STR("cycler"), REACHING},
};
static const struct known d_words[] = {
    {PEN_STR("debug"), CALL | OBJECT | TELLS},
    {PEN_STR("defineclass"), REACHING},
    {PEN_STR("dump"), CALL},
};
static const struct known e_words[] = {
    {PEN_STR("encode"), FORMAT}, {PEN_STR("entries"), CALL},      {PEN_STR("eval"), CALL},
    {PEN_STR("exec"), CALL},     {PEN_STR("execsync"), REACHING}, {PEN_STR("execute"), CALL},
};
static const struct known f_words[] = {
    {PEN_STR("facescontext"), OBJECT},
    {PEN_STR("file"), OWNER},
    {PEN_STR("file_get_contents"), REACHING},
    {PEN_STR("file_put_contents"), REACHING},
    {PEN_STR("filter"), FILTER},
    {PEN_STR("fopen"), CALL},
    {PEN_STR("format"), FORMAT},
    {PEN_STR("forname"), REACHING},
    {PEN_STR("freemarker"), REACHING},
    {PEN_STR("func_globals"), REACHING},
};
static const struct known g_words[] = {
    {PEN_STR("get_flashed_messages"), REACHING},
    {PEN_STR("getattr"), CALL},
    {PEN_STR("getclass"), REACHING},
    {PEN_STR("getdeclaredmethod"), REACHING},
    {PEN_STR("getenginebyname"), REACHING},
    {PEN_STR("getruntime"), REACHING},
    {PEN_STR("getsession"), REACHING},
    {PEN_STR("globals"), REACHING},
};
static const struct known i_words[] = {
    {PEN_STR("instance_eval"), CALL},
    {PEN_STR("invoke"), CALL},
    {PEN_STR("io"), OWNER},
};
static const struct known j_words[] = {
    {PEN_STR("java"), OWNER},
    {PEN_STR("join"), FORMAT},
    {PEN_STR("joiner"), REACHING},
};
static const struct known k_words[] = {
    {PEN_STR("kernel"), OWNER},
};
static const struct known l_words[] = {
    {PEN_STR("lipsum"), REACHING},
    {PEN_STR("loadclass"), REACHING},
};
static const struct known m_words[] = {
    {PEN_STR("mainmodule"), REACHING},
    {PEN_STR("map"), FILTER},
    {PEN_STR("mro"), REACHING},
};
static const struct known n_words[] = {
    {PEN_STR("new"), CALL},
};
static const struct known o_words[] = {
    {PEN_STR("objectconstructor"), REACHING},
    {PEN_STR("ognlcontext"), REACHING},
    {PEN_STR("open"), CALL},
    {PEN_STR("os"), OWNER},
};
static const struct known p_words[] = {
    {PEN_STR("pagecontext"), OBJECT},
    {PEN_STR("passthru"), REACHING},
    {PEN_STR("phpinfo"), CALL},
    {PEN_STR("popen"), REACHING},
    {PEN_STR("proc_open"), REACHING},
    {PEN_STR("process"), OWNER},
    {PEN_STR("processbuilder"), REACHING},
};
static const struct known r_words[] = {
    {PEN_STR("read"), CALL},           {PEN_STR("readfile"), CALL},
    {PEN_STR("reduce"), FILTER},       {PEN_STR("registerundefinedfiltercallback"), REACHING},
    {PEN_STR("replace"), FORMAT},      {PEN_STR("request"), OBJECT | REQUEST},
    {PEN_STR("requestscope"), OBJECT}, {PEN_STR("require"), CALL},
    {PEN_STR("runtime"), OWNER},
};
static const struct known s_words[] = {
    {PEN_STR("scriptenginemanager"), REACHING},
    {PEN_STR("secret_key"), REACHING},
    {PEN_STR("self"), OWNER | OBJECT},
    {PEN_STR("session"), OBJECT},
    {PEN_STR("sessionscope"), OBJECT},
    {PEN_STR("settings"), OBJECT},
    {PEN_STR("shell_exec"), REACHING},
    {PEN_STR("sort"), FILTER},
    {PEN_STR("spawn"), CALL},
    {PEN_STR("spawnsync"), REACHING},
    {PEN_STR("split"), FORMAT},
    {PEN_STR("strftime"), FORMAT},
    {PEN_STR("subclasses"), REACHING},
    {PEN_STR("subprocess"), REACHING},
    {PEN_STR("system"), CALL | OWNER},
};
static const struct known t_words[] = {
    {PEN_STR("this"), OBJECT},
};
static const struct known u_words[] = {
    {PEN_STR("url_for"), REACHING},
};
static const struct known under_words[] = {
    {PEN_STR("_charset"), REACHING},
    {PEN_STR("_context"), REACHING},
    {PEN_STR("_memberaccess"), REACHING},
    {PEN_STR("_self"), REACHING},
};

#define GROUP(words)               \
    {                              \
        words, PEN_COUNT_OF(words) \
    }

/* By their first letters, and those that begin with '_' at the end. */
static const struct group groups[LETTERS + 1] = {
    ['a' - 'a'] = GROUP(a_words), ['b' - 'a'] = GROUP(b_words),   ['c' - 'a'] = GROUP(c_words),
    ['d' - 'a'] = GROUP(d_words), ['e' - 'a'] = GROUP(e_words),   ['f' - 'a'] = GROUP(f_words),
    ['g' - 'a'] = GROUP(g_words), ['i' - 'a'] = GROUP(i_words),   ['j' - 'a'] = GROUP(j_words),
    ['k' - 'a'] = GROUP(k_words), ['l' - 'a'] = GROUP(l_words),   ['m' - 'a'] = GROUP(m_words),
    ['n' - 'a'] = GROUP(n_words), ['o' - 'a'] = GROUP(o_words),   ['p' - 'a'] = GROUP(p_words),
    ['r' - 'a'] = GROUP(r_words), ['s' - 'a'] = GROUP(s_words),   ['t' - 'a'] = GROUP(t_words),
    ['u' - 'a'] = GROUP(u_words), [LETTERS] = GROUP(under_words),
};

unsigned pen_ssti_word(struct pen_str word)
{
    if (word.len < LEAST) return 0;
    const char first = pen_to_lower(word.ptr[0]);
    if (first != '_' && !pen_is_alpha(first)) return 0;
    const struct group *const group = &groups[first == '_' ? LETTERS : first - 'a'];
    for (size_t i = 0; i < group->count; i++) {
        if (group->list[i].name.len != word.len) continue;
        if (pen_str_equal_fold(word, group->list[i].name)) return group->list[i].uses;
    }
    return 0;
}

/**
 * The words that are known, each once, with all that is known of it: a word of a text is looked up
 * when it is read, and never compared again.
 *
 * By the first letter, then by length: most words part in them from all that are known.
 */
#include "filters/sqli_lexer.h"

#define SHORTEST 2

#define ARITH     PEN_SQL_ARITH
#define CASE      PEN_SQL_CASE
#define CLAUSE    PEN_SQL_CLAUSE
#define COMPARE   PEN_SQL_COMPARE
#define LOGIC     PEN_SQL_LOGIC
#define MODIFIER  PEN_SQL_MODIFIER
#define NAME      PEN_SQL_NAME
#define NOT       PEN_SQL_NOT
#define SELECT    PEN_SQL_SELECT
#define STATEMENT PEN_SQL_STATEMENT
#define UNION     PEN_SQL_UNION
#define VALUE     PEN_SQL_VALUE

#define TALE      PEN_SQL_IS_TALE
#define PACKAGE   PEN_SQL_IS_PACKAGE
#define CATALOGUE PEN_SQL_IS_CATALOGUE
#define SCHEMA    PEN_SQL_IS_SCHEMA
#define SELF      PEN_SQL_IS_SELF
#define ASKS      PEN_SQL_IS_ASKS
#define NUMBERS   PEN_SQL_IS_NUMBERS
#define PARTS     PEN_SQL_IS_PARTS
#define QUERIES   PEN_SQL_IS_QUERIES
#define JOINS     PEN_SQL_IS_JOINS
#define ARTICLE   PEN_SQL_IS_ARTICLE
#define THING     PEN_SQL_IS_THING
#define BEFORE    PEN_SQL_IS_BEFORE
#define DEFINES   PEN_SQL_IS_DEFINES
#define RIGHT     PEN_SQL_IS_RIGHT
#define OWN       PEN_SQL_IS_OWN
#define CALL      PEN_SQL_IS_CALL
#define CODE      PEN_SQL_IS_CODE
#define CONCAT    PEN_SQL_IS_CONCAT

struct word {
    struct pen_str word;
    enum pen_sql_kind kind;
    uint32_t traits;
};

/* Sorted by length, then by letters. */
/* clang-format off */
static const struct word of_a[] = {
    {PEN_STR("an"), NAME, ARTICLE},
    {PEN_STR("as"), CLAUSE, 0},
    {PEN_STR("add"), NAME, DEFINES},
    {PEN_STR("all"), MODIFIER, RIGHT},
    {PEN_STR("and"), LOGIC, 0},
    {PEN_STR("any"), MODIFIER, 0},
    {PEN_STR("asc"), MODIFIER, 0},
    {PEN_STR("alter"), STATEMENT, 0},
    {PEN_STR("ascii"), NAME, NUMBERS | QUERIES},
    {PEN_STR("attach"), STATEMENT, 0},
    {PEN_STR("assembly"), NAME, THING},
    {PEN_STR("all_users"), NAME, CATALOGUE},
    {PEN_STR("all_tables"), NAME, CATALOGUE},
    {PEN_STR("authorization"), NAME, DEFINES},
    {PEN_STR("all_tab_columns"), NAME, CATALOGUE},
};
static const struct word of_b[] = {
    {PEN_STR("by"), CLAUSE, 0},
    {PEN_STR("bin"), NAME, NUMBERS},
    {PEN_STR("begin"), STATEMENT, 0},
    {PEN_STR("binary"), MODIFIER, 0},
    {PEN_STR("between"), COMPARE, 0},
    {PEN_STR("benchmark"), NAME, CALL},
};
static const struct word of_c[] = {
    {PEN_STR("chr"), NAME, CALL | CODE},
    {PEN_STR("call"), STATEMENT, 0},
    {PEN_STR("case"), CASE, 0},
    {PEN_STR("cast"), NAME, QUERIES},
    {PEN_STR("char"), NAME, PARTS | CALL | CODE},
    {PEN_STR("conv"), NAME, QUERIES},
    {PEN_STR("copy"), STATEMENT, 0},
    {PEN_STR("concat"), NAME, CALL | CONCAT},
    {PEN_STR("create"), STATEMENT, RIGHT | OWN},
    {PEN_STR("ctxsys"), NAME, PACKAGE},
    {PEN_STR("cascade"), NAME, DEFINES},
    {PEN_STR("collate"), ARITH, 0},
    {PEN_STR("connect"), NAME, RIGHT},
    {PEN_STR("control"), NAME, RIGHT},
    {PEN_STR("convert"), NAME, QUERIES},
    {PEN_STR("concat_ws"), NAME, CALL | CONCAT},
    {PEN_STR("crypt_key"), NAME, TALE},
    {PEN_STR("current_role"), NAME, ASKS},
    {PEN_STR("current_user"), VALUE, SELF | ASKS},
    {PEN_STR("connection_id"), NAME, ASKS},
    {PEN_STR("current_schema"), NAME, SELF | ASKS},
    {PEN_STR("current_setting"), NAME, SELF},
    {PEN_STR("current_database"), NAME, SELF | ASKS},
};
static const struct word of_d[] = {
    {PEN_STR("dba"), NAME, RIGHT},
    {PEN_STR("div"), ARITH, 0},
    {PEN_STR("desc"), MODIFIER, 0},
    {PEN_STR("drop"), STATEMENT, 0},
    {PEN_STR("delay"), MODIFIER, 0},
    {PEN_STR("delete"), STATEMENT, OWN},
    {PEN_STR("db_name"), NAME, SELF | ASKS},
    {PEN_STR("declare"), STATEMENT, 0},
    {PEN_STR("database"), NAME, SELF | ASKS | THING},
    {PEN_STR("distinct"), MODIFIER, 0},
    {PEN_STR("dba_users"), NAME, CATALOGUE},
    {PEN_STR("dbms_java"), NAME, PACKAGE},
    {PEN_STR("dbms_ldap"), NAME, PACKAGE},
    {PEN_STR("dbms_lock"), NAME, PACKAGE},
    {PEN_STR("dbms_pipe"), NAME, PACKAGE},
    {PEN_STR("directory"), NAME, THING},
    {PEN_STR("dba_tables"), NAME, CATALOGUE},
    {PEN_STR("dbms_xmlgen"), NAME, PACKAGE},
    {PEN_STR("distinctrow"), MODIFIER, 0},
    {PEN_STR("dbms_advisor"), NAME, PACKAGE},
    {PEN_STR("dbms_session"), NAME, PACKAGE},
    {PEN_STR("dbms_utility"), NAME, PACKAGE},
    {PEN_STR("dbms_xmlquery"), NAME, PACKAGE},
    {PEN_STR("dblink_connect"), NAME, TALE},
    {PEN_STR("dbms_scheduler"), NAME, PACKAGE},
    {PEN_STR("database_to_xml"), NAME, TALE},
    {PEN_STR("dbms_xslprocessor"), NAME, PACKAGE},
    {PEN_STR("dbms_export_extension"), NAME, PACKAGE},
};
static const struct word of_e[] = {
    {PEN_STR("elt"), NAME, QUERIES},
    {PEN_STR("end"), CASE, 0},
    {PEN_STR("exp"), NAME, QUERIES},
    {PEN_STR("each"), NAME, ARTICLE},
    {PEN_STR("else"), CASE, 0},
    {PEN_STR("exec"), STATEMENT, 0},
    {PEN_STR("every"), NAME, ARTICLE},
    {PEN_STR("except"), UNION, 0},
    {PEN_STR("exists"), MODIFIER, 0},
    {PEN_STR("execute"), STATEMENT, RIGHT},
    {PEN_STR("extension"), NAME, THING},
    {PEN_STR("extractvalue"), NAME, TALE},
};
static const struct word of_f[] = {
    {PEN_STR("from"), CLAUSE, 0},
    {PEN_STR("false"), VALUE, 0},
    {PEN_STR("function"), NAME, THING},
    {PEN_STR("fts3_tokenizer"), NAME, TALE},
    {PEN_STR("fn_trace_gettable"), NAME, TALE},
    {PEN_STR("fn_xe_file_target_read_file"), NAME, TALE},
};
static const struct word of_g[] = {
    {PEN_STR("glob"), COMPARE, 0},
    {PEN_STR("grant"), STATEMENT, 0},
    {PEN_STR("group"), CLAUSE, 0},
    {PEN_STR("global"), NAME, BEFORE},
    {PEN_STR("gtid_subset"), NAME, TALE},
    {PEN_STR("gtid_subtract"), NAME, TALE},
    {PEN_STR("generate_series"), NAME, TALE},
};
static const struct word of_h[] = {
    {PEN_STR("her"), NAME, ARTICLE},
    {PEN_STR("hex"), NAME, NUMBERS},
    {PEN_STR("his"), NAME, ARTICLE},
    {PEN_STR("having"), CLAUSE, JOINS},
    {PEN_STR("handler"), STATEMENT, 0},
    {PEN_STR("host_name"), NAME, SELF | ASKS},
    {PEN_STR("httpuritype"), NAME, TALE},
};
static const struct word of_i[] = {
    {PEN_STR("in"), COMPARE, 0},
    {PEN_STR("is"), COMPARE, 0},
    {PEN_STR("it"), NAME, ARTICLE},
    {PEN_STR("its"), NAME, ARTICLE},
    {PEN_STR("into"), CLAUSE, 0},
    {PEN_STR("ilike"), COMPARE, 0},
    {PEN_STR("index"), NAME, THING},
    {PEN_STR("ifnull"), NAME, QUERIES},
    {PEN_STR("insert"), STATEMENT, OWN},
    {PEN_STR("interval"), MODIFIER, 0},
    {PEN_STR("intersect"), UNION, 0},
    {PEN_STR("identified"), NAME, DEFINES},
    {PEN_STR("inet_server_addr"), NAME, SELF | ASKS},
    {PEN_STR("is_srvrolemember"), NAME, SELF},
    {PEN_STR("information_schema"), NAME, CATALOGUE},
};
static const struct word of_j[] = {
    {PEN_STR("join"), CLAUSE, 0},
};
static const struct word of_l[] = {
    {PEN_STR("left"), NAME, PARTS},
    {PEN_STR("like"), COMPARE, 0},
    {PEN_STR("load"), STATEMENT, 0},
    {PEN_STR("limit"), CLAUSE, JOINS},
    {PEN_STR("login"), NAME, THING},
    {PEN_STR("lo_get"), NAME, TALE},
    {PEN_STR("language"), NAME, THING | DEFINES},
    {PEN_STR("lo_export"), NAME, TALE},
    {PEN_STR("lo_import"), NAME, TALE},
    {PEN_STR("load_file"), NAME, TALE},
    {PEN_STR("last_insert_id"), NAME, ASKS},
    {PEN_STR("load_extension"), NAME, TALE},
};
static const struct word of_m[] = {
    {PEN_STR("my"), NAME, ARTICLE},
    {PEN_STR("mid"), NAME, PARTS | QUERIES},
    {PEN_STR("mod"), ARITH, 0},
    {PEN_STR("msdb"), NAME, SCHEMA},
    {PEN_STR("merge"), STATEMENT, OWN},
    {PEN_STR("minus"), UNION, 0},
    {PEN_STR("mysql"), NAME, SCHEMA},
    {PEN_STR("mysys"), NAME, CATALOGUE},
    {PEN_STR("master"), NAME, SCHEMA},
    {PEN_STR("modify"), NAME, DEFINES},
    {PEN_STR("make_set"), NAME, QUERIES},
    {PEN_STR("msysobjects"), NAME, CATALOGUE},
    {PEN_STR("msysaccessobjects"), NAME, CATALOGUE},
};
static const struct word of_n[] = {
    {PEN_STR("not"), NOT, 0},
    {PEN_STR("null"), VALUE, 0},
    {PEN_STR("nchar"), NAME, CALL | CODE},
    {PEN_STR("name_const"), NAME, TALE},
};
static const struct word of_o[] = {
    {PEN_STR("on"), CLAUSE, 0},
    {PEN_STR("or"), LOGIC, BEFORE},
    {PEN_STR("ord"), NAME, NUMBERS | QUERIES},
    {PEN_STR("our"), NAME, ARTICLE},
    {PEN_STR("order"), CLAUSE, 0},
    {PEN_STR("owner"), NAME, DEFINES},
    {PEN_STR("offset"), CLAUSE, JOINS},
    {PEN_STR("ordsys"), NAME, PACKAGE},
    {PEN_STR("outfile"), MODIFIER, 0},
    {PEN_STR("openquery"), NAME, TALE},
    {PEN_STR("openrowset"), NAME, TALE},
    {PEN_STR("opendatasource"), NAME, TALE},
};
static const struct word of_p[] = {
    {PEN_STR("pg_sleep"), NAME, TALE},
    {PEN_STR("pg_ls_dir"), NAME, TALE},
    {PEN_STR("procedure"), CLAUSE, THING},
    {PEN_STR("pg_catalog"), NAME, SCHEMA},
    {PEN_STR("pg_read_file"), NAME, TALE},
    {PEN_STR("pg_stat_file"), NAME, TALE},
    {PEN_STR("performance_schema"), NAME, SCHEMA},
    {PEN_STR("pg_read_binary_file"), NAME, TALE},
};
static const struct word of_q[] = {
    {PEN_STR("query_to_xml"), NAME, TALE},
};
static const struct word of_r[] = {
    {PEN_STR("role"), NAME, THING},
    {PEN_STR("right"), NAME, PARTS},
    {PEN_STR("rlike"), COMPARE, JOINS},
    {PEN_STR("regexp"), COMPARE, JOINS},
    {PEN_STR("rename"), STATEMENT, DEFINES},
    {PEN_STR("revoke"), STATEMENT, 0},
    {PEN_STR("replace"), STATEMENT, BEFORE | OWN},
    {PEN_STR("returns"), NAME, DEFINES},
    {PEN_STR("resource"), NAME, RIGHT},
    {PEN_STR("restrict"), NAME, DEFINES},
    {PEN_STR("rdb$types"), NAME, CATALOGUE},
    {PEN_STR("randomblob"), NAME, TALE},
    {PEN_STR("rdb$fields"), NAME, CATALOGUE},
    {PEN_STR("rdb$database"), NAME, CATALOGUE},
    {PEN_STR("rdb$relations"), NAME, CATALOGUE},
    {PEN_STR("regexp_substring"), NAME, TALE},
};
static const struct word of_s[] = {
    {PEN_STR("set"), STATEMENT, 0},
    {PEN_STR("sys"), NAME, SCHEMA},
    {PEN_STR("some"), MODIFIER, 0},
    {PEN_STR("sleep"), NAME, CALL},
    {PEN_STR("schema"), NAME, SELF | ASKS | THING},
    {PEN_STR("select"), SELECT, RIGHT},
    {PEN_STR("sounds"), COMPARE, 0},
    {PEN_STR("substr"), NAME, PARTS | QUERIES},
    {PEN_STR("syscat"), NAME, CATALOGUE},
    {PEN_STR("sysibm"), NAME, CATALOGUE},
    {PEN_STR("similar"), COMPARE, 0},
    {PEN_STR("sequence"), NAME, THING},
    {PEN_STR("shutdown"), STATEMENT, 0},
    {PEN_STR("sys_eval"), NAME, TALE},
    {PEN_STR("sys_exec"), NAME, TALE},
    {PEN_STR("sysadmin"), NAME, RIGHT},
    {PEN_STR("sysusers"), NAME, CATALOGUE},
    {PEN_STR("substring"), NAME, PARTS | QUERIES},
    {PEN_STR("syslogins"), NAME, CATALOGUE},
    {PEN_STR("suser_name"), NAME, SELF | ASKS},
    {PEN_STR("syscolumns"), NAME, CATALOGUE},
    {PEN_STR("sysobjects"), NAME, CATALOGUE},
    {PEN_STR("sysservers"), NAME, CATALOGUE},
    {PEN_STR("suser_sname"), NAME, SELF | ASKS},
    {PEN_STR("sys_context"), NAME, SELF},
    {PEN_STR("system_user"), NAME, SELF | ASKS},
    {PEN_STR("session_user"), NAME, SELF | ASKS},
    {PEN_STR("sysdatabases"), NAME, CATALOGUE},
    {PEN_STR("sysprocesses"), NAME, CATALOGUE},
    {PEN_STR("sqlite_master"), NAME, CATALOGUE},
    {PEN_STR("sqlite_schema"), NAME, CATALOGUE},
    {PEN_STR("serverproperty"), NAME, SELF},
    {PEN_STR("sqlite_version"), NAME, SELF | ASKS},
    {PEN_STR("sqlid_to_sqlhash"), NAME, TALE},
    {PEN_STR("st_latfromgeohash"), NAME, TALE},
    {PEN_STR("sqlite_temp_master"), NAME, CATALOGUE},
    {PEN_STR("st_longfromgeohash"), NAME, TALE},
    {PEN_STR("st_pointfromgeohash"), NAME, TALE},
};
static const struct word of_t[] = {
    {PEN_STR("the"), NAME, ARTICLE},
    {PEN_STR("temp"), NAME, BEFORE},
    {PEN_STR("that"), NAME, ARTICLE},
    {PEN_STR("them"), NAME, ARTICLE},
    {PEN_STR("then"), CASE, 0},
    {PEN_STR("this"), NAME, ARTICLE},
    {PEN_STR("true"), VALUE, 0},
    {PEN_STR("type"), NAME, THING},
    {PEN_STR("table"), NAME, THING},
    {PEN_STR("their"), NAME, ARTICLE},
    {PEN_STR("there"), NAME, ARTICLE},
    {PEN_STR("these"), NAME, ARTICLE},
    {PEN_STR("those"), NAME, ARTICLE},
    {PEN_STR("tempdb"), NAME, SCHEMA},
    {PEN_STR("trigger"), NAME, THING},
    {PEN_STR("truncate"), STATEMENT, 0},
    {PEN_STR("temporary"), NAME, BEFORE},
    {PEN_STR("tablespace"), NAME, THING},
    {PEN_STR("table_to_xml"), NAME, TALE},
};
static const struct word of_u[] = {
    {PEN_STR("user"), NAME, SELF | ASKS | THING},
    {PEN_STR("unhex"), NAME, QUERIES},
    {PEN_STR("union"), UNION, 0},
    {PEN_STR("unique"), NAME, BEFORE},
    {PEN_STR("update"), STATEMENT, OWN},
    {PEN_STR("unicode"), NAME, NUMBERS},
    {PEN_STR("utl_tcp"), NAME, PACKAGE},
    {PEN_STR("utl_file"), NAME, PACKAGE},
    {PEN_STR("utl_http"), NAME, PACKAGE},
    {PEN_STR("utl_smtp"), NAME, PACKAGE},
    {PEN_STR("updatexml"), NAME, TALE},
    {PEN_STR("user_lock"), NAME, PACKAGE},
    {PEN_STR("user_name"), NAME, SELF | ASKS},
    {PEN_STR("utl_inaddr"), NAME, PACKAGE},
    {PEN_STR("user_tables"), NAME, CATALOGUE},
    {PEN_STR("user_objects"), NAME, CATALOGUE},
    {PEN_STR("user_tab_columns"), NAME, CATALOGUE},
};
static const struct word of_v[] = {
    {PEN_STR("view"), NAME, THING},
    {PEN_STR("values"), CLAUSE, 0},
    {PEN_STR("version"), NAME, SELF | ASKS},
    {PEN_STR("v$session"), NAME, CATALOGUE},
    {PEN_STR("v$version"), NAME, CATALOGUE},
    {PEN_STR("v$instance"), NAME, CATALOGUE},
};
static const struct word of_w[] = {
    {PEN_STR("when"), CASE, 0},
    {PEN_STR("with"), CLAUSE, 0},
    {PEN_STR("where"), CLAUSE, JOINS},
    {PEN_STR("waitfor"), STATEMENT, 0},
    {PEN_STR("without"), NAME, DEFINES},
};
static const struct word of_x[] = {
    {PEN_STR("xor"), LOGIC, 0},
    {PEN_STR("xmltype"), NAME, TALE},
};
static const struct word of_y[] = {
    {PEN_STR("your"), NAME, ARTICLE},
};
/* clang-format on */

#define OF(array)                  \
    {                              \
        array, PEN_COUNT_OF(array) \
    }
static const struct {
    const struct word *words;
    size_t count;
} by_letter[26] = {
    ['a' - 'a'] = OF(of_a), ['b' - 'a'] = OF(of_b), ['c' - 'a'] = OF(of_c), ['d' - 'a'] = OF(of_d),
    ['e' - 'a'] = OF(of_e), ['f' - 'a'] = OF(of_f), ['g' - 'a'] = OF(of_g), ['h' - 'a'] = OF(of_h),
    ['i' - 'a'] = OF(of_i), ['j' - 'a'] = OF(of_j), ['l' - 'a'] = OF(of_l), ['m' - 'a'] = OF(of_m),
    ['n' - 'a'] = OF(of_n), ['o' - 'a'] = OF(of_o), ['p' - 'a'] = OF(of_p), ['q' - 'a'] = OF(of_q),
    ['r' - 'a'] = OF(of_r), ['s' - 'a'] = OF(of_s), ['t' - 'a'] = OF(of_t), ['u' - 'a'] = OF(of_u),
    ['v' - 'a'] = OF(of_v), ['w' - 'a'] = OF(of_w), ['x' - 'a'] = OF(of_x), ['y' - 'a'] = OF(of_y),
};
#undef OF

/* Of words of one length and first letter. */
static bool is_rest(struct pen_str word, struct pen_str text)
{
    size_t i = 1;
    while (i < text.len && pen_to_lower(text.ptr[i]) == word.ptr[i]) {
        i++;
    }
    return i == text.len;
}

enum pen_sql_kind pen_sql_word(struct pen_str text, uint32_t *traits)
{
    *traits = 0;
    if (text.len < SHORTEST || !pen_is_alpha(text.ptr[0])) return PEN_SQL_NAME;

    /* From the short ones on: a text has more short words than long ones. */
    const size_t letter = (size_t)(pen_to_lower(text.ptr[0]) - 'a');
    const struct word *const words = by_letter[letter].words;
    const size_t count = by_letter[letter].count;
    size_t i = 0;
    while (i < count && words[i].word.len < text.len) {
        i++;
    }
    for (; i < count && words[i].word.len == text.len; i++) {
        if (!is_rest(words[i].word, text)) continue;
        *traits = words[i].traits;
        return words[i].kind;
    }
    return PEN_SQL_NAME;
}

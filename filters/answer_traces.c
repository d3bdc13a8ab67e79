/**
 * Frames of stack traces, and the sentences in which databases complain.
 *
 * A frame is known by its place: "File.java:42)", "file.rb:7:in", "x.js:1:2". Each is reported as
 * its line, so that striking it out leaves the answer's other lines. (CWE-209; OWASP WSTG-ERRH-02)
 *
 * The end of a line is also what JSON and HTML end it with: an escape, a quote, a tag.
 */
#include "filters/answer_traces.h"

#define FRAME 80
#define WORDS 75 /* a sentence: documentation says it, too */
#define LINE  256

enum rule {
    JAVA,
    PYTHON,
    NODE,
    DOTNET,
    PHP,
    GO,
    RUBY,
    MYSQL,
    POSTGRES,
    ORACLE,
    MSSQL,
    SQLITE,
    PHPINFO,
    LISTING,
};

static const struct {
    const char *id;
    const char *sentence;
    enum pen_answer_class class;
} rules[] = {
    [JAVA] = {"traces.java", "a frame of a Java stack trace", PEN_ANSWER_TRACES},
    [PYTHON] = {"traces.python", "a line of a Python traceback", PEN_ANSWER_TRACES},
    [NODE] = {"traces.node", "a frame of a JavaScript stack trace", PEN_ANSWER_TRACES},
    [DOTNET] = {"traces.dotnet", "a frame of a .NET stack trace", PEN_ANSWER_TRACES},
    [PHP] = {"traces.php", "an error of PHP with its file and line", PEN_ANSWER_TRACES},
    [GO] = {"traces.go", "a line of a Go panic", PEN_ANSWER_TRACES},
    [RUBY] = {"traces.ruby", "a frame of a Ruby backtrace", PEN_ANSWER_TRACES},
    [MYSQL] = {"errors.mysql", "an error of MySQL or MariaDB", PEN_ANSWER_ERRORS},
    [POSTGRES] = {"errors.postgresql", "an error of PostgreSQL", PEN_ANSWER_ERRORS},
    [ORACLE] = {"errors.oracle", "an error of Oracle's database", PEN_ANSWER_ERRORS},
    [MSSQL] = {"errors.mssql", "an error of Microsoft SQL Server", PEN_ANSWER_ERRORS},
    [SQLITE] = {"errors.sqlite", "an error of SQLite", PEN_ANSWER_ERRORS},
    [PHPINFO] = {"errors.phpinfo", "the output of phpinfo()", PEN_ANSWER_ERRORS},
    [LISTING] = {"errors.listing", "the listing of a folder", PEN_ANSWER_ERRORS},
};

/* Sentences that stand in nothing else. */
static const struct {
    struct pen_str text;
    enum rule rule;
} sentences[] = {
    {PEN_STR("Traceback (most recent call last)"), PYTHON},
    {PEN_STR("Server Error in '/"), DOTNET},
    {PEN_STR("--- End of inner exception stack trace ---"), DOTNET},
    {PEN_STR("PHP Fatal error:"), PHP},
    {PEN_STR("Fatal error: Uncaught"), PHP},
    {PEN_STR("<b>Fatal error</b>:"), PHP},
    {PEN_STR("<b>Warning</b>:"), PHP},
    {PEN_STR("You have an error in your SQL syntax"), MYSQL},
    {PEN_STR("com.mysql.jdbc.exceptions"), MYSQL},
    {PEN_STR("com.mysql.cj.jdbc.exceptions"), MYSQL},
    {PEN_STR("MySqlException"), MYSQL},
    {PEN_STR("SQLSTATE["), MYSQL},
    {PEN_STR("syntax error at or near"), POSTGRES},
    {PEN_STR("unterminated quoted string at or near"), POSTGRES},
    {PEN_STR("PG::SyntaxError"), POSTGRES},
    {PEN_STR("PG::UndefinedTable"), POSTGRES},
    {PEN_STR("org.postgresql.util.PSQLException"), POSTGRES},
    {PEN_STR("psycopg2.errors."), POSTGRES},
    {PEN_STR("Unclosed quotation mark after the character string"), MSSQL},
    {PEN_STR("Incorrect syntax near"), MSSQL},
    {PEN_STR("Microsoft OLE DB Provider for SQL Server"), MSSQL},
    {PEN_STR("[Microsoft][ODBC"), MSSQL},
    {PEN_STR("System.Data.SqlClient.SqlException"), MSSQL},
    {PEN_STR("Microsoft.Data.SqlClient.SqlException"), MSSQL},
    {PEN_STR("sqlite3.OperationalError"), SQLITE},
    {PEN_STR("SQLITE_ERROR"), SQLITE},
    {PEN_STR("org.sqlite.SQLiteException"), SQLITE},
    {PEN_STR("<title>phpinfo()"), PHPINFO},
    {PEN_STR("<title>Index of /"), LISTING},
};

struct look {
    struct pen_str body;
    unsigned classes;
    void (*found)(void *context, const struct pen_answer_finding *finding);
    void *context;
    size_t reported; /* end of the last line */
    size_t plain;    /* end of the last line that does not begin as a frame */
};

static bool is_break(char c)
{
    return c == '\n' || c == '\r' || c == '"' || c == '<' || c == '>';
}

/* The line around [start, end): never half of an escape, nor of a character. */
static struct pen_span line_around(const struct look *look, size_t start, size_t end)
{
    const struct pen_str body = look->body;
    const size_t least = start > LINE ? start - LINE : 0;
    const size_t from = least > look->reported ? least : look->reported;
    size_t first = start;
    size_t word = start; /* where a word begins: for lines that are too long */
    while (first > from && !is_break(body.ptr[first - 1])) {
        if (body.ptr[first - 1] == 'n' && first > 1 && body.ptr[first - 2] == '\\') break;
        if (body.ptr[first - 1] == ' ') word = first;
        first--;
    }
    if (first == from && from == least && from > 0) first = word;
    const size_t most = body.len - end > LINE ? end + LINE : body.len;
    size_t last = end;
    word = end;
    while (last < most && !is_break(body.ptr[last]) && body.ptr[last] != '\\') {
        if (body.ptr[last] == ' ') word = last;
        last++;
    }
    if (last == most && most < body.len) last = word;
    return (struct pen_span){first, last};
}

static bool report(struct look *look, enum rule rule, struct pen_span span, uint32_t score)
{
    if ((look->classes >> rules[rule].class & 1) == 0) return false;

    const struct pen_answer_finding finding = {.class = rules[rule].class,
                                               .rule = rules[rule].id,
                                               .sentence = rules[rule].sentence,
                                               .span = span,
                                               .score = score};
    look->reported = span.end;
    look->found(look->context, &finding);
    return true;
}

static size_t digits_end(struct pen_str text, size_t at)
{
    while (at < text.len && pen_is_digit(text.ptr[at])) {
        at++;
    }
    return at;
}

static bool stands(struct pen_str text, size_t at, struct pen_str what)
{
    return pen_str_starts(pen_str_slice(text, at, text.len), what);
}

/* "   at Name(": what frames of Java, JavaScript and .NET begin with. */
static bool begins_with_at(struct pen_str line)
{
    size_t at = 0;
    while (at < line.len && (line.ptr[at] == ' ' || line.ptr[at] == '\t')) {
        at++;
    }
    /* JSON's "\t". */
    if (stands(line, at, PEN_S("\\tat "))) return true;
    return stands(line, at, PEN_S("at "));
}

static bool ends_any(struct pen_str text, const struct pen_str *ends, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pen_str_ends(text, ends[i])) return true;
    }
    return false;
}

/* At the ':' behind a file's name: which language's frame is it? False: none. */
static bool frame_at(struct pen_str body, size_t colon, enum rule *rule, size_t *end)
{
    static const struct pen_str java[] = {PEN_STR(".java"), PEN_STR(".kt"), PEN_STR(".scala"),
                                          PEN_STR(".groovy")};
    static const struct pen_str node[] = {PEN_STR(".js"), PEN_STR(".ts"), PEN_STR(".mjs"),
                                          PEN_STR(".cjs")};
    static const struct pen_str dotnet[] = {PEN_STR(".cs"), PEN_STR(".vb"), PEN_STR(".fs")};
    const struct pen_str name = pen_str_slice(body, colon > 8 ? colon - 8 : 0, colon);
    if (ends_any(name, dotnet, PEN_COUNT_OF(dotnet))) {
        *rule = DOTNET;
        *end = digits_end(body, colon + 6);
        return stands(body, colon, PEN_S(":line ")) && *end > colon + 6;
    }
    const size_t digits = digits_end(body, colon + 1);
    *end = digits;
    if (digits == colon + 1) return false;
    if (ends_any(name, java, PEN_COUNT_OF(java))) {
        *rule = JAVA;
        return stands(body, digits, PEN_S(")"));
    }
    if (ends_any(name, node, PEN_COUNT_OF(node))) {
        *rule = NODE;
        *end = digits_end(body, digits + 1);
        return stands(body, digits, PEN_S(":")) && *end > digits + 1;
    }
    if (pen_str_ends(name, PEN_S(".rb"))) {
        *rule = RUBY;
        return stands(body, digits, PEN_S(":in "));
    }
    *rule = GO;
    return pen_str_ends(name, PEN_S(".go")) && stands(body, digits, PEN_S(" +0x"));
}

static void look_at_colon(struct look *look, size_t colon)
{
    enum rule rule;
    size_t end = colon;
    if (colon < 4 || !frame_at(look->body, colon, &rule, &end)) return;

    const bool needs_at = rule == JAVA || rule == NODE;
    if (needs_at && colon < look->plain) return;

    const struct pen_span line = line_around(look, colon, end);
    if (needs_at && !begins_with_at(pen_str_slice(look->body, line.start, line.end))) {
        look->plain = line.end;
        return;
    }
    (void)report(look, rule, line, FRAME);
}

/* "#0 /srv/a.php(12): f()" and "in /srv/a.php on line 12". */
static void look_at_php(struct look *look, size_t dot)
{
    const struct pen_str body = look->body;
    const size_t behind = dot + 4;
    const size_t digits = digits_end(body, behind + 1);
    const bool frame = stands(body, behind, PEN_S("(")) && digits > behind + 1
                       && stands(body, digits, PEN_S("):"));
    if (!frame && !stands(body, behind, PEN_S(" on line "))
        && !stands(body, behind, PEN_S("</b> on line <b>"))) {
        return;
    }
    (void)report(look, PHP, line_around(look, dot, behind), FRAME);
}

/* "  File "/srv/a.py", line 3, in f": the quotes may be escaped. */
static void look_at_python(struct look *look, size_t dot)
{
    const struct pen_str body = look->body;
    size_t behind = dot + 3;
    if (stands(body, behind, PEN_S("\\"))) behind++;
    if (!stands(body, behind, PEN_S("\", line "))) return;
    const size_t digits = digits_end(body, behind + 8);
    /* From behind the quote on: what stands before it is a string of its own. */
    const struct pen_span span = {behind + 1, line_around(look, behind + 1, digits).end};
    if (digits > behind + 8) (void)report(look, PYTHON, span, FRAME);
}

static bool is_ora(struct pen_str body, size_t at)
{
    return stands(body, at, PEN_S("ORA-")) && digits_end(body, at + 4) == at + 9
           && stands(body, at + 9, PEN_S(":"));
}

static bool is_goroutine(struct pen_str body, size_t at)
{
    if (!stands(body, at, PEN_S("goroutine "))) return false;
    const size_t digits = digits_end(body, at + 10);
    return digits > at + 10 && stands(body, digits, PEN_S(" ["));
}

static void look_at_sentence(struct look *look, size_t at)
{
    const struct pen_str body = look->body;
    const char c = body.ptr[at];
    if (c == 'O' && is_ora(body, at)) {
        (void)report(look, ORACLE, line_around(look, at, at + 10), WORDS);
        return;
    }
    if (c == 'g' && is_goroutine(body, at)) {
        (void)report(look, GO, line_around(look, at, at + 12), FRAME);
        return;
    }
    for (size_t i = 0; i < PEN_COUNT_OF(sentences); i++) {
        const struct pen_str text = sentences[i].text;
        if (text.ptr[0] != c || !stands(body, at, text)) continue;
        /* Tags and quotes around it stay. */
        struct pen_span line = {at, at + text.len};
        if (c != '<') line = line_around(look, at, at + text.len);
        (void)report(look, sentences[i].rule, line, WORDS);
        return;
    }
}

void pen_answer_traces(struct pen_str body, unsigned classes,
                       void (*found)(void *context, const struct pen_answer_finding *finding),
                       void *context)
{
    struct look look = {.body = body, .classes = classes, .found = found, .context = context};
    for (size_t at = 0; at < body.len; at++) {
        if (at < look.reported) continue;
        switch (body.ptr[at]) {
        case ':':
            look_at_colon(&look, at);
            break;
        case '.':
            if (stands(body, at, PEN_S(".php"))) look_at_php(&look, at);
            if (stands(body, at, PEN_S(".py"))) look_at_python(&look, at);
            break;
        case '<':
        case '[':
        case '-':
        case 'F':
        case 'I':
        case 'M':
        case 'O':
        case 'P':
        case 'S':
        case 'T':
        case 'U':
        case 'Y':
        case 'c':
        case 'g':
        case 'o':
        case 'p':
        case 's':
        case 'u':
            look_at_sentence(&look, at);
            break;
        default:
            break;
        }
    }
}

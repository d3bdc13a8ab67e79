/** URLs that lead a client inside, and addresses and URLs that do not. */
#include "tests/unit/filter_alone.h"

static void blocks_urls_that_lead_inside(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"URL 0", PEN_STR("http://169.254.169.254/latest/meta-data/")},
        {"URL 1", PEN_STR("http://169.254.169.254")},
        {"URL 2", PEN_STR("http://metadata.google.internal/computeMetadata/v1/")},
        {"URL 3", PEN_STR("http://[fd00:ec2::254]/latest/")},
        {"URL 4", PEN_STR("http://100.100.100.200/latest/")},
        {"URL 5", PEN_STR("http://169.254.170.2/v2/credentials/")},
        {"URL 6", PEN_STR("http://2852039166/latest/")},
        {"URL 7", PEN_STR("http://0xa9fea9fe/")},
        {"URL 8", PEN_STR("http://0251.0376.0251.0376/")},
        {"URL 9", PEN_STR("http://[::ffff:169.254.169.254]/")},
        {"URL 10", PEN_STR("http://[::ffff:a9fe:a9fe]/")},
        {"URL 11", PEN_STR("http://425.510.425.510/")},
        {"URL 12", PEN_STR("http://2130706433/")},
        {"URL 13", PEN_STR("http://0x7f000001/")},
        {"URL 14", PEN_STR("http://0x7f.1/")},
        {"URL 15", PEN_STR("http://017700000001/")},
        {"URL 16", PEN_STR("http://127.1/")},
        {"URL 17", PEN_STR("http://127.0.1/")},
        {"URL 18", PEN_STR("http://0/")},
        {"URL 19", PEN_STR("http://0.0.0.0:80/")},
        {"URL 20", PEN_STR("http://[::]:22/")},
        {"URL 21", PEN_STR("http://[0:0:0:0:0:ffff:127.0.0.1]/")},
        {"URL 22",
         PEN_STR("http://"
                 "\342\221\240\342\221\241\342\221\246.\342\223\252.\342\223\252.\342\221\240/")},
        {"URL 23", PEN_STR("http://127\343\200\2020\343\200\2020\343\200\2021/")},
        {"URL 24", PEN_STR("http://\357\274\221\357\274\222\357\274\227.0.0.1/")},
        {"URL 25", PEN_STR("gopher://127.0.0.1:6379/_FLUSHALL")},
        {"URL 26", PEN_STR("dict://127.0.0.1:11211/stat")},
        {"URL 27", PEN_STR("jar:http://evil.example/a.zip!/b")},
        {"URL 28", PEN_STR("netdoc:///etc/hosts")},
        {"URL 29", PEN_STR("http://127.0.0.1:6379/")},
        {"URL 30", PEN_STR("http://localhost:22/")},
        {"URL 31", PEN_STR("http://localhost:9001/2018-06-01/runtime/invocation/next")},
        {"URL 32", PEN_STR("http://127.0.0.1.nip.io/")},
        {"URL 33", PEN_STR("http://localtest.me/admin")},
        {"URL 34", PEN_STR("http://x.burpcollaborator.net/")},
        {"URL 35", PEN_STR("http://good.example@127.0.0.1/")},
        {"URL 36", PEN_STR("http://good.example@a@10.0.0.1/")},
        {"URL 37", PEN_STR("http://good.example#@evil.example/")},
        {"URL 38", PEN_STR("http://good.example\\@evil.example/")},
        {"URL 39", PEN_STR("http://2130706433:80/admin")},
        {"URL 40", PEN_STR("ftp://0x7f000001/x")},
        {"URL 41", PEN_STR("//169.254.169.254/latest/")},
        {"URL 42", PEN_STR("URL:http://169.254.169.254/")},
        {"without slashes", PEN_STR("http:169.254.169.254")},
        {"one slash", PEN_STR("http:/169.254.169.254/")},
        {"backslashes", PEN_STR("http:\\\\169.254.169.254\\x")},
        {"a neighbour of loopback", PEN_STR("http://127.127.127.127:8080/")},
        {"another name of loopback", PEN_STR("http://ip6-localhost/")},
        {"capitals", PEN_STR("http://LOCALHOST:8080/")},
        {"posing as inner", PEN_STR("http://127.0.0.1@evil.example/")},
        {"within a URL's value", PEN_STR("https://a.example/go?to=http://169.254.169.254/x")},
        {"loopback without a port", PEN_STR("http://127.0.0.1/x")},
        {"an inner page", PEN_STR("http://10.0.0.1/admin")},
        {"a socket", PEN_STR("unix:///var/run/docker.sock")},
        {"Oracle", PEN_STR("http://192.0.0.192/latest/")},
        {"6to4", PEN_STR("http://[2002:7f00:1::]/")},
        {"a socket for a host", PEN_STR("http://unix:/var/run/docker.sock:/info")},
        {"a store at the metadata service", PEN_STR("redis://169.254.169.254:80/")},
        {"a store, disguised", PEN_STR("mysql://0x7f000001:3306/")},
    };
    filter_case_blocks(&it, "ssrf", rows, PEN_COUNT_OF(rows));
}

static void stays_silent_on_what_leads_outside(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"text 0", PEN_STR("10.0.0.5")},
        {"text 1", PEN_STR("127.0.0.1")},
        {"text 2", PEN_STR("localhost")},
        {"text 3", PEN_STR("192.168.1.10:8080")},
        {"text 4", PEN_STR("::1")},
        {"text 5", PEN_STR("https://example.com/")},
        {"text 6", PEN_STR("https://example.com:8443/a?b=c#d")},
        {"text 7", PEN_STR("http://user:secret@example.com/")},
        {"text 8", PEN_STR("https://api.github.com/repos/a/b/issues{/number}")},
        {"text 9", PEN_STR("https://8.8.8.8/dns-query")},
        {"text 10", PEN_STR("http://1.1.1.1/")},
        {"text 11", PEN_STR("https://example.com/?next=/home")},
        {"text 12", PEN_STR("arn:aws:s3:::bucket/key")},
        {"text 13", PEN_STR("s3://bucket/key")},
        {"text 14", PEN_STR("git://github.com/a/b.git")},
        {"text 15", PEN_STR("ssh://git@github.com/a/b.git")},
        {"text 16", PEN_STR("git@github.com:a/b.git")},
        {"text 17", PEN_STR("mailto:a@example.com")},
        {"text 18", PEN_STR("https://medium.com/@user/post")},
        {"text 19", PEN_STR("https://www.npmjs.com/package/@scope/name")},
        {"text 20", PEN_STR("https://maps.example/@52.5,13.4,15z")},
        {"text 21", PEN_STR("// a comment")},
        {"text 22", PEN_STR("http://")},
        {"text 23", PEN_STR("https://[2001:db8::1]/")},
        {"text 24", PEN_STR("https://example.com/a:b")},
        {"text 25", PEN_STR("urn:uuid:6f1c2c1e-6f55-4f5c-9d6b-1e8ac0a6c1de")},
        {"text 26", PEN_STR("data:image/png;base64,AAAA")},
        {"text 27", PEN_STR("C:\\temp")},
        {"text 28", PEN_STR("12:30")},
        {"text 29", PEN_STR("http://2130706433.example.com/")},
        {"text 30", PEN_STR("jdbc:postgresql://db.example:5432/x")},
        {"text 31", PEN_STR("amqp://mq.example")},
        {"text 32", PEN_STR("http://user.name@example.com/")},
        {"text 33", PEN_STR("https://example.com/go?to=https://example.org/x")},
        {"text 34", PEN_STR("fastcgi_pass unix:/run/php/php.sock;")},
        {"text 35", PEN_STR("ratio 16:9")},
        {"text 36", PEN_STR("http:42 lines")},
        {"a store outside", PEN_STR("postgres://app@db.example.com:5432/app")},
        {"6to4 of a public address", PEN_STR("http://[2002:808:808::]/")},
        {"another scheme", PEN_STR("capacitor://localhost/index.html")},
    };
    filter_case_passes(&it, "ssrf", rows, PEN_COUNT_OF(rows));
}

static void weighs_these_only_for_the_sink(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"loopback", PEN_STR("http://127.0.0.1:8080/x")},
        {"private", PEN_STR("http://10.1.2.3/")},
        {"by name", PEN_STR("http://localhost/start")},
        {"IPv6", PEN_STR("http://[::1]:8080/")},
        {"a name of the network", PEN_STR("http://redis/")},
        {"a cluster's own", PEN_STR("http://a.b.svc.cluster.local/")},
        {"a scheme that is no page's", PEN_STR("sftp://a.example/x")},
        {"a store of this machine", PEN_STR("redis://127.0.0.1:6379/0")},
    };
    filter_case_needs_sink("ssrf", PEN_S("http"), rows, PEN_COUNT_OF(rows));
}

static void is_linear_where_it_could_be_quadratic(void **state)
{
    (void)state;
    static const struct pen_str pieces[] = {PEN_STR("http://"), PEN_STR("a://b@"),
                                            PEN_STR("://[::"),  PEN_STR("http://a@@@@"),
                                            PEN_STR("//x"),     PEN_STR("x:\\\\")};
    filter_case_endures(&it, pieces, PEN_COUNT_OF(pieces));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_urls_that_lead_inside),
        cmocka_unit_test(stays_silent_on_what_leads_outside),
        cmocka_unit_test(weighs_these_only_for_the_sink),
        cmocka_unit_test(is_linear_where_it_could_be_quadratic),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/** Scanners by name and by their marks, and those who only speak of them. */
#include "tests/unit/filter_alone.h"

static struct pen_judgement by_field(struct pen_str name, struct pen_str value)
{
    const struct pen_event_field field = {name, value};
    const struct pen_event_input input = {.fields = &field, .field_count = 1};
    return filter_case_event(&it, &input);
}

static void knows_tools_by_their_user_agent(void **state)
{
    (void)state;
    static const struct pen_str agents[] = {
        PEN_STR("sqlmap/1.7.2#stable (https://sqlmap.org)"),
        PEN_STR("Mozilla/5.00 (Nikto/2.1.6) (Evasions:None) (Test:000001)"),
        PEN_STR("Nuclei - Open-source project (github.com/projectdiscovery/nuclei)"),
        PEN_STR("WPScan v3.8.22 (https://wpscan.com/wordpress-security-scanner)"),
        PEN_STR("masscan/1.3 (https://github.com/robertdavidgraham/masscan)"),
        PEN_STR("DirBuster-1.0-RC1 (http://www.owasp.org/index.php/Category:OWASP_DirBuster)"),
        PEN_STR("gobuster/3.5"),
        PEN_STR("Fuzz Faster U Fool v2.0.0-dev"),
        PEN_STR("Wfuzz/3.1.0"),
        PEN_STR("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Trident/4.0; Nessus)"),
        PEN_STR("Mozilla/5.0 [en] (X11, U; OpenVAS-VT 22.4.1)"),
        PEN_STR("Mozilla/5.0 (compatible; Netsparker)"),
        PEN_STR("w3af.org"),
        PEN_STR("Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 5.1) Havij"),
        PEN_STR("Mozilla/5.0 (Hydra)"),
        PEN_STR("Arachni/v1.5.1"),
        PEN_STR("Mozilla/5.0 SF/2.10b skipfish"),
        PEN_STR("commix/v3.8"),
        PEN_STR("XSSer (http://xsser.03c8.net/)"),
        PEN_STR("Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)"),
        PEN_STR("Jaeles Scanner"),
        PEN_STR("acunetix-product: WVS/1.0"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(agents); i++) {
        const struct pen_judgement judgement = by_field(PEN_S("User-Agent"), agents[i]);
        if (judgement.verdict != PEN_BLOCK) fail_msg("passes: %.*s", PEN_STR_ARGS(agents[i]));
        assert_string_equal(judgement.reason, "scanner.agent");
    }
}

static void only_flags_surveys(void **state)
{
    (void)state;
    const struct pen_judgement judgement =
        by_field(PEN_S("user-agent"), PEN_S("Mozilla/5.0 zgrab/0.x"));
    assert_int_equal(judgement.verdict, PEN_FLAG);
    assert_string_equal(judgement.reason, "scanner.survey");
}

static void lets_other_programs_pass(void **state)
{
    (void)state;
    static const struct pen_str agents[] = {
        PEN_STR("curl/8.5.0"),
        PEN_STR("Wget/1.21.4"),
        PEN_STR("python-requests/2.31.0"),
        PEN_STR("python-httpx/0.27.0"),
        PEN_STR("Go-http-client/1.1"),
        PEN_STR("okhttp/4.12.0"),
        PEN_STR("Java/17.0.2"),
        PEN_STR("PostmanRuntime/7.36.0"),
        PEN_STR("UptimeRobot/2.0; http://www.uptimerobot.com/"),
        PEN_STR("Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)"),
        PEN_STR("Datadog/Synthetics"),
        PEN_STR("kube-probe/1.29"),
        PEN_STR("ELB-HealthChecker/2.0"),
        PEN_STR("GitHub-Hookshot/760256b"),
        PEN_STR("Stripe/1.0 (+https://stripe.com/docs/webhooks)"),
        PEN_STR("Slackbot 1.0 (+https://api.slack.com/robots)"),
        PEN_STR("Amazon CloudFront"),
        PEN_STR("Googlebot/2.1 (+http://www.google.com/bot.html)"),
        PEN_STR("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"),
        PEN_STR("aws-sdk-go/1.44.0 (go1.20; linux; amd64)"),
        PEN_STR("hydra-client/1.0 ory/hydra"),
        PEN_STR("technikton/1.0"),
        PEN_STR("Zapier"),
        PEN_STR("k6/0.49.0 (https://k6.io/)"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(agents); i++) {
        const struct pen_judgement judgement = by_field(PEN_S("User-Agent"), agents[i]);
        if (judgement.verdict != PEN_PASS) fail_msg("refused: %.*s", PEN_STR_ARGS(agents[i]));
    }
}

/* An event that tells of a request tells its user agent. */
static void knows_the_user_agent_within_an_event(void **state)
{
    (void)state;
    static const struct pen_str bodies[] = {
        PEN_STR("{\"headers\":{\"User-Agent\":\"sqlmap/1.7\"}}"),
        PEN_STR("{\"multiValueHeaders\":{\"user-agent\":[\"sqlmap/1.7\"]}}"),
        PEN_STR("{\"requestContext\":{\"identity\":{\"userAgent\":\"Nikto/2.1.6\"}}}"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(bodies); i++) {
        const struct pen_event_input input = {.body = bodies[i], .body_kind = PEN_BODY_JSON};
        assert_int_equal(filter_case_event(&it, &input).verdict, PEN_BLOCK);
    }
    const struct pen_event_input note = {.body = PEN_STR("{\"note\":\"sqlmap/1.7\"}"),
                                         .body_kind = PEN_BODY_JSON};
    assert_int_equal(filter_case_event(&it, &note).verdict, PEN_PASS);
}

static void knows_fields_that_scanners_add(void **state)
{
    (void)state;
    static const struct pen_str names[] = {
        PEN_STR("Acunetix-Aspect"), PEN_STR("Acunetix-Product"),    PEN_STR("X-Scanner"),
        PEN_STR("X-Scan-Memo"),     PEN_STR("X-Arachni-Scan-Seed"), PEN_STR("X-ZAP-Scan-ID"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(names); i++) {
        const struct pen_judgement judgement = by_field(names[i], PEN_S("enabled"));
        assert_int_equal(judgement.verdict, PEN_BLOCK);
        assert_string_equal(judgement.reason, "scanner.field");
    }
    assert_int_equal(by_field(PEN_S("X-Scale"), PEN_S("enabled")).verdict, PEN_PASS);
    assert_int_equal(by_field(PEN_S("Age"), PEN_S("5")).verdict, PEN_PASS);
}

static void blocks_marks_of_probes(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"Acunetix", PEN_STR("acunetix_wvs_security_test")},
        {"its file", PEN_STR("/acunetix-wvs-test-for-some-inexistent-file")},
        {"Netsparker", PEN_STR("'\"--></style></script><script>netsparker(0x000123)</script>")},
        {"Burp", PEN_STR("http://q2w3e4r5t6y7u8i9.burpcollaborator.net/x")},
        {"Burp's other", PEN_STR("nslookup q2w3e4r5t6y7u8i9o0.oastify.com")},
        {"Interactsh", PEN_STR("https://c23b2la0kl1krjcrdj10cndmnioyyyyyn.oast.pro")},
        {"a canary", PEN_STR("a1b2c3d4e5f6g7h8i9j0k1l2m.canarytokens.com")},
        {"Arachni", PEN_STR("some_dangerous_input_7a4bc0")},
        {"skipfish", PEN_STR("-->\">'>'\"<sfi000084v843294>")},
        {"Nikto's file", PEN_STR("http://cirt.net/rfiinc.txt?")},
        {"Havij", PEN_STR("999999.9 union all select 0x31303235343830303536--")},
        {"Nessus", PEN_STR("nessus_is_probing_you_12345")},
    };
    filter_case_blocks(&it, "scanner", rows, PEN_COUNT_OF(rows));
}

static void stays_silent_on_texts_about_scanners(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a report", PEN_STR("We ran sqlmap and Nikto against staging; nothing was found.")},
        {"a commit", PEN_STR("waf: block user agents of sqlmap, nikto and gobuster\n")},
        {"a list", PEN_STR("nmap, masscan, zgrab")},
        {"an order", PEN_STR("Nessus Professional, 1 year")},
        {"physics", PEN_STR("The nuclei of heavy atoms decay.")},
        {"mythology", PEN_STR("Hydra and Arachne")},
        {"a link", PEN_STR("https://github.com/sqlmapproject/sqlmap/wiki")},
        {"a package", PEN_STR("pip install wfuzz")},
        {"a command", PEN_STR("ffuf -w words.txt -u https://a.example/FUZZ")},
        {"roast", PEN_STR("roast.me and coast.fun are sites")},
        {"a tag", PEN_STR("<sfi>")},
        {"toast", PEN_STR("www.toast.pro")},
        {"a bot", PEN_STR("Acunetix scan finished")},
    };
    filter_case_passes(&it, "scanner", rows, PEN_COUNT_OF(rows));
}

static void is_linear_in_names_and_hosts(void **state)
{
    (void)state;
    static const struct pen_str pieces[] = {
        PEN_STR("sqlmap "), PEN_STR("a1.oast.me"), PEN_STR(".oast.me"), PEN_STR("<sfi1"),
        PEN_STR("<sfi"),    PEN_STR("acunetix"),   PEN_STR("."),        PEN_STR("a.interact.sh"),
    };
    filter_case_endures(&it, pieces, PEN_COUNT_OF(pieces));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_tools_by_their_user_agent),
        cmocka_unit_test(only_flags_surveys),
        cmocka_unit_test(lets_other_programs_pass),
        cmocka_unit_test(knows_the_user_agent_within_an_event),
        cmocka_unit_test(knows_fields_that_scanners_add),
        cmocka_unit_test(blocks_marks_of_probes),
        cmocka_unit_test(stays_silent_on_texts_about_scanners),
        cmocka_unit_test(is_linear_in_names_and_hosts),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

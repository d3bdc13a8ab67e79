/** Texts that a schema made harmless: who still looks at them, and at what. */
#include "filters/registry.h"
#include "tests/unit/filter_case.h"

#define INJECTION "x' or 1=1--" /* certain */

/* What the event with these texts noted as harmless comes to. */
static enum pen_verdict inspected(struct filter_case *it, const struct pen_str *harmless,
                                  size_t count)
{
    struct pen_judgement judgement;
    it->event.harmless = harmless;
    it->event.harmless_count = count;
    pen_scan_init(&it->scan, it->arena, it->scratch, 1 << 20);
    assert_int_equal(pen_chain_inspect(it->chain, &it->event, 0, &it->scan, &judgement), PEN_OK);
    return judgement.verdict;
}

static void harmless_texts_are_no_injections_and_others_are(void **state)
{
    (void)state;
    struct filter_case it;
    filter_case_open(&it, NULL);
    const struct pen_event_input input = {
        .body = PEN_STR("{\"a\":\"" INJECTION "\",\"b\":\"" INJECTION "\"}"),
        .body_kind = PEN_BODY_JSON};
    (void)filter_case_event(&it, &input);
    const struct pen_str a = it.event.root->first->text;
    const struct pen_str b = it.event.root->first->next->text;
    const struct pen_str both[] = {a, b};
    const struct pen_str begins[] = {pen_str_slice(a, 0, a.len - 1), b};
    const struct pen_str equal[] = {PEN_STR(INJECTION)};
    assert_int_equal(inspected(&it, both, 2), PEN_PASS);
    assert_int_equal(inspected(&it, both, 1), PEN_BLOCK);
    assert_int_equal(inspected(&it, begins, 2), PEN_BLOCK);
    assert_int_equal(inspected(&it, equal, 1), PEN_BLOCK); /* the same bytes elsewhere */
    assert_int_equal(inspected(&it, NULL, 0), PEN_BLOCK);
    filter_case_close(&it);
}

/* "^[A-Za-z0-9_.:-]+$" allows them all, and so does the format of an IPv4 address. */
static void words_that_do_harm_alone_are_judged_though_harmless_to_others(void **state)
{
    (void)state;
    const struct pen_str sinks[] = {PEN_STR("path"), PEN_STR("http"), PEN_STR("object"),
                                    PEN_STR("deserialize"), PEN_STR("html")};
    const struct {
        const char *word;
        const char *filter;
    } rows[] = {
        {"..", "path"},
        {".env", "path"},
        {"http:169.254.169.254", "ssrf"},
        {"__proto__", "proto"},
        {"a.constructor.prototype", "proto"},
        {"rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcA", "deser"},
        {"aced00057372001164617461", "deser"},
        {"javascript:alert", "xss"},
        {"WFXSSProbe", "scanner"},
    };
    struct pen_policy policy = pen_policy_default();
    policy.sinks = sinks;
    policy.sink_count = PEN_COUNT_OF(sinks);
    struct filter_case it;
    filter_case_open(&it, &policy);
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char body[128];
        const int length = snprintf(body, sizeof(body), "[\"%s\"]", rows[i].word);
        const struct pen_event_input input = {.body = {body, (size_t)length},
                                              .body_kind = PEN_BODY_JSON};
        (void)filter_case_event(&it, &input);
        const enum pen_verdict verdict = inspected(&it, &it.event.root->first->text, 1);
        if (verdict != PEN_BLOCK || filter_case_score(&it, rows[i].filter) < 50) {
            fail_msg("%s", rows[i].word);
        }
    }
    filter_case_close(&it);
}

static void what_is_decoded_of_harmless_texts_is_judged(void **state)
{
    (void)state;
    struct filter_case it;
    filter_case_open(&it, NULL);
    /* "x' OR 1=1 --": letters and digits, as many expressions ask for. */
    const struct pen_event_input input = {.body = PEN_STR("[\"eCcgT1IgMT0xIC0tIGFuZCBtb3Jl\"]"),
                                          .body_kind = PEN_BODY_JSON};
    (void)filter_case_event(&it, &input);
    assert_int_equal(inspected(&it, &it.event.root->first->text, 1), PEN_BLOCK);
    filter_case_close(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(harmless_texts_are_no_injections_and_others_are),
        cmocka_unit_test(words_that_do_harm_alone_are_judged_though_harmless_to_others),
        cmocka_unit_test(what_is_decoded_of_harmless_texts_is_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/** Numbers of cards, accounts and people, and the numbers of other kinds that look like them. */
#include "tests/unit/filter_alone.h"
#include "tests/unit/secrets_case.h"

static void finds_cards_as_they_are_printed_or_called(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        const char *before;
        const char *digits; /* without the last one */
        const char *groups; /* lengths, "" = none */
        char separator;
        const char *after;
    } rows[] = {
        {"Visa in groups", "", "453957876362148", "4444", ' ', ""},
        {"with dashes", "No. ", "453957876362148", "4444", '-', "."},
        {"Mastercard", "my card: ", "527345612398745", "", 0, ""},
        {"Mastercard's second range", "pay with ", "222300456789012", "4444", ' ', " 12/27 123"},
        {"American Express", "", "37829412345678", "465", ' ', ""},
        {"Discover, called so", "credit card ", "601100998877665", "", 0, ""},
        {"UnionPay of 19", "card=", "622848001234567890", "", 0, "&x=1"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char digits[32];
        char memory[128];
        struct pen_buf number = pen_buf_over(digits, sizeof(digits));
        secrets_card(&number, rows[i].digits);
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        pen_buf_put(&buf, pen_str_from_c(rows[i].before));
        size_t at = 0;
        for (const char *group = rows[i].groups; *group != '\0'; group++) {
            const size_t length = (size_t)(*group - '0');
            if (at > 0) pen_buf_byte(&buf, rows[i].separator);
            pen_buf_put(&buf, pen_str_slice(pen_buf_str(&number), at, at + length));
            at += length;
        }
        pen_buf_put(&buf, pen_str_slice(pen_buf_str(&number), at, number.len));
        pen_buf_put(&buf, pen_str_from_c(rows[i].after));
        secrets_expect(&it, rows[i].why, pen_buf_str(&buf), "secrets.card");
    }
}

static void only_flags_cards_for_tests_and_what_nobody_calls_one(void **state)
{
    (void)state;
    secrets_expect(&it, "Visa's test card", PEN_S("4111 1111 1111 1111"), "secrets.card_test");
    assert_true(secrets_score(&it, "secrets.card_test") < 50);
    assert_int_equal(secrets_score(&it, "secrets.card"), 0);
    char digits[32];
    struct pen_buf number = pen_buf_over(digits, sizeof(digits));
    secrets_card(&number, "453957876362148");
    secrets_expect(&it, "digits alone", pen_buf_str(&number), "secrets.card");
    assert_true(secrets_score(&it, "secrets.card") < 70);
}

static void finds_accounts_and_numbers_of_people(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        const char *rule;
        struct pen_str text;
    } rows[] = {
        {"a German account", "secrets.iban", PEN_STR("IBAN DE89 3704 0044 0532 0130 00, thanks")},
        {"a British one", "secrets.iban", PEN_STR("GB29NWBK60161331926819")},
        {"a British one in groups", "secrets.iban", PEN_STR("GB29 NWBK 6016 1331 9268 19")},
        {"a French one", "secrets.iban", PEN_STR("to: FR14 2004 1010 0505 0001 3M02 606")},
        {"a Norwegian one", "secrets.iban", PEN_STR("NO9386011117947")},
        {"United States", "secrets.national_id", PEN_STR("SSN: 536-22-8461")},
        {"spelled out", "secrets.national_id", PEN_STR("social security number 536228461")},
        {"United Kingdom", "secrets.national_id",
         PEN_STR("National Insurance number: JG 10 37 59 A")},
        {"Germany", "secrets.national_id", PEN_STR("Steuer-ID 86095742719")},
        {"France", "secrets.national_id", PEN_STR("1 85 05 78 006 084 91")},
        {"Spain", "secrets.national_id", PEN_STR("DNI 12345678Z")},
        {"a foreigner in Spain", "secrets.national_id", PEN_STR("NIE: X1234567L")},
        {"Italy", "secrets.national_id", PEN_STR("codice fiscale RSSMRA85T10A562S")},
        {"Brazil", "secrets.national_id", PEN_STR("529.982.247-25")},
        {"a Brazilian company", "secrets.national_id", PEN_STR("11.222.333/0001-81")},
        {"India", "secrets.national_id", PEN_STR("Aadhaar: 2341 2341 2346")},
        {"Netherlands", "secrets.national_id", PEN_STR("BSN 111222333")},
        {"Poland", "secrets.national_id", PEN_STR("PESEL 44051401359")},
        {"Switzerland", "secrets.national_id", PEN_STR("756.9217.0769.85")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        secrets_expect(&it, rows[i].why, rows[i].text, rows[i].rule);
    }
}

/* Texts are looked at in blocks. */
static void finds_numbers_wherever_they_stand(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        char before;
        char behind;
    } rows[] = {{"letters", 'x', 'x'}, {"blanks", ' ', ' '}, {"dashes", '-', '-'}};
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        for (size_t lead = 0; lead < 140; lead++) {
            char memory[256];
            struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
            while (buf.len < lead) {
                pen_buf_byte(&buf, rows[i].before);
            }
            pen_buf_put(&buf, PEN_S("  529.982.247-25 "));
            for (size_t k = 0; k < lead % 60; k++) {
                pen_buf_byte(&buf, rows[i].behind);
            }
            secrets_expect(&it, rows[i].why, pen_buf_str(&buf), "secrets.national_id");
        }
    }
}

static void finds_passwords_in_urls_wherever_they_stand(void **state)
{
    (void)state;
    for (size_t lead = 0; lead < 40; lead++) {
        char memory[256];
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        pen_buf_put(&buf, PEN_S("mail to a@h.example, or see https://"));
        secrets_random(&buf, OF_BASE62, lead % 9 + 1, 7);
        pen_buf_byte(&buf, ':');
        secrets_random(&buf, OF_BASE62, 10 + lead, 11);
        pen_buf_put(&buf, PEN_S("@h.example/"));
        secrets_expect(&it, "a password", pen_buf_str(&buf), "secrets.url_password");
    }
}

static void stays_silent_on_numbers_of_other_kinds(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a UUID", PEN_STR("4539578a-7636-4148-9c1e-453957876362")},
        {"a UUID of digits", PEN_STR("45395787-6362-1486-9532-453957876362")},
        {"an order number", PEN_STR("order 4539578763621486")},
        {"an order number by sign", PEN_STR("#4539578763621486")},
        {"an order of Amazon", PEN_STR("114-3941689-8772232")},
        {"a timestamp in ms", PEN_STR("1700000000000")},
        {"a timestamp in us", PEN_STR("1700000000000000")},
        {"a timestamp in ns", PEN_STR("1700000000000000000")},
        {"a date and time", PEN_STR("2026-11-27T15:46:13.123456Z")},
        {"a compact date", PEN_STR("20261127154613")},
        {"a phone number", PEN_STR("+49 30 901820 4539")},
        {"a long phone number", PEN_STR("+1 (555) 010-4539 ext. 5787")},
        {"a British mobile", PEN_STR("+447911123456")},
        {"an ISBN", PEN_STR("978-3-16-148410-0")},
        {"an ISBN without dashes", PEN_STR("9783161484100")},
        {"an EAN", PEN_STR("4006381333931")},
        {"an IMEI", PEN_STR("IMEI 356938035643809")},
        {"a tracking number of UPS", PEN_STR("1Z999AA10123456784")},
        {"of USPS", PEN_STR("9400 1000 0000 0000 0000 00")},
        {"of FedEx", PEN_STR("tracking 449044304137821")},
        {"of DHL", PEN_STR("JD014600003828392837")},
        {"a snowflake", PEN_STR("1050118621198921728")},
        {"a message's id of Discord", PEN_STR("/channels/175928847299117063/453957876362148613")},
        {"a path", PEN_STR("/users/4539578763621486/posts")},
        {"a decimal fraction", PEN_STR("0.4539578763621486")},
        {"pi", PEN_STR("3.14159265358979323846")},
        {"coordinates", PEN_STR("52.5200066 13.4049540")},
        {"an amount", PEN_STR("$4539578763621486")},
        {"within more digits", PEN_STR("99453957876362148699")},
        {"within letters", PEN_STR("x4539578763621486y")},
        {"zeros", PEN_STR("0000000000000000")},
        {"fours", PEN_STR("4444444444444444")},
        {"a wrong check digit", PEN_STR("card 4539578763621487")},
        {"groups with a wrong check digit", PEN_STR("4539 5787 6362 1487")},
        {"five groups of four", PEN_STR("4539 5787 6362 1486 9999")},
        {"no issuer", PEN_STR("1234 5678 9012 3452")},
        {"an address of IPv4", PEN_STR("192.168.100.200")},
        {"a list of ports", PEN_STR("8080 8443 9090 9443")},
        {"a version", PEN_STR("10.0.22621.3007")},
        {"an OID", PEN_STR("1.3.6.1.4.1.311.21.20")},
        {"a MAC address", PEN_STR("00-1B-44-11-3A-B7")},
        {"an invoice", PEN_STR("INV-2026-000123456789")},
        {"a VAT id", PEN_STR("DE136695976")},
        {"an IBAN with a wrong check", PEN_STR("DE88 3704 0044 0532 0130 00")},
        {"an IBAN of no country", PEN_STR("XX89 3704 0044 0532 0130 00")},
        {"nine digits that nobody calls anything", PEN_STR("536-22-8461")},
        {"an area that is not given out", PEN_STR("SSN 666-22-8461")},
        {"the number of every wallet", PEN_STR("SSN 078-05-1120")},
        {"eleven digits", PEN_STR("86095742719")},
        {"a DNI's shape, not called so", PEN_STR("part 12345678Z")},
        {"a wrong letter", PEN_STR("DNI 12345678A")},
        {"a CPF with a wrong check", PEN_STR("529.982.247-26")},
        {"twelve digits in groups", PEN_STR("2341 2341 2346")},
        {"an instance of EC2", PEN_STR("i-0453957876362148a")},
        {"an account of AWS", PEN_STR("arn:aws:iam::123456789012:role/app")},
        {"an id of Facebook", PEN_STR("10153957876362148")},
        {"a table of figures", PEN_STR("1024 2048 4096 8192 16384 32768 65536 131072")},
        {"minutes of a day", PEN_STR("2026-11-27 15:46:13 2026-11-27 15:46:14")},
    };
    filter_case_passes(&it, "secrets", rows, PEN_COUNT_OF(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_cards_as_they_are_printed_or_called),
        cmocka_unit_test(only_flags_cards_for_tests_and_what_nobody_calls_one),
        cmocka_unit_test(finds_accounts_and_numbers_of_people),
        cmocka_unit_test(finds_numbers_wherever_they_stand),
        cmocka_unit_test(finds_passwords_in_urls_wherever_they_stand),
        cmocka_unit_test(stays_silent_on_numbers_of_other_kinds),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/**
 * Payment cards and bank accounts.
 *
 * One number in ten passes Luhn's check, so a card needs more: a length and a first digits that are
 * given out (ISO/IEC 7812), and the groups in which cards are printed, or a word before it. Order
 * numbers, identifiers and timestamps are what a card must not be taken for. An IBAN (ISO 13616)
 * has a country's length and two check digits of its own.
 */
#include "filters/secrets_numbers.h"

#include <string.h>

#include "filters/secrets_shape.h"

#define CARD  80
#define BARE  60 /* nothing but digits, and nothing said about them */
#define TEST  45
#define IBAN  60 /* written on every invoice */
#define NEAR  48 /* bytes before a number that may say what it is */
#define AHEAD 20 /* bytes before a group that an IBAN may have begun in */

#define GROUP_MOST 24 /* digits of a group */
#define OVERLAP    5  /* groups of the longest number */

static const struct pen_secrets_words card_words = {
    .by_letter = {
        [PEN_SECRETS_LETTER('a')] = "amex",
        [PEN_SECRETS_LETTER('c')] = "card cardnumber cardno credit creditcard ccn cc ccnum "
                                    "ccnumber charge carte cartao carta cvv cvc",
        [PEN_SECRETS_LETTER('d')] = "debit discover",
        [PEN_SECRETS_LETTER('k')] = "kreditkarte karte",
        [PEN_SECRETS_LETTER('m')] = "mastercard maestro",
        [PEN_SECRETS_LETTER('p')] = "pan payment pay",
        [PEN_SECRETS_LETTER('t')] = "tarjeta",
        [PEN_SECRETS_LETTER('v')] = "visa",
    }};

/* What counts instead. */
static const struct pen_secrets_words other_words = {
    .by_letter = {
        [PEN_SECRETS_LETTER('a')] = "article",
        [PEN_SECRETS_LETTER('b')] = "build bytes batch",
        [PEN_SECRETS_LETTER('c')] = "commit customer case",
        [PEN_SECRETS_LETTER('d')] = "date",
        [PEN_SECRETS_LETTER('e')] = "ean event",
        [PEN_SECRETS_LETTER('f')] = "fax",
        [PEN_SECRETS_LETTER('g')] = "guid gtin",
        [PEN_SECRETS_LETTER('h')] = "hash",
        [PEN_SECRETS_LETTER('i')] = "id ids invoice isbn imei imsi iccid item",
        [PEN_SECRETS_LETTER('j')] = "job",
        [PEN_SECRETS_LETTER('m')] = "mobile message msg",
        [PEN_SECRETS_LETTER('n')] = "number no nr num nonce",
        [PEN_SECRETS_LETTER('o')] = "order orders offset order_id",
        [PEN_SECRETS_LETTER('p')] = "phone parcel product",
        [PEN_SECRETS_LETTER('r')] = "ref reference request req",
        [PEN_SECRETS_LETTER('s')] = "sku serial span session shipment seq sequence size",
        [PEN_SECRETS_LETTER('t')] =
            "tracking track tel timestamp time ts txn transaction trace ticket",
        [PEN_SECRETS_LETTER('u')] = "uid uuid upc user",
        [PEN_SECRETS_LETTER('v')] = "version",
    }};

bool pen_secrets_luhn(struct pen_str digits)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < digits.len; i++) {
        uint32_t digit = (uint32_t)(digits.ptr[digits.len - 1 - i] - '0');
        if (i % 2 == 1) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
        sum += digit;
    }
    return sum % 10 == 0;
}

bool pen_secrets_context(const struct pen_secrets *secrets, size_t at,
                         const struct pen_secrets_words *words)
{
    return pen_secrets_mentions(secrets->name, words)
           || pen_secrets_mentions(pen_secrets_before(secrets, at, NEAR), words);
}

static uint32_t leading(struct pen_str digits, size_t count)
{
    uint32_t value = 0;
    for (size_t i = 0; i < count; i++) {
        value = value * 10 + (uint32_t)(digits.ptr[i] - '0');
    }
    return value;
}

/* Issuers and the lengths of their numbers. */
static bool is_issued(struct pen_str digits)
{
    static const struct {
        uint32_t low; /* first six digits */
        uint32_t high;
        uint8_t lengths[3];
    } ranges[] = {
        {400000, 499999, {16, 19, 0}},  /* Visa; its 13 digits are long out of use */
        {510000, 559999, {16, 0, 0}},   /* Mastercard */
        {222100, 272099, {16, 0, 0}},   /* Mastercard */
        {340000, 349999, {15, 0, 0}},   /* American Express */
        {370000, 379999, {15, 0, 0}},   /* American Express */
        {601100, 601199, {16, 19, 0}},  /* Discover */
        {644000, 659999, {16, 19, 0}},  /* Discover */
        {352800, 358999, {16, 19, 0}},  /* JCB */
        {300000, 305999, {14, 0, 0}},   /* Diners Club */
        {360000, 369999, {14, 19, 0}},  /* Diners Club */
        {380000, 399999, {14, 0, 0}},   /* Diners Club */
        {620000, 629999, {16, 17, 19}}, /* UnionPay */
        {500000, 509999, {16, 18, 19}}, /* Maestro */
        {560000, 589999, {16, 18, 19}}, /* Maestro */
        {670000, 679999, {16, 18, 19}}, /* Maestro */
    };
    const uint32_t first = leading(digits, 6);
    for (size_t i = 0; i < PEN_COUNT_OF(ranges); i++) {
        if (first < ranges[i].low || first > ranges[i].high) continue;
        for (size_t k = 0; k < PEN_COUNT_OF(ranges[i].lengths); k++) {
            if (ranges[i].lengths[k] == digits.len) return true;
        }
    }
    return false;
}

/* Published by the issuers and by payment services for tests. */
static bool is_test_card(struct pen_str digits)
{
    static const struct pen_str cards[] = {
        PEN_STR("4111111111111111"), PEN_STR("4242424242424242"),    PEN_STR("4012888888881881"),
        PEN_STR("4000056655665556"), PEN_STR("4000000000000002"),    PEN_STR("4000000000000077"),
        PEN_STR("4000002500003155"), PEN_STR("4000002760003184"),    PEN_STR("4000000000003220"),
        PEN_STR("4000000000009995"), PEN_STR("4000000000009987"),    PEN_STR("4000000000000069"),
        PEN_STR("4000000000000127"), PEN_STR("4000000000000119"),    PEN_STR("4000000000000259"),
        PEN_STR("4012000033330026"), PEN_STR("4007000000027"),       PEN_STR("4444333322221111"),
        PEN_STR("4917610000000000"), PEN_STR("4988438843884305"),    PEN_STR("4166676667666746"),
        PEN_STR("5555555555554444"), PEN_STR("5105105105105100"),    PEN_STR("5200828282828210"),
        PEN_STR("5454545454545454"), PEN_STR("5424000000000015"),    PEN_STR("5431111111111111"),
        PEN_STR("2223003122003222"), PEN_STR("2222405343248877"),    PEN_STR("2223000048400011"),
        PEN_STR("378282246310005"),  PEN_STR("371449635398431"),     PEN_STR("378734493671000"),
        PEN_STR("370000000000002"),  PEN_STR("343434343434343"),     PEN_STR("6011111111111117"),
        PEN_STR("6011000990139424"), PEN_STR("6011981111111113"),    PEN_STR("30569309025904"),
        PEN_STR("38520000023237"),   PEN_STR("36227206271667"),      PEN_STR("3056930009020004"),
        PEN_STR("3530111333300000"), PEN_STR("3566002020360505"),    PEN_STR("6200000000000005"),
        PEN_STR("6759649826438453"), PEN_STR("6799990100000000019"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(cards); i++) {
        if (pen_str_equal(digits, cards[i])) return true;
    }
    return false;
}

bool pen_secrets_stands_free(struct pen_str text, size_t start, size_t end)
{
    const char before = start > 0 ? text.ptr[start - 1] : ' ';
    const char second = start > 1 ? text.ptr[start - 2] : ' ';
    if (!pen_secrets_begins(text, start) || before == '#' || before == '$') return false;
    /* "0.4539…", "a-4539…", "/users/4539…", "+4539…" */
    if ((before == '.' || before == ',') && pen_is_digit(second)) return false;
    if ((before == '-' || before == '/' || before == '+')
        && (before == '+' || pen_secrets_is(second, PEN_ALPHABET_WORD))) {
        return false;
    }
    if (end == text.len) return true;
    const char after = text.ptr[end];
    const char next = end + 1 < text.len ? text.ptr[end + 1] : ' ';
    if (pen_secrets_is(after, PEN_ALPHABET_WORD) || after == '@') return false;
    return (after != '.' && after != ',' && after != '-' && after != '/')
           || !pen_secrets_is(next, PEN_ALPHABET_WORD);
}

/* Do groups of these lengths stand at `from`, with one separator, and no more of their kind? */
static bool has_groups(const struct pen_number *n, size_t from, const uint8_t *lengths,
                       size_t count)
{
    if (from + count > n->group_count) return false;
    const char separator = count > 1 ? n->separators[from + 1] : 0;
    for (size_t i = 0; i < count; i++) {
        if (n->lengths[from + i] != lengths[i]) return false;
        if (i > 0 && n->separators[from + i] != separator) return false;
    }
    if (separator != 0 && separator != ' ' && separator != '-') return false;
    const bool more_before =
        from > 0 && n->separators[from] == separator && n->lengths[from - 1] == lengths[0];
    const size_t next = from + count;
    const bool more_behind = next < n->group_count && n->separators[next] == separator
                             && n->lengths[next] == lengths[count - 1];
    return !more_before && !more_behind;
}

struct card {
    struct pen_str digits;
    struct pen_span span;
    bool grouped;
};

static bool judge_card(struct pen_secrets *secrets, const struct card *card)
{
    const struct pen_str text = secrets->text;
    const size_t start = card->span.start;
    if (!is_issued(card->digits) || !pen_secrets_luhn(card->digits)) return false;
    if (is_test_card(card->digits)) {
        pen_secrets_report(secrets, "secrets.card_test", start, card->span.end, TEST);
        return true;
    }
    if (pen_secrets_distinct(card->digits) < 4) return false;
    const bool said = pen_secrets_context(secrets, start, &card_words);
    uint32_t score = CARD;
    if (!card->grouped && !said) {
        /* Sixteen digits are most often somebody's counter. */
        if (card->digits.len > 16 || card->digits.len < 15) return false;
        if (!pen_secrets_stands_free(text, start, card->span.end)) return false;
        if (pen_secrets_context(secrets, start, &other_words)) return false;
        score = BARE;
    }
    pen_secrets_report(secrets, "secrets.card", start, card->span.end, score);
    return true;
}

/* A card among the groups. */
static bool find_card(struct pen_secrets *secrets, const struct pen_number *n)
{
    static const struct {
        uint8_t lengths[5];
        uint8_t count;
    } prints[] = {
        {{4, 4, 4, 4, 3}, 5},
        {{4, 4, 4, 4}, 4},
        {{4, 6, 5}, 3},
        {{4, 6, 4}, 3},
    };
    bool found = false;
    for (size_t g = 0; g < n->group_count; g++) {
        struct card card = {.grouped = true};
        for (size_t p = 0; p < PEN_COUNT_OF(prints); p++) {
            if (!has_groups(n, g, prints[p].lengths, prints[p].count)) continue;
            const size_t last = g + prints[p].count - 1;
            const size_t length = (size_t)n->starts[last] + n->lengths[last] - n->starts[g];
            card.digits = (struct pen_str){n->digits + n->starts[g], length};
            card.span = (struct pen_span){n->places[g], n->places[last] + n->lengths[last]};
            const struct pen_str text = secrets->text;
            const bool free = pen_secrets_begins(text, card.span.start)
                              && (card.span.end == text.len
                                  || !pen_secrets_is(text.ptr[card.span.end], PEN_ALPHABET_WORD));
            if (free && judge_card(secrets, &card)) found = true;
        }
        if (n->lengths[g] < 14 || n->lengths[g] > 19) continue;
        card.grouped = false;
        card.digits = (struct pen_str){n->digits + n->starts[g], n->lengths[g]};
        card.span = (struct pen_span){n->places[g], n->places[g] + n->lengths[g]};
        if (pen_secrets_stands_free(secrets->text, card.span.start, card.span.end)
            && judge_card(secrets, &card)) {
            found = true;
        }
    }
    return found;
}

/* Bank accounts. */

/* ISO 13616's registry: "DE22". */
static size_t iban_length(const char *country)
{
    static const char lengths[] =
        "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BR29BY28CH21CR22CY28CZ24DE22DK18DO28EE20EG29ES24FI18"
        "FO18FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20"
        "LU20LV21LY25MC27MD24ME22MK19MR27MT31MU30NL18NO15PK24PL28PS29PT25QA29RO24RS22SA24SC31SD18"
        "SE24SI19SK24SM27ST25SV28TL23TN24TR26UA29VA22VG24XK20";
    for (size_t i = 0; i + 4 < sizeof(lengths); i += 4) {
        if (lengths[i] == country[0] && lengths[i + 1] == country[1]) {
            return (size_t)(lengths[i + 2] - '0') * 10 + (size_t)(lengths[i + 3] - '0');
        }
    }
    return 0;
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* ISO 7064 mod 97-10, the first four letters moved to the end. */
static bool has_iban_check(const char *iban, size_t length)
{
    uint32_t rest = 0;
    for (size_t i = 0; i < length; i++) {
        const char c = iban[(i + 4) % length];
        rest = pen_is_digit(c) ? rest * 10 + (uint32_t)(c - '0')
                               : rest * 100 + (uint32_t)(c - 'A') + 10;
        rest %= 97;
    }
    return rest == 1;
}

/* At "DE89": the whole of it, single spaces within; its end, or 0. */
static size_t read_iban(struct pen_str text, size_t at)
{
    char iban[40];
    const size_t length = iban_length(text.ptr + at);
    size_t count = 0;
    size_t i = at;
    while (i < text.len && count < length) {
        const char c = text.ptr[i];
        if (is_upper(c) || pen_is_digit(c)) {
            iban[count++] = c;
        } else if (c != ' ' || i + 1 == text.len || text.ptr[i + 1] == ' ') {
            return 0;
        }
        i++;
    }
    if (length == 0 || count < length) return 0;
    if (i < text.len && pen_secrets_is(text.ptr[i], PEN_ALPHABET_WORD)) return 0;
    return has_iban_check(iban, length) ? i : 0;
}

/* Two letters and two digits begin one: at the first group, or up to `AHEAD` bytes before it. */
static bool find_iban(struct pen_secrets *secrets, const struct pen_number *n)
{
    const struct pen_str text = secrets->text;
    const size_t first = n->span.start;
    size_t at = first;
    while (at > 0 && first - at < AHEAD) {
        const char c = text.ptr[at - 1];
        if (!is_upper(c) && !pen_is_digit(c) && c != ' ') break;
        at--;
    }
    for (; at < first && at + 4 <= text.len; at++) {
        if (!is_upper(text.ptr[at]) || !is_upper(text.ptr[at + 1])) continue;
        if (!pen_is_digit(text.ptr[at + 2]) || !pen_is_digit(text.ptr[at + 3])) continue;
        if (!pen_secrets_begins(text, at)) continue;
        const size_t end = read_iban(text, at);
        if (end <= first) continue;
        pen_secrets_report(secrets, "secrets.iban", at, end, IBAN);
        return true;
    }
    return false;
}

/* The run. */

static bool is_separator(char c)
{
    return c == ' ' || c == '-' || c == '.' || c == '/';
}

/* Behind the digits from `at` on. */
static size_t digits_end(struct pen_str text, size_t at)
{
    while (at < text.len && pen_is_digit(text.ptr[at])) {
        at++;
    }
    return at;
}

/* Cut the run at `at` into groups, as many as a number may have. */
static void cut(struct pen_str text, size_t at, struct pen_number *n)
{
    *n = (struct pen_number){.span = {at, at}};
    char separator = 0;
    while (n->group_count < PEN_NUMBER_GROUPS) {
        const size_t end = digits_end(text, at);
        const size_t length = end - at;
        if (length == 0 || length > GROUP_MOST || n->digit_count + length > PEN_NUMBER_DIGITS) {
            if (n->group_count == 0) n->span.end = end; /* too long for anything */
            return;
        }
        n->lengths[n->group_count] = (uint8_t)length;
        n->starts[n->group_count] = (uint8_t)n->digit_count;
        n->places[n->group_count] = at;
        n->separators[n->group_count++] = separator;
        memcpy(n->digits + n->digit_count, text.ptr + at, length);
        n->digit_count += length;
        n->span.end = end;
        if (end + 1 >= text.len || !is_separator(text.ptr[end])) return;
        separator = text.ptr[end];
        at = end + 1;
    }
}

size_t pen_secrets_number(struct pen_secrets *secrets, size_t at)
{
    struct pen_number n;
    cut(secrets->text, at, &n);
    if (n.span.end <= secrets->reported) return n.span.end;
    const bool found = (n.digit_count >= 8 && find_iban(secrets, &n))
                       || (n.digit_count >= 14 && find_card(secrets, &n));
    if (!found) (void)pen_secrets_person(secrets, &n);
    /* In a long row of numbers the last groups may be the first ones of another. */
    const size_t behind =
        n.group_count == PEN_NUMBER_GROUPS ? n.places[PEN_NUMBER_GROUPS - OVERLAP] : n.span.end;
    return behind > secrets->reported ? behind : secrets->reported;
}

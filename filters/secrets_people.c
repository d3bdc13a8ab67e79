/**
 * Numbers that states give: identity, tax and social security numbers, by their check digits.
 *
 * Nine to fourteen digits with a check digit are what half of all identifiers are, too. So a number
 * is one only where it is called so, in its name or just before it; where its print is unmistakable
 * (CPF, CNPJ, AHV) or its checks are (NIR, codice fiscale) that is enough.
 */
#include <string.h>

#include "filters/secrets_numbers.h"
#include "filters/secrets_shape.h"

#define SAID  80 /* called so, and right */
#define PRINT 75 /* not called so, but printed as nothing else is */

#define RULE "secrets.national_id"

static uint32_t digit(struct pen_str digits, size_t i)
{
    return (uint32_t)(digits.ptr[i] - '0');
}

/* The digits' sum, each times its weight. */
static uint32_t weighed(struct pen_str digits, const uint8_t *weights, size_t count)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += digit(digits, i) * weights[i];
    }
    return sum;
}

static uint64_t value_of(struct pen_str digits)
{
    uint64_t value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        value = value * 10 + digit(digits, i);
    }
    return value;
}

/* Social Security numbers: which areas, groups and serials are never given out. */
static bool is_ssn(struct pen_str d)
{
    static const struct pen_str known[] = {PEN_STR("078051120"), PEN_STR("219099999"),
                                           PEN_STR("123456789"), PEN_STR("987654321")};
    const uint64_t area = value_of(pen_str_slice(d, 0, 3));
    if (area == 0 || area == 666 || area >= 900) return false;
    if (value_of(pen_str_slice(d, 3, 5)) == 0 || value_of(pen_str_slice(d, 5, 9)) == 0)
        return false;
    for (size_t i = 0; i < PEN_COUNT_OF(known); i++) {
        if (pen_str_equal(d, known[i])) return false;
    }
    return pen_secrets_distinct(d) > 1;
}

/* Two check digits, each from all digits before it. (Receita Federal) */
static bool is_cpf(struct pen_str d)
{
    static const uint8_t weights[] = {11, 10, 9, 8, 7, 6, 5, 4, 3, 2};
    const uint32_t first = weighed(d, weights + 1, 9) * 10 % 11 % 10;
    const uint32_t second = weighed(d, weights, 10) * 10 % 11 % 10;
    return first == digit(d, 9) && second == digit(d, 10) && pen_secrets_distinct(d) > 1;
}

static bool is_cnpj(struct pen_str d)
{
    static const uint8_t weights[] = {6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2};
    const uint32_t first = weighed(d, weights + 1, 12) * 10 % 11 % 10;
    const uint32_t second = weighed(d, weights, 13) * 10 % 11 % 10;
    return first == digit(d, 12) && second == digit(d, 13) && pen_secrets_distinct(d) > 1;
}

/* Verhoeff's check over the dihedral group D5. */
static bool is_aadhaar(struct pen_str d)
{
    static const char products[10][11] = {"0123456789", "1234067895", "2340178956", "3401289567",
                                          "4012395678", "5987604321", "6598710432", "7659821043",
                                          "8765932104", "9876543210"};
    static const char turns[8][11] = {"0123456789", "1576283094", "5803796142", "8916043527",
                                      "9453126870", "4286573901", "2793806415", "7046913258"};
    uint32_t check = 0;
    for (size_t i = 0; i < d.len; i++) {
        const uint32_t turned = (uint32_t)(turns[i % 8][digit(d, d.len - 1 - i)] - '0');
        check = (uint32_t)(products[check][turned] - '0');
    }
    return check == 0 && digit(d, 0) >= 2 && pen_secrets_distinct(d) > 1;
}

/* One digit of the first ten stands there twice or three times; ISO 7064 mod 11,10. */
static bool is_steuer_id(struct pen_str d)
{
    uint32_t counts[10] = {0};
    uint32_t repeated = 0;
    uint32_t product = 10;
    for (size_t i = 0; i < 10; i++) {
        counts[digit(d, i)]++;
        const uint32_t sum = (digit(d, i) + product) % 10;
        product = (sum == 0 ? 10 : sum) * 2 % 11;
    }
    for (size_t i = 0; i < PEN_COUNT_OF(counts); i++) {
        if (counts[i] > 3) return false;
        repeated += counts[i] > 1;
    }
    return digit(d, 0) != 0 && repeated == 1 && (11 - product) % 10 == digit(d, 10);
}

/* Sex, year, month, place of birth, number; key 97 - the rest. (INSEE) */
static bool is_nir(struct pen_str d)
{
    const uint64_t month = value_of(pen_str_slice(d, 3, 5));
    if ((digit(d, 0) != 1 && digit(d, 0) != 2) || month == 0 || (month > 12 && month < 20)
        || month > 42) {
        return false;
    }
    return 97 - value_of(pen_str_slice(d, 0, 13)) % 97 == value_of(pen_str_slice(d, 13, 15));
}

/* The Dutch eleven test. */
static bool is_bsn(struct pen_str d)
{
    static const uint8_t weights[] = {9, 8, 7, 6, 5, 4, 3, 2};
    return (weighed(d, weights, 8) + 10 * digit(d, 8)) % 11 == 0 && pen_secrets_distinct(d) > 1;
}

static bool is_pesel(struct pen_str d)
{
    static const uint8_t weights[] = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1};
    return weighed(d, weights, 11) % 10 == 0 && pen_secrets_distinct(d) > 1;
}

/* Swiss: 756, and EAN-13's check digit. */
static bool is_ahv(struct pen_str d)
{
    static const uint8_t weights[] = {1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1};
    return pen_str_starts(d, PEN_S("756")) && weighed(d, weights, 13) % 10 == 0;
}

static bool is_sin(struct pen_str d)
{
    return digit(d, 0) != 0 && digit(d, 0) != 8 && pen_secrets_luhn(d)
           && pen_secrets_distinct(d) > 1;
}

struct print {
    uint8_t lengths[7]; /* of the groups */
    const char *separators;
};

struct kind {
    uint8_t digits;
    bool (*is_right)(struct pen_str digits);
    const struct pen_secrets_words *words;
    struct print print;
    bool by_print; /* the print alone is enough */
    bool by_check; /* the check alone is */
};

/* What each is called; a plural counts, too. */
/* clang-format off */
static const struct pen_secrets_words ssn_words = {{
    [PEN_SECRETS_LETTER('s')] =
        "ssn social_security social_security_number socialsecurity socialsecuritynumber",
}};
static const struct pen_secrets_words cpf_words = {{
    [PEN_SECRETS_LETTER('c')] = "cpf",
}};
static const struct pen_secrets_words cnpj_words = {{
    [PEN_SECRETS_LETTER('c')] = "cnpj",
}};
static const struct pen_secrets_words aadhaar_words = {{
    [PEN_SECRETS_LETTER('a')] = "aadhaar aadhar adhaar",
    [PEN_SECRETS_LETTER('u')] = "uidai",
}};
static const struct pen_secrets_words steuer_id_words = {{
    [PEN_SECRETS_LETTER('i')] = "idnr identifikationsnummer",
    [PEN_SECRETS_LETTER('s')] = "steuer steuerid steuernummer steueridentifikationsnummer",
    [PEN_SECRETS_LETTER('t')] = "tin",
}};
static const struct pen_secrets_words nir_words = {{
    [PEN_SECRETS_LETTER('i')] = "insee",
    [PEN_SECRETS_LETTER('n')] = "nir numero_de_securite",
    [PEN_SECRETS_LETTER('s')] = "securite_sociale sécurité_sociale secu sécu",
}};
static const struct pen_secrets_words bsn_words = {{
    [PEN_SECRETS_LETTER('b')] = "bsn burgerservicenummer",
    [PEN_SECRETS_LETTER('s')] = "sofinummer",
}};
static const struct pen_secrets_words pesel_words = {{
    [PEN_SECRETS_LETTER('p')] = "pesel",
}};
static const struct pen_secrets_words ahv_words = {{
    [PEN_SECRETS_LETTER('a')] = "ahv avs ahvn13",
    [PEN_SECRETS_LETTER('s')] = "sozialversicherungsnummer",
}};
static const struct pen_secrets_words sin_words = {{
    [PEN_SECRETS_LETTER('s')] = "sin social_insurance social_insurance_number",
}};
static const struct pen_secrets_words dni_words = {{
    [PEN_SECRETS_LETTER('d')] = "dni documento",
    [PEN_SECRETS_LETTER('i')] = "identidad",
    [PEN_SECRETS_LETTER('n')] = "nie nif",
}};
static const struct pen_secrets_words nino_words = {{
    [PEN_SECRETS_LETTER('n')] = "nino national_insurance national_insurance_number "
                                "nationalinsurance nationalinsurancenumber ni_number ninumber",
}};
/* clang-format on */

enum { SSN, CPF, CNPJ, AADHAAR, STEUER_ID, NIR, BSN, PESEL, AHV, SIN, KINDS };

/* clang-format off: a table */
static const struct kind kinds[KINDS] = {
    [SSN] = {9, is_ssn, &ssn_words, {{3, 2, 4}, "- "}, false, false},
    [CPF] = {11, is_cpf, &cpf_words, {{3, 3, 3, 2}, "..-"}, true, false},
    [CNPJ] = {14, is_cnpj, &cnpj_words, {{2, 3, 3, 4, 2}, "../-"}, true, false},
    [AADHAAR] = {12, is_aadhaar, &aadhaar_words, {{4, 4, 4}, "- "}, false, false},
    [STEUER_ID] = {11, is_steuer_id, &steuer_id_words, {{2, 3, 3, 3}, "- "}, false, false},
    [NIR] = {15, is_nir, &nir_words, {{1, 2, 2, 2, 3, 3, 2}, " "}, false, true},
    [BSN] = {9, is_bsn, &bsn_words, {{4, 2, 3}, "- ."}, false, false},
    [PESEL] = {11, is_pesel, &pesel_words, {{11}, ""}, false, false},
    [AHV] = {13, is_ahv, &ahv_words, {{3, 4, 4, 2}, "..."}, true, false},
    [SIN] = {9, is_sin, &sin_words, {{3, 3, 3}, "- "}, false, false},
};
/* clang-format on */

#define BIT(kind) (UINT32_C(1) << (kind))

/* By the digits of a group, as `kinds` has them: most groups begin none of them. */
static const uint32_t whole[] = {
    [9] = BIT(SSN) | BIT(BSN) | BIT(SIN),
    [11] = BIT(CPF) | BIT(STEUER_ID) | BIT(PESEL),
    [12] = BIT(AADHAAR),
    [13] = BIT(AHV),
    [14] = BIT(CNPJ),
    [15] = BIT(NIR),
};
static const uint32_t first_group[] = {
    [1] = BIT(NIR),
    [2] = BIT(CNPJ) | BIT(STEUER_ID),
    [3] = BIT(SSN) | BIT(CPF) | BIT(AHV) | BIT(SIN),
    [4] = BIT(AADHAAR) | BIT(BSN),
};
static const uint32_t second_group[] = {
    [2] = BIT(SSN) | BIT(NIR) | BIT(BSN),
    [3] = BIT(CPF) | BIT(CNPJ) | BIT(STEUER_ID) | BIT(SIN),
    [4] = BIT(AADHAAR) | BIT(AHV),
};

static uint32_t kinds_with(const uint32_t *table, size_t size, uint8_t length)
{
    return length < size ? table[length] : 0;
}

/* What a number that begins with this group can be. */
static uint32_t kinds_at(const struct pen_number *n, size_t group)
{
    const uint8_t length = n->lengths[group];
    const uint32_t all = kinds_with(whole, PEN_COUNT_OF(whole), length);
    if (group + 1 == n->group_count) return all;
    const uint8_t next = n->lengths[group + 1];
    return all
           | (kinds_with(first_group, PEN_COUNT_OF(first_group), length)
              & kinds_with(second_group, PEN_COUNT_OF(second_group), next));
}

/* Do the groups from `from` on stand as the number is printed? `*count` of them. A print with as
 * many separators as gaps has each in its place; otherwise one of them stands in all. */
static bool is_printed(const struct pen_number *n, size_t from, const struct print *print,
                       size_t *count)
{
    size_t groups = 0;
    while (groups < PEN_COUNT_OF(print->lengths) && print->lengths[groups] > 0) {
        if (from + groups == n->group_count) return false;
        if (n->lengths[from + groups] != print->lengths[groups]) return false;
        groups++;
    }
    *count = groups;
    if (groups < 2) return false;
    const bool placed = strlen(print->separators) == groups - 1 && groups > 3;
    for (size_t i = 1; i < groups; i++) {
        const char separator = n->separators[from + i];
        if (placed ? separator != print->separators[i - 1]
                   : separator != n->separators[from + 1]
                         || strchr(print->separators, separator) == NULL) {
            return false;
        }
    }
    return true;
}

static bool judge(struct pen_secrets *secrets, const struct pen_number *n, size_t from,
                  const struct kind *kind)
{
    size_t count = 0;
    const bool printed = is_printed(n, from, &kind->print, &count);
    if (!printed) count = 1;
    if (!printed && n->lengths[from] != kind->digits) return false;

    const struct pen_str digits = {n->digits + n->starts[from], kind->digits};
    const size_t last = from + count - 1;
    const struct pen_span span = {n->places[from], n->places[last] + n->lengths[last]};
    if (!kind->is_right(digits)) return false;
    if (!pen_secrets_stands_free(secrets->text, span.start, span.end)) return false;
    uint32_t score = SAID;
    if (!pen_secrets_context(secrets, span.start, kind->words)) {
        if (!kind->by_check && !(printed && kind->by_print)) return false;
        score = PRINT;
        if (!printed) score = 60;
    }
    pen_secrets_report(secrets, RULE, span.start, span.end, score);
    return true;
}

/* Spain: eight digits, or X, Y, Z and seven, and a letter that is the rest by 23. */
static bool is_dni(struct pen_secrets *secrets, const struct pen_number *n)
{
    const struct pen_str text = secrets->text;
    const size_t last = n->group_count - 1;
    if (n->lengths[last] != 7 && n->lengths[last] != 8) return false;
    size_t end = n->span.end;
    size_t start = n->places[last];
    if (end < text.len && text.ptr[end] == '-') end++;
    if (end >= text.len || !pen_is_alpha(text.ptr[end])) return false;
    if (end + 1 < text.len && pen_secrets_is(text.ptr[end + 1], PEN_ALPHABET_WORD)) return false;
    uint64_t value = value_of((struct pen_str){n->digits + n->starts[last], n->lengths[last]});
    if (n->lengths[last] == 7 && start > 0) {
        start -= text.ptr[start - 1] == '-' && start > 1 ? 2 : 1;
        const char first = pen_to_lower(text.ptr[start]);
        if (first < 'x' || first > 'z') return false;
        value += (uint64_t)(first - 'x') * 10000000;
    } else if (n->lengths[last] != 8) {
        return false;
    }
    const char letter = pen_to_lower(text.ptr[end]);
    if ("trwagmyfpdxbnjzsqvhlcke"[value % 23] != letter || !pen_secrets_begins(text, start)) {
        return false;
    }
    if (!pen_secrets_context(secrets, start, &dni_words)) return false;
    pen_secrets_report(secrets, RULE, start, end + 1, SAID);
    return true;
}

/* United Kingdom: two letters, six digits, one of A to D. It has no check digit. */
static bool is_nino(struct pen_secrets *secrets, const struct pen_number *n)
{
    const struct pen_str text = secrets->text;
    const bool printed = n->group_count == 3 && n->lengths[0] == 2 && n->lengths[1] == 2
                         && n->lengths[2] == 2 && n->separators[1] == ' ';
    if (!printed && (n->group_count != 1 || n->lengths[0] != 6)) return false;
    size_t start = n->span.start;
    size_t end = n->span.end;
    if (start > 0 && text.ptr[start - 1] == ' ') start--;
    if (end < text.len && text.ptr[end] == ' ') end++;
    if (start < 2 || end >= text.len) return false;
    const char first = text.ptr[start - 2];
    const char second = text.ptr[start - 1];
    const char suffix = text.ptr[end];
    if (first < 'A' || first > 'Z' || strchr("DFIQUV", first) != NULL) return false;
    if (second < 'A' || second > 'Z' || strchr("DFIOQUV", second) != NULL) return false;
    if (suffix < 'A' || suffix > 'D' || !pen_secrets_begins(text, start - 2)) return false;
    if (end + 1 < text.len && pen_secrets_is(text.ptr[end + 1], PEN_ALPHABET_WORD)) return false;
    /* The one of every form and document. */
    if (first == 'Q' && second == 'Q') return false;
    if (!pen_secrets_context(secrets, start - 2, &nino_words)) return false;
    pen_secrets_report(secrets, RULE, start - 2, end + 1, SAID);
    return true;
}

/* Italy: letters of the names, date and place of birth, and a check letter. At the year's digits.
 */
static bool is_codice_fiscale(struct pen_secrets *secrets, const struct pen_number *n)
{
    static const uint8_t odd[26] = {1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                    20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
    const struct pen_str text = secrets->text;
    if (n->group_count != 1 || n->lengths[0] != 2 || n->span.start < 6) return false;
    const size_t start = n->span.start - 6;
    const struct pen_str code = pen_str_slice(text, start, start + 16);
    if (code.len < 16 || !pen_secrets_begins(text, start)) return false;
    static const char shape[] = "AAAAAA00A00A000A";
    uint32_t sum = 0;
    for (size_t i = 0; i < 16; i++) {
        const char c = code.ptr[i];
        const bool letter = c >= 'A' && c <= 'Z';
        if (shape[i] == 'A' ? !letter : !pen_is_digit(c)) return false;
        if (i == 15) break;
        const uint32_t place = letter ? (uint32_t)(c - 'A') : (uint32_t)(c - '0');
        sum += i % 2 == 0 ? odd[place] : place;
    }
    if (start + 16 < text.len && pen_secrets_is(text.ptr[start + 16], PEN_ALPHABET_WORD)) {
        return false;
    }
    if (strchr("ABCDEHLMPRST", code.ptr[8]) == NULL || code.ptr[15] != (char)('A' + sum % 26)) {
        return false;
    }
    pen_secrets_report(secrets, RULE, start, start + 16, PRINT);
    return true;
}

bool pen_secrets_person(struct pen_secrets *secrets, const struct pen_number *number)
{
    if (number->digit_count < 6) return is_codice_fiscale(secrets, number);
    bool found = false;
    for (size_t g = 0; g < number->group_count && !found; g++) {
        for (uint32_t bits = kinds_at(number, g); bits != 0 && !found; bits &= bits - 1) {
            found = judge(secrets, number, g, &kinds[__builtin_ctz(bits)]);
        }
    }
    return found || is_dni(secrets, number) || is_nino(secrets, number);
}

/**
 * A secret is made by a machine: no word in it, no row, letters from all over its alphabet. What a
 * person types into a document is the opposite, and most of what looks like a secret is that.
 */
#include "filters/secrets_shape.h"

#include <string.h>

#define ROW           5  /* equal letters in a row: in base 62 one token in a million has them */
#define LEAST_OF_HEX  8  /* different ones of 16; 32 random digits have 14 */
#define LEAST_OF_MORE 10 /* of a larger alphabet; 20 random letters have 17 */
#define CRC_LETTERS   6

bool pen_secrets_is(char c, enum pen_alphabet alphabet)
{
    enum {
        WORD = 1 << PEN_ALPHABET_WORD,
        BASE62 = 1 << PEN_ALPHABET_BASE62,
        BASE64 = 1 << PEN_ALPHABET_BASE64,
        URL = 1 << PEN_ALPHABET_URL,
        BASE32 = 1 << PEN_ALPHABET_BASE32,
        HEX = 1 << PEN_ALPHABET_HEX,
        TILDE = 1 << PEN_ALPHABET_TILDE,
        UPPER = 1 << PEN_ALPHABET_UPPER,
        ALL = WORD | BASE62 | BASE64 | URL | TILDE,
        LETTER = ALL | UPPER | BASE32,
        DIGIT = ALL | UPPER | HEX,
    };
    /* clang-format off: a table */
    static const uint8_t alphabets[UINT8_MAX + 1] = {
        ['0'] = DIGIT,
        ['1'] = DIGIT,
        ['2'] = DIGIT | BASE32,
        ['3'] = DIGIT | BASE32,
        ['4'] = DIGIT | BASE32,
        ['5'] = DIGIT | BASE32,
        ['6'] = DIGIT | BASE32,
        ['7'] = DIGIT | BASE32,
        ['8'] = DIGIT,
        ['9'] = DIGIT,
        ['A'] = LETTER,
        ['B'] = LETTER,
        ['C'] = LETTER,
        ['D'] = LETTER,
        ['E'] = LETTER,
        ['F'] = LETTER,
        ['G'] = LETTER,
        ['H'] = LETTER,
        ['I'] = LETTER,
        ['J'] = LETTER,
        ['K'] = LETTER,
        ['L'] = LETTER,
        ['M'] = LETTER,
        ['N'] = LETTER,
        ['O'] = LETTER,
        ['P'] = LETTER,
        ['Q'] = LETTER,
        ['R'] = LETTER,
        ['S'] = LETTER,
        ['T'] = LETTER,
        ['U'] = LETTER,
        ['V'] = LETTER,
        ['W'] = LETTER,
        ['X'] = LETTER,
        ['Y'] = LETTER,
        ['Z'] = LETTER,
        ['a'] = ALL | HEX,
        ['b'] = ALL | HEX,
        ['c'] = ALL | HEX,
        ['d'] = ALL | HEX,
        ['e'] = ALL | HEX,
        ['f'] = ALL | HEX,
        ['g'] = ALL,
        ['h'] = ALL,
        ['i'] = ALL,
        ['j'] = ALL,
        ['k'] = ALL,
        ['l'] = ALL,
        ['m'] = ALL,
        ['n'] = ALL,
        ['o'] = ALL,
        ['p'] = ALL,
        ['q'] = ALL,
        ['r'] = ALL,
        ['s'] = ALL,
        ['t'] = ALL,
        ['u'] = ALL,
        ['v'] = ALL,
        ['w'] = ALL,
        ['x'] = ALL,
        ['y'] = ALL,
        ['z'] = ALL,
        ['+'] = BASE64,
        ['/'] = BASE64,
        ['='] = BASE64,
        ['-'] = URL | TILDE,
        ['_'] = WORD | URL | TILDE,
        ['.'] = TILDE,
        ['~'] = TILDE,
    };
    /* clang-format on */
    return (alphabets[(unsigned char)c] >> alphabet & 1) != 0;
}

static bool is_hex(char c)
{
    return pen_hex_value(c) >= 0;
}

/* Does an escape end at `at`: "\n" of JSON, "\u003d", "%3D"? */
static bool ends_escape(struct pen_str text, size_t at)
{
    const char *const p = text.ptr + at;
    if (at >= 2 && p[-2] == '\\' && strchr("nrtbf", p[-1]) != NULL) return true;
    if (at >= 3 && p[-3] == '%' && is_hex(p[-2]) && is_hex(p[-1])) return true;
    return at >= 6 && p[-6] == '\\' && p[-5] == 'u' && is_hex(p[-4]) && is_hex(p[-3])
           && is_hex(p[-2]) && is_hex(p[-1]);
}

bool pen_secrets_begins(struct pen_str text, size_t at)
{
    if (at == 0 || !pen_secrets_is(text.ptr[at - 1], PEN_ALPHABET_WORD)) return true;
    return ends_escape(text, at);
}

size_t pen_secrets_run(struct pen_str text, size_t at, enum pen_alphabet alphabet, size_t most)
{
    const size_t far = text.len - at > most ? at + most : text.len;
    while (at < far && pen_secrets_is(text.ptr[at], alphabet)) {
        at++;
    }
    return at;
}

size_t pen_secrets_distinct(struct pen_str token)
{
    uint64_t seen[4] = {0};
    size_t count = 0;
    for (size_t i = 0; i < token.len; i++) {
        const unsigned char c = (unsigned char)token.ptr[i];
        const uint64_t bit = (uint64_t)1 << (c & 63);
        count += (seen[c >> 6] & bit) == 0;
        seen[c >> 6] |= bit;
    }
    return count;
}

static bool has_row(struct pen_str token)
{
    size_t equal = 1;
    for (size_t i = 1; i < token.len; i++) {
        equal = token.ptr[i] == token.ptr[i - 1] ? equal + 1 : 1;
        if (equal == ROW) return true;
    }
    return false;
}

/* One pass: at most bytes no word begins. */
static bool contains_any(struct pen_str text, const struct pen_str *words, size_t count)
{
    uint64_t firsts[4] = {0};
    for (size_t i = 0; i < count; i++) {
        const unsigned char first = (unsigned char)words[i].ptr[0];
        firsts[first >> 6] |= (uint64_t)1 << (first & 63);
    }
    for (size_t at = 0; at < text.len; at++) {
        const unsigned char c = (unsigned char)pen_to_lower(text.ptr[at]);
        if ((firsts[c >> 6] >> (c & 63) & 1) == 0) continue;
        for (size_t i = 0; i < count; i++) {
            if ((unsigned char)words[i].ptr[0] == c && pen_str_stands_fold(text, at, words[i])) {
                return true;
            }
        }
    }
    return false;
}

static const struct pen_str typed[] = {
    PEN_STR("example"),  PEN_STR("xxxx"),     PEN_STR("your"),   PEN_STR("placeholder"),
    PEN_STR("changeme"), PEN_STR("redacted"), PEN_STR("dummy"),  PEN_STR("sample"),
    PEN_STR("insert"),   PEN_STR("replace"),  PEN_STR("123456"), PEN_STR("abcdef"),
    PEN_STR("....."),    PEN_STR("notreal"),  PEN_STR("fake"),
};

bool pen_secrets_is_typed(struct pen_str token)
{
    bool hex = true;
    for (size_t i = 0; i < token.len && hex; i++) {
        hex = pen_secrets_is(token.ptr[i], PEN_ALPHABET_HEX);
    }
    size_t least = hex ? LEAST_OF_HEX : LEAST_OF_MORE;
    if (least > token.len / 2) least = token.len / 2;
    return pen_secrets_distinct(token) < least || has_row(token)
           || contains_any(token, typed, PEN_COUNT_OF(typed));
}

bool pen_secrets_is_placeholder(struct pen_str password)
{
    static const struct pen_str whole[] = {
        PEN_STR("password"), PEN_STR("passwd"),  PEN_STR("pass"),   PEN_STR("pwd"),
        PEN_STR("pw"),       PEN_STR("secret"),  PEN_STR("token"),  PEN_STR("key"),
        PEN_STR("apikey"),   PEN_STR("api_key"), PEN_STR("string"), PEN_STR("mypassword"),
        PEN_STR("mysecret"), PEN_STR("null"),    PEN_STR("none"),   PEN_STR("undefined"),
        PEN_STR("hidden"),   PEN_STR("masked"),  PEN_STR("foo"),    PEN_STR("bar"),
    };
    if (password.len == 0) return true;
    for (size_t i = 0; i < PEN_COUNT_OF(whole); i++) {
        if (pen_str_equal_fold(password, whole[i])) return true;
    }
    const char first = password.ptr[0];
    const char last = password.ptr[password.len - 1];
    /* "$NAME", "${NAME}", "{{ name }}", "<name>", "[name]", "%s", "%PASSWORD%", ":name". */
    if (first == '$' || first == '{' || first == '<' || first == '[' || first == ':') return true;
    if (first == '%' && (password.len == 2 || last == '%')) return true;
    if (pen_secrets_distinct(password) < 2) return true;
    static const struct pen_str parts[] = {
        PEN_STR("example"),  PEN_STR("xxx"),      PEN_STR("your"), PEN_STR("placeholder"),
        PEN_STR("changeme"), PEN_STR("redacted"), PEN_STR("<"),    PEN_STR("${"),
        PEN_STR("{{"),       PEN_STR("%3c"),      PEN_STR("%7b"),  PEN_STR("***"),
        PEN_STR("..."),
    };
    return contains_any(password, parts, PEN_COUNT_OF(parts));
}

/* RFC 1952 section 8, a bit at a time: few tokens come that far. */
static uint32_t crc32_of(struct pen_str text)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < text.len; i++) {
        crc ^= (unsigned char)text.ptr[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (UINT32_C(0xEDB88320) & (0U - (crc & 1U)));
        }
    }
    return ~crc;
}

bool pen_secrets_has_crc(struct pen_str token)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    if (token.len <= CRC_LETTERS) return false;
    uint32_t crc = crc32_of(pen_str_slice(token, 0, token.len - CRC_LETTERS));
    for (size_t i = 1; i <= CRC_LETTERS; i++) {
        if (token.ptr[token.len - i] != digits[crc % 62]) return false;
        crc /= 62;
    }
    return true;
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

/* A letter with none before it, or with the small one of "myCard". */
static bool begins_word(struct pen_str text, size_t at)
{
    if (!pen_is_alpha(text.ptr[at])) return false;
    if (at == 0 || !pen_is_alpha(text.ptr[at - 1])) return true;
    return is_lower(text.ptr[at - 1]) && !is_lower(text.ptr[at]);
}

/* No letter behind it but a plural's, or the capital of "cardNumber". */
static bool ends_word(struct pen_str text, size_t end)
{
    if (end < text.len && pen_to_lower(text.ptr[end]) == 's') end++;
    return end == text.len || !pen_is_alpha(text.ptr[end])
           || (!is_lower(text.ptr[end]) && is_lower(text.ptr[end - 1]));
}

/* Does the first of the words stand at `at`? '_' of the list is a space or itself. */
static bool stands_at(struct pen_str text, size_t at, const char *word)
{
    for (; *word != ' ' && *word != '\0'; word++, at++) {
        const char c = at < text.len ? pen_to_lower(text.ptr[at]) : '\0';
        if (c != *word && (*word != '_' || c != ' ')) return false;
    }
    return ends_word(text, at);
}

bool pen_secrets_mentions(struct pen_str text, const struct pen_secrets_words *words)
{
    for (size_t at = 0; at < text.len; at++) {
        if (!begins_word(text, at)) continue;
        const char *word =
            words->by_letter[PEN_SECRETS_LETTER((unsigned char)pen_to_lower(text.ptr[at]))];
        while (word != NULL) {
            if (stands_at(text, at, word)) return true;
            word = strchr(word, ' ');
            if (word != NULL) word++;
        }
    }
    return false;
}

size_t pen_secrets_value(struct pen_str text, size_t at)
{
    const size_t far = text.len - at > 12 ? at + 12 : text.len;
    bool assigned = false;
    for (; at < far; at++) {
        const char c = text.ptr[at];
        if (c == '=' || c == ':' || c == '>') {
            assigned = true;
        } else if (c != ' ' && c != '"' && c != '\'' && c != '\\' && c != '\t' && c != '`') {
            break;
        }
    }
    return assigned ? at : text.len;
}

/**
 * Secrets that are known by where they stand: a password between "://user:" and "@", behind
 * "Password=" in a connection string, in an Authorization field, in what Azure and Telegram make.
 *
 * What stands there may be a placeholder; most of what documents show is one. (RFC 3986 section
 * 3.2.1, RFC 7617)
 */
#include "filters/secrets_find.h"
#include "filters/secrets_shape.h"

#define CERTAIN 95
#define LIKELY  85
#define BASIC   80

#define NAME_MOST 256 /* bytes of a user's name, and of a password in a URL or string */
#define PORT_MOST 5
#define AROUND    256 /* bytes in which the rest of a connection string must show */

/* Userinfo ends at these, and a URL in text at all but the first. */
static bool ends_userinfo(char c)
{
    return c == '@' || c == '/' || c == '?' || c == '#' || c == '"' || c == '\'' || c == '<'
           || c == '>' || c == '\\' || c == '`' || c == '|' || (unsigned char)c <= ' ';
}

/* Behind what may stand in userinfo from `at` on. */
static size_t userinfo_run(struct pen_str text, size_t at, bool colon)
{
    const size_t far = text.len - at > NAME_MOST ? at + NAME_MOST : text.len;
    while (at < far && !ends_userinfo(text.ptr[at]) && (colon || text.ptr[at] != ':')) {
        at++;
    }
    return at;
}

/* "://8080@" is a port that somebody plays with: another filter's. */
static bool is_port(struct pen_str password)
{
    if (password.len > PORT_MOST) return false;
    for (size_t i = 0; i < password.len; i++) {
        if (!pen_is_digit(password.ptr[i])) return false;
    }
    return true;
}

size_t pen_secrets_url(struct pen_secrets *secrets, size_t at)
{
    const struct pen_str text = secrets->text;
    if (!pen_str_starts(pen_str_slice(text, at, text.len), PEN_S("://"))) return at;
    if (at == 0 || !pen_is_alpha(text.ptr[at - 1])) return at;

    const size_t user = at + 3;
    const size_t colon = userinfo_run(text, user, false);
    if (colon == text.len || text.ptr[colon] != ':') return at;
    const size_t end = userinfo_run(text, colon + 1, true);
    if (end + 1 >= text.len || text.ptr[end] != '@') return at;
    const char host = text.ptr[end + 1];
    if (!pen_secrets_is(host, PEN_ALPHABET_BASE62) && host != '[') return at;

    const struct pen_str name = pen_str_slice(text, user, colon);
    const struct pen_str password = pen_str_slice(text, colon + 1, end);
    if (password.len < 3 || is_port(password) || pen_str_equal(name, password)
        || pen_secrets_is_placeholder(password)) {
        return at;
    }
    pen_secrets_report(secrets, "secrets.url_password", colon + 1, end, LIKELY);
    return end;
}

static size_t name_length(struct pen_str rest)
{
    static const struct pen_str names[] = {PEN_STR("password"), PEN_STR("passwd"), PEN_STR("pwd")};
    for (size_t i = 0; i < PEN_COUNT_OF(names); i++) {
        if (pen_str_starts_fold(rest, names[i])) return names[i].len;
    }
    return 0;
}

/* Around "Password=": does somebody tell a database's driver where to connect to? */
static bool is_connection(struct pen_str around)
{
    static const struct pen_str signs[] = {
        PEN_STR("server="),
        PEN_STR("data source="),
        PEN_STR("host="),
        PEN_STR("uid="),
        PEN_STR("user id="),
        PEN_STR("jdbc:"),
        PEN_STR("initial catalog="),
        PEN_STR("dsn="),
        PEN_STR("dbname="),
    };
    /* By their ends: the marks are rarer than the letters. */
    for (size_t at = 1; at < around.len; at++) {
        const char mark = around.ptr[at];
        if (mark != '=' && mark != ':') continue;
        const char last = pen_to_lower(around.ptr[at - 1]);
        for (size_t i = 0; i < PEN_COUNT_OF(signs); i++) {
            if (signs[i].ptr[signs[i].len - 2] != last) continue;
            if (pen_str_ends_fold(pen_str_slice(around, 0, at + 1), signs[i])) return true;
        }
    }
    return false;
}

static bool ends_password(char c)
{
    static const bool marks[UINT8_MAX + 1] = {
        [';'] = true, ['&'] = true, ['"'] = true, ['\''] = true, ['<'] = true, ['\\'] = true};
    return (unsigned char)c <= ' ' || marks[(unsigned char)c];
}

size_t pen_secrets_connection(struct pen_secrets *secrets, size_t at)
{
    const struct pen_str text = secrets->text;
    const size_t name = name_length(pen_str_slice(text, at, text.len));
    if (name == 0) return at;
    size_t start = at + name;
    while (start < text.len && text.ptr[start] == ' ') {
        start++;
    }
    if (start == text.len || text.ptr[start] != '=') return at;
    start++;
    /* Four bytes at least, before so many are read of which most are nothing. */
    for (size_t i = 0; i < 4; i++) {
        if (start + i >= text.len || ends_password(text.ptr[start + i])) return start;
    }
    if (!pen_secrets_look(secrets)) return start;
    size_t end = start;
    const size_t far = text.len - start > NAME_MOST ? start + NAME_MOST : text.len;
    while (end < far && !ends_password(text.ptr[end])) {
        end++;
    }
    const struct pen_str password = pen_str_slice(text, start, end);
    const size_t from = at > AROUND ? at - AROUND : 0;
    const size_t to = text.len - end > AROUND ? end + AROUND : text.len;
    if (!is_connection(pen_str_slice(text, from, at))
        && !is_connection(pen_str_slice(text, end, to))) {
        return start;
    }
    if (pen_secrets_is_placeholder(password)) return start;
    pen_secrets_report(secrets, "secrets.connection_string", start, end, LIKELY);
    return end;
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* "user:password" of base64, into `out`; empty when it is no printable text with a colon. */
static struct pen_str decode_pair(struct pen_str in, char *out, size_t room)
{
    size_t length = 0;
    uint32_t bits = 0;
    uint32_t count = 0;
    for (size_t i = 0; i < in.len && in.ptr[i] != '=' && length < room; i++) {
        bits = bits << 6 | (uint32_t)base64_value(in.ptr[i]);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        const unsigned char c = (unsigned char)(bits >> count & 255);
        if (c < ' ' || c == 0x7f) return PEN_S("");
        out[length++] = (char)c;
    }
    const struct pen_str pair = {out, length};
    return pen_str_find(pair, ':', 0) < length ? pair : PEN_S("");
}

/* What RFC 7617 and half of all documents show. */
static bool is_shown_pair(struct pen_str user, struct pen_str password)
{
    return pen_str_equal(user, password) || pen_str_equal(password, PEN_S("open sesame"))
           || pen_str_equal_fold(user, PEN_S("username")) || pen_secrets_is_placeholder(password);
}

size_t pen_secrets_basic(struct pen_secrets *secrets, size_t at)
{
    const struct pen_str text = secrets->text;
    if (!pen_str_starts_fold(pen_str_slice(text, at, text.len), PEN_S("basic "))) return at;

    char memory[NAME_MOST];
    const size_t start = at + 6;
    const size_t end = pen_secrets_run(text, start, PEN_ALPHABET_BASE64, NAME_MOST);
    if (end - start < 8) return at;
    const struct pen_str pair =
        decode_pair(pen_str_slice(text, start, end), memory, sizeof(memory));
    if (pair.len == 0) return at;
    const size_t colon = pen_str_find(pair, ':', 0);
    const struct pen_str user = pen_str_slice(pair, 0, colon);
    const struct pen_str password = pen_str_slice(pair, colon + 1, pair.len);
    if (password.len < 3 || is_shown_pair(user, password)) return end;

    pen_secrets_report(secrets, "secrets.basic_auth", start, end, BASIC);
    return end;
}

/* Behind base64 of `letters` letters from `at` on, its padding as it is or as "%3D"; 0 = none. */
static size_t base64_value_end(struct pen_str text, size_t at, size_t letters, size_t padding)
{
    size_t found = 0;
    size_t start = at;
    while (at < text.len && found < letters) {
        const char c = text.ptr[at];
        if (pen_secrets_is(c, PEN_ALPHABET_BASE64) && c != '=') {
            at++;
        } else if (c == '%' && at + 2 < text.len && text.ptr[at + 1] == '2') {
            at += 3; /* "%2B", "%2F" */
        } else {
            return 0;
        }
        found++;
    }
    if (found < letters || pen_secrets_is_typed(pen_str_slice(text, start, at))) return 0;
    for (size_t i = 0; i < padding; i++) {
        const struct pen_str rest = pen_str_slice(text, at, text.len);
        if (pen_str_starts(rest, PEN_S("="))) {
            at++;
        } else if (pen_str_starts_fold(rest, PEN_S("%3d"))) {
            at += 3;
        } else {
            return 0;
        }
    }
    return at;
}

/* At '~' of "abc8Q~…": the secrets of Entra ID's applications. */
static size_t entra_secret(struct pen_secrets *secrets, size_t at)
{
    const struct pen_str text = secrets->text;
    if (at < 5 || text.ptr[at - 1] != 'Q' || !pen_is_digit(text.ptr[at - 2])) return at;
    const size_t start = at - 5;
    if (pen_secrets_run(text, start, PEN_ALPHABET_TILDE, 3) != start + 3) return at;
    if (start > 0 && pen_secrets_is(text.ptr[start - 1], PEN_ALPHABET_TILDE)
        && !pen_secrets_begins(text, start)) {
        return at;
    }
    const size_t end = pen_secrets_run(text, at + 1, PEN_ALPHABET_TILDE, 36);
    const size_t length = end - at - 1;
    if (length < 31 || length > 34 || pen_secrets_is_typed(pen_str_slice(text, start, end))) {
        return at;
    }
    pen_secrets_report(secrets, "secrets.azure_key", start, end, LIKELY);
    return end;
}

size_t pen_secrets_azure(struct pen_secrets *secrets, size_t at)
{
    const struct pen_str text = secrets->text;
    if (text.ptr[at] == '~') return entra_secret(secrets, at);

    const struct pen_str before = pen_secrets_before(secrets, at, 20);
    size_t end = 0;
    if (pen_str_ends(before, PEN_S("AccountKey"))) {
        end = base64_value_end(text, at + 1, 86, 2);
    } else if (pen_str_ends(before, PEN_S("SharedAccessKey"))) {
        end = base64_value_end(text, at + 1, 43, 1);
    } else if (pen_str_ends(before, PEN_S("&sig")) || pen_str_ends(before, PEN_S("?sig"))
               || pen_str_ends(before, PEN_S(";sig")) || pen_str_ends(before, PEN_S("u0026sig"))) {
        /* A shared access signature says what it is for beside it. */
        end = base64_value_end(text, at + 1, 43, 1);
        if (end == 0 || !pen_secrets_look(secrets)) return at;
        const size_t to = text.len - end > AROUND ? end + AROUND : text.len;
        const struct pen_str around = pen_str_slice(text, at > AROUND ? at - AROUND : 0, to);
        if (pen_str_find_str(around, PEN_S("se=")) == around.len) return at;
    }
    if (end == 0) return at;
    pen_secrets_report(secrets, "secrets.azure_key", at + 1, end, CERTAIN);
    return end;
}

size_t pen_secrets_telegram(struct pen_secrets *secrets, size_t at)
{
    const struct pen_str text = secrets->text;
    if (!pen_str_starts(pen_str_slice(text, at, text.len), PEN_S(":AA"))) return at;
    size_t start = at;
    while (start > 0 && at - start < 11 && pen_is_digit(text.ptr[start - 1])) {
        start--;
    }
    if (at - start < 8 || at - start > 10) return at;
    const size_t end = pen_secrets_run(text, at + 1, PEN_ALPHABET_URL, 37);
    if (end - at - 1 != 35 || pen_secrets_is_typed(pen_str_slice(text, at + 1, end))) return at;
    pen_secrets_report(secrets, "secrets.telegram_token", start, end, LIKELY);
    return end;
}

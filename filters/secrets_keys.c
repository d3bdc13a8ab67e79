/**
 * Keys that are known by their structure: private keys in their files' forms, JSON Web Tokens,
 * and AWS' pairs of an id and a secret.
 *
 * A header line alone is documentation; a key has a body that begins as its format does. (RFC 7468,
 * RFC 4716, RFC 7515)
 */
#include "filters/secrets_find.h"
#include "filters/secrets_shape.h"

#include <string.h>

#define CERTAIN   95
#define LIKELY    80
#define ENCRYPTED 75 /* useless without its passphrase, and published all the same */
#define TOKEN     60 /* of a session: many functions exchange them openly */
#define ID        60 /* says whose account; opens nothing without its secret */

#define BODY_MOST    ((size_t)32 << 10) /* of a private key; RSA 16384 has 12 KiB */
#define BODY_LEAST   40                 /* the shortest: an Ed25519 key has 64 letters */
#define HEADERS_MOST 6                  /* "Proc-Type:", "DEK-Info:", "Comment:" */
#define LINE_MOST    256
#define PAIR         256  /* bytes between an id and its secret */
#define SEGMENT_MOST 2048 /* of a JWT's header */
#define TOKEN_MOST   ((size_t)16 << 10)

/* White space, as it is or as JSON spells it; behind it. */
static size_t skip_space(struct pen_str text, size_t at)
{
    while (at < text.len) {
        const char c = text.ptr[at];
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
            at++;
        } else if (c == '\\' && at + 1 < text.len
                   && (text.ptr[at + 1] == 'n' || text.ptr[at + 1] == 'r')) {
            at += 2;
        } else if (c == '\\' && at + 2 < text.len && text.ptr[at + 1] == '\\'
                   && (text.ptr[at + 2] == 'n' || text.ptr[at + 2] == 'r')) {
            at += 3;
        } else {
            break;
        }
    }
    return at;
}

/* "Name: value" lines in front of the base64; behind them. `*encrypted`: one says so. */
static size_t skip_headers(struct pen_str text, size_t at, bool *encrypted)
{
    for (int i = 0; i < HEADERS_MOST; i++) {
        at = skip_space(text, at);
        const size_t far = at + LINE_MOST < text.len ? at + LINE_MOST : text.len;
        const size_t name = pen_secrets_run(text, at, PEN_ALPHABET_URL, 32);
        if (name == at || name == far || text.ptr[name] != ':') return at;

        size_t end = name;
        while (end < far && text.ptr[end] != '\n' && text.ptr[end] != '\\') {
            end++;
        }
        const struct pen_str line = pen_str_slice(text, at, end);
        if (pen_str_find_str(line, PEN_S("ENCRYPTED")) < line.len) *encrypted = true;
        at = end;
    }
    return at;
}

/* Behind the base64 from `at` on, line breaks within; `*letters` of it. */
static size_t read_base64(struct pen_str text, size_t at, size_t *letters)
{
    const size_t far = text.len - at > BODY_MOST ? at + BODY_MOST : text.len;
    size_t end = at;
    *letters = 0;
    while (at < far) {
        if (pen_secrets_is(text.ptr[at], PEN_ALPHABET_BASE64)) {
            (*letters)++;
            end = ++at;
            continue;
        }
        /* JSON may write '/' as "\/". */
        if (text.ptr[at] == '\\' && at + 1 < far && text.ptr[at + 1] == '/') {
            at++;
            continue;
        }
        const size_t next = skip_space(text, at);
        if (next == at) break;
        at = next;
    }
    return end;
}

/* DER begins with a SEQUENCE (0x30), OpenSSH's with its name, OpenPGP's with a tag's high bit. */
static bool begins_as(struct pen_str label, struct pen_str body, bool encrypted)
{
    if (encrypted) return true;
    if (pen_str_starts(label, PEN_S("OPENSSH"))) return pen_str_starts(body, PEN_S("b3BlbnNzaC1r"));
    if (pen_str_starts(label, PEN_S("PGP"))) {
        return body.len > 0 && (pen_is_digit(body.ptr[0]) || body.ptr[0] >= 'g');
    }
    return body.len > 0 && body.ptr[0] == 'M';
}

/* At "-----BEGIN ": the label up to the next dashes; empty when it is no private key's. */
static struct pen_str key_label(struct pen_str text, size_t at)
{
    const size_t start = at + sizeof("-----BEGIN ") - 1;
    const size_t far = start + 48 < text.len ? start + 48 : text.len;
    size_t end = start;
    while (end < far && text.ptr[end] != '-') {
        end++;
    }
    const struct pen_str label = pen_str_slice(text, start, end);
    const bool dashes = pen_str_starts(pen_str_slice(text, end, text.len), PEN_S("-----"));
    if (!dashes || pen_str_find_str(label, PEN_S("PRIVATE KEY")) == label.len) return PEN_S("");
    return label;
}

/* At "Private-Lines: 8": PuTTY's. */
static size_t putty_key(struct pen_secrets *secrets, size_t at)
{
    const struct pen_str text = secrets->text;
    size_t start = at + sizeof("Private-Lines:") - 1;
    while (start < text.len && (text.ptr[start] == ' ' || pen_is_digit(text.ptr[start]))) {
        start++;
    }
    start = skip_space(text, start);
    size_t letters = 0;
    const size_t end = read_base64(text, start, &letters);
    const struct pen_str body = pen_str_slice(text, start, end);
    if (letters < BODY_LEAST || pen_secrets_distinct(body) < 16) return at;

    pen_secrets_report(secrets, "secrets.private_key", at, end, CERTAIN);
    return end;
}

size_t pen_secrets_private_key(struct pen_secrets *secrets, size_t at)
{
    const struct pen_str text = secrets->text;
    const struct pen_str rest = pen_str_slice(text, at, text.len);
    if (pen_str_starts(rest, PEN_S("Private-Lines:"))) return putty_key(secrets, at);
    if (!pen_str_starts(rest, PEN_S("-----BEGIN "))) return at;

    const struct pen_str label = key_label(text, at);
    if (label.len == 0) return at;

    bool encrypted = pen_str_starts(label, PEN_S("ENCRYPTED"));
    const size_t behind = (size_t)(label.ptr - text.ptr) + label.len + 5;
    const size_t start = skip_headers(text, behind, &encrypted);
    size_t letters = 0;
    const size_t end = read_base64(text, start, &letters);
    const struct pen_str body = pen_str_slice(text, start, end);
    if (letters < BODY_LEAST || !begins_as(label, body, encrypted)
        || pen_secrets_distinct(body) < 16) {
        return end;
    }
    pen_secrets_report(secrets, "secrets.private_key", at, end, encrypted ? ENCRYPTED : CERTAIN);
    return end;
}

/* Tokens. */

static int url_value(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

/* As much of base64url as fits; only what it begins with matters. */
static struct pen_str decode(struct pen_str in, char *out, size_t room)
{
    size_t length = 0;
    uint32_t bits = 0;
    for (size_t i = 0; i < in.len && length + 3 <= room; i++) {
        bits = bits << 6 | (uint32_t)url_value(in.ptr[i]);
        if (i % 4 == 3) {
            out[length++] = (char)(bits >> 16 & 255);
            out[length++] = (char)(bits >> 8 & 255);
            out[length++] = (char)(bits & 255);
        }
    }
    const size_t left = in.len % 4;
    if (length + 3 <= room && left == 2) out[length++] = (char)(bits >> 4 & 255);
    if (length + 3 <= room && left == 3) {
        out[length++] = (char)(bits >> 10 & 255);
        out[length++] = (char)(bits >> 2 & 255);
    }
    return (struct pen_str){out, length};
}

/* A JSON object with a member "alg" whose value is a word (RFC 7515 section 4.1.1). */
static bool is_jose_header(struct pen_str segment)
{
    char memory[SEGMENT_MOST / 4 * 3];
    const struct pen_str header = decode(segment, memory, sizeof(memory));
    if (header.len < 2 || header.ptr[0] != '{') return false;
    const size_t name = pen_str_find_str(header, PEN_S("\"alg\""));
    if (name == header.len) return false;
    size_t at = name + 5;
    while (at < header.len && (header.ptr[at] == ' ' || header.ptr[at] == ':')) {
        at++;
    }
    return at + 3 < header.len && header.ptr[at] == '"' && pen_is_alpha(header.ptr[at + 1])
           && header.ptr[header.len - 1] == '}';
}

/* The token that every page about JWT shows. */
static bool is_shown_everywhere(struct pen_str payload)
{
    char memory[96];
    const struct pen_str claims = decode(payload, memory, sizeof(memory));
    return pen_str_find_str(claims, PEN_S("1234567890")) < claims.len
           || pen_str_find_str(claims, PEN_S("John Doe")) < claims.len
           /* RFC 7519 section 3.1 */
           || pen_str_find_str(claims, PEN_S("{\"iss\":\"joe\"")) < claims.len;
}

size_t pen_secrets_jwt(struct pen_secrets *secrets, size_t at)
{
    const struct pen_str text = secrets->text;
    const size_t head = pen_secrets_run(text, at, PEN_ALPHABET_URL, SEGMENT_MOST);
    if (head - at < 16 || head == text.len || text.ptr[head] != '.') return head;

    const size_t payload = pen_secrets_run(text, head + 1, PEN_ALPHABET_URL, TOKEN_MOST);
    const struct pen_str claims = pen_str_slice(text, head + 1, payload);
    if (payload == text.len || text.ptr[payload] != '.' || claims.len < 4) return head;
    if (!is_jose_header(pen_str_slice(text, at, head))) return head;

    size_t end = payload;
    size_t parts = 2;
    while (end < text.len && text.ptr[end] == '.' && parts < 5) {
        end = pen_secrets_run(text, end + 1, PEN_ALPHABET_URL, TOKEN_MOST);
        parts++;
    }
    /* Signed: the claims are an object, too. Encrypted: five parts (RFC 7516). */
    const bool is_signed = pen_str_starts(claims, PEN_S("eyJ")) || parts == 5;
    if (!is_signed || is_shown_everywhere(claims)) return payload;

    pen_secrets_report(secrets, "secrets.jwt", at, end, TOKEN);
    return end;
}

/* AWS. */

/* Forty letters of base64 that stand alone and look random. */
static bool is_aws_secret(struct pen_str text, size_t at, size_t *end)
{
    *end = pen_secrets_run(text, at, PEN_ALPHABET_BASE64, 41);
    const struct pen_str value = pen_str_slice(text, at, *end);
    if (value.len != 40 || pen_secrets_distinct(value) < 20) return false;
    return !pen_secrets_is_typed(value) && pen_secrets_run(value, 0, PEN_ALPHABET_HEX, 40) < 40;
}

/* The secret of an id stands behind it: in the same object, on the next line. */
static void find_pair(struct pen_secrets *secrets, size_t from)
{
    const struct pen_str text = secrets->text;
    const size_t far = text.len - from > PAIR ? from + PAIR : text.len;
    for (size_t at = from; at < far; at++) {
        const char before = text.ptr[at - 1];
        if (before != '=' && pen_secrets_is(before, PEN_ALPHABET_BASE64)) continue;
        size_t behind = at;
        if (is_aws_secret(text, at, &behind)) {
            pen_secrets_report(secrets, "secrets.aws_secret", at, behind, CERTAIN);
            return;
        }
        if (behind > at) at = behind - 1;
    }
}

size_t pen_secrets_aws(struct pen_secrets *secrets, size_t at)
{
    static const struct pen_str kinds[] = {
        PEN_STR("AKIA"), /* a user's */
        PEN_STR("ASIA"), /* a session's */
        PEN_STR("ABIA"),
        PEN_STR("ACCA"),
    };
    const struct pen_str text = secrets->text;
    const struct pen_str rest = pen_str_slice(text, at, text.len);
    if (rest.len < 4 || rest.ptr[3] != 'A') return at; /* as all of them */
    for (size_t i = 0; i < PEN_COUNT_OF(kinds); i++) {
        if (!pen_str_starts(rest, kinds[i])) continue;

        const size_t end = pen_secrets_run(text, at + 4, PEN_ALPHABET_BASE32, 17);
        if (end - at != 20
            || (end < text.len && pen_secrets_is(text.ptr[end], PEN_ALPHABET_WORD))) {
            return at;
        }
        if (pen_secrets_is_typed(pen_str_slice(text, at + 4, end))) return end;
        /* A signed URL shows the id, and is meant to. */
        if (pen_str_ends(pen_secrets_before(secrets, at, 12), PEN_S("Credential="))) return end;
        pen_secrets_report(secrets, "secrets.aws_key", at, end, ID);
        if (pen_secrets_look(secrets)) find_pair(secrets, end);
        return end;
    }
    return at;
}

size_t pen_secrets_named_key(struct pen_secrets *secrets, size_t at)
{
    const struct pen_str text = secrets->text;
    const size_t behind = at + 3;
    const struct pen_str before = pen_secrets_before(secrets, at, 24);
    const bool access =
        pen_str_ends(before, PEN_S("access_")) || pen_str_ends(before, PEN_S("ccess"))
        || pen_str_ends(before, PEN_S("ACCESS_")) || pen_str_ends(before, PEN_S("ecret"))
        || pen_str_ends(before, PEN_S("secret_")) || pen_str_ends(before, PEN_S("SECRET_"));
    if (!access) return at;

    const size_t start = pen_secrets_value(text, behind);
    if (start == text.len) return at;
    size_t end = start;
    if (!is_aws_secret(text, start, &end)) return at;
    pen_secrets_report(secrets, "secrets.aws_secret", start, end, LIKELY);
    return end;
}

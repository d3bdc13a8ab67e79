/** Evidence without secrets: short, escaped, and hashed where the name says that it is one. */
#include "gateway/record/excerpt.h"

#include "gateway/digest.h"
#include "gateway/mask.h"

#define EXCERPT_BYTES 64
#define PATH_BYTES    512

static bool names_a_secret(struct pen_str path)
{
    static const struct pen_str words[] = {
        PEN_STR("cookie"),    PEN_STR("token"),      PEN_STR("secret"),  PEN_STR("passw"),
        PEN_STR("auth"),      PEN_STR("apikey"),     PEN_STR("api-key"), PEN_STR("api_key"),
        PEN_STR("signature"), PEN_STR("credential"), PEN_STR("session"), PEN_STR("private"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(words); i++) {
        if (pen_str_contains_fold(path, words[i])) return true;
    }
    return false;
}

static bool is_redacted(const struct pen_config_audit *config, const struct pen_finding *finding)
{
    char memory[PATH_BYTES];
    struct pen_buf path = pen_buf_over(memory, sizeof(memory));
    pen_leaf_path(finding->leaf, &path);
    if (path.full) return true; /* a path too long to be judged is not shown */
    for (size_t i = 0; i < config->redact_count; i++) {
        if (pen_str_equal(config->redact[i], pen_buf_str(&path))) return true;
    }
    return names_a_secret(pen_buf_str(&path));
}

static void put_hash(struct pen_buf *buf, struct pen_str text)
{
    unsigned char digest[PEN_SHA256_BYTES];
    pen_buf_put(buf, PEN_S("sha256:"));
    if (pen_sha256_once(text, digest) != PEN_OK) return;
    for (size_t i = 0; i < 4; i++) {
        static const char hex[] = "0123456789abcdef";
        pen_buf_byte(buf, hex[digest[i] >> 4]);
        pen_buf_byte(buf, hex[digest[i] & 15]);
    }
}

/* Printable ASCII as it is; every other byte as \u00XX, so that no terminal is played with. */
static void put_escaped(struct pen_buf *buf, struct pen_str text)
{
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x7f) {
            pen_buf_json(buf, pen_str_slice(text, i, i + 1));
            continue;
        }
        pen_buf_put(buf, PEN_S("\\u00"));
        pen_buf_byte(buf, hex[c >> 4]);
        pen_buf_byte(buf, hex[c & 15]);
    }
}

void pen_excerpt_put(struct pen_buf *buf, const struct pen_config_audit *config,
                     const struct pen_scan *scan, const struct pen_finding *finding)
{
    if (finding->leaf == NULL) return;

    const struct pen_str text = finding->leaf->text;
    /* A hash would tell a number of nine digits as well as the number itself. */
    const bool secret = pen_mask_applies(scan, finding->leaf);
    if (!secret && is_redacted(config, finding)) {
        put_hash(buf, text);
        return;
    }
    const size_t span = finding->span.end - finding->span.start;
    const size_t around = span >= EXCERPT_BYTES ? 0 : (EXCERPT_BYTES - span) / 2;
    const size_t start = finding->span.start > around ? finding->span.start - around : 0;
    if (secret) {
        char memory[EXCERPT_BYTES];
        const struct pen_span around_it = {start, start + EXCERPT_BYTES};
        put_escaped(buf, pen_mask_piece(scan, finding->leaf, around_it, memory));
        return;
    }
    put_escaped(buf, pen_str_slice(text, start, start + EXCERPT_BYTES));
}

/** Asterisks over secrets: those that are known to lie in the text, or everything. */
#include "gateway/mask.h"

#include <string.h>

#include "filters/secrets_find.h"

#define SHOWN_FIRST 4
#define SHOWN_LAST  2
#define SHOWN_FROM  16 /* bytes: six of a shorter one would be too much of it */

#define NAME_BYTES 4096 /* of a path, and so of a name in it */
#define NAME_LEAST 8    /* of a name that is a secret: shorter ones are numbers of nobody */

/* Printable ASCII; of anything else a question mark. */
static char printable(char c)
{
    return c > ' ' && (unsigned char)c < 0x7f ? c : '?';
}

void pen_mask_short(char *out, size_t room, struct pen_str secret)
{
    const size_t length = secret.len < room ? secret.len : room;
    memset(out, '*', length);
    out[length] = '\0';
    if (secret.len < SHOWN_FROM) return;
    for (size_t i = 0; i < SHOWN_FIRST; i++) {
        out[i] = printable(secret.ptr[i]);
    }
    for (size_t i = 1; i <= SHOWN_LAST; i++) {
        out[length - i] = printable(secret.ptr[secret.len - i]);
    }
}

static bool is_secret(const struct pen_finding *finding)
{
    return finding->leaf != NULL && strcmp(finding->filter, "secrets") == 0;
}

/* Was one of them made of the other? */
static bool is_form_of(const struct pen_leaf *leaf, const struct pen_leaf *other)
{
    while (leaf != NULL && leaf != other) {
        leaf = leaf->from;
    }
    return leaf != NULL;
}

static bool is_related(const struct pen_leaf *leaf, const struct pen_leaf *other)
{
    return is_form_of(leaf, other) || is_form_of(other, leaf);
}

bool pen_mask_applies(const struct pen_scan *scan, const struct pen_leaf *leaf)
{
    if (scan->veils_all) return true;
    for (uint32_t i = 0; i < scan->veil_count; i++) {
        if (is_related(leaf, scan->veils[i].leaf)) return true;
    }
    for (uint32_t i = 0; i < scan->finding_count; i++) {
        if (is_secret(&scan->findings[i]) && is_related(leaf, scan->findings[i].leaf)) return true;
    }
    return false;
}

/* Are the secrets in it known by their places, all of them? */
static bool is_known(const struct pen_scan *scan, const struct pen_leaf *leaf)
{
    uint32_t known = 0;
    if (scan->veils_all) return false;
    for (uint32_t i = 0; i < scan->finding_count; i++) {
        const struct pen_finding *const finding = &scan->findings[i];
        if (!is_secret(finding)) continue;
        if (finding->leaf != leaf && is_related(leaf, finding->leaf)) return false;
        if (finding->leaf == leaf) known++;
    }
    for (uint32_t i = 0; i < scan->veil_count; i++) {
        const struct pen_scan_veil *const veil = &scan->veils[i];
        if (veil->leaf == leaf ? veil->secrets > known : is_related(leaf, veil->leaf)) return false;
    }
    return true;
}

/* What of the secret lies in the piece. The ends are masked as the whole secret's are. */
static void mask_within(struct pen_span secret, struct pen_span span, char *memory)
{
    const size_t length = secret.end - secret.start;
    const bool shown = length >= SHOWN_FROM;
    const size_t from = secret.start + (shown ? SHOWN_FIRST : 0);
    const size_t to = secret.end - (shown ? SHOWN_LAST : 0);
    for (size_t i = span.start > from ? span.start : from; i < to && i < span.end; i++) {
        memory[i - span.start] = '*';
    }
}

struct pen_str pen_mask_piece(const struct pen_scan *scan, const struct pen_leaf *leaf,
                              struct pen_span span, char *memory)
{
    const struct pen_str piece = pen_str_slice(leaf->text, span.start, span.end);
    if (piece.len > 0) memcpy(memory, piece.ptr, piece.len);
    if (!is_known(scan, leaf)) {
        memset(memory, '*', piece.len);
        return (struct pen_str){memory, piece.len};
    }
    const struct pen_span shown = {span.start, span.start + piece.len};
    for (uint32_t i = 0; i < scan->finding_count; i++) {
        const struct pen_finding *const finding = &scan->findings[i];
        if (is_secret(finding) && finding->leaf == leaf) mask_within(finding->span, shown, memory);
    }
    return (struct pen_str){memory, piece.len};
}

/* Paths. */

/* "~1" and "~0" of RFC 6901 undone: the name, without the mark of one or the coding behind it. */
static struct pen_str name_of(struct pen_str segment, char *memory)
{
    const struct pen_str raw = pen_str_slice(segment, 0, pen_str_find(segment, '|', 0));
    size_t length = 0;
    for (size_t i = 0; i < raw.len; i++) {
        const bool escaped = raw.ptr[i] == '~' && i + 1 < raw.len;
        memory[length++] = !escaped ? raw.ptr[i] : raw.ptr[++i] == '1' ? '/' : '~';
    }
    if (length > 0 && segment.len == raw.len && memory[length - 1] == '#') length--;
    return (struct pen_str){memory, length};
}

static bool on_found(void *context, const char *rule, struct pen_span span, uint32_t score)
{
    (void)rule;
    (void)span;
    (void)score;
    bool *const found = context;
    *found = true;
    return false;
}

/* Is it the name whose text, or a form of it, a secret was found in? */
static bool is_name(const struct pen_leaf *leaf, struct pen_str name)
{
    for (; leaf != NULL; leaf = leaf->from) {
        if (leaf->is_name && pen_str_equal(leaf->text, name)) return true;
    }
    return false;
}

static bool is_secret_name(const struct pen_scan *scan, struct pen_str name)
{
    bool found = false;
    struct pen_secrets secrets = {.text = name, .found = on_found, .context = &found};
    pen_secrets_find(&secrets);
    for (uint32_t i = 0; !found && i < scan->veil_count; i++) {
        found = is_name(scan->veils[i].leaf, name);
    }
    for (uint32_t i = 0; !found && i < scan->finding_count; i++) {
        const struct pen_finding *const finding = &scan->findings[i];
        found = is_secret(finding) && is_name(finding->leaf, name);
    }
    return found;
}

bool pen_mask_path(const struct pen_scan *scan, struct pen_buf *path)
{
    char memory[NAME_BYTES];
    bool masked = false;
    for (size_t start = 0; start < path->len;) {
        const size_t end = pen_str_find(pen_buf_str(path), '/', start);
        const struct pen_str segment = pen_str_slice(pen_buf_str(path), start, end);
        const struct pen_str name = name_of(pen_str_slice(segment, 0, NAME_BYTES), memory);
        /* Cut off a secret is not known for one. */
        const bool cut = path->full && end >= path->len;
        if (name.len >= NAME_LEAST && (cut || is_secret_name(scan, name))) {
            const size_t length = pen_str_find(segment, '|', 0);
            const bool shown = name.len >= SHOWN_FROM;
            memset(path->ptr + start + (shown ? SHOWN_FIRST : 0), '*',
                   length - (shown ? SHOWN_FIRST : 0));
            masked = true;
        }
        start = end + 1;
    }
    return masked;
}

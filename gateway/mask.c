/** Asterisks over secrets: those that are known to lie in the text, or everything. */
#include "gateway/mask.h"

#include <string.h>

#define SHOWN_FIRST 4
#define SHOWN_LAST  2
#define SHOWN_FROM  16 /* bytes: six of a shorter one would be too much of it */

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

bool pen_mask_applies(const struct pen_finding *findings, size_t count, const struct pen_leaf *leaf)
{
    for (size_t i = 0; i < count; i++) {
        if (!is_secret(&findings[i])) continue;
        if (is_form_of(leaf, findings[i].leaf) || is_form_of(findings[i].leaf, leaf)) return true;
    }
    return false;
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

struct pen_str pen_mask_piece(const struct pen_finding *findings, size_t count,
                              const struct pen_leaf *leaf, struct pen_span span, char *memory)
{
    const struct pen_str piece = pen_str_slice(leaf->text, span.start, span.end);
    if (piece.len > 0) memcpy(memory, piece.ptr, piece.len);
    for (size_t i = 0; i < count; i++) {
        if (!is_secret(&findings[i])) continue;
        if (findings[i].leaf == leaf) {
            mask_within(findings[i].span, (struct pen_span){span.start, span.start + piece.len},
                        memory);
        } else if (is_form_of(leaf, findings[i].leaf) || is_form_of(findings[i].leaf, leaf)) {
            memset(memory, '*', piece.len);
            break;
        }
    }
    return (struct pen_str){memory, piece.len};
}

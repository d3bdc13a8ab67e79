/** One character at a time: what is shown for it, and how many columns that takes. */
#include "gateway/cli/shown.h"

#include "filters/core/utf8.h"

#define ELLIPSIS    PEN_S("\u2026")
#define PIECE_BYTES 16 /* the longest escape, "\ud83d\udc69", has twelve */

struct piece {
    char bytes[PIECE_BYTES];
    size_t len;
    size_t columns;
    size_t taken; /* bytes of the text that it stands for */
};

struct range {
    uint32_t first;
    uint32_t last;
};

/* What has no look of its own, or changes how its neighbours look: controls, soft hyphen, joiners
 * and marks of direction, line and paragraph separators, fillers, variation selectors, tags,
 * private use, no characters. Sorted. */
static const struct range unseen[] = {
    {0x0000, 0x001f}, {0x007f, 0x009f}, {0x00ad, 0x00ad}, {0x034f, 0x034f},   {0x061c, 0x061c},
    {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x200b, 0x200f},   {0x2028, 0x202e},
    {0x2060, 0x206f}, {0x3164, 0x3164}, {0xe000, 0xf8ff}, {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},
    {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0xfffe, 0xffff}, {0x1d173, 0x1d17a}, {0xe0000, 0x10ffff},
};

/* Two columns: the wide ones of Unicode's East Asian Width, by block. Sorted. */
static const struct range wide[] = {
    {0x1100, 0x115e},   {0x231a, 0x231b},   {0x2614, 0x2615},   {0x26a1, 0x26a1},
    {0x2705, 0x2705},   {0x274c, 0x274c},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},
    {0xa960, 0xa97c},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe10, 0xfe19},
    {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f000, 0x1f64f},
    {0x1f680, 0x1f6ff}, {0x1f900, 0x1faff}, {0x20000, 0x3fffd},
};

/* No column: marks that stand on the character before. Sorted. */
static const struct range marks[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x064b, 0x065f},
    {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe20, 0xfe2f},
};

static bool is_among(const struct range *ranges, size_t count, uint32_t scalar)
{
    size_t i = 0;
    while (i < count && scalar > ranges[i].last) {
        i++;
    }
    return i < count && scalar >= ranges[i].first;
}

/* Of well-formed UTF-8. */
static uint32_t scalar_of(struct pen_str sequence)
{
    uint32_t scalar = (unsigned char)sequence.ptr[0];
    if (sequence.len > 1) scalar &= 0x7fU >> sequence.len;
    for (size_t i = 1; i < sequence.len; i++) {
        scalar = scalar << 6 | ((unsigned char)sequence.ptr[i] & 0x3f);
    }
    return scalar;
}

static size_t sequence_length(struct pen_str text)
{
    const unsigned char lead = (unsigned char)text.ptr[0];
    const size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    return pen_utf8_valid(pen_str_slice(text, 0, length)) ? length : 0;
}

static void put_escape(struct pen_buf *buf, uint32_t scalar)
{
    switch (scalar) {
    case '\n':
        pen_buf_put(buf, PEN_S("\\n"));
        return;
    case '\r':
        pen_buf_put(buf, PEN_S("\\r"));
        return;
    case '\t':
        pen_buf_put(buf, PEN_S("\\t"));
        return;
    default:
        break;
    }
    if (scalar >= 0x10000) {
        pen_buf_format(buf, "\\u%04x", 0xd800U + ((scalar - 0x10000) >> 10));
        scalar = 0xdc00 + (scalar & 0x3ff);
    }
    pen_buf_format(buf, "\\u%04x", (unsigned)scalar);
}

/* The first character of `text`. */
static struct piece first_piece(struct pen_str text, bool quoted)
{
    struct piece piece = {.taken = sequence_length(text)};
    struct pen_buf buf = pen_buf_over(piece.bytes, sizeof(piece.bytes));
    if (piece.taken == 0) {
        pen_buf_format(&buf, "\\x%02x", (unsigned)(unsigned char)text.ptr[0]);
        piece.taken = 1;
    } else {
        const struct pen_str sequence = pen_str_slice(text, 0, piece.taken);
        const uint32_t scalar = scalar_of(sequence);
        if (is_among(unseen, PEN_COUNT_OF(unseen), scalar)) {
            put_escape(&buf, scalar);
        } else {
            if (quoted && (scalar == '"' || scalar == '\\')) pen_buf_byte(&buf, '\\');
            pen_buf_put(&buf, sequence);
            piece.columns = buf.len - piece.taken + 1;
            if (is_among(wide, PEN_COUNT_OF(wide), scalar)) piece.columns++;
            if (is_among(marks, PEN_COUNT_OF(marks), scalar)) piece.columns--;
            piece.len = buf.len;
            return piece;
        }
    }
    piece.len = piece.columns = buf.len;
    return piece;
}

/* How much of `text` takes `columns` at most. */
static size_t fitting(struct pen_str text, size_t columns, bool quoted)
{
    size_t at = 0;
    while (at < text.len) {
        const struct piece piece = first_piece(pen_str_slice(text, at, text.len), quoted);
        if (piece.columns > columns) break;
        columns -= piece.columns;
        at += piece.taken;
    }
    return at;
}

static size_t put_pieces(struct pen_buf *buf, struct pen_str text, bool quoted)
{
    size_t columns = 0;
    for (size_t at = 0; at < text.len;) {
        const struct piece piece = first_piece(pen_str_slice(text, at, text.len), quoted);
        pen_buf_put(buf, (struct pen_str){piece.bytes, piece.len});
        columns += piece.columns;
        at += piece.taken;
    }
    return columns;
}

bool pen_shown_quoted(struct pen_buf *buf, struct pen_str text, size_t columns)
{
    if (columns < 4) columns = 4;
    const bool whole = fitting(text, columns - 2, true) == text.len;
    pen_buf_byte(buf, '"');
    put_pieces(buf, whole ? text : pen_str_slice(text, 0, fitting(text, columns - 3, true)), true);
    if (!whole) pen_buf_put(buf, ELLIPSIS);
    pen_buf_byte(buf, '"');
    return whole;
}

size_t pen_shown_path(struct pen_buf *buf, struct pen_str path, size_t columns)
{
    if (fitting(path, columns, false) == path.len) return put_pieces(buf, path, false);

    pen_buf_put(buf, ELLIPSIS);
    size_t at = 0;
    while (fitting(pen_str_slice(path, at, path.len), columns - 1, false) < path.len - at) {
        at += first_piece(pen_str_slice(path, at, path.len), false).taken;
    }
    return 1 + put_pieces(buf, pen_str_slice(path, at, path.len), false);
}

void pen_shown_count(struct pen_buf *buf, uint64_t count)
{
    if (count >= 1000) {
        pen_shown_count(buf, count / 1000);
        pen_buf_format(buf, ",%03u", (unsigned)(count % 1000));
        return;
    }
    pen_buf_u64(buf, count);
}

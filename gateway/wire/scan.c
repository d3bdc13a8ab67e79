/**
 * Finding the end of a head while it arrives, and the fast walk over a line's bytes.
 *
 * A small state machine looks only at line ends; between them pen_wire_line_length leaps over 16
 * bytes at a time. What no later byte can mend is refused at the byte that shows it, so that the
 * answer does not depend on how the bytes were cut into pieces.
 */
#include "gateway/wire/internal.h"

#include <string.h>

#if defined(__SSE2__)
#    include <emmintrin.h>
#endif

enum scan_state {
    AT_START,      /* first byte of the message */
    AT_START_LF,   /* CR of an empty line before the start line */
    AT_START_LINE, /* first byte after that empty line */
    IN_LINE,
    AT_LINE_LF,  /* CR that ends a line */
    AT_NEW_LINE, /* first byte of a field line */
    AT_END_LF,   /* CR of the empty line that ends the head */
};

struct pen_wire_limits pen_wire_default_limits(void)
{
    return (struct pen_wire_limits){
        .head_bytes = (size_t)32 << 10,
        .target_bytes = (size_t)8 << 10,
        .value_bytes = (size_t)8 << 10,
        .fields = 64,
    };
}

#if defined(__SSE2__)

/* Leap over whole blocks without a control byte; true when `*at` stands on one. */
static bool leap(struct pen_str text, size_t *at)
{
    const __m128i last_control = _mm_set1_epi8(0x1f);
    const __m128i tab = _mm_set1_epi8('\t');
    const __m128i del = _mm_set1_epi8(0x7f);
    size_t i = *at;
    for (; text.len - i >= 16; i += 16) {
        const __m128i block = _mm_loadu_si128((const __m128i *)(const void *)(text.ptr + i));
        const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(block, last_control), block);
        const __m128i bad = _mm_or_si128(_mm_andnot_si128(_mm_cmpeq_epi8(block, tab), low),
                                         _mm_cmpeq_epi8(block, del));
        const int mask = _mm_movemask_epi8(bad);
        if (mask != 0) {
            *at = i + (size_t)__builtin_ctz((unsigned)mask);
            return true;
        }
    }
    *at = i;
    return false;
}

#else

/* The same, eight bytes in a word. A word may be judged too strictly (HTAB is a control byte to
 * it, and a borrow can mark the byte above a marked one); the byte loop then decides. */
static bool leap(struct pen_str text, size_t *at)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t tops = UINT64_C(0x8080808080808080);
    size_t i = *at;
    for (; text.len - i >= 8; i += 8) {
        uint64_t word;
        memcpy(&word, text.ptr + i, sizeof(word));
        const uint64_t del = word ^ (ones * 0x7f);
        const uint64_t low = (word - ones * 0x20) & ~word & tops;
        if ((low | ((del - ones) & ~del & tops)) != 0) break;
    }
    *at = i;
    return false;
}

#endif

size_t pen_wire_line_length(struct pen_str text)
{
    size_t at = 0;
    if (leap(text, &at)) return at;

    while (at < text.len && pen_wire_byte_is(text.ptr[at], PEN_BYTE_VALUE)) {
        at++;
    }
    return at;
}

enum pen_wire_reason pen_wire_control_reason(char c)
{
    if (c == '\0') return PEN_REASON_NUL;
    if (c == '\n') return PEN_REASON_BARE_LF;
    if (c == '\r') return PEN_REASON_BARE_CR;
    return PEN_REASON_CONTROL;
}

enum pen_wire_reason pen_wire_take_line(struct pen_str *rest, struct pen_str *line)
{
    const size_t length = pen_wire_line_length(*rest);
    if (length == rest->len) return PEN_REASON_HEAD_END;

    const char *end = rest->ptr + length;
    if (*end != '\r') return pen_wire_control_reason(*end);
    if (rest->len - length < 2 || end[1] != '\n') return PEN_REASON_BARE_CR;

    *line = (struct pen_str){rest->ptr, length};
    *rest = (struct pen_str){end + 2, rest->len - length - 2};
    return PEN_REASON_NONE;
}

/* The first byte of a line, where an empty line or a fold would show. */
static enum pen_wire_reason begin_line(struct pen_wire_scan *scan, char c, bool response)
{
    const bool first = scan->state == AT_START;
    const bool field = scan->state == AT_NEW_LINE;
    if (c == '\r') {
        /* RFC 9112 section 2.2: a server SHOULD ignore at least one empty line before the
         * request line. One it is; a response has none. */
        if (!field && (response || !first)) return PEN_REASON_EMPTY_LINE;
        scan->state = field ? AT_END_LF : AT_START_LF;
        scan->at++;
        return PEN_REASON_NONE;
    }
    if (field && (c == ' ' || c == '\t')) return PEN_REASON_FOLD;
    scan->state = IN_LINE;
    return PEN_REASON_NONE;
}

/* The bytes of a line up to and with its CR, as far as they have come. */
static enum pen_wire_reason walk_line(struct pen_wire_scan *scan, struct pen_str text)
{
    scan->at += pen_wire_line_length(pen_str_slice(text, scan->at, text.len));
    if (scan->at == text.len) return PEN_REASON_NONE;
    if (text.ptr[scan->at] != '\r') return pen_wire_control_reason(text.ptr[scan->at]);

    scan->state = AT_LINE_LF;
    scan->at++;
    return PEN_REASON_NONE;
}

static enum pen_wire_reason end_line(struct pen_wire_scan *scan, uint32_t fields)
{
    scan->at++;
    if (scan->state == AT_START_LF) {
        scan->state = AT_START_LINE;
        return PEN_REASON_NONE;
    }
    scan->state = AT_NEW_LINE;
    scan->lines++;
    return scan->lines > 1 && scan->lines - 1 > fields ? PEN_REASON_FIELD_COUNT : PEN_REASON_NONE;
}

enum pen_wire_result pen_wire_find_end(struct pen_wire_scan *scan, struct pen_str bytes,
                                       const struct pen_wire_limits *limits, bool response,
                                       size_t *head_len, struct pen_wire_refusal *refusal)
{
    const struct pen_str text = pen_str_slice(bytes, 0, limits->head_bytes);
    while (scan->at < text.len) {
        const char c = text.ptr[scan->at];
        enum pen_wire_reason reason = PEN_REASON_NONE;
        switch ((enum scan_state)scan->state) {
        case AT_START:
        case AT_START_LINE:
        case AT_NEW_LINE:
            reason = begin_line(scan, c, response);
            break;
        case IN_LINE:
            reason = walk_line(scan, text);
            break;
        case AT_START_LF:
        case AT_LINE_LF:
            reason = c == '\n' ? end_line(scan, limits->fields) : PEN_REASON_BARE_CR;
            break;
        case AT_END_LF:
            if (c == '\n') {
                *head_len = scan->at + 1;
                *scan = (struct pen_wire_scan){0};
                return PEN_WIRE_DONE;
            }
            reason = PEN_REASON_BARE_CR;
            break;
        }
        if (reason != PEN_REASON_NONE) return pen_wire_refuse(reason, response, refusal);
    }
    if (scan->at < limits->head_bytes) return PEN_WIRE_MORE;

    /* No line end within the whole limit: it is the target that is too long. */
    const bool in_start_line = !response && scan->lines == 0;
    return pen_wire_refuse(in_start_line ? PEN_REASON_TARGET_SIZE : PEN_REASON_HEAD_SIZE, response,
                           refusal);
}
